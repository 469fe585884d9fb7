package dev.socketserver.metrics;

import java.time.Duration;

import dev.socketserver.cluster.spi.ManagedCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SocketClusterMetrics}.
 */
class SocketClusterMetricsTests {

	private final ManagedCluster cluster = mock(ManagedCluster.class);

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@BeforeEach
	void cluster() {
		given(this.cluster.isClustered()).willReturn(true);
		this.beans.addBean("cluster", this.cluster);
	}

	private SocketClusterMetrics metrics() {
		return new SocketClusterMetrics(this.beans.getBeanProvider(ManagedCluster.class));
	}

	@Test
	void countsOnceWhereItWasBoundTwice() {
		SocketClusterMetrics metrics = metrics();
		metrics.bindTo(this.registry);
		metrics.bindTo(this.registry);

		metrics.requested("send", "WRITTEN", Duration.ofMillis(1));
		metrics.claimed("granted");

		assertThat(this.registry.get("socket.cluster.requests").tag("kind", "send").timer().count()).isOne();
		assertThat(this.registry.get("socket.cluster.claims").tag("outcome", "granted").counter().count()).isOne();
	}

	@Test
	void removesItsMetersOnly() {
		SocketClusterMetrics other = metrics();
		other.bindTo(this.registry);
		other.claimed("granted");
		SocketClusterMetrics metrics = metrics();
		metrics.bindTo(this.registry);
		metrics.claimed("granted");
		metrics.claimed("taken");
		metrics.requested("send", "WRITTEN", Duration.ofMillis(1));

		metrics.close();
		metrics.requested("send", "GONE", Duration.ofMillis(1));

		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsExactlyInAnyOrder("socket.cluster.nodes", "socket.cluster.directory.up", "socket.cluster.claims");
		other.close();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void bindsAgainAfterItsMetersWereRemoved() {
		SocketClusterMetrics metrics = metrics();
		metrics.bindTo(this.registry);
		metrics.close();

		metrics.bindTo(this.registry);

		assertThat(this.registry.getMeters()).hasSize(2);
	}

}
