package dev.socketserver.netty;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, in order, on threads of another executor. Safe for use
 * by several threads.
 */
final class Turns implements Executor, Runnable {

	private final Executor executor;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger count = new AtomicInteger();

	Turns(Executor executor) {
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (this.count.getAndIncrement() == 0) {
			try {
				this.executor.execute(this);
			}
			catch (RejectedExecutionException | OutOfMemoryError ex) {
				// There is no thread: better here than never.
				run();
			}
		}
	}

	@Override
	public void run() {
		do {
			Runnable task = this.tasks.remove();
			try {
				task.run();
			}
			catch (Throwable ex) {
				// Those behind it have their turn all the same; who cares has caught it.
			}
		}
		while (this.count.decrementAndGet() > 0);
	}

}
