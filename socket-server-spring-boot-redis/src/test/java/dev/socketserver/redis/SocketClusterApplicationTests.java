package dev.socketserver.redis;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import javax.management.ObjectName;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.exchange.Send;
import dev.socketserver.exchange.SocketExchanges;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.HttpPeer;
import org.assertj.core.api.ThrowingConsumer;
import org.assertj.core.util.Throwables;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.fixtures.Patience.timed;
import static dev.socketserver.fixtures.Patience.within;
import static dev.socketserver.redis.LoginApplication.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Two applications with real sockets, and a real Redis.
 */
@Tag("long")
class SocketClusterApplicationTests {

	/** Of which only a few fit into an output. */
	private static final String MUCH = "x".repeat(60_000);

	/** Where it is never too late for a message: none is sent again. */
	@RegisterExtension
	private static final TwoNodes nodes = new TwoNodes((node) -> new String[] { "--socket.cluster.request-timeout=1h",
			"--socket.tap.enabled=true", "--socket.servers.login.framing=line",
			"--socket.servers.login.outbound.overflow=block", "--management.endpoints.web.exposure.include=*",
			"--management.endpoints.jmx.exposure.include=*", "--spring.jmx.enabled=" + node.equals("a") });

	@AfterEach
	void leave() throws Exception {
		nodes.closePeers();
		Awaitility.await().until(() -> sessions(nodes.a()) + sessions(nodes.b()) == 0);
	}

	private static long sessions(ConfigurableApplicationContext node) {
		return server(node).statistics().active();
	}

	/** Returns the id of the only session of a user at a node. */
	private static String id(ConfigurableApplicationContext node, String user) {
		return server(node).find("user", user).get(0).id();
	}

	private TestPeer connect(ConfigurableApplicationContext to) throws IOException {
		return nodes.add(TestPeer.connect(to, "login"));
	}

	private TestPeer login(ConfigurableApplicationContext to, String user) throws IOException {
		TestPeer peer = connect(to);
		assertThat(peer.ask(user)).isEqualTo("true");
		return peer;
	}

	private SocketCluster cluster(ConfigurableApplicationContext context) {
		return context.getBean(SocketCluster.class);
	}

	private HttpResponse<String> http(ConfigurableApplicationContext context, String method, String path, String body)
			throws Exception {
		return HttpPeer.send(context, method, "/actuator/" + path, body);
	}

	@Test
	void reachesASessionOfAnotherNode() throws Exception {
		TestPeer peer = login(nodes.b(), "4711");
		assertThat(cluster(nodes.a()).send("user", "4711", "hällo").join()).isEqualTo(Delivery.WRITTEN);
		assertThat(peer.read()).isEqualTo("hällo");
		assertThat(cluster(nodes.a()).find("user", "4711").join()).get()
			.matches((found) -> found.node().equals("b") && found.server().equals("login") && found.token() > 0);
		Broadcast broadcast = cluster(nodes.a()).broadcast("login", "all").join();
		assertThat(broadcast.sessions()).isEqualTo(1);
		assertThat(peer.read()).isEqualTo("all");
		assertThat(cluster(nodes.a()).broadcast("login", "users", "group").join().sessions()).isEqualTo(1);
		assertThat(peer.read()).isEqualTo("group");
		assertThat(cluster(nodes.a()).close("user", "4711").join()).isEqualTo(Delivery.WRITTEN);
		assertThat(peer.read()).isNull();
		assertThat(cluster(nodes.a()).send("user", "4711", "x").join()).isIn(Delivery.NO_SESSION, Delivery.GONE);
	}

	@Test
	void anApplicationWithoutServersJoinsWhenItIsFirstUsed() throws Exception {
		TestPeer peer = login(nodes.b(), "4711");
		try (ConfigurableApplicationContext c = LoginApplication.run(nodes.redis().port(), "c",
				"--socket.servers.login.enabled=false")) {
			assertThat(http(c, "GET", "health", null).statusCode()).isEqualTo(200);
			assertThat(cluster(nodes.a()).nodes()).hasSize(2);
			within(() -> assertThat(cluster(c).send("user", "4711", "from c").join()).isEqualTo(Delivery.WRITTEN));
			assertThat(peer.read()).isEqualTo("from c");
			within(() -> assertThat(cluster(nodes.a()).nodes()).hasSize(3));
		}
		within(() -> assertThat(cluster(nodes.a()).nodes()).hasSize(2));
	}

