package dev.socketserver.engine;

import java.util.concurrent.ScheduledThreadPoolExecutor;

import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.state.Diagnostics;

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
