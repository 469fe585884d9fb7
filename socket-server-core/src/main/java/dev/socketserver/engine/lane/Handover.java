package dev.socketserver.engine.lane;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Hands tasks over to other threads, where there may be none left.
 */
public final class Handover {

	private Handover() {
	}

	/**
	 * Has a task run by an executor; or on the calling thread, if the executor has no
	 * thread for it: whoever waits for the task must not wait for ever.
	 * @param executor the executor
	 * @param task the task
	 */
	public static void run(Executor executor, Runnable task) {
		try {
			executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// Not there as well.
			if (!(ex instanceof KeptTaskException kept) || kept.takeBack()) {
				task.run();
			}
		}
	}

}
