package dev.socketserver.mailbox.cluster;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Letters of nodes that find each other through Redis, where the letters are, too.
 */
class ClusterMailboxTests {

	@TempDir
	private static Path folder;

	private static RedisServer redis;

	private static ConfigurableApplicationContext a;

	private static ConfigurableApplicationContext b;

	private static int devices;

	/** Each test has another. */
	private final String device = String.valueOf(++devices);

	@BeforeAll
	static void start() {
		redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes");
		a = node("a");
		b = node("b");
		for (ConfigurableApplicationContext node : List.of(a, b)) {
			Awaitility.await().until(() -> node.getBean(SocketCluster.class).nodes().size() == 2);
		}
	}

	@AfterAll
	static void stop() throws Exception {
		for (AutoCloseable each : Arrays.asList(b, a, redis)) {
			if (each != null) {
				each.close();
			}
		}
	}

	/**
	 * With a long lease: a node that is too busy to renew it is no more known to have the
	 * newest session. And for messages it is never too late: none is sent again.
	 */
	private static ConfigurableApplicationContext node(String name) {
		return node(name, true);
	}

	private static ConfigurableApplicationContext node(String name, boolean serves) {
		return DeviceApplication.runWithRedis("spring.data.redis.port=" + redis.port(), "socket.mailbox.store=redis",
				"socket.cluster.enabled=true", "socket.cluster.node=" + name, "socket.cluster.lease=10s",
				"socket.cluster.request-timeout=1h", "socket.mailbox.poll=1h",
				"socket.servers.devices.mailbox.retry=10ms", "socket.servers.devices.enabled=" + serves,
				"socket.servers.consoles.port=0", "socket.servers.consoles.enabled=" + serves,
				"socket.servers.consoles.handler=devices", "socket.servers.consoles.mailbox.identity=operator");
	}

	private void post(ConfigurableApplicationContext node, String key, String text) throws Exception {
		Patience.await(node.getBean(SocketMailbox.class).post("device", this.device, key, text, null));
	}

	private void awaitDelivered(ConfigurableApplicationContext node, String key) {
		Awaitility.await()
			.until(() -> Patience.await(node.getBean(SocketMailbox.class).letter("device", this.device, key))
				.orElseThrow()
				.state() == LetterState.DELIVERED);
	}

	private void assertDelivered(TestPeer peer, String text, ConfigurableApplicationContext node, String key)
			throws Exception {
		assertThat(peer.line()).isEqualTo(text);
		peer.send("done\n");
		awaitDelivered(node, key);
	}

	private void awaitNewestAtB() {
		awaitNewestAtB(a);
	}

	private void awaitNewestAtB(ConfigurableApplicationContext node) {
		Awaitility.await()
			.ignoreExceptions()
			.until(() -> Patience.await(node.getBean(SocketCluster.class).find("device", this.device))
				.filter((session) -> session.node().equals("b"))
				.isPresent());
	}

	private void logIn(TestPeer peer) throws Exception {
		assertThat(peer.ask("login " + this.device)).isEqualTo("welcome " + this.device);
	}

	private void join(TestPeer peer) throws Exception {
		assertThat(peer.ask("join " + this.device)).isEqualTo("joined " + this.device);
	}

	@Test
	void aLetterThatIsPostedAtOneNodeLeavesAtOnceFromTheNodeOfItsDevice() throws Exception {
		try (TestPeer peer = TestPeer.connect(a, "devices")) {
			logIn(peer);
			post(b, "a", "do a");
			assertDelivered(peer, "do a", b, "a");
		}
		post(b, "b", "do b");
		try (TestPeer peer = TestPeer.connect(b, "devices")) {
			logIn(peer);
			assertThat(peer.line()).isEqualTo("do b");
			post(a, "c", "do c");
			assertThat(peer.ask("done")).isEqualTo("do c");
			peer.send("done\n");
			awaitDelivered(a, "c");
		}
	}

	/** It joins when it asks for the device. */
	@Test
	void anApplicationWithoutServersPostsToThoseOfOthers() throws Exception {
		try (ConfigurableApplicationContext c = node("c", false); TestPeer peer = TestPeer.connect(b, "devices")) {
			logIn(peer);
			awaitNewestAtB(c);
			post(c, "a", "do a");
			assertDelivered(peer, "do a", c, "a");
		}
	}

	@Test
	void theNewestSessionOfAllNodesGetsIt() throws Exception {
		try (TestPeer older = TestPeer.connect(a, "devices"); TestPeer newer = TestPeer.connect(b, "devices")) {
			join(older);
			join(newer);
			awaitNewestAtB();
			for (String key : List.of("a", "b", "c", "d")) {
				post(a, key, "do " + key);
				assertDelivered(newer, "do " + key, a, key);
			}
			assertThat(older.ask("hello")).isEqualTo("echo hello");
		}
	}

	/**
	 * While a node has a letter, that of a newer session asks in vain, and would ask
	 * again only when the time for an acknowledgment is over.
	 */
	@Test
	void aLetterThatANodeGivesBackLeavesAtOnceFromTheNodeOfANewerSession() throws Exception {
		for (int round = 0; round < 20; round++) {
			try (TestPeer newer = TestPeer.connect(b, "devices")) {
				try (TestPeer older = TestPeer.connect(a, "devices")) {
					join(older);
					post(a, "given back " + round, "do this");
					assertThat(older.line()).isEqualTo("do this");
					join(newer);
					assertThat(newer.ask("hello")).isEqualTo("echo hello");
				}
				assertDelivered(newer, "do this", b, "given back " + round);
			}
		}
	}

	@Test
	void theLetterAfterOneThatANodeHasDeliveredLeavesFromTheNodeOfANewerSession() throws Exception {
		for (int round = 0; round < 20; round++) {
			try (TestPeer older = TestPeer.connect(a, "devices"); TestPeer newer = TestPeer.connect(b, "devices")) {
				join(older);
				post(a, "first " + round, "do this");
				post(a, "second " + round, "do that");
				assertThat(older.line()).isEqualTo("do this");
				join(newer);
				awaitNewestAtB();
				older.send("done\n");
				assertDelivered(newer, "do that", b, "second " + round);
			}
		}
	}

	@Test
	void aNewerSessionOfAServerWithOtherLettersDoesNotHoldThemBackAtAnotherNode() throws Exception {
		try (TestPeer device = TestPeer.connect(a, "devices"); TestPeer console = TestPeer.connect(b, "consoles")) {
			logIn(device);
			logIn(console);
			awaitNewestAtB();
			post(a, "a", "do a");
			assertDelivered(device, "do a", a, "a");
		}
	}

}
