package dev.socketserver.netty;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OnFull;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.Transport;
import dev.socketserver.admission.SessionLimit;
import dev.socketserver.netty.AcceptGate.Reason;
import dev.socketserver.netty.PortBinder.Bound;
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

	private final boolean waitWhenFull;

	private final @Nullable PacedAccept acceptRate;

	private final Map<EventLoop, LaneScheduler> lanes = new ConcurrentHashMap<>();

	private final AcceptGate gate = new AcceptGate();

	private final Instant startedAt = Instant.now();

	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	private final AtomicBoolean cutting = new AtomicBoolean();

	private final AtomicBoolean ending = new AtomicBoolean();

	/** Set once bound. */
	private volatile @Nullable Listener listener;

	private volatile boolean stopping;

	private volatile boolean portFree;

	ServerRun(NettySocketServer server, Transport transport, ScheduledExecutorService timer, HandlerThreads threads,
			Function<Runnable, SessionContext> sessionContexts) {
		this.server = server;
		this.transport = transport;
		this.timer = timer;
		this.threads = threads;
		this.sessionContext = sessionContexts.apply(this::connectionEnded);
		ServerSpec.Limits limits = this.sessionContext.spec().limits();
		this.limit = new SessionLimit(limits.sessions());
		this.waitWhenFull = limits.onFull() == OnFull.WAIT;
		this.acceptRate = (limits.acceptRate() > 0) ? new PacedAccept(limits.acceptRate(), this.gate, timer) : null;
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
		Listener current = this.listener;
		return (current != null && !this.stopping) ? current.address() : null;
	}

	/** Why nothing can be accepted at the moment, or {@code null}. */
	@Nullable Throwable failure() {
		Listener current = this.listener;
		return (current != null && !this.stopping) ? current.failure() : null;
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
	void bound(Bound bound) {
		Listener opened = new Listener(name(), this.gate, this.timer, bound);
		this.listener = opened;
		opened.portFree().thenRun(this::portFreed);
		Duration idle = this.sessionContext.spec().timeouts().idle();
		if (idle != null) {
			watchIdle(bound.channel(), idle.toNanos());
		}
		Duration handler = this.sessionContext.spec().timeouts().handler();
		if (handler != null && this.sessionContext.spec().handler() instanceof ServerHandler.Messages) {
			watchCalls(handler.toNanos());
		}
	}

	private void portFreed() {
		this.portFree = true;
		endIfDone();
	}

	/** Accepts from now on. */
	void accept() {
		this.gate.release(Reason.UNANNOUNCED);
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
		if (!this.limit.tryAcquire()) {
			return RejectReason.LIMIT_SESSIONS;
		}
		lookIfFull();
		if (this.acceptRate != null) {
			this.acceptRate.accepted();
		}
		Listener current = this.listener;
		if (current != null) {
			current.accepted();
		}
		return null;
	}

	private void lookIfFull() {
		if (this.waitWhenFull) {
			this.gate.set(Reason.FULL, this.limit::isExhausted);
		}
	}

	/** A connection could not be accepted; on the loop of that listener. */
	void acceptFailed(Channel channel, Throwable cause) {
		Listener current = this.listener;
		if (current != null) {
			current.acceptFailed(channel, cause);
		}
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
		lookIfFull();
		endIfDone();
	}

	/** Stops listening, lets the sessions end, and cuts what is left at the timeout. */
	void stop(Duration timeout) {
		this.stopping = true;
		Listener current = this.listener;
		if (current != null) {
			current.close();
		}
		if (!timeout.isZero()) {
			sessions().forEach(Session::stop);
		}
		hurry(timeout);
		endIfDone();
	}

	/** Leaves the sessions no more than the given time. */
	void hurry(Duration timeout) {
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
		if (this.stopping && this.portFree && this.limit.taken() == 0) {
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
