package dev.socketserver.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * HAProxy with the configuration of {@code docs/rolling-restarts.md} in front of three
 * nodes. Only what takes long there is shorter here.
 */
class HaproxyRecipeTests {

	private static final int CLIENTS = 30;

	private final RestartRecipes recipes = new RestartRecipes();

	private final List<RecipeNode> nodes = new ArrayList<>();

	@RegisterExtension
	private final Opened opened = new Opened();

	private final int front = Ports.free();

	@TempDir
	private Path directory;

	@Test
	void aNodeThatDrainsGetsNoNewConnectionsAndOneThatIsBackDoes() throws Exception {
		// HAProxy finds nodes down that stand still with this JVM.
		Patience.undisturbed(Duration.ofSeconds(1), () -> {
			Duration delay = Duration.ofSeconds(3);
			while (!drainAndStartAgain(delay)) {
				delay = delay.multipliedBy(2);
			}
		});
	}

	/**
	 * Drains a node, and starts it again.
	 * @param delay how long it accepts connections while it drains
	 * @return whether the test has looked at it within that time
	 */
	private boolean drainAndStartAgain(Duration delay) throws Exception {
		try {
			return isDrainedAndStartedAgain(delay);
		}
		finally {
			this.opened.closeAll();
			this.nodes.clear();
		}
	}

	private boolean isDrainedAndStartedAgain(Duration delay) throws Exception {
		List<String> properties = this.recipes.propertiesBehindHaproxy(Map.of("socket.servers.orders.drain.delay",
				delay.toMillis() + "ms", "socket.server-defaults.drain.over", "500ms"));
		for (String name : List.of("a", "b", "c")) {
			this.nodes.add(this.opened.add(new RecipeNode(name, this.directory, false, properties)));
		}
		RecipeNode a = this.nodes.get(0);
		try (RecipeProxy proxy = new RecipeProxy(this.directory, this.recipes.proxy(this.front, this.nodes))) {
			for (RecipeNode node : this.nodes) {
				node.start();
			}
			await().until(() -> isUp(proxy, "a") && isUp(proxy, "b") && isUp(proxy, "c"));
			try (RecipeClients clients = new RecipeClients(CLIENTS, this.front, Duration.ofMillis(20))) {
				await().until(() -> clients.connected() == CLIENTS && sessions(proxy, "a") == CLIENTS / 3);
				assertThat(clients.hidden()).as("connections whose address nodes do not know").isZero();

				long begun = System.nanoTime();
				CompletableFuture<Integer> ended = a.terminate();
				await().until(() -> !isUp(proxy, "a"));
				boolean accepts = a.accepts();
				if (isOver(delay, begun)) {
					return false;
				}
				assertThat(accepts).as("accepts connections until the delay is over").isTrue();
				long total = total(proxy, "a");
				try (RecipeClients more = new RecipeClients(CLIENTS, this.front, Duration.ofMillis(20))) {
					await().until(() -> more.connected() == CLIENTS);
					boolean done = ended.isDone();
					if (isOver(delay, begun)) {
						return false;
					}
					assertThat(done).isFalse();
					ended.join();
					await().untilAsserted(() -> assertThat(List.of(clients.connected(), clients.gaps().size()))
						.isEqualTo(List.of(CLIENTS, CLIENTS / 3)));
					assertThat(total(proxy, "a")).isEqualTo(total);
					assertThat(sessions(proxy, "b")).isEqualTo(CLIENTS);
					assertThat(sessions(proxy, "c")).isEqualTo(CLIENTS);

					a.start();
					await().until(() -> isUp(proxy, "a"));
					try (RecipeClients late = new RecipeClients(CLIENTS / 2, this.front, Duration.ofMillis(20))) {
						await().until(() -> sessions(proxy, "a") == CLIENTS / 2);
						assertThat(late.refused()).isZero();
					}
					assertThat(more.gaps()).isEmpty();
					assertThat(more.refused() + clients.refused()).isZero();
				}
				assertThat(clients.others()).as("orders repeated").isLessThanOrEqualTo(CLIENTS / 3);
				return true;
			}
		}
	}

	private static boolean isOver(Duration delay, long begun) {
		return System.nanoTime() - begun >= delay.toNanos();
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(Patience.limit());
	}

	private static boolean isUp(RecipeProxy proxy, String node) throws Exception {
		// "UP 1/2" is one that HAProxy has found down once, and still uses.
		return figure(proxy, node, "status").startsWith("UP");
	}

	private static int sessions(RecipeProxy proxy, String node) throws Exception {
		return Integer.parseInt(figure(proxy, node, "scur"));
	}

	private static long total(RecipeProxy proxy, String node) throws Exception {
		return Long.parseLong(figure(proxy, node, "stot"));
	}

	/** What HAProxy knows of a node. */
	private static String figure(RecipeProxy proxy, String node, String name) throws Exception {
		List<String> lines = proxy.command("show stat").lines().toList();
		List<String> names = List.of(lines.get(0).replace("# ", "").split(","));
		return lines.stream()
			.filter((line) -> line.startsWith("orders," + node + ","))
			.map((line) -> line.split(",")[names.indexOf(name)])
			.findFirst()
			.orElseThrow();
	}

}
