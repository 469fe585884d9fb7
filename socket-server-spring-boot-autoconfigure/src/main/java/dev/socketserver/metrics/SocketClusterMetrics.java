package dev.socketserver.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ManagedCluster;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * {@link MeterBinder} for the cluster. An application that is no node of a cluster has
 * none of these meters. The last two appear with the first request or claim.
 * <ul>
 * <li>{@code socket.cluster.nodes}, a gauge: the nodes that are up or drain, this one
 * included</li>
 * <li>{@code socket.cluster.directory.up}, a gauge: 1 while the directory can be reached
 * and takes claims, else 0</li>
 * <li>{@code socket.cluster.requests}, a timer: requests to other nodes until their
 * outcome, with the tags {@code kind} (such as {@code send} or {@code operate}) and
 * {@code outcome}, a {@link Delivery}</li>
 * <li>{@code socket.cluster.claims}, a counter: claims of identities, with the tag
 * {@code outcome}: {@code granted}; {@code taken}, since another session has it;
 * {@code stale}, since a younger session has taken it meanwhile; without the directory,
 * {@code local} if this node has decided, else {@code unavailable}</li>
 * </ul>
 * If a registry has such a meter already, which is that of another application, it stays.
 * Safe for use by several threads.
 */
public class SocketClusterMetrics implements MeterBinder, ClusterListener, AutoCloseable {

	private final ObjectProvider<ManagedCluster> cluster;

	private final Map<MeterRegistry, Bound> registries = new ConcurrentHashMap<>();

	/**
	 * Creates the binder.
	 * @param cluster the cluster, which may not exist yet
	 */
	public SocketClusterMetrics(ObjectProvider<ManagedCluster> cluster) {
		this.cluster = cluster;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		ManagedCluster known = this.cluster.getIfAvailable();
		if (known == null || !known.isClustered()) {
			return;
		}
		Bound bound = new Bound(registry);
		if (this.registries.putIfAbsent(registry, bound) == null) {
			bound.gauges(known);
		}
	}

	private static double living(@Nullable ManagedCluster cluster) {
		return (cluster == null) ? 0
				: cluster.knownNodes().stream().filter((node) -> node.state() != ClusterNode.State.DEAD).count();
	}

	@Override
	public void requested(String kind, String outcome, Duration took) {
		this.registries.values()
			.forEach((bound) -> bound.request(new Request(kind, outcome)).ifPresent((timer) -> timer.record(took)));
	}

	@Override
	public void claimed(String outcome) {
		this.registries.values().forEach((bound) -> bound.claim(outcome).ifPresent(Counter::increment));
	}

	/**
	 * Removes the meters, since a registry may live longer than the cluster. Registries
	 * get no others unless they are bound again.
	 */
	@Override
	public void close() {
		this.registries.values().forEach((bound) -> bound.own.remove());
		this.registries.clear();
	}

	/**
	 * What a registry has. Looking up a meter there for each request would cost more than
	 * the request's messages.
	 */
	private static final class Bound {

		private final OwnMeters own;

		/** Empty where the registry has refused the timer. */
		private final Map<Request, Optional<Timer>> requests = new ConcurrentHashMap<>();

		/** Empty where the registry has refused the counter. */
		private final Map<String, Optional<Counter>> claims = new ConcurrentHashMap<>();

		Bound(MeterRegistry registry) {
			this.own = new OwnMeters(registry);
		}

		void gauges(ManagedCluster cluster) {
			this.own.add("socket.cluster.nodes", Tags.empty(),
					Gauge.builder("socket.cluster.nodes", cluster, SocketClusterMetrics::living)
						.description("Nodes of the cluster that live")::register);
			this.own.add("socket.cluster.directory.up", Tags.empty(),
					Gauge.builder("socket.cluster.directory.up", cluster, (known) -> known.isDirectoryUp() ? 1 : 0)
						.description("Whether the directory of the cluster can be reached")::register);
		}

		Optional<Timer> request(Request request) {
			return this.requests.computeIfAbsent(request, (key) -> {
				Tags tags = Tags.of("kind", key.kind(), "outcome", key.outcome());
				return this.own.add("socket.cluster.requests", tags,
						Timer.builder("socket.cluster.requests")
							.description("Requests to other nodes of the cluster")
							.tags(tags)::register);
			});
		}

		Optional<Counter> claim(String outcome) {
			return this.claims.computeIfAbsent(outcome, (key) -> {
				Tags tags = Tags.of("outcome", key);
				return this.own.add("socket.cluster.claims", tags,
						Counter.builder("socket.cluster.claims")
							.description("Claims of identities in the cluster")
							.tags(tags)::register);
			});
		}

	}

	/**
	 * Which timer is meant.
	 *
	 * @param kind what was asked
	 * @param outcome how it ended
	 */
	private record Request(String kind, String outcome) {

	}

}
