package dev.socketserver.benchmarks.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.Requests;

/**
 * Creates what sessions need from their server, here an echo server, without the server
 * itself.
 */
final class EchoContext {

	private EchoContext() {
	}

	/**
	 * Creates a context.
	 * @param logContext whether log lines carry the names of server and session
	 * @return the context
	 */
	static SessionContext create(boolean logContext) {
		return create(logContext,
				ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line));
	}

	/**
	 * Creates a context with a handler.
	 * @param logContext whether log lines carry the names of server and session
	 * @param handler sends lines back
	 * @return the context
	 */
	static SessionContext create(boolean logContext, ServerHandler handler) {
		ServerSpec spec = ServerSpec.builder("echo").handler(handler).build();
		FailureLog failures = new FailureLog(SocketServer.class, "Server 'echo'", new ScheduledThreadPoolExecutor(1),
				System::nanoTime);
		SharedState shared = new SharedState(spec.session(), new ServerCounters(), MemoryBudget.unlimited(),
				new Diagnostics(null, logContext, failures));
		SessionEvents events = new SessionEvents(new SessionListener() {
		}, () -> {
		});
		RequestContext requests = new RequestContext(null, Requests.DEFAULTS, new ServerCounters(), Runnable::run,
				new ScheduledThreadPoolExecutor(1));
		return new SessionContext(shared, new Payloads(StandardCharsets.UTF_8, List.of()), new SessionRegistry("echo"),
				events, requests, (name, task) -> task.run());
	}

}
