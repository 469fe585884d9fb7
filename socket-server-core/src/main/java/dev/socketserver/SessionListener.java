package dev.socketserver;

/**
 * Is told of the beginnings and ends of sessions, each once. Calls come from the thread
 * on which the fact occurred: a listener must be quick, and safe for use by several
 * threads.
 */
public interface SessionListener {

	/**
	 * A session began; its handler has not been called yet.
	 * @param session the session
	 */
	default void opened(SocketSession session) {
	}

	/**
	 * A session ended; its handler has been told.
	 * @param session the session
	 * @param status how it ended
	 */
	default void closed(SocketSession session, CloseStatus status) {
	}

}
