package dev.socketserver.bridge.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.socketserver.bridge.session.BridgeStatistics;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of bridges: {@code DOWN} while something waits in one of them, and nothing could
 * be stored for ten seconds; else {@code UP}. Answers from memory.
 */
public class SocketBridgesHealthIndicator extends AbstractHealthIndicator {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Supplier<List<BridgeStatistics>> bridges;

	/**
	 * Creates the indicator.
	 * @param bridges what is counted of the bridges that there are
	 */
	public SocketBridgesHealthIndicator(Supplier<List<BridgeStatistics>> bridges) {
		this.bridges = bridges;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up();
		for (BridgeStatistics bridge : this.bridges.get()) {
			boolean stuck = bridge.isStuck(PATIENCE);
			if (stuck) {
				builder.down();
			}
			Map<String, Object> details = new LinkedHashMap<>();
			details.put("status", stuck ? "DOWN" : "UP");
			details.put("to", bridge.to());
			details.put("pending", bridge.pending());
			Instant since = bridge.failingSince();
			if (since != null) {
				details.put("failingSince", since);
			}
			builder.withDetail(bridge.server(), details);
		}
	}

}
