package dev.socketserver.netty.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer.Group;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.netty.server.ServerDrain.Times;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.SocketTransport;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * A server: owns its {@link ServerState state}, and has one {@link ServerRun} for as long
 * as it runs.
 * <p>
 * {@link ServerRun} does the work of a run; this class decides what is allowed when, and
 * tells listeners. States change under one lock, which is never held while a port is
 * bound, while somebody waits, or while listeners are told. Every method may be called by
 * any thread, also by handlers and listeners of this very server: a thread that the
 * server has to wait for does not wait for the server ({@link #mustNotWait}).
 */
public final class NettySocketServer implements SocketServer, ServerOperations, ServerRun.Owner {

	/** Beyond the time to stop, for what cutting and telling take. */
	private static final Duration STOP_MARGIN = Duration.ofSeconds(5);

	/**
	 * How much longer the end of all servers may take: a listener that is told of a stop,
	 * and does not return, is not waited for. It may wait for the end of the JVM.
	 */
	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	/** A longer time to stop is taken for this, so that sums of nanoseconds stay sums. */
	private static final Duration MAX_STOP = Duration.ofDays(365);

	private final ServerSpec spec;

	private final SharedResources engine;

	private final SocketServerListener listener;

	private final Payloads payloads;

	private final SessionRegistry sessions;

	private final ServerStart start;

	private final ServerCounters ledger = new ServerCounters();

	private final FailureLog failureLog;

	private final Alarms alarms;

	/**
	 * Guards transitions of state. Never held while binding, waiting or telling
	 * listeners: these may wait for other threads that need it.
	 */
	private final ReentrantLock transition = new ReentrantLock();

	/** Signalled when listeners have been told of a stop. */
	private final Condition stopTold = this.transition.newCondition();

	/**
	 * The thread that is telling listeners of a stop. Written under the transition lock.
	 */
	private volatile @Nullable Thread tellingStop;

	private volatile ServerState state = ServerState.STOPPED;

	private volatile @Nullable ServerRun run;

	/** The current run; if there is none, the one before. */
	private volatile @Nullable ServerRun lastRun;

	private volatile @Nullable ServerStartException failure;

	private final KeptRuns kept;

	/** The last drain, which may be over. Written under the transition lock. */
	private volatile @Nullable ServerDrain drain;

	/**
	 * The thread that is telling listeners of the start. If one of them stops the server,
	 * the stop must not wait for it.
	 */
	private volatile @Nullable Thread telling;

	/** Completes when a start has made a run, which may be at its end, or has failed. */
	private volatile CompletableFuture<@Nullable Void> starting = CompletableFuture.completedFuture(null);

	/** Guarded by the transition lock. */
	private boolean retired;

	/** Whether a stop came while binding. Guarded by the transition lock. */
	private boolean startCancelled;

	/** Whether to start again after the run. Guarded by the transition lock. */
	private boolean restarting;

	public NettySocketServer(ServerSpec spec, SharedResources engine, SessionRegistry sessions) {
		this.spec = spec;
		this.engine = engine;
		this.listener = engine.listener();
		this.payloads = new Payloads(spec.session().charset(), spec.session().converters());
		this.sessions = sessions;
		this.kept = new KeptRuns(spec);
		this.failureLog = new FailureLog(spec.session().title(), engine.timer(), NanoTime.SYSTEM);
		this.alarms = new Alarms((alarm) -> this.listener.alarm(this, alarm), engine.background());
		this.start = new ServerStart(
				new ServerContext(this, engine, sessions, this.payloads, this.ledger, this.failureLog, this.alarms),
				this, this.kept);
	}

	/** Runs what tells listeners, which may take long, on a thread made for it. */
	private void onOwnThread(Runnable task) {
		this.engine.onOwnThread(task, "socket-server-transition");
	}

	public Alarms alarms() {
		return this.alarms;
	}

	@Override
	public String name() {
		return this.spec.name();
	}

	/** As events and logs show it. */
	@Override
	public String toString() {
		return name();
	}

	@Override
	public ServerSpec spec() {
		return this.spec;
	}

	@Override
	public ServerState state() {
		return this.state;
	}

	@Override
	public @Nullable InetSocketAddress localAddress() {
		ServerRun current = this.run;
		if (current == null) {
			return null;
		}
		// A listener that is told of the start can ask where, even if the server was
		// stopped meanwhile.
		return (this.telling == Thread.currentThread()) ? current.boundAddress() : current.localAddress();
	}

	@Override
	public @Nullable SocketTransport transport() {
		ServerRun current = this.run;
		return (current != null) ? current.transport() : null;
	}

	@Override
	public @Nullable Instant startedAt() {
		ServerRun current = this.run;
		return (current != null) ? current.startedAt() : null;
	}

	@Override
	public @Nullable Throwable failure() {
		ServerStartException notStarted = this.failure;
		if (notStarted != null) {
			return notStarted;
		}
		ServerRun current = this.run;
		return (current != null) ? current.failure() : null;
	}

	@Override
	public Stream<SocketSession> sessions() {
		return this.sessions.stream().map(SocketSession.class::cast);
	}

	/**
	 * Returns what turns payloads that are sent into bytes.
	 * @return the payloads
	 */
	public Payloads payloads() {
		return this.payloads;
	}

	public SessionRegistry registry() {
		return this.sessions;
	}

	@Override
	public List<EndedSession> endedSessions() {
		return this.sessions.ended();
	}

	@Override
	public Optional<SocketSession> session(String id) {
		return this.sessions.find(id).map(SocketSession.class::cast);
	}

	@Override
	public List<SocketSession> find(String type, String id) {
		return List.copyOf(this.sessions.bound(type, id));
	}

	@Override
	public Group group(String name) {
		return new SessionGroup(name, this.sessions, this.payloads);
	}

	@Override
	public ServerStatistics statistics() {
		return this.ledger;
	}

	@Override
	public int broadcast(Object payload) {
		return SessionGroup.broadcast(this.payloads.bytes(payload), this.sessions.stream());
	}

	// Starting.

	@Override
	public void start() {
		if (Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException("Starting server '" + name() + "' waits, which no I/O thread may");
		}
		this.transition.lock();
		try {
			awaitStopTold();
			if (isListening()) {
				return;
			}
			if (this.retired) {
				throw new IllegalStateException("Server '" + name() + "' has been removed, or is closed");
			}
			if (this.state != ServerState.STOPPED && this.state != ServerState.FAILED) {
				throw new IllegalStateException("Server '" + name() + "' cannot start while it is " + this.state);
			}
			beginStart();
		}
		finally {
			this.transition.unlock();
		}
		bindAndAccept();
	}

	/** Under the transition lock. */
	private void beginStart() {
		this.state = ServerState.STARTING;
		this.startCancelled = false;
		this.restarting = false;
		this.starting = new CompletableFuture<>();
	}

	/**
	 * Makes a run, and leaves nothing of Netty's on the calling thread, which may belong
	 * to a servlet container: Netty's thread-locals would keep the class loader of a web
	 * application alive after the application is gone.
	 */
	private ServerRun begin() {
		boolean untouched = FastThreadLocal.size() == 0;
		try {
			return this.start.begin();
		}
		finally {
			if (untouched) {
				FastThreadLocal.removeAll();
			}
		}
	}

	private void bindAndAccept() {
		ServerRun started;
		try {
			started = begin();
		}
		catch (ServerStartException ex) {
			failed(ex);
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			failed(this.start.failure(Problem.OTHER, ex));
			throw ex;
		}
		boolean wanted = publish(started);
		this.starting.complete(null);
		if (!wanted) {
			started.announced(false);
			beginStop(Duration.ZERO);
			throw new IllegalStateException("Server '" + name() + "' was stopped or removed while it started");
		}
		this.telling = Thread.currentThread();
		try {
			this.listener.started(this);
		}
		finally {
			this.telling = null;
			started.announced(true);
		}
		started.accept();
	}

	/**
	 * Makes a run the server's.
	 * @return {@code false} if the server was stopped or removed while it started
	 */
	private boolean publish(ServerRun started) {
		this.transition.lock();
		try {
			this.lastRun = started;
			this.run = started;
			this.state = ServerState.RUNNING;
			this.failure = null;
			return stillWanted();
		}
		finally {
			this.transition.unlock();
		}
	}

	/**
	 * Keeps the server from being started again: it was removed, or all servers are
	 * closed.
	 */
	public void retire() {
		this.transition.lock();
		try {
			this.retired = true;
		}
		finally {
			this.transition.unlock();
		}
	}

	private void failed(ServerStartException cause) {
		CompletableFuture<?> attempt = this.starting;
		boolean cancelled;
		this.transition.lock();
		try {
			cancelled = this.startCancelled;
			this.failure = cancelled ? null : cause;
			this.state = cancelled ? ServerState.STOPPED : ServerState.FAILED;
		}
		finally {
			this.transition.unlock();
		}
		attempt.complete(null);
		if (!cancelled) {
			this.listener.failed(this, cause);
		}
	}

	// Stopping.

	@Override
	public boolean stop() {
		return stop(this.spec.drainTimeout());
	}

	@Override
	public boolean stop(Duration timeout) {
		Stop stop = claimStop(Then.NOTHING);
		carryOut(stop, timeout);
		if (stop.first() && !mustNotWait() && isLate(stop.end(), bounded(timeout))) {
			throw new IllegalStateException("Server '" + name() + "' has not stopped " + STOP_MARGIN.toSeconds()
					+ " s after its time to stop: a listener may not have returned");
		}
		return stop.first();
	}

	@Override
	public boolean beginStop(Duration timeout) {
		return beginStop(timeout, Then.NOTHING);
	}

	@Override
	public boolean restart(Duration timeout) {
		return beginStop(timeout, Then.START);
	}

	private boolean beginStop(Duration timeout, Then then) {
		Stop stop = claimStop(then);
		carryOut(stop, timeout);
		return stop.first();
	}

	private Stop claimStop(Then then) {
		boolean restart = then == Then.START;
		this.transition.lock();
		try {
			ServerRun current = this.run;
			boolean first;
			// Asked for first: a run that starts from now on is not waited for.
			CompletableFuture<@Nullable Void> end = ended();
			if (restart && (current == null || this.retired)) {
				return new Stop(null, then, false, end);
			}
			first = (current != null) ? current.claimStop() : cancelStart();
			if (first || !restart) {
				boolean cancelled = this.restarting && !restart;
				this.restarting = restart;
				first |= cancelled;
			}
			if (current != null) {
				this.state = ServerState.DRAINING;
			}
			return new Stop(current, then, first, end);
		}
		finally {
			this.transition.unlock();
		}
	}

	private void carryOut(Stop stop, Duration timeout) {
		Duration most = bounded(timeout);
		ServerDrain draining = this.drain;
		if (draining != null) {
			draining.end();
		}
		if (stop.current() != null) {
			stop.current().stop(most);
		}
		if (stop.then() != Then.START) {
			// Sessions that were kept go on beside the next run, too.
			this.kept.stop(most);
		}
	}

	/**
	 * Cancels a start that is under way, or forgets one that has failed. Under the
	 * transition lock.
	 * @return whether this is the first call to do so
	 */
	private boolean cancelStart() {
		boolean first = false;
		if (this.state == ServerState.STARTING) {
			first = !this.startCancelled;
			this.startCancelled = true;
		}
		else if (this.state == ServerState.FAILED) {
			first = true;
			this.failure = null;
			this.state = ServerState.STOPPED;
		}
		return first;
	}

	// Going on without a listener, draining, pausing.

	@Override
	public boolean closeListener() {
		ServerRun current;
		this.transition.lock();
		try {
			current = this.run;
			if (current == null || !isListening()) {
				return false;
			}
			this.state = ServerState.DRAINING;
		}
		finally {
			this.transition.unlock();
		}
		current.close();
		CompletableFuture<?> closed = current.listenerGone().thenRunAsync(() -> keep(current), this::onOwnThread);
		if (!(Thread.currentThread() instanceof IoThread) && !tellsHere()) {
			awaitLoop(closed);
		}
		return true;
	}

	private boolean isListening() {
		return this.state == ServerState.RUNNING || this.state == ServerState.PAUSED;
	}

	/** The sessions of a run go on without a listener, unless the run is stopping. */
	private void keep(ServerRun closed) {
		boolean told = closed.awaitAnnounced();
		this.transition.lock();
		try {
			awaitStopTold();
			if (this.run != closed || closed.stopping()) {
				return;
			}
			// In this order: else its sessions would be counted twice for a moment, as
			// those of the current run and of a kept one.
			this.run = null;
			this.kept.add(closed);
			noLongerListens(told);
		}
		finally {
			this.transition.unlock();
		}
		releaseListener();
	}

	@Override
	public CompletableFuture<@Nullable Void> drain(Duration timeout) {
		return drain(this.spec.drain(), timeout);
	}

	@Override
	public CompletableFuture<@Nullable Void> drain(DrainPlan plan, Duration timeout) {
		Duration most = bounded(timeout);
		return drain(plan.within(most), new Times(most, bounded(this.spec.drainTimeout()), false), null);
	}

	@Override
	public CompletableFuture<@Nullable Void> shutDown(Duration timeout) {
		Duration most = bounded(timeout);
		ServerDrain before = this.drain;
		DrainPlan plan = (before != null && !before.isOver()) ? before.rest() : this.spec.drain();
		plan = plan.within(most);
		if (plan.isNone()) {
			CompletableFuture<@Nullable Void> end = stopped();
			beginStop(most);
			return end;
		}
		return drain(plan, new Times(most, Duration.ZERO, true), before);
	}

	@Override
	public @Nullable DrainProgress drain() {
		ServerDrain last = this.drain;
		return (last != null && (this.run != null || !this.kept.all().isEmpty())) ? last.progress() : null;
	}

	/**
	 * Begins to drain.
	 * @param replaced the drain that this one replaces; any other that is under way only
	 * gets less time
	 */
	private CompletableFuture<@Nullable Void> drain(DrainPlan plan, Times times, @Nullable ServerDrain replaced) {
		CompletableFuture<@Nullable Void> end = stopped();
		ServerDrain begun = null;
		ServerDrain before;
		this.transition.lock();
		try {
			ServerRun current = this.run;
			if (isListening()) {
				this.state = ServerState.DRAINING;
			}
			else if (this.state == ServerState.STARTING) {
				// There is nothing to drain, nor to wait for until somebody stops it.
				cancelStart();
			}
			before = this.drain;
			if (before != null && (before == replaced || before.isOver())) {
				before.end();
				before = null;
			}
			List<ServerRun> runs = Stream.concat(Stream.ofNullable(current), this.kept.all().stream())
				.filter((run) -> !run.stopping())
				.toList();
			if (before == null && !runs.isEmpty()) {
				begun = new ServerDrain(name(), this.ledger, runs, plan, times, TurnTimer.of(this.engine.timer()));
				this.drain = begun;
			}
		}
		finally {
			this.transition.unlock();
		}
		if (begun != null) {
			begun.begin();
			if (!times.stops()) {
				this.listener.draining(this);
			}
		}
		else if (before != null) {
			before.shorten(times.timeout(), times.beyond());
		}
		return end;
	}

	@Override
	public boolean pause() {
		return turn(ServerState.RUNNING, ServerState.PAUSED);
	}

	@Override
	public boolean resume() {
		return turn(ServerState.PAUSED, ServerState.RUNNING);
	}

	private boolean turn(ServerState from, ServerState to) {
		CompletableFuture<?> turned;
		this.transition.lock();
		try {
			ServerRun current = this.run;
			if (this.state != from || current == null) {
				return false;
			}
			this.state = to;
			// Under the lock, so that the listener hears the last call last.
			turned = current.paused(to == ServerState.PAUSED);
		}
		finally {
			this.transition.unlock();
		}
		if (!(Thread.currentThread() instanceof IoThread)) {
			awaitLoop(turned);
		}
		ServerLog.turned(this, to);
		return true;
	}

	// Waiting, unless that would be for the calling thread itself.

	private static Duration bounded(Duration timeout) {
		if (timeout.isNegative()) {
			return Duration.ZERO;
		}
		return (timeout.compareTo(MAX_STOP) > 0) ? MAX_STOP : timeout;
	}

	/** Whether the calling thread is telling listeners of a start or stop. */
	public boolean tellsHere() {
		return this.telling == Thread.currentThread() || tellsStopHere();
	}

	private boolean tellsStopHere() {
		return this.tellingStop == Thread.currentThread();
	}

	/**
	 * Returns when the server has stopped, or at once if it cannot before that; within
	 * ten seconds in any case.
	 * @param amongTold whether the calling thread is telling listeners of a server, be it
	 * another: two who do must not wait for each other
	 */
	public void awaitStopped(boolean amongTold) {
		boolean told = this.telling != null || this.tellingStop != null;
		if (!mustNotWait() && !(amongTold && told)) {
			if (isLate(ended(), CLOSE_LIMIT)) {
				ServerLog.notStopped(this);
			}
		}
	}

	/**
	 * Whether the server cannot end before the calling thread returns: it is an event
	 * loop's, runs one of the server's handlers, or is telling listeners.
	 */
	private boolean mustNotWait() {
		return Thread.currentThread() instanceof IoThread || tellsHere() || this.sessions.runsHere();
	}

	/**
	 * Waits until a loop has obeyed, but not for ever: a loop that a handler keeps busy
	 * accepts nothing either.
	 */
	private static void awaitLoop(CompletableFuture<?> obeyed) {
		isLate(obeyed, Duration.ZERO);
	}

	/**
	 * Waits for the given time and {@link #STOP_MARGIN}, but no longer once the thread is
	 * interrupted, which it stays.
	 * @return whether that time was not enough
	 */
	private static boolean isLate(CompletableFuture<?> end, Duration timeout) {
		try {
			end.get(timeout.plus(STOP_MARGIN).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			return true;
		}
		return false;
	}

	// What runs tell, and what follows from it.

	@Override
	public void ended(ServerRun ended) {
		boolean told = ended.awaitAnnounced();
		boolean listened = false;
		boolean again = false;
		this.transition.lock();
		try {
			awaitStopTold();
			if (!this.kept.remove(ended)) {
				listened = true;
				noLongerListens(told);
				// Whoever was told may have stopped or started it meanwhile.
				if (this.state == ServerState.STOPPED) {
					again = this.restarting && !this.retired;
					this.restarting = false;
					if (again) {
						beginStart();
					}
				}
			}
		}
		finally {
			this.transition.unlock();
		}
		if (again) {
			onOwnThread(this::startAgain);
		}
		else if (listened) {
			releaseListener();
		}
		else {
			// A run ends even if handlers of its sessions do not return: their places are
			// free now.
			placesFree();
		}
	}

	/**
	 * Starts the server again after the run before. Nobody waits for the outcome, of
	 * which listeners are told. What has kept the JVM alive until now is given up last,
	 * when the new run has its own.
	 */
	private void startAgain() {
		try {
			bindAndAccept();
		}
		catch (RuntimeException ex) {
			if (stillWanted()) {
				ServerLog.cannotRestart(this, ex);
			}
		}
		finally {
			releaseListener();
		}
	}

	/** Whether nobody has stopped, removed or closed it while it started. */
	private boolean stillWanted() {
		this.transition.lock();
		try {
			return !this.retired && !this.startCancelled;
		}
		finally {
			this.transition.unlock();
		}
	}

	/**
	 * Tells listeners of a stop, without the lock that the caller has. Until they have
	 * returned nobody else starts the server, so that nobody hears of the next start
	 * before the stop.
	 */
	private void noLongerListens(boolean startTold) {
		this.run = null;
		this.state = ServerState.STOPPED;
		if (!startTold) {
			return;
		}
		this.tellingStop = Thread.currentThread();
		this.transition.unlock();
		try {
			this.failureLog.flush();
			this.listener.stopped(this);
		}
		finally {
			this.transition.lock();
			this.tellingStop = null;
			this.stopTold.signalAll();
		}
	}

	/** Under the transition lock, which others have meanwhile. */
	private void awaitStopTold() {
		while (this.tellingStop != null && !tellsStopHere()) {
			this.stopTold.awaitUninterruptibly();
		}
	}

	/**
	 * Gives up what {@link ServerStart} took to keep the JVM alive while the server
	 * listens.
	 */
	private void releaseListener() {
		if (!this.spec.threads().serverDaemon()) {
			this.engine.keepAlive().release();
		}
	}

	// The end, for those who wait for it.

	@Override
	public CompletableFuture<@Nullable Void> stopped() {
		ServerRun last = this.lastRun;
		if (last != null && tellsStopHere() && last.ending()) {
			// A listener that is told of this very end, and closes the application for
			// instance, would wait for itself to return.
			return this.kept.endedWith(last.result()).copy();
		}
		return told();
	}

	/** Returns what completes when listeners have been told of the end, too. */
	public CompletableFuture<@Nullable Void> told() {
		CompletableFuture<@Nullable Void> attempt = this.starting;
		return this.kept.endedWith(attempt.isDone() ? lastOutcome() : attempt.thenCompose((done) -> lastOutcome()))
			.copy();
	}

	private CompletableFuture<@Nullable Void> lastOutcome() {
		ServerRun last = this.lastRun;
		return (last != null) ? last.outcome() : CompletableFuture.completedFuture(null);
	}

	/**
	 * Returns what completes when everything that runs now has ended. It never fails,
	 * while {@link #stopped()} fails with what the handler of a one-shot threw.
	 */
	private CompletableFuture<@Nullable Void> ended() {
		return stopped().exceptionally((failure) -> null);
	}

	// Places of connections.

	/** Whether no connection of the last run holds a place any more. */
	public boolean isIdle() {
		ServerRun last = this.lastRun;
		return last == null || last.admission().isIdle();
	}

	@Override
	public void placesFree() {
		ServerRun current = this.run;
		if (current != null) {
			current.intake().placesChanged();
		}
	}

	/** How many places the sessions of earlier runs have. */
	int keptConnections() {
		return this.kept.taken();
	}

	/** How many places among the sessions are taken. */
	public int connections() {
		ServerRun last = this.lastRun;
		return (last != null) ? last.admission().sessions().taken() : 0;
	}

	@Override
	public void served(ServerRun served) {
		if (this.run == served && isListening()) {
			beginStop(this.spec.drainTimeout());
		}
	}

	/** What is to follow a stop. */
	private enum Then {

		NOTHING, START

	}

	/**
	 * What one call that stops the server has found.
	 *
	 * @param current what is to end, or {@code null}
	 * @param then what the call wants to follow
	 * @param first whether it was the first such call
	 * @param end completes when the server has stopped
	 */
	private record Stop(@Nullable ServerRun current, Then then, boolean first, CompletableFuture<@Nullable Void> end) {

	}

}
