package dev.socketserver.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServers;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operation.RebalanceAction;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.spec.DrainPlan;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.fixtures.Patience.timed;
import static dev.socketserver.redis.LoginApplication.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Nodes that drain while something else happens.
 */
class ClusterDrainTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final int PEERS = 20;

	@RegisterExtension
	private final Opened opened = new Opened();

	private RedisServer redis;

	private ConfigurableApplicationContext a;

	private ConfigurableApplicationContext b;

	@BeforeEach
	void start() {
		this.redis = this.opened.add(RedisServer.open());
		this.a = application("a");
		this.b = application("b");
	}

	private ConfigurableApplicationContext application(String node) {
		return this.opened.add(LoginApplication.run(this.redis.port(), node, "--socket.cluster.lease=3s",
				"--socket.servers.login.farewell=bye", "--spring.data.redis.repositories.enabled=false",
				"--spring.main.banner-mode=off"));
	}

	private static SocketCluster cluster(ConfigurableApplicationContext node) {
		return node.getBean(SocketCluster.class);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(20)).ignoreExceptions();
	}

	private List<TestPeer> connect(ConfigurableApplicationContext node) throws IOException {
		List<TestPeer> peers = new ArrayList<>();
		for (int i = 0; i < PEERS; i++) {
			TestPeer peer = this.opened.add(TestPeer.connect(node, "login"));
			assertThat(peer.ask("user" + i)).isEqualTo("true");
			peers.add(peer);
		}
		return peers;
	}

	private static CompletableFuture<?> drain(ConfigurableApplicationContext node, Duration over) {
		return server(node).drain(new DrainPlan(Duration.ZERO, over, DrainPlan.Order.OLDEST), HOUR);
	}

	private static RebalanceAction rebalance(ConfigurableApplicationContext node) {
		return new RebalanceAction(node.getBean(ManagedCluster.class), node.getBean(SocketServers.class));
	}

	private static List<ClusterNode.State> states(ConfigurableApplicationContext node) {
		return cluster(node).nodes().stream().map(ClusterNode::state).toList();
	}

	@Tag("long")
	@Test
	void aRedisThatIsLostMeanwhileDelaysNoDrain() throws Exception {
		List<TestPeer> peers = connect(this.a);
		long begun = System.nanoTime();
		CompletableFuture<?> end = drain(this.a, Duration.ofSeconds(2));
		assertThat(timed(() -> {
			assertThat(peers.get(0).read()).isEqualTo("bye");
			this.redis.kill();
			for (TestPeer peer : peers.subList(1, PEERS)) {
				assertThat(peer.read()).isEqualTo("bye");
			}
			return assertThat(end).succeedsWithin(Patience.limit());
		})).isLessThan(Duration.ofSeconds(8));
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_500));
		assertThat(server(this.a).statistics().closed()).isEqualTo(Map.of(CloseReason.SERVER_STOPPED, (long) PEERS));
		connect(this.b);
		this.redis.start();

		await().untilAsserted(() -> {
			for (int i = 0; i < PEERS; i++) {
				assertThat(cluster(this.a).find("user", "user" + i).join()).get()
					.matches((found) -> found.node().equals("b") && found.token() > 0);
			}
			assertThat(states(this.b)).containsExactly(ClusterNode.State.DRAINING, ClusterNode.State.UP);
		});
	}

	@Test
	void twoNodesDrainAtOnceAndOneThatDrainsIsNotRebalanced() throws Exception {
		ConfigurableApplicationContext c = application("c");
		List<TestPeer> peers = connect(this.a);
		List<TestPeer> others = connect(this.b);
		assertThat(peers).allSatisfy((peer) -> assertThat(peer.read()).isNull());
		connect(c);
		assertThat(others).allSatisfy((peer) -> assertThat(peer.read()).isNull());
		// What it knows of the others is as old as their last renewal.
		await().untilAsserted(() -> {
			assertThat(cluster(c).nodes()).extracting(ClusterNode::sessions).containsExactly(0, 0, PEERS);
			assertThat(states(c)).containsOnly(ClusterNode.State.UP);
		});
		RebalanceAction rebalance = rebalance(c);
		assertThat(rebalance.begin(Duration.ofMinutes(1)).closing()).isPositive();

		CompletableFuture<?> first = drain(this.a, Duration.ofMillis(200));
		CompletableFuture<?> second = drain(this.b, Duration.ofMillis(200));

		assertThat(first).succeedsWithin(Patience.limit());
		assertThat(second).succeedsWithin(Patience.limit());
		await().until(() -> states(c)
			.equals(List.of(ClusterNode.State.DRAINING, ClusterNode.State.DRAINING, ClusterNode.State.UP)));
		assertThatExceptionOfType(RefusedOperationException.class).isThrownBy(() -> rebalance.begin(Duration.ZERO))
			.withMessageContaining("No other node");
		assertThatExceptionOfType(RefusedOperationException.class)
			.isThrownBy(() -> rebalance(this.a).begin(Duration.ZERO))
			.withMessageContaining("This node drains");
		server(this.a).start();
		await().until(() -> states(c)
			.equals(List.of(ClusterNode.State.UP, ClusterNode.State.DRAINING, ClusterNode.State.UP)));
	}

	/** The future belongs to the caller, and the drain to the server. */
	@Test
	void whoeverCancelsTheFutureOfADrainDoesNotEndItAndAStopDoes() throws Exception {
		List<TestPeer> peers = connect(this.a);
		CompletableFuture<?> end = drain(this.a, HOUR);
		assertThat(peers.get(0).read()).isEqualTo("bye");

		assertThat(end.cancel(true)).isTrue();
		assertThat(server(this.a).state()).isEqualTo(ServerState.DRAINING);
		assertThat(server(this.a).stopped().isDone()).isFalse();
		assertThat(peers.get(PEERS - 1).ask("user19")).isEqualTo("true");
		assertThat(server(this.a).stop()).isTrue();
		assertThat(server(this.a).stopped()).succeedsWithin(Patience.limit());
		for (TestPeer peer : peers.subList(1, PEERS)) {
			assertThat(peer.read()).isEqualTo("bye");
		}
		await().until(() -> cluster(this.b).find("user", "user19").join().isEmpty());
	}

}
