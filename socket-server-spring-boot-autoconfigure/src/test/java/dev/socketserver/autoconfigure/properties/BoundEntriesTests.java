package dev.socketserver.autoconfigure.properties;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.properties.ServerDefaults.Limits;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Properties that are made of values which were bound before.
 */
class BoundEntriesTests {

	private final BoundEntries first = new BoundEntries(Map.of(), Map.of());

	@Test
	void valuesAreThoseThatWereBound() {
		ServerProperties server = this.first.server("orders",
				Map.of("port", "7000", "drain-timeout", Duration.ofSeconds(5), "limits.frame", DataSize.ofBytes(10),
						"limits.allow", List.of("10.0.0.0/8"), "listeners.tls.port", "7001",
						"listeners.tls.limits.accept-rate", 5),
				List.of("limits.frame", "drain-timeout"));

		assertThat(server.getPort()).isEqualTo("7000");
		assertThat(server.getDrainTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(server.getLimits()).extracting(Limits::frame, Limits::allow, Limits::sessions)
			.containsExactly(DataSize.ofBytes(10), List.of("10.0.0.0/8"), null);
		assertThat(server.getListeners()).containsOnlyKeys("tls");
		assertThat(server.getListeners().get("tls").port()).isEqualTo("7001");
		assertThat(server.getListeners().get("tls").limits().acceptRate()).isEqualTo(5);
		assertThat(server.isInherited("limits.frame")).isTrue();
		assertThat(server.isInherited("limits.allow")).isFalse();
	}

	@Test
	void keyMayLackItsDashes() {
		ClientProperties client = this.first.client("meter",
				Map.of("connecttimeout", Duration.ofSeconds(5), "reconnect.maxperiod", Duration.ofSeconds(6)));

		assertThat(client.getConnectTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(client.getReconnect().maxPeriod()).isEqualTo(Duration.ofSeconds(6));
	}

	@Test
	void blocksOfEqualValuesAreMadeOnce() {
		ServerProperties one = this.first.server("one", Map.of("limits.sessions", 5, "timeouts.idle", second(1)),
				List.of());
		ServerProperties two = this.first.server("two", Map.of("limits.sessions", 6, "timeouts.idle", second(1)),
				List.of());
		BoundEntries next = new BoundEntries(Map.of(), this.first.blocks());
		ServerProperties again = next.server("one", Map.of("limits.sessions", 5, "timeouts.idle", second(2)),
				List.of());

		assertThat(two.getTimeouts()).isSameAs(one.getTimeouts());
		assertThat(two.getLimits()).isNotEqualTo(one.getLimits());
		assertThat(again.getLimits()).isSameAs(one.getLimits());
		assertThat(again.getTimeouts().idle()).isEqualTo(second(2));
		assertThat(next.blocks()).hasSize(2);
	}

	private static Duration second(int seconds) {
		return Duration.ofSeconds(seconds);
	}

}
