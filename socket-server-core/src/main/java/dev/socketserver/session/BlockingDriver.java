package dev.socketserver.session;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import org.jspecify.annotations.Nullable;

/**
 * Drives a handler that blocks: one call on a thread of its own, which takes payloads
 * from a pipe that the loop fills. Callbacks run on a lane beside it.
 * <p>
 * A lock with conditions guards the pipe, rather than a monitor, because a virtual thread
 * that waits in a monitor keeps its carrier before Java 24. The handler's threads only
 * ever wait here, and never touch the connection: interrupting one cannot close it.
 */
final class BlockingDriver implements Driver, Lane.Owner {

	private final Session session;

	private final Call call;

	private final Inbox inbox;

	private final Outbox outbox;

	private final SessionThreads threads;

	private final Lane callbacks;

	private final ReentrantLock lock = new ReentrantLock();

	/** There may be something to read, or a reason not to wait for it. */
	private final Condition input = this.lock.newCondition();

	/** There may be room in the outbox, or a reason not to wait for it. */
	private final Condition room = this.lock.newCondition();

	private final ArrayDeque<Batch> batches = new ArrayDeque<>();

	/** Where frames may be dropped, they wait here and not in batches. */
	private final @Nullable FrameQueue droppable;

	/**
	 * How the session ends once the handler has read everything; set once, under the
	 * lock.
	 */
	private @Nullable CloseStatus inputEnd;

	/** The server stops. Under the lock. */
	private boolean stopped;

	/** A conversation was told of the end of input. Under the lock. */
	private boolean endTold;

	/** The outbox will say when it has room. Under the lock. */
	private boolean roomAsked;

	/** The call and the connection: the session ends when both have. */
	private final AtomicInteger running = new AtomicInteger(2);

	private volatile @Nullable Thread thread;

	BlockingDriver(Session session, Call call, ServerSpec.Inbound limits, Inbox inbox, Outbox outbox,
			LaneScheduler scheduler, SessionThreads threads) {
		this.session = session;
		this.call = call;
		this.inbox = inbox;
		this.outbox = outbox;
		this.threads = threads;
		this.callbacks = new Lane(scheduler, this);
		this.droppable = limits.overflow().drops() ? new FrameQueue(limits) : null;
	}

