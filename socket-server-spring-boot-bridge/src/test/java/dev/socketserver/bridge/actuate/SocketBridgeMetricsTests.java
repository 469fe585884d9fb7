package dev.socketserver.bridge.actuate;

import dev.socketserver.bridge.session.BridgeOutcome;
import dev.socketserver.bridge.session.BridgeStatistics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketBridgeMetrics}.
 */
class SocketBridgeMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final SocketBridgeMetrics metrics = new SocketBridgeMetrics();

	@Test
	void aMeterThatARegistryRefusesCostsNoOther() {
		this.registry.counter("socket.server.bridge", "server", "in", "outcome", BridgeOutcome.REJECTED.name());
		this.registry.counter("socket.server.bridge.pending", "server", "in");
		this.metrics.bindTo(this.registry);
		this.metrics.added(new BridgeStatistics("in", "store"));

		assertThat(this.registry.find("socket.server.bridge").functionTimers())
			.hasSize(BridgeOutcome.values().length - 1);
		this.metrics.close();
		assertThat(this.registry.getMeters()).hasSize(2);
	}

}
