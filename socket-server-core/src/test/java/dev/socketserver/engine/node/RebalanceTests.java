package dev.socketserver.engine.node;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.ManualTimer;
import dev.socketserver.SocketServer;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each turn is one that the test gives.
 */
class RebalanceTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final List<Peer> peers = new ArrayList<>();

	private final SocketCluster cluster = (SocketCluster) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { SocketCluster.class },
			(proxy, method, arguments) -> method.getName().equals("node") ? "a" : nodes());

	private volatile ClusterNode.State self = ClusterNode.State.UP;

	private volatile ClusterNode.State other = ClusterNode.State.UP;

	private final ManualTimer timer = new ManualTimer();

	private SocketServer server;

	private List<ClusterNode> nodes() {
		return List.of(new ClusterNode("a", this.self, 6, Instant.EPOCH),
				new ClusterNode("b", this.other, 0, Instant.EPOCH));
	}

	@BeforeEach
	void connect() throws Exception {
		this.server = this.fixture.lines((line) -> line, (spec) -> spec);
		for (int i = 0; i < 6; i++) {
			this.peers.add(new Peer(this.server));
			assertThat(this.peers.get(i).ask("x")).isEqualTo("x");
		}
	}

	@AfterEach
	void close() throws Exception {
		Opened.closeAll(this.peers);
	}

	private void rebalance(int closing) {
		new Rebalance(new NodeSessions(this.fixture.servers), this.cluster, new TurnTimer(this.timer, this.timer::now))
			.begin(closing, Duration.ofSeconds(1));
	}

	private void giveTurn() {
		assertThat(this.timer.runNext()).isTrue();
	}

	private void awaitOpen(int count) {
		Awaitility.await().until(() -> this.server.statistics().active() == count);
	}

	@Test
	void closesWhatTheNodeHasAboveItsShare() {
		rebalance(2);
		giveTurn();
		giveTurn();
		awaitOpen(4);

		giveTurn();

		assertThat(this.timer.waiting()).isZero();
		assertThat(this.server.statistics().closed()).isEqualTo(Map.of(CloseReason.OPERATOR_CLOSED, 2L));
	}

	@Test
	void endsWhenNoOtherNodeIsUp() {
		rebalance(4);
		giveTurn();
		awaitOpen(5);
		this.other = ClusterNode.State.DRAINING;

		giveTurn();

		assertThat(this.timer.waiting()).isZero();
		assertThat(this.server.statistics().active()).isEqualTo(5);
	}

	@Test
	void endsWhenTheNodeItselfDrains() {
		rebalance(4);
		giveTurn();
		awaitOpen(5);
		this.self = ClusterNode.State.DRAINING;

		giveTurn();

		assertThat(this.timer.waiting()).isZero();
		assertThat(this.server.statistics().active()).isEqualTo(5);
	}

	@Test
	void endsWhenTheNodeHasComeDownToItsShareByItself() throws Exception {
		rebalance(2);
		for (Peer peer : this.peers.subList(0, 2)) {
			peer.close();
		}
		awaitOpen(4);

		giveTurn();

		assertThat(this.timer.waiting()).isZero();
		assertThat(this.server.statistics().closed()).isEqualTo(Map.of(CloseReason.PEER_CLOSED, 2L));
	}

}
