package dev.socketserver.mailbox.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Letters of nodes that find each other through Redis, where the letters are, too.
 */
class ClusterMailboxTests {

	/**
	 * A node that is too busy to renew it is no more known to have the newest session.
	 */
	private static final String LONG_LEASE = "socket.cluster.lease=10s";

	@TempDir
	private Path folder;

	private RedisServer redis;

	@BeforeEach
	void start() {
		this.redis = RedisServer.open("--dir", this.folder.toString(), "--appendonly", "yes");
	}

	@AfterEach
	void stop() {
		if (this.redis != null) {
			this.redis.close();
		}
	}

	private String[] properties(String node, String... more) {
		List<String> all = new ArrayList<>(List.of("spring.data.redis.port=" + this.redis.port(),
				"socket.mailbox.store=redis", "socket.cluster.enabled=true", "socket.cluster.node=" + node,
				"socket.cluster.lease=1s", "socket.mailbox.poll=1h", "socket.servers.devices.mailbox.retry=10ms"));
		all.addAll(List.of(more));
		return all.toArray(String[]::new);
	}

	private static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(Patience.seconds(), TimeUnit.SECONDS);
	}

	private static Letter letter(ConfigurableApplicationContext node, String key) throws Exception {
		return get(node.getBean(SocketMailbox.class).letter("device", "7", key)).orElseThrow();
	}

	private static void awaitState(ConfigurableApplicationContext node, String key, LetterState state) {
		Awaitility.await().until(() -> letter(node, key).state() == state);
	}

	private static void assertDelivered(TestPeer peer, String text, ConfigurableApplicationContext node, String key)
			throws Exception {
		assertThat(peer.line()).isEqualTo(text);
		peer.send("done\n");
		awaitState(node, key, LetterState.DELIVERED);
	}

	private static void awaitNewestAtB(ConfigurableApplicationContext a) {
		Awaitility.await()
			.until(() -> get(a.getBean(SocketCluster.class).find("device", "7"))
				.filter((session) -> session.node().equals("b"))
				.isPresent());
	}

	@Test
	void aLetterThatIsPostedAtOneNodeLeavesAtOnceFromTheNodeOfItsDevice() throws Exception {
		try (ConfigurableApplicationContext a = DeviceApplication.runWithRedis(properties("a"));
				ConfigurableApplicationContext b = DeviceApplication.runWithRedis(properties("b"))) {
			SocketMailbox mailbox = b.getBean(SocketMailbox.class);
			try (TestPeer peer = TestPeer.connect(a, "devices")) {
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				get(mailbox.post("device", "7", "a", "do a", null));
				assertDelivered(peer, "do a", b, "a");
			}
			get(mailbox.post("device", "7", "b", "do b", null));
			try (TestPeer peer = TestPeer.connect(b, "devices")) {
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				assertThat(peer.line()).isEqualTo("do b");
				get(a.getBean(SocketMailbox.class).post("device", "7", "c", "do c", null));
				assertThat(peer.ask("done")).isEqualTo("do c");
				peer.send("done\n");
				awaitState(a, "c", LetterState.DELIVERED);
			}
		}
	}

	@Test
	void theNewestSessionOfAllNodesGetsIt() throws Exception {
		try (ConfigurableApplicationContext a = DeviceApplication.runWithRedis(properties("a", LONG_LEASE));
				ConfigurableApplicationContext b = DeviceApplication.runWithRedis(properties("b", LONG_LEASE));
				TestPeer older = TestPeer.connect(a, "devices");
				TestPeer newer = TestPeer.connect(b, "devices")) {
			older.ask("join 7");
			newer.ask("join 7");
			awaitNewestAtB(a);
			for (String key : List.of("a", "b", "c", "d")) {
				get(a.getBean(SocketMailbox.class).post("device", "7", key, "do " + key, null));
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
		try (ConfigurableApplicationContext a = DeviceApplication.runWithRedis(properties("a", LONG_LEASE));
				ConfigurableApplicationContext b = DeviceApplication.runWithRedis(properties("b", LONG_LEASE))) {
			SocketMailbox mailbox = a.getBean(SocketMailbox.class);
			for (int round = 0; round < 20; round++) {
				try (TestPeer newer = TestPeer.connect(b, "devices")) {
					try (TestPeer older = TestPeer.connect(a, "devices")) {
						assertThat(older.ask("join 7")).isEqualTo("joined 7");
						get(mailbox.post("device", "7", "given back " + round, "do this", null));
						assertThat(older.line()).isEqualTo("do this");
						assertThat(newer.ask("join 7")).isEqualTo("joined 7");
						assertThat(newer.ask("hello")).isEqualTo("echo hello");
					}
					assertDelivered(newer, "do this", b, "given back " + round);
				}
			}
		}
	}

	@Test
	void theLetterAfterOneThatANodeHasDeliveredLeavesFromTheNodeOfANewerSession() throws Exception {
		try (ConfigurableApplicationContext a = DeviceApplication.runWithRedis(properties("a", LONG_LEASE));
				ConfigurableApplicationContext b = DeviceApplication.runWithRedis(properties("b", LONG_LEASE))) {
			SocketMailbox mailbox = a.getBean(SocketMailbox.class);
			for (int round = 0; round < 20; round++) {
				try (TestPeer older = TestPeer.connect(a, "devices"); TestPeer newer = TestPeer.connect(b, "devices")) {
					assertThat(older.ask("join 7")).isEqualTo("joined 7");
					get(mailbox.post("device", "7", "first " + round, "do this", null));
					get(mailbox.post("device", "7", "second " + round, "do that", null));
					assertThat(older.line()).isEqualTo("do this");
					assertThat(newer.ask("join 7")).isEqualTo("joined 7");
					awaitNewestAtB(a);
					older.send("done\n");
					assertDelivered(newer, "do that", b, "second " + round);
				}
			}
		}
	}

	@Test
	void aNewerSessionOfAServerWithOtherLettersDoesNotHoldThemBackAtAnotherNode() throws Exception {
		String[] consoles = { "socket.servers.consoles.port=0", "socket.servers.consoles.handler=devices",
				"socket.servers.consoles.mailbox.identity=operator", LONG_LEASE };
		try (ConfigurableApplicationContext a = DeviceApplication.runWithRedis(properties("a", consoles));
				ConfigurableApplicationContext b = DeviceApplication.runWithRedis(properties("b", consoles));
				TestPeer device = TestPeer.connect(a, "devices");
				TestPeer console = TestPeer.connect(b, "consoles")) {
			device.ask("login 7");
			console.ask("login 7");
			awaitNewestAtB(a);
			get(a.getBean(SocketMailbox.class).post("device", "7", "a", "do a", null));
			assertDelivered(device, "do a", a, "a");
		}
	}

}
