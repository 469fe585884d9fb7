package dev.socketserver.engine.session;

import dev.socketserver.CloseStatus;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.SafeLogger;

/**
 * What is logged of sessions, under the name of {@link Session}, which configurations of
 * logging know. Any thread.
 */
final class SessionLog {

	private static final SafeLogger logger = SafeLogger.of(Session.class);

	/** How many failures of one kind a server logs in an interval one by one. */
	private static final int MOST_FAILURES = 10;

	private SessionLog() {
	}

	static void opened(Session session) {
		logger.debug("Session {} opened, peer {}", session, session.remoteAddress());
	}

	static void closed(Session session, CloseStatus status) {
		logger.debug("Session {} closed: {}{}", session, status.reason(),
				(status.detail() != null) ? ", " + LogText.of(status.detail()) : "");
	}

	static void replyDropped(Session session) {
		logger.debug("Session {}: a reply was dropped, the output had ended before it", session.id());
	}

	static void stalled(Session session) {
		session.state()
			.diagnostics()
			.failureLog()
			.log("handlers that took nothing of a full read buffer", MOST_FAILURES, () -> logger.info(
					"Session {}: the handler took nothing of a full read buffer ({} bytes); reading has stopped",
					session.id(), session.spec().readBuffer()));
	}

	static void failed(Session session, String kind, String what, Throwable failure) {
		session.state()
			.diagnostics()
			.failureLog()
			.failed(kind, failure, MOST_FAILURES, session.server(), session.id(),
					Addresses.format(session.remoteAddress()), what);
	}

}
