package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.admission.Admission;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.ban.OffenceListener;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.resources.SessionWatch;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.threads.KeepAlive;
import dev.socketserver.spec.gate.Bans;
import org.jspecify.annotations.Nullable;

/**
 * One run of a server, from the bind of its port to the end of its last session. It holds
 * everything that a run needs, and gives it back at its end, so that the server can be
 * started again. It ends when its port is free and no connection has a permit; the server
 * has closed the port before. Any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class ServerRun implements Lifecycle.Run {

	private final ServerContext server;

	private final RunEvents owner;

	private final SharedResources engine;

	private final SessionContext sessionContext;

	private final ConnectionIntake intake;

	private final ServerPort port;

	private final Ending ending;

	private final Instant startedAt = Instant.now();

	/** Completes when everything was given back and listeners have been notified. */
	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	/** The share of the sessions in what keeps the JVM alive, if they do. */
	private final KeepAlive.@Nullable Share keepAlive;

	/** Checks the sessions, once the port is bound. */
	private volatile @Nullable SessionWatch watch;

	/** The one session of a one-shot, once it has opened. */
	private volatile @Nullable Session only;

	/** Whether the port is being closed: then the run ends with its last session. */
	private volatile boolean closing;

	/** Whether it is giving everything back. */
	private final AtomicBoolean givingBack = new AtomicBoolean();

	/**
	 * Creates a run, whose port is not bound.
	 * @param server what it shares with other runs
	 * @param owner is notified of what becomes of it
	 * @param threads run handlers that block
	 * @param diagnostics watch the handlers
	 * @param intake which connections it admits
	 * @param port its port, which is not bound
	 */
	public ServerRun(ServerContext server, RunEvents owner, SessionThreads threads, Diagnostics diagnostics,
			ConnectionIntake intake, ServerPort port) {
		SharedResources engine = server.engine();
		this.server = server;
		this.owner = owner;
		this.engine = engine;
		this.keepAlive = server.spec().threads().sessionDaemon() ? null : engine.keepAlive().share();
		Function<Object, @Nullable Object> keys = server.spec().session().correlator();
		Correlator correlator = (keys != null) ? keys::apply : null;
		this.sessionContext = new SessionContext(
				new SharedState(server.spec().session(), server.counters(), engine.memory(), diagnostics),
				server.payloads(), server.sessions(), new SessionEvents(listener(server), this::sessionEnded),
				new RequestContext(correlator, server.spec().session().requests(), server.counters(),
						engine.background(), engine.timer()),
				threads);
		this.intake = intake;
		this.port = port;
		this.ending = new Ending(server, this);
	}

	/**
	 * Returns who was admitted in earlier runs whose sessions count beside those of the
	 * next. None does for a one-shot, which serves one session each time it is started.
	 */
	static List<Admission> earlier(ServerSpec spec, List<ServerRun> left) {
		List<Admission> earlier = new ArrayList<>(0);
		if (!spec.oneShot()) {
			for (ServerRun run : left) {
				earlier.add(run.admission());
			}
		}
		return earlier;
	}

	/** Who is notified of the sessions, before their ends count as offences. */
	private static SessionListener listener(ServerContext server) {
		SessionListener listener = server.engine().listener();
		Bans ban = server.spec().gate().ban();
		return (ban != null && ban.offences() > 0) ? new OffenceListener(listener, server.madeBans()) : listener;
	}

	private ServerSpec spec() {
		return this.server.spec();
	}

	/** The port, and what becomes of connections before they are sessions. */
	public ServerPort port() {
		return this.port;
	}

	Admission admission() {
		return this.intake.admission();
	}

	/** What the sessions share. */
	public SessionContext sessionContext() {
		return this.sessionContext;
	}

	/** How the sessions end. */
	Ending ending() {
		return this.ending;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	@Nullable InetSocketAddress localAddress() {
		return this.closing ? null : this.port.address();
	}

	/** Why nothing can be accepted at the moment, or {@code null}. */
	@Nullable Throwable acceptFailure() {
		return this.closing ? null : this.port.failure();
	}

	/** Whether the server does not listen any more, or is about to stop listening. */
	public boolean closing() {
		return this.closing;
	}

	// From the start to the end.

	/**
	 * Binds the port; nothing is accepted yet. If that fails, gives back what it has
	 * itself: no listener was notified of this run.
	 * @throws dev.socketserver.ServerStartException if the port cannot be bound
	 */
	public void open() {
		try {
			this.port.open(this);
			int sessions = this.server.counters().maxSessions();
			if (sessions < spec().limits().sessions() && !spec().oneShot()) {
				ServerLog.tooFewDescriptors(spec(), sessions);
			}
			this.watch = new SessionWatch(this.sessionContext, this.engine);
			if (!spec().threads().serverDaemon()) {
				// Held until the server does not listen any more.
				this.engine.keepAlive().acquire();
			}
		}
		catch (RuntimeException | Error ex) {
			this.givingBack.set(true);
			close();
			noLongerWatched();
			this.ended.complete(null);
			throw ex;
		}
	}

	/** Which connections it admits. */
	ConnectionIntake intake() {
		return this.intake;
	}

	/** Begins to accept. */
	void accept() {
		// Sessions of earlier runs may have taken all permits already.
		this.intake.permitsChanged();
		this.port.accept();
	}

	/** Stops listening. The run ends with its last session. */
	void close() {
		this.closing = true;
		this.port.close();
		endIfDone();
	}

	/** Completes when the run has ended and listeners have been notified of the stop. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	/** The port is closed, and others may bind it. */
	public void portFree() {
		endIfDone();
	}

	private void endIfDone() {
		if (this.closing && this.port.free().isDone() && admission().sessions().taken() == 0) {
			end();
		}
	}

	/**
	 * Gives everything back, once, on a thread of its own: listeners are notified, and
	 * what waits for the end may occupy all threads of the background.
	 */
	void end() {
		if (this.givingBack.compareAndSet(false, true)) {
			String thread = spec().threads().name().replace("{name}", this.server.name()) + " stop";
			this.engine.onOwnThread(this::giveBack, thread);
		}
	}

	private void giveBack() {
		if (this.keepAlive != null) {
			this.keepAlive.end();
		}
		this.port.release();
		admission().end();
		this.owner.ended(this);
		noLongerWatched();
		this.ended.complete(null);
		this.owner.over(this);
	}

	private void noLongerWatched() {
		SessionWatch begun = this.watch;
		if (begun != null) {
			begun.end();
		}
	}

	// Connections.

	/** Keeps the JVM alive for a session that nobody knows of yet, if sessions do. */
	public void keepAlive() {
		if (this.keepAlive != null) {
			this.keepAlive.acquire();
		}
	}

	/** A session has opened, perhaps too late to be among those that a stop ends. */
	public void opened(Session session) {
		if (spec().oneShot()) {
			this.only = session;
			this.intake.served();
		}
		this.ending.opened(session);
	}

	private void sessionEnded() {
		if (this.keepAlive != null) {
			this.keepAlive.release();
		}
		connectionEnded();
		if (spec().oneShot()) {
			this.owner.served(this);
		}
	}

	/**
	 * A connection has ended that never became a session.
	 * @param refused whether it was refused, and is counted so
	 */
	public void connectionEnded(boolean refused) {
		if (!refused) {
			this.server.counters().countAbandoned();
		}
		connectionEnded();
	}

	/** A connection has ended, as a session or without having become one. */
	private void connectionEnded() {
		admission().sessions().release();
		this.owner.permitsFree();
		this.port.permitFree();
		endIfDone();
	}

	// As a lifecycle sees it.

	@Override
	public boolean claimStop() {
		return this.ending.claim();
	}

	@Override
	public boolean isStopping() {
		return this.ending.isClaimed();
	}

	@Override
	public boolean isEnding() {
		return this.givingBack.get();
	}

	/** What the handler of a one-shot threw. */
	@Override
	public @Nullable Throwable failure() {
		Session shot = this.only;
		CloseStatus status = (shot != null) ? shot.info().closed() : null;
		return (status != null && status.reason() == CloseReason.HANDLER_ERROR) ? status.cause() : null;
	}

	/** The server, which decides what follows from the end of a run. */
	public interface RunEvents {

		/** The run has ended. On a thread of its own. */
		void ended(ServerRun run);

		/** All others were notified of that end. On the same thread. */
		void over(ServerRun run);

		/** The one session of a one-shot has ended. */
		void served(ServerRun run);

		/**
		 * A run has given permits back: the run that listens may have waited for them.
		 */
		void permitsFree();

	}

}
