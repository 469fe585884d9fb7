package dev.socketserver.engine.session;

import java.util.ArrayDeque;
import java.util.List;

import dev.socketserver.operator.EndedSession;

/**
 * Copies of the {@value #CAPACITY} sessions of a server that have ended last. Safe for
 * use by several threads, which wait for each other no longer than for a copy of the
 * list.
 */
final class EndedSessions {

	/** How many ended sessions are kept for each server. */
	static final int CAPACITY = 100;

	/** The one that ended last comes last. Guarded by itself. */
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
