package dev.socketserver.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.Alarm;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OnFull;
import dev.socketserver.ProxyMode;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.Transport;
import dev.socketserver.admission.Admission;
import dev.socketserver.netty.AcceptGate.Reason;
import dev.socketserver.netty.PortBinder.Bound;
import dev.socketserver.session.Alarms;
import dev.socketserver.session.LaneScheduler;
import dev.socketserver.session.Session;
import dev.socketserver.session.SessionContext;
import dev.socketserver.session.SteadyLogger;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One run of a server, from the bind of its port to the end of its last session. It holds
 * everything that a run needs, and gives it back at its end, so that the server can be
 * started again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class ServerRun implements SessionHost {

	private static final SteadyLogger logger = SteadyLogger.of(ServerRun.class);

	/** How long sessions that were cut may take to tell their handlers, in seconds. */
	private static final long CUT_SECONDS = 2;

	/** From how many refused connections in a minute on operators are told. */
	private static final int MANY_REJECTIONS = 100;

	private static final CloseStatus CUT = CloseStatus.of(CloseReason.SERVER_STOPPED,
			"cut at the end of the time to stop");

	private final NettySocketServer server;

	private final Transport transport;

	private final ScheduledExecutorService timer;

	private final HandlerThreads threads;

	private final Engine engine;

	private final List<NettyPipelineCustomizer> customizers;

	private final SessionContext sessionContext;

	private final Admission admission;

	/** The stages before a session, for connections of proxies and for others. */
	private final List<ConnectionStage> proxyStages;

	private final List<ConnectionStage> directStages;

	/**
	 * Connections that are not sessions yet; as many as {@code limits.pending} allows.
	 */
	private final Set<PendingConnection> pending = ConcurrentHashMap.newKeySet();

	/** The mark from which on there are nearly as many sessions as there may be. */
	private final Alarms.Mark crowd;

	private final Alarms.Flood rejections;

	private final boolean waitWhenFull;

	private final @Nullable PacedAccept acceptRate;

	private final @Nullable ServerTls tls;

	private final AcceptGate gate = new AcceptGate();

	private final Instant startedAt = Instant.now();

	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	private final CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();

	/** The share of the sessions in what keeps the JVM alive, if they do. */
	private final KeepAlive.@Nullable Share keepAlive;

	/** The one session of a one-shot, once it has opened. */
	private volatile @Nullable Session only;

	private final AtomicBoolean farewellRefused = new AtomicBoolean();

	private final AtomicBoolean cutting = new AtomicBoolean();

	private final AtomicBoolean ending = new AtomicBoolean();

	/** Set once bound. */
	private volatile @Nullable Listener listener;

	/** Whether the listener is being closed: then the run ends with its last session. */
	private volatile boolean closing;

	/** Sessions are being told that there is not much time left. */
	private volatile boolean draining;

	/** Whether the sessions are being told to end. */
	private volatile boolean stopping;

	private final AtomicBoolean stopClaimed = new AtomicBoolean();

	/** Completes when the port is free. */
	private final CompletableFuture<@Nullable Void> listenerGone = new CompletableFuture<>();

	/**
	 * Completes when all listeners have been told of the start, or never will be; with
	 * whether they were.
	 */
	private final CompletableFuture<Boolean> announced = new CompletableFuture<>();

	ServerRun(NettySocketServer server, Engine engine, Transport transport, HandlerThreads threads,
			@Nullable ServerTls tls, List<NettyPipelineCustomizer> customizers,
			Function<Runnable, SessionContext> sessionContexts) {
		this.server = server;
		this.customizers = customizers;
		this.transport = transport;
		this.timer = engine.timer();
		this.engine = engine;
		this.threads = threads;
		this.tls = tls;
		this.keepAlive = server.spec().threads().sessionDaemon() ? null : engine.keepAlive().share();
		this.sessionContext = sessionContexts.apply(this::sessionEnded);
		ServerSpec.Limits limits = spec().limits();
		KeptRuns kept = server.keptRuns();
		// Connections of earlier runs have their descriptors already.
		int sessions = (int) Math.min(spec().oneShot() ? 1 : limits.sessions(),
				(long) kept.connections() + DescriptorLimit.connections());
		this.sessionContext.ledger().maxSessions(sessions);
		this.admission = new Admission(sessions, kept::connections, kept::connections, limits, spec().proxyProtocol());
		List<ConnectionStage> tlsStage = (tls != null) ? List.of(new TlsStage(tls, this.sessionContext.ledger()))
				: List.of();
		ProxyMode proxies = spec().proxyProtocol().mode();
		this.proxyStages = (proxies != ProxyMode.OFF)
				? followed(new ProxyStage(proxies == ProxyMode.REQUIRED), tlsStage) : List.of();
		this.directStages = (proxies == ProxyMode.OPTIONAL) ? followed(new ForeignProxyStage(), tlsStage) : tlsStage;
		this.crowd = server.alarms().mark(Alarm.Kind.SESSIONS, crowd(spec(), sessions));
		this.rejections = server.alarms().flood(Alarm.Kind.REJECTIONS, MANY_REJECTIONS);
		this.waitWhenFull = limits.onFull() == OnFull.WAIT;
		this.acceptRate = (limits.acceptRate() > 0) ? new PacedAccept(limits.acceptRate(), this.gate, this.timer)
				: null;
	}

	private static List<ConnectionStage> followed(ConnectionStage first, List<ConnectionStage> others) {
		return Stream.concat(Stream.of(first), others.stream()).toList();
	}

	/** From how many sessions on there are nearly too many; 0 for no such alarm. */
	private static long crowd(ServerSpec spec, int sessions) {
		// A one-shot has one session at most, for which there is no alarm.
		return spec.oneShot() ? 0 : ((long) sessions * spec.limits().alarm() + 99) / 100;
	}

	private void lookAtCrowd() {
		int taken = this.admission.sessions().all();
		this.crowd.look(taken, () -> taken + " of " + this.sessionContext.ledger().maxSessions()
				+ " sessions (limits.sessions) are open");
	}

	private ServerSpec spec() {
		return this.server.spec();
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
		return this.closing ? null : boundAddress();
	}

	/** Where it listens, or has listened. */
	@Nullable InetSocketAddress boundAddress() {
		Listener current = this.listener;
		return (current != null) ? current.address() : null;
	}

	/** Why nothing can be accepted at the moment, or {@code null}. */
	@Nullable Throwable failure() {
		Listener current = this.listener;
		return (current != null && !this.closing) ? current.failure() : null;
	}

	/** Whether the server does not listen any more, or is about to stop listening. */
	boolean closing() {
		return this.closing;
	}

	AcceptGate gate() {
		return this.gate;
	}

	@Override
	public SessionContext sessionContext() {
		return this.sessionContext;
	}

	@Override
	public List<NettyPipelineCustomizer> customizers() {
		return this.customizers;
	}

	@Override
	public boolean proxied() {
		return !this.proxyStages.isEmpty();
	}

	@Override
	public LaneScheduler lanes(EventLoop loop) {
		return this.threads.lanes(loop);
	}

	/** Completes when the run has ended and given everything back. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	/**
	 * Completes after {@link #ended}; fails with what the handler of a one-shot threw.
	 */
	CompletableFuture<@Nullable Void> outcome() {
		return this.outcome;
	}

	@Override
	public void opened(Session session) {
		if (spec().oneShot()) {
			this.only = session;
		}
		if (this.keepAlive != null) {
			this.keepAlive.acquire();
		}
		if (this.cutting.get()) {
			session.cut(CUT);
		}
		else if (this.stopping) {
			sayFarewell(session);
			session.stop();
		}
		else if (this.draining) {
			sayFarewell(session);
		}
	}

	/** The port is bound; nothing is accepted yet. */
	void bound(Bound bound) {
		int sessions = this.sessionContext.ledger().maxSessions();
		if (sessions < spec().limits().sessions() && !spec().oneShot()) {
			ServerLog.tooFewDescriptors(spec(), sessions);
		}
		Listener opened = new Listener(name(), this.gate, this.timer, bound, this.sessionContext.ledger(),
				this.server.alarms());
		this.listener = opened;
		opened.portFree().thenRun(this::portFreed);
		SessionWatch watch = new SessionWatch(this.sessionContext, this.timer);
		this.ended.whenComplete((result, failure) -> {
			watch.end();
			// Now, since the port may be free only later, or never.
			closeTls();
		});
	}

	/**
	 * Gives everything back after a start that has failed, perhaps behind the bind:
	 * nobody has heard of this run.
	 */
	void abandon() {
		this.ending.set(true);
		close();
		this.ended.complete(null);
	}

	private void closeTls() {
		if (this.tls != null) {
			this.tls.close();
		}
	}

	private void portFreed() {
		// The sessions of this run have no use for new material.
		closeTls();
		this.listenerGone.complete(null);
		endIfDone();
	}

	/** Begins to accept, unless something else holds the gate. */
	void accept() {
		// Sessions of earlier runs may have taken all places already.
		lookAtPlaces();
		this.gate.release(Reason.UNANNOUNCED);
	}

	/**
	 * Stops or resumes accepting.
	 * @return completes when the listener obeys
	 */
	CompletableFuture<@Nullable Void> paused(boolean paused) {
		this.gate.set(Reason.PAUSED, () -> paused);
		CompletableFuture<@Nullable Void> obeyed = new CompletableFuture<>();
		Listener current = this.listener;
		if (current == null) {
			obeyed.complete(null);
			return obeyed;
		}
		try {
			// Behind what the loop is accepting just now, and behind its look at the
			// gate.
			current.eventLoop().execute(() -> obeyed.complete(null));
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone already, and nothing is accepted.
			obeyed.complete(null);
		}
		return obeyed;
	}

	Admission admission() {
		return this.admission;
	}

	/** What comes before the session of a connection, in order. */
	List<ConnectionStage> stages(boolean proxy) {
		return proxy ? this.proxyStages : this.directStages;
	}

	/** A connection was accepted whose peer was gone before we could look. */
	void connectionLost() {
		this.sessionContext.ledger().countAccepted();
		this.sessionContext.ledger().countAbandoned();
	}

	/**
	 * A connection was accepted.
	 * @param socket the address of its peer
	 * @param proxy whether that may speak for others
	 * @return why it is refused, or {@code null}
	 */
	@Nullable RejectReason connectionAccepted(InetAddress socket, boolean proxy) {
		this.sessionContext.ledger().countAccepted();
		if (this.only != null) {
			return RejectReason.LIMIT_SESSIONS;
		}
		RejectReason refusal = this.admission.admit(socket, proxy, !stages(proxy).isEmpty());
		if (refusal != null) {
			return refusal;
		}
		lookAtPlaces();
		if (this.acceptRate != null) {
			this.acceptRate.accepted();
		}
		Listener current = this.listener;
		if (current != null) {
			current.accepted();
		}
		return null;
	}

	/**
	 * Looks at the places again, since some were taken or given back, here or by the
	 * sessions of an earlier run.
	 */
	void lookAtPlaces() {
		if (this.waitWhenFull) {
			this.gate.set(Reason.FULL, this.admission.sessions()::isExhausted);
		}
		lookAtCrowd();
	}

	/** A connection could not be accepted; on the loop of that listener. */
	void acceptFailed(Channel channel, Throwable cause) {
		Listener current = this.listener;
		if (current != null) {
			current.acceptFailed(channel, cause);
		}
	}

	/**
	 * A connection waits to become a session.
	 * @return whether it may
	 */
	boolean pendingBegun(PendingConnection connection) {
		this.pending.add(connection);
		return !this.stopping;
	}

	/** A connection has become a session, is refused, or is gone. */
	void pendingEnded(PendingConnection connection) {
		this.pending.remove(connection);
		this.admission.releasePending();
	}

	void rejected(InetSocketAddress peer, RejectReason reason) {
		rejected(peer, reason, null);
	}

	void rejected(InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		this.sessionContext.ledger().countRejected(reason);
		this.rejections.count(() -> MANY_REJECTIONS + " connections were refused within " + Alarms.Flood.WINDOW_SECONDS
				+ " s, the last with " + reason);
		this.server.listener().rejected(this.server, peer, reason, detail);
	}

	private void sessionEnded() {
		if (this.keepAlive != null) {
			this.keepAlive.release();
		}
		connectionEnded();
		if (spec().oneShot()) {
			this.server.served(this);
		}
	}

	@Override
	public void connectionEnded(boolean refused) {
		if (!refused) {
			this.sessionContext.ledger().countAbandoned();
		}
		connectionEnded();
	}

	@Override
	public void placeFree(InetAddress address) {
		this.admission.release(address);
	}

	/** A connection has ended, as a session or without having become one. */
	private void connectionEnded() {
		this.admission.sessions().release();
		this.server.placesFree();
		endIfDone();
	}

	/**
	 * The start was told to all listeners, or never will be.
	 * @param told whether listeners were told
	 */
	void announced(boolean told) {
		this.announced.complete(told);
	}

	/**
	 * Waits until the start was told, before which nothing that follows may be told.
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
		Listener current = this.listener;
		if (current != null) {
			current.close();
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

	/**
	 * Stops listening, lets the sessions go on, and after the timeout stops those that
	 * are left, unless somebody has stopped them before.
	 */
	void drain(Duration timeout, Duration stopTimeout) {
		close();
		this.draining = true;
		sayFarewell();
		after(timeout.toNanos(), () -> {
			if (claimStop()) {
				stop(stopTimeout);
			}
		});
	}

	/**
	 * Stops listening, has the sessions end, and cuts those that are left at the timeout.
	 */
	void stop(Duration timeout) {
		this.stopClaimed.set(true);
		boolean first = !this.stopping;
		this.stopping = true;
		close();
		this.pending.forEach(PendingConnection::cut);
		if (first && !timeout.isZero()) {
			sayFarewell();
			this.sessionContext.openSessions().forEach(Session::stop);
		}
		hurry(timeout);
	}

	/**
	 * Sends the farewell to all sessions, if there is one. However often this is called,
	 * each session gets it once.
	 */
	private void sayFarewell() {
		if (spec().farewell() != null) {
			this.sessionContext.openSessions().forEach(this::sayFarewell);
		}
	}

	private void sayFarewell(Session session) {
		String farewell = spec().farewell();
		if (farewell == null) {
			return;
		}
		try {
			session.farewell(this.sessionContext.payloads().bytes(farewell));
		}
		catch (Throwable ex) {
			// A framing may refuse it with any exception, which must not keep the
			// sessions from ending.
			if (this.farewellRefused.compareAndSet(false, true)) {
				logger.warn("Server '{}': the farewell could not be sent: {}", name(), ex.toString());
			}
		}
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
		this.sessionContext.openSessions().forEach((session) -> session.cut(CUT));
		after(TimeUnit.SECONDS.toNanos(CUT_SECONDS), () -> {
			if (!this.ended.isDone()) {
				long stuck = this.sessionContext.openSessions().count();
				if (stuck > 0) {
					logger.warn("Server '{}' stops although handlers of {} sessions have not returned", name(), stuck);
				}
				// Whoever is told of the stop should find the port closed. But a loop
				// that a handler blocks does not come to closing it.
				this.listenerGone.thenRun(this::end);
				after(TimeUnit.SECONDS.toNanos(CUT_SECONDS), this::end);
			}
		});
		endIfDone();
	}

	private void after(long nanos, Runnable task) {
		Future<?> later = this.timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
		this.ended.whenComplete((result, failure) -> later.cancel(false));
	}

	private void endIfDone() {
		if (this.closing && this.listenerGone.isDone() && this.admission.sessions().taken() == 0) {
			end();
		}
	}

	/**
	 * Gives everything back, once, on a thread of its own: listeners are told, and what
	 * waits for the end may occupy all threads of the background.
	 */
	private void end() {
		if (this.ending.compareAndSet(false, true)) {
			this.engine.onOwnThread(this::giveBack, this.threads.threadName() + " stop");
		}
	}

	/** Whether it is at its end; listeners may still have to be told. */
	boolean ending() {
		return this.ending.get();
	}

	private void giveBack() {
		this.threads.close();
		if (this.keepAlive != null) {
			this.keepAlive.end();
		}
		this.engine.loops().release(this.transport);
		this.server.ended(this);
		this.ended.complete(null);
		result().whenComplete((result, failure) -> {
			if (failure != null) {
				this.outcome.completeExceptionally(failure);
			}
			else {
				this.outcome.complete(null);
			}
		});
	}

	/** The outcome of the run, when it is at its end. */
	CompletableFuture<@Nullable Void> result() {
		Session shot = this.only;
		CloseStatus status = (shot != null) ? shot.info().closed() : null;
		if (status != null && status.reason() == CloseReason.HANDLER_ERROR && status.cause() != null) {
			return CompletableFuture.failedFuture(status.cause());
		}
		return CompletableFuture.completedFuture(null);
	}

}
