package dev.socketserver.metrics;

import java.time.Instant;
import java.util.List;

import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsRecord;
import dev.socketserver.settings.SettingsRecord.Outcome;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketSettingsMetrics}.
 */
class SocketSettingsMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final SocketSettingsMetrics metrics = new SocketSettingsMetrics(() -> 0);

	@Test
	void removesItsMetersOnly() {
		Counter other = this.registry.counter("socket.settings.changes", "verdict", "CREATE", "outcome", "APPLIED");
		this.metrics.bindTo(this.registry);
		change(Verdict.CREATE);
		change(Verdict.APPLIED);
		change(Verdict.APPLIED);
		assertThat(changes(Verdict.APPLIED)).isEqualTo(2);
		assertThat(this.registry.getMeters()).hasSize(3);

		this.metrics.close();

		assertThat(this.registry.getMeters()).containsExactly(other);
	}

	@Test
	void aMeterThatARegistryRefusesCostsNoOther() {
		this.registry.counter("socket.settings.pending");
		this.metrics.bindTo(this.registry);
		change(Verdict.APPLIED);

		assertThat(changes(Verdict.APPLIED)).isOne();
	}

	private void change(Verdict verdict) {
		this.metrics.ended(new SettingsRecord(1, Instant.now(), "code", Outcome.APPLIED,
				List.of(new SettingsChange("servers.upper", "backlog", null, "7", verdict, null))));
	}

	private double changes(Verdict verdict) {
		return this.registry.get("socket.settings.changes").tag("verdict", verdict.name()).counter().count();
	}

}
