package dev.socketserver.engine.handlers;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.engine.input.ReceivingSession;
import dev.socketserver.engine.input.TlsRequest;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.framing.FrameException;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.ReceivedFrame;
import dev.socketserver.spi.MessageAware;
import dev.socketserver.spi.PreparingHandler;
import org.jspecify.annotations.Nullable;

/**
 * Makes all calls of the handler of one session: has frames read for it, notifies it of
 * failures, has its calls observed and counts them. Replies go to a {@link ReplySender}.
 * On the lane, unless stated otherwise.
 */
final class HandlerCalls {

	private final ReplySender replies;

	/** Absent if the handler gets frames as they are. */
	private final @Nullable FrameReader reader;

	/** Made on the lane, because making it may be user code; absent if that failed. */
	private @Nullable SessionHandler handler;

	/**
	 * The last frame, if it is watched and is unfinished, or its replies have not all
	 * been sent.
	 */
	private @Nullable ObservedMessage observed;

	/** The handler has more of the last frame than it may handle in one call. */
	private boolean unfinished;

	/** A call of the handler with the current frame has failed. */
	private boolean failedBefore;

	/**
	 * The handler was notified of a failure of the current call or its replies, and is
	 * not notified of another.
	 */
	private boolean recovering;

	/**
	 * The handler has taken nothing of a full read buffer, and is given nothing more,
	 * unless the application resumes reads.
	 */
	private volatile boolean stalled;

	/**
	 * Nanoseconds spent in rounds on an unfinished frame, which the counters get with its
	 * last call.
	 */
	private long uncounted;

	/**
	 * How long calls have taken. While calls are under way, less the age of the session
	 * when they began, and so negative: one field, since an idle session has it too.
	 * Another thread may see an older value.
	 */
	private long nanos;

	HandlerCalls(ReplySender replies, @Nullable FrameReader reader) {
		this.replies = replies;
		this.reader = reader;
	}

	private InvokedSession session() {
		return this.replies.session();
	}

	private Lane lane() {
		return this.replies.lane();
	}

	/** What sends the replies to calls. */
	ReplySender replies() {
		return this.replies;
	}

	// The beginning and the end.

	/** Makes the handler, and notifies it of the session. */
	void open() {
		try {
			SessionSpec spec = session().spec();
			ServerHandler.Messages handlers = (ServerHandler.Messages) spec.handler();
			SessionHandler made = Objects.requireNonNull(handlers.sessions().apply(spec),
					"There is no handler for the session");
			this.handler = made;
			CompletionStage<?> later = made.opening(session());
			if (later != null) {
				replies().reply(later);
			}
		}
		catch (Throwable ex) {
			failed(Place.OPENED, ex);
		}
	}

	/**
	 * Whether the last call has failed, and the handler has dealt with that. Of the
	 * opening until there is another call.
	 */
	boolean recovered() {
		return this.recovering;
	}

	/** Whether there is a handler: it could be made. */
	boolean hasHandler() {
		return this.handler != null;
	}

	/** Whether the handler does nothing at the end of the input but close. */
	boolean onlyCloses() {
		return this.handler != null && ClosingHandlers.includes(this.handler);
	}

	/** Notifies the handler, if there is one, of the end of the input. */
	void inputEnded(CloseStatus status) {
		ends(Place.INPUT_ENDED, status);
	}

	/** Notifies the handler, if there is one, of the end of the session. */
	void closed(CloseStatus status) {
		ends(Place.CLOSED, status);
	}

	private void ends(Place place, CloseStatus status) {
		SessionHandler called = this.handler;
		if (called == null) {
			return;
		}
		try {
			lane().callBegins();
			if (place == Place.CLOSED) {
				called.closed(session(), status);
			}
			else {
				called.inputEnded(session(), status);
			}
		}
		catch (Throwable ex) {
			new CallFailure(session(), ex).ofHandler(method(place));
		}
	}

