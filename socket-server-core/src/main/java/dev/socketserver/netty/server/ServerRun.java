package dev.socketserver.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.admission.KeptPermits;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.requests.CorrelatedHandler;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.engine.threads.KeepAlive;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.listen.Listener;
import dev.socketserver.netty.listen.PortBinder.Bound;
import dev.socketserver.netty.resources.SessionWatch;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One run of a server, from the bind of its port to the end of its last session. It holds
 * everything that a run needs, and gives it back at its end, so that the server can be
 * started again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class ServerRun extends ListeningRun {

	/**
	 * How long sessions that were aborted may take to notify their handlers, in seconds.
	 */
	private static final long ABORT_SECONDS = 2;

	private static final CloseStatus ABORTED = CloseStatus.of(CloseReason.SERVER_STOPPED,
			"cut at the end of the time to stop");

	private final Owner owner;

	private final HandlerThreads threads;

	private final SharedResources engine;

	private final SessionContext sessionContext;

	private final Farewell farewell;

	private final CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();

	/** The share of the sessions in what keeps the JVM alive, if they do. */
	private final KeepAlive.@Nullable Share keepAlive;

	/** The one session of a one-shot, once it has opened. */
	private volatile @Nullable Session only;

	private final AtomicReference<RunPhase> phase = new AtomicReference<>(RunPhase.OPEN);

	/** Whether it is giving everything back. */
	private final AtomicBoolean ending = new AtomicBoolean();

	/**
	 * Ends sessions that open although the run ends its sessions one after the other;
	 * absent while it does not.
	 */
	private volatile @Nullable Consumer<Session> endsLate;

	/**
	 * Creates a run, which has no port yet.
	 * @param server what it shares with other runs
	 * @param owner is notified of what becomes of it
	 * @param kept the earlier runs that still have sessions
	 * @param transport the transport, resolved
	 * @param threads run the handlers
	 * @param tls what handshakes need, if there are any
	 * @param customizers add handlers to connections
	 * @param diagnostics watch the handlers
	 */
	ServerRun(ServerContext server, Owner owner, KeptPermits kept, SocketTransport transport, HandlerThreads threads,
			@Nullable ServerTls tls, List<ConnectionCustomizer> customizers, Diagnostics diagnostics) {
		super(server, kept, transport, tls, customizers);
		SharedResources engine = server.engine();
		this.owner = owner;
		this.engine = engine;
		this.threads = threads;
		this.keepAlive = server.spec().threads().sessionDaemon() ? null : engine.keepAlive().share();
		Function<Object, @Nullable Object> keys = server.spec().session().correlator();
		Correlator correlator = (keys != null) ? keys::apply : null;
		this.sessionContext = new SessionContext(spec(server.spec().session(), correlator, server.counters()),
				server.payloads(), server.counters(), engine.listener(), server.sessions(), threads,
				engine.background(), engine.memory(), this::sessionEnded,
				new RequestContext(correlator, server.counters(), engine.background(), this.timer), diagnostics);
		this.farewell = new Farewell(server.spec(), server.payloads());
	}

	/**
	 * Replies that nobody waits for do not reach the handler, if they can be recognized.
	 */
	private static SessionSpec spec(SessionSpec spec, @Nullable Correlator correlator, Counters counters) {
		if (correlator == null || !(spec.handler() instanceof ServerHandler.Messages messages)) {
			return spec;
		}
		return spec.with(new ServerHandler.Messages(messages.name(), messages.input(), messages.bytesAsTheyCome(),
				(given) -> new CorrelatedHandler(correlator, counters, messages.sessions().apply(given))));
	}

	@Override
	public SessionContext sessionContext() {
		return this.sessionContext;
	}

	@Override
	public LaneScheduler lanes(EventLoop loop) {
		return this.threads.lanes(loop);
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
			this.intake.served();
		}
		if (this.keepAlive != null) {
			this.keepAlive.acquire();
		}
		switch (this.phase.get()) {
			case ABORTING -> session.abort(ABORTED);
			case STOPPING -> {
				this.farewell.say(session);
				session.stop();
			}
			case DRAINING -> this.farewell.say(session);
			// Whoever has claimed the stop finds it among the open sessions.
			case OPEN, CLAIMED -> {
				Consumer<Session> late = this.endsLate;
				if (late != null) {
					late.accept(session);
				}
			}
		}
	}

	/** The port is bound; nothing is accepted yet. */
	void bound(Bound bound) {
		int sessions = this.server.counters().maxSessions();
		if (sessions < spec().limits().sessions() && !spec().oneShot()) {
			ServerLog.tooFewDescriptors(spec(), sessions);
		}
		Listener opened = new Listener(name(), this.gate, this.timer, bound, this.server.counters(),
				this.server.alarms());
		listen(opened);
		SessionWatch watch = new SessionWatch(this.sessionContext, this.timer);
		this.ended.whenComplete((result, failure) -> {
			watch.end();
			// Now, since the port may be free only later, or never.
			closeTls();
		});
	}

	/**
	 * Gives everything back after a start that has failed, perhaps after the bind: nobody
	 * has heard of this run.
	 */
	void abandon() {
		this.ending.set(true);
		close();
		this.ended.complete(null);
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

	@Override
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
		endIfDone();
	}

	/** Returns whether the caller is the first to stop the sessions of this run. */
	boolean claimStop() {
		return !advance(RunPhase.CLAIMED).isClaimed();
	}

	/** Goes on to a later phase; returns the one before. */
	private RunPhase advance(RunPhase next) {
		return this.phase.getAndUpdate((before) -> before.advance(next));
	}

	boolean stopping() {
		return this.phase.get().isClaimed();
	}

	/**
	 * Stops listening, lets the sessions go on, and after the timeout stops those that
	 * are left, unless somebody has stopped them before.
	 */
	void drain(Duration timeout, Duration stopTimeout) {
		close();
		advance(RunPhase.DRAINING);
		this.farewell.say(this.sessionContext.openSessions());
		stopAfter(timeout, stopTimeout);
	}

	/**
	 * Stops listening, and leaves it to somebody else to end the sessions.
	 * @param late ends sessions that open from now on: connections may be on their way
	 * @return the open sessions
	 */
	List<Session> closeForTurns(Consumer<Session> late) {
		this.endsLate = late;
		close();
		return this.sessionContext.openSessions().toList();
	}

	/** Returns how many sessions are open. */
	long openSessions() {
		return this.sessionContext.openSessions().count();
	}

	/** What sessions are sent before they end. */
	Farewell farewell() {
		return this.farewell;
	}

	/** Has the sessions that are left after the timeout stop, as {@link #stop}. */
	void stopAfter(Duration timeout, Duration stopTimeout) {
		after(timeout.toNanos(), () -> {
			if (claimStop()) {
				stop(stopTimeout);
			}
		});
	}

	/**
	 * Stops listening, has the sessions end, and aborts those that are left at the
	 * timeout.
	 */
	void stop(Duration timeout) {
		boolean first = advance(RunPhase.STOPPING).compareTo(RunPhase.STOPPING) < 0;
		close();
		this.intake.abortPending();
		if (first && !timeout.isZero()) {
			this.farewell.say(this.sessionContext.openSessions());
			this.sessionContext.openSessions().forEach(Session::stop);
		}
		abortAfter(timeout);
	}

	/** Leaves the sessions no more than the given time. */
	private void abortAfter(Duration timeout) {
		if (timeout.isZero()) {
			abort();
		}
		else {
			after(timeout.toNanos(), () -> abortLate(timeout));
		}
	}

	/** Aborts sessions that had their time: what they have received may have no reply. */
	private void abortLate(Duration timeout) {
		long late = this.sessionContext.openSessions().count();
		if (late > 0 && this.phase.get() != RunPhase.ABORTING) {
			ServerLog.abortsSessions(name(), timeout, late);
		}
		abort();
	}

	private void abort() {
		if (advance(RunPhase.ABORTING) == RunPhase.ABORTING) {
			return;
		}
		this.sessionContext.openSessions().forEach((session) -> session.abort(ABORTED));
		after(TimeUnit.SECONDS.toNanos(ABORT_SECONDS), () -> {
			if (!this.ended.isDone()) {
				long stuck = this.sessionContext.openSessions().count();
				if (stuck > 0) {
					ServerLog.leavesSessions(name(), stuck);
				}
				// Whoever is notified of the stop should find the port closed. But a loop
				// that a handler blocks does not come to closing it.
				this.listenerGone.thenRun(this::end);
				after(TimeUnit.SECONDS.toNanos(ABORT_SECONDS), this::end);
			}
		});
		endIfDone();
	}

	private void after(long nanos, Runnable task) {
		Future<?> later = this.timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
		this.ended.whenComplete((result, failure) -> later.cancel(false));
	}

	@Override
	void endIfDone() {
		if (closing() && this.listenerGone.isDone() && admission().sessions().taken() == 0) {
			end();
		}
	}

	/**
	 * Gives everything back, once, on a thread of its own: listeners are notified, and
	 * what waits for the end may occupy all threads of the background.
	 */
	private void end() {
		if (this.ending.compareAndSet(false, true)) {
			this.engine.onOwnThread(this::giveBack, this.threads.threadName() + " stop");
		}
	}

	/** Whether it is at its end; listeners may still have to be notified. */
	boolean ending() {
		return this.ending.get();
	}

	private void giveBack() {
		this.threads.close();
		if (this.keepAlive != null) {
			this.keepAlive.end();
		}
		this.engine.loops().release(this.transport);
		this.owner.ended(this);
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

	/** The server, which decides what follows from the end of a run. */
	interface Owner {

		/** The run has ended. On a thread of its own. */
		void ended(ServerRun run);

		/** The one session of a one-shot has ended. */
		void served(ServerRun run);

		/**
		 * A run has given permits back: the run that listens may have waited for them.
		 */
		void permitsFree();

	}

}
