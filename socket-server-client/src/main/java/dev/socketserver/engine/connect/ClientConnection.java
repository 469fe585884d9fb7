package dev.socketserver.engine.connect;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.engine.addresses.ClientAddress;
import dev.socketserver.engine.addresses.ClientAddresses;
import dev.socketserver.engine.client.ClientLink;
import dev.socketserver.engine.connect.ClientContext.Settings;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.received.ReceivingHandler;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.resources.SessionWatch;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a client, which is only an {@link ConnectionAttempt attempt} at first,
 * and then has one session. Confined to its loop, if not stated otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class ClientConnection implements ClientLink, ClientAddresses.Link {

	private final ConnectionEvents owner;

	private final ClientContext client;

	/** The settings that its attempt has begun with. */
	private final Settings first;

	private final SessionEvents events;

	/** What its session begins with; replaced until it is given to one. */
	private volatile Beginning beginning;

	/** Whether the session is made with that. Guarded by this. */
	private boolean given;

	private final CompletableFuture<?> before;

	/**
	 * Of a probe: completes when it is used, and the handler of the connection before has
	 * been notified of its end.
	 */
	private final @Nullable CompletableFuture<@Nullable Void> turn;

	private final HandlerOrder order;

	private final ClientRun run;

	private final ClientAddress address;

	private final ConnectionAttempt attempt;

	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	private volatile @Nullable Session session;

	/** Those of the session, with what its requests share. */
	private volatile @Nullable PendingRequests asks;

	/** Whether it is connected, and has no session, which is a probe. */
	private volatile boolean kept;

	private volatile @Nullable SessionWatch watch;

	/** Has it replaced when it is too old. Guarded by this. */
	private @Nullable Future<?> ages;

	private final Readiness readiness;

	/**
	 * Creates a connection, whose attempt is not begun.
	 * @param owner is notified of what becomes of it
	 * @param client what the client's connections share
	 * @param run has what the client has taken with its start
	 * @param address where it connects to
	 * @param before completes when the handler of the connection before has been notified
	 * of its end; {@code null} for a probe, which has no session until it is used
	 */
	ClientConnection(ConnectionEvents owner, ClientContext client, ClientRun run, ClientAddress address,
			@Nullable CompletableFuture<?> before) {
		SharedResources engine = client.engine();
		this.owner = owner;
		this.client = client;
		this.run = run;
		this.address = address;
		CompletableFuture<@Nullable Void> ofProbe = new CompletableFuture<>();
		this.turn = (before == null) ? ofProbe : null;
		this.before = (before != null) ? before : ofProbe;
		this.order = new HandlerOrder(this.before, run.connector().threads(), engine.background());
		this.readiness = new Readiness(this, client, owner, this.before);
		this.events = new SessionEvents(this.readiness, this::sessionEnded);
		this.first = client.settings();
		this.beginning = beginning(this.first);
		this.attempt = run.connector().attempt(this, address.server(), address.number());
	}

	private Beginning beginning(Settings of) {
		SessionSpec described = of.spec().session();
		SessionContext context = new SessionContext(
				new SharedState(described.with(handler(described.handler())), of.version(), this.client.counters(),
						this.client.engine().memory(), this.run.diagnostics()),
				of.payloads(), this.client.sessions(), this.events, of.requests(), this.order);
		return new Beginning(of, context);
	}

	/**
	 * Other settings are in force: takes what holds for a session that has begun, and all
	 * of them before. Any thread.
	 */
	void reconfigure() {
		Session begun;
		SessionContext present;
		Duration write;
		boolean otherWrites;
		SessionWatch watching;
		synchronized (this) {
			Settings next = this.client.settings();
			write = next.spec().session().timeouts().write();
			otherWrites = next.spec().options().userTimeout() == null
					&& !Objects.equals(write, this.beginning.context().spec().timeouts().write());
			begun = this.session;
			if (!this.given) {
				this.beginning = beginning(next);
			}
			present = this.beginning.context();
			present.followedBy(next.spec().session());
			watching = this.watch;
		}
		if (begun != null) {
			begun.outbox().limitsChanged();
			begun.input().limitsChanged();
			if (otherWrites) {
				begun.state().connection().writeTimeChanged(write);
			}
		}
		if (watching != null) {
			watching.reconfigure(present);
		}
	}

	/** Returns the settings that its session begins with, or has begun. */
	Settings settings() {
		return this.beginning.settings();
	}

	private ServerHandler handler(ServerHandler given) {
		if (!this.client.spec().byHand() || !(given instanceof ServerHandler.Messages messages)) {
			return given;
		}
		return new ServerHandler.Messages(messages.name(), messages.input(), messages.bytesAsTheyCome(),
				(spec) -> new ReceivingHandler(this.client.received()));
	}

	/**
	 * What its session shares with those of other settings, from the moment at which it
	 * is about to be made: it begins with the settings of the first call. Any thread.
	 */
	public synchronized SessionContext sessionContext() {
		this.given = true;
		return this.beginning.context();
	}

	/**
	 * Returns what brings the lane of the session to others, when it is its turn.
	 * @param others what runs lanes
	 */
	public LaneScheduler lanes(LaneScheduler others) {
		return this.order.lanes(others);
	}

	/** Where it connects to, or is connected to. */
	ClientAddress address() {
		return this.address;
	}

	/** The run that has made it. */
	ClientRun run() {
		return this.run;
	}

	// The attempt. Any thread.

	/** Begins the attempt; opens the session of a connection that was kept. */
	void begin() {
		if (this.kept) {
			this.attempt.use();
		}
		else {
			this.attempt.begin();
		}
	}

	/** Whether the attempt ends with a connection that is kept without a session. */
	public boolean isProbe() {
		return this.turn != null;
	}

	/**
	 * A probe is used, and follows another connection from now on.
	 * @param last completes when the handler of that has been notified of its end
	 */
	void follow(CompletableFuture<?> last) {
		CompletableFuture<@Nullable Void> ofProbe = Objects.requireNonNull(this.turn, "It is no probe");
		last.whenComplete((result, failure) -> ofProbe.complete(null));
	}

	/** It is connected, and kept without a session. On its loop. */
	public void kept() {
		this.kept = true;
		this.client.counters().count(Counter.CONNECTED);
		this.owner.kept(this);
	}

	/** Gives the attempt up; returns whether it was under way. */
	boolean cancel() {
		return this.attempt.cancel();
	}

	/** Whether the attempt has an outcome. */
	boolean isSettled() {
		return this.attempt.isSettled();
	}

	/** With which address another attempt would begin. */
	int nextAddress() {
		return this.attempt.nextAddress();
	}

	/**
	 * The attempt has failed.
	 * @param reason why
	 * @param cause what has happened
	 */
	public void failed(ConnectFailure reason, Throwable cause) {
		this.client.counters().countFailed(reason);
		over(AttemptOutcome.of(reason), cause);
	}

	/** Whether it was kept without a session before it was used. */
	boolean wasKept() {
		return this.kept;
	}

	/**
	 * Counts what has become of the attempt. By the owner, which changes the addresses.
	 */
	void count(AttemptOutcome outcome) {
		this.client.counters().countOutcome(this.address.index(), outcome);
	}

	/**
	 * It was kept, and is lost.
	 * @param cause why
	 */
	public void keptLost(Throwable cause) {
		over(null, cause);
	}

	private void over(@Nullable AttemptOutcome outcome, Throwable cause) {
		this.ended.complete(null);
		this.owner.failed(this, outcome, cause);
	}

	/** The attempt was given up. */
	public void cancelled() {
		this.ended.complete(null);
		this.owner.cancelled(this);
	}

	/** It is connected, but no session could be made. */
	public void lostAtOnce() {
		failed(ConnectFailure.OTHER, new IOException("the connection was lost before it could be used"));
	}

	/** Completes when the attempt failed, or its session has ended. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	// The connection. On its loop, if not stated otherwise.

	/**
	 * It is connected; the handler of the session has not been called.
	 * @param opened the session
	 */
	public void opening(Session opened) {
		this.asks = opened.sends().share();
		Settings present = begun(opened);
		if (!this.kept) {
			this.client.counters().count(Counter.CONNECTED);
		}
		if (present != this.first && present.spec().options().userTimeout() == null) {
			// The attempt may have begun before the change, with the time from then.
			opened.state().connection().writeTimeChanged(present.spec().session().timeouts().write());
		}
		this.owner.connected(this, opened);
	}

	/**
	 * Notes the session.
	 * @return the settings that are in force now, perhaps since it was made
	 */
	private synchronized Settings begun(Session opened) {
		this.session = opened;
		this.watch = new SessionWatch(this.beginning.context(), this.client.engine());
		return this.client.settings();
	}

	/**
	 * It is lost; what it had to send has been given back.
	 * @param over the session
	 */
	public void disconnected(Session over) {
		CloseStatus status = over.end().lostStatus();
		this.readiness.lost(status);
		this.owner.lost(this, over, status);
	}

	/** Decides when what the client sends may be sent here. Any thread. */
	Readiness readiness() {
		return this.readiness;
	}

	/** Runs a task on its loop. Any thread. */
	void execute(Runnable task) {
		this.attempt.execute(task);
	}

	/** The handler has been notified of the end. Any thread. */
	private void sessionEnded() {
		SessionWatch begun = this.watch;
		if (begun != null) {
			begun.end();
		}
		Session over = this.session;
		if (over != null) {
			requests().close(new SessionClosedException(over.id(), over.end().settled(), null));
		}
		this.ended.complete(null);
	}

	/** Whether the attempt has led to a connection. Any thread. */
	boolean hadSession() {
		return this.session != null;
	}

	/** Whether the calling thread is running user code of its session. */
	boolean runsHere() {
		Session open = this.session;
		return open != null && open.runsHere();
	}

	/** Runs a task in some time, if it lasts so long, in place of one before. */
	void ages(long nanos, Runnable task) {
		agesNoMore();
		Future<?> later = this.client.engine().timer().schedule(task, nanos, TimeUnit.NANOSECONDS);
		synchronized (this) {
			this.ages = later;
		}
		this.ended.whenComplete((result, failure) -> agesNoMore());
	}

	/** Runs no such task. */
	synchronized void agesNoMore() {
		if (this.ages != null) {
			this.ages.cancel(false);
			this.ages = null;
		}
	}

	// Its end. Any thread.

	/** Ends the connection after what is being sent, or aborts it in time. */
	void close(CloseStatus status) {
		session().close(status);
		abortAfter(this.client.spec().drainTimeout().toNanos(), status);
	}

	/** Ends the connection after the current call of its handler too. */
	void stop(CloseStatus status) {
		session().stop(status);
		abortAfter(this.client.spec().drainTimeout().toNanos(), status);
	}

	/** Does that when all requests are answered. */
	void stopAnswered(CloseStatus status) {
		requests().answered().whenComplete((result, failure) -> this.client.executor().execute(() -> stop(status)));
	}

	/** Aborts the connection if it lasts longer. */
	void abortAfter(long nanos, CloseStatus status) {
		Deadline end = new Deadline();
		end.begin(this.client.engine().timer(), nanos, () -> session().abort(status));
		this.ended.whenComplete((result, failure) -> end.cancel());
	}

	/** The session, once there is one. Any thread. */
	Session session() {
		Session open = this.session;
		if (open == null) {
			throw new IllegalStateException("There is no session yet");
		}
		return open;
	}

	// What the outbox asks for. Any thread.

	@Override
	public boolean deliver(byte[] payload, Completion completion) {
		Session open = session();
		boolean taken = open.outbox().add(payload, completion);
		if (taken && requests().expectsReplies()) {
			open.input().replyExpected();
		}
		return taken;
	}

	@Override
	public PendingRequests requests() {
		return Objects.requireNonNull(this.asks, "There is no session yet");
	}

	@Override
	public long pendingBytes() {
		Session open = this.session;
		return (open != null) ? open.outbox().pendingBytes() : 0;
	}

	@Override
	public boolean isUsed() {
		return hadSession();
	}

	@Override
	public boolean hasReceived() {
		Session open = this.session;
		return open != null && this.readiness.hasReceivedSince(open);
	}

	/** Whether it has to sign on, or requests wait for their replies. Any thread. */
	public boolean awaitsServer() {
		return this.readiness.isAwaited() || asked() > 0;
	}

	/**
	 * Datagrams were dropped. Any thread.
	 * @param reason why
	 * @param count how many
	 */
	public void dropped(DatagramDrop reason, int count) {
		this.client.counters().countDatagramsDropped(reason, count);
		if (reason == DatagramDrop.REFUSED) {
			this.client.refusals().refused();
		}
	}

	/** The server is there again after it has refused datagrams. Any thread. */
	public void answered() {
		this.client.refusals().answered();
	}

	@Override
	public long waiting() {
		return asked() + pendingBytes();
	}

	/** Returns how many requests wait for their replies. */
	private int asked() {
		PendingRequests waiting = this.asks;
		return (waiting != null) ? waiting.size() : 0;
	}

	@Override
	public void slow() {
		CloseStatus status = CloseStatus.of(CloseReason.SLOW_CONSUMER,
				"more waits for the server than outbound.capacity or outbound.bytes allow");
		this.client.engine().timer().execute(() -> session().abort(status));
	}

	/**
	 * What a session begins with.
	 *
	 * @param settings the settings
	 * @param context what only sessions have that begin with them
	 */
	private record Beginning(Settings settings, SessionContext context) {

	}

	/** The client, which decides what follows. Called on any thread. */
	interface ConnectionEvents {

		/** There is a session; its handler has not been called. On the loop. */
		void connected(ClientConnection from, Session opened);

		/** It is connected, and kept without a session. On the loop. */
		void kept(ClientConnection probe);

		/**
		 * The attempt has failed; or a connection that was kept is lost, which is no
		 * outcome of an attempt.
		 */
		void failed(ClientConnection from, @Nullable AttemptOutcome outcome, Throwable cause);

		/** The attempt was given up. */
		void cancelled(ClientConnection from);

		/** What waits may be sent on this connection from now on. On the loop. */
		void attach(ClientConnection to);

		/**
		 * The application will receive that there is another connection: those that it
		 * has taken the place of may end. On the loop.
		 */
		void received();

		/** The connection is not ready, and never will be. On the loop. */
		void notReady(ClientConnection from, NotReadyException cause);

		/**
		 * The connection is gone; it has given back what it had to send, or is about to.
		 * On the loop.
		 */
		void lost(ClientConnection from, Session over, CloseStatus status);

	}

}
