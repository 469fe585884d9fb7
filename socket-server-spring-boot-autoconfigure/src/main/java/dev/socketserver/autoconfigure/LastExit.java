package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives the JVM an exit code where it is about to end anyway: when the calling thread is
 * the last that keeps it alive. So applications that fail behind their {@code main} do
 * not end as if all had gone well, and nothing happens to a JVM that has more to do, as
 * that of tests or of a servlet container.
 */
final class LastExit {

	/** In which {@code main} returns, and threads end whose application has. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration PAUSE = Duration.ofMillis(20);

	/** What the JVM calls the thread of {@code main} when that has returned. */
	private static final String MAIN_RETURNED = "DestroyJavaVM";

	private LastExit() {
	}

	/**
	 * Ends the JVM, if nothing else keeps it alive within a while. Returns at once when
	 * the calling thread is a daemon, which cannot keep it alive either.
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

	private static boolean isLast(Thread caller) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.allMatch((thread) -> thread == caller || thread.isDaemon() || thread.getName().equals(MAIN_RETURNED));
	}

}
