package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionClosedException;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.input.FrameQueue;
import dev.socketserver.engine.input.SessionInput;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.FrameException;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * What a handler that blocks reads: the loop adds payloads, and the threads of the
 * handler wait for them and take them.
 * <p>
 * Guarded by a lock with a condition, since a virtual thread that waits in a monitor
 * keeps its carrier before Java 24. The threads of the handler never touch the
 * connection, so that interrupting one of them cannot close it.
 */
public final class BlockingInput {

	private final InvokedSession session;

	private final SessionInput input;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Signalled when there may be something to read, or a reason not to wait any longer.
	 */
	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<Batch> batches = new ArrayDeque<>();

	/**
	 * Frames that may be dropped wait here, and not in {@link #batches}; absent unless
	 * the inbound policy drops.
	 */
	private final @Nullable FrameQueue droppable;

	/** How the session ends once the handler has read everything; set once. */
	private @Nullable CloseStatus end;

	/** The server stops: perhaps before the handler was notified of the end, or after. */
	private boolean stopped;

	/**
	 * While frames are decoded one at a time: the size of the frame that the handler
	 * works on, and 0 before the first; nothing is decoded meanwhile. Otherwise, and
	 * while the handler has no frame, -1.
	 */
	private long current;

	/** How many frames the handler has taken of which the counters do not know yet. */
	private int handled;

	/** A conversation was notified of the end of input. */
	private boolean endNotified;

	/** Answers what is no frame, on the thread of the handler. */
	private final Consumer<FrameException> badFrames;

	BlockingInput(InvokedSession session, Bounds<InboundOverflow> bounds, SessionInput input,
			Consumer<FrameException> badFrames) {
		this.badFrames = badFrames;
		this.session = session;
		this.input = input;
		this.current = session.input().steps().oneAtATime() ? 0 : -1;
		this.droppable = bounds.overflow().drops() ? new FrameQueue(bounds, session.state()) : null;
	}

