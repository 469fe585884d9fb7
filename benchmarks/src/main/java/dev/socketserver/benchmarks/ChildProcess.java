package dev.socketserver.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Ends processes that end with their standard input.
 */
public final class ChildProcess {

	private ChildProcess() {
	}

	/**
	 * Ends a process; returns when it is gone, or cannot be ended.
	 * @param process the process
	 * @param seconds how long it may take to end by itself, and how long it is waited for
	 * after that
	 */
	public static void end(Process process, int seconds) {
		try {
			process.getOutputStream().close();
			if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
				process.destroyForcibly().waitFor(seconds, TimeUnit.SECONDS);
			}
		}
		catch (IOException ex) {
			// The pipe is broken, so the process has ended.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			process.destroyForcibly();
		}
	}

}