	@Test
	void aNewerSessionReplacesTheOneOfAnotherNode() throws Exception {
		TestPeer older = login(nodes.a(), "4711");
		TestPeer newer = login(nodes.b(), "4711");
		assertThat(older.read()).isNull();
		Awaitility.await()
			.untilAsserted(() -> assertThat(http(nodes.a(), "GET", "socketsessions?closed=true", null).body())
				.contains("\"reason\":\"REPLACED\"")
				.contains("replaced by session " + id(nodes.b(), "4711") + " of node b"));
	}

	@Test
	void anInterfaceSendsToTheNewestSessionWhereverItIs() throws Exception {
		TestPeer older = login(nodes.a(), "1");
		TestPeer newer = login(nodes.b(), "2");
		server(nodes.a()).find("user", "1").get(0).bind("device", "7", BindPolicy.ALLOW);
		Device device = nodes.a().getBean(SocketExchanges.class).identity("device", "7", Device.class);
		device.say("first");
		assertThat(older.read()).isEqualTo("first");

		server(nodes.b()).find("user", "2").get(0).bind("device", "7", BindPolicy.ALLOW);
		Awaitility.await().until(() -> cluster(nodes.a()).find("device", "7").join().orElseThrow().node().equals("b"));
		device.say("second");
		assertThat(newer.read()).isEqualTo("second");
	}

	interface Device {

		@Send
		void say(String text);

	}

	@Test
	void operatorsSeeAllNodes() throws Exception {
		connect(nodes.a()).ask("1");
		TestPeer peer = connect(nodes.b());
		peer.ask("2");
		String first = id(nodes.a(), "1") + "@a";
		String second = id(nodes.b(), "2") + "@b";
		String shown = http(nodes.a(), "GET", "socketcluster", null).body();
		assertThat(shown).startsWith("{\"node\":\"a\",\"nodes\":[{\"name\":\"a\",\"state\":\"UP\",")
			.contains("{\"name\":\"b\",\"state\":\"UP\",")
			.contains("\"directory\":{\"state\":\"UP\",\"since\":\"");
		String list = http(nodes.a(), "GET", "socketsessions?scope=cluster&size=10", null).body();
		assertThat(list).contains("\"id\":\"" + first + "\"")
			.contains("\"id\":\"" + second + "\"")
			.contains("\"page\":{\"number\":0,\"size\":10,\"total\":2}")
			.contains("\"principal\":null,", "\"details\":null,\"closed\":null}")
			.contains("\"complete\":true,\"missing\":[]");
		assertThat(http(nodes.a(), "GET", "socketsessions?scope=cluster&size=1&after=" + first, null).body())
			.contains("\"id\":\"" + second + "\"");
		assertThat(http(nodes.a(), "GET", "socketsessions?scope=cluster&bound=user:2", null).body())
			.contains("\"total\":1");
		assertThat(http(nodes.a(), "GET", "socketsessions?scope=cluster&remote=127.0.0.1&group=users&state=open", null)
			.body()).contains("\"total\":2");
		assertThat(http(nodes.a(), "GET", "socketsessions?scope=cluster&remote=192.0.2.0/24", null).body())
			.contains("\"total\":0");
		assertThat(http(nodes.a(), "GET", "socketsessions?scope=cluster&sort=age&after=" + first, null).body())
			.contains("after cannot be used with sort");
		assertThat(http(nodes.a(), "GET", "socketsessions?scope=moon", null).statusCode()).isEqualTo(400);
		assertThat(http(nodes.a(), "GET", "socketsessions/" + second, null).body())
			.contains("\"id\":\"" + second + "\"")
			.contains("\"bound\":[\"user:2\"]", "\"principal\":null,", "\"closed\":null}");
		assertThat(http(nodes.a(), "POST", "socketsessions/" + second, "{\"action\":\"send\",\"payload\":\"hi\"}")
			.statusCode()).isEqualTo(200);
		assertThat(peer.read()).isEqualTo("hi");
		String much = "x".repeat(1024 * 1024);
		assertThat(http(nodes.a(), "POST", "socketsessions/" + second,
				"{\"action\":\"send\",\"payload\":\"" + much + "\"}"))
			.satisfies((refused) -> assertThat(refused.statusCode()).isEqualTo(400))
			.satisfies((refused) -> assertThat(refused.body()).contains("and may have 1048575"));
		assertThatIllegalArgumentException().isThrownBy(() -> cluster(nodes.a()).broadcast("login", much));
		assertThat(http(nodes.a(), "GET", "socketsessions/login-9999@b", null).statusCode()).isEqualTo(404);
		assertThat(http(nodes.a(), "GET", "socketsessions/login-1@c", null).statusCode()).isEqualTo(404);
		assertThat(http(nodes.a(), "DELETE", "socketsessions/" + second, null).statusCode()).isEqualTo(204);
		assertThat(peer.read()).isNull();
		Awaitility.await()
			.untilAsserted(() -> assertThat(
					http(nodes.a(), "GET", "socketsessions?scope=cluster&closed=true&server=login", null).body())
				.contains("\"id\":\"" + second + "\"", "OPERATOR_CLOSED"));
		assertThat(http(nodes.a(), "GET", "health", null).statusCode()).isEqualTo(200);
		assertThat(http(nodes.a(), "POST", "socketcluster", "{\"action\":\"rebalance\"}").body())
			.contains("\"closing\":0");
		assertThat(http(nodes.a(), "POST", "socketcluster", "{\"action\":\"dance\"}").statusCode()).isEqualTo(400);
		assertThat(http(nodes.a(), "GET", "metrics/socket.cluster.nodes", null).body()).contains("2.0");
	}