	@Override
	public void open() {
		try {
			this.threads.start(this.session.id(), this::serve);
		}
		catch (RuntimeException | Error ex) {
			// The operating system has no thread left, or the server's executor is gone.
			this.callbacks.submit(this.session::begun);
			this.session.executorRefused();
			partEnded();
		}
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		this.lock.lock();
		try {
			if (this.inputEnd != null) {
				// The server stops: what comes now is not read any more, and must not
				// keep a peer that writes first from reading our last words.
				taken(count, bytes);
			}
			else if (this.droppable != null) {
				this.session.inboundDropped(this.droppable.add(payloads, bytes));
			}
			else {
				this.batches.add(new Batch(payloads, count, bytes));
			}
			this.input.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void inputEnded(CloseStatus status) {
		endInput(status, false);
	}

	@Override
	public void stop(CloseStatus status) {
		endInput(status, true);
	}

	private void endInput(CloseStatus status, boolean stop) {
		this.lock.lock();
		try {
			this.stopped |= stop;
			if (this.inputEnd == null) {
				this.inputEnd = status;
			}
			this.input.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void lookAgain() {
		this.lock.lock();
		try {
			this.input.signalAll();
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void closing() {
		lookAgain();
	}

	@Override
	public int pendingFrames() {
		return (this.droppable != null) ? this.droppable.size() : this.inbox.frames();
	}

	@Override
	public void disconnected() {
		lookAgain();
		partEnded();
	}

	@Override
	public void callback(Runnable task) {
		this.callbacks.submit(task);
	}

	@Override
	public boolean flushesLater() {
		return false;
	}

	@Override
	public boolean runsHere() {
		return this.thread == Thread.currentThread() || this.callbacks.runsHere();
	}

	@Override
	public boolean stalled() {
		return false;
	}

	@Override
	public long sessionNumber() {
		return this.session.number();
	}

	@Override
	public void batchEnded() {
		// What callbacks send is flushed as it is sent.
	}

	@Override
	public void refused() {
		this.session.executorRefused();
	}

	private void serve() {
		this.thread = Thread.currentThread();
		try {
			this.session.begun();
			this.call.run(this, this.session);
			returned();
		}
		catch (Throwable ex) {
			failed(ex);
		}
		finally {
			this.thread = null;
			partEnded();
		}
	}

	/** Closes behind what was sent. */
	private void returned() {
		CloseStatus status;
		this.lock.lock();
		try {
			status = this.inputEnd;
		}
		finally {
			this.lock.unlock();
		}
		if (status == null) {
			// A handler may well return because it was told that the connection is lost.
			status = this.session.lost() ? this.session.disconnectedStatus()
					: CloseStatus.of(CloseReason.HANDLER_CLOSED);
		}
		if (status != null) {
			this.session.close(status);
		}
	}

	private void failed(Throwable failure) {
		Throwable told = unwrapped(failure);
		// What throws because the session is ending has told the handler that it is.
		if (!(told instanceof SessionClosedException && ending())) {
			this.session.handlerFailed("handle", told);
		}
	}

	/** What went wrong, where it came out of a lambda or of another thread. */
	private static Throwable unwrapped(Throwable failure) {
		Throwable told = failure;
		Throwable cause = failure;
		while (cause != null) {
			told = cause;
			// None but these themselves: what asks user code may throw.
			Class<?> type = told.getClass();
			boolean wrapper = type == UncheckedIOException.class || type == CompletionException.class
					|| type == ExecutionException.class;
			cause = wrapper ? told.getCause() : null;
		}
		return told;
	}

	private boolean ending() {
		return this.session.lost() || this.session.status() != null;
	}

	/**
	 * The call or the connection has ended. Behind both, and all callbacks, comes the
	 * end.
	 */
	private void partEnded() {
		if (this.running.decrementAndGet() == 0) {
			this.callbacks.submit(this::end);
		}
	}

	private void end() {
		if (this.session.awaitCallbacks(this::end)) {
			return;
		}
		discardInput();
		this.session.end(this.session.disconnectedStatus());
		this.session.finished();
	}

	// What the handler's threads do.

	/** Whether what has been read already may be given to the handler. */
	boolean flowing() {
		return this.session.status() == null && !this.session.readsPaused();
	}

	/**
	 * Returns the first payload without taking it.
	 * @return the payload, or {@code null} if there is none now
	 */
	@Nullable Object head() throws SessionClosedException {
		this.lock.lock();
		try {
			return (look() == Look.PAYLOAD) ? this.batches.element().head() : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for the first payload, and does not take it.
	 * @return the payload, or {@code null} at the end of input
	 */
	@Nullable Object awaitHead() throws IOException {
		this.lock.lock();
		try {
			Look found = look();
			while (found == Look.NOTHING_YET) {
				this.input.await();
				found = look();
			}
			return (found == Look.PAYLOAD) ? this.batches.element().head() : null;
		}
		catch (InterruptedException ex) {
			throw interrupted("input");
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Takes the payload that was the first: the handler has used it up. */
	void takeHead() {
		this.lock.lock();
		try {
			if (!this.batches.isEmpty()) {
				take();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for a frame and takes it.
	 * @return the payload, or {@code null} at the end of input
	 */
	@Nullable Object awaitFrame() throws IOException {
		this.lock.lock();
		try {
			Look found = lookForFrame();
			while (found == Look.NOTHING_YET) {
				this.input.await();
				found = lookForFrame();
			}
			return taken(found);
		}
		catch (InterruptedException ex) {
			throw interrupted("a frame");
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for a frame, but not for ever, and takes it.
	 * @param nanos how long
	 * @return the payload, or {@code null} at the end of input
	 */
	@Nullable Object awaitFrame(long nanos) throws IOException, TimeoutException {
		long left = nanos;
		this.lock.lock();
		try {
			Look found = lookForFrame();
			while (found == Look.NOTHING_YET) {
				if (left <= 0) {
					throw new TimeoutException("Session " + this.session.id() + ": no frame came in time");
				}
				left = this.input.awaitNanos(left);
				found = lookForFrame();
			}
			return taken(found);
		}
		catch (InterruptedException ex) {
			throw interrupted("a frame");
		}
		finally {
			this.lock.unlock();
		}
	}

	private Look lookForFrame() throws SessionClosedException {
		if (this.endTold && this.session.lost()) {
			// A loop that ignores the end would go round for ever.
			throw closed();
		}
		return look();
	}

	private @Nullable Object taken(Look found) {
		this.endTold = found == Look.END;
		return this.endTold ? null : take();
	}

	/** Looks whether there is something for the handler. Under the lock. */
	private Look look() throws SessionClosedException {
		if (this.session.status() != null) {
			// No further frame reaches the handler.
			throw closed();
		}
		boolean lost = this.session.lost();
		if (this.session.readsPaused() && !lost) {
			if (!this.stopped) {
				return Look.NOTHING_YET;
			}
			// What waits is not to be handled, and will not be resumed.
			discardInput();
		}
		if ((this.droppable != null) ? this.droppable.size() > 0 : !this.batches.isEmpty()) {
			return Look.PAYLOAD;
		}
		if (this.inputEnd != null) {
			return Look.END;
		}
		if (lost) {
			throw closed();
		}
		return Look.NOTHING_YET;
	}

	/** Takes the first payload; there is one, unless dropped. Under the lock. */
	private @Nullable Object take() {
		if (this.droppable != null) {
			return this.droppable.poll();
		}
		Batch first = this.batches.element();
		Object payload = first.head();
		taken(1, first.take());
		if (first.isEmpty()) {
			this.batches.remove();
		}
		return payload;
	}

	private void discardInput() {
		this.lock.lock();
		try {
			while (this.droppable != null && this.droppable.poll() != null) {
				// One after the other.
			}
			while (!this.batches.isEmpty()) {
				take();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void taken(int count, long bytes) {
		if (this.droppable == null && this.inbox.taken(count, bytes)) {
			this.session.resumeInput();
		}
	}

	/**
	 * Sends bytes as one frame, when there is room for them. Any thread but the loop.
	 * @param payload the bytes, copied
	 */
	void send(byte[] payload) throws IOException {
		if (this.outbox.congested()) {
			awaitRoom();
		}
		if (this.session.status() != null || !this.outbox.add(payload, true)) {
			throw closed();
		}
	}

	private void awaitRoom() throws IOException {
		this.lock.lock();
		try {
			while (!ending() && this.outbox.congested() && mustAwaitRoom()) {
				this.room.await();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted("the peer to read");
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean mustAwaitRoom() {
		if (!this.roomAsked) {
			this.roomAsked = this.outbox.awaitRoom(this::roomAgain);
		}
		return this.roomAsked;
	}

	/** On the loop. */
	private void roomAgain() {
		this.lock.lock();
		try {
			this.roomAsked = false;
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private SessionClosedException closed() {
		return new SessionClosedException(this.session.id(), this.session.status(), null);
	}

	private static InterruptedIOException interrupted(String awaited) {
		Thread.currentThread().interrupt();
		return new InterruptedIOException("interrupted while waiting for " + awaited);
	}

	/** The handler's call, in one of its forms. */
	@FunctionalInterface
	interface Call {

		/**
		 * Calls the handler, once.
		 * @param driver what the handler reads from and sends with
		 * @param session the session
		 * @throws Exception whatever the handler throws
		 */
		void run(BlockingDriver driver, Session session) throws Exception;

	}

	private enum Look {

		PAYLOAD, NOTHING_YET, END

	}

	/** Payloads of one read. */
	private static final class Batch {

		private final Object payloads;

		private final int count;

		private final int bytes;

		private int taken;

		Batch(Object payloads, int count, int bytes) {
			this.payloads = payloads;
			this.count = count;
			this.bytes = bytes;
		}

		Object head() {
			return (this.payloads instanceof Object[] several) ? several[this.taken] : this.payloads;
		}

		/**
		 * Takes the first; returns how many bytes it had, which is known of all together.
		 */
		int take() {
			int share = this.bytes / this.count;
			this.taken++;
			return isEmpty() ? this.bytes - share * (this.count - 1) : share;
		}

		boolean isEmpty() {
			return this.taken == this.count;
		}

	}

}
