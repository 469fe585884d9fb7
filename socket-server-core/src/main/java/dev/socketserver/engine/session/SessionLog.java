package dev.socketserver.engine.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

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

	/**
	 * A device that connects anew has its address, as a rule; two devices with one
	 * identity replace each other again and again.
	 * @param address the address of the other peer, or {@code null} if that is not known
	 */
	static void replaced(Session session, String type, String id, String by, @Nullable InetSocketAddress address) {
		InetAddress own = session.remoteAddress().getAddress();
		if (address == null || !own.equals(address.getAddress())) {
			String other = (address != null) ? " of " + Addresses.format(address) : "";
			failures(session).log("sessions replaced by others", MOST_FAILURES,
					() -> logger.info("'{}': session {} of {} is replaced by {}{}, which is bound to {} '{}' now",
							session.spec().label(), session.id(), Addresses.format(session.remoteAddress()), by, other,
							LogText.of(type), LogText.of(id)));
		}
	}

	static void replyDropped(Session session) {
		logger.debug("Session {}: a reply was dropped, the output had ended before it", session.id());
	}

	static void stalled(Session session) {
		SessionSpec spec = session.spec();
		int most = spec.unframed() ? spec.readBuffer() : spec.maxFrameBytes();
		String line = spec.unframed()
				? "Session {}: the handler took nothing of a full read buffer ({} bytes); reading has stopped"
				: "Session {}: the handler leaves {} bytes unread, as many as limits.frame allows; reading has stopped";
		failures(session).log("handlers that took nothing of a full read buffer", MOST_FAILURES,
				() -> logger.info(line, session.id(), most));
	}

	static void failed(Session session, String kind, String what, Throwable failure) {
		failures(session).failed(kind, failure, MOST_FAILURES, session.spec().label(), session.id(),
				Addresses.format(session.remoteAddress()), what);
	}

	private static FailureLog failures(Session session) {
		return session.state().diagnostics().failureLog();
	}

}
