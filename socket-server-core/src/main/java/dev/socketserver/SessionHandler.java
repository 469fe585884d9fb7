package dev.socketserver;

import java.util.Map;
import java.util.concurrent.CompletionStage;

import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * The form in which the engine calls every handler of messages; handlers of other forms
 * are adapted to it when their server is described (see {@link ServerHandler}). One
 * instance may serve one session or all of them. Calls for one session never overlap, and
 * each sees what earlier ones have written to memory; calls for different sessions do
 * overlap. Which threads call is {@link SessionSpec#execution()}.
 */
public interface SessionHandler extends DetailedHandler {

	/**
	 * What {@link #received} returns for a message that no part of the handler is for,
	 * and that is ignored. Nothing is sent, and the message is counted as unmapped.
	 */
	Object UNMAPPED = new Object();

	/**
	 * Called once, before everything else.
	 * @param session the session
	 * @throws Exception is given to {@link #failed}
	 */
	default void opened(SocketSession session) throws Exception {
	}

	/**
	 * Called in place of {@link #opened}, which the default calls, where the opening may
	 * go on after the call: while a peer confirms a sign-on, for example. No frame is
	 * handled before the stage has completed; replies to {@link SocketSession#ask} are
	 * received meanwhile.
	 * @param session the session
	 * @return what completes when the opening is over, with the greeting that is then
	 * sent, or with {@code null} for none; {@code null} if it is over with this call. If
	 * the stage fails, the failure is given to {@link #failed}
	 * @throws Exception is given to {@link #failed}
	 */
	default @Nullable CompletionStage<?> opening(SocketSession session) throws Exception {
		opened(session);
		return null;
	}

	/**
	 * Called for each frame, in the order of arrival.
	 * @param payload the payload of the frame, as the converter of the handler has read
	 * it
	 * @param session the session
	 * @return the reply, or {@code null} for none. A {@link java.util.List} or
	 * {@link java.util.stream.Stream} holds several replies; a
	 * {@link java.util.concurrent.CompletionStage} or
	 * {@link java.util.concurrent.Flow.Publisher} gives them later. The next frame is
	 * handled only when all replies to this one are in the output of the session, so that
	 * replies keep the order of the requests
	 * @throws Exception is given to {@link #failed}
	 */
	@Nullable Object received(Object payload, SocketSession session) throws Exception;

	/**
	 * Returns whether the handler was given more in {@link #received} than it may handle
	 * in one call. If so, {@link #goOn} is called next.
	 * @return {@code false} if nothing is left for another call
	 */
	default boolean unfinished() {
		return false;
	}

	/**
	 * Returns whether the handler has left something that it was given, and waits for
	 * more. If so, {@link #goOn} is called when {@link SocketSession#resumeReads} is.
	 * @return {@code false} if there is nothing to call it with
	 */
	default boolean hasUnread() {
		return false;
	}

	/**
	 * Called for the rest of what {@link #received} was given, as long as the handler is
	 * {@link #unfinished()}, and for what it {@linkplain #hasUnread() has left unread}.
	 * Reads may have been paused in between. Not called when the session is closed, or
	 * about to be by a graceful stop: the rest is then dropped.
	 * @param session the session
	 * @throws Exception is given to {@link #failed}
	 */
	default void goOn(SocketSession session) throws Exception {
	}

	/**
	 * Called when {@link #opened}, {@link #received} or {@link #goOn} threw, a reply that
	 * was to be sent later failed, or a frame could not be converted to the type that
	 * {@link #received} takes. If the handler {@linkplain ServerHandler#answersBadFrames
	 * answers bad frames}, it is called with a
	 * {@link dev.socketserver.framing.FrameException} too: what it returns is sent behind
	 * earlier replies, before the session closes as the exception says, or goes on; to
	 * throw that exception is to say nothing.
	 * @param failure what went wrong; a {@link PayloadException} if the frame could not
	 * be converted
	 * @param session the session
	 * @return a reply in place of the one that failed, in one of the forms that
	 * {@link #received} may return, or {@code null} for none; the session goes on
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}, or
	 * with {@link CloseReason#DECODE_ERROR} if what it throws is a failed conversion, or
	 * with the reason of a {@link CloseReasonException}; the default throws the failure
	 * that it is given
	 */
	default @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		throw failure;
	}

	/**
	 * Called when the peer has ended its output and everything it sent has been handled.
	 * @param session the session, which can still send
	 * @param status the status that the default closes the session with
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	default void inputEnded(SocketSession session, CloseStatus status) throws Exception {
		session.close(status);
	}

	/**
	 * Returns whether the handler has left a full read buffer untouched, so that more
	 * input would be of no use. The engine then stops reading from the peer, which is not
	 * an error.
	 * @return {@code true} to stop reading
	 */
	default boolean stalled() {
		return false;
	}

	/**
	 * Returns what the application knows about a session, for operators.
	 * @param session the session
	 * @return names and values; by default none
	 * @throws Exception if there is nothing to report
	 */
	@Override
	default Map<String, ?> details(SocketSession session) throws Exception {
		return Map.of();
	}

	/**
	 * Returns the method of the application to which a call of the engine leads, as logs
	 * name it.
	 * @param call the name of a method of this interface
	 * @return the method; by default the same name
	 */
	default String method(String call) {
		return call;
	}

	/**
	 * Called exactly once, after everything else, also when {@link #opened} threw.
	 * @param session the session, closed
	 * @param status how it ended
	 * @throws Exception is logged and has no other effect
	 */
	default void closed(SocketSession session, CloseStatus status) throws Exception {
	}

}
