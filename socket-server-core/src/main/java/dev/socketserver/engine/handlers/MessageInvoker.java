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
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.input.FrameQueue;
import dev.socketserver.engine.input.Inbox;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * Drives a handler of messages: everything that happens to the session becomes a task on
 * its lane, and all fields but {@link #stalled} are confined to it.
 * <p>
 * A frame is handled when all replies to the frame before have been given to the outbox.
 * Until then it is held, with those behind it, and no thread waits. Replies are late when
 * the outbox has no room for them, or when the handler gives them later than its call
 * returns.
 */
public final class MessageInvoker implements Invoker, Lane.Owner, Replies.Sender {

	/**
	 * How long a reply may wait so that others can leave with it, roughly: {@link Pace}
	 * does not look at the clock before each call.
	 */
	private static final long GATHERING_NANOS = 100_000;

	/** So many frames that might be dropped are handled before anything else is done. */
	private static final int MOST_IN_ONE_GO = 64;

	/**
	 * Stands for the last frame in place of a payload, when the handler has more of that
	 * to handle.
	 */
	private static final Object REST = new Object();

	/**
	 * Which classes of handlers do not override {@link SessionHandler#inputEnded}, and so
	 * do nothing at the end of the input but close.
	 */
	private static final ClassValue<Boolean> CLOSING = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			try {
				return type.getMethod("inputEnded", SocketSession.class, CloseStatus.class)
					.getDeclaringClass() == SessionHandler.class;
			}
			catch (NoSuchMethodException | LinkageError ex) {
				// Another of its methods may be of a library that is missing.
				return false;
			}
		}

	};

	private final InvokedSession session;

	private final Inbox inbox;

	private final Outbox outbox;

	private final Lane lane;

	/**
	 * Converts frames on the lane, since it may be user code; absent for what is built
	 * in, which has converted them already where they were cut.
	 */
	private final @Nullable PayloadConverter<?> converter;

	/**
	 * Frames that may be dropped wait here, and not on the lane; absent unless the
	 * inbound policy drops.
	 */
	private final @Nullable FrameQueue droppable;

	/** Made on the lane, because making it may be user code; absent if that failed. */
	private @Nullable SessionHandler handler;

	/** Batches held, the oldest first; absent while there are none. */
	private @Nullable ArrayDeque<Frames> held;

	/**
	 * Replies to the last frame that have not all been sent; absent while there are none.
	 */
	private @Nullable Replies replies;

	/**
	 * The last frame, if it is watched and is unfinished, or its replies have not all
	 * been sent.
	 */
	private @Nullable ObservedMessage observed;

	/** Calls that have succeeded since the counters were updated last. */
	private int succeeded;

	/** Calls that have failed since the counters were updated last. */
	private int failures;

	/**
	 * Nanoseconds spent on an unfinished frame, which the counters get with its last
	 * call.
	 */
	private long uncounted;

	/**
	 * How long calls have taken. While calls are under way, less the age of the session
	 * when they began, and so negative: one field, since an idle session has it too.
	 * Written on the lane; another thread may see an older value.
	 */
	private long handlerNanos;

	/** How the session is to end when nothing is held any more. */
	private @Nullable CloseStatus ending;

	/** The handler has more of the last frame than it may handle in one call. */
	private boolean unfinished;

	/** Waiting for room in the outbox. */
	private boolean waiting;

	/** In a call of the handler that may return replies. */
	private boolean calling;

	/**
	 * The handler has closed the session in such a call: the output ends behind the
	 * replies that the call returns.
	 */
	private boolean closesBehindReplies;

	/**
	 * The handler has been told of a failure of the current frame or its replies, and is
	 * not told of another.
	 */
	private boolean recovering;

	/** The connection is gone. */
	private boolean disconnected;

	/** The session's end has been told. */
	private boolean over;

	/**
	 * On the loop: when the replies gathered began to wait for a flush, or 0 if none do.
	 */
	private long gatheringSince;

	private volatile boolean stalled;

	public MessageInvoker(InvokedSession session, Bounds<InboundOverflow> bounds, Inbox inbox, Outbox outbox,
			LaneScheduler scheduler) {
		SessionSpec spec = session.spec();
		PayloadConverter<?> input = handlers(spec).input();
		this.session = session;
		this.inbox = inbox;
		this.outbox = outbox;
		this.lane = new Lane(scheduler, this);
		this.converter = Payloads.builtIn(input) ? null : input;
		this.droppable = bounds.overflow().drops() ? new FrameQueue(bounds, session.charge()) : null;
	}

	@Override
	public void open() {
		this.lane.open(this::opened);
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		if (this.droppable == null) {
			this.lane.submit(new Frames(payloads, count, bytes));
			return;
		}
		this.session.inboundDropped(this.droppable.add(payloads, bytes));
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
			this.disconnected = true;
			proceed();
		});
	}

	@Override
	public void closing() {
		if (this.session.lost()) {
			// It may wait for a reply that cannot leave, and nothing else would wake it.
			lookAgain();
		}
	}

	@Override
	public void stop(CloseStatus status) {
		// The session itself sees to it that no further frame is handled.
		inputEnded(status);
	}

	@Override
	public void lookAgain() {
		this.lane.submit(this::proceed);
	}

	@Override
	public void callback(Runnable task) {
		this.lane.submit(task);
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
	public boolean closesBehindReplies() {
		if (!this.lane.runsHere() || !this.calling) {
			return false;
		}
		this.closesBehindReplies = true;
		return true;
	}

	@Override
	public boolean stalled() {
		return this.stalled;
	}

	@Override
	public Map<String, ?> details() throws Exception {
		SessionHandler asked = this.handler;
		return (asked != null && !this.over) ? asked.details(this.session) : Map.of();
	}

	@Override
	public long handlerNanos() {
		long nanos = this.handlerNanos;
		return (nanos >= 0) ? nanos : Math.max(0, nanos + System.nanoTime() - this.session.openedNanos());
	}

	@Override
	public int pendingFrames() {
		return (this.droppable != null) ? this.droppable.size() : this.inbox.frames();
	}

	private static ServerHandler.Messages handlers(SessionSpec spec) {
		return (ServerHandler.Messages) spec.handler();
	}

	private void opened() {
		this.session.begun();
		try {
			SessionSpec spec = this.session.spec();
			SessionHandler made = Objects.requireNonNull(handlers(spec).sessions().apply(spec),
					"There is no handler for the session");
			this.handler = made;
			made.opened(this.session);
		}
		catch (Throwable ex) {
			failed("opened", ex);
		}
		// The handler may have replied to a failure.
		boolean all = sendReplies();
		if (this.session.switchable()) {
			taken(1, 0);
		}
		if (all) {
			endOpening();
		}
	}

	private void endOpening() {
		if (this.handler instanceof OpeningAware aware && !this.session.closing()) {
			aware.openingEnded();
		}
	}

	@Override
	public Lane watched() {
		return this.lane;
	}

	@Override
	public long sessionNumber() {
		return this.session.number();
	}

	@Override
	public void batchEnded() {
		if (this.held == null && this.replies == null) {
			// A framing that was asked for outside of a frame takes effect here.
			this.session.switchFraming();
		}
		if (flushesLater()) {
			flush();
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

	private void flush() {
		this.gatheringSince = 0;
		this.outbox.flush();
	}

	/**
	 * Flushes if replies have waited for long: fast replies leave together, slow ones do
	 * not wait for each other. Only on the loop, where to flush is to write; elsewhere
	 * {@link Outbox} has the loop do so soon anyway.
	 * @return whether they had
	 */
	private boolean flushIfSlow(long now) {
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

	private void handleOrHold(Frames frames) {
		if (this.held != null) {
			this.held.add(frames);
		}
		else if (!frames.handle()) {
			this.held = new ArrayDeque<>();
			this.held.add(frames);
		}
	}

	/**
	 * Goes on as far as possible: with the replies that were waiting, then with what was
	 * held for them, then with the end.
	 */
	private void proceed() {
		if (this.over) {
			return;
		}
		if (this.disconnected && this.session.status() != null) {
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
		if (done || (this.stalled && this.replies == null)) {
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

	/**
	 * Sends the replies that wait.
	 * @return whether that was all of them
	 */
	private boolean sendReplies() {
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
						closeBehindReplies();
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
		closeBehindReplies();
		return true;
	}

	private void closeBehindReplies() {
		if (this.closesBehindReplies) {
			this.closesBehindReplies = false;
			this.outbox.repliesEnded();
		}
	}

	/**
	 * Tells who watches that the last frame has been handled, unless the handler has more
	 * of it.
	 */
	private void endObserved() {
		ObservedMessage last = this.observed;
		if (last != null && !this.unfinished) {
			this.observed = null;
			last.ended();
		}
	}

	private static void closeQuietly(Replies replies) {
		try {
			replies.close();
		}
		catch (Throwable ex) {
			// The failure that came first is told, not this one.
		}
	}

	private boolean takeFrames() {
		return (this.droppable != null) ? takeDroppable(this.droppable) : takeHeld();
	}

	private boolean takeHeld() {
		ArrayDeque<Frames> batches = this.held;
		while (batches != null && !batches.isEmpty()) {
			if (!batches.peek().handle()) {
				return false;
			}
			batches.remove();
		}
		this.held = null;
		return this.replies == null;
	}

	private boolean takeDroppable(FrameQueue queue) {
		long since = System.nanoTime();
		this.handlerNanos -= since - this.session.openedNanos();
		Pace pace = new Pace(since);
		for (int calls = 0; !this.session.closing(); calls++) {
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
			Object payload = this.unfinished ? REST : queue.poll();
			if (payload == null) {
				break;
			}
			pace.next();
			handle(payload);
		}
		countCalls(since);
		return this.replies == null;
	}

	/** Goes on behind what else the lane has to do. */
	private void goOn(FrameQueue queue) {
		if (queue.putOff()) {
			this.lane.submit(() -> {
				queue.resume();
				proceed();
			});
		}
	}

	/** Counts all calls that were made in one go. */
	private void countCalls(long since) {
		int calls = this.succeeded + this.failures;
		boolean called = calls > 0 || this.unfinished;
		long now = called ? System.nanoTime() : since;
		this.handlerNanos += now - this.session.openedNanos();
		this.uncounted += now - since;
		if (calls == 0) {
			return;
		}
		long nanos = this.uncounted;
		this.uncounted = 0;
		this.session.counters().countHandled(calls);
		if (this.failures == 0) {
			this.session.counters().countCalls(HandlerOutcome.SUCCESS, calls, nanos);
		}
		else {
			long share = nanos / calls;
			this.session.counters().countCalls(HandlerOutcome.ERROR, this.failures, share * this.failures);
			if (this.succeeded > 0) {
				this.session.counters()
					.countCalls(HandlerOutcome.SUCCESS, this.succeeded, nanos - share * this.failures);
			}
		}
		this.succeeded = 0;
		this.failures = 0;
	}

	/**
	 * Ends the session on the calling thread, unless user code has something to do
	 * before.
	 */
	private void endQuietly(CloseStatus status) {
		SessionHandler current = this.handler;
		boolean held = this.held != null || this.replies != null || this.unfinished
				|| (this.droppable != null && this.droppable.size() > 0);
		if (current != null && !held && !this.over && !this.session.readsPaused() && CLOSING.get(current.getClass())) {
			this.session.close(status);
		}
		else {
			endOnLane(status);
		}
	}

	/**
	 * If the session is to end, ends it; behind the input of the peer that is left to the
	 * handler.
	 */
	private void end() {
		CloseStatus status = this.ending;
		SessionHandler current = this.handler;
		if (status == null) {
			return;
		}
		if (status.reason() != CloseReason.PEER_CLOSED || current == null) {
			this.ending = null;
			this.session.close(status);
		}
		else if (!this.session.readsPaused()) {
			this.ending = null;
			try {
				this.lane.callBegins();
				current.inputEnded(this.session, status);
			}
			catch (Throwable ex) {
				this.session.handlerFailed("inputEnded", ex);
			}
		}
	}

	private void closed() {
		if (this.session.awaitCallbacks(this::proceed)) {
			return;
		}
		this.over = true;
		discardHeld();
		Replies unsent = this.replies;
		this.replies = null;
		this.session.end(this.session.disconnectedStatus());
		if (unsent != null) {
			closeQuietly(unsent);
		}
		this.unfinished = false;
		if (this.observed != null) {
			this.observed.failed(this.session.closedException(null));
			endObserved();
		}
		SessionHandler current = this.handler;
		if (current != null) {
			try {
				this.lane.callBegins();
				current.closed(this.session, this.session.endStatus());
			}
			catch (Throwable ex) {
				this.session.handlerFailed("closed", ex);
			}
		}
		this.session.finished();
	}

	private void discardHeld() {
		int discarded = 0;
		if (this.held != null) {
			for (Frames frames : this.held) {
				discarded += frames.left();
			}
			this.held = null;
		}
		if (this.droppable != null) {
			// The frame that the handler has not finished has left this queue already; in
			// batches it still counts as left.
			discarded += this.unfinished ? 1 : 0;
			while (this.droppable.poll() != null) {
				discarded++;
			}
		}
		this.session.counters().countInboundDiscarded(discarded);
	}

	private boolean mustHold() {
		// If the connection is gone, what came before is handled even while reads are
		// paused: nothing can resume them.
		return this.stalled || this.replies != null || (this.session.readsPaused() && !this.disconnected)
				|| mustAwaitRoom();
	}

	private boolean mustAwaitRoom() {
		if (!this.waiting && this.outbox.congested()) {
			// On the loop what was gathered has not been offered to the socket yet.
			flush();
			this.waiting = this.outbox.awaitRoom(this::roomAgain);
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

	// What {@link Replies} need to be sent as they come. On the lane.

	/**
	 * Whether there is room for a reply.
	 * @return {@code false} if it has to wait; {@link Replies#send} is called again then
	 */
	@Override
	public boolean hasRoom() {
		return !mustAwaitRoom();
	}

	/** Whether the connection is gone: no reply will leave any more. */
	@Override
	public boolean isDisconnected() {
		return this.disconnected;
	}

	/** Whether frames wait for the replies to be complete. */
	@Override
	public boolean hasFramesBehind() {
		if (this.held != null) {
			for (Frames frames : this.held) {
				if (frames.left() > 0) {
					return true;
				}
			}
		}
		return this.droppable != null && this.droppable.size() > 0;
	}

	/**
	 * Sends a reply.
	 * @return {@code false} if the output has ended: nothing that follows will be sent
	 */
	@Override
	public boolean send(Object payload) {
		// The next one may be made when it is asked for.
		this.lane.callBegins();
		return this.session.reply(payload);
	}

	/** Sends a reply; or, if it stands for several or for later ones, begins to. */
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

	/**
	 * Changes replies on the lane, asked from another thread, and goes on.
	 * @param change what to do on the lane
	 */
	@Override
	public void later(Runnable change) {
		this.lane.submit(() -> {
			change.run();
			proceed();
		});
	}

	/**
	 * Frames have been handled: there is room for more, and another framing may be due.
	 */
	private void taken(int count, int bytes) {
		this.session.switchFraming();
		if (this.inbox.taken(count, bytes)) {
			this.session.resumeInput();
		}
	}

	private void handle(Object frame) {
		SessionHandler called = this.handler;
		if (called == null) {
			this.session.counters().countInboundDiscarded(1);
			return;
		}
		this.recovering = false;
		this.lane.callBegins();
		MessageObserver observer = this.unfinished ? null : this.session.observer();
		ObservedMessage begun = (observer != null) ? ObservedMessage.begin(observer, this.session, frame) : null;
		if (begun != null) {
			this.observed = begun;
		}
		try {
			Object reply = call(called, frame);
			if (reply != null) {
				reply(reply);
			}
			if (called.stalled()) {
				this.stalled = true;
				this.session.handlerStalled();
			}
			this.unfinished = called.unfinished() && !this.session.closing();
			if (!this.unfinished) {
				this.succeeded++;
			}
		}
		catch (Throwable ex) {
			this.unfinished = false;
			this.failures++;
			if (this.observed != null) {
				this.observed.failed(ex);
			}
			failed("received", ex);
		}
		// Before the observer is told that the call has returned: replies that are made
		// on demand are made within it.
		boolean all = sendWaiting();
		if (begun != null) {
			begun.returned();
		}
		if (all) {
			endObserved();
		}
	}

	private @Nullable Object call(SessionHandler called, Object frame) throws Exception {
		if (this.unfinished) {
			called.goOn(this.session);
			return null;
		}
		Object payload = (this.converter != null) ? Conversion.of(this.converter, frame) : frame;
		this.calling = true;
		try {
			return called.received(payload, this.session);
		}
		finally {
			this.calling = false;
		}
	}

	/**
	 * Tells the handler of a failure, once for each frame; if it does not deal with that,
	 * the session ends.
	 */
	private void failed(String call, Throwable failure) {
		Throwable left = failure;
		SessionHandler called = this.handler;
		if (failure instanceof Exception exception && called != null && !this.recovering) {
			this.recovering = true;
			this.lane.callBegins();
			this.calling = true;
			try {
				Object reply = called.failed(exception, this.session);
				if (reply != null) {
					reply(reply);
				}
				return;
			}
			catch (Throwable ex) {
				left = ex;
			}
			finally {
				this.calling = false;
			}
		}
		String source = (called instanceof FailureSource known) ? known.sourceOf(left) : null;
		if (source != null) {
			this.session.otherFailed(source, left);
		}
		else {
			this.session.handlerFailed(call, left);
		}
	}

	/** The frames of one read, as a task on the lane. */
	private final class Frames extends Lane.Task {

		private final Object payloads;

		private final int count;

		private final int bytes;

		private int handled;

		Frames(Object payloads, int count, int bytes) {
			this.payloads = payloads;
			this.count = count;
			this.bytes = bytes;
		}

		@Override
		public void run() {
			MessageInvoker.this.handleOrHold(this);
		}

		/** Handles what is not handled yet; returns whether that was all of it. */
		boolean handle() {
			MessageInvoker invoker = MessageInvoker.this;
			long since = System.nanoTime();
			invoker.handlerNanos -= since - invoker.session.openedNanos();
			boolean all = handleAll(invoker, since);
			invoker.countCalls(since);
			if (!all) {
				return false;
			}
			if (invoker.replies != null && invoker.session.switchable()) {
				// The framing may still be changed by whoever makes the replies: what
				// follows must not be cut before.
				return false;
			}
			invoker.session.counters().countInboundDiscarded(left());
			invoker.taken(this.count, this.bytes);
			this.handled = this.count;
			return true;
		}

		/** Returns whether all are handled, or the session is at its end. */
		private boolean handleAll(MessageInvoker invoker, long since) {
			Pace pace = new Pace(since);
			while (this.handled < this.count && !invoker.session.closing()) {
				invoker.inbox.handled(this.handled);
				if (invoker.mustHold()) {
					return false;
				}
				pace.next();
				invoker.handle(next());
				if (!invoker.unfinished) {
					this.handled++;
				}
			}
			return true;
		}

		/** How many have not been handled. */
		int left() {
			return this.count - this.handled;
		}

		private Object next() {
			Object payload = this.payloads;
			if (payload instanceof Object[] several) {
				payload = several[this.handled];
			}
			return payload;
		}

	}

	/**
	 * Looks at the clock between calls, for {@link #flushIfSlow}: before the first call
	 * and the fifth, then before every eighth, since a look costs as much as a good part
	 * of a fast call; and before the next call once replies have waited too long. So
	 * replies to fast calls may wait for up to eight slow ones behind them.
	 */
	private final class Pace {

		private static final int FIRST_LOOK = 4;

		/** Calls without a look, at most. */
		private static final int MOST_CALLS = 8;

		private final boolean looks = Thread.currentThread() instanceof IoThread;

		private int calls;

		private int nextLook = FIRST_LOOK;

		Pace(long now) {
			if (this.looks) {
				flushIfSlow(now);
			}
		}

		/** A call is about to begin. */
		void next() {
			if (this.looks && this.calls++ == this.nextLook) {
				boolean slow = flushIfSlow(System.nanoTime());
				this.nextLook = slow ? this.calls : this.nextLook + Math.min(this.nextLook, MOST_CALLS);
			}
		}

	}

}
