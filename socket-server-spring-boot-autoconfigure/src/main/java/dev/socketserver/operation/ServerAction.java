package dev.socketserver.operation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.DrainPlan;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can make a server do. No action waits for sessions to end. A start
 * waits until the port is bound. Actions that stop or resume listening without ending
 * sessions wait for the listener, at most five seconds. So they are not for I/O threads.
 */
public enum ServerAction {

	/** Starts a server that is stopped or failed. */
	START(Takes.NOTHING, (server, state, parameters) -> {
		if (state != ServerState.STOPPED && state != ServerState.FAILED) {
			return "only a stopped or failed server can be started";
		}
		start(server);
		return null;
	}),

	/**
	 * Begins to stop, also a server that drains. With {@code sessions=keep} only the
	 * listener closes, and the sessions go on.
	 */
	STOP(Takes.TIMEOUT_AND_SESSIONS, (server, state, parameters) -> {
		if (state != ServerState.STOPPED && (parameters.keep() ? server.closeListener()
				: ServerOperations.of(server).beginStop(parameters.timeout(server)))) {
			return null;
		}
		return (state == ServerState.DRAINING) ? "it is already stopping" : "there is nothing to stop";
	}),

	/**
	 * Begins to stop, and starts again when all sessions have ended. With
	 * {@code sessions=keep} the listener closes and opens again, both before this
	 * returns.
	 */
	RESTART(Takes.TIMEOUT_AND_SESSIONS, (server, state, parameters) -> {
		boolean done = parameters.keep() ? listenAgain(server) : server.restart(parameters.timeout(server));
		return done ? null : "only a running or paused server can be restarted";
	}),

	/**
	 * Stops accepting; new connections wait in the kernel, and sessions go on. With
	 * {@code listener} only that of this name.
	 */
	PAUSE(Takes.LISTENER, (server, state, parameters) -> {
		String listener = parameters.listener();
		if (listener != null) {
			return server.pause(listener) ? null : "only a listener that accepts can be paused";
		}
		return server.pause() ? null : "only a running server can be paused";
	}),

	/** Accepts again after {@link #PAUSE}. */
	RESUME(Takes.LISTENER, (server, state, parameters) -> {
		String listener = parameters.listener();
		if (listener != null) {
			return server.resume(listener) ? null : "only a paused listener can be resumed";
		}
		return server.resume() ? null : "only a paused server can be resumed";
	}),

	/**
	 * Begins to drain: after the delay closes the listener, and lets sessions end by
	 * themselves until the timeout, or ends them one after the other. What is left at the
	 * timeout is ended.
	 */
	DRAIN(Takes.TIMEOUT_AND_PLAN, (server, state, parameters) -> {
		DrainPlan plan = parameters.plan(server);
		Duration timeout = parameters.timeout(server.spec().drainTimeout().plus(plan.length()));
		return ServerOperations.of(server).beginDrain(plan, timeout) ? null
				: "only a running or paused server can be drained";
	});

	private final Takes takes;

	private final Step step;

	ServerAction(Takes takes, Step step) {
		this.takes = takes;
		this.step = step;
	}

	/**
	 * Returns the action with a name.
	 * @param name the name, in lower case
	 * @return the action
	 * @throws BadParameterException if there is none
	 */
	public static ServerAction of(String name) {
		return ActionNames.find(ServerAction.class, name);
	}

	/**
	 * Returns the names of all actions.
	 * @return the names, for people
	 */
	public static String names() {
		return ActionNames.all(ServerAction.class);
	}

	/**
	 * Performs the action.
	 * @param server the server
	 * @param parameters the parameters of the action
	 * @throws BadParameterException if a parameter is wrong, or not for the action; then
	 * nothing was done
	 * @throws RefusedOperationException if the action does not fit the server's state, or
	 * has failed
	 */
	public void perform(SocketServer server, Parameters parameters) {
		if (parameters.timeout() != null && (this.takes == Takes.NOTHING || this.takes == Takes.LISTENER)) {
			throw notFor("timeout");
		}
		if (parameters.sessions() != null && this.takes != Takes.TIMEOUT_AND_SESSIONS) {
			throw notFor("sessions");
		}
		if (parameters.plans() && this.takes != Takes.TIMEOUT_AND_PLAN) {
			throw notFor("delay, over or order");
		}
		String listener = parameters.listener();
		if (listener != null && this.takes != Takes.LISTENER) {
			throw notFor("listener");
		}
		if (listener != null && server.spec().listener(listener) == null) {
			throw UnknownTargetException.listener(server.name(), listener);
		}
		// Checks them before anything is done.
		parameters.timeout(server);
		parameters.plan(server);
		ServerState state = server.state();
		String refused = this.step.perform(server, state, parameters);
		if (refused != null) {
			throw new RefusedOperationException(current(server, state, listener) + ": " + refused);
		}
	}

