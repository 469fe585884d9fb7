package dev.socketserver.engine.connect;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketSession;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.Ready;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.input.HeartbeatExchange;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.operator.AttemptOutcome;
import org.jspecify.annotations.Nullable;

/**
 * When a connection is {@link Ready ready}, so that what waits in the client may be sent
 * there: at once, when its handler was notified of it or says so, or when the server has
 * answered a heartbeat; and what follows if that takes too long. Confined to the loop of
 * the connection, if not stated otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a task of the timer that finds out itself
												// whether it is late
final class Readiness implements SessionListener {

	/**
	 * How long the handler of the previous connection may hold up the payloads that wait
	 * to be sent, and a handler that is not ready the end of its connection.
	 */
	private static final int HELD_UP_SECONDS = 1;

	private final ClientConnection connection;

	private final ClientContext client;

	private final ClientConnection.ConnectionEvents owner;

	private final CompletableFuture<?> before;

	/**
	 * Whether what waits in the client may be sent here: it is not yet, and the
	 * connection is not lost. Changed on the loop.
	 */
	private volatile boolean attachable = true;

	/** Whether it is ready as far as its handler and its server are concerned. */
	private volatile boolean declared;

	/** When it was ready. */
	private volatile long readyAt;

	/** How many messages had been received when it was ready; more than any before. */
	private volatile long receivedBefore = Long.MAX_VALUE;

	/** Ends the connection if it is not ready in time, if it waits for that. */
	private @Nullable Deadline timer;

	/**
	 * Creates the object for a connection that is not ready.
	 * @param connection the connection
	 * @param client what the client's connections share
	 * @param owner is notified of what becomes of the connection
	 * @param before completes when the handler of the connection before has been notified
	 * of its end
	 */
	Readiness(ClientConnection connection, ClientContext client, ClientConnection.ConnectionEvents owner,
			CompletableFuture<?> before) {
		this.connection = connection;
		this.client = client;
		this.owner = owner;
		this.before = before;
	}

	/** When what the client sends may be sent here. Any thread. */
	Ready when() {
		return ClientContext.pool(this.connection.settings().spec()).ready();
	}

	/** Whether it is not ready with its connection alone. Any thread. */
	boolean isAwaited() {
		return when() != Ready.CONNECTED;
	}

	/**
	 * Begins to wait, now that the connection has a session. Where nothing is to be
	 * waited for, what the client holds is sent at once.
	 * @return whether it is still to become ready, or its handler comes first
	 */
	boolean begin() {
		if (isAwaited()) {
			awaitReady();
			return true;
		}
		if (handlerIsFirst()) {
			attachIfHeldUp();
			return true;
		}
		attach();
		return false;
	}

	/** Waits for the handler to say that the connection is ready, but not for ever. */
	private void awaitReady() {
		Duration most = ClientContext.pool(this.client.spec()).readyTimeout();
		Deadline end = new Deadline();
		this.timer = end;
		end.begin(this.client.engine().timer(), most.toNanos(),
				() -> this.connection.execute(() -> notReady("not ready within " + most.toMillis() + " ms")));
	}

	/**
	 * Whether payloads that wait in the client go on waiting until the handler has been
	 * notified of the connection: it may have to send something before anything else,
	 * such as a login.
	 */
	private boolean handlerIsFirst() {
		return !this.client.spec().byHand()
				&& this.connection.sessionContext().spec().handler() instanceof ServerHandler.Messages;
	}

	/**
	 * Does not wait for the handler longer than a moment: the handler of the previous
	 * connection, which this one waits for, may itself wait for those payloads to be
	 * sent.
	 */
	private void attachIfHeldUp() {
		if (!this.before.isDone()) {
			long most = TimeUnit.SECONDS.toNanos(HELD_UP_SECONDS);
			new Deadline(this.client.engine().clock()).begin(this.client.engine().timer(), most, () -> {
				if (!this.before.isDone()) {
					attach();
				}
			});
		}
	}

	/** Whether it is still to become ready, with more than its connection. Any thread. */
	boolean isOpening() {
		return isAwaited() && !this.declared;
	}

	/** Whether the calling thread is user code of this connection, which is not ready. */
	boolean isOpeningHere() {
		return this.attachable && !this.declared && this.connection.runsHere();
	}

	// What its handler does. Any thread.

	@Override
	public void handlerOpened(SocketSession opened, boolean recovered) {
		Ready ready = when();
		if (ready == Ready.OPENED && recovered) {
			this.connection.execute(() -> notReady("@OnOpen has failed"));
		}
		else if (ready == Ready.HEARTBEAT) {
			this.connection.execute(this::signOn);
		}
		else if (ready != Ready.HANDLER) {
			attach();
		}
		if (this.client.spec().byHand()) {
			this.connection.execute(this.owner::received);
		}
	}

	@Override
	public boolean reports(Throwable failure) {
		boolean wasReady = !isAwaited() || this.receivedBefore < Long.MAX_VALUE;
		return !wasReady && (this.attachable || isOfItsEnd(failure));
	}

	/** Whether a handler has failed because it waited for what does not come any more. */
	private static boolean isOfItsEnd(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException || failure instanceof ExecutionException)
				? failure.getCause() : failure;
		return cause instanceof SessionClosedException;
	}

	@Override
	public void ready(SocketSession opened) {
		if (when() == Ready.HANDLER) {
			attach();
		}
	}

	/** Sends a heartbeat, whose answer shows that the server is ready. */
	private void signOn() {
		HeartbeatExchange heartbeat = this.connection.session().input().deframer().heartbeat();
		if (heartbeat != null && heartbeat.replies() > 0) {
			// To one of the period: the handler has taken its time.
			attachNow();
		}
		else if (heartbeat != null) {
			heartbeat.signOn(this::attachNow);
			this.connection.session().outbox().answer(heartbeat.next(), false);
			heartbeat.sent();
		}
	}

	// What follows.

	/** Has the payloads that wait in the client sent here, from now on. Any thread. */
	void attach() {
		// Before the loop comes to it: the handler may wait for its client at once.
		this.declared = true;
		this.connection.execute(this::attachNow);
	}

	private void attachNow() {
		if (this.attachable) {
			end();
			this.owner.attach(this.connection);
		}
	}

	/** It will not be ready. */
	private void notReady(String why) {
		if (this.attachable) {
			this.attachable = false;
			this.owner.notReady(this.connection, new NotReadyException(why + " (ready = " + when() + ")"));
			CloseStatus status = CloseStatus.of(CloseReason.HANDLER_ERROR, why);
			this.connection.session().close(status);
			this.connection.abortAfter(TimeUnit.SECONDS.toNanos(HELD_UP_SECONDS), status);
		}
	}

	/** The connection is lost, which is a failure if it was still to become ready. */
	void lost(CloseStatus status) {
		CloseReason reason = status.reason();
		if (isAwaited() && this.attachable && reason != CloseReason.SERVER_STOPPED
				&& reason != CloseReason.OPERATOR_CLOSED) {
			this.owner.notReady(this.connection, endedBefore(status));
		}
		end();
	}

	private static NotReadyException endedBefore(CloseStatus status) {
		String detail = (status.detail() != null) ? ", " + status.detail() : "";
		Throwable cause = status.cause();
		String message = (cause != null) ? LoggedFailure.message(cause) : null;
		NotReadyException failure = new NotReadyException("the connection has ended before it was ready: "
				+ status.reason() + detail + ((message != null && !detail.endsWith(message)) ? ": " + message : ""));
		failure.initCause(cause);
		return failure;
	}

	private void end() {
		this.attachable = false;
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

	// Since when it has been ready. Any thread.

	/** It is ready. */
	void became() {
		this.readyAt = this.client.engine().clock().getAsLong();
		this.receivedBefore = this.connection.session().state().messagesReceived();
		if (!this.connection.wasKept()) {
			this.connection.count(AttemptOutcome.SUCCESS);
		}
	}

	/** Returns for how long it has been ready, in nanoseconds. */
	long lasted() {
		return this.client.engine().clock().getAsLong() - this.readyAt;
	}

	/** Whether its session has received something since it was ready. */
	boolean hasReceivedSince(Session open) {
		return open.state().messagesReceived() > this.receivedBefore;
	}

}