	/** Nothing is renewed any more, as if the node had been killed. */
	@Test
	void listsAreCompleteAsSoonAsWhatAKilledNodeHadIsGranted() throws Exception {
		try (ConfigurableApplicationContext c = LoginApplication.run(nodes.redis().port(), "c",
				"--socket.cluster.lease=2s", "--socket.cluster.request-timeout=1h",
				"--socket.servers.login.framing=line")) {
			login(c, "4711");
			login(nodes.a(), "other");
			c.getBean(RedisClusterEngine.class).close();

			SocketSession claimer = server(nodes.a()).find("user", "other").get(0);
			within(() -> assertThat(claimer.bind("user", "4711", BindPolicy.REJECT)).isTrue());

			assertThat(http(nodes.a(), "GET", "socketsessions?scope=cluster", null).body()).contains("\"total\":1}")
				.contains("\"complete\":true,\"missing\":[]");
		}
		within(() -> assertThat(cluster(nodes.a()).nodes()).hasSize(2));
		within(() -> assertThat(cluster(nodes.b()).nodes()).hasSize(2));
	}

	@Test
	void closesTheFirstSessionsOfAllNodes() throws Exception {
		List<TestPeer> inOrder = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			TestPeer peer = connect((i % 2 == 0) ? nodes.a() : nodes.b());
			inOrder.add(peer);
			// The first two hold most.
			peer.ask("x".repeat((i < 2) ? 100 : 1) + i);
		}

