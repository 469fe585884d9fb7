package dev.socketserver.operation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.operator.PeerAccess;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks the peer of a session for: as
 * {@link SocketSession#ask(Object, Duration)} does, with the bytes of the text that is
 * given, and without waiting for room. A correlator gets what the handler would.
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
		PeerAccess peer = SessionOperations.of(session).peer();
		CompletableFuture<Object> reply = peer.ask(payload.getBytes(peer.charset()), limit);
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
			throw failed(session, (failure instanceof RuntimeException) ? "cannot ask" : "has no reply", failure);
		}
	}

	/**
	 * Returns a failure to send as operators see it.
	 * @param session the session
	 * @param what what it cannot do
	 * @param failure why
	 * @return a {@link BadParameterException} if no attempt could succeed
	 */
	static RuntimeException failed(SocketSession session, String what, Throwable failure) {
		if (failure instanceof IllegalArgumentException
				|| (failure instanceof PayloadException && failure.getCause() instanceof UnframeablePayloadException)) {
			return new BadParameterException("The payload cannot be sent: " + FailureText.of(failure), "Bad payload",
					failure);
		}
		return new RefusedOperationException("Session '" + session.id() + "' " + what + ": " + FailureText.of(failure),
				failure);
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
