package dev.socketserver.engine.session;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.operator.EndedSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session: its present state, and what is kept of it when it has
 * ended.
 */
final class Snapshots {

	private Snapshots() {
	}

	/** Describes a session. Any thread. */
	static SessionInfo info(Session session) {
		return info(session, state(session), session.end().settled());
	}

	private static SessionInfo.State state(Session session) {
		if (session.end().isOver()) {
			return SessionInfo.State.CLOSED;
		}
		if (session.end().isSettled()) {
			return SessionInfo.State.CLOSING;
		}
		return session.invoker().stalled() ? SessionInfo.State.STALLED : SessionInfo.State.OPEN;
	}

	private static SessionInfo info(Session session, SessionInfo.State state, @Nullable CloseStatus status) {
		Map<String, List<String>> bound = Map.of();
		List<String> groups = List.of();
		synchronized (session) {
			SessionBindings.Held held = session.held();
			if (held != null) {
				bound = held.bound();
				groups = held.groups();
			}
		}
		Outbox outbox = session.outbox();
		SessionRequests asked = session.asked();
		return new SessionInfo(state, session.bytesReceived(), session.bytesSent(), session.messagesReceived(),
				session.messagesSent(), session.invoker().pendingFrames(), outbox.pendingWrites(),
				outbox.pendingBytes(), session.readsPaused(), Duration.ofNanos(session.invoker().handlerNanos()), bound,
				groups, (asked != null) ? asked.size() : 0, (asked != null) ? asked.waiting() : List.of(), status);
	}

	/** Copies what is to be known of a session when it is no more. On its end. */
	static EndedSession ended(Session session) {
		CloseStatus status = session.end().status();
		EndedText text = new EndedText();
		Principal proved = session.principal();
		String principal = (proved != null) ? text.truncate(proved.getName()) : null;
		// Without the cause, which may hold anything.
		SessionInfo info = info(session, SessionInfo.State.CLOSED,
				new CloseStatus(status.reason(), text.detail(status.detail()), null));
		return new EndedSession(session.id(), session.server(), session.remoteAddress(), session.localAddress(),
				session.openedAt(), Instant.now(), principal, text.attributes(session.keptAttributes()),
				new SessionInfo(info.state(), info.bytesReceived(), info.bytesSent(), info.messagesReceived(),
						info.messagesSent(), info.pendingInbound(), info.pendingWrites(), info.pendingBytes(),
						info.readsPaused(), info.handlerTime(), text.bound(info.bound()), text.some(info.groups()), 0,
						List.of(), info.closed()),
				null);
	}

}
