package dev.socketserver.session;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.HandlerOutcome;
import dev.socketserver.MessageObserver;
import dev.socketserver.PayloadException;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * Drives a handler of messages: everything that happens to the session becomes a task on
 * its lane, and all fields but {@link #stalled} are confined to it.
 * <p>
 * A frame is handled when all replies to those before it are on their way; else it and
 * those behind it are held, without occupying a thread. What keeps replies from leaving
 * is that there is no room in the outbox, or that the handler gives them later.
 */
final class MessageDriver implements Driver, Lane.Owner {

	/**
	 * How long a reply may wait for others to leave with it, as far as somebody looks:
	 * see {@link Pace}.
	 */
	private static final long GATHERING_NANOS = 100_000;

	/** Stands for the last frame, of which the handler has more. */
	private static final Object REST = new Object();

	/** Which handlers do nothing at the end of the input but close. */
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

	private final Session session;

	private final Inbox inbox;

	private final Outbox outbox;

	private final Lane lane;

	/**
	 * Reads frames on the lane; absent if they have been read already, where they were
	 * cut.
	 */
	private final @Nullable PayloadConverter<?> converter;

	/** Where frames may be dropped, they wait here and not on the lane. */
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

	/** Calls since the ledger was told, without those that failed. */
	private int succeeded;

	/** Calls that failed since the ledger was told. */
	private int failures;

	/** What was spent on an unfinished frame, of which the ledger was not told. */
	private long uncounted;

	/** How the session is to end when nothing is held any more. */
	private @Nullable CloseStatus ending;

	/** The handler has more of the last frame than it may handle in one call. */
	private boolean unfinished;

	/** Waiting for room in the outbox. */
	private boolean waiting;

	/** In a call of the handler that may return replies. */
	private boolean calling;

	/** It closed the session in such a call: behind the replies the output ends. */
	private boolean closesBehindReplies;

	/** The handler has been told of a failure with the current frame or its replies. */
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

	MessageDriver(Session session, Inbox inbox, Outbox outbox, LaneScheduler scheduler) {
		SessionSpec spec = session.spec();
		PayloadConverter<?> input = handlers(spec).input();
		this.session = session;
		this.inbox = inbox;
		this.outbox = outbox;
		this.lane = new Lane(scheduler, this);
		this.converter = Payloads.builtIn(input) ? null : input;
		this.droppable = spec.inbound().overflow().drops() ? new FrameQueue(spec.inbound(), session.charge()) : null;
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
		// Nearly always nothing is under way then, and no user code has a say: it is not
		// worth a thread.
		if (!this.lane.runIfIdle(() -> endQuietly(status))) {
			endOnLane(status);
		}
	}

	private void endOnLane(CloseStatus status) {
		this.lane.submit(() -> {
			if (this.ending == null || this.ending.reason() == CloseReason.CLIENT_CLOSED) {
				// Else a peer that ends its output meanwhile would leave it to the
				// handler whether the session ends.
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
	public void stop(CloseStatus status) {
		// The session has seen to it that no further frame is handled.
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
		// A handler that runs elsewhere may send, and then take its time or wait for
		// the outcome.
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
		// One in place of a failure, perhaps.
		sendReplies();
		if (this.session.switchable()) {
			taken(1, 0);
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
			// Asked for outside of a frame.
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
	public @Nullable Session named() {
		return this.session.named();
	}

	private void flush() {
		this.gatheringSince = 0;
		this.outbox.flush();
	}

	/**
	 * Flushes if replies have waited for long: fast ones leave together, slow ones do not
	 * wait for each other. On the loop, where flushing is writing; elsewhere the loop
	 * sees to that.
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
		boolean done = sendReplies() && takeFrames();
		if (done || (this.stalled && this.replies == null)) {
			// A stalled handler will never take what is held.
			if (this.disconnected) {
				// The peer left, the session did not close it: what arrived before has
				// been handled.
				closed();
			}
			else {
				end();
			}
		}
	}

	/** Sends the replies that wait; returns whether that was all of them. */
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
						// What comes later than the call is not waited for.
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

	/** The last frame has been handled, unless the handler has more of it. */
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
			// What went wrong first is told.
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
		Pace pace = new Pace(since);
		while (!this.session.closing()) {
			if (mustHold()) {
				countCalls(since);
				return false;
			}
			Object payload = this.unfinished ? REST : take(queue);
			if (payload == null) {
				break;
			}
			pace.next();
			handle(payload);
		}
		countCalls(since);
		return this.replies == null;
	}

	private @Nullable Object take(FrameQueue queue) {
		Object payload = queue.poll();
		if (this.handler instanceof LossAware aware) {
			tellOfDropped(aware, queue.droppedBefore());
		}
		return payload;
	}

	private static void tellOfDropped(LossAware aware, int frames) {
		if (frames > 0) {
			aware.lost(frames, new IOException(
					"it was dropped: more was received than inbound.capacity or inbound.bytes allow to wait"));
		}
	}

	/** Tells the ledger of calls, once for all that were made in one go. */
	private void countCalls(long since) {
		int calls = this.succeeded + this.failures;
		if (calls == 0) {
			if (this.unfinished) {
				this.uncounted += System.nanoTime() - since;
			}
			return;
		}
		long nanos = System.nanoTime() - since + this.uncounted;
		this.uncounted = 0;
		this.session.ledger().countHandled(calls);
		if (this.failures == 0) {
			this.session.ledger().countCalls(HandlerOutcome.SUCCESS, calls, nanos);
		}
		else {
			long share = nanos / calls;
			this.session.ledger().countCalls(HandlerOutcome.ERROR, this.failures, share * this.failures);
			if (this.succeeded > 0) {
				this.session.ledger().countCalls(HandlerOutcome.SUCCESS, this.succeeded, nanos - share * this.failures);
			}
		}
		this.succeeded = 0;
		this.failures = 0;
	}

	/** Ends the session here, unless that is for user code to do. */
	private void endQuietly(CloseStatus status) {
		SessionHandler told = this.handler;
		boolean held = this.held != null || this.replies != null || this.unfinished
				|| (this.droppable != null && this.droppable.size() > 0);
		if (told != null && !held && !this.over && !this.session.readsPaused() && CLOSING.get(told.getClass())) {
			this.session.close(status);
		}
		else {
			endOnLane(status);
		}
	}

	/** Ends the session the way it is to end, if it is. */
	private void end() {
		CloseStatus status = this.ending;
		SessionHandler told = this.handler;
		if (status == null) {
			return;
		}
		if (status.reason() != CloseReason.CLIENT_CLOSED || told == null) {
			this.ending = null;
			this.session.close(status);
		}
		else if (!this.session.readsPaused()) {
			this.ending = null;
			try {
				this.lane.callBegins();
				told.inputEnded(this.session, status);
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
		SessionHandler told = this.handler;
		if (told != null) {
			try {
				this.lane.callBegins();
				told.closed(this.session, this.session.endStatus());
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
			// It is in the queue no more; elsewhere it is among those that are left.
			discarded += this.unfinished ? 1 : 0;
			while (this.droppable.poll() != null) {
				discarded++;
			}
		}
		this.session.ledger().countInboundDiscarded(discarded);
	}

	private boolean mustHold() {
		// A connection that is gone is not read any more, paused or not.
		return this.stalled || this.replies != null || (this.session.readsPaused() && !this.disconnected)
				|| mustAwaitRoom();
	}

	private boolean mustAwaitRoom() {
		if (!this.waiting && this.outbox.congested()) {
			// On the loop nothing has been flushed yet.
			flush();
			this.waiting = this.outbox.awaitRoom(this::roomAgain);
			if (!this.waiting && Thread.currentThread() instanceof IoThread) {
				// All has left at once, and would again: others have their turn first.
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

	// What the replies of a handler need, to be sent as they come about. On the lane.

	/**
	 * Whether there is room for a reply.
	 * @return {@code false} if it has to wait; {@link Replies#send} is called again then
	 */
	boolean hasRoom() {
		return !mustAwaitRoom();
	}

	/** Whether the connection is gone: no reply will leave any more. */
	boolean isDisconnected() {
		return this.disconnected;
	}

	/**
	 * Sends a reply.
	 * @return {@code false} if the output has ended: nothing that follows will be sent
	 */
	boolean send(Object payload) {
		// The next one may be made when it is asked for.
		this.lane.callBegins();
		return this.session.reply(payload);
	}

	/** Sends a reply, or what stands for several or later ones. */
	void reply(Object reply) {
		Replies several = Replies.of(reply, this);
		if (several != null) {
			this.replies = several;
		}
		else {
			send(reply);
		}
	}

	/**
	 * Changes replies from outside of the lane, and goes on.
	 * @param change what to do on the lane
	 */
	void later(Runnable change) {
		this.lane.submit(() -> {
			change.run();
			proceed();
		});
	}

	/** Frames have been handled: more can be cut, with the framing that is then due. */
	private void taken(int count, int bytes) {
		this.session.switchFraming();
		if (this.inbox.taken(count, bytes)) {
			this.session.resumeInput();
		}
	}

	private void handle(Object frame) {
		SessionHandler called = this.handler;
		if (called == null) {
			this.session.ledger().countInboundDiscarded(1);
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
		// Who makes replies when he is asked for them does that within the call too.
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
		Object payload = (this.converter != null) ? read(this.converter, frame, called) : frame;
		this.calling = true;
		try {
			return called.received(payload, this.session);
		}
		finally {
			this.calling = false;
		}
	}

	private static Object read(PayloadConverter<?> converter, Object frame, SessionHandler reader)
			throws PayloadException {
		try {
			return convert(converter, frame);
		}
		catch (PayloadException ex) {
			if (reader instanceof LossAware aware) {
				aware.lost(1, ex);
			}
			throw ex;
		}
	}

	static Object convert(PayloadConverter<?> converter, Object frame) throws PayloadException {
		byte[] bytes = (byte[]) frame;
		try {
			return Objects.requireNonNull(converter.read(bytes, 0, bytes.length), "The converter read null");
		}
		catch (Exception ex) {
			throw new PayloadException(converter.type(), ex);
		}
	}

	/** Lets the handler make good for a failure, once for each frame. */
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
		this.session.handlerFailed(call, left);
	}

	/** Frames of one read. */
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
		void run() {
			MessageDriver.this.handleOrHold(this);
		}

		/** Handles what is not handled yet; returns whether that was all of it. */
		boolean handle() {
			MessageDriver driver = MessageDriver.this;
			long since = System.nanoTime();
			boolean all = handleAll(driver, since);
			driver.countCalls(since);
			if (!all) {
				return false;
			}
			if (driver.replies != null && driver.session.switchable()) {
				// Whoever makes the replies may still change the framing behind them.
				return false;
			}
			driver.session.ledger().countInboundDiscarded(left());
			driver.taken(this.count, this.bytes);
			this.handled = this.count;
			return true;
		}

		/** Returns whether all are handled, or the session is at its end. */
		private boolean handleAll(MessageDriver driver, long since) {
			Pace pace = new Pace(since);
			while (this.handled < this.count && !driver.session.closing()) {
				driver.inbox.handled(this.handled);
				if (driver.mustHold()) {
					return false;
				}
				pace.next();
				driver.handle(next());
				if (!driver.unfinished) {
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
	 * Looks between two calls whether replies should not wait any longer: before the
	 * first and the fifth, and then before every eighth, since the clock costs as much as
	 * a good part of a fast call; before the next one where they have waited too long. So
	 * replies to fast calls may wait for as many slow ones behind them.
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
