package dev.socketserver.session;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * What is around the calls of handlers where that is not what a test is about.
 */
public final class TestDiagnostics {

	private TestDiagnostics() {
	}

	/** Nothing but the calls. */
	public static Diagnostics none() {
		return with(false);
	}

	/** Nothing but the calls, and whether log lines carry names. */
	static Diagnostics with(boolean logContext) {
		return new Diagnostics(null, logContext,
				new FailureLog("Server 'test'", new ScheduledThreadPoolExecutor(1), System::nanoTime));
	}

}
