package dev.socketserver.engine.session;

import dev.socketserver.engine.events.SessionListener;

/**
 * Who is notified of the sessions of one listener of a server, or of a client: the same
 * for all of them, whatever settings they have begun with. Never changes.
 */
public final class SessionEvents {

	private final Ends ends;

	private final SessionListener listener;

	/**
	 * Creates the object.
	 * @param listener is notified of their beginnings and ends, where the handler runs
	 * @param ends what follows from their ends
	 */
	public SessionEvents(SessionListener listener, Ends ends) {
		this.listener = listener;
		this.ends = ends;
	}

	/** Returns who is notified. */
	SessionListener listener() {
		return this.listener;
	}

	/** Returns what follows from the end of a session. */
	Ends ends() {
		return this.ends;
	}

	/**
	 * What follows from the end of a session whose handler was notified of it, in this
	 * order, each once. Any thread.
	 */
	@FunctionalInterface
	public interface Ends {

		/**
		 * It is no longer among the open ones, and listeners were not notified yet: its
		 * place is free.
		 */
		default void left() {
		}

		/** Listeners were notified. */
		void ended();

	}

}
