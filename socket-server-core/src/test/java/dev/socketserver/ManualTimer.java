package dev.socketserver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A timer without a thread: the test says when the next task is due. Tasks that are
 * repeated never are.
 */
public final class ManualTimer extends ScheduledThreadPoolExecutor {

	/** Guarded by this. */
	private final List<Task> tasks = new ArrayList<>();

	private long now;

	public ManualTimer() {
		super(0);
	}

	/**
	 * Runs the task that is due next.
	 * @return whether there was one
	 */
	public boolean runNext() {
		Task next;
		synchronized (this) {
			this.tasks.removeIf(FutureTask::isCancelled);
			next = this.tasks.stream().min(Comparator.comparingLong((task) -> task.due)).orElse(null);
			if (next == null) {
				return false;
			}
			this.tasks.remove(next);
			this.now = Math.max(this.now, next.due);
		}
		next.run();
		return true;
	}

	@Override
	public synchronized ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		Task task = new Task(command, this.now + unit.toNanos(delay));
		this.tasks.add(task);
		return task;
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
		return new Task(command, Long.MAX_VALUE);
	}

	@Override
	public void execute(Runnable command) {
		schedule(command, 0, TimeUnit.NANOSECONDS);
	}

	private static final class Task extends FutureTask<@Nullable Void> implements ScheduledFuture<@Nullable Void> {

		private final long due;

		Task(Runnable command, long due) {
			super(command, null);
			this.due = due;
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(this.due, TimeUnit.NANOSECONDS);
		}

		@Override
		public int compareTo(Delayed other) {
			return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
		}

	}

}
