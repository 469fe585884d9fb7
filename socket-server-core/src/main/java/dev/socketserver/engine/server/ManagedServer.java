package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.gate.Logins;
import dev.socketserver.engine.gate.ServerRates;
import dev.socketserver.engine.lifecycle.CallerWaits;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.lifecycle.Lifecycle.Stop;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionGroup;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.settings.ServerChange;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.IoThread;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A server: decides what an application or an operator may do. {@link ServerRuns} does
 * what its {@link Lifecycle} says: a {@link ServerRun} does the work from a start to the
 * end of its last session; a {@link Drain} ends the sessions of all runs by a plan. Every
 * method may be called by any thread, also by handlers and listeners of this very server.
 */
public final class ManagedServer implements SocketServer, ServerOperations {

	/**
	 * How much longer the end of all servers may take: a listener that is notified of a
	 * stop, and does not return, is not waited for. It may wait for the end of the JVM.
	 */
	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	private final String name;

	private final SessionRegistry sessions;

	private final ServerContext context;

	private final ServerStarter starter;

	private final ServerRuns runs;

	private final Lifecycle<ServerRun> lifecycle;

	private final Drains drains;

	private final CallerWaits waits;

	/**
	 * Creates a server that is stopped.
	 * @param spec what it is made from
	 * @param engine what all servers share
	 * @param sessions the open sessions, perhaps also those of a predecessor
	 * @param starter makes its runs
	 */
	public ManagedServer(ServerSpec spec, SharedResources engine, SessionRegistry sessions, ServerStarter starter) {
		this.sessions = sessions;
		this.starter = starter;
		this.name = spec.name();
		this.context = new ServerContext(this, spec, engine, sessions,
				new Alarms((alarm) -> engine.listener().alarm(this, alarm), engine.background()));
		sessions.rates(new ServerRates(spec, this.context.counters(), engine.timer(), engine.clock()));
		// Its own, or none in place of a predecessor's.
		sessions.logins((spec.gate().login() != null)
				? new Logins(spec, this.context.counters(), engine.timer(), engine.clock()) : null);
		this.runs = new ServerRuns(this.context, starter);
		this.lifecycle = this.runs.lifecycle();
		this.drains = this.runs.drains();
		this.waits = new CallerWaits(this.lifecycle.notifying(), sessions::runsHere);
	}

	// What it has, whether it runs or not.

	@Override
	public String name() {
		return this.name;
	}

	/** As events and logs show it. */
	@Override
	public String toString() {
		return name();
	}

	@Override
	public ServerSpec spec() {
		return this.context.spec();
	}

	@Override
	public synchronized void reconfigure(ServerSpec spec, long version) {
		ServerSpec before = spec();
		ServerChange change = new ServerChange(before, spec);
		change.checkName();
		List<ServerRun> runs;
		List<Runnable> made = new ArrayList<>();
		do {
			change.checkPossible(state());
			runs = this.lifecycle.runs().all();
			made.clear();
			runs.forEach((run) -> run.prepare(spec, made));
			// That may take long: by now others may run.
		}
		while (!this.lifecycle.change(runs, () -> {
			change.checkPossible(state());
			// In this order: who finds another listener asks the starter for it.
			this.starter.reconfigure(spec);
			this.context.reconfigure(spec, version);
			if (this.lifecycle.isStopped()) {
				// Before a start, whose first session has to find the login.
				this.context.reconfigured();
			}
		}));
		this.context.reconfigured();
		made.forEach(Runnable::run);
		// The current one last: the number of sessions that it allows is the server's.
		runs.forEach((run) -> run.reconfigure(before));
		runs.forEach((run) -> this.waits.forLoop(run.obeyed()));
	}

	/** Returns what all its runs share. */
	public ServerContext context() {
		return this.context;
	}

	@Override
	public Stream<SocketSession> sessions() {
		return this.sessions.stream().map(SocketSession.class::cast);
	}

	@Override
	public @Nullable String inherited() {
		return this.starter.inherited(first().name());
	}

	@Override
	public Protocol protocol() {
		return this.starter.protocol(first());
	}

	private ListenerSpec first() {
		return spec().listeners().get(0);
	}

