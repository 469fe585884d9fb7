package dev.socketserver.session;

import java.util.ArrayDeque;
import java.util.List;

import dev.socketserver.EndedSession;

/**
 * The last sessions of a server that have ended, as copies. Safe for use by several
 * threads; whoever adds or reads waits for no more than a copy of the list.
 */
final class EndedSessions {

	/** So many sessions are remembered for each server. */
	static final int CAPACITY = 100;

	/** The one that ended last is the last. Guarded by itself. */
	private final ArrayDeque<EndedSession> sessions = new ArrayDeque<>();

	void add(EndedSession session) {
		synchronized (this.sessions) {
			if (this.sessions.size() == CAPACITY) {
				this.sessions.remove();
			}
			this.sessions.add(session);
		}
	}

	List<EndedSession> list() {
		synchronized (this.sessions) {
			return List.copyOf(this.sessions);
		}
	}

}
