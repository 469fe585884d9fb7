package dev.socketserver.netty;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.Transport;
import dev.socketserver.admission.SessionLimit;
import dev.socketserver.netty.AcceptGate.Reason;
import dev.socketserver.session.LaneScheduler;
import dev.socketserver.session.Session;
import dev.socketserver.session.SessionContext;
import dev.socketserver.session.StuckCalls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a server, from its bind to the end of its last session. What it holds is
 * made with it and given back at its end, so that a server can be started again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class ServerRun {

	private static final Logger logger = LoggerFactory.getLogger(ServerRun.class);

	/** How long sessions that were cut may take to tell their handlers. */
	private static final long CUT_SECONDS = 2;

	/** Any delay makes a loop look at its sockets before the task. */
	private static final long NEXT_ROUND_MILLIS = 1;

	private static final long MIN_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long MAX_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final CloseStatus CUT = CloseStatus.of(CloseReason.SERVER_STOPPED,
			"cut at the end of the time to stop");

	private final NettySocketServer server;

	private final Transport transport;

	private final ScheduledExecutorService timer;

	private final HandlerThreads threads;

	private final SessionContext sessionContext;

	private final SessionLimit limit;

	private final Map<EventLoop, LaneScheduler> lanes = new ConcurrentHashMap<>();

	private final AcceptGate gate = new AcceptGate();

	private final Instant startedAt = Instant.now();

	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	private final AtomicBoolean cutting = new AtomicBoolean();

	private final AtomicBoolean ending = new AtomicBoolean();

	/** Set once bound. */
	private volatile @Nullable Channel listener;

	/** The listener is being closed: the run ends with its last session. */
	private volatile boolean closing;

	/** Sessions are being told to end. */
	private volatile boolean stopping;

	private final AtomicBoolean stopClaimed = new AtomicBoolean();

	private volatile boolean listenerClosed;

	/** Completes when the port is free. */
	private final CompletableFuture<@Nullable Void> listenerGone = new CompletableFuture<>();

	/** Completes when nobody has still to hear of the start: whether anybody has. */
	private final CompletableFuture<Boolean> announced = new CompletableFuture<>();

	ServerRun(NettySocketServer server, Transport transport, ScheduledExecutorService timer, HandlerThreads threads,
			Function<Runnable, SessionContext> sessionContexts) {
		this.server = server;
		this.transport = transport;
		this.timer = timer;
		this.threads = threads;
		this.sessionContext = sessionContexts.apply(this::connectionEnded);
		this.limit = new SessionLimit(this.sessionContext.spec().limits().sessions());
	}

	String name() {
		return this.server.name();
	}

	Transport transport() {
		return this.transport;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	@Nullable InetSocketAddress localAddress() {
		Channel channel = this.listener;
		return (channel != null && !this.closing && !this.listenerClosed) ? (InetSocketAddress) channel.localAddress()
				: null;
	}

	AcceptGate gate() {
		return this.gate;
	}

	SessionContext sessionContext() {
		return this.sessionContext;
	}

	LaneScheduler lanes(EventLoop loop) {
		return this.lanes.computeIfAbsent(loop, (key) -> this.threads.onLoop() ? new LoopLanes(key, this.threads)
				: new GatheredLanes(key, this.threads));
	}

	/** Completes when the run has ended and given everything back. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	/** A session has opened, perhaps too late to be among those that a stop ends. */
	void opened(Session session) {
		if (this.cutting.get()) {
			session.cut(CUT);
		}
		else if (this.stopping) {
			session.stop();
		}
	}

	/** The port is bound; nothing is accepted yet. */
	void bound(Channel channel) {
		this.listener = channel;
		this.gate.guard(channel);
		channel.closeFuture().addListener((future) -> {
			this.listenerClosed = true;
			if (this.transport == Transport.NIO) {
				// The port is free when the selector has let go of the listener, which it
				// does in its next round.
				channel.eventLoop().schedule(this::portFreed, NEXT_ROUND_MILLIS, TimeUnit.MILLISECONDS);
			}
			else {
				portFreed();
			}
		});
		Duration idle = this.sessionContext.spec().timeouts().idle();
		if (idle != null) {
			watchIdle(channel, idle.toNanos());
		}
		Duration handler = this.sessionContext.spec().timeouts().handler();
		if (handler != null && this.sessionContext.spec().handler() instanceof ServerHandler.Messages) {
			watchCalls(handler.toNanos());
		}
	}

	private void portFreed() {
		this.listenerGone.complete(null);
		endIfDone();
	}

	/** Accepts from now on, unless something else holds the gate. */
	void accept() {
		this.gate.release(Reason.UNANNOUNCED);
	}

	/**
	 * Stops or resumes accepting.
	 * @return completes when the listener obeys
	 */
	CompletableFuture<@Nullable Void> paused(boolean paused) {
		this.gate.set(Reason.PAUSED, () -> paused);
		CompletableFuture<@Nullable Void> obeyed = new CompletableFuture<>();
		Channel channel = this.listener;
		if (channel == null) {
			obeyed.complete(null);
			return obeyed;
		}
		try {
			// Behind what the loop is just accepting, and behind the gate.
			channel.eventLoop().execute(() -> obeyed.complete(null));
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone already, and nothing is accepted.
			obeyed.complete(null);
		}
		return obeyed;
	}

	/**
	 * One coarse timer looks at all sessions: a timer for each would cost memory for
	 * each, and something for each read.
	 */
	private void watchIdle(Channel channel, long timeoutNanos) {
		long tick = tick(timeoutNanos);
		EventLoop loop = channel.eventLoop();
		Future<?> timer = loop.scheduleAtFixedRate(() -> {
			long now = System.nanoTime();
			sessions().forEach((session) -> session.checkIdle(now, timeoutNanos));
		}, tick, tick, TimeUnit.NANOSECONDS);
		this.ended.whenComplete((result, failure) -> timer.cancel(false));
	}

	/**
	 * Not on a loop, which may be what is stuck.
	 */
	private void watchCalls(long timeoutNanos) {
		StuckCalls calls = new StuckCalls(this.sessionContext, timeoutNanos);
		long tick = tick(timeoutNanos);
		Future<?> looking = this.timer.scheduleWithFixedDelay(() -> {
			try {
				calls.look(System.nanoTime(), sessions());
			}
			catch (Throwable ex) {
				// A logger may throw; that must not be the last look.
				logger.debug("Server '{}': looking for stuck handlers failed", name(), ex);
			}
		}, tick, tick, TimeUnit.NANOSECONDS);
		this.ended.whenComplete((result, failure) -> {
			looking.cancel(false);
			calls.end();
		});
	}

	private static long tick(long timeoutNanos) {
		return Math.min(Math.max(timeoutNanos / 8, MIN_TICK_NANOS), MAX_TICK_NANOS);
	}

	/**
	 * The sessions of this run only: the registry is shared with other runs, and with a
	 * successor of the same name.
	 */
	private Stream<Session> sessions() {
		return this.sessionContext.sessions().stream().filter((session) -> session.isOf(this.sessionContext));
	}

	/**
	 * A connection was accepted.
	 * @return why it is refused, or {@code null}
	 */
	@Nullable RejectReason connectionAccepted() {
		this.sessionContext.ledger().countAccepted();
		return this.limit.tryAcquire() ? null : RejectReason.LIMIT_SESSIONS;
	}

	void rejected(InetSocketAddress peer, RejectReason reason) {
		this.sessionContext.ledger().countRejected(reason);
		this.sessionContext.listener().rejected(this.server, peer, reason);
	}

	/**
	 * A connection that was not refused has ended: its session has, or it never had one.
	 */
	void connectionEnded() {
		this.limit.release();
		endIfDone();
	}

	/**
	 * Nobody will be told of the start any more.
	 * @param told whether listeners were told
	 */
	void announced(boolean told) {
		this.announced.complete(told);
	}

	/**
	 * What follows must not be told before the start.
	 * @return whether the start was told
	 */
	boolean awaitAnnounced() {
		return this.announced.join();
	}

	/** Completes when the listener is closed and its port is free. */
	CompletableFuture<@Nullable Void> listenerGone() {
		return this.listenerGone;
	}

	/** Stops listening. The run ends with its last session. */
	void close() {
		this.closing = true;
		Channel channel = this.listener;
		if (channel != null) {
			channel.close();
		}
		endIfDone();
	}

	/** Returns whether the caller is the first to stop the sessions of this run. */
	boolean claimStop() {
		return this.stopClaimed.compareAndSet(false, true);
	}

	boolean stopping() {
		return this.stopClaimed.get();
	}

	/** Stops listening, and at the timeout stops what is left, unless it was stopped. */
	void drain(Duration timeout, Duration stopTimeout) {
		close();
		after(timeout.toNanos(), () -> {
			if (claimStop()) {
				stop(stopTimeout);
			}
		});
	}

	/** Stops listening, lets the sessions end, and cuts what is left at the timeout. */
	void stop(Duration timeout) {
		this.stopClaimed.set(true);
		boolean first = !this.stopping;
		this.stopping = true;
		close();
		if (first && !timeout.isZero()) {
			sessions().forEach(Session::stop);
		}
		hurry(timeout);
	}

	/** Leaves the sessions no more than the given time. */
	private void hurry(Duration timeout) {
		if (timeout.isZero()) {
			cut();
		}
		else {
			after(timeout.toNanos(), this::cut);
		}
	}

	private void cut() {
		if (!this.cutting.compareAndSet(false, true)) {
			return;
		}
		sessions().forEach((session) -> session.cut(CUT));
		after(TimeUnit.SECONDS.toNanos(CUT_SECONDS), () -> {
			if (!this.ended.isDone()) {
				long stuck = sessions().count();
				if (stuck > 0) {
					logger.warn("Server '{}' stops although handlers of {} sessions have not returned", name(), stuck);
				}
				end();
			}
		});
		endIfDone();
	}

	private void after(long nanos, Runnable task) {
		Future<?> later = this.timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
		this.ended.whenComplete((result, failure) -> later.cancel(false));
	}

	private void endIfDone() {
		if (this.closing && this.listenerGone.isDone() && this.limit.taken() == 0) {
			end();
		}
	}

	/**
	 * Gives everything back, once, on a thread of its own: listeners are told, and those
	 * who wait for the end may occupy all threads of the background.
	 */
	private void end() {
		if (this.ending.compareAndSet(false, true)) {
			Thread thread = new Thread(() -> {
				this.threads.close();
				this.server.ended(this);
				this.ended.complete(null);
			}, name() + " server stop");
			thread.setDaemon(true);
			thread.start();
		}
	}

}
