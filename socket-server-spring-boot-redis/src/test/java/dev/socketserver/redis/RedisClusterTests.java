package dev.socketserver.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.directory.IdentityClaimer;
import dev.socketserver.cluster.directory.Lease;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.junit.Undisturbed;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.fixtures.Patience.timed;
import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Nodes on a real Redis, and what may happen to it.
 */
class RedisClusterTests {

	private static final Duration LEASE = Duration.ofSeconds(3);

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	private final Opened opened = new Opened();

	/** Else a request would not be answered in time. */
	@RegisterExtension
	private final Undisturbed undisturbed = new Undisturbed(TestNode.TIMEOUT.dividedBy(4), () -> {
		this.opened.closeAll();
		start();
	});

	private RedisServer redis;

	private TestNode a;

	private TestNode b;

	@BeforeEach
	void start() {
		this.redis = this.opened.add(RedisServer.open());
		this.a = node("a");
		this.b = node("b");
		within(() -> assertThat(this.a.member.nodes()).hasSize(2));
	}

	private TestNode node(String name) {
		return this.opened.add(new TestNode(this.redis.port(), name, LEASE).start());
	}

	/**
	 * Has nodes that renew no lease and wait for each other for long: where all that is
	 * sent has to arrive, and commands are counted.
	 */
	private void joinForLong() {
		this.a.close();
		this.b.close();
		this.a = patientNode("a");
		this.b = patientNode("b");
		within(() -> assertThat(this.a.member.nodes()).hasSize(2));
	}

	private TestNode patientNode(String name) {
		return this.opened.add(new TestNode(this.redis.port(), name, LONG, LONG).start());
	}

	@Test
	void theNewerSessionReplacesTheOlderOnAnotherNode() {
		TestNode.Session older = this.a.open();
		TestNode.Session newer = this.b.open();
		assertThat(older.bind("x", BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(older.token("x")).isPositive());
		long token = older.token("x");
		assertThat(newer.bind("x", BindPolicy.REPLACE)).isTrue();
		// On a busy machine the other node may not have answered in time.
		within(() -> assertThat(older.open).isFalse());
		assertThat(older.replaced.join()).isIn("session chat-1 of node b", "a younger session");
		assertThat(newer.token("x")).isGreaterThan(token).isLessThan(1L << 53);
	}

	@Test
	void aNodeHasStartedAtTheSameTimeForAll() {
		List<Instant> here = this.a.member.nodes().stream().map(ClusterNode::startedAt).toList();
		within(() -> assertThat(this.b.member.nodes()).extracting(ClusterNode::startedAt).isEqualTo(here));
	}

	@Test
	void rejectLeavesItToTheOlderAsLongAsThatLives() {
		TestNode.Session older = this.a.open();
		assertThat(older.bind("x", BindPolicy.REJECT)).isTrue();
		assertThat(this.b.open().bind("x", BindPolicy.REJECT)).isFalse();
		older.end();
		within(() -> assertThat(this.b.open().bind("x", BindPolicy.REJECT)).isTrue());
	}

	@Test
	void allowGivesItToSeveralAndTheNewestIsMeant() {
		joinForLong();
		TestNode.Session older = this.a.open();
		TestNode.Session newer = this.b.open();
		assertThat(older.bind("x", BindPolicy.ALLOW)).isTrue();
		assertThat(newer.bind("x", BindPolicy.ALLOW)).isTrue();
		within(() -> assertThat(this.a.member.find("device", "x").join()).get()
			.matches((found) -> found.node().equals("b")));
		within(() -> assertThat(this.a.send("x", "1")).isEqualTo(Delivery.WRITTEN));
		assertThat(newer.received).containsOnly("1");
		newer.end();
		within(() -> assertThat(this.a.member.find("device", "x").join()).get()
			.matches((found) -> found.node().equals("a")));
	}

	@Test
	void sendsInOrderWithThreeCommandsEach() {
		joinForLong();
		TestNode.Session there = this.b.open();
		there.bind("x", BindPolicy.REPLACE);
		// The search for leaks takes a stack for each byte of a command.
		ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
		try {
			sendInOrder(there);
		}
		finally {
			ResourceLeakDetector.setLevel(level);
		}
	}

	private void sendInOrder(TestNode.Session there) {
		this.a.send("x", "0");
		long before = this.redis.calls("hgetall", "publish");
		List<CompletableFuture<Delivery>> sent = new ArrayList<>();
		for (int i = 1; i <= 1_000; i++) {
			String text = "" + i;
			sent.add(this.a.member.send("device", "x", (server) -> text.getBytes()));
		}
		sent.forEach((one) -> assertThat(one.join()).isEqualTo(Delivery.WRITTEN));
		assertThat(there.received).hasSize(1_001);
		assertThat(new ArrayList<>(there.received).get(500)).isEqualTo("500");
		// Those of nodes that have just joined may be among them.
		assertThat(this.redis.calls("hgetall", "publish") - before).isBetween(3_000L, 3_030L);
	}

	/**
	 * Then commands are given by many threads, among them those that answers arrive on.
	 */
	@Test
	void sendsOfManyThreadsKeepTheOrderOfEach() throws Exception {
		joinForLong();
		List<TestNode.Session> there = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			there.add(this.b.open());
			there.get(i).bind("x" + i, BindPolicy.REPLACE);
		}
		List<String> numbers = IntStream.range(0, 500).mapToObj(String::valueOf).toList();
		List<Thread> threads = IntStream.range(0, there.size()).mapToObj((i) -> new Thread(() -> {
			Semaphore underWay = new Semaphore(4);
			for (String number : numbers) {
				underWay.acquireUninterruptibly();
				this.a.member.send("device", "x" + i, (server) -> number.getBytes())
					.whenComplete((delivery, failure) -> underWay.release());
			}
			underWay.acquireUninterruptibly(4);
		})).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(there).allSatisfy((session) -> assertThat(session.received).containsExactlyElementsOf(numbers));
	}