	/**
	 * Adds what arrived. On the loop.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	void add(Object payloads, int count, int bytes) {
		this.lock.lock();
		try {
			if (this.end != null) {
				// The server stops: what is received now is not read any more, and must
				// not keep a peer that writes first from reading our last words.
				taken(count, bytes);
				this.session.state().countInboundDiscarded(count);
			}
			else if (this.droppable != null) {
				this.session.input().dropped(this.droppable.add(payloads, bytes));
			}
			else {
				this.batches.add(new Batch(payloads, count, bytes));
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Nothing more is received. Any thread.
	 * @param status how the session ends after what is there, unless that is settled
	 */
	void end(CloseStatus status) {
		this.lock.lock();
		try {
			if (this.end == null) {
				this.end = status;
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Nothing more is received, because the server stops. Any thread.
	 * @param status how the session ends after what is there, unless that is settled
	 */
	void stop(CloseStatus status) {
		this.lock.lock();
		try {
			this.stopped = true;
			end(status);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How the session ends once everything here was read, if that is settled. Any thread.
	 */
	@Nullable CloseStatus endStatus() {
		this.lock.lock();
		try {
			return this.end;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wakes the threads of the handler, since what kept them waiting may have changed.
	 * Any thread.
	 */
	void checkAgain() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether something was decoded that the handler has not read. Its thread. */
	boolean hasUnread() {
		this.lock.lock();
		try {
			return !this.batches.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The handler has done with what it has read, and waits for something else. */
	void frameDone() {
		this.lock.lock();
		try {
			releaseLast();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** How many payloads wait. Any thread. */
	int size() {
		return (this.droppable != null) ? this.droppable.size() : this.input.frames();
	}

	// What the handler's threads do.

	/** Whether what has been read already may be given to the handler. */
	boolean flowing() {
		return !this.session.end().isSettled() && !this.session.input().readsPaused();
	}

	/**
	 * Returns the first payload without taking it.
	 * @return the payload, or {@code null} if there is none now
	 */
	@Nullable Object head() throws SessionClosedException {
		this.lock.lock();
		try {
			return (check() == Found.PAYLOAD) ? this.batches.element().head() : null;
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
			Found found = check();
			if (found == Found.NOTHING_YET) {
				releaseLast();
			}
			while (found == Found.NOTHING_YET) {
				this.changed.await();
				found = check();
			}
			return (found == Found.PAYLOAD) ? this.batches.element().head() : null;
		}
		catch (InterruptedException ex) {
			throw BlockingOutput.interrupted("input");
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
				this.handled++;
				countHandled();
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
		Object frame = nextFrame();
		while (frame instanceof FrameException bad) {
			this.badFrames.accept(bad);
			frame = nextFrame();
		}
		return frame;
	}

	private @Nullable Object nextFrame() throws IOException {
		this.lock.lock();
		try {
			Found found = checkForFrame();
			while (found == Found.NOTHING_YET) {
				this.changed.await();
				found = checkForFrame();
			}
			return taken(found);
		}
		catch (InterruptedException ex) {
			throw BlockingOutput.interrupted("a frame");
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
		long begun = System.nanoTime();
		Object frame = nextFrame(nanos);
		while (frame instanceof FrameException bad) {
			this.badFrames.accept(bad);
			frame = nextFrame(nanos - (System.nanoTime() - begun));
		}
		return frame;
	}

	private @Nullable Object nextFrame(long nanos) throws IOException, TimeoutException {
		long left = nanos;
		this.lock.lock();
		try {
			Found found = checkForFrame();
			while (found == Found.NOTHING_YET) {
				if (left <= 0) {
					throw new TimeoutException("Session " + this.session.id() + ": no frame arrived in time");
				}
				left = this.changed.awaitNanos(left);
				found = checkForFrame();
			}
			return taken(found);
		}
		catch (InterruptedException ex) {
			throw BlockingOutput.interrupted("a frame");
		}
		finally {
			this.lock.unlock();
		}
	}

	private Found checkForFrame() throws SessionClosedException {
		releaseLast();
		if (this.endNotified && this.session.end().isGone()) {
			// A handler that ignores the end and asks again would do so for ever.
			throw this.session.state().closedException(null);
		}
		return check();
	}

	private @Nullable Object taken(Found found) {
		this.endNotified = found == Found.END;
		if (this.endNotified) {
			return null;
		}
		Object payload = take();
		if (payload != null) {
			this.handled++;
			countHandled();
		}
		return payload;
	}

	/** Checks whether there is something for the handler. Under the lock. */
	private Found check() throws SessionClosedException {
		if (this.session.end().isSettled()) {
			// No further frame reaches the handler.
			throw this.session.state().closedException(null);
		}
		boolean lost = this.session.end().isGone();
		if (this.session.input().readsPaused() && !lost) {
			if (!this.stopped) {
				return Found.NOTHING_YET;
			}
			// The server stops while reads are paused: they will not be resumed, and what
			// waits is not handled.
			discard();
		}
		if ((this.droppable != null) ? this.droppable.size() > 0 : !this.batches.isEmpty()) {
			return Found.PAYLOAD;
		}
		if (this.end != null) {
			return Found.END;
		}
		if (lost) {
			throw this.session.state().closedException(null);
		}
		return Found.NOTHING_YET;
	}

	/** Takes the first payload; there is one, unless dropped. Under the lock. */
	private @Nullable Object take() {
		if (this.droppable != null) {
			return this.droppable.poll();
		}
		Batch first = this.batches.element();
		Object payload = first.head();
		long size = first.take();
		if (this.session.input().steps().oneAtATime()) {
			// What follows must not be decoded before the handler has done with this
			// frame.
			releaseLast();
			this.current = size;
		}
		else {
			taken(1, size);
		}
		if (first.isEmpty()) {
			this.batches.remove();
		}
		return payload;
	}

	/** Drops what waits. Any thread. */
	void discard() {
		this.lock.lock();
		try {
			int discarded = 0;
			while (this.droppable != null && this.droppable.poll() != null) {
				discarded++;
			}
			while (!this.batches.isEmpty()) {
				take();
				discarded++;
			}
			countHandled();
			this.session.state().countInboundDiscarded(discarded);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Counts the frames of one read, all together. Under the lock. */
	private void countHandled() {
		if (this.batches.isEmpty() && this.handled > 0) {
			this.session.state().counters().countHandled(this.handled);
			this.handled = 0;
		}
	}

	/** The handler has done with the frame that it took last. Under the lock. */
	private void releaseLast() {
		// Also if it was asked for while the handler had no frame.
		this.session.input().frameDone();
		if (this.current >= 0) {
			long size = this.current;
			this.current = -1;
			taken(1, size);
		}
	}

	private void taken(int count, long bytes) {
		if (this.droppable == null && this.input.taken(count, bytes)) {
			this.session.input().roomAgain();
		}
	}

	private enum Found {

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
