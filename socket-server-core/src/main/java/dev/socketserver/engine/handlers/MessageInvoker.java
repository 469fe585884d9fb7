package dev.socketserver.engine.handlers;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spi.PreparingHandlers;
import org.jspecify.annotations.Nullable;

/**
 * Invokes a handler of messages: everything that happens to the session becomes a task on
 * its lane, and all fields are confined to it. This class has the order of things: what
 * waits, and when the session begins and ends. Its part {@link HandlerCalls} makes the
 * calls, and has {@link ReplySender} send what they reply.
 * <p>
 * A frame is handled when all replies to the frame before have been given to the outbox.
 * Until then it is held, with those after it, and no thread waits. Replies are late when
 * the outbox has no room for them, or when the handler gives them later than its call
 * returns.
 */
public final class MessageInvoker implements Invoker, Lane.Owner, Executor {

	private final InvokedSession session;

	/** Runs everything that happens here. */
	private final Lane lane;

	private final HandlerCalls calls;

	/**
	 * What waits, if that may be dropped or is prepared before it is handled; else it is
	 * on the lane, or held, and this is absent.
	 */
	private final @Nullable WaitingFrames waiting;

	/** Batches that wait for earlier replies, the oldest first; absent without any. */
	private @Nullable ArrayDeque<FrameBatch> held;

	/** The handler is to be called with what it has left unread, before anything else. */
	private boolean resumed;

	/** How the session is to end when nothing is held any more. */
	private @Nullable CloseStatus ending;

	/**
	 * The handler has been notified of the session, and what it has replied to a failure
	 * there has been sent.
	 */
	private boolean opened;

	/**
	 * The connection is gone, and all that was received before it was put on the lane.
	 */
	private boolean disconnected;

	/** The handler has been notified of the end, or is about to be. */
	private boolean over;

	/**
	 * Creates the invoker of a session, whose input is there already.
	 * @param session the session
	 * @param reader reads frames for the handler; {@code null} if it gets them as they
	 * are
	 * @param bounds how much may wait for the handler
	 * @param scheduler runs the session's lane
	 */
	public MessageInvoker(InvokedSession session, @Nullable FrameReader reader, Bounds<InboundOverflow> bounds,
			LaneScheduler scheduler) {
		this.session = session;
		this.lane = new Lane(scheduler, this);
		this.lane.first(this::beginSession);
		this.calls = new HandlerCalls(new ReplySender(session, this.lane, this), reader);
		ServerHandler.Messages handler = (ServerHandler.Messages) session.spec().handler();
		if (handler.sessions() instanceof PreparingHandlers preparing) {
			this.waiting = new PreparedFrames(this, bounds, preparing.ahead());
		}
		else {
			this.waiting = bounds.overflow().drops() ? new DroppableFrames(this, bounds) : null;
		}
	}

	InvokedSession session() {
		return this.session;
	}

	Lane lane() {
		return this.lane;
	}

	private ReplySender replies() {
		return this.calls.replies();
	}

	HandlerCalls calls() {
		return this.calls;
	}

	/** Whether the next frame waits for replies to the last one. */
	boolean awaitsReplies() {
		return replies().awaitsReplies();
	}