	/** Says what the server, or the listener that is meant, is doing. */
	private static String current(SocketServer server, ServerState state, @Nullable String listener) {
		return server.listeners()
			.stream()
			.filter((each) -> each.name().equals(listener))
			.findFirst()
			.map((each) -> "Listener '" + each.name() + "' of server '" + server.name() + "' is " + each.state())
			.orElseGet(() -> "Server '" + server.name() + "' is " + state);
	}

	private BadParameterException notFor(String parameter) {
		return new BadParameterException("The action " + ActionNames.of(this) + " takes no " + parameter,
				"Bad parameter");
	}

	/**
	 * Closes the listener and opens another one. The JVM, which may live only because the
	 * server listens, must not end in between.
	 */
	private static boolean listenAgain(SocketServer server) {
		CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
		// No interrupt ends a join of a future.
		Thread keepAlive = new Thread(over::join, server.name() + " server start");
		keepAlive.setDaemon(server.spec().threads().serverDaemon());
		keepAlive.start();
		try {
			boolean closed = server.closeListener();
			if (closed) {
				start(server);
			}
			return closed;
		}
		finally {
			over.complete(null);
		}
	}

	private static void start(SocketServer server) {
		try {
			server.start();
		}
		catch (RuntimeException | Error ex) {
			ServerStartException failure = StartFailure.of(server, ex);
			if (failure != null) {
				throw new RefusedOperationException(FailureText.of(failure), failure);
			}
			if (ex instanceof IllegalStateException) {
				// The state has changed meanwhile.
				throw new RefusedOperationException(FailureText.of(ex), ex);
			}
			throw ex;
		}
	}

	/** Which parameters an action takes. */
	private enum Takes {

		NOTHING, LISTENER, TIMEOUT_AND_SESSIONS, TIMEOUT_AND_PLAN

	}

	/** What an action does. */
	private interface Step {

		/** Returns why the action does not fit the state, {@code null} if it was done. */
		@Nullable String perform(SocketServer server, ServerState state, Parameters parameters);

	}

	/**
	 * The parameters of an action, as text. Durations are such as {@code 10s}, and in
	 * milliseconds without a unit; {@link #perform} refuses what is none. One of more
	 * than 365 days counts as that.
	 *
	 * @param timeout how long sessions may go on, for {@code stop}, {@code restart} and
	 * {@code drain}, or {@code null} for the server's drain timeout. Of a drain, it is
	 * the time of all of it; the default is then the server's drain timeout after
	 * {@code delay} and {@code over}, which are shortened if they are longer than the
	 * timeout
	 * @param sessions what happens to sessions, for {@code stop} and {@code restart}:
	 * {@code close} or {@code keep}, which needs no timeout, or {@code null} to close
	 * them
	 * @param delay how long connections are still accepted, for {@code drain}, or
	 * {@code null} for what the server has
	 * @param over the time over which sessions are ended, for {@code drain}, or
	 * {@code null} for what the server has
	 * @param order which of them are ended first, for {@code drain}: {@code idle-first},
	 * {@code oldest} or {@code random}, or {@code null} for what the server has
	 * @param listener which listener is meant, for {@code pause} and {@code resume}, or
	 * {@code null} for all
	 */
	public record Parameters(@Nullable String timeout, @Nullable String sessions, @Nullable String delay,
			@Nullable String over, @Nullable String order, @Nullable String listener) {

		/** No parameters. */
		public static final Parameters NONE = new Parameters(null, null, null, null, null, null);

		/**
		 * Checks what is to happen to the sessions.
		 * @throws BadParameterException if it is neither {@code close} nor {@code keep}
		 */
		public Parameters {
			if (sessions != null && !sessions.equals("close") && !sessions.equals("keep")) {
				throw BadParameterException.value("sessions", sessions, "close or keep", "Bad parameter");
			}
		}

		boolean keep() {
			return "keep".equals(this.sessions);
		}

		boolean plans() {
			return this.delay != null || this.over != null || this.order != null;
		}

		Duration timeout(SocketServer server) {
			return timeout(server.spec().drainTimeout());
		}

		Duration timeout(Duration unset) {
			return (this.timeout != null) ? Durations.of("timeout", this.timeout) : unset;
		}

		DrainPlan plan(SocketServer server) {
			DrainPlan own = server.spec().drain();
			Duration delay = (this.delay != null) ? Durations.of("delay", this.delay) : own.delay();
			Duration over = (this.over != null) ? Durations.of("over", this.over) : own.over();
			return new DrainPlan(delay, over, (this.order != null) ? order(this.order) : own.order());
		}

		private static DrainPlan.Order order(String name) {
			return ActionNames.named(DrainPlan.Order.class, name)
				.orElseThrow(() -> BadParameterException.value("order", name, "idle-first, oldest or random",
						"Bad parameter"));
		}

	}

}