	@Test
	void anOverloadOfSendsDoesNotTakeTheDirectoryAway() {
		TestNode.Session there = this.b.open();
		there.bind("x", BindPolicy.REPLACE);
		List<CompletableFuture<Delivery>> sent = new ArrayList<>();
		List<Instant> since = List.of(this.a.member.since(), this.b.member.since());
		// Netty's search for leaks, which is on in tests, makes that too many for 2 s.
		for (int i = 1; i <= 20_000; i++) {
			sent.add(this.a.member.send("device", "x", (server) -> new byte[] { 'x' }));
		}
		long written = sent.stream()
			.map((one) -> one.orTimeout(Patience.seconds(), TimeUnit.SECONDS).join())
			.filter(Delivery.WRITTEN::equals)
			.count();
		assertThat(written).isPositive();
		assertThat(this.a.member.since()).isEqualTo(since.get(0));
		assertThat(this.b.member.since()).isEqualTo(since.get(1));
		within(() -> assertThat(this.a.send("x", "1")).isEqualTo(Delivery.WRITTEN));
	}

	@Test
	void reportsWhatBecameOfWhatIsSent() {
		within(() -> assertThat(this.a.send("nobody", "1")).isEqualTo(Delivery.NO_SESSION));
		TestNode.Session there = this.b.open();
		there.bind("x", BindPolicy.REPLACE);
		there.open = false;
		within(() -> assertThat(this.a.send("x", "1")).isEqualTo(Delivery.GONE));
		TestNode.Session other = this.b.open();
		other.bind("y", BindPolicy.REPLACE);
		assertThat(this.a.member.close("device", "y").join()).isEqualTo(Delivery.WRITTEN);
		assertThat(other.open).isFalse();
	}

