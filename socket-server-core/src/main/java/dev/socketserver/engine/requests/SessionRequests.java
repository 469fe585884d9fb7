package dev.socketserver.engine.requests;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.RequestTimeoutException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.handlers.CallFailure;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.input.ReplyMatcher;
import dev.socketserver.engine.lane.Handover;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.operator.Counter;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.Outbound;
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

	/** Charges requests that wait. */
	private final Charge charge;

	/** Absent unless one request is under way at a time. */
	private final @Nullable RequestTurns turns;

	/** Accepts replies; absent if whatever comes for a request is one. */
	private final @Nullable Predicate<Object> accepted;

	/** A converter of the application; absent if frames are payloads already. */
	private final @Nullable PayloadConverter<?> converter;

	private final boolean onLoop;

	private final boolean shared;

	/**
	 * How many batches may have replies: the next one may begin before the thread of the
	 * last has ended. Guarded by this object's monitor, as is the next field.
	 */
	private int matching;

	private boolean endsAfterMatch;

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
		this.charge = Charge.exact(session.state());
		this.turns = pending.turns();
		this.accepted = context.requests().reply();
		this.shared = shared;
		this.converter = converter;
		this.onLoop = onLoop;
		if (this.turns != null) {
			this.turns.beginOn(session.state().connection(), session.state());
		}
	}

	/**
	 * Sends a request.
	 * @param payload the request
	 * @param outgoing what is sent of it, when it has to wait for its turn
	 * @param reading reads the reply; {@code null} if it is to be what the handler takes
	 * @param timeout how long to wait for the reply
	 * @param leave how long it may wait until it begins to leave
	 * @param saysUnsent whether it fails with a {@link RequestNotSentException} if the
	 * session ends and nothing of it has left
	 * @param sender sends it, as {@code send} of the session does, and reports what
	 * became of that
	 * @return a future for the reply
	 * @throws IllegalArgumentException if the correlator has no key for it, or another
	 * request with the same key still waits
	 */
	public CompletableFuture<Object> ask(Object payload, Object outgoing, @Nullable ReplyReading reading,
			Duration timeout, Duration leave, boolean saysUnsent, Consumer<Completion> sender) {
		Object key = this.context.key(this.session.spec().owner(), payload);
		Request request = this.context.request(key, reading);
		this.charge.add(CHARGE);
		// What waits for its turn is kept, and the caller may change its array meanwhile.
		Object kept = (this.turns != null && outgoing == payload) ? ((byte[]) outgoing).clone() : outgoing;
		Sending sending = new Sending(request, kept, Request.millis(timeout), saysUnsent);
		if (saysUnsent) {
			request.atEnd(sending::atEnd);
		}
		request.whenOver(() -> over(sending));
		try {
			boolean open = this.pending.isFoundByKey(request) ? this.pending.add(request) : !this.pending.isClosed();
			// Before it is sent, which may wait for room.
			if (open && endWait(sending, Request.millis(leave))) {
				if (this.turns != null) {
					sending.await(this.turns);
				}
				else if (request.begin()) {
					sender.accept(sending);
				}
			}
			else {
				sending.neverLeft(this.session.state().closedException(null));
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
	private boolean endWait(Sending sending, long leave) {
		try {
			sending.request.expireAfter(sending.millis, this.context.timer(), () -> expire(sending));
			if (leave < sending.millis) {
				sending.request.expireAfter(leave, this.context.timer(), () -> withdraw(sending, leave));
			}
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void expire(Sending sending) {
		Request request = sending.request;
		if (request.expire()) {
			neverBegun(sending);
			return;
		}
		if (withdraw(sending, sending.millis)) {
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

	/** Fails a request that the output has not been given, and never will be. */
	private void neverBegun(Sending sending) {
		sending.leaveTurns();
		this.pending.withdraw(sending.request);
		sending.request.failed(sending.notAdmitted(sending.millis));
	}

	/**
	 * Fails a request that has not begun to leave, and never will.
	 * @param millis how long it has waited
	 * @return {@code false} if the peer may have it
	 */
	private boolean withdraw(Sending sending, long millis) {
		if (sending.leaveTurns()) {
			sending.request.failed(sending.notSent("another request was under way", millis));
			return true;
		}
		RequestNotSentException notSent = takeBack(sending, millis);
		if (notSent != null) {
			sending.request.failed(notSent);
		}
		return notSent != null;
	}

	/**
	 * Takes a request back that has not begun to leave: no reply will arrive.
	 * @return what it fails with, or {@code null} if the peer may have it
	 */
	private @Nullable RequestNotSentException takeBack(Sending sending, long millis) {
		if (sending.request.isSent()) {
			return null;
		}
		RequestNotSentException why = sending.takeBack(millis);
		if (why != null) {
			this.pending.withdraw(sending.request);
		}
		return why;
	}

	/** A request has ended, or the application has completed its future. */
	private void over(Sending sending) {
		Request request = sending.request;
		this.charge.add(-CHARGE);
		request.settle(RequestOutcome.CANCELLED);
		if (sending.leaveTurns() || request.hasReply() || request.sentOn() != this.pending
				|| takeBack(sending, sending.millis) != null) {
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
			.map((request) -> new SessionInfo.Waiting(Duration.ofNanos(Math.max(0, now - request.madeNanos())),
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

	/**
	 * No further reply will arrive: fails all requests that wait, once what has arrived
	 * is matched. Of those that others have, too, it fails those that have left.
	 */
	public void close() {
		synchronized (this) {
			if (this.matching > 0) {
				this.endsAfterMatch = true;
				return;
			}
		}
		if (this.shared) {
			this.pending
				.answersEnded(new SessionClosedException(this.session.id(), this.session.end().lostStatus(), null));
		}
		else {
			this.pending.close(this.session.state().closedException(null));
		}
	}

	private void matched() {
		boolean ends;
		synchronized (this) {
			this.matching--;
			ends = this.endsAfterMatch && this.matching == 0;
		}
		if (ends) {
			close();
		}
	}

	@Override
	public boolean expectsReplies() {
		return this.pending.expectsReplies();
	}

	@Override
	public boolean mayReceiveReplies() {
		return this.pending.mayReceiveReplies();
	}

	@Override
	public boolean runsUserCode() {
		return (this.context.correlator() != null || this.accepted != null) && !this.onLoop;
	}

	@Override
	public boolean take(Object payload) {
		PayloadConverter<?> convert = this.converter;
		if (this.context.correlator() == null && this.accepted == null) {
			return (convert != null) ? this.pending.takeOldest(payload, convert) : this.pending.take(payload);
		}
		try {
			Object received = (convert != null) ? Payloads.read(convert, payload) : payload;
			return (this.accepted == null || this.accepted.test(received)) && this.pending.take(received);
		}
		catch (PayloadException ex) {
			// The handler is notified of that, as of any payload.
			return false;
		}
		catch (Throwable ex) {
			new CallFailure(this.session, ex)
				.ofOther((this.accepted != null) ? "the predicate of replies" : "the correlator");
			return true;
		}
	}

	@Override
	public void match(Object[] payloads, ObjIntConsumer<Object[]> then) {
		Runnable task = () -> {
			int left = 0;
			for (Object payload : payloads) {
				if (!take(payload)) {
					payloads[left++] = payload;
				}
			}
			then.accept(payloads, left);
			if (this.turns != null) {
				this.turns.release();
			}
			matched();
		};
		synchronized (this) {
			this.matching++;
		}
		if (this.turns != null) {
			this.turns.hold();
		}
		Handover.run(this.context.background(), task);
	}

	/** What becomes of sending a request. */
	private final class Sending implements Completion, RequestTurns.InTurn {

		private final Request request;

		private final Object outgoing;

		private final long millis;

		/** Whether the end of the session fails it in another way if it has not left. */
		private final boolean saysUnsent;

		/**
		 * How long, in milliseconds, it has waited that the output gets no more; negative
		 * until then.
		 */
		private volatile long revoked = -1;

		/** The output has got it in time. Under the monitor of its queue. */
		private boolean admitted;

		Sending(Request request, Object outgoing, long millis, boolean saysUnsent) {
			this.request = request;
			this.outgoing = outgoing;
			this.millis = millis;
			this.saysUnsent = saysUnsent;
		}

		/** Takes it back from the output, which does not get it from now on. */
		@Nullable RequestNotSentException takeBack(long waited) {
			this.revoked = waited;
			RequestNotSentException why = notSent(
					"it waited in the output of the session, since the peer does not read", waited);
			if (SessionRequests.this.session.outbox().takeBack(this, why)) {
				return why;
			}
			return this.admitted ? null : notAdmitted(waited);
		}

		/** What it fails with if the output has not got it in time. */
		RequestNotSentException notAdmitted(long waited) {
			return notSent((SessionRequests.this.turns != null) ? "another request was under way"
					: "the thread that asks did not run", waited);
		}

		RequestNotSentException notSent(String why, long waited) {
			return new RequestNotSentException("The request to session " + SessionRequests.this.session.id()
					+ " was not sent within " + waited + " ms: " + why);
		}

		/** Waits for its turn, or fails if too much does. */
		void await(RequestTurns turns) {
			Outbound bounds = SessionRequests.this.session.spec().outbound();
			if (!turns.enter(this, Bounds.of(bounds))) {
				SessionRequests.this.session.state().counters().count(Counter.OUTBOUND_REFUSED);
				this.request.failed(full(bounds));
			}
		}

		private OutboundFullException full(Outbound bounds) {
			String id = SessionRequests.this.session.id();
			return (SessionRequests.this.size() > bounds.capacity())
					? new OutboundFullException(id, "outbound.capacity", bounds.capacity())
					: new OutboundFullException(id, "outbound.bytes", bounds.bytes());
		}

		/** Gives up waiting for its turn; returns whether it waited. */
		boolean leaveTurns() {
			RequestTurns turns = SessionRequests.this.turns;
			return turns != null && turns.leave(this);
		}

		@Override
		public boolean begin() {
			if (!this.request.begin()) {
				return false;
			}
			try {
				if (!SessionRequests.this.session.outbox().add(this.outgoing, this)) {
					notAdded();
					return false;
				}
			}
			catch (Throwable ex) {
				// The framing refuses the payload, or there is no memory.
				SessionRequests.this.pending.withdraw(this.request);
				this.request.failed(RefusedPayloadException.of(ex));
				return false;
			}
			SessionRequests.this.session.input().replyExpected();
			return true;
		}

		private void notAdded() {
			Exception late = revoked();
			if (late != null) {
				this.request.failed(late);
			}
			else {
				unsent();
			}
		}

		@Override
		public void unsent() {
			this.request.failed(ended("its turn", SessionRequests.this.session.state().closedException(null)));
		}

		private RequestNotSentException ended(String before, Throwable end) {
			RequestNotSentException failure = new RequestNotSentException("The request to session "
					+ SessionRequests.this.session.id() + " was not sent: the session ended before " + before);
			failure.initCause(end);
			return failure;
		}

		/**
		 * Takes it back, unless it has begun to leave: then all of it may leave, although
		 * the session has ended.
		 * @return what it fails with
		 */
		Throwable atEnd(Throwable end) {
			boolean unsent = SessionRequests.this.takeBack(this, this.millis) != null;
			return unsent ? ended("it had left", end) : end;
		}

		@Override
		public Request request() {
			return this.request;
		}

		@Override
		public int bytes() {
			return OutputBytes.length(this.outgoing);
		}

		@Override
		public boolean isRevocable() {
			return true;
		}

		@Override
		public void admitted() {
			this.admitted = true;
			PendingRequests pending = SessionRequests.this.pending;
			if (!pending.isFoundByKey(this.request) && !pending.add(this.request)) {
				this.request.failed(SessionRequests.this.session.state().closedException(null));
			}
		}

		@Override
		public @Nullable Exception revoked() {
			long waited = this.revoked;
			if (waited < 0 && !this.request.isExpired()) {
				return null;
			}
			return notAdmitted((waited < 0) ? this.millis : waited);
		}

		@Override
		public void neverLeft(Exception failure) {
			completed(this.saysUnsent ? ended("it had left", failure) : failure);
		}

		@Override
		public void refused(Exception refusal) {
			if (refusal instanceof SessionClosedException) {
				neverLeft(refusal);
			}
			else {
				completed(refusal);
			}
		}

		@Override
		public void completed(@Nullable Exception failure) {
			if (failure == null) {
				SessionRequests.this.pending.sent(this.request);
			}
			else {
				// Before it fails: its place must not be kept for a reply.
				SessionRequests.this.pending.withdraw(this.request);
				this.request.failed(failure);
			}
		}

	}

}
