package dev.socketserver.benchmarks.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;

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
		ServerSpec spec = ServerSpec.builder("echo")
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line))
			.build();
		return new SessionContext(spec.session(), new Payloads(StandardCharsets.UTF_8, List.of()), new ServerCounters(),
				new SessionListener() {
				}, new SessionRegistry("echo"), (name, task) -> task.run(), Runnable::run, MemoryBudget.unlimited(),
				() -> {
				}, new RequestContext(null, new ServerCounters(), Runnable::run, new ScheduledThreadPoolExecutor(1)),
				new Diagnostics(null, logContext,
						new FailureLog("Server 'echo'", new ScheduledThreadPoolExecutor(1), System::nanoTime)));
	}

}
