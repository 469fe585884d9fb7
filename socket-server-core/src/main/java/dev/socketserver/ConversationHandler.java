package dev.socketserver;

/**
 * Serves a session with blocking code that receives and sends frames: one call per
 * session, on a thread of its own. One instance usually serves all sessions of a server.
 * When the call returns, the session closes after what was sent.
 *
 * @param <I> what it receives
 * @param <O> what it sends
 */
@FunctionalInterface
public interface ConversationHandler<I, O> {

	/**
	 * Serves one session, from its beginning to its end.
	 * @param conversation the session's frames
	 * @throws Exception to close the session with {@link CloseReason#HANDLER_ERROR}
	 */
	void handle(Conversation<I, O> conversation) throws Exception;

}
