package dev.socketserver.autoconfigure.settings.refresh;

import dev.socketserver.autoconfigure.properties.StrictKeys;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of changes of settings.
 *
 * @param onRefresh Greatest change of servers and clients that is made when Spring Cloud
 * has refreshed the environment. What is above waits for an operator.
 */
@ConfigurationProperties("socket.settings")
@StrictKeys({})
public record SocketSettingsProperties(@DefaultValue("new-sessions") OnRefresh onRefresh) {

	/** What a refresh changes. */
	public enum OnRefresh {

		/** Nothing. */
		OFF(null),

		/** What holds for open sessions, too. */
		APPLIED(Verdict.APPLIED),

		/** What holds for sessions that open later, too. */
		NEW_SESSIONS(Verdict.NEW_SESSIONS),

		/** What needs a restart, too, and servers and clients that are new or gone. */
		RESTART(Verdict.REMOVE);

		private final @Nullable Verdict most;

		OnRefresh(@Nullable Verdict most) {
			this.most = most;
		}

		@Nullable Verdict most() {
			return this.most;
		}

	}

}
