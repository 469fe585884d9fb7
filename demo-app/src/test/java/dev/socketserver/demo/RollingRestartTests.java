package dev.socketserver.demo;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.RedisServer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A rolling restart of the nodes of a cluster behind HAProxy, which clients that
 * reconnect do not notice: with the profile {@code soak} three nodes in processes of
 * their own, 6,000 clients, and twice for each node; otherwise two nodes in this process,
 * of which one restarts, and 30 clients, because each start takes its time.
 */
@Tag("long")
class RollingRestartTests {

	private static final Logger logger = LoggerFactory.getLogger(RollingRestartTests.class);

	private static final boolean SOAK = Boolean.getBoolean("socketserver.soak");

	private static final int CLIENTS = SOAK ? 6_000 : 30;

	private static final int ROUNDS = SOAK ? 2 : 1;

	private static final List<String> NODES = SOAK ? List.of("a", "b", "c") : List.of("a", "b");

	private static final double MEAN = (double) CLIENTS / NODES.size();

	private static final String SHORT = SOAK ? "10s" : "500ms";

	private final RestartRecipes recipes = new RestartRecipes();

	private final JsonMapper json = new JsonMapper();

	private final List<RecipeNode> nodes = new ArrayList<>();

	@RegisterExtension
	private final Opened opened = new Opened();

	@TempDir
	private Path directory;

	@Test
	void clientsDoNotNotice() throws Exception {
		// HAProxy and Redis go on without nodes that stand still.
		Patience.undisturbed(Duration.ofMillis(500), this::restartsUnnoticed);
	}

	private void restartsUnnoticed() throws Exception {
		this.opened.closeAll();
		this.nodes.clear();
		Path folder = Files.createTempDirectory(this.directory, "nodes");
		int front = Ports.free();
		try (RedisServer redis = RedisServer.open()) {
			List<String> properties = this.recipes.propertiesBehindHaproxy(Map.of("spring.data.redis.port",
					"" + redis.port(), "spring.data.redis.repositories.enabled", "false", "socket.cluster.enabled",
					"true", "socket.cluster.lease", "3s", "socket.servers.orders.drain.delay", SOAK ? "5s" : "2s",
					"socket.server-defaults.drain.over", SOAK ? "15s" : "500ms"));
			NODES.forEach((name) -> this.nodes.add(this.opened.add(new RecipeNode(name, folder, SOAK, properties))));
			try (RecipeProxy proxy = new RecipeProxy(folder, this.recipes.proxy(front, this.nodes))) {
				for (RecipeNode node : this.nodes) {
					node.start();
				}
				this.nodes.forEach(RecipeNode::awaitReady);
				await().until(() -> !proxy.command("show stat").contains("DOWN"));
				assertShortGaps(front);
			}
		}
	}

	private void assertShortGaps(int front) throws Exception {
		List<RecipeGap> gaps = new ArrayList<>();
		Duration pause = Patience.longestPause(() -> gaps.addAll(restart(front)));
		Duration most = Patience.stretched(RecipeClients.BACK_OFF.plusSeconds(1)).plus(pause);
		assertThat(RecipeGap.p99(gaps)).isLessThanOrEqualTo(most.toMillis());
	}

	private List<RecipeGap> restart(int front) throws IOException {
		RecipeClients clients = new RecipeClients(CLIENTS, front, Duration.ofMillis(SOAK ? 2_000 : 100));
		Map<String, Integer> before;
		Map<String, Integer> after;
		// They end before the last node, after which they would find none.
		try (clients) {
			awaitAllConnected();
			long begun = System.nanoTime();
			for (int round = 0; round < ROUNDS; round++) {
				for (RecipeNode node : SOAK ? this.nodes : this.nodes.subList(0, 1)) {
					node.terminate().join();
					node.start();
					awaitAllConnected();
					logger.info("Node {} is back after {} s; {}", node.name(),
							TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
							RecipeGap.described(clients.gaps()));
				}
			}
			before = spread();
			rebalance();
			after = spread();
			clients.stop();
			await().until(() -> clients.waiting() == 0);
		}
		this.nodes.forEach((node) -> node.terminate().join());
		long handled = this.nodes.stream().mapToLong(RecipeNode::handled).sum();
		logger.info(
				"{} clients: {} replies to {} handled orders, {} orders repeated, {} connections refused; "
						+ "sessions {}, after rebalance {}; {}",
				CLIENTS, clients.replies(), handled, clients.others(), clients.refused(), before, after,
				RecipeGap.described(clients.gaps()));
		assertThat(handled).as("handled, also without a reply").isEqualTo(clients.replies());
		assertThat(after.values())
			.allSatisfy((sessions) -> assertThat(Math.abs(sessions - MEAN)).isLessThanOrEqualTo(MEAN / 10));
		return clients.gaps();
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.pollInterval(Duration.ofMillis(SOAK ? 500 : 50))
			.atMost(Patience.limit())
			.ignoreExceptions();
	}

	/** How many sessions the nodes have, as a node knows it of all. */
	private Map<String, Integer> known(RecipeNode by) {
		Map<String, Integer> known = new TreeMap<>();
		for (JsonNode node : this.json.readTree(by.get("socketcluster")).get("nodes")) {
			assertThat(node.get("state").asString()).isEqualTo("UP");
			known.put(node.get("name").asString(), node.get("sessions").asInt());
		}
		return known;
	}

	private int sessions(RecipeNode node) {
		return this.json.readTree(node.get("socketservers/orders")).get("sessions").get("active").asInt();
	}

	private Map<String, Integer> spread() {
		Map<String, Integer> spread = new TreeMap<>();
		this.nodes.forEach((node) -> spread.put(node.name(), sessions(node)));
		return spread;
	}

	/** Also as the nodes know it of each other. */
	private void awaitAllConnected() {
		await().untilAsserted(() -> {
			assertThat(spread().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(CLIENTS);
			assertThat(this.nodes).allSatisfy((node) -> assertThat(known(node)).isEqualTo(spread()));
		});
	}

	private void rebalance() {
		List<RecipeNode> fullestFirst = new ArrayList<>(this.nodes);
		fullestFirst.sort(Comparator.comparingInt(this::sessions).reversed());
		for (RecipeNode node : fullestFirst) {
			HttpResponse<String> answer = node.post("socketcluster",
					"{\"action\":\"rebalance\",\"over\":\"" + SHORT + "\"}");
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			await().until(() -> sessions(node) <= (long) Math.ceil(1.05 * MEAN));
			awaitAllConnected();
		}
	}

}
