package dev.socketserver.cluster.node;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.Digest;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A directory and a bus that have this node join, and answer nothing else.
 */
class LeaveTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final Renewal RENEWAL = new Renewal(false, 1, "epoch", 1, 1, Digest.EMPTY, List.of(), List.of(),
			Long.MAX_VALUE);

	private final NettySocketServers servers = new NettySocketServers(List::of,
			EngineSpec.defaults()
				.cluster(new ClusterSettings("a", Duration.ofSeconds(10), HOUR, true, null),
						new Joined(answering(ClusterDirectory.class, Map.of("renew", RENEWAL)), new Echo()), List::of),
			() -> null, List::of);

	private final ManagedCluster node = this.servers.cluster();

	private static <T> T answering(Class<T> type, Map<String, Object> answers) {
		return type.cast(Proxy.newProxyInstance(LeaveTests.class.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> {
					Object answer = answers.get(method.getName());
					if (answer != null) {
						return CompletableFuture.completedFuture(answer);
					}
					return method.getReturnType().equals(CompletableFuture.class) ? new CompletableFuture<>() : null;
				}));
	}

	@AfterEach
	void close() {
		this.servers.close();
	}

	@Test
	void whoeverIsInterruptedMeanwhileLeavesNobodyWaiting() {
		this.node.join(Duration.ZERO);
		Awaitility.await().until(() -> this.node.join(Duration.ZERO));
		CompletableFuture<byte[]> asked = this.node.ask("device", "7", new byte[1], byte[].class, HOUR);
		assertThat(asked).isNotDone();

		Thread.currentThread().interrupt();
		this.node.leave();

		assertThat(Thread.interrupted()).isTrue();
		assertThatThrownBy(() -> Patience.await(asked)).cause().isInstanceOf(DeliveryException.class);
	}

	private record Joined(ClusterDirectory directory, ClusterBus bus) implements DirectoryEngine {

	}

	/** A node receives what it sends to itself. */
	private static final class Echo implements ClusterBus {

		private volatile Consumer<byte[]> receiver;

		@Override
		public CompletableFuture<Void> listen(NodeId node, Consumer<byte[]> receiver, Runnable lost) {
			this.receiver = receiver;
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletableFuture<Boolean> publish(NodeId node, byte[] message, boolean urgent) {
			this.receiver.accept(message);
			return CompletableFuture.completedFuture(true);
		}

		@Override
		public void close() {
		}

	}

}
