package dev.socketserver.repl.evaluate;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Creates the timer of consoles. Its one thread exists while something is timed, and does
 * nothing else: what an application does in the JVM's common pool cannot delay an
 * interrupt.
 */
public final class ReplTimer {

	/** How long the thread stays when it has nothing to do. */
	private static final Duration KEPT = Duration.ofSeconds(10);

	public static final String THREAD = "repl timer";

	private ReplTimer() {
	}

	/** Creates a timer, which need not be shut down. */
	public static ScheduledThreadPoolExecutor create() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, THREAD);
			thread.setDaemon(true);
			return thread;
		});
		timer.setKeepAliveTime(KEPT.toMillis(), TimeUnit.MILLISECONDS);
		timer.allowCoreThreadTimeOut(true);
		return timer;
	}

	/** Has the thread end as soon as nothing is timed, now and from now on. */
	public static void endIdle(ScheduledThreadPoolExecutor timer) {
		// While something is timed, the thread looks that often whether it may end.
		timer.setKeepAliveTime(timer.getQueue().isEmpty() ? 1 : 100, TimeUnit.MILLISECONDS);
	}

}
