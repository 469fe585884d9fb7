package dev.socketserver.redis;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.client.ClientSpec.Reconnect;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.netty.NettySocketClients;
import dev.socketserver.netty.NettySocketServers;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A rolling restart of nodes after HAProxy, which clients that reconnect do not notice:
 * with the profile {@code soak} three nodes, 6,000 clients, and twice for each node;
 * otherwise two nodes, of which one restarts, and 30 clients, because each start of an
 * application takes its time.
 */
@Timeout(value = 580, unit = TimeUnit.SECONDS)
class RollingRestartTests {

	private static final Logger logger = LoggerFactory.getLogger(RollingRestartTests.class);

	private static final boolean SOAK = Boolean.getBoolean("socketserver.soak");

	private static final int CLIENTS = SOAK ? 6_000 : 30;

	private static final int ROUNDS = SOAK ? 2 : 1;

	private static final String OVER = SOAK ? "15s" : "500ms";

	private static final Duration BACK_OFF = Duration.ofMillis(500);

	private static final List<String> NODES = SOAK ? List.of("a", "b", "c") : List.of("a", "b");

	private static final double MEAN = (double) CLIENTS / NODES.size();

	private static final List<String> RESTARTED = SOAK ? NODES : List.of("a");

	private static final String HAPROXY = """
			global
				maxconn %d
			defaults
				mode tcp
				timeout connect 5s
				timeout client 120s
				timeout server 120s
				timeout check 2s
				retries 3
				option redispatch
			listen orders
				bind 127.0.0.1:%d
				balance leastconn
				option httpchk GET /actuator/health/readiness
			%s
			""";

	private static final String NODE = "	server %s 127.0.0.1:%d check port %d inter 200ms fall 2 rise 1%n";

	private final Map<String, Integer> ports = new ConcurrentHashMap<>();

	private final Map<String, Integer> webPorts = new ConcurrentHashMap<>();