	@Override
	public List<EndedSession> endedSessions() {
		return this.sessions.ended();
	}

	@Override
	public List<RefusedConnection> refusedConnections() {
		return this.sessions.refused();
	}

	@Override
	public AddressBans bans() {
		return this.context.offences().bans();
	}

	@Override
	public long pendingInbound() {
		return this.sessions.pendingInbound();
	}

	@Override
	public long pendingBytes() {
		return this.sessions.pendingBytes();
	}

	@Override
	public int unauthenticated() {
		return this.sessions.unauthenticated();
	}

	@Override
	public Optional<SocketSession> session(String id) {
		return this.sessions.find(id).map(SocketSession.class::cast);
	}

	@Override
	public List<SocketSession> find(String type, String id) {
		return this.sessions.bound(type, id)
			.stream()
			.filter((session) -> !session.end().isSettled())
			.map(SocketSession.class::cast)
			.toList();
	}

	@Override
	public List<SocketSession> bound(String type, String id) {
		return List.copyOf(this.sessions.bound(type, id));
	}

	@Override
	public Stream<SocketSession> members(String group) {
		return this.sessions.group(group).map(SocketSession.class::cast);
	}

	@Override
	public Group group(String name) {
		return new SessionGroup(name, this.sessions, this.context.payloads());
	}

	@Override
	public ServerStatistics statistics() {
		return this.context.counters();
	}

	@Override
	public int broadcast(Object payload) {
		return SessionGroup.broadcast(this.context.payloads().bytes(payload), this.sessions.stream());
	}

	// What it is doing.

	Lifecycle<ServerRun> lifecycle() {
		return this.lifecycle;
	}

	@Override
	public ServerState state() {
		return this.lifecycle.state();
	}

	@Override
	public @Nullable InetSocketAddress localAddress() {
		ServerRun current = this.lifecycle.run();
		if (current == null) {
			return null;
		}
		// A listener that is notified of the start can ask where, even if the server was
		// stopped meanwhile.
		return this.lifecycle.notifying().isStartHere() ? current.address() : current.localAddress();
	}

	@Override
	public List<ListenerStatus> listeners() {
		ServerRun current = this.lifecycle.run();
		boolean closing = current == null || (current.closing() && !this.lifecycle.notifying().isStartHere());
		List<ListenerStatus> all = new ArrayList<>(this.context.listeners().size());
		for (ListenerContext each : this.context.listeners()) {
			RunListener running = (current != null) ? current.listener(each) : null;
			all.add((running == null || closing) ? each.closed() : running.status());
		}
		return List.copyOf(all);
	}

	@Override
	public @Nullable SocketTransport transport() {
		ServerRun current = this.lifecycle.run();
		return (current != null) ? current.transport() : null;
	}

	@Override
	public @Nullable Instant startedAt() {
		ServerRun current = this.lifecycle.run();
		return (current != null) ? current.startedAt() : null;
	}

	@Override
	public @Nullable Throwable failure() {
		Throwable notStarted = this.lifecycle.failure();
		ServerRun current = this.lifecycle.run();
		return (notStarted != null || current == null) ? notStarted : current.acceptFailure();
	}

	@Override
	public CompletableFuture<@Nullable Void> stopped() {
		return this.lifecycle.endFromHere();
	}

	/** Returns what completes when listeners have been notified of the end, too. */
	public CompletableFuture<@Nullable Void> notified() {
		return this.lifecycle.end();
	}

	/** Whether the calling thread is notifying listeners of a start or stop. */
	public boolean notifiesHere() {
		return this.lifecycle.notifying().isHere();
	}

	/** Returns the permits of the last run, if there was one. */
	public @Nullable Admission admission() {
		ServerRun last = this.lifecycle.runs().last();
		return (last != null) ? last.admission() : null;
	}

	// Starting and stopping.

	@Override
	public void start() {
		start(null);
	}

	@Override
	public void startPaused(Set<String> listeners) {
		start((run) -> {
			for (String name : listeners) {
				// None accepts yet.
				CompletableFuture<?> unused = run.pause(name, true);
			}
			return run.isPaused();
		});
	}