	/** Asks the handler, if there is one, what it has to say about the session. */
	Map<String, ?> details() throws Exception {
		SessionHandler asked = this.handler;
		return (asked != null) ? asked.details(session()) : Map.of();
	}

	// Frames.

	/**
	 * Handles a frame, and sends the replies that are there.
	 * @param frame as {@link ReceivingSession#frames} is given it, a
	 * {@link PreparedFrame}, or what stands for the rest of the last one
	 * @param later what becomes of replies that are not there yet
	 * @return what has become of the call
	 */
	CallOutcome handle(Object frame, ReplySender.Later later) {
		SessionHandler called = this.handler;
		if (called == null) {
			session().state().countInboundDiscarded(1);
			return CallOutcome.DISCARDED;
		}
		Object decoded = (frame instanceof PreparedFrame prepared) ? prepared.frame() : frame;
		if (decoded instanceof FrameException bad) {
			answer(called, bad, later);
			return CallOutcome.DISCARDED;
		}
		boolean tooMuch = decoded == SessionGate.EXCEEDED;
		LoginPhase login = session().input().room().login();
		if (login != null && !this.unfinished && !login.countMessage()) {
			session().state().countInboundDiscarded(1);
			return CallOutcome.DISCARDED;
		}
		this.recovering = false;
		lane().callBegins();
		MessageObserver observer = (this.unfinished || tooMuch) ? null : session().state().diagnostics().observer();
		ObservedMessage begun = (observer != null) ? ObservedMessage.begin(observer, session(), shown(decoded)) : null;
		if (begun != null) {
			this.observed = begun;
		}
		Place place = this.unfinished ? Place.RECEIVED : Place.FRAME;
		try {
			Object reply = null;
			if (this.unfinished) {
				called.goOn(session());
			}
			else if (tooMuch) {
				throw SessionGate.EXCEEDED;
			}
			else if (frame instanceof PreparedFrame prepared) {
				Object payload = prepared.isLateReply() ? null : prepared.payload();
				place = Place.RECEIVED;
				reply = (payload != null) ? received(called, payload) : null;
			}
			else {
				Object payload = (this.reader != null) ? this.reader.payload(frame) : frame;
				place = Place.CORRELATOR;
				boolean late = this.reader != null && this.reader.isLateReply(payload);
				place = Place.RECEIVED;
				reply = late ? null : received(called, payload);
			}
			if (reply == SessionHandler.UNMAPPED) {
				session().state().counters().count(Counter.MESSAGES_UNMAPPED);
			}
			else if (reply != null) {
				replies().reply(reply);
			}
			noteRest(called);
		}
		catch (Throwable ex) {
			this.unfinished = false;
			this.failedBefore = true;
			observeFailure(ex);
			if (place != Place.RECEIVED && called instanceof MessageAware aware) {
				// The failure is not one of the message before.
				aware.arrived(null);
			}
			failed(place, ex);
		}
		CallOutcome outcome = outcome();
		// Before the observer is notified that the call has returned: replies that are
		// made on demand are made within it.
		boolean all = sendWaiting(later, Place.REPLY);
		if (begun != null) {
			begun.returned();
		}
		if (all) {
			endObserved();
		}
		return outcome;
	}

	/** Has the handler answer what is no frame. To throw it is to say nothing. */
	private void answer(SessionHandler called, FrameException bad, ReplySender.Later later) {
		this.recovering = true;
		lane().callBegins();
		replies().callBegins();
		try {
			Object reply = called.failed(bad, session());
			if (reply != null) {
				replies().reply(reply);
			}
		}
		catch (Throwable ex) {
			if (ex != bad) {
				new CallFailure(session(), ex).ofHandler(method(Place.FAILED));
			}
		}
		finally {
			replies().callEnded();
		}
		sendWaiting(later, Place.REPLY);
	}