	@Override
	public void open() {
		this.lane.open();
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		if (this.waiting != null) {
			this.waiting.add(payloads, count, bytes);
		}
		else {
			this.lane.submit(new FrameBatch(this, payloads, count, bytes));
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
			this.disconnected = true;
			if (this.waiting != null) {
				this.waiting.disconnected();
			}
			proceed();
		});
	}

	@Override
	public void closing() {
		if (this.session.end().isGone()) {
			// It may wait for a reply that cannot leave, and nothing else would wake it.
			checkAgain();
		}
	}

	@Override
	public void stop(CloseStatus status) {
		// The session itself sees to it that no further frame is handled.
		inputEnded(status);
	}

	/**
	 * Changes something on the lane, and goes on. Any thread.
	 * @param change what to do on the lane
	 */
	@Override
	public void execute(Runnable change) {
		this.lane.submit(() -> {
			change.run();
			proceed();
		});
	}

	@Override
	public void checkAgain() {
		this.lane.submit(this::proceed);
	}

	@Override
	public void resumed() {
		this.lane.submit(() -> {
			// What is unfinished is handled anyway, with the frame that it belongs to.
			this.resumed |= !this.calls.unfinished();
			proceed();
		});
	}

	@Override
	public void callback(Runnable task) {
		this.lane.submit(task);
	}

	@Override
	public void afterReplies(Runnable task) {
		this.lane.submit(() -> replies().whenSent(task));
	}

	@Override
	public Map<String, ?> details() throws Exception {
		return this.over ? Map.of() : this.calls.details();
	}

	@Override
	public long handlerNanos() {
		return this.calls.nanos();
	}

	@Override
	public int pendingFrames() {
		return (this.waiting != null) ? this.waiting.size() : this.session.input().room().frames();
	}

	@Override
	public boolean isBusy() {
		// Whoever asks from another thread may see replies a moment too late or too long.
		// What waits first: what is taken meanwhile is seen where it is handled.
		return pendingFrames() > 0 || this.lane.runner() != null || awaitsReplies();
	}

	private void beginSession() {
		this.session.begun();
		this.calls.open();
		// The handler may have replied to a failure.
		boolean all = this.calls.sendReplies(later(), !this.opened);
		if (this.session.input().steps().oneAtATime()) {
			taken(1, 0);
		}
		if (all) {
			endOpening();
		}
	}

	private void endOpening() {
		if (!this.opened && this.session.end().handlesMore()) {
			this.opened = true;
			this.session.handlerOpened(this.calls.recovered());
		}
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
		return replies().closesAfterReplies();
	}

	@Override
	public boolean isCalling() {
		return this.lane.runsHere() && (replies().inCall() || !this.opened || this.calls.unfinished());
	}

	@Override
	public boolean hasUnread() {
		return this.calls.hasUnread();
	}

	@Override
	public void beforeAwaitingTls() {
		if (isCalling()) {
			throw new IllegalStateException("The handshake follows the replies to this call: let it return them, and "
					+ "go on when the future completes");
		}
	}

	@Override
	public boolean stalled() {
		return this.calls.stalled();
	}

	@Override
	public Lane watched() {
		return this.lane;
	}

	@Override
	public long sessionNumber() {
		return this.session.state().number();
	}

	@Override
	public void batchEnded() {
		if (this.held == null && !awaitsReplies()) {
			// A framing that was asked for outside of a frame takes effect here.
			this.session.input().frameDone();
		}
		if (flushesLater()) {
			replies().flush();
		}
	}

	@Override
	public void refused() {
		this.session.executorRefused();
	}

	@Override
	public LogContext.@Nullable Named named() {
		return this.session.named();
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

	/**
	 * Goes on as far as possible: with the replies that were waiting, then with what was
	 * held for them, then with the end.
	 */
	void proceed() {
		if (this.over) {
			return;
		}
		if (this.disconnected && this.session.end().isSettled()) {
			// We closed it: what was held is dropped.
			closed();
			return;
		}
		boolean done = this.calls.sendReplies(later(), !this.opened);
		if (done) {
			// If the reply to a failure in the opening has just been sent.
			endOpening();
			done = takeFrames();
		}
		if (done || (stalled() && !awaitsReplies())) {
			// A stalled handler will never take what is held.
			if (this.disconnected) {
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
		boolean all = (this.waiting != null) ? this.waiting.handle() : takeHeld();
		return all && !awaitsReplies();
	}

	/** Handles what the handler has left unread, if the application has resumed reads. */
	private boolean takeUnread() {
		if (!this.resumed) {
			return true;
		}
		CallRound round = new CallRound(this.calls);
		this.calls.noteUnread();
		this.resumed = !handleUnread(round);
		round.end();
		return !this.resumed;
	}

	private boolean handleUnread(CallRound round) {
		while (this.calls.unfinished() && this.session.end().handlesMore()) {
			if (mustWait()) {
				return false;
			}
			round.handleRest(later());
		}
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
		return true;
	}

	/**
	 * Ends the session on the calling thread, unless user code has something to do
	 * before.
	 */
	private void endQuietly(CloseStatus status) {
		boolean held = this.held != null || awaitsReplies() || this.calls.unfinished()
				|| (this.waiting != null && this.waiting.size() > 0);
		if (this.calls.onlyCloses() && !held && !this.over && !this.session.input().readsPaused()) {
			this.session.close(status);
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
		if (status == null) {
			return;
		}
		if (status.reason() != CloseReason.PEER_CLOSED || !this.calls.hasHandler()) {
			this.ending = null;
			this.session.close(status);
		}
		else if (!this.session.input().readsPaused()) {
			this.ending = null;
			this.calls.inputEnded(status);
		}
	}

	private void closed() {
		if (this.session.awaitCallbacks(this::proceed)) {
			return;
		}
		this.over = true;
		discardHeld();
		CloseStatus status = this.session.end().settle();
		this.calls.discard();
		this.calls.closed(status);
		this.session.finished();
	}

	private void discardHeld() {
		int discarded = 0;
		if (this.held != null) {
			for (FrameBatch frames : this.held) {
				discarded += frames.left();
			}
			this.held = null;
		}
		if (this.waiting != null) {
			// The frame that the handler has not finished has left this queue already; in
			// batches it still counts as left.
			discarded += this.calls.unfinished() ? 1 : 0;
			discarded += this.waiting.discard();
		}
		this.session.state().countInboundDiscarded(discarded);
	}

	/**
	 * Whether the connection is gone, and all that was received before it is on the lane.
	 */
	boolean isDisconnected() {
		return this.disconnected;
	}

	/** Notes how many frames of the read that is being handled have been handled. */
	void handled(int count) {
		this.session.input().room().handled(count);
	}

	/** Whether the next frame has to wait. */
	boolean mustHold() {
		return stalled() || mustWait();
	}

	private boolean mustWait() {
		// If the connection is gone, what was received before is handled even while reads
		// are paused: nothing can resume them.
		return awaitsReplies() || (this.session.input().readsPaused() && !this.disconnected)
				|| replies().mustAwaitRoom();
	}

	/** What becomes of replies to the last frame that are not there yet. */
	ReplySender.Later later() {
		if (!this.disconnected) {
			return ReplySender.Later.AWAITED;
		}
		return hasFurtherFrames() ? ReplySender.Later.AWAITED_IF_SINGLE : ReplySender.Later.DROPPED;
	}

	/** Whether frames wait for the replies to the last one to be complete. */
	private boolean hasFurtherFrames() {
		if (this.held != null) {
			for (FrameBatch frames : this.held) {
				if (frames.left() > 0) {
					return true;
				}
			}
		}
		return this.waiting != null && this.waiting.size() > 0;
	}

	/**
	 * Frames have been handled: there is room for more, and another framing may be due.
	 */
	void taken(int count, int bytes) {
		this.session.input().frameDone();
		if (this.session.input().room().taken(count, bytes)) {
			this.session.input().roomAgain();
		}
	}

}
