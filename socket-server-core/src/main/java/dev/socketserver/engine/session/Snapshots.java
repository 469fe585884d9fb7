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

	private final Session session;

	Snapshots(Session session) {
		this.session = session;
	}

	/** Describes the session. Any thread. */
	SessionInfo info() {
		// Read once, so that the state and the status agree.
		CloseStatus status = this.session.end().settled();
		return info(state(status), status, null);
	}

	/** Asks the handler for what it has to say about the session. Any thread. */
	CompletableFuture<Map<String, @Nullable Object>> details(Executor background) {
		Invoker invoker = this.session.invoker();
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

	private SessionInfo.State state(@Nullable CloseStatus status) {
		if (status == null) {
			return this.session.invoker().stalled() ? SessionInfo.State.STALLED : SessionInfo.State.OPEN;
		}
		return this.session.end().isOver() ? SessionInfo.State.CLOSED : SessionInfo.State.CLOSING;
	}

	/**
	 * Describes the session.
	 * @param state its state
	 * @param status how it ends, or {@code null} if that is not settled
	 * @param ended copies what is kept of one that has ended, or {@code null}
	 */
	private SessionInfo info(SessionInfo.State state, @Nullable CloseStatus status, @Nullable EndedText ended) {
		Map<String, List<String>> bound;
		List<String> groups;
		synchronized (this.session) {
			SessionBindings.Memberships has = SessionBindings.has(this.session);
			bound = has.bound();
			groups = has.groups();
		}
		Outbox outbox = this.session.outbox();
		SessionRequests asked = (ended == null) ? this.session.asked() : null;
		return new SessionInfo(state, this.session.state().bytesReceived(), this.session.state().bytesSent(),
				this.session.state().messagesReceived(), this.session.state().messagesSent(),
				this.session.invoker().pendingFrames(), outbox.pendingWrites(), outbox.pendingBytes(),
				this.session.input().readsPaused(), Duration.ofNanos(this.session.invoker().handlerNanos()),
				(ended != null) ? ended.bound(bound) : bound, (ended != null) ? ended.groups(groups) : groups,
				(asked != null) ? asked.size() : 0, (asked != null) ? asked.waiting() : List.of(), status);
	}

	/** Copies what is to be known of the session when it is no more. On its end. */
	EndedSession ended() {
		CloseStatus status = this.session.end().status();
		EndedText text = new EndedText();
		Principal proved = this.session.principal();
		String name = (proved != null) ? proved.getName() : null;
		String principal = (name != null) ? text.truncate(name) : null;
		Map<String, Object> attributes = text.attributes(this.session.keptAttributes());
		// Without the cause, which may hold anything.
		SessionInfo info = info(SessionInfo.State.CLOSED,
				new CloseStatus(status.reason(), text.detail(status.detail()), null), text);
		return new EndedSession(this.session.id(), this.session.server(), this.session.listener(),
				this.session.remoteAddress(), this.session.localAddress(), this.session.group(),
				this.session.peerCredentials(), this.session.openedAt(), Instant.now(), this.session.settingsVersion(),
				principal, attributes, info, text.boundTotal(), text.groupsTotal(), null);
	}

}
