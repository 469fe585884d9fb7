package dev.socketserver.engine.requests;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.handlers.Conversion;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.input.ReplyMatcher;
import dev.socketserver.engine.output.Revocable;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one session: makes them, finds them their replies, and ends their wait.
 * Made with the first request of a session, so that a session without requests has none
 * of this. Safe for use by several threads.
 * <p>
 * Replies are taken out where frames are decoded, ahead of everything that waits for the
 * handler. The correlator and converters of the application do not run on the event loop
 * for that, unless the handler does: then a batch is matched on a background thread, and
 * the input waits for it.
 */
public final class SessionRequests implements ReplyMatcher {

	/**
	 * What one waiting request is charged for, in bytes: it, its future and its timer.
	 */
	private static final int CHARGE = 512;

	/**
	 * So many requests without keys may have timed out, and have no reply yet, before the
	 * order of replies is not believed any more.
	 */
	private static final int MAX_STALE_SLOTS = 64;

	/** How many waiting requests a snapshot shows. */
	private static final int MAX_SHOWN = 16;

	private final InvokedSession session;

	private final RequestContext context;

	private final PendingRequests pending;

	/** A converter of the application; absent if frames are payloads already. */
	private final @Nullable PayloadConverter<?> converter;

	private final boolean onLoop;

	private final boolean shared;

	/**
	 * Creates the requests of a session.
	 * @param session the session
	 * @param context what the sessions of the server or client share
	 * @param pending has the requests that wait
	 * @param shared whether these are also those of others, who fail them when there is
	 * no more reply
	 * @param converter the converter of the application that makes payloads of frames;
	 * {@code null} if the frames that are decoded are payloads
	 * @param onLoop whether code of the application may run on the event loop
	 */
	public SessionRequests(InvokedSession session, RequestContext context, PendingRequests pending, boolean shared,
			@Nullable PayloadConverter<?> converter, boolean onLoop) {
		this.session = session;
		this.context = context;
		this.pending = pending;
		this.shared = shared;
		this.converter = converter;
		this.onLoop = onLoop;
	}

	/**
	 * Sends a request.
	 * @param payload the request
	 * @param reading reads the reply; {@code null} if it is to be what the handler takes
	 * @param timeout how long to wait for the reply
	 * @param sender sends it, and reports what became of that
	 * @return a future for the reply
	 * @throws IllegalArgumentException if the correlator has no key for it, or another
	 * request with the same key still waits
	 */
	public CompletableFuture<Object> ask(Object payload, @Nullable ReplyReading reading, Duration timeout,
			Sender sender) {
		Object key = this.context.key(this.session.spec().owner(), payload);
		Request request = this.context.request(key, reading);
		this.session.state().charge(CHARGE);
		Sending sending = new Sending(request, Request.millis(timeout));
		request.whenOver(() -> over(sending));
		try {
			// One with a key is added first, since no other may have that. The others are
			// added in the order in which the output admits them.
			boolean open = (key != null) ? this.pending.add(request) : !this.pending.isClosed();
			// Before it is sent, which may wait for room.
			if (open && endWait(sending)) {
				sender.send(sending);
			}
			else {
				request.failed(this.session.state().closedException(null));
			}
		}
		catch (RuntimeException | Error ex) {
			this.pending.withdraw(request);
			request.failed(ex);
			throw ex;
		}
		return request.reply();
	}

	/** Returns {@code false} if the application ends: nothing would end the wait. */
	private boolean endWait(Sending sending) {
		try {
			sending.request.expireAfter(sending.millis, this.context.timer(), () -> expire(sending));
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void expire(Sending sending) {
		Request request = sending.request;
		request.expire();
		RequestNotSentException notSent = takeBack(sending);
		if (notSent != null) {
			request.failed(notSent);
			return;
		}
		String late = "No reply to session " + this.session.id() + " within " + sending.millis + " ms";
		if (!request.isSent()) {
			late += ": not all of the request has left, since the peer does not read";
		}
		else if (this.session.input().readsPaused()) {
			late += ": reads of the session are paused";
		}
		else if (!this.session.input().isReading()) {
			late += ": the session is not read, since more waits for its handler than inbound.capacity or "
					+ "inbound.bytes allow";
		}
		request.failed(new RequestTimeoutException(late));
	}

	/**
	 * Takes a request back that has not begun to leave: no reply will arrive.
	 * @return what it fails with, or {@code null} if the peer may have it
	 */
	private @Nullable RequestNotSentException takeBack(Sending sending) {
		if (sending.request.isSent()) {
			return null;
		}
		RequestNotSentException why = sending.notSent();
		if (!this.session.outbox().takeBack(sending, why)) {
			return null;
		}
		this.pending.withdraw(sending.request);
		return why;
	}

	/** A request has ended, or the application has completed its future. */
	private void over(Sending sending) {
		Request request = sending.request;
		this.session.state().charge(-CHARGE);
		request.settle(RequestOutcome.CANCELLED);
		if (request.hasReply() || request.sentOn() != this.pending || takeBack(sending) != null) {
			return;
		}
		this.pending.gaveUp(request);
		if (request.key() == null && this.pending.staleSlots() > MAX_STALE_SLOTS) {
			this.session.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "no reply to more than " + MAX_STALE_SLOTS
					+ " requests: without a correlator, later replies could not be told apart"));
		}
	}

