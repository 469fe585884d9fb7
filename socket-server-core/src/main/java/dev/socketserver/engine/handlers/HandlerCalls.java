package dev.socketserver.engine.handlers;

import java.util.function.Supplier;

import dev.socketserver.SessionHandler;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Calls a handler of messages, and sends what it replies. The next frame is handled when
 * all replies to the one before have been given to the outbox; until then the call is not
 * over, and no thread waits. Everything happens on the lane, and all fields but
 * {@link #state} are confined to it.
 */
abstract class HandlerCalls extends CountedCalls implements Invoker, Lane.Owner, Replies.Sender {

	/**
	 * How long a reply may wait so that others can leave with it, roughly:
	 * {@link FlushCheck} does not check the clock before each call.
	 */
	private static final long GATHERING_NANOS = 100_000;

	/** Runs everything that happens here. */
	final Lane lane;

	/**
	 * Converts frames on the lane, since it may be user code; absent for what is built
	 * in, which has converted them already where they were decoded.
	 */
	private final @Nullable PayloadConverter<?> converter;

	/** Made on the lane, because making it may be user code; absent if that failed. */
	private @Nullable SessionHandler handler;

	/**
	 * Replies to the last frame that have not all been sent; absent while there are none.
	 */
	private @Nullable Replies replies;

	/**
	 * The last frame, if it is watched and is unfinished, or its replies have not all
	 * been sent.
	 */
	private @Nullable ObservedMessage observed;

	private volatile InvokerState state = InvokerState.OPEN;

	private CallState callState = CallState.NONE;

	// No states of one thing: replies may wait for room, and fail, while the handler has
	// more of the frame.

	/** The handler has more of the last frame than it may handle in one call. */
	private boolean unfinished;

	/** Waiting for room in the outbox. */
	private boolean waiting;

	/**
	 * The handler was notified of a failure of the current frame or its replies, and is
	 * not notified of another.
	 */
	private boolean recovering;

	/**
	 * On the loop: when the replies gathered began to wait for a flush, or 0 if none do.
	 */
	private long gatheringSince;

	HandlerCalls(InvokedSession session, LaneScheduler scheduler, @Nullable PayloadConverter<?> converter) {
		super(session);
		this.lane = new Lane(scheduler, this);
		this.converter = converter;
	}

	/**
	 * Goes on as far as possible: with the replies that were waiting, then with what was
	 * held for them, then with the end.
	 */
	abstract void proceed();

	/** What may still be done. */
	final InvokerState state() {
		return this.state;
	}

	/** Sets what may still be done. */
	final void state(InvokerState state) {
		this.state = state;
	}

	/** The handler, unless it could not be made. */
	final @Nullable SessionHandler handler() {
		return this.handler;
	}

	/** Sets the handler. */
	final void handler(SessionHandler handler) {
		this.handler = handler;
	}

	@Override
	final boolean unfinished() {
		return this.unfinished;
	}

	/** Whether not all replies to the last frame have been sent. */
	final boolean awaitsReplies() {
		return this.replies != null;
	}

	@Override
	public boolean stalled() {
		return this.state.isStalled();
	}

	@Override
	public boolean isDisconnected() {
		return this.state.isLost();
	}

	@Override
	public boolean flushesLater() {
		// Off the loop the handler may send, and then take its time or wait for the
		// outcome: that has to be flushed at once.
		return Thread.currentThread() instanceof IoThread && this.lane.runsHere();
	}

	@Override
	public boolean runsHere() {
		return this.lane.runsHere();
	}

	@Override
	public boolean closesAfterReplies() {
		if (!this.lane.runsHere() || !this.callState.isRunning()) {
			return false;
		}
		this.callState = this.callState.closes();
		return true;
	}

	/** Has what was gathered leave. */
	final void flush() {
		this.gatheringSince = 0;
		session().outbox().flush();
	}

	/**
	 * Flushes if replies have waited for long: fast replies leave together, slow ones do
	 * not wait for each other. Only on the loop, where to flush is to write; elsewhere
	 * {@link Outbox} has the loop do so soon anyway.
	 * @return whether they had
	 */
	final boolean flushIfSlow(long now) {
		if (this.gatheringSince == 0) {
			this.gatheringSince = now;
		}
		else if (now - this.gatheringSince > GATHERING_NANOS) {
			flush();
			this.gatheringSince = now;
			return true;
		}
		return false;
	}

	/**
	 * Sends the replies that wait.
	 * @return whether that was all of them
	 */
	final boolean sendReplies() {
		boolean all = sendWaiting();
		if (all) {
			endObserved();
		}
		return all;
	}

	private boolean sendWaiting() {
		while (this.replies != null) {
			Replies current = this.replies;
			try {
				if (!current.send()) {
					if (!this.waiting) {
						// A close in the call does not wait for replies that come later
						// than the call returns.
						closeAfterReplies();
					}
					return false;
				}
				if (this.replies == current) {
					this.replies = null;
				}
				current.close();
			}
			catch (Throwable ex) {
				this.replies = null;
				closeQuietly(current);
				if (this.observed != null) {
					this.observed.failed(ex);
				}
				failed("a reply", ex);
			}
		}
		closeAfterReplies();
		return true;
	}

	private void closeAfterReplies() {
		if (this.callState.isClosed()) {
			this.callState = this.callState.repliesEnded();
			session().outbox().repliesEnded();
		}
	}

	/**
	 * Notifies observers that the last frame has been handled, unless the handler has
	 * more of it.
	 */
	final void endObserved() {
		ObservedMessage last = this.observed;
		if (last != null && !this.unfinished) {
			this.observed = null;
			last.ended();
		}
	}

	/**
	 * Nothing more is sent: the session is at its end.
	 * @param failure what observers of the last frame are notified of
	 */
	final void discardReplies(Supplier<Exception> failure) {
		Replies unsent = this.replies;
		this.replies = null;
		if (unsent != null) {
			closeQuietly(unsent);
		}
		this.unfinished = false;
		if (this.observed != null) {
			this.observed.failed(failure.get());
			endObserved();
		}
	}

	private static void closeQuietly(Replies replies) {
		try {
			replies.close();
		}
		catch (Throwable ex) {
			// The failure that came first counts, not this one.
		}
	}

	/** Whether the next reply, and so the next frame, must wait for room. */
	final boolean mustAwaitRoom() {
		if (!this.waiting && session().outbox().congested()) {
			// On the loop what was gathered has not been offered to the socket yet.
			flush();
			this.waiting = session().outbox().awaitRoom(this::roomAgain);
			if (!this.waiting && Thread.currentThread() instanceof IoThread) {
				// Everything has left at once, and so would the next replies: tasks of
				// others have their turn first.
				this.waiting = true;
				roomAgain();
			}
		}
		return this.waiting;
	}

	private void roomAgain() {
		this.lane.submit(() -> {
			this.waiting = false;
			proceed();
		});
	}

	@Override
	public boolean hasRoom() {
		return !mustAwaitRoom();
	}

	@Override
	public boolean send(Object payload) {
		// The next one may be made when it is asked for.
		this.lane.callBegins();
		return session().reply(payload);
	}

	@Override
	public void reply(Object reply) {
		Replies several = Replies.of(reply, this);
		if (several != null) {
			this.replies = several;
		}
		else {
			send(reply);
		}
	}

	@Override
	public void later(Runnable change) {
		this.lane.submit(() -> {
			change.run();
			proceed();
		});
	}

	/** Handles a frame, and sends the replies that are there. */
	final void handle(Object frame) {
		SessionHandler called = this.handler;
		if (called == null) {
			session().counters().countInboundDiscarded(1);
			return;
		}
		this.recovering = false;
		this.lane.callBegins();
		MessageObserver observer = this.unfinished ? null : session().observer();
		ObservedMessage begun = (observer != null) ? ObservedMessage.begin(observer, session(), frame) : null;
		if (begun != null) {
			this.observed = begun;
		}
		try {
			Object reply = call(called, frame);
			if (reply != null) {
				reply(reply);
			}
			noteStall(called.stalled());
			this.unfinished = called.unfinished() && session().end().handlesMore();
			if (!this.unfinished) {
				succeeded();
			}
		}
		catch (Throwable ex) {
			this.unfinished = false;
			failed();
			if (this.observed != null) {
				this.observed.failed(ex);
			}
			failed("received", ex);
		}
		// Before the observer is notified that the call has returned: replies that are
		// made
		// on demand are made within it.
		boolean all = sendWaiting();
		if (begun != null) {
			begun.returned();
		}
		if (all) {
			endObserved();
		}
	}

	private void noteStall(boolean stalled) {
		if (stalled == this.state.isStalled()) {
			return;
		}
		this.state = stalled ? this.state.stalled() : this.state.revived();
		if (stalled) {
			session().handlerStalled();
		}
	}

	/** Has the handler called next with what it has left, if it has left anything. */
	final void handleUnread() {
		SessionHandler called = this.handler;
		this.unfinished |= called != null && called.hasUnread();
	}

	private @Nullable Object call(SessionHandler called, Object frame) throws Exception {
		if (this.unfinished) {
			called.goOn(session());
			return null;
		}
		Object payload = (this.converter != null) ? Conversion.of(this.converter, frame) : frame;
		this.callState = this.callState.begins();
		try {
			return called.received(payload, session());
		}
		finally {
			this.callState = this.callState.returns();
		}
	}

	/**
	 * Notifies the handler of a failure, once for each frame; if it does not deal with
	 * that, the session ends.
	 */
	final void failed(String call, Throwable failure) {
		Throwable left = failure;
		SessionHandler called = this.handler;
		if (failure instanceof Exception exception && called != null && !this.recovering) {
			this.recovering = true;
			this.lane.callBegins();
			this.callState = this.callState.begins();
			try {
				Object reply = called.failed(exception, session());
				if (reply != null) {
					reply(reply);
				}
				return;
			}
			catch (Throwable ex) {
				left = ex;
			}
			finally {
				this.callState = this.callState.returns();
			}
		}
		String source = (called instanceof FailureSource known) ? known.sourceOf(left) : null;
		if (source != null) {
			session().otherFailed(source, left);
		}
		else {
			session().handlerFailed(call, left);
		}
	}

}
