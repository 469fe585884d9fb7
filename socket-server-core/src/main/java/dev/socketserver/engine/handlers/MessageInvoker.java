package dev.socketserver.engine.handlers;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.input.FrameQueue;
import dev.socketserver.engine.input.Inbox;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * Invokes a handler of messages: everything that happens to the session becomes a task on
 * its lane, and all fields are confined to it.
 * <p>
 * A frame is handled when all replies to the frame before have been given to the outbox.
 * Until then it is held, with those after it, and no thread waits. Replies are late when
 * the outbox has no room for them, or when the handler gives them later than its call
 * returns.
 */
public final class MessageInvoker extends HandlerCalls {

	/** So many frames that might be dropped are handled before anything else is done. */
	private static final int MOST_IN_ONE_GO = 64;

	/**
	 * Stands for the last frame in place of a payload, when the handler has more of that
	 * to handle.
	 */
	private static final Object REST = new Object();

	private final Inbox inbox;

	/**
	 * Frames that may be dropped wait here, and not on the lane; absent unless the
	 * inbound policy drops.
	 */
	private final @Nullable FrameQueue droppable;

	/** Batches held, the oldest first; absent while there are none. */
	private @Nullable ArrayDeque<FrameBatch> held;

	/** The handler is to be called with what it has left unread, before anything else. */
	private boolean resumed;

	/** How the session is to end when nothing is held any more. */
	private @Nullable CloseStatus ending;

	/**
	 * Creates the invoker of a session.
	 * @param session the session
	 * @param bounds how much may wait for the handler
	 * @param inbox counts what waits for the handler
	 * @param scheduler runs the session's lane
	 */
	public MessageInvoker(InvokedSession session, Bounds<InboundOverflow> bounds, Inbox inbox,
			LaneScheduler scheduler) {
		super(session, scheduler, converter(session.spec()));
		this.inbox = inbox;
		this.droppable = bounds.overflow().drops() ? new FrameQueue(bounds, session) : null;
	}

	private static @Nullable PayloadConverter<?> converter(SessionSpec spec) {
		PayloadConverter<?> input = handlers(spec).input();
		return Payloads.builtIn(input) ? null : input;
	}

	@Override
	public void open() {
		this.lane.open(this::opened);
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		if (this.droppable == null) {
			this.lane.submit(new FrameBatch(this, payloads, count, bytes));
			return;
		}
		session().inboundDropped(this.droppable.add(payloads, bytes));
		if (this.droppable.mustAnnounce()) {
			this.lane.submit(this::proceed);
		}
	}

	@Override
	public void readsEnded() {
		this.lane.readsEnded();
	}

	@Override
	public void inputEnded(CloseStatus status) {
		// Nearly always nothing is under way when the input ends, and no user code has a
		// say in it: that is not worth a thread.
		if (!this.lane.runIfIdle(() -> endQuietly(status))) {
			endOnLane(status);
		}
	}

	private void endOnLane(CloseStatus status) {
		this.lane.submit(() -> {
			if (this.ending == null || this.ending.reason() == CloseReason.PEER_CLOSED) {
				// What closes the session for sure wins. A peer that ends its output
				// meanwhile only would leave it to the handler whether the session
				// closes.
				this.ending = status;
			}
			proceed();
		});
	}

	@Override
	public void disconnected() {
		this.lane.submit(() -> {
			state(state().disconnected());
			proceed();
		});
	}

	@Override
	public void closing() {
		if (session().end().isGone()) {
			// It may wait for a reply that cannot leave, and nothing else would wake it.
			checkAgain();
		}
	}

	@Override
	public void stop(CloseStatus status) {
		// The session itself sees to it that no further frame is handled.
		inputEnded(status);
	}

	@Override
	public void checkAgain() {
		this.lane.submit(this::proceed);
	}

	@Override
	public void resumed() {
		this.lane.submit(() -> {
			// What is unfinished is handled anyway, with the frame that it belongs to.
			this.resumed |= !unfinished();
			proceed();
		});
	}