	/**
	 * Returns how many requests wait.
	 * @return the number of requests
	 */
	public int size() {
		return this.pending.size();
	}

	/**
	 * Returns the requests that have waited longest.
	 * @return some of them, the oldest first
	 */
	public List<SessionInfo.Waiting> waiting() {
		long now = System.nanoTime();
		return this.pending.oldest(MAX_SHOWN)
			.stream()
			.map((request) -> new SessionInfo.Waiting(Duration.ofNanos(Math.max(0, now - request.begunNanos())),
					(request.key() != null) ? String.valueOf(request.key()) : null))
			.toList();
	}

	/**
	 * Waits, without blocking, for the requests whose replies are awaited now.
	 * @param then is run when each of them has ended
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // nothing is thrown
	public void whenAnswered(Runnable then) {
		this.pending.answered().whenComplete((replies, failure) -> then.run());
	}

	/** Fails all requests that wait, unless others do: no further reply will arrive. */
	public void close() {
		if (this.shared) {
			return;
		}
		this.pending.close(this.session.state().closedException(null));
	}

	@Override
	public boolean expectsReplies() {
		return this.pending.expectsReplies();
	}

	@Override
	public boolean runsUserCode() {
		return this.context.correlator() != null && !this.onLoop;
	}

	@Override
	public boolean take(Object payload) {
		PayloadConverter<?> convert = this.converter;
		if (this.context.correlator() == null) {
			return (convert != null) ? this.pending.takeOldest(payload, convert) : this.pending.take(payload);
		}
		try {
			return this.pending.take((convert != null) ? Conversion.of(convert, payload) : payload);
		}
		catch (PayloadException ex) {
			// The handler is notified of that, as of any payload.
			return false;
		}
		catch (Throwable ex) {
			this.session.otherFailed("the correlator", ex);
			return true;
		}
	}

	@Override
	public void match(Object[] payloads, Rest then) {
		Runnable task = () -> {
			int left = 0;
			for (Object payload : payloads) {
				if (!take(payload)) {
					payloads[left++] = payload;
				}
			}
			then.left(payloads, left);
		};
		try {
			this.context.background().execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.run();
		}
	}

	/** Sends a request, as {@code send} of the session does. */
	@FunctionalInterface
	public interface Sender {

		/**
		 * Sends it.
		 * @param outcome is notified of what became of that
		 */
		void send(Revocable outcome);

	}

	/** What becomes of sending a request. */
	private final class Sending implements Revocable {

		private final Request request;

		private final long millis;

		Sending(Request request, long millis) {
			this.request = request;
			this.millis = millis;
		}

		RequestNotSentException notSent() {
			return new RequestNotSentException("The request to session " + SessionRequests.this.session.id()
					+ " was not sent within " + this.millis
					+ " ms: it waited in the output of the session, since the peer does not read");
		}

		@Override
		public void admitted() {
			if (this.request.key() == null && !SessionRequests.this.pending.add(this.request)) {
				this.request.failed(SessionRequests.this.session.state().closedException(null));
			}
		}

		@Override
		public @Nullable Exception revoked() {
			return this.request.isExpired() ? notSent() : null;
		}

		@Override
		public void completed(@Nullable Exception failure) {
			if (failure == null) {
				this.request.sent();
			}
			else {
				// Before it fails: its place must not be kept for a reply.
				SessionRequests.this.pending.withdraw(this.request);
				this.request.failed(failure);
			}
		}

	}

}
