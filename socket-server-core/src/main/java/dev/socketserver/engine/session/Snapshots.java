package dev.socketserver.engine.session;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.lane.LoopAwareFuture;
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
		// Read once, so that the state and the status agree.
		CloseStatus status = session.end().settled();
		return info(session, state(session, status), status);
	}

	/** Asks the handler for what it has to say about a session. Any thread. */
	static CompletableFuture<Map<String, @Nullable Object>> details(Invoker invoker, Executor background) {
		CompletableFuture<Map<String, @Nullable Object>> asked = new LoopAwareFuture<>();
		invoker.callback(() -> {
			try {
				Map<String, @Nullable Object> details = Collections
					.unmodifiableMap(new LinkedHashMap<>(invoker.details()));
				background.execute(() -> asked.complete(details));
			}
			catch (Throwable ex) {
				background.execute(() -> asked.completeExceptionally(ex));
			}
		});
		return asked;
	}

	private static SessionInfo.State state(Session session, @Nullable CloseStatus status) {
		if (status == null) {
			return session.invoker().stalled() ? SessionInfo.State.STALLED : SessionInfo.State.OPEN;
		}
		return session.end().isOver() ? SessionInfo.State.CLOSED : SessionInfo.State.CLOSING;
	}

	private static SessionInfo info(Session session, SessionInfo.State state, @Nullable CloseStatus status) {
		Map<String, List<String>> bound = Map.of();
		List<String> groups = List.of();
		synchronized (session) {
			SessionBindings.Memberships memberships = session.memberships();
			if (memberships != null) {
				bound = memberships.bound();
				groups = memberships.groups();
			}
		}
		Outbox outbox = session.outbox();
		SessionRequests asked = session.asked();
		return new SessionInfo(state, session.state().bytesReceived(), session.state().bytesSent(),
				session.state().messagesReceived(), session.state().messagesSent(), session.invoker().pendingFrames(),
				outbox.pendingWrites(), outbox.pendingBytes(), session.input().readsPaused(),
				Duration.ofNanos(session.invoker().handlerNanos()), bound, groups, (asked != null) ? asked.size() : 0,
				(asked != null) ? asked.waiting() : List.of(), status);
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
				session.peerCredentials(), session.openedAt(), Instant.now(), principal,
				text.attributes(session.keptAttributes()),
				new SessionInfo(info.state(), info.bytesReceived(), info.bytesSent(), info.messagesReceived(),
						info.messagesSent(), info.pendingInbound(), info.pendingWrites(), info.pendingBytes(),
						info.readsPaused(), info.handlerTime(), text.bound(info.bound()), text.some(info.groups()), 0,
						List.of(), info.closed()),
				null);
	}

}
