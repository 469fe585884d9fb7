package dev.socketserver.netty.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.spec.SocketTransport;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServerState state} of a server, and the one {@link ServerRun} that it has
 * for as long as it runs: begins and publishes runs, follows their ends, and notifies
 * listeners.
 * <p>
 * States change under one lock, which is never held while a port is bound, while somebody
 * waits, or while listeners are notified. A thread that the server has to wait for does
 * not wait for the server ({@link #mustNotWait}).
 */
abstract class ServerTransitions extends ServerSessions implements ServerRun.Owner {

	/** Beyond the time to stop, for what aborts and notifications take. */
	static final Duration STOP_MARGIN = Duration.ofSeconds(5);

	/** A longer time to stop is taken for this, so that sums of nanoseconds stay sums. */
	static final Duration MAX_STOP = Duration.ofDays(365);

	final ServerStart start;

	/**
	 * Guards transitions of state. Never held while binding, waiting or notifying
	 * listeners: these may wait for other threads that need it.
	 */
	final ReentrantLock transition = new ReentrantLock();

	/** Signalled when listeners have been notified of a stop. */
	final Condition stopNotified = this.transition.newCondition();

	/**
	 * The thread that is notifying listeners of a stop. Written under the transition
	 * lock.
	 */
	volatile @Nullable Thread notifyingStop;

	volatile ServerState state = ServerState.STOPPED;

	volatile @Nullable ServerRun run;

	/** The current run; if there is none, the one before. */
	volatile @Nullable ServerRun lastRun;

	volatile @Nullable ServerStartException failure;

	final KeptRuns kept;

	/** The last drain, which may be over. Written under the transition lock. */
	volatile @Nullable ServerDrain drain;

	/**
	 * The thread that is notifying listeners of the start. If one of them stops the
	 * server, the stop must not wait for it.
	 */
	volatile @Nullable Thread notifying;

	/** Completes when a start has made a run, which may be at its end, or has failed. */
	volatile CompletableFuture<@Nullable Void> starting = CompletableFuture.completedFuture(null);

	/**
	 * Whether it must not be started again, whatever is wanted. Guarded by the transition
	 * lock.
	 */
	boolean retired;

	/** Guarded by the transition lock. */
	DesiredServerState desired = DesiredServerState.STOP;

	ServerTransitions(ServerSpec spec, SharedResources engine, SessionRegistry sessions) {
		super(spec, engine, sessions);
		this.kept = new KeptRuns(spec);
		this.start = new ServerStart(
				new ServerContext(this, engine, sessions, this.payloads, this.counters, this.failureLog, this.alarms),
				this, this.kept);
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
		// A listener that is notified of the start can ask where, even if the server was
		// stopped meanwhile.
		return (this.notifying == Thread.currentThread()) ? current.boundAddress() : current.localAddress();
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

	// Starting.

	/** Under the transition lock. */
	void beginStart() {
		this.state = ServerState.STARTING;
		this.desired = DesiredServerState.RUN;
		this.starting = new CompletableFuture<>();
	}

	/**
	 * Makes a run, and leaves nothing of Netty's on the calling thread, which may belong
	 * to a servlet container: Netty's thread-locals would keep the class loader of a web
	 * application alive after the application is gone.
	 */
	ServerRun begin() {
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

	void bindAndAccept() {
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
		this.notifying = Thread.currentThread();
		try {
			this.listener.started(this);
		}
		finally {
			this.notifying = null;
			started.announced(true);
		}
		started.accept();
	}

	/**
	 * Makes a run the server's.
	 * @return {@code false} if the server was stopped or removed while it started
	 */
	boolean publish(ServerRun started) {
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

	void failed(ServerStartException cause) {
		CompletableFuture<?> attempt = this.starting;
		boolean cancelled;
		this.transition.lock();
		try {
			cancelled = this.desired == DesiredServerState.STOP;
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

	/**
	 * Cancels a start that is under way, or forgets one that has failed. Under the
	 * transition lock.
	 * @return whether this is the first call to do so
	 */
	boolean cancelStart() {
		boolean first = false;
		if (this.state == ServerState.STARTING) {
			first = this.desired != DesiredServerState.STOP;
			this.desired = DesiredServerState.STOP;
		}
		else if (this.state == ServerState.FAILED) {
			first = true;
			this.failure = null;
			this.state = ServerState.STOPPED;
		}
		return first;
	}

	boolean isListening() {
		return this.state == ServerState.RUNNING || this.state == ServerState.PAUSED;
	}

	// Waiting, unless that would be for the calling thread itself.

	static Duration bounded(Duration timeout) {
		if (timeout.isNegative()) {
			return Duration.ZERO;
		}
		return (timeout.compareTo(MAX_STOP) > 0) ? MAX_STOP : timeout;
	}

	/** Whether the calling thread is notifying listeners of a start or stop. */
	public boolean notifiesHere() {
		return this.notifying == Thread.currentThread() || notifiesStopHere();
	}

	boolean notifiesStopHere() {
		return this.notifyingStop == Thread.currentThread();
	}

	/**
	 * Whether the server cannot end before the calling thread returns: it is an event
	 * loop's, runs one of the server's handlers, or is notifying listeners.
	 */
	boolean mustNotWait() {
		return Thread.currentThread() instanceof IoThread || notifiesHere() || this.sessions.runsHere();
	}

	/**
	 * Waits until a loop has obeyed, but not for ever: a loop that a handler keeps busy
	 * accepts nothing either.
	 */
	static void awaitLoop(CompletableFuture<?> obeyed) {
		isLate(obeyed, Duration.ZERO);
	}

	/**
	 * Waits for the given time and {@link #STOP_MARGIN}, but no longer once the thread is
	 * interrupted, which it stays.
	 * @return whether that time was not enough
	 */
	static boolean isLate(CompletableFuture<?> end, Duration timeout) {
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

	// Events of runs, and what follows from it.

	@Override
	public void ended(ServerRun ended) {
		boolean notified = ended.awaitAnnounced();
		boolean listened = false;
		boolean again = false;
		this.transition.lock();
		try {
			awaitStopNotified();
			if (!this.kept.remove(ended)) {
				listened = true;
				noLongerListens(notified);
				// Whoever was notified may have stopped or started it meanwhile.
				if (this.state == ServerState.STOPPED) {
					again = this.desired == DesiredServerState.RESTART && !this.retired;
					this.desired = DesiredServerState.STOP;
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
			// A run ends even if handlers of its sessions do not return: their permits
			// are
			// free now.
			permitsFree();
		}
	}

	/**
	 * Starts the server again after the run before. Nobody waits for the outcome, of
	 * which listeners are notified. What has kept the JVM alive until now is given up
	 * last, when the new run has its own.
	 */
	void startAgain() {
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
	boolean stillWanted() {
		this.transition.lock();
		try {
			return !this.retired && this.desired != DesiredServerState.STOP;
		}
		finally {
			this.transition.unlock();
		}
	}

	/**
	 * Notifies listeners of a stop, without the lock that the caller has. Until they have
	 * returned nobody else starts the server, so that nobody hears of the next start
	 * before the stop.
	 */
	void noLongerListens(boolean startNotified) {
		this.run = null;
		this.state = ServerState.STOPPED;
		if (!startNotified) {
			return;
		}
		this.notifyingStop = Thread.currentThread();
		this.transition.unlock();
		try {
			this.failureLog.flush();
			this.listener.stopped(this);
		}
		finally {
			this.transition.lock();
			this.notifyingStop = null;
			this.stopNotified.signalAll();
		}
	}

	/** Under the transition lock, which others have meanwhile. */
	void awaitStopNotified() {
		while (this.notifyingStop != null && !notifiesStopHere()) {
			this.stopNotified.awaitUninterruptibly();
		}
	}

	/**
	 * Gives up what {@link ServerStart} took to keep the JVM alive while the server
	 * listens.
	 */
	void releaseListener() {
		if (!this.spec.threads().serverDaemon()) {
			this.engine.keepAlive().release();
		}
	}

	// The end, for those who wait for it.

	@Override
	public CompletableFuture<@Nullable Void> stopped() {
		ServerRun last = this.lastRun;
		if (last != null && notifiesStopHere() && last.ending()) {
			// A listener that is notified of this very end, and closes the application
			// for
			// instance, would wait for itself to return.
			return this.kept.endedWith(last.result()).copy();
		}
		return notified();
	}

	/** Returns what completes when listeners have been notified of the end, too. */
	public CompletableFuture<@Nullable Void> notified() {
		CompletableFuture<@Nullable Void> attempt = this.starting;
		return this.kept.endedWith(attempt.isDone() ? lastOutcome() : attempt.thenCompose((done) -> lastOutcome()))
			.copy();
	}

	CompletableFuture<@Nullable Void> lastOutcome() {
		ServerRun last = this.lastRun;
		return (last != null) ? last.outcome() : CompletableFuture.completedFuture(null);
	}

	/**
	 * Returns what completes when everything that runs now has ended. It never fails,
	 * while {@link #stopped()} fails with what the handler of a one-shot threw.
	 */
	CompletableFuture<@Nullable Void> ended() {
		return stopped().exceptionally((failure) -> null);
	}

	// Permits of connections.

	/** Whether no connection of the last run holds a permit any more. */
	public boolean isIdle() {
		ServerRun last = this.lastRun;
		return last == null || last.admission().isIdle();
	}

	@Override
	public void permitsFree() {
		ServerRun current = this.run;
		if (current != null) {
			current.intake().permitsChanged();
		}
	}

	/** How many permits the sessions of earlier runs have. */
	int keptConnections() {
		return this.kept.taken();
	}

	/** How many permits among the sessions are taken. */
	public int connections() {
		ServerRun last = this.lastRun;
		return (last != null) ? last.admission().sessions().taken() : 0;
	}

}