	@Override
	public void callback(Runnable task) {
		this.lane.submit(task);
	}

	@Override
	public Map<String, ?> details() throws Exception {
		SessionHandler asked = handler();
		return (asked != null && !isOver()) ? asked.details(session()) : Map.of();
	}

	@Override
	public long handlerNanos() {
		return callNanos();
	}

	@Override
	public int pendingFrames() {
		return (this.droppable != null) ? this.droppable.size() : this.inbox.frames();
	}

	@Override
	public boolean isBusy() {
		// Whoever asks from another thread may see replies a moment too late or too long.
		return this.lane.runner() != null || awaitsReplies() || pendingFrames() > 0;
	}

	private static ServerHandler.Messages handlers(SessionSpec spec) {
		return (ServerHandler.Messages) spec.handler();
	}

	private void opened() {
		session().begun();
		try {
			SessionSpec spec = session().spec();
			SessionHandler made = Objects.requireNonNull(handlers(spec).sessions().apply(spec),
					"There is no handler for the session");
			handler(made);
			made.opened(session());
		}
		catch (Throwable ex) {
			failed("opened", ex);
		}
		// The handler may have replied to a failure.
		boolean all = sendReplies();
		if (session().switchable()) {
			taken(1, 0);
		}
		if (all) {
			endOpening();
		}
	}

	private void endOpening() {
		if (handler() instanceof OpeningAware aware && session().end().handlesMore()) {
			aware.openingEnded();
		}
	}

	@Override
	public Lane watched() {
		return this.lane;
	}

	@Override
	public long sessionNumber() {
		return session().number();
	}

	@Override
	public void batchEnded() {
		if (this.held == null && !awaitsReplies()) {
			// A framing that was asked for outside of a frame takes effect here.
			session().switchFraming();
		}
		if (flushesLater()) {
			flush();
		}
	}

	@Override
	public void refused() {
		session().executorRefused();
	}

	@Override
	public LogContext.@Nullable Named named() {
		return session().named();
	}

	void handleOrHold(FrameBatch frames) {
		if (this.held != null) {
			this.held.add(frames);
		}
		else if (!takeUnread() || !frames.handle()) {
			this.held = new ArrayDeque<>();
			this.held.add(frames);
		}
	}

	@Override
	void proceed() {
		if (isOver()) {
			return;
		}
		if (isDisconnected() && session().end().isSettled()) {
			// We closed it: what was held is dropped.
			closed();
			return;
		}
		boolean done = sendReplies();
		if (done) {
			// If the reply to a failure in the opening has just been sent.
			endOpening();
			done = takeFrames();
		}
		if (done || (stalled() && !awaitsReplies())) {
			// A stalled handler will never take what is held.
			if (isDisconnected()) {
				// The peer has left, and the session did not close before that: what had
				// arrived has been handled by now.
				closed();
			}
			else {
				end();
			}
		}
	}

	private boolean takeFrames() {
		if (!takeUnread()) {
			return false;
		}
		return (this.droppable != null) ? takeDroppable(this.droppable) : takeHeld();
	}

	/** Handles what the handler has left unread, if the application has resumed reads. */
	private boolean takeUnread() {
		if (!this.resumed) {
			return true;
		}
		long since = System.nanoTime();
		callsBegin(since);
		handleUnread();
		while (unfinished() && session().end().handlesMore()) {
			if (mustWait()) {
				countCalls(since);
				return false;
			}
			handle(REST);
		}
		this.resumed = false;
		countCalls(since);
		return true;
	}

	private boolean takeHeld() {
		ArrayDeque<FrameBatch> batches = this.held;
		while (batches != null && !batches.isEmpty()) {
			if (!batches.peek().handle()) {
				return false;
			}
			batches.remove();
		}
		this.held = null;
		return !awaitsReplies();
	}

