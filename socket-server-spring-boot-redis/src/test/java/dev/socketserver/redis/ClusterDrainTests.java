package dev.socketserver.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.operation.RebalanceAction;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.spec.DrainPlan;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Nodes that drain while something else happens.
 */
@Timeout(120)
class ClusterDrainTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final int PEERS = 20;

	private final List<AutoCloseable> opened = new ArrayList<>();

	private RedisServer redis;

	private ConfigurableApplicationContext a;

	private ConfigurableApplicationContext b;

	@BeforeEach
	void start() {
		this.redis = RedisServer.open();
		this.opened.add(this.redis);
		this.a = application("a");
		this.b = application("b");
	}

	private ConfigurableApplicationContext application(String node) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class).run(
				"--spring.data.redis.port=" + this.redis.port(), "--socket.cluster.node=" + node,
				"--socket.cluster.lease=3s", "--socket.servers.login.port=0", "--server.port=0",
				"--socket.servers.login.farewell=bye", "--spring.data.redis.repositories.enabled=false",
				"--spring.main.banner-mode=off");
		this.opened.add(context);
		return context;
	}

	@AfterEach
	void close() throws Exception {
		for (int i = this.opened.size() - 1; i >= 0; i--) {
			this.opened.get(i).close();
		}
	}

	private static SocketServer login(ConfigurableApplicationContext node) {
		return node.getBean(SocketServers.class).server("login").orElseThrow();
	}

	private static SocketCluster cluster(ConfigurableApplicationContext node) {
		return node.getBean(SocketCluster.class);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(20)).ignoreExceptions();
	}

	private List<Peer> connect(ConfigurableApplicationContext node) throws IOException {
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < PEERS; i++) {
			Peer peer = new Peer(login(node).localAddress().getPort());
			this.opened.add(peer);
			assertThat(peer.ask("user" + i)).isEqualTo("true");
			peers.add(peer);
		}
		return peers;
	}

	private static CompletableFuture<?> drain(ConfigurableApplicationContext node, Duration over) {
		return login(node).drain(new DrainPlan(Duration.ZERO, over, DrainPlan.Order.OLDEST), LONG);
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
		List<Peer> peers = connect(this.a);
		long begun = System.nanoTime();
		CompletableFuture<?> end = drain(this.a, Duration.ofSeconds(2));
		assertThat(peers.get(0).read()).isEqualTo("bye");

		this.redis.kill();
		for (Peer peer : peers.subList(1, PEERS)) {
			assertThat(peer.read()).isEqualTo("bye");
		}
		assertThat(end).succeedsWithin(LONG);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(1_500),
				Duration.ofMillis(3_500));
		assertThat(login(this.a).statistics().closed()).isEqualTo(Map.of(CloseReason.SERVER_STOPPED, (long) PEERS));
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
		List<Peer> peers = connect(this.a);
		List<Peer> others = connect(this.b);
		assertThat(peers).allSatisfy((peer) -> assertThat(peer.read()).isNull());
		connect(c);
		assertThat(others).allSatisfy((peer) -> assertThat(peer.read()).isNull());
		// What it knows of the others is as old as their last renewal.
		await().untilAsserted(
				() -> assertThat(cluster(c).nodes()).extracting(ClusterNode::sessions).containsExactly(0, 0, PEERS));
		RebalanceAction rebalance = rebalance(c);
		assertThat(rebalance.begin(Duration.ofMinutes(1)).closing()).isPositive();

		CompletableFuture<?> first = drain(this.a, Duration.ofMillis(200));
		CompletableFuture<?> second = drain(this.b, Duration.ofMillis(200));

		assertThat(first).succeedsWithin(LONG);
		assertThat(second).succeedsWithin(LONG);
		await().until(() -> states(c)
			.equals(List.of(ClusterNode.State.DRAINING, ClusterNode.State.DRAINING, ClusterNode.State.UP)));
		assertThatExceptionOfType(RefusedOperationException.class).isThrownBy(() -> rebalance.begin(Duration.ZERO))
			.withMessageContaining("No other node");
		assertThatExceptionOfType(RefusedOperationException.class)
			.isThrownBy(() -> rebalance(this.a).begin(Duration.ZERO))
			.withMessageContaining("This node drains");
		login(this.a).start();
		await().until(() -> states(c)
			.equals(List.of(ClusterNode.State.UP, ClusterNode.State.DRAINING, ClusterNode.State.UP)));
	}

	/** The future belongs to the caller, and the drain to the server. */
	@Test
	void whoeverCancelsTheFutureOfADrainDoesNotEndItAndAStopDoes() throws Exception {
		List<Peer> peers = connect(this.a);
		CompletableFuture<?> end = drain(this.a, LONG.multipliedBy(9).dividedBy(10));
		assertThat(peers.get(0).read()).isEqualTo("bye");

		assertThat(end.cancel(true)).isTrue();
		assertThat(login(this.a).state()).isEqualTo(ServerState.DRAINING);
		assertThat(login(this.a).stopped().isDone()).isFalse();
		assertThat(peers.get(PEERS - 1).ask("user19")).isEqualTo("true");
		long stopped = System.nanoTime();
		assertThat(login(this.a).stop()).isTrue();

		assertThat(login(this.a).stopped()).succeedsWithin(5, TimeUnit.SECONDS);
		assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(3));
		for (Peer peer : peers.subList(1, PEERS)) {
			assertThat(peer.read()).isEqualTo("bye");
		}
		await().until(() -> cluster(this.b).find("user", "user19").join().isEmpty());
	}

	/** One end of a connection. */
	private static final class Peer implements AutoCloseable {

		private final Socket socket;

		private final BufferedReader in;

		Peer(int port) throws IOException {
			this.socket = new Socket("127.0.0.1", port);
			this.socket.setSoTimeout(10_000);
			this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
		}

		String ask(String line) throws IOException {
			this.socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
			return read();
		}

		String read() throws IOException {
			return this.in.readLine();
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Login login() {
			return new Login();
		}

	}

	@SocketHandler("login")
	static class Login {

		@OnMessage
		String login(String user, SocketSession session) {
			return "" + session.bind("user", user, BindPolicy.REPLACE);
		}

	}

}
