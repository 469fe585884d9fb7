package dev.socketserver.engine.session;

import dev.socketserver.engine.events.SessionListener;

/**
 * Who is notified of the sessions of one listener of a server, or of a client: the same
 * for all of them, whatever settings they have begun with. Never changes.
 */
public final class SessionEvents {

	private final Runnable ended;

	private final SessionListener listener;

	/**
	 * Creates the object.
	 * @param listener is notified of their beginnings and ends, where the handler runs
	 * @param ended is run when a session has ended and is no longer among the open ones
	 */
	public SessionEvents(SessionListener listener, Runnable ended) {
		this.listener = listener;
		this.ended = ended;
	}

	/** Returns who is notified. */
	SessionListener listener() {
		return this.listener;
	}

	/** Returns what is run when a session has ended. */
	Runnable ended() {
		return this.ended;
	}

}