	private final Map<String, ConfigurableApplicationContext> nodes = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);

	private final Gaps gaps = new Gaps();

	private final AtomicLong replies = new AtomicLong();

	private final AtomicLong wrong = new AtomicLong();

	private final AtomicLong again = new AtomicLong();

	private volatile boolean stopped;

	@TempDir
	private Path directory;

	@AfterEach
	void close() {
		this.timer.shutdownNow();
		this.nodes.values().parallelStream().forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void clientsDoNotNotice() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/sbin/haproxy")), "There is no HAProxy on this machine");
		Orders.handled.clear();
		int front = freePort();
		StringBuilder servers = new StringBuilder();
		for (String node : NODES) {
			this.ports.put(node, freePort());
			this.webPorts.put(node, freePort());
			servers.append(NODE.formatted(node, this.ports.get(node), this.webPorts.get(node)));
		}
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"),
				HAPROXY.formatted(CLIENTS + 500, front, servers));
		try (RedisServer redis = RedisServer.open()) {
			NODES.parallelStream().forEach((node) -> start(node, redis));
			Process proxy = new ProcessBuilder("/usr/sbin/haproxy", "-db", "-q", "-f", configuration.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			try (NettySocketServers resources = new NettySocketServers(List.of());
					NettySocketClients clients = new NettySocketClients(resources, () -> List.of(this.gaps))) {
				connect(clients, front);
				long begun = System.nanoTime();
				for (int round = 0; round < ROUNDS; round++) {
					for (String node : RESTARTED) {
						this.nodes.remove(node).close();
						start(node, redis);
						awaitAllConnected();
					}
				}
				Map<String, Long> before = spread();
				rebalance();
				Map<String, Long> after = spread();
				this.stopped = true;
				List<Long> gaps = this.gaps.sorted();
				long p99 = gaps.get((int) Math.ceil(gaps.size() * 0.99) - 1);
				long twice = Orders.handled.values().stream().filter((times) -> times.get() > 1).count();
				logger.info(
						"{} clients, {} restarts in {} s: {} replies, {} asked again, {} handled twice; {} reconnects, "
								+ "gap p50 {} ms, p99 {} ms, longest {} ms; sessions {}, after rebalance {}",
						CLIENTS, ROUNDS * RESTARTED.size(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
						this.replies, this.again, twice, gaps.size(), gaps.get(gaps.size() / 2), p99,
						gaps.get(gaps.size() - 1), before, after);
				assertThat(this.wrong).hasValue(0);
				// A reply that was lost would have had its client ask again.
				assertThat(twice).isZero();
				assertThat(p99).isLessThanOrEqualTo(BACK_OFF.plusSeconds(1).toMillis());
				assertThat(after.values())
					.allSatisfy((sessions) -> assertThat(Math.abs(sessions - MEAN)).isLessThanOrEqualTo(MEAN / 10));
			}
			finally {
				proxy.destroyForcibly().waitFor();
			}
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private void start(String node, RedisServer redis) {
		this.nodes.put(node, new SpringApplicationBuilder(Application.class).run(
				"--spring.data.redis.port=" + redis.port(), "--socket.cluster.node=" + node,
				"--socket.cluster.lease=3s", "--socket.servers.orders.port=" + this.ports.get(node),
				"--socket.servers.orders.drain.delay=1s", "--socket.servers.orders.drain.over=" + OVER,
				"--socket.servers.orders.drain-timeout=25s", "--server.port=" + this.webPorts.get(node),
				"--management.endpoints.web.exposure.include=health,socketcluster", "--spring.main.banner-mode=off",
				"--spring.data.redis.repositories.enabled=false", "--management.endpoint.health.probes.enabled=true"));
	}

	private void connect(NettySocketClients clients, int port) {
		for (int number = 0; number < CLIENTS; number++) {
			SocketClient client = clients.register(ClientSpec.builder("client" + number)
				.port(port)
				.reconnect(new Reconnect(BACK_OFF, BACK_OFF, 0))
				.build());
			client.start();
			if (number % 200 == 199) {
				int connected = number;
				await().until(() -> sessions() >= connected);
			}
			int its = number;
			this.timer.schedule(() -> ask(client, its + "-0", 1), number % 500, TimeUnit.MILLISECONDS);
		}
		awaitAllConnected();
	}

	/** Asks, again and again the same until there is a reply. */
	private void ask(SocketClient client, String order, int next) {
		if (this.stopped) {
			return;
		}
		client.ask(order, Duration.ofSeconds(30)).whenComplete((reply, failure) -> {
			if (failure != null) {
				this.again.incrementAndGet();
				later(() -> ask(client, order, next), 50);
			}
			else {
				(reply.equals("done " + order) ? this.replies : this.wrong).incrementAndGet();
				String id = order.substring(0, order.indexOf('-') + 1) + next;
				later(() -> ask(client, id, next + 1), SOAK ? 2_000 : 100);
			}
		});
	}

	private void later(Runnable task, long millis) {
		if (!this.stopped && !this.timer.isShutdown()) {
			this.timer.schedule(task, millis, TimeUnit.MILLISECONDS);
		}
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(Duration.ofSeconds(60));
	}

	private static long sessions(ConfigurableApplicationContext node) {
		return node.getBean(SocketServers.class).server("orders").orElseThrow().statistics().active();
	}

	private long sessions() {
		return this.nodes.values().stream().mapToLong(RollingRestartTests::sessions).sum();
	}

	/** Also as the nodes know it of each other. */
	private void awaitAllConnected() {
		await().untilAsserted(() -> {
			assertThat(sessions()).isEqualTo(CLIENTS);
			assertThat(this.nodes.values()).allSatisfy((node) -> {
				List<ClusterNode> known = node.getBean(SocketCluster.class).nodes();
				assertThat(known).hasSameSizeAs(NODES)
					.allSatisfy((its) -> assertThat(its.state()).isEqualTo(ClusterNode.State.UP));
				assertThat(known.stream().mapToInt(ClusterNode::sessions).sum()).isEqualTo(CLIENTS);
			});
		});
	}

	private Map<String, Long> spread() {
		Map<String, Long> spread = new java.util.TreeMap<>();
		this.nodes.forEach((name, node) -> spread.put(name, sessions(node)));
		return spread;
	}

	private void rebalance() throws Exception {
		List<String> fullestFirst = new ArrayList<>(NODES);
		fullestFirst.sort((one, other) -> Long.compare(sessions(this.nodes.get(other)), sessions(this.nodes.get(one))));
		for (String node : fullestFirst) {
			HttpResponse<String> answer = HttpClient.newHttpClient()
				.send(HttpRequest
					.newBuilder(URI.create("http://127.0.0.1:" + this.webPorts.get(node) + "/actuator/socketcluster"))
					.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers
						.ofString("{\"action\":\"rebalance\",\"over\":\"" + (SOAK ? "10s" : "500ms") + "\"}"))
					.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			long most = (long) Math.ceil(1.05 * CLIENTS / NODES.size());
			await().until(() -> sessions(this.nodes.get(node)) <= most);
			awaitAllConnected();
		}
	}

	/** How long clients were without a connection, in milliseconds. */
	private static final class Gaps implements SocketClientListener {

		private final Map<String, Long> since = new ConcurrentHashMap<>();

		private final List<Long> gaps = Collections.synchronizedList(new ArrayList<>());

		@Override
		public void connected(SocketClient client, SocketSession session) {
			Long lost = this.since.remove(client.name());
			if (lost != null) {
				this.gaps.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lost));
			}
		}

		@Override
		public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
			this.since.put(client.name(), System.nanoTime());
		}

		List<Long> sorted() {
			synchronized (this.gaps) {
				return this.gaps.stream().sorted().toList();
			}
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Orders orders() {
			return new Orders();
		}

	}

	@SocketHandler("orders")
	static class Orders {

		/** How often each order was handled, on all nodes. */
		static final Map<String, AtomicLong> handled = new ConcurrentHashMap<>();

		@OnMessage
		String place(String order) {
			handled.computeIfAbsent(order, (key) -> new AtomicLong()).incrementAndGet();
			return "done " + order;
		}

	}

}
