package dev.socketserver.engine.threads;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.engine.lane.Handover;
import dev.socketserver.engine.lane.LongWait;

/**
 * Runs tasks one after the other, in order, on threads of another executor. Safe for use
 * by several threads.
 */
public final class SerialExecutor implements Executor {

	private final Executor executor;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger count = new AtomicInteger();

	public SerialExecutor(Executor executor) {
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (this.count.getAndIncrement() == 0) {
			// Without a thread the tasks run here, and not again if the executor gets to
			// them later.
			Handover.run(this.executor, new Run());
		}
	}

	private void runAll() {
		do {
			Runnable task = this.tasks.remove();
			try {
				task.run();
			}
			catch (Throwable ex) {
				// The tasks after it run all the same. What matters was caught by the
				// task itself.
			}
		}
		while (this.count.decrementAndGet() > 0);
	}

	/** Runs the tasks, once. */
	private final class Run implements Runnable, ForkJoinPool.ManagedBlocker {

		private final AtomicBoolean begun = new AtomicBoolean();

		/**
		 * Notifies the executor that tasks may wait long, so that it has another thread
		 * for others meanwhile.
		 */
		@Override
		public void run() {
			try {
				LongWait.on(this);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public boolean block() {
			if (this.begun.compareAndSet(false, true)) {
				runAll();
			}
			return true;
		}

		@Override
		public boolean isReleasable() {
			return this.begun.get();
		}

	}

}