	private void start(@Nullable Predicate<ServerRun> pause) {
		if (Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException("Starting server '" + name() + "' waits, which no I/O thread may");
		}
		this.lifecycle.start(pause);
	}

	/**
	 * Keeps the server from being started again: it was removed, or all servers are
	 * closed.
	 */
	public void retire() {
		this.lifecycle.retire();
	}

	@Override
	public boolean stop() {
		return stop(spec().drainTimeout());
	}

	@Override
	public boolean stop(Duration timeout) {
		Stop<ServerRun> stop = this.drains.stop(timeout, Wish.STOPPED);
		if (stop.first() && this.waits.isLate(stop.end(), Drains.bounded(timeout))) {
			throw new IllegalStateException("Server '" + name() + "' has not stopped " + CallerWaits.MARGIN.toSeconds()
					+ " s after its time to stop: a listener may not have returned");
		}
		return stop.first();
	}

	@Override
	public boolean beginStop(Duration timeout) {
		return this.drains.stop(timeout, Wish.STOPPED).first();
	}

	@Override
	public boolean restart(Duration timeout) {
		return this.drains.stop(timeout, Wish.RUNNING).first();
	}

	/**
	 * Returns when the server has stopped, or at once if it cannot before that; within
	 * ten seconds in any case.
	 * @param duringNotification whether the calling thread is notifying listeners of a
	 * server, be it another: two who do must not wait for each other
	 */
	public void awaitStopped(boolean duringNotification) {
		boolean both = duringNotification && this.lifecycle.notifying().isUnderWay();
		if (!both && this.waits.isLate(stopped().exceptionally((failure) -> null), CLOSE_LIMIT)) {
			ServerLog.notStopped(this);
		}
	}

	// Going on without a listener, draining, pausing.

	@Override
	public boolean closeListener() {
		CompletableFuture<?> closed = this.runs.closeListener();
		if (closed != null && !notifiesHere()) {
			this.waits.forLoop(closed);
		}
		return closed != null;
	}

	@Override
	public CompletableFuture<@Nullable Void> drain(Duration timeout) {
		return drain(spec().drain(), timeout);
	}

	@Override
	public CompletableFuture<@Nullable Void> drain(DrainPlan plan, Duration timeout) {
		// Asked for first: a run that starts from now on is not waited for.
		CompletableFuture<@Nullable Void> end = stopped();
		begunDraining(this.drains.begin(plan, timeout, false));
		return end;
	}

	@Override
	public boolean beginDrain(DrainPlan plan, Duration timeout) {
		return begunDraining(this.drains.begin(plan, timeout, true));
	}

	private boolean begunDraining(boolean begun) {
		if (begun) {
			this.context.engine().listener().draining(this);
		}
		return begun;
	}

	@Override
	public CompletableFuture<@Nullable Void> shutDown(Duration timeout) {
		CompletableFuture<@Nullable Void> end = stopped();
		if (!this.drains.beginLast(timeout)) {
			beginStop(timeout);
		}
		return end;
	}

	@Override
	public int endsAsked() {
		return this.lifecycle.endsAsked();
	}

	@Override
	public @Nullable DrainProgress drain() {
		return this.drains.progress();
	}

	@Override
	public boolean pause() {
		return pause(null, true);
	}

	@Override
	public boolean pause(String listener) {
		return pause(known(listener), true);
	}

	@Override
	public boolean resume() {
		return pause(null, false);
	}

	@Override
	public boolean resume(String listener) {
		return pause(known(listener), false);
	}

	private String known(String listener) {
		if (spec().listener(listener) == null) {
			throw new IllegalArgumentException("Server '" + name() + "' has no listener '" + listener + "'");
		}
		return listener;
	}

	private boolean pause(@Nullable String listener, boolean paused) {
		CompletableFuture<?> turned = this.lifecycle.pause((run) -> run.pause(listener, paused), ServerRun::isPaused);
		if (turned == null) {
			return false;
		}
		this.waits.forLoop(turned);
		boolean one = listener != null && spec().listeners().size() > 1;
		ServerLog.turned(one ? name() + "/" + listener : name(), paused);
		return true;
	}

}
