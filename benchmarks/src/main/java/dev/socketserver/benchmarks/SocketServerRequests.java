package dev.socketserver.benchmarks;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Asks the peer of a session with each line that is no reply, again and again. The server
 * needs a correlator, which is {@link Service#key}.
 */
final class SocketServerRequests implements SessionHandler {

	private static final Duration PATIENCE = Duration.ofSeconds(Service.REPLY_SECONDS);

	@Override
	public @Nullable Object received(Object payload, SocketSession session) {
		ask(session, Service.request((String) payload));
		return null;
	}

	private static void ask(SocketSession session, Object request) {
		CompletableFuture<?> unused = session.ask(request, PATIENCE).whenComplete((reply, failure) -> {
			if (request.equals(reply)) {
				ask(session, request);
			}
			else {
				session.abort();
			}
		});
	}

}
