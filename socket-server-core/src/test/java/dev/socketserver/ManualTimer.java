package dev.socketserver;

import java.util.PriorityQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A timer without a thread: the test says when the next task is due. Tasks that are
 * repeated never are.
 */
public final class ManualTimer extends ScheduledThreadPoolExecutor {

	/** Guarded by this. */
	private final PriorityQueue<Task> tasks = new PriorityQueue<>();

	/** Guarded by this. */
	private long scheduled;

	/** Guarded by this. */
	private long now;

	/** What is due within so many runs where it is scheduled. Guarded by this. */
	private long atOnce = Long.MIN_VALUE;

	/** By how many nanoseconds each task is late. Guarded by this. */
	private LongSupplier lateness = () -> 0;

	public ManualTimer() {
		super(0);
	}

	/** Returns the time in nanoseconds, which begins with 0. */
	public synchronized long now() {
		return this.now;
	}

	/** Has tasks run later than they are due, by so many nanoseconds. */
	public synchronized void late(LongSupplier lateness) {
		this.lateness = lateness;
	}

	/** Has what is due within so many nanoseconds run where it is scheduled. */
	public synchronized void atOnce(long nanos) {
		this.atOnce = nanos;
	}

	/** Lets nanoseconds pass in which nothing runs. */
	public synchronized void pause(long nanos) {
		this.now += nanos;
	}

	/** Returns how many tasks are not due yet, nor cancelled. */
	public synchronized long waiting() {
		return this.tasks.stream().filter((task) -> !task.isCancelled()).count();
	}

	/**
	 * Runs the task that is due next.
	 * @return whether there was one
	 */
	public boolean runNext() {
		return runNext(Long.MAX_VALUE);
	}

	/** Runs what is due within so many nanoseconds. */
	public void runFor(long nanos) {
		runUntil(now() + nanos);
	}

	/** Runs what is due until a time in nanoseconds. */
	public void runUntil(long time) {
		while (runNext(time)) {
			// And the next.
		}
		synchronized (this) {
			this.now = time;
		}
	}

	private boolean runNext(long until) {
		Task next;
		synchronized (this) {
			do {
				next = this.tasks.peek();
				if (next == null || next.due > until) {
					return false;
				}
				this.tasks.remove();
			}
			while (next.isCancelled());
			this.now = Math.max(this.now, next.due);
		}
		next.run();
		return true;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		long nanos = unit.toNanos(delay);
		Task task;
		synchronized (this) {
			task = new Task(command, this.now + nanos + this.lateness.getAsLong(), this.scheduled++);
			if (nanos > this.atOnce) {
				this.tasks.add(task);
				return task;
			}
		}
		task.run();
		return task;
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
		return new Task(command, Long.MAX_VALUE, 0);
	}

	@Override
	public void execute(Runnable command) {
		schedule(command, 0, TimeUnit.NANOSECONDS);
	}

	private static final class Task extends FutureTask<@Nullable Void> implements ScheduledFuture<@Nullable Void> {

		private final long due;

		/** Which of those that are due at the same time is first. */
		private final long number;

		Task(Runnable command, long due, long number) {
			super(command, null);
			this.due = due;
			this.number = number;
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(this.due, TimeUnit.NANOSECONDS);
		}

		@Override
		public int compareTo(Delayed other) {
			Task its = (Task) other;
			return (this.due != its.due) ? Long.compare(this.due, its.due) : Long.compare(this.number, its.number);
		}

	}

}
