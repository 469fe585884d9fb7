package dev.socketserver.engine;

import java.util.concurrent.ScheduledThreadPoolExecutor;

import dev.socketserver.SocketServer;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.spec.Requests;

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

	/** Requests in order, whose counters are not read. */
	public static RequestContext requests() {
		return new RequestContext(null, Requests.DEFAULTS, new Counters(), Runnable::run,
				new ScheduledThreadPoolExecutor(1));
	}

	/** Nothing but the calls, and whether log lines carry names. */
	static Diagnostics with(boolean logContext) {
		return new Diagnostics(null, logContext, new FailureLog(SocketServer.class, "Server 'test'",
				new ScheduledThreadPoolExecutor(1), System::nanoTime));
	}

}
