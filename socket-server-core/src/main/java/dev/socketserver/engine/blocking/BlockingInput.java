package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionClosedException;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.input.FrameQueue;
import dev.socketserver.engine.input.WaitingFrame;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.FrameException;
import dev.socketserver.operator.Counter;
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

	private static final long FOREVER = Long.MAX_VALUE;

	private final InvokedSession session;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Signalled when there may be something to read, or a reason not to wait any longer.
	 */
	private final Condition changed = this.lock.newCondition();

	private final FrameQueue frames;

	/** Whether frames are dropped and charged here, and not counted by the input. */
	private final boolean drops;

	/**
	 * How the session ends once the handler has read everything; set once, under the
	 * lock.
	 */
	private volatile @Nullable CloseStatus end;

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

	BlockingInput(InvokedSession session, Bounds<InboundOverflow> bounds, Consumer<FrameException> badFrames) {
		this.badFrames = badFrames;
		this.session = session;
		this.current = session.input().steps().oneAtATime() ? 0 : -1;
		this.drops = bounds.overflow().drops();
		this.frames = new FrameQueue(bounds, session.state());
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
			else {
				WaitingFrame.each(payloads, count, bytes,
						(frame) -> this.session.input().dropped(this.frames.add(frame)));
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
		locked(() -> {
			if (this.end == null) {
				this.end = status;
			}
			this.changed.signalAll();
		});
	}

	/**
	 * Nothing more is received, because the server stops. Any thread.
	 * @param status how the session ends after what is there, unless that is settled
	 */
	void stop(CloseStatus status) {
		locked(() -> {
			this.stopped = true;
			end(status);
		});
	}

	/**
	 * How the session ends once everything here was read, if that is settled. Any thread.
	 */
	@Nullable CloseStatus endStatus() {
		return this.end;
	}

	/**
	 * Wakes the threads of the handler, since what kept them waiting may have changed.
	 * Any thread.
	 */
	void checkAgain() {
		locked(() -> this.changed.signalAll());
	}

	/** Whether something was decoded that the handler has not read. Its thread. */
	boolean hasUnread() {
		return this.frames.size() > 0;
	}

	/** The handler has done with what it has read, and waits for something else. */
	void frameDone() {
		locked(() -> releaseLast());
	}

	/** How many payloads wait. Any thread. */
	int size() {
		return this.drops ? this.frames.size() : this.session.input().room().frames();
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
			return first(check());
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
			return first(found);
		}
		catch (InterruptedException ex) {
			throw BlockingOutput.interrupted("input");
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Object first(Found found) {
		WaitingFrame first = this.frames.peek();
		return (found == Found.PAYLOAD && first != null) ? first.payload() : null;
	}

	/** Takes the payload that was the first: the handler has used it up. */
	void takeHead() {
		locked(() -> take());
	}

	/**
	 * Waits for a frame and takes it.
	 * @return the payload, or {@code null} at the end of input
	 */
	@Nullable Object awaitFrame() throws IOException {
		try {
			return awaitFrame(FOREVER);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("Nobody waits so long", ex);
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
				left = waited(left);
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

	/** Waits for a change. For centuries no timer is begun, which costs something. */
	private long waited(long nanos) throws InterruptedException {
		if (nanos < FOREVER / 2) {
			return this.changed.awaitNanos(nanos);
		}
		this.changed.await();
		return nanos;
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
		return take();
	}

	/** Takes the first payload, which is handled. Under the lock. */
	private @Nullable Object take() {
		WaitingFrame first = poll();
		if (first == null) {
			return null;
		}
		if (first.isMessage()) {
			this.handled++;
		}
		countHandled();
		return first.payload();
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
		if (this.frames.size() > 0) {
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

	/** Takes the first frame, if there is one. Under the lock. */
	private @Nullable WaitingFrame poll() {
		WaitingFrame first = this.frames.poll();
		if (first != null && !this.drops && this.session.input().steps().oneAtATime()) {
			// What follows must not be decoded before the handler has done with this
			// frame.
			releaseLast();
			this.current = first.bytes();
		}
		else if (first != null) {
			taken(1, first.bytes());
		}
		return first;
	}

	/** Drops what waits. Any thread. */
	void discard() {
		locked(() -> {
			int discarded = 0;
			while (poll() != null) {
				discarded++;
			}
			countHandled();
			this.session.state().countInboundDiscarded(discarded);
		});
	}

	/** Counts the frames of one read, all together. Under the lock. */
	private void countHandled() {
		if ((this.drops || this.frames.size() == 0) && this.handled > 0) {
			this.session.state().counters().count(Counter.MESSAGES_HANDLED, this.handled);
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
		if (!this.drops && this.session.input().room().taken(count, bytes)) {
			this.session.input().roomAgain();
		}
	}

	private void locked(Runnable task) {
		this.lock.lock();
		try {
			task.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Found {

		PAYLOAD, NOTHING_YET, END

	}

}
