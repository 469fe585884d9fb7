package dev.socketserver.autoconfigure.lifecycle;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives the JVM an exit code if it is about to end anyway, because the calling thread is
 * the last that keeps it alive. So an application that fails after its {@code main} has
 * returned does not end as if all had gone well, and a JVM that has more to do, as that
 * of tests or of a servlet container, is left alone.
 */
final class LastExit {

	/**
	 * How long to wait for {@code main} to return, and for the threads of the closed
	 * application to end.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration PAUSE = Duration.ofMillis(20);

	/** The name of the thread of {@code main} when that has returned. */
	private static final String MAIN_RETURNED = "DestroyJavaVM";

	private LastExit() {
	}

	/**
	 * Ends the JVM if, within ten seconds, nothing but the calling thread keeps it alive.
	 * Returns at once when the calling thread is a daemon, which does not keep it alive
	 * either.
	 * @param code the exit code
	 */
	static void with(int code) {
		Thread caller = Thread.currentThread();
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (!caller.isDaemon() && !caller.isInterrupted() && System.nanoTime() - end < 0) {
			if (isLast(caller)) {
				System.exit(code);
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

	/** Whether no other thread keeps the JVM alive. */
	static boolean isLast(Thread caller) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.allMatch((thread) -> thread == caller || thread.isDaemon() || thread.getName().equals(MAIN_RETURNED));
	}

}
