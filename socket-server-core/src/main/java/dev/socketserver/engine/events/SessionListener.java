package dev.socketserver.engine.events;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;

/**
 * Is notified of the beginning and the end of each session, once each, and of its
 * identities. It is called on the thread on which that happened, so a listener must be
 * quick, and safe for use by several threads.
 */
public interface SessionListener {

	/**
	 * A session has begun; its handler has not been called yet.
	 * @param session the session
	 */
	default void opened(SocketSession session) {
	}

	/**
	 * The handler of messages of a session has been notified of it, and what it has
	 * replied to a failure there has been sent: now others may use the session. Not
	 * called if the session is ending by then, and for no other form of handler.
	 * @param session the session
	 * @param recovered whether it has failed there, and has dealt with that
	 */
	default void handlerOpened(SocketSession session, boolean recovered) {
	}

	/**
	 * Returns whether a failure of the handler is logged by this listener: a sign-on has
	 * failed. Any thread.
	 * @param failure what the handler threw
	 * @return {@code true} if so
	 */
	default boolean reports(Throwable failure) {
		return false;
	}

	/**
	 * The application says that a session is ready for what its client sends. Any thread.
	 * @param session the session
	 */
	default void ready(SocketSession session) {
	}

	/**
	 * The application reports an offence of the peer of a session.
	 * @param session the session
	 * @param reason what it is, for people
	 */
	default void offence(SocketSession session, String reason) {
	}

	/**
	 * A session has been bound to an identity.
	 * @param session the session
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	default void bound(SocketSession session, String type, String id) {
	}

	/**
	 * This side has decided why a session ends, and its peer cannot have seen anything of
	 * it. Not called if the connection was lost before, or for a slow consumer. Any
	 * thread.
	 * @param session the session
	 * @param status how it ends
	 */
	default void ending(SocketSession session, CloseStatus status) {
	}

	/**
	 * A session has ended, and its handler has finished.
	 * @param session the session
	 * @param status how it ended
	 */
	default void closed(SocketSession session, CloseStatus status) {
	}

}