	private boolean takeDroppable(FrameQueue queue) {
		long since = System.nanoTime();
		callsBegin(since);
		FlushCheck flushCheck = new FlushCheck(this, since);
		for (int calls = 0; session().end().handlesMore(); calls++) {
			if (mustHold()) {
				countCalls(since);
				return false;
			}
			if (calls == MOST_IN_ONE_GO) {
				// A peer that is always ahead would have the queue never empty.
				countCalls(since);
				goOn(queue);
				return false;
			}
			Object payload = unfinished() ? REST : queue.poll();
			if (payload == null) {
				break;
			}
			flushCheck.next();
			handle(payload);
		}
		countCalls(since);
		return !awaitsReplies();
	}

	/** Goes on after what else the lane has to do. */
	private void goOn(FrameQueue queue) {
		if (queue.putOff()) {
			this.lane.submit(() -> {
				queue.resume();
				proceed();
			});
		}
	}

	/**
	 * Ends the session on the calling thread, unless user code has something to do
	 * before.
	 */
	private void endQuietly(CloseStatus status) {
		SessionHandler current = handler();
		boolean held = this.held != null || awaitsReplies() || unfinished()
				|| (this.droppable != null && this.droppable.size() > 0);
		if (current != null && !held && !isOver() && !session().readsPaused() && ClosingHandlers.includes(current)) {
			session().close(status);
		}
		else {
			endOnLane(status);
		}
	}

	/**
	 * If the session is to end, ends it; after the input of the peer that is left to the
	 * handler.
	 */
	private void end() {
		CloseStatus status = this.ending;
		SessionHandler current = handler();
		if (status == null) {
			return;
		}
		if (status.reason() != CloseReason.PEER_CLOSED || current == null) {
			this.ending = null;
			session().close(status);
		}
		else if (!session().readsPaused()) {
			this.ending = null;
			try {
				this.lane.callBegins();
				current.inputEnded(session(), status);
			}
			catch (Throwable ex) {
				session().handlerFailed("inputEnded", ex);
			}
		}
	}

	private void closed() {
		if (session().awaitCallbacks(this::proceed)) {
			return;
		}
		state(InvokerState.ENDED);
		discardHeld();
		CloseStatus status = session().end().settle();
		discardReplies(() -> session().closedException(null));
		SessionHandler current = handler();
		if (current != null) {
			try {
				this.lane.callBegins();
				current.closed(session(), status);
			}
			catch (Throwable ex) {
				session().handlerFailed("closed", ex);
			}
		}
		session().finished();
	}

	private void discardHeld() {
		int discarded = 0;
		if (this.held != null) {
			for (FrameBatch frames : this.held) {
				discarded += frames.left();
			}
			this.held = null;
		}
		if (this.droppable != null) {
			// The frame that the handler has not finished has left this queue already; in
			// batches it still counts as left.
			discarded += unfinished() ? 1 : 0;
			while (this.droppable.poll() != null) {
				discarded++;
			}
		}
		session().counters().countInboundDiscarded(discarded);
	}

	private boolean isOver() {
		return state() == InvokerState.ENDED;
	}

	/** Notes how many frames of the read that is being handled have been handled. */
	void handled(int count) {
		this.inbox.handled(count);
	}

	/** Whether the next frame has to wait. */
	boolean mustHold() {
		return stalled() || mustWait();
	}

	private boolean mustWait() {
		// If the connection is gone, what came before is handled even while reads are
		// paused: nothing can resume them.
		return awaitsReplies() || (session().readsPaused() && !isDisconnected()) || mustAwaitRoom();
	}

	@Override
	public boolean hasFurtherFrames() {
		if (this.held != null) {
			for (FrameBatch frames : this.held) {
				if (frames.left() > 0) {
					return true;
				}
			}
		}
		return this.droppable != null && this.droppable.size() > 0;
	}

	/**
	 * Frames have been handled: there is room for more, and another framing may be due.
	 */
	void taken(int count, int bytes) {
		session().switchFraming();
		if (this.inbox.taken(count, bytes)) {
			session().resumeInput();
		}
	}

}
