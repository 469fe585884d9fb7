package dev.socketserver.engine.session;

import java.security.Principal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.operator.EndedSession;
import org.jspecify.annotations.Nullable;

/**
 * What is told about a session: its present state, and what is kept of it when it has
 * ended.
 */
final class Snapshots {

	/** How many entries of each kind are kept of a session that has ended. */
	private static final int MAX_ENTRIES = 64;

	/** How many characters of a text are kept. */
	private static final int MAX_TEXT = 256;

	private Snapshots() {
	}

	/** Tells how a session is. Any thread. */
	static SessionInfo info(Session session) {
		return info(session, state(session), session.status());
	}

	private static SessionInfo.State state(Session session) {
		if (session.isOver()) {
			return SessionInfo.State.CLOSED;
		}
		if (session.status() != null) {
			return SessionInfo.State.CLOSING;
		}
		return session.invoker().stalled() ? SessionInfo.State.STALLED : SessionInfo.State.OPEN;
	}

	private static SessionInfo info(Session session, SessionInfo.State state, @Nullable CloseStatus status) {
		Map<String, List<String>> bound = Map.of();
		List<String> groups = List.of();
		synchronized (session) {
			if (session.held != null) {
				bound = session.held.bound();
				groups = session.held.groups();
			}
		}
		Outbox outbox = session.outbox();
		return new SessionInfo(state, session.bytesReceived(), session.bytesSent(), session.messagesReceived(),
				session.messagesSent(), session.invoker().pendingFrames(), outbox.pendingWrites(), outbox.pendingBytes(),
				session.readsPaused(), bound, groups, status);
	}

	/** Copies what is to be known of a session when it is no more. On its end. */
	static EndedSession ended(Session session) {
		CloseStatus status = session.endStatus();
		// Without the cause, which may hold anything.
		SessionInfo info = info(session, SessionInfo.State.CLOSED,
				new CloseStatus(status.reason(), status.detail(), null));
		Principal proved = session.principal();
		return new EndedSession(session.id(), session.server(), session.remoteAddress(), session.localAddress(),
				session.openedAt(), Instant.now(), (proved != null) ? proved.getName() : null,
				copy(session.keptAttributes()),
				new SessionInfo(info.state(), info.bytesReceived(), info.bytesSent(), info.messagesReceived(),
						info.messagesSent(), info.pendingInbound(), info.pendingWrites(), info.pendingBytes(),
						info.readsPaused(), some(info.bound()), some(info.groups()), info.closed()));
	}

	/**
	 * Copies what the application has kept with a session, without calling any code of
	 * the application.
	 */
	private static Map<String, Object> copy(@Nullable Map<String, Object> attributes) {
		if (attributes == null || attributes.isEmpty()) {
			return Map.of();
		}
		Map<String, Object> copy = new LinkedHashMap<>();
		for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
			if (copy.size() == MAX_ENTRIES) {
				break;
			}
			copy.put(attribute.getKey(), copy(attribute.getValue()));
		}
		return copy;
	}

	private static Object copy(Object value) {
		if (value instanceof String text) {
			return (text.length() > MAX_TEXT) ? text.substring(0, MAX_TEXT) : text;
		}
		boolean number = value instanceof Integer || value instanceof Long || value instanceof Double
				|| value instanceof Float || value instanceof Short || value instanceof Byte;
		if (number || value instanceof Boolean) {
			return value;
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		Class<?> type = value.getClass();
		boolean small = type == Character.class || type.getName().startsWith("java.time.")
				|| type == AtomicInteger.class || type == AtomicLong.class || type == UUID.class;
		return small ? value.toString() : type.getTypeName();
	}

	/** Copies at most so many identities as are shown of a session that has ended. */
	private static Map<String, List<String>> some(Map<String, List<String>> bound) {
		Map<String, List<String>> some = new LinkedHashMap<>();
		bound.entrySet()
			.stream()
			.limit(MAX_ENTRIES)
			.forEach((entry) -> some.put(entry.getKey(), some(entry.getValue())));
		return some;
	}

	private static List<String> some(List<String> names) {
		return (names.size() > MAX_ENTRIES) ? List.copyOf(names.subList(0, MAX_ENTRIES)) : names;
	}

}
