package dev.socketserver.actuate;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketSession;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;

/**
 * Asks handlers for details of their sessions, each for a second at most, and once at a
 * time. Safe for use by several threads.
 */
final class AskedDetails {

	/** How long a handler may take to give details of its session. */
	private static final long DETAILS_MILLIS = 1000;

	private static final SafeLogger logger = SafeLogger.of(SocketSessionsEndpoint.class);

	/** What handlers have not given yet, by the ids of sessions. */
	private final Map<String, CompletableFuture<Map<String, @Nullable Object>>> asked = new ConcurrentHashMap<>();

	/**
	 * Returns what the handler of a session reports about it, or why it does not.
	 * @param session the session
	 * @param shown makes of the details what may be shown
	 * @return the details, or {@code null} if there are none
	 */
	@Nullable Map<String, @Nullable Object> of(SocketSession session, UnaryOperator<Map<String, @Nullable Object>> shown) {
		try {
			Map<String, @Nullable Object> details = ask(session).get(DETAILS_MILLIS, TimeUnit.MILLISECONDS);
			return details.isEmpty() ? null : shown.apply(details);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (TimeoutException ex) {
			return Map.of("error", "the handler is busy and did not tell within " + DETAILS_MILLIS + " ms");
		}
		catch (ExecutionException ex) {
			Throwable failure = (ex.getCause() != null) ? ex.getCause() : ex;
			logger.debug("Session {}: its handler failed to return details", session.id(), failure);
			// The message is the application's, and may contain what must not be shown.
			return Map.of("error", "the handler could not tell: " + failure.getClass().getSimpleName());
		}
	}

	/**
	 * Asks the handler of a session for details, unless it was asked before and has not
	 * answered yet: otherwise, while a handler does not return, questions would pile up
	 * in its session.
	 */
	private CompletableFuture<Map<String, @Nullable Object>> ask(SocketSession session) {
		CompletableFuture<Map<String, @Nullable Object>> mine = new CompletableFuture<>();
		CompletableFuture<Map<String, @Nullable Object>> asked = this.asked.putIfAbsent(session.id(), mine);
		if (asked != null) {
			return asked;
		}
		CompletableFuture<?> unused = SessionOperations.of(session).details().whenComplete((details, failure) -> {
			this.asked.remove(session.id(), mine);
			if (failure != null) {
				mine.completeExceptionally(failure);
			}
			else {
				mine.complete(details);
			}
		});
		return mine;
	}

}