	@Test
	void aKilledNodeIsAFastAnswerAndItsIdentitiesAreFreeAfterOneLease() throws Exception {
		within(() -> assertThat(this.a.member.nodes()).hasSize(2)
			.allMatch((node) -> node.state() == ClusterNode.State.UP));
		this.b.open().bind("x", BindPolicy.REJECT);
		this.b.kill();
		assertThat(timed(() -> {
			assertThat(this.a.send("x", "1")).isEqualTo(Delivery.NODE_UNREACHABLE);
			Broadcast broadcast = this.a.member.broadcast("chat", null, new byte[1]).join();
			return assertThat(broadcast.unreached()).containsEntry("b", Delivery.NODE_UNREACHABLE);
		})).as("nothing has waited for its timeout").isLessThan(TestNode.TIMEOUT);
		assertThat(this.a.open().bind("x", BindPolicy.REJECT)).isFalse();
		within(LEASE.multipliedBy(5), () -> assertThat(this.a.open().bind("x", BindPolicy.REJECT)).isTrue());
		within(LEASE.multipliedBy(5), () -> assertThat(this.a.member.nodes()).hasSize(1));
		within(() -> assertThat(this.redis.command("EXISTS socket-server:{test}:own:b:" + this.b.id.incarnation()))
			.isEqualTo(":0"));
	}

	/** They are so many that what has their names shrinks only when most are removed. */
	@Test
	void allClaimsOfADeadNodeAreRemoved() {
		TestNode.Session session = this.b.open();
		CompletableFuture
			.allOf(IntStream.range(0, 5_000)
				.mapToObj((i) -> session.bindLater("" + i, BindPolicy.REPLACE))
				.toArray(CompletableFuture[]::new))
			.join();
		// Redis may have been too slow for some, which are claimed once more.
		within(() -> assertThat(claims()).isEqualTo(5_000));
		this.b.kill();
		within(LEASE.multipliedBy(10), () -> {
			assertThat(this.redis.command("SCARD socket-server:{test}:graves")).isEqualTo(":0");
			assertThat(this.redis.command("EXISTS socket-server:{test}:own:b:" + this.b.id.incarnation()))
				.isEqualTo(":0");
			assertThat(this.a.member.nodes()).hasSize(1);
		});
		assertThat(claims()).isZero();
	}

	private int claims() {
		return Integer.parseInt(
				this.redis.command("EVAL \"return #redis.call('KEYS', 'socket-server:{test}:id:*')\" 0").substring(1));
	}

	@Test
	void whoReplacesNobodyIsTheOnlyOwnerAllTheSame() {
		joinForLong();
		NodeId one = joined("one");
		NodeId two = joined("two");
		long first = claim(one, BindPolicy.ALLOW, 0).token();
		// As if the lease of the node had run out.
		assertThat(this.redis.command("DEL socket-server:{test}:id:device:x")).isEqualTo(":1");
		long token = claim(two, BindPolicy.ALLOW, 0).token();
		assertThat(claim(two, BindPolicy.REPLACE, 0).token()).isEqualTo(token);
		assertThat(claim(one, BindPolicy.ALLOW, first).status()).isEqualTo(ClaimResult.Status.LOST);
	}

	private NodeId joined(String name) {
		NodeId id = new NodeId(name, "1");
		this.a.engine.directory().renew(new Lease(id, LONG, false, 0, Instant.EPOCH, 0, "", true, Set.of(), 0)).join();
		return id;
	}

	private ClaimResult claim(NodeId node, BindPolicy policy, long token) {
		return this.a.engine.directory()
			.claim(new IdentityClaimer(node, 1L << 52, 0),
					List.of(new IdentityClaim(new Identity("chat", "device", "x"), "chat-1", policy, token)))
			.join()
			.get(0);
	}

	@Test
	void whatWaitsForAnotherNodeEndsWhenTheNodeLeaves() {
		joinForLong();
		TestNode.Session there = this.b.open();
		there.writes = new CompletableFuture<>();
		there.bind("x", BindPolicy.REPLACE);
		CompletableFuture<Delivery> sent = this.a.member.send("device", "x", (server) -> new byte[] { 'x' });
		within(() -> assertThat(there.received).containsOnly("x"));
		TestNode.Session last = this.a.open();
		this.a.close();
		assertThat(sent).succeedsWithin(Patience.limit()).isEqualTo(Delivery.NODE_UNREACHABLE);
		assertThat(last.bindLater("y", BindPolicy.REPLACE)).succeedsWithin(Patience.limit()).isEqualTo(false);
	}

