package dev.socketserver.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ManagedCluster;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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
 */
public class SocketClusterMetrics implements MeterBinder, ClusterListener {

	private final ObjectProvider<ManagedCluster> cluster;

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final Map<Requests, Timer> requests = new ConcurrentHashMap<>();

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
		Gauge.builder("socket.cluster.nodes", known, SocketClusterMetrics::living)
			.description("Nodes of the cluster that live")
			.register(registry);
		Gauge.builder("socket.cluster.directory.up", known, (its) -> its.isDirectoryUp() ? 1 : 0)
			.description("Whether the directory of the cluster can be reached")
			.register(registry);
		this.registries.add(registry);
	}

	private static double living(@Nullable SocketCluster cluster) {
		return (cluster == null) ? 0
				: cluster.nodes().stream().filter((node) -> node.state() != ClusterNode.State.DEAD).count();
	}

	@Override
	public void requested(String kind, String outcome, Duration took) {
		for (MeterRegistry registry : this.registries) {
			this.requests.computeIfAbsent(new Requests(registry, kind, outcome), Requests::timer).record(took);
		}
	}

	@Override
	public void claimed(String outcome) {
		for (MeterRegistry registry : this.registries) {
			Counter.builder("socket.cluster.claims")
				.description("Claims of identities in the cluster")
				.tag("outcome", outcome)
				.register(registry)
				.increment();
		}
	}

	/**
	 * Which timer is meant. Looking it up in the registry for each request would cost
	 * more than the request's messages.
	 *
	 * @param registry where
	 * @param kind what was asked
	 * @param outcome how it ended
	 */
	private record Requests(MeterRegistry registry, String kind, String outcome) {

		Timer timer() {
			return Timer.builder("socket.cluster.requests")
				.description("Requests to other nodes of the cluster")
				.tag("kind", this.kind)
				.tag("outcome", this.outcome)
				.register(this.registry);
		}

	}

}
