package dev.socketserver;

import java.nio.ByteBuffer;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Serves sessions by events, and keeps a state for each session. One instance usually
 * serves all sessions of a server. Calls for one session never overlap, and each sees
 * what earlier ones have written to memory; calls for different sessions do overlap.
 * {@link #opened} is the first, and {@link #closed} the last, which is called exactly
 * once. Which threads call is {@link SessionSpec#execution()}.
 *
 * @param <S> the type of the state
 */
public interface ConnectionHandler<S> {

	/**
	 * Called once, before anything else of the session.
	 * @param session the session, ready for sending
	 * @return the session's first state; may be {@code null}
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	default @Nullable S opened(SocketSession session) throws Exception {
		return null;
	}

	/**
	 * Called when bytes (with raw framing) or a frame have arrived. Bytes that the
	 * handler leaves unread are given again in the next call, in front of what arrives
	 * later. With raw framing, at most {@link SessionSpec#readBuffer()} are handed over
	 * at once; if the handler takes nothing of that many, the peer is no longer read
	 * from, which is logged once and is not an error. {@link SocketSession#resumeReads}
	 * has the handler called again with what it has left, even so.
	 * @param state the state that the call before returned
	 * @param data what arrived; valid during the call only
	 * @param session the session
	 * @return the new state
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	@Nullable S received(@Nullable S state, ByteBuffer data, SocketSession session) throws Exception;

	/**
	 * Called when the peer has ended its output and everything it sent has been handled.
	 * A handler that overrides this decides itself when to close the session; by default
	 * it closes at once, after what was sent, with {@link CloseReason#PEER_CLOSED}.
	 * @param state the state that the call before returned
	 * @param session the session, which can still send
	 * @return the new state
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	default @Nullable S inputEnded(@Nullable S state, SocketSession session) throws Exception {
		session.close(CloseStatus.of(CloseReason.PEER_CLOSED));
		return state;
	}

	/**
	 * Returns what the application knows about the session, when an operator asks for it.
	 * @param state the state that the call before returned
	 * @param session the session
	 * @return names and values; by default none
	 * @throws Exception if there is nothing to report; it has no effect on the session
	 */
	default Map<String, ?> details(@Nullable S state, SocketSession session) throws Exception {
		return DetailedHandler.detailsOf(this, session);
	}

	/**
	 * Called once, after everything else; the session can no longer send.
	 * @param state the last state; {@code null} if {@link #opened} threw
	 * @param session the session
	 * @param status how it ended
	 * @throws Exception is logged and has no other effect
	 */
	default void closed(@Nullable S state, SocketSession session, CloseStatus status) throws Exception {
	}

}
