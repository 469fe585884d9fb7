package dev.socketserver.netty;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the threads of ours that keep no JVM alive; {@link KeepAlive} makes the one that
 * does.
 */
final class DaemonThreads {

	private DaemonThreads() {
	}

	/**
	 * Makes a thread.
	 * @param task what it is to run
	 * @param name its name
	 * @return the thread, not started
	 */
	static Thread thread(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	/** Returns a factory of threads that all have one name. */
	static ThreadFactory named(String name) {
		return (task) -> thread(task, name);
	}

}