	/** Returns what observers are given of a frame. */
	private static Object shown(Object frame) {
		return (frame instanceof ReceivedFrame received) ? received.bytes() : frame;
	}

	/**
	 * Has the handler prepare a frame.
	 * @param frame the frame
	 * @param lane runs tasks on the lane
	 * @return when it is prepared
	 * @throws Exception what user code threw
	 */
	CompletionStage<?> prepare(Object frame, Executor lane) throws Exception {
		if (!(this.handler instanceof PreparingHandler preparing) || frame instanceof FrameException
				|| frame == SessionGate.EXCEEDED) {
			// There is no payload, or the handler is notified of this in its turn.
			return CompletableFuture.completedFuture(frame);
		}
		lane().callBegins();
		Object payload = (this.reader != null) ? this.reader.payload(frame) : frame;
		if (this.reader != null && this.reader.isLateReply(payload)) {
			return PreparedFrame.LATE_REPLY;
		}
		return preparing.prepare(payload, session(), lane);
	}

	/** Nothing that is being prepared is to be tried again. */
	void abandon() {
		if (this.handler instanceof PreparingHandler preparing) {
			preparing.abandon();
		}
	}

	private @Nullable Object received(SessionHandler called, Object payload) throws Exception {
		replies().callBegins();
		try {
			return called.received(payload, session());
		}
		finally {
			replies().callEnded();
		}
	}

	/** Notes whether the handler has more of the frame, and whether it takes no more. */
	private void noteRest(SessionHandler called) {
		noteStall(called.stalled());
		if (called.unfinished() && session().input().steps().awaitsTls()) {
			session().close(TlsRequest.DATA_BEHIND);
		}
		this.unfinished = called.unfinished() && session().end().handlesMore();
	}

	/** What has become of the frame with a call, also one whose failure was answered. */
	private CallOutcome outcome() {
		if (this.unfinished) {
			return CallOutcome.UNFINISHED;
		}
		CallOutcome outcome = this.failedBefore ? CallOutcome.FAILED : CallOutcome.SUCCEEDED;
		this.failedBefore = false;
		return outcome;
	}

	private void noteStall(boolean stalled) {
		if (stalled == this.stalled) {
			return;
		}
		this.stalled = stalled;
		if (stalled) {
			session().handlerStalled();
		}
	}

	/** Whether the handler takes nothing of a full read buffer. Any thread. */
	boolean stalled() {
		return this.stalled;
	}

	/** Whether the handler has more of the last frame than it may handle in one call. */
	boolean unfinished() {
		return this.unfinished;
	}

	/** Whether the handler has left something of what it was called with. */
	boolean hasUnread() {
		return this.handler != null && this.handler.hasUnread();
	}

	/** Has the handler called next with what it has left, if it has left anything. */
	void noteUnread() {
		this.unfinished |= hasUnread();
	}

	/**
	 * Sends the replies that wait.
	 * @param later what becomes of those that are not there yet
	 * @param opening whether they are those of the opening
	 * @return whether that was all of them
	 */
	boolean sendReplies(ReplySender.Later later, boolean opening) {
		boolean all = sendWaiting(later, opening ? Place.OPENED : Place.REPLY);
		if (all) {
			endObserved();
		}
		return all;
	}

	private boolean sendWaiting(ReplySender.Later later, Place place) {
		while (true) {
			try {
				return replies().sendWaiting(later);
			}
			catch (Throwable ex) {
				observeFailure(ex);
				// What the handler replies to that is sent now.
				failed(place, ex);
			}
		}
	}

	/** No further frame is handled, and no reply sent: the session is at its end. */
	void discard() {
		replies().discard();
		this.unfinished = false;
		if (this.observed != null) {
			this.observed.failed(session().state().closedException(null));
			endObserved();
		}
	}

