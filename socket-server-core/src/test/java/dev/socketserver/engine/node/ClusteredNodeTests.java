package dev.socketserver.engine.node;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.ClusterThreads;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ServerFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a node joins. Its member writes down what is asked of it, and has joined when the
 * test says so.
 */
class ClusteredNodeTests {

	private static final Duration HOUR = Duration.ofHours(1);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

	private final CompletableFuture<Void> joined = new CompletableFuture<>();

	private final ClusterMember member = (ClusterMember) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { ClusterMember.class }, (proxy, method, arguments) -> {
				String name = method.getName();
				this.calls.add(name.equals("send") ? name + " " + arguments[1] : name);
				if (name.equals("start")) {
					return this.joined;
				}
				return method.getReturnType().equals(CompletableFuture.class) ? CompletableFuture.completedFuture(null)
						: name.equals("nodes") ? List.of() : null;
			});

	private final ScheduledExecutorService tasks = Executors.newSingleThreadScheduledExecutor();

	@AfterEach
	void end() {
		this.tasks.shutdownNow();
	}

	private ManagedCluster node(Duration requestTimeout) {
		return new ClusteredNode(new NodeSessions(this.fixture.servers),
				new ClusterSettings("a", Duration.ofSeconds(10), requestTimeout, true, null),
				(node, settings, threads, listener) -> this.member, new ClusterListener() {
				}, new ClusterThreads(this.tasks, Runnable::run));
	}

	@Test
	void beginsNothingBeforeItIsNeeded() {
		ManagedCluster node = node(HOUR);
		assertThat(node.isDirectoryUp()).isTrue();
		assertThat(node.directoryAway()).isZero();
		assertThat(node.knownNodes()).isEmpty();
		node.operation("x", CompletableFuture::completedFuture);
		node.draining(true);
		node.leave();
		node.leave();
		node.nodes();
		assertThat(this.calls).containsExactly("nodes", "nodes");
		assertThat(this.tasks.isShutdown()).isTrue();
	}

	static Stream<Named<Consumer<SocketCluster>>> uses() {
		return Stream.of(Named.of("nodes", SocketCluster::nodes), Named.of("find", (node) -> node.find("device", "7")),
				Named.of("send", (node) -> node.send("device", "7", "x")),
				Named.of("ask", (node) -> node.ask("device", "7", "x", String.class, HOUR)),
				Named.of("close", (node) -> node.close("device", "7")),
				Named.of("broadcast", (node) -> node.broadcast("echo", "x")),
				Named.of("operate", (node) -> ((ManagedCluster) node).operate("b", "x", new byte[0])));
	}

	@ParameterizedTest
	@MethodSource("uses")
	void joinsOnceWhenItIsUsed(Consumer<SocketCluster> use) {
		ManagedCluster node = node(HOUR);
		use.accept(node);
		use.accept(node);
		assertThat(node.join(Duration.ZERO)).isFalse();
		this.joined.complete(null);
		assertThat(node.join(HOUR)).isTrue();
		assertThat(this.calls.stream().filter("start"::equals)).hasSize(1);
	}

	@Test
	void whatIsAskedBeforeItHasJoinedBeginsInTheOrderOfTheCalls() {
		int count = 10_000;
		Joining joining = new Joining(this.member, HOUR, Runnable::run);
		List<CompletableFuture<?>> sent = new ArrayList<>();
		List<String> order = new ArrayList<>(List.of("start"));
		for (int i = 0; i < count; i++) {
			String id = "" + i;
			sent.add(joining.then(() -> this.member.send("device", id, String::getBytes)));
			order.add("send " + id);
		}
		assertThat(this.calls).containsExactly("start");
		this.joined.complete(null);
		sent.add(joining.then(() -> this.member.send("device", "last", String::getBytes)));
		order.add("send last");
		assertThat(sent).allMatch(CompletableFuture::isDone);
		assertThat(this.calls).isEqualTo(order);
	}

	@Test
	void whatIsAskedWaitsNoLongerThanARequest() throws Exception {
		Patience.await(node(Duration.ofMillis(10)).send("device", "7", "x"));
		assertThat(this.calls).containsExactly("start", "node", "send 7");
	}

	@Test
	void whoLooksAtAllNodesWaitsForTheFirstTime() throws Exception {
		ManagedCluster node = node(HOUR);
		CompletableFuture<List<ClusterNode>> seen = CompletableFuture.supplyAsync(node::joinedNodes);
		Awaitility.await().until(() -> this.calls.contains("start"));
		// Where this JVM stands still for long, it has given up by now: its name is
		// logged first.
		assertThat(List.copyOf(this.calls)).isIn(List.of("start"), List.of("start", "node"),
				List.of("start", "node", "nodes"));
		this.joined.complete(null);
		Patience.await(seen);
		assertThat(this.calls).endsWith("nodes");
	}

}
