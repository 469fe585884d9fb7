package dev.socketserver;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The one form in which the engine knows a handler of messages; every other form is
 * turned into it once, when its server is described. An instance may serve one session or
 * all of them. Calls for one session never overlap and see each other's writes.
 */
public interface SessionHandler extends DetailedHandler {

	/**
	 * Called first.
	 * @param session the session
	 * @throws Exception is given to {@link #failed}
	 */
	default void opened(SocketSession session) throws Exception {
	}

	/**
	 * Called for each frame, in order.
	 * @param payload the frame as the server's payload converter read it
	 * @param session the session
	 * @return the reply, or {@code null} for none. A {@link java.util.List} or
	 * {@link java.util.stream.Stream} holds several replies; a
	 * {@link java.util.concurrent.CompletionStage} or
	 * {@link java.util.concurrent.Flow.Publisher} gives them later. The next frame is
	 * handled when all of them are on their way, so replies keep the order of requests
	 * @throws Exception is given to {@link #failed}
	 */
	@Nullable Object received(Object payload, SocketSession session) throws Exception;

	/**
	 * Returns whether the handler has more of what {@link #received} was given than it
	 * may handle in one call. Then {@link #goOn} comes next.
	 * @return {@code false} if the call was all there is to it
	 */
	default boolean unfinished() {
		return false;
	}

	/**
	 * Called for the rest of what {@link #received} was given, as long as there is some.
	 * Reads may have been paused in between. If the session has closed, or is about to
	 * because of a graceful stop, it is not called: the rest is dropped.
	 * @param session the session
	 * @throws Exception is given to {@link #failed}
	 */
	default void goOn(SocketSession session) throws Exception {
	}

	/**
	 * Called when {@link #opened}, {@link #received} or {@link #goOn} threw, the reply
	 * that was promised failed, or a frame could not be converted to what
	 * {@link #received} takes.
	 * @param failure what went wrong; a {@link PayloadException} if the frame could not
	 * be converted
	 * @param session the session
	 * @return a reply in place of the one that failed, of the same kinds, or {@code null}
	 * for none; the session goes on
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}, or
	 * with {@link CloseReason#DECODE_ERROR} if it is the failure of a conversion; the
	 * default throws what it is given
	 */
	default @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		throw failure;
	}

	/**
	 * Called when the peer has ended its output and everything it sent has been handled.
	 * @param session the session, which can still send
	 * @param status how the session ends if the handler has no other wish
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	default void inputEnded(SocketSession session, CloseStatus status) throws Exception {
		session.close(status);
	}

	/**
	 * Returns whether the handler took nothing of a full read buffer. The engine then
	 * stops reading from the peer; it is not an error.
	 * @return {@code true} while more input would be of no use
	 */
	default boolean stalled() {
		return false;
	}

	/**
	 * Tells what the application knows of a session, for operators.
	 * @param session the session
	 * @return names and values; by default none
	 * @throws Exception if there is nothing to tell
	 */
	@Override
	default Map<String, ?> details(SocketSession session) throws Exception {
		return Map.of();
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
