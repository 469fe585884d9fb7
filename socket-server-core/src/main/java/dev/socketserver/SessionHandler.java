package dev.socketserver;

import org.jspecify.annotations.Nullable;

/**
 * The one form in which the engine knows a handler of messages; every other form is
 * turned into it once, when its server is described. An instance may serve one session or
 * all of them. Calls for one session never overlap and see each other's writes.
 */
public interface SessionHandler {

	/**
	 * Called first.
	 * @param session the session
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	default void opened(SocketSession session) throws Exception {
	}

	/**
	 * Called for each frame, in order.
	 * @param payload the frame as the server's payload converter read it
	 * @param session the session
	 * @return the reply, or {@code null} for none
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	@Nullable Object received(Object payload, SocketSession session) throws Exception;

	/**
	 * Returns whether the handler took nothing of a full read buffer. The engine then
	 * stops reading from the peer; it is not an error.
	 * @return {@code true} while more input would be of no use
	 */
	default boolean stalled() {
		return false;
	}

	/**
	 * Called last, exactly once, also when {@link #opened} threw.
	 * @param session the session, closed
	 * @param status how it ended
	 * @throws Exception is logged and has no other effect
	 */
	default void closed(SocketSession session, CloseStatus status) throws Exception {
	}

}
