package dev.socketserver.engine.session;

import java.util.ArrayDeque;
import java.util.List;

import dev.socketserver.engine.tap.Recordings.Recording;
import dev.socketserver.engine.tap.Taps;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations.RefusedConnection;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the {@value #CAPACITY} sessions of a server that have ended last. Safe for
 * use by several threads, which wait for each other no longer than for a copy of the
 * list.
 */
final class EndedSessions {

	/** How many ended sessions are kept for each server. */
	static final int CAPACITY = 100;

	/** The one that ended last is last. Guarded by itself. */
	private final ArrayDeque<Ended> sessions = new ArrayDeque<>();

	/** The last one is last. Guarded by the sessions. */
	private final ArrayDeque<RefusedConnection> refused = new ArrayDeque<>();

	/** Returns an entry for a session, which is not in the list yet. */
	Ended entry(EndedSession session) {
		return new Ended(session);
	}

	/** Adds a session. What was recorded of it may be there, or come later. */
	void add(Ended session) {
		synchronized (this.sessions) {
			if (this.sessions.size() == CAPACITY) {
				this.sessions.remove().forget();
			}
			this.sessions.add(session);
		}
	}

	/** Adds a connection that was refused. */
	void add(RefusedConnection connection) {
		synchronized (this.sessions) {
			if (this.refused.size() == CAPACITY) {
				this.refused.remove();
			}
			this.refused.add(connection);
		}
	}

	List<RefusedConnection> refused() {
		synchronized (this.sessions) {
			return List.copyOf(this.refused);
		}
	}

	List<EndedSession> list() {
		synchronized (this.sessions) {
			return this.sessions.stream().map((ended) -> ended.session).toList();
		}
	}

	/** One of them. Guarded by the list. */
	final class Ended {

		private EndedSession session;

		private @Nullable Recording recording;

		private @Nullable Taps taps;

		/** It is not in the list any more. */
		private boolean forgotten;

		private Ended(EndedSession session) {
			this.session = session;
		}

		/** Adds what was recorded of it. */
		void recorded(Recording recording, Taps taps) {
			synchronized (EndedSessions.this.sessions) {
				this.recording = recording;
				this.taps = taps;
				this.session = this.session.withRecorded(recording.transcript());
				if (this.forgotten) {
					forget();
				}
			}
		}

		private void forget() {
			this.forgotten = true;
			if (this.recording != null && this.taps != null) {
				this.taps.forget(this.recording);
				this.recording = null;
			}
		}

	}

}
