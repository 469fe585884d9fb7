package dev.socketserver;

import org.jspecify.annotations.Nullable;

/**
 * Is notified of failures of a handler, and may answer them, where the handler itself has
 * no method for that: that of a {@link StreamHandler}, a {@link ConversationHandler} or a
 * {@link ConnectionHandler}. One object serves all sessions. It is not notified of an
 * {@link Error}, nor of the {@link SessionClosedException} by which a handler learns that
 * its session is ending.
 */
@FunctionalInterface
public interface FailureHandler {

	/**
	 * Called with what a handler threw, on the thread of the handler. What it returns is
	 * sent. After that the session of a stream or conversation handler closes with
	 * {@link CloseReason#HANDLER_ERROR}; that of a connection handler goes on, with the
	 * bytes that the handler has not taken. The failure is not logged.
	 * @param failure what the handler threw
	 * @param session the session
	 * @return a reply in one of the forms that {@link SessionHandler#received} may
	 * return, or {@code null} for none
	 * @throws Exception as {@link SessionHandler#failed}: the session closes
	 */
	@Nullable Object failed(Exception failure, SocketSession session) throws Exception;

	/**
	 * Returns whether it is also called with a
	 * {@link dev.socketserver.framing.FrameException} for each frame of the peer that is
	 * none, in the order of the frames. What it returns is sent, and the session closes
	 * with the reason of the exception, or goes on where the framing can. If it throws
	 * the exception itself, nothing is sent.
	 * @return {@code false} by default
	 */
	default boolean answersBadFrames() {
		return false;
	}

}
