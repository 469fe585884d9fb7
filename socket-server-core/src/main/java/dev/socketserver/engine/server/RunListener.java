package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.engine.resources.SessionWatch;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import org.jspecify.annotations.Nullable;

/**
 * One listener of one run, with the sessions that came by it: its port is bound when the
 * run begins, and closed when the run stops listening. Any thread.
 */
public final class RunListener {

	private final ListenerContext context;

	private final AcceptGate gate;

	private final ServerPort port;

	private final Farewell farewell;

	/** Set when the run begins. */
	private volatile @Nullable ServerRun run;

	/** What sessions share that begin now; set when the run begins. */
	private volatile @Nullable SessionContext sessionContext;

	/** What all its sessions share; set when the run begins. */
	private volatile @Nullable SessionEvents events;

	/**
	 * What sessions share that have begun with other settings, for as long as there are
	 * any: nothing else keeps them. Guarded by this; {@code null} until settings change.
	 */
	private @Nullable Set<SessionContext> earlier;

	/** Whether {@code timeouts.write} was ever another one, for the system, too. */
	private volatile boolean otherWrites;

	/** Checks the sessions, from the first of them on at the latest. */
	private volatile @Nullable SessionWatch watch;

	/** Whether there will be no further session; guarded by this. */
	private boolean unwatched;

	/**
	 * Creates a listener of a run that has not begun.
	 * @param context what it shares with the same listener of other runs
	 * @param gate whether it accepts
	 * @param port its port, which is not bound
	 */
	public RunListener(ListenerContext context, AcceptGate gate, ServerPort port) {
		this.context = context;
		this.gate = gate;
		this.port = port;
		this.farewell = new Farewell(context);
	}

	/** What it shares with the same listener of other runs. */
	ListenerContext context() {
		return this.context;
	}

	/** What it is made from. */
	public ListenerSpec spec() {
		return this.context.spec();
	}

	/** What its sessions are sent before they end. */
	Farewell farewell() {
		return this.farewell;
	}

	/** The port, and what becomes of connections before they are sessions. */
	public ServerPort port() {
		return this.port;
	}

	private ServerRun run() {
		return Objects.requireNonNull(this.run, "The run has not begun");
	}

	/** What sessions share that begin now. */
	public SessionContext sessionContext() {
		return Objects.requireNonNull(this.sessionContext, "The run has not begun");
	}

	/**
	 * Binds the port; nothing is accepted yet.
	 * @param of the run
	 * @throws dev.socketserver.ServerStartException if it cannot be bound
	 */
	void open(ServerRun of) {
		this.run = of;
		SessionEvents ofSessions = new SessionEvents(of.sessionListener(), new SessionEnds());
		this.events = ofSessions;
		this.sessionContext = of.sessionContext(spec(), ofSessions);
		this.port.open(this);
	}

	/**
	 * Makes what other settings need.
	 * @param next what the listener is made from then
	 * @return puts that in force, before {@link #reconfigure}
	 * @throws IllegalArgumentException if it cannot be had; nothing has changed then
	 */
	Runnable reconfigured(ListenerSpec next) {
		return this.port.reconfigured(next);
	}

	/** Other settings are in force, which a run takes that has begun. */
	synchronized void reconfigure() {
		ServerRun of = run();
		SessionEvents ofSessions = Objects.requireNonNull(this.events, "events");
		SessionContext before = sessionContext();
		SessionContext next = of.sessionContext(spec(), ofSessions);
		Duration write = next.spec().timeouts().write();
		// A time for the system that was set counts, and is that of new sessions.
		boolean otherWrites = spec().options().userTimeout() == null
				&& !Objects.equals(write, before.spec().timeouts().write());
		this.sessionContext = next;
		// Before the sessions are gone through: later ones see it.
		this.otherWrites |= otherWrites;
		Set<SessionContext> all = this.earlier;
		if (all == null) {
			all = Collections.newSetFromMap(new WeakHashMap<>());
			this.earlier = all;
		}
		all.add(before);
		all.forEach((each) -> each.followedBy(next.spec()));
		next.openSessions().forEach((session) -> {
			session.outbox().limitsChanged();
			session.input().limitsChanged();
			if (otherWrites) {
				session.state().connection().writeTimeChanged(write);
			}
		});
		SessionWatch begun = this.watch;
		if (begun != null) {
			begun.reconfigure(next);
		}
	}

	/** Begins to check the sessions, if that has not begun. */
	synchronized void watch() {
		if (this.watch == null && !this.unwatched) {
			this.watch = new SessionWatch(sessionContext(), run().engine());
		}
	}

	synchronized void noLongerWatched() {
		this.unwatched = true;
		SessionWatch begun = this.watch;
		if (begun != null) {
			begun.end();
		}
	}

	/** Whether a session came by it. */
	boolean has(Session session) {
		SessionEvents ofSessions = this.events;
		return ofSessions != null && session.isOf(ofSessions);
	}

	/** Whether somebody has paused it. */
	boolean isPaused() {
		return this.gate.isHeldFor(Reason.PAUSED);
	}

	/**
	 * Stops or resumes accepting.
	 * @return completes when the port obeys
	 */
	CompletableFuture<@Nullable Void> pause(boolean paused) {
		this.gate.set(Reason.PAUSED, () -> paused);
		return this.port.obeyed();
	}

	/** Where it listens, or has listened; {@code null} if it was never bound. */
	@Nullable InetSocketAddress address() {
		return this.port.address();
	}

	/** What it is doing, while the run listens. */
	ListenerStatus status() {
		Throwable failure = this.port.failure();
		ListenerState state = isPaused() ? ListenerState.PAUSED
				: (failure != null) ? ListenerState.FAILED : ListenerState.LISTENING;
		return ListenerStatus.of(spec().name(), state, Objects.requireNonNull(address(), "address"),
				this.context.accepted(), this.context.sessions(), failure);
	}

	// Connections, as the port sees them.

	/** Whether it does not listen any more, or is about to stop listening. */
	public boolean closing() {
		return run().closing();
	}

	/** The port is closed, and others may bind it. */
	public void portFree() {
		run().portFree();
	}

	/** Keeps the JVM alive for a session that is not known yet, if sessions do. */
	public void keepAlive() {
		run().keepAlive();
	}

	/** A session is about to open: its handler has not been called. */
	public void opening() {
		this.context.opened();
	}

	/** A session has opened, perhaps too late to be among those that a stop ends. */
	public void opened(Session session) {
		if (this.watch == null) {
			watch();
		}
		if (this.otherWrites && spec().options().userTimeout() == null) {
			// It may have been accepted before the change, and have missed it.
			session.state().connection().writeTimeChanged(sessionContext().spec().timeouts().write());
		}
		run().opened(session);
	}

	/**
	 * A connection has ended that never became a session.
	 * @param refused whether it was refused, and is counted so
	 */
	public void connectionEnded(boolean refused) {
		run().connectionEnded(refused);
	}

	/** What follows from the ends of its sessions. */
	private final class SessionEnds implements SessionEvents.Ends {

		@Override
		public void left() {
			RunListener.this.context.ended();
			run().leaving();
			run().permitFree();
		}

		@Override
		public void ended() {
			run().sessionEnded();
		}

	}

}
