package dev.socketserver.mailbox.actuate;

import java.time.Instant;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketMailboxMetrics}.
 */
class SocketMailboxMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final SocketMailboxMetrics metrics = new SocketMailboxMetrics(() -> null);

	@Test
	void aMeterThatARegistryRefusesCostsNoOther() {
		this.registry.counter("socket.mailbox.delivery");
		this.registry.counter("socket.mailbox.waiting");
		this.metrics.bindTo(this.registry);
		this.metrics.ended(new Letter("device", "7", "a", LetterState.DELIVERED, 1, Instant.EPOCH, Instant.MAX,
				Instant.EPOCH, null));

		assertThat(this.registry.get("socket.mailbox.letters").tag("state", "DELIVERED").counter().count()).isOne();
		this.metrics.close();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsExactlyInAnyOrder("socket.mailbox.delivery", "socket.mailbox.waiting");
	}

}
