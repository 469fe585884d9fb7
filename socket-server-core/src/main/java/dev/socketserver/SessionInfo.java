package dev.socketserver;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a session's state and counters. The counters are read one after the other
 * while the session runs, so that each is exact, but messages may be handled between two
 * of them.
 *
 * @param state what the session is doing
 * @param bytesReceived bytes read from the socket
 * @param bytesSent bytes that the operating system has taken
 * @param messagesReceived frames read (with raw framing: pieces of the stream)
 * @param messagesSent frames (with raw framing: writes) that the operating system has
 * taken
 * @param pendingInbound frames that were read but not handled yet
 * @param pendingWrites writes not yet taken by the operating system
 * @param pendingBytes number of bytes in those writes; a character of a long reply that
 * is about to be written may count as one
 * @param readsPaused whether no frame is to be handled for now, because
 * {@link SocketSession#pauseReads()} or an operator asked for it
 * @param handlerTime how long calls of the handler with what the peer sent have taken in
 * all, with those under way; of a handler that is called once, how long that call has
 * taken
 * @param bound the identities that the session is {@linkplain SocketSession#bind bound}
 * to: their ids by their types, in the order of binding
 * @param groups the groups that the session has {@linkplain SocketSession#join joined},
 * in that order
 * @param requests how many requests of {@link SocketSession#ask} wait for replies
 * @param oldestRequests at most 16 of these, those that have waited longest first
 * @param closed how the session ended or is ending, or {@code null}
 */
public record SessionInfo(State state, long bytesReceived, long bytesSent, long messagesReceived, long messagesSent,
		int pendingInbound, int pendingWrites, long pendingBytes, boolean readsPaused, Duration handlerTime,
		Map<String, List<String>> bound, List<String> groups, int requests, List<Waiting> oldestRequests,
		@Nullable CloseStatus closed) {

	public SessionInfo {
		// Map.copyOf would not keep the order.
		Map<String, List<String>> copy = new LinkedHashMap<>();
		bound.forEach((type, ids) -> copy.put(type, List.copyOf(ids)));
		bound = copy.isEmpty() ? Map.of() : Collections.unmodifiableMap(copy);
		groups = List.copyOf(groups);
		oldestRequests = List.copyOf(oldestRequests);
	}

	/**
	 * A request that waits for its reply.
	 *
	 * @param age for how long it has waited
	 * @param key the key that the reply must have, as text; {@code null} if replies
	 * arrive in order
	 */
	public record Waiting(Duration age, @Nullable String key) {

	}

	/** What a session is doing. */
	public enum State {

		/** Being served. */
		OPEN,

		/**
		 * Being served, but not read from: a {@link ConnectionHandler} took nothing of a
		 * full read buffer.
		 */
		STALLED,

		/** Being closed: output is still leaving, or the handler has not finished yet. */
		CLOSING,

		/** Over. */
		CLOSED

	}

}
