package dev.socketserver.cluster.message;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends what is not done in time. It checks all of that periodically, as long as there is
 * any: a timer for each would cost more than what is timed. Any thread.
 */
public final class Deadlines {

	private static final long CHECK_NANOS = 50_000_000;

	/** How long answers are awaited at most that came while nothing ran. */
	private static final long MOST_LATE_NANOS = 1_000_000_000;

	private final ClusterClock clock;

	private final Queue<Timed> timed = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean checking = new AtomicBoolean();

	/** Whether the clock has stopped, or is about to. */
	private volatile boolean over;

	/**
	 * Creates an object without anything to do.
	 * @param clock the clock
	 */
	public Deadlines(ClusterClock clock) {
		this.clock = clock;
	}

	/**
	 * Watches something.
	 * @param future is done when it is over
	 * @param timeoutNanos how long it may take, exceeded by up to 50 ms
	 * @param late ends it otherwise; runs as a task of the clock, or once that has
	 * stopped on any thread
	 */
	public void watch(Future<?> future, long timeoutNanos, Runnable late) {
		if (!future.isDone()) {
			this.timed.add(new Timed(future, this.clock.nanoTime() + timeoutNanos, late));
			if (this.over) {
				endAll();
			}
			else {
				checkSoon();
			}
		}
	}

	/** No time passes any more: what is not done is late, and so is what comes later. */
	public void end() {
		this.over = true;
		endAll();
	}

	private void endAll() {
		for (Timed one; (one = this.timed.poll()) != null;) {
			if (!one.future.isDone()) {
				one.late.run();
			}
		}
	}

	private void checkSoon() {
		checkIn(CHECK_NANOS);
	}

	private void checkIn(long nanos) {
		if (!this.checking.get() && this.checking.compareAndSet(false, true)) {
			long due = this.clock.nanoTime() + nanos;
			this.clock.schedule(() -> check(due), nanos);
		}
	}

	private void check(long due) {
		this.checking.set(false);
		long now = this.clock.nanoTime();
		if (now - due > CHECK_NANOS) {
			// The process was stopped, or busy: answers may have come meanwhile.
			checkIn(Math.min(now - due, MOST_LATE_NANOS));
			return;
		}
		this.timed.removeIf((one) -> {
			if (!one.future.isDone() && now - one.deadline >= 0) {
				one.late.run();
			}
			return one.future.isDone();
		});
		if (!this.timed.isEmpty()) {
			checkSoon();
		}
	}

	/**
	 * Something that is watched.
	 *
	 * @param future is done when it is over
	 * @param deadline when its time is over
	 * @param late ends it then
	 */
	private record Timed(Future<?> future, long deadline, Runnable late) {

	}

}