	@Test
	void aNodeThatStopsInOrderFreesItsIdentitiesAtOnce() {
		this.b.open().bind("x", BindPolicy.REJECT);
		this.b.close();
		assertThat(this.a.open().bind("x", BindPolicy.REJECT)).isTrue();
	}

	@Test
	void broadcastReachesAllNodes() {
		joinForLong();
		TestNode c = patientNode("c");
		within(() -> assertThat(this.a.member.nodes()).hasSize(3));
		this.a.open();
		this.b.open();
		c.open();
		c.open();
		long before = this.redis.calls("publish");
		for (int i = 0; i < 100; i++) {
			assertThat(this.a.member.broadcast("chat", null, new byte[1]).join().sessions()).isEqualTo(4);
		}
		// Each has a reply; a node that has just joined says so.
		assertThat(this.redis.calls("publish") - before).isBetween(400L, 430L);
	}

	@Test
	void aRedisThatComesBackEmptyIsNotifiedAllClaimsAgain() {
		List<TestNode.Session> sessions = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			TestNode.Session session = ((i % 2 == 0) ? this.a : this.b).open();
			session.bind("" + i, BindPolicy.REPLACE);
			sessions.add(session);
		}
		long token = sessions.get(7).token("7");
		this.redis.kill();
		within(() -> assertThat(this.a.member.isDirectoryUp()).isFalse());
		assertThat(this.a.send("1", "away")).isEqualTo(Delivery.DIRECTORY_UNAVAILABLE);
		assertThat(this.a.send("0", "here")).isEqualTo(Delivery.WRITTEN);
		TestNode.Session meanwhile = this.a.open();
		assertThat(meanwhile.bind("new", BindPolicy.REPLACE)).isTrue();
		assertThat(meanwhile.token("new")).isZero();
		this.redis.start();
		within(() -> {
			for (int i = 0; i < 200; i++) {
				TestNode.Session session = sessions.get(i);
				assertThat(((i % 2 == 0) ? this.b : this.a).member.find("device", "" + i).join()).get()
					.matches((found) -> found.id().equals(session.id));
			}
		});
		within(() -> assertThat(meanwhile.token("new")).isPositive());
		TestNode.Session next = this.a.open();
		assertThat(next.bind("7", BindPolicy.REPLACE)).isTrue();
		assertThat(next.token("7")).isGreaterThan(token);
		within(() -> assertThat(sessions.get(7).open).isFalse());
	}

	@Test
	void connectionsThatAreKilledAreMadeAnew() {
		TestNode.Session there = this.b.open();
		there.bind("x", BindPolicy.REPLACE);
		for (String type : List.of("pubsub", "normal", "pubsub")) {
			this.redis.command("CLIENT KILL TYPE " + type);
			within(() -> assertThat(this.a.send("x", type)).isEqualTo(Delivery.WRITTEN));
		}
		assertThat(there.open).isTrue();
	}

	@Test
	void aRedisThatIsStoppedForAWhileIsADirectoryThatIsAway() throws Exception {
		TestNode.Session there = this.b.open();
		there.bind("x", BindPolicy.REPLACE);
		this.redis.signal("STOP");
		try {
			assertThat(timed(() -> assertThat(this.a.send("x", "1")).isIn(Delivery.DIRECTORY_UNAVAILABLE,
					Delivery.NODE_UNREACHABLE)))
				.isLessThan(Duration.ofMillis(2_500));
			within(() -> assertThat(this.a.member.isDirectoryUp()).isFalse());
			assertThat(this.a.open().bind("x", BindPolicy.REPLACE)).isTrue();
		}
		finally {
			this.redis.signal("CONT");
		}
		within(() -> {
			assertThat(there.open).isFalse();
			assertThat(this.b.member.find("device", "x").join()).get().matches((found) -> found.node().equals("a"));
		});
	}

	@Test
	void ofTwoNodesWithOneNameTheNewerIsTheNode() {
		TestNode.Session old = this.a.open();
		old.bind("x", BindPolicy.REPLACE);
		TestNode newer = new TestNode(this.redis.port(), "a", LEASE).start();
		this.opened.add(newer);
		within(() -> assertThat(this.a.member.isSuperseded()).isTrue());
		assertThat(newer.open().bind("x", BindPolicy.REJECT)).isTrue();
		assertThat(newer.member.isSuperseded()).isFalse();
		newer.close();
		within(() -> assertThat(this.a.member.isSuperseded()).isFalse());
	}

	@Test
	void whatIsNoMessageIsIgnored() {
		TestNode.Session there = this.b.open();
		there.bind("x", BindPolicy.REPLACE);
		String channel = "socket-server:{test}:node:b:" + this.b.id.incarnation();
		assertThat(this.redis.command("PUBLISH " + channel + " garbage")).isEqualTo(":1");
		assertThat(this.redis.command("PUBLISH " + channel + " " + "x".repeat(60_000))).isEqualTo(":1");
		within(() -> assertThat(this.b.member.ignoredMessages()).isEqualTo(2));
		within(() -> assertThat(this.a.send("x", "1")).isEqualTo(Delivery.WRITTEN));
	}

	@Test
	void whatIsNotSignedWithTheSecretIsIgnored() {
		TestNode signing = new TestNode(this.redis.port(), "s", LEASE, "secret").start();
		this.opened.add(signing);
		signing.open().bind("x", BindPolicy.REPLACE);
		assertThat(this.a.send("x", "1")).isEqualTo(Delivery.NODE_UNREACHABLE);
		within(() -> assertThat(signing.member.ignoredMessages()).isPositive());
	}

	@Test
	void identitiesOfAnyTextAreApart() {
		List<String> ids = List.of("", " ", ":", "%", "%3a", "a:b", "a b", "{x}", "ä\n", "a%20b", "*", "?", "[a-z]",
				"\r\n", "x".repeat(1_000), "x".repeat(1_001));
		List<TestNode.Session> sessions = new ArrayList<>();
		for (String id : ids) {
			TestNode.Session session = this.b.open();
			assertThat(session.bind(id, BindPolicy.REJECT)).isTrue();
			sessions.add(session);
		}
		for (int i = 0; i < ids.size(); i++) {
			assertThat(this.a.member.find("device", ids.get(i)).join().orElseThrow().id())
				.isEqualTo(sessions.get(i).id);
		}
		assertThat(this.a.member.nodes()).extracting(ClusterNode::name).contains("a", "b");
	}

	/** UTF-8 has no half of a surrogate pair, and writes a question mark. */
	@Test
	void anIdentityThatNobodyCanHaveIsTakenForNoOther() {
		assertThat(this.b.open().bind("a?", BindPolicy.REJECT)).isTrue();
		within(() -> assertThat(this.a.send("a?", "1")).isEqualTo(Delivery.WRITTEN));
		for (String id : List.of("a\ud800", "a\udc00", "a\0", "a\ufffd")) {
			within(() -> assertThat(this.a.send(id, "2")).isEqualTo(Delivery.NO_SESSION));
			assertThat(this.a.member.find("device", id).join()).isEmpty();
		}
	}

	/**
	 * A message about it would be too long, and no node would be notified of its new
	 * owner.
	 */
	@Test
	void anIdentityThatIsTooLongIsRefused() {
		String longest = "ä".repeat(64 * 1024 - "device".length());
		TestNode.Session older = this.a.open();
		assertThat(older.bind(longest, BindPolicy.REPLACE)).isTrue();
		assertThat(this.b.open().bind(longest, BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(older.open).isFalse());
		within(() -> assertThat(this.a.send(longest, "1")).isEqualTo(Delivery.WRITTEN));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.a.open().bindLater(longest + "x", BindPolicy.REPLACE))
			.withMessageContaining("65536 characters");
	}

}
