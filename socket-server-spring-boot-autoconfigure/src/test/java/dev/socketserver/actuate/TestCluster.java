package dev.socketserver.actuate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Nodes that perform each other's operations, with the limit that messages have.
 */
public final class TestCluster {

	/** Of a message between nodes. */
	private static final int MOST_BYTES = 1024 * 1024 - 1;

	private final Map<String, Map<String, Function<byte[], CompletableFuture<byte[]>>>> operations = new TreeMap<>();

	private final List<Duration> longer = new ArrayList<>();

	private final List<String> asked = new ArrayList<>();

	public ManagedCluster node(String name) {
		Map<String, Function<byte[], CompletableFuture<byte[]>>> its = new HashMap<>();
		this.operations.put(name, its);
		ManagedCluster node = mock(ManagedCluster.class);
		given(node.node()).willReturn(name);
		given(node.joinedNodes()).willAnswer((call) -> this.operations.keySet()
			.stream()
			.map((one) -> new ClusterNode(one, ClusterNode.State.UP, 0, Instant.EPOCH))
			.toList());
		willAnswer((call) -> {
			its.put(call.getArgument(0), call.getArgument(1));
			return null;
		}).given(node).operation(any(), any());
		given(node.operate(any(), any(), any(), any())).willAnswer((call) -> {
			this.longer.add(call.getArgument(3));
			return operate(call.getArgument(0), call.getArgument(1), call.getArgument(2));
		});
		return node;
	}

	private CompletableFuture<byte[]> operate(String node, String operation, byte[] body) {
		this.asked.add(new String(body, StandardCharsets.UTF_8));
		return this.operations.get(node).get(operation).apply(body).thenCompose((answer) -> {
			int most = MOST_BYTES - 100;
			return (answer.length <= most) ? CompletableFuture.completedFuture(answer)
					: CompletableFuture.failedFuture(new DeliveryException(Delivery.REFUSED,
							"A message to another node has " + answer.length + " bytes, and may have " + MOST_BYTES));
		});
	}

	/** How much longer than the request timeout nodes were waited for. */
	public List<Duration> longer() {
		return this.longer;
	}

	/** What nodes were asked for. */
	public List<String> asked() {
		return this.asked;
	}

}
