package dev.socketserver.autoconfigure.settings.every;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The connections of a client, which are open while its settings change.
 *
 * @param client the client
 * @param size how many it has
 */
record OpenConnections(SocketClient client, int size) {

	OpenConnections {
		Patience.within(() -> assertThat(client.connections(ConnectionState.READY)).isEqualTo(size));
	}

	/** Returns what has become of them, or {@code null} if all are as they were. */
	@Nullable String lost() {
		List<CompletableFuture<String>> replies = this.client.connections()
			.stream()
			.map((session) -> session.ask("still here", String.class, Patience.limit()))
			.toList();
		for (CompletableFuture<String> reply : replies) {
			if (!"STILL HERE".equals(reply.handle((text, failure) -> text).join())) {
				return "a connection was lost";
			}
		}
		boolean even = this.client.statistics().closed().isEmpty() && this.client.statistics().connected() >= this.size
				&& replies.size() >= this.size;
		return even ? null : "the counters do not add up: " + this.client.statistics();
	}

}
