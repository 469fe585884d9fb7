package dev.socketserver.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks the peer of a session for, with
 * {@link SocketSession#ask(Object, Duration)}.
 */
public final class PeerRequest {

	/** How long to wait for the reply if the operator does not say: 5 s. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

	/** The longest wait: each occupies a thread of the web server. */
	private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

	private PeerRequest() {
	}

	/**
	 * Asks the peer, and waits for its reply. Not for an I/O thread, nor for the thread
	 * of that session, on which the reply would be taken.
	 * @param servers have what turns payloads of the session's server into bytes
	 * @param session the session
	 * @param payload the request, as text
	 * @param timeout how long to wait, such as {@code 5s}, at most 5 minutes;
	 * milliseconds without a unit; {@code null} or blank for {@link #DEFAULT_TIMEOUT}
	 * @return the reply: text as it is, bytes as {@code hex:} and digits, anything else
	 * as it would be sent
	 * @throws BadParameterException if the payload or the timeout is wrong
	 * @throws NoReplyException if no reply has arrived in time
	 * @throws RefusedOperationException if the session cannot ask, or has ended
	 * meanwhile; if the thread is interrupted, whose interrupt flag is then set; or if a
	 * converter fails with the reply
	 */
	public static String ask(SocketServers servers, SocketSession session, @Nullable String payload,
			@Nullable String timeout) {
		if (payload == null) {
			throw new BadParameterException("The action ask needs a payload", "Missing payload");
		}
		Duration limit = timeout(timeout);
		CompletableFuture<Object> reply = begin(session, "ask", () -> session.ask(payload, limit));
		try {
			List<PayloadConverter<?>> converters = servers.server(session.server())
				.map((server) -> server.spec().session().converters())
				.orElse(List.of());
			return text(reply.get(), converters);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RefusedOperationException("Session '" + session.id() + "': the wait was interrupted", ex);
		}
		catch (ExecutionException ex) {
			Throwable failure = (ex.getCause() != null) ? ex.getCause() : ex;
			if (failure instanceof TimeoutException && !(failure.getCause() instanceof SessionClosedException)) {
				throw new NoReplyException(FailureText.of(failure), failure);
			}
			throw new RefusedOperationException(
					"Session '" + session.id() + "' has no reply: " + FailureText.of(failure), failure);
		}
	}

	/**
	 * Begins to send something to the peer.
	 * @param session the session
	 * @param what what it is to do
	 * @param send sends it
	 * @param <T> the type of the outcome
	 * @return the outcome to come
	 */
	static <T extends @Nullable Object> CompletableFuture<T> begin(SocketSession session, String what,
			Supplier<CompletableFuture<T>> send) {
		try {
			return send.get();
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException("The payload cannot be sent: " + FailureText.of(ex), "Bad payload", ex);
		}
		catch (RuntimeException ex) {
			// Thrown by a framing or a converter of the application.
			throw new RefusedOperationException(
					"Session '" + session.id() + "' cannot " + what + ": " + FailureText.of(ex), ex);
		}
	}

	/**
	 * Returns how long to wait for a reply.
	 * @param text as for {@link #ask}
	 * @return the time
	 * @throws BadParameterException if it is no duration, negative, or longer than 5
	 * minutes
	 */
	public static Duration timeout(@Nullable String text) {
		if (text == null || text.isBlank()) {
			return DEFAULT_TIMEOUT;
		}
		Duration timeout = Durations.of("timeout", text.trim());
		if (timeout.compareTo(MAX_TIMEOUT) > 0) {
			throw BadParameterException.value("timeout", text, "at most 5m", "Bad timeout");
		}
		return timeout;
	}

	@SuppressWarnings("unchecked")
	private static String text(Object reply, List<PayloadConverter<?>> converters) {
		if (reply instanceof byte[] bytes) {
			return "hex:" + HexFormat.of().formatHex(bytes);
		}
		if (reply instanceof ByteBuffer buffer) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.duplicate().get(bytes);
			return text(bytes, converters);
		}
		if (reply instanceof CharSequence) {
			return reply.toString();
		}
		for (PayloadConverter<?> converter : converters) {
			if (converter.type().isInstance(reply)) {
				try {
					return new String(((PayloadConverter<Object>) converter).write(reply), StandardCharsets.UTF_8);
				}
				catch (Exception ex) {
					throw new RefusedOperationException("The reply cannot be shown: " + FailureText.of(ex), ex);
				}
			}
		}
		return String.valueOf(reply);
	}

}