		assertThat(http(nodes.a(), "DELETE", "socketsessions?scope=cluster", null).statusCode()).isEqualTo(400);
		assertThat(http(nodes.a(), "DELETE", "socketsessions?scope=&server=login", null).statusCode()).isEqualTo(400);
		assertThat(http(nodes.a(), "DELETE", "socketsessions?scope=moon&server=login", null).statusCode())
			.isEqualTo(400);
		assertThat(http(nodes.a(), "DELETE", "socketsessions?scope=cluster&server=none", null).statusCode())
			.isEqualTo(404);
		assertThat(http(nodes.a(), "DELETE", "socketsessions?scope=cluster&server=login&max=1&sort=bytes", null).body())
			.isEqualTo("{\"closed\":1,\"complete\":true,\"missing\":[]}");
		assertThat(inOrder.remove(0).read()).isNull();
		assertThat(http(nodes.a(), "DELETE", "socketsessions?scope=cluster&group=users&max=3", null).body())
			.isEqualTo("{\"closed\":3,\"complete\":true,\"missing\":[]}");

		for (TestPeer peer : inOrder.subList(0, 3)) {
			assertThat(peer.read()).isNull();
		}
		for (TestPeer peer : inOrder.subList(3, 5)) {
			assertThat(peer.ask("still")).isNotNull();
		}
	}

	@Test
	void offersTheSameOverJmx() throws Exception {
		connect(nodes.a()).ask("1");
		TestPeer peer = connect(nodes.b());
		peer.ask("2");
		String id = id(nodes.b(), "2") + "@b";

		assertThat(jmx("socketSessions", null, null, null, null, null, null, null, null, null, null, null, "cluster")
			.toString()).contains("id=" + id, "id=" + id(nodes.a(), "1") + "@a", "total=2", "complete=true");
		assertThat(jmx("socketSessions", "login", null, null, null, null, null, null, null, null, null, null, null)
			.toString()).contains("total=1").doesNotContain("@");
		assertThat(jmx("socketSession", id).toString()).contains("id=" + id, "bound=[user:2]");
		assertThat(jmx("socketSession", "login-9999@b")).isNull();
		jmx("changeSocketSession", id, "send", "hi", null);
		assertThat(peer.read()).isEqualTo("hi");
		CompletableFuture<Object> reply = CompletableFuture.supplyAsync(() -> {
			try {
				return jmx("changeSocketSession", id, "ask", "jmx?", "5m");
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(peer.read()).isEqualTo("jmx?");
		peer.send("over jmx\n");
		assertThat(reply.join()).isEqualTo(Map.of("reply", "over jmx"));
		assertThat(unanswered((time) -> jmx("changeSocketSession", id, "ask", "x", time.toMillis() + "ms")))
			.hasStackTraceContaining("No reply");
		assertThat(peer.read()).isEqualTo("x");
		assertThatThrownBy(() -> jmx("changeSocketSession", "login-1@moon", "pause", null, null))
			.hasStackTraceContaining("There is no node 'moon'");
		assertThatThrownBy(() -> jmx("changeSocketSession", id, "resume", null, null))
			.hasStackTraceContaining("has not been paused");
		assertThat(jmx("closeSocketSession", id).toString()).contains("id=" + id);
		assertThat(peer.read()).isNull();
		assertThat(jmx("closeSocketSessions", "login", null, null, null, null, null, null, null, "cluster").toString())
			.contains("closed=1", "complete=true");
	}

	private static Object jmx(String operation, Object... arguments) throws Exception {
		return ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("org.springframework.boot:type=Endpoint,name=Socketsessions"), operation, arguments,
					new String[0]);
	}

	@Test
	void aNodeGivesUpWhatItHasAboveItsShareAndANodeThatDrainsTakesNone() throws Exception {
		List<TestPeer> peers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			peers.add(connect(nodes.a()));
			peers.get(i).ask("user" + i);
		}
		// How many sessions others have is reported with their leases.
		Awaitility.await()
			.until(() -> cluster(nodes.a()).nodes()
				.stream()
				.allMatch((node) -> node.sessions() == (node.name().equals("a") ? 20 : 0)));

		assertThat(http(nodes.a(), "POST", "socketcluster", "{\"action\":\"rebalance\",\"over\":\"1s\"}").body())
			.isEqualTo("{\"closing\":9,\"mean\":10.0}");

		for (int i = 0; i < 9; i++) {
			assertThat(peers.get(i).read()).isNull();
		}
		assertThat(peers.get(9).ask("again")).isNotNull();
		Awaitility.await()
			.untilAsserted(() -> assertThat(http(nodes.a(), "GET", "socketsessions?closed=true&size=500", null).body()
				.split("\"reason\":\"OPERATOR_CLOSED\",\"detail\":\"rebalance\"", -1)).hasSize(10));
		assertThat(
				http(nodes.b(), "POST", "socketservers/login", "{\"action\":\"drain\",\"delay\":\"1m\"}").statusCode())
			.isEqualTo(200);
		Awaitility.await()
			.until(() -> cluster(nodes.a()).nodes()
				.stream()
				.anyMatch((node) -> node.name().equals("b") && node.state() == ClusterNode.State.DRAINING));
		assertThat(http(nodes.a(), "POST", "socketcluster", "{\"action\":\"rebalance\"}").statusCode()).isEqualTo(409);
		assertThat(http(nodes.b(), "POST", "socketcluster", "{\"action\":\"rebalance\"}").body())
			.contains("This node drains");
		assertThat(http(nodes.b(), "POST", "socketservers/login", "{\"action\":\"stop\"}").statusCode()).isEqualTo(200);
		server(nodes.b()).stopped().join();
		// It takes no sessions before it is started again.
		assertThat(cluster(nodes.b()).nodes())
			.anyMatch((node) -> node.name().equals("b") && node.state() == ClusterNode.State.DRAINING);
		assertThat(http(nodes.a(), "POST", "socketcluster", "{\"action\":\"rebalance\"}").statusCode()).isEqualTo(409);
		server(nodes.b()).start();
		Awaitility.await()
			.until(() -> cluster(nodes.a()).nodes().stream().allMatch((node) -> node.state() == ClusterNode.State.UP));
	}

	@Test
	void asksAPeerOfAnotherNode() throws Exception {
		TestPeer peer = login(nodes.b(), "4711");
		CompletableFuture<String> reply = cluster(nodes.a()).ask("user", "4711", "hällo?", String.class,
				Patience.limit());
		assertThat(peer.read()).isEqualTo("hällo?");
		peer.send("yés\n");
		assertThat(reply).succeedsWithin(Patience.limit()).isEqualTo("yés");
		assertThat(unanswered((time) -> cluster(nodes.a()).ask("user", "4711", "silence", String.class, time).join()))
			.hasCauseInstanceOf(TimeoutException.class);
		assertThat(peer.read()).isEqualTo("silence");
		peer.send("late\n");
		assertThat(cluster(nodes.a()).ask("user", "nobody", "x", String.class, Patience.limit()))
			.failsWithin(Patience.limit())
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(DeliveryException.class,
					(ex) -> assertThat(ex.delivery()).isEqualTo(Delivery.NO_SESSION));

		String id = id(nodes.b(), "4711") + "@b";
		CompletableFuture<HttpResponse<String>> overHttp = CompletableFuture.supplyAsync(() -> {
			try {
				return http(nodes.a(), "POST", "socketsessions/" + id,
						"{\"action\":\"ask\",\"payload\":\"http?\",\"timeout\":\"5m\"}");
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(peer.read()).isEqualTo("http?");
		peer.send("over http\n");
		assertThat(overHttp.join().body()).isEqualTo("{\"reply\":\"over http\"}");
		assertThat(http(nodes.a(), "POST", "socketsessions/" + id,
				"{\"action\":\"ask\",\"payload\":\"x\",\"timeout\":\"100ms\"}")
			.statusCode()).isEqualTo(504);
		assertThat(http(nodes.a(), "POST", "socketsessions/" + id,
				"{\"action\":\"ask\",\"payload\":\"x\",\"timeout\":\"soon\"}")
			.statusCode()).isEqualTo(400);
	}

	/**
	 * Returns the failure of a request that nobody answers. It is made again, for longer,
	 * while it was over before it had left.
	 */
	private static Throwable unanswered(ThrowingConsumer<Duration> ask) {
		for (Duration time = Duration.ofMillis(100);; time = time.multipliedBy(2)) {
			Duration next = time;
			Throwable failure = catchThrowable(() -> ask.acceptThrows(next));
			if (!Throwables.getStackTrace(failure).contains("was not sent")) {
				return failure;
			}
		}
	}

	@Test
	void aPeerThatDoesNotReadIsRefusedAndDelaysNobody() throws Exception {
		TestPeer deaf = login(nodes.b(), "deaf");
		TestPeer other = login(nodes.b(), "other");
		untilRefused(() -> cluster(nodes.a()).send("user", "deaf", MUCH));
		reachesAtOnce(other);
	}

	@Test
	void aPeerThatIsAskedAndDoesNotReadIsRefusedAndDelaysNobody() throws Exception {
		TestPeer deaf = login(nodes.b(), "deaf");
		TestPeer other = login(nodes.b(), "other");
		untilRefused(() -> cluster(nodes.a()).send("user", "deaf", MUCH));
		CompletableFuture<Delivery> unused = asked();
		reachesAtOnce(other);
		untilRefused(this::asked);
	}

	private CompletableFuture<Delivery> asked() {
		return cluster(nodes.a()).ask("user", "deaf", MUCH, String.class, Patience.limit())
			.handle((reply, failure) -> (failure instanceof DeliveryException refused) ? refused.delivery() : null);
	}

	private static void untilRefused(Supplier<CompletableFuture<Delivery>> send) {
		List<CompletableFuture<Delivery>> sent = new ArrayList<>();
		while (sent.stream().noneMatch((one) -> one.getNow(null) == Delivery.REFUSED)) {
			assertThat(sent).hasSizeLessThan(300);
			sent.add(send.get());
			// What waits for the peer has no outcome before its time is over.
			sent.get(sent.size() - 1).completeOnTimeout(null, 300, TimeUnit.MILLISECONDS).join();
		}
	}

	private void reachesAtOnce(TestPeer other) throws Exception {
		assertThat(timed(
				() -> assertThat(cluster(nodes.a()).send("user", "other", "hello").join()).isEqualTo(Delivery.WRITTEN)))
			.isLessThan(Duration.ofSeconds(1));
		assertThat(other.read()).isEqualTo("hello");
	}

	@Test
	void operatorsTapASessionOfAnotherNode() throws Exception {
		TestPeer peer = connect(nodes.b());
		peer.ask("1");
		HttpResponse<String> tap = http(nodes.a(), "POST", "sockettaps",
				"{\"session\":\"" + id(nodes.b(), "1") + "@b\"}");
		assertThat(tap.statusCode()).isEqualTo(200);
		assertThat(tap.body()).startsWith("{\"id\":\"tap-1@b\",\"state\":\"RUNNING\",\"sessions\":1,");
		peer.ask("2");
		Awaitility.await()
			.untilAsserted(() -> assertThat(http(nodes.a(), "GET", "sockettaps/tap-1@b?format=text", null).body())
				.isEqualTo("> \"2\\n\"\n< \"true\\n\"\n"));
		HttpResponse<String> pcap = http(nodes.a(), "GET", "sockettaps/tap-1@b", null);
		assertThat(pcap.statusCode()).isEqualTo(200);
		assertThat(pcap.headers().firstValue("Content-Type")).hasValue("application/vnd.tcpdump.pcap");
		assertThat(http(nodes.a(), "GET", "sockettaps/tap-1@b?format=gif", null).statusCode()).isEqualTo(400);
		assertThat(http(nodes.a(), "POST", "sockettaps", "{\"session\":\"login-9999@b\"}").statusCode()).isEqualTo(404);
		assertThat(http(nodes.a(), "POST", "sockettaps", "{\"session\":\"login-1@c\"}").statusCode()).isEqualTo(404);
		assertThat(http(nodes.a(), "DELETE", "sockettaps/tap-1@b", null).statusCode()).isEqualTo(204);
		assertThat(http(nodes.a(), "DELETE", "sockettaps/tap-1@b", null).statusCode()).isEqualTo(404);
	}

}
