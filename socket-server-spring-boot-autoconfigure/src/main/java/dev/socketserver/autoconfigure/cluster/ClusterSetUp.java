package dev.socketserver.autoconfigure.cluster;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties.Cluster;
import dev.socketserver.autoconfigure.properties.SocketProperties.WhenUnavailable;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.event.SocketNodeJoinedEvent;
import dev.socketserver.event.SocketNodeLeftEvent;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Makes the servers those of a node, as the properties say.
 *
 * @param given the properties, if there are any
 */
public record ClusterSetUp(@Nullable Cluster given) {

	private static final SafeLogger logger = SafeLogger.of(ClusterSetUp.class);

	private static final String PREFIX = "socket.cluster.";

	private static final Duration SHORTEST = Duration.ofMillis(10);

	private static final Duration LONGEST = Duration.ofDays(1);

	private static final int LONGEST_NAME = 200;

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

	/**
	 * Reads the properties.
	 * @throws InvalidSocketPropertyException if one of them has a value that cannot work
	 */
	public static ClusterSetUp of(SocketProperties properties) {
		Cluster cluster = properties.getCluster();
		if (cluster != null) {
			check("name", cluster.name());
			check("node", cluster.node());
			check("lease", cluster.lease());
			check("request-timeout", cluster.requestTimeout());
		}
		return new ClusterSetUp(cluster);
	}

	/** Returns what holds: the properties, or their defaults. */
	public Cluster properties() {
		return (this.given != null) ? this.given : Cluster.DEFAULTS;
	}

	/** Returns what the servers of a node share that is alone. */
	public EngineSpec alone(EngineSpec spec) {
		if (this.given != null && this.given.enabled()) {
			logger.warn("socket.cluster has no effect: this application is the only node, since it has no "
					+ "socket-server-spring-boot-starter-redis");
		}
		return spec;
	}

	/** Returns what the servers of a node share that finds others. */
	public EngineSpec apply(EngineSpec spec, ClusterEngine engine, ConfigurableApplicationContext context,
			ObjectProvider<ClusterListener> listeners) {
		Cluster cluster = properties();
		if (!cluster.enabled()) {
			return spec;
		}
		String node = (cluster.node() != null) ? cluster.node() : NettySocketServers.nodeName();
		return spec.cluster(
				new ClusterSettings(node, cluster.lease(), cluster.requestTimeout(),
						cluster.whenUnavailable() == WhenUnavailable.LOCAL, cluster.secret()),
				engine, () -> all(context, listeners));
	}

	private static void check(String key, @Nullable String name) {
		check(name == null || name.length() <= LONGEST_NAME, key, name,
				"it must not be longer than %d characters".formatted(LONGEST_NAME));
		check(name == null || NAME.matcher(name).matches(), key, name,
				"it must be of letters, digits, dots, dashes and underscores");
	}

	private static void check(String key, Duration duration) {
		check(duration.compareTo(SHORTEST) >= 0, key, duration, "it must be at least 10 ms");
		check(duration.compareTo(LONGEST) <= 0, key, duration, "it must not be longer than a day");
	}

	private static void check(boolean possible, String key, @Nullable Object value, String problem) {
		if (!possible) {
			throw new InvalidSocketPropertyException(PREFIX + key, value, problem, "Change " + PREFIX + key);
		}
	}

	/** Returns those who are notified: nobody where the application has ended. */
	private static List<ClusterListener> all(ConfigurableApplicationContext context,
			ObjectProvider<ClusterListener> listeners) {
		return context.isActive()
				? Stream.concat(Stream.of(new NodeEvents(context)), listeners.orderedStream()).toList() : List.of();
	}

	/**
	 * Publishes nodes that come and go as events.
	 *
	 * @param context where
	 */
	private record NodeEvents(ConfigurableApplicationContext context) implements ClusterListener {

		@Override
		public void joined(ClusterNode node) {
			publish(new SocketNodeJoinedEvent(node));
		}

		@Override
		public void left(ClusterNode node) {
			publish(new SocketNodeLeftEvent(node));
		}

		private void publish(Object event) {
			if (this.context.isActive()) {
				this.context.publishEvent(event);
			}
		}

	}

}
