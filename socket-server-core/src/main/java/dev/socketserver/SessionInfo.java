package dev.socketserver;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a session's state and counters. The counters are read while the session
 * runs, one after the other: each is exact, together they may be a batch apart.
 *
 * @param state what the session is doing
 * @param bytesReceived bytes read from the socket
 * @param bytesSent bytes that the operating system has taken
 * @param messagesReceived frames read (raw framing: pieces)
 * @param messagesSent frames that the operating system has taken (raw framing: writes)
 * @param pendingInbound frames read that the handler has not handled yet
 * @param pendingWrites writes not yet taken by the operating system
 * @param pendingBytes bytes of those writes
 * @param readsPaused whether no frame is to be handled for now, because
 * {@link SocketSession#pauseReads()} or {@link SocketSession#hold()} asked for it
 * @param bound what the session is {@linkplain SocketSession#bind bound} to: ids by their
 * types, in the order of binding
 * @param groups the groups that the session has {@linkplain SocketSession#join joined},
 * in that order
 * @param closed how the session ended or is ending, or {@code null}
 */
public record SessionInfo(State state, long bytesReceived, long bytesSent, long messagesReceived, long messagesSent,
		int pendingInbound, int pendingWrites, long pendingBytes, boolean readsPaused, Map<String, List<String>> bound,
		List<String> groups, @Nullable CloseStatus closed) {

	public SessionInfo {
		// In their order, which Map.copyOf would not keep.
		Map<String, List<String>> copy = new LinkedHashMap<>();
		bound.forEach((type, ids) -> copy.put(type, List.copyOf(ids)));
		bound = copy.isEmpty() ? Map.of() : Collections.unmodifiableMap(copy);
		groups = List.copyOf(groups);
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

		/** Being closed: output is leaving, or the handler has not been told yet. */
		CLOSING,

		/** Over. */
		CLOSED

	}

}