	/**
	 * Notifies observers that the last frame has been handled, unless the handler has
	 * more of it.
	 */
	private void endObserved() {
		ObservedMessage last = this.observed;
		if (last != null && !this.unfinished) {
			this.observed = null;
			last.ended();
		}
	}

	private void observeFailure(Throwable failure) {
		if (this.observed != null) {
			this.observed.failed(failure);
		}
	}

	/**
	 * Notifies the handler of a failure, once for each frame; if it does not deal with
	 * that, the session ends.
	 * @param place what failed
	 */
	private void failed(Place place, Throwable thrown) {
		Throwable failure = RefusedPayloadException.of(thrown);
		Throwable left = failure;
		SessionHandler called = this.handler;
		if (failure instanceof Exception exception && called != null && !this.recovering) {
			this.recovering = true;
			lane().callBegins();
			replies().callBegins();
			try {
				Object reply = called.failed(exception, session());
				if (reply != null) {
					replies().reply(reply);
				}
				if (this.failedBefore) {
					noteRest(called);
				}
				return;
			}
			catch (Throwable ex) {
				left = ex;
			}
			finally {
				replies().callEnded();
			}
		}
		if (place == Place.CORRELATOR && left == failure) {
			new CallFailure(session(), left).ofOther(place.text);
		}
		else {
			String failed = (left instanceof CloseReasonException reasoned) ? reasoned.method() : null;
			boolean unanswered = left == failure
					|| (left instanceof CloseReasonException reasoned && reasoned.getCause() == failure);
			new CallFailure(session(), left)
				.ofHandler((failed != null) ? failed : method(unanswered ? place : Place.FAILED));
		}
	}

	/** Returns the method of the application that has failed, for the log. */
	private String method(Place place) {
		SessionHandler called = this.handler;
		if (called == null) {
			return place.text;
		}
		try {
			return (place == Place.REPLY) ? place.text + " of " + called.method(Place.RECEIVED.text)
					: called.method(place.text);
		}
		catch (Throwable ex) {
			return place.text;
		}
	}

	// How long calls take.

	/** A round of calls begins. */
	void roundBegins(long since) {
		this.nanos -= since - session().state().openedNanos();
	}

	/** A round of calls ends: they are counted. */
	void roundEnds(long since, int succeeded, int failed) {
		int calls = succeeded + failed;
		boolean called = calls > 0 || this.unfinished;
		long now = called ? System.nanoTime() : since;
		this.nanos += now - session().state().openedNanos();
		this.uncounted += now - since;
		if (calls == 0) {
			return;
		}
		long taken = this.uncounted;
		this.uncounted = 0;
		Counters counters = session().state().counters();
		counters.count(Counter.MESSAGES_HANDLED, calls);
		if (failed == 0) {
			counters.countCalls(HandlerOutcome.SUCCESS, calls, taken);
		}
		else {
			long ofFailed = taken / calls * failed;
			counters.countCalls(HandlerOutcome.ERROR, failed, ofFailed);
			if (succeeded > 0) {
				counters.countCalls(HandlerOutcome.SUCCESS, succeeded, taken - ofFailed);
			}
		}
	}

	/** How long calls have taken so far, in nanoseconds. Any thread. */
	long nanos() {
		long taken = this.nanos;
		return (taken >= 0) ? taken : Math.max(0, taken + System.nanoTime() - session().state().openedNanos());
	}

	/** Where code of the application has failed. */
	private enum Place {

		OPENED("opened"),

		/** A frame, before the handler was called with it. */
		FRAME("received"),

		RECEIVED("received"),

		/** A reply that was promised. */
		REPLY("a reply"),

		/** Does not belong to the handler. */
		CORRELATOR("the correlator"),

		INPUT_ENDED("inputEnded"),

		/** The handler, when it was notified of a failure. */
		FAILED("failed"),

		CLOSED("closed");

		/** The method of {@link SessionHandler}, or a name for logs. */
		private final String text;

		Place(String text) {
			this.text = text;
		}

	}

}
