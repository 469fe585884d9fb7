package dev.socketserver.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.junit.Undisturbed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.fixtures.Patience.timed;
import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What may happen to nodes, to Redis, and between them. {@code -Psoak} repeats more
 * often, and waits longer.
 */
@Tag("long")
class RedisFaultTests {

	private static final boolean SOAK = Boolean.getBoolean("socketserver.soak");

	private static final Duration LEASE = Duration.ofSeconds(2);

	/** Is not over while a machine stops this JVM for a moment. */
	private static final Duration LONG_LEASE = Duration.ofSeconds(5);

	private static final Duration SECOND = Duration.ofSeconds(1);

	@RegisterExtension
	private final Opened opened = new Opened();

	@RegisterExtension
	private final LogLines log = new LogLines("dev.socketserver.cluster.node");

	/** Else a request would not be answered in time. */
	@RegisterExtension
	private final Undisturbed undisturbed = new Undisturbed(TestNode.TIMEOUT.dividedBy(4), () -> {
		this.opened.closeAll();
		this.log.clear();
		start();
	});

	private RedisServer redis;

	private TestNode a;

	@BeforeEach
	void start() {
		this.redis = this.opened.add(RedisServer.open());
		this.a = node(this.redis.port(), "a");
	}

	private TestNode node(int port, String name) {
		return this.opened.add(new TestNode(port, name, LEASE).start());
	}

	private Stream<ILoggingEvent> warnings(TestNode node) {
		return this.log.events()
			.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN)
					&& event.getFormattedMessage().contains("'" + node.id.name() + "'"));
	}

	private static ClusterNode.State state(TestNode of, String node) {
		return of.member.nodes()
			.stream()
			.filter((one) -> one.name().equals(node))
			.findFirst()
			.map(ClusterNode::state)
			.orElse(ClusterNode.State.DEAD);
	}

	@Test
	void aNodeThatIsFrozenPastItsLeaseLosesWhatOthersHaveClaimedAndAKilledOneIsAFastAnswer() throws Exception {
		NodeProcess other = this.opened.add(new NodeProcess(this.redis.port(), "b", LONG_LEASE));
		assertThat(other.next()).isEqualTo("up");
		String[] bound = other.ask("bind x REJECT").split(" ");
		assertThat(bound[0]).isEqualTo("true");
		assertThat(other.ask("bind y REJECT")).startsWith("true");
		assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN);

		other.signal("STOP");
		long stopped = System.nanoTime();
		assertThat(this.a.open().bind("x", BindPolicy.REJECT)).isFalse();
		assertThat(this.a.send("x")).isEqualTo(Delivery.NODE_UNREACHABLE);
		TestNode.Session mine = this.a.open();
		within(() -> assertThat(mine.bind("x", BindPolicy.REJECT)).isTrue());
		// It was renewed before a third of it was over.
		assertThat(Duration.ofNanos(System.nanoTime() - stopped))
			.isGreaterThan(LONG_LEASE.multipliedBy(2).dividedBy(3));
		assertThat(mine.token("x")).isGreaterThan(Long.parseLong(bound[1]));
		within(() -> assertThat(state(this.a, "b")).isEqualTo(ClusterNode.State.DEAD));
		assertThat(timed(() -> assertThat(this.a.member.operate("b", "sessions", new byte[0], Duration.ZERO))
			.failsWithin(Patience.limit())
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(DeliveryException.class,
					(ex) -> assertThat(ex.delivery()).isEqualTo(Delivery.NODE_UNREACHABLE))))
			.isLessThan(SECOND);
		other.signal("CONT");
		within(() -> assertThat(other.ask("open x")).isEqualTo("false"));
		assertThat(other.ask("received x")).isEqualTo("1");
		within(() -> assertThat(this.a.send("y")).isEqualTo(Delivery.WRITTEN));
		assertThat(other.ask("open y")).isEqualTo("true");

		other.kill();
		assertThat(timed(() -> assertThat(this.a.send("y")).isEqualTo(Delivery.NODE_UNREACHABLE))).isLessThan(SECOND);
		within(() -> assertThat(this.a.open().bind("y", BindPolicy.REJECT)).isTrue());
		within(() -> assertThat(this.a.member.nodes()).hasSize(1));
	}

	@Test
	void aNodeThatIsAbortedOffServesItsOwnAndIsDeadToOthersUntilItIsBack() throws Exception {
		Relay relay = this.opened.add(new Relay(this.redis.port()));
		TestNode c = node(relay.port(), "c");
		TestNode.Session there = c.open();
		TestNode.Session stays = c.open();
		assertThat(there.bind("x", BindPolicy.REPLACE)).isTrue();
		assertThat(stays.bind("y", BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN));
		relay.cut();
		long cut = System.nanoTime();
		assertThat(timed(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.NODE_UNREACHABLE)))
			.isLessThan(Duration.ofMillis(2_500));
		// What is sent now waits in the network, and is void when that heals.
		TestNode.Session mine = this.a.open();
		within(LEASE.multipliedBy(5), () -> assertThat(mine.bind("x", BindPolicy.REJECT)).isTrue());
		long until = cut + TimeUnit.SECONDS.toNanos(SOAK ? 30 : 5);
		do {
			CompletableFuture<Delivery> local = c.member.send("device", "y", (server) -> new byte[1]);
			assertThat(local).isCompletedWithValue(Delivery.WRITTEN);
			TestNode.Session bound = c.open();
			assertThat(timed(() -> assertThat(bound.bind("z", BindPolicy.REPLACE)).isTrue()))
				.isLessThan(Duration.ofMillis(2_500));
		}
		while (System.nanoTime() - until < 0);
		assertThat(c.member.isDirectoryUp()).isFalse();
		assertThat(c.send("unknown")).isEqualTo(Delivery.DIRECTORY_UNAVAILABLE);
		assertThat(warnings(c).count()).isOne();
		int received = there.received.size();
		relay.heal();
		within(() -> {
			assertThat(there.open).isFalse();
			assertThat(mine.open).isTrue();
			assertThat(this.a.send("y")).isEqualTo(Delivery.WRITTEN);
			assertThat(this.a.member.find("device", "z").join()).get().matches((found) -> found.node().equals("c"));
		});
		assertThat(there.received).hasSize(received);
	}

	@Test
	void aSlowRedisIsSlowAndNothingMore() {
		Relay relay = this.opened.add(new Relay(this.redis.port()));
		// Neither is over while a machine stops this JVM for a moment.
		Duration timeout = Duration.ofSeconds(6);
		TestNode b = this.opened.add(new TestNode(this.redis.port(), "b", LONG_LEASE.multipliedBy(2), timeout).start());
		TestNode c = this.opened.add(new TestNode(relay.port(), "c", LONG_LEASE.multipliedBy(2), timeout).start());
		TestNode.Session there = c.open();
		there.bind("x", BindPolicy.REPLACE);
		List<Instant> since = List.of(b.member.since(), c.member.since());
		relay.delay(1_000);
		assertThat(b.send("x")).isEqualTo(Delivery.WRITTEN);
		assertThat(c.open().bind("y", BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(b.send("y")).isEqualTo(Delivery.WRITTEN));
		CompletableFuture<Delivery> local = c.member.send("device", "x", (server) -> new byte[1]);
		assertThat(local).isCompletedWithValue(Delivery.WRITTEN);
		assertThat(c.member.isDirectoryUp()).isTrue();
		assertThat(b.member.isDirectoryUp()).isTrue();
		assertThat(List.of(b.member.since(), c.member.since())).isEqualTo(since);
	}

	@Test
	void aRedisThatPausesIsAwayForThatTime() throws Exception {
		TestNode b = node(this.redis.port(), "b");
		TestNode.Session there = b.open();
		there.bind("x", BindPolicy.REPLACE);
		within(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN));
		// Once more, should this JVM be stopped for the rest of the timeout.
		within(() -> {
			this.redis.command("CLIENT PAUSE 700 ALL");
			assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN);
		});
		this.log.clear();
		this.redis.command("CLIENT PAUSE 4000 ALL");
		assertThat(timed(
				() -> assertThat(this.a.send("x")).isIn(Delivery.DIRECTORY_UNAVAILABLE, Delivery.NODE_UNREACHABLE)))
			.isLessThan(Duration.ofMillis(2_500));
		assertThat(b.member.send("device", "x", (server) -> new byte[1])).isCompletedWithValue(Delivery.WRITTEN);
		within(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN));
		assertThat(there.open).isTrue();
		assertThat(warnings(b).count()).isLessThanOrEqualTo(1);
	}

	@Test
	void aRedisThatTakesNoWritesIsADirectoryThatIsAway() {
		TestNode b = node(this.redis.port(), "b");
		TestNode.Session there = b.open();
		there.bind("x", BindPolicy.REPLACE);
		refuses(there, () -> this.redis.command("REPLICAOF 127.0.0.1 1"), () -> this.redis.command("REPLICAOF NO ONE"));
	}

	/** Others may fill it up. What is released meanwhile is free, in spite of that. */
	@Test
	void aRedisThatIsFullIsADirectoryThatIsAway() {
		TestNode b = node(this.redis.port(), "b");
		TestNode.Session there = b.open();
		there.bind("x", BindPolicy.REPLACE);
		TestNode.Session ends = b.open();
		ends.bind("y", BindPolicy.REJECT);
		long token = there.token("x");
		this.redis.command("CONFIG SET maxmemory-policy noeviction");
		this.redis.command("CONFIG SET maxmemory 8mb");

		String fillers = "EVAL \"for i = 1, 100 do redis.call(%s) end\" 0";
		TestNode.Session takes = this.a.open();

		refuses(there, () -> {
			this.redis.command(fillers.formatted("'SETRANGE', 'filler' .. i, 100000, 'x'"));
			assertThat(this.redis.command("SET more x")).startsWith("-OOM");
			ends.end();
			// The end of the other session is reported beside that.
			within(() -> assertThat(takes.bind("y", BindPolicy.REJECT)).isTrue());
		}, () -> this.redis.command(fillers.formatted("'DEL', 'filler' .. i")));

		assertThat(warnings(this.a)).extracting(ILoggingEvent::getFormattedMessage)
			.singleElement()
			.asString()
			.contains("OOM command not allowed");
		within(() -> assertThat(takes.token("y")).isPositive());
		assertThat(there.token("x")).isGreaterThanOrEqualTo(token);
		assertThat(this.log.messages()).filteredOn((line) -> line.startsWith("Node 'a' is up in the cluster"))
			.hasSize(1);
	}

	/** One whose memory is just at its limit may do so, too. */
	@Test
	void aRedisThatRenewsLeasesAndTakesNoClaimsIsADirectoryThatIsAway() throws Exception {
		TestNode b = node(this.redis.port(), "b");
		b.open().bind("x", BindPolicy.REPLACE);
		within(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN));
		StringBuilder rules = new StringBuilder("ACL SETUSER default resetkeys %R~*");
		for (String key : List.of("nodes", "meta", "owned", "graves", "own:*")) {
			rules.append(" ~socket-server:{test}:").append(key);
		}
		assertThat(this.redis.command(rules.toString())).isEqualTo("+OK");
		TestNode.Session meanwhile = this.a.open();
		assertThat(meanwhile.bind("new", BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(this.a.member.isDirectoryUp()).isFalse());
		assertThat(timed(() -> assertThat(this.a.open().bind("other", BindPolicy.REPLACE)).isTrue()))
			.isLessThan(SECOND);
		within(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN));
		assertThat(warnings(this.a)).extracting(ILoggingEvent::getFormattedMessage)
			.singleElement()
			.asString()
			.startsWith("The directory of the cluster takes no claims")
			.contains("NOPERM");
		this.redis.command("ACL SETUSER default allkeys");
		within(() -> {
			assertThat(this.a.member.isDirectoryUp()).isTrue();
			assertThat(meanwhile.token("new")).isPositive();
		});
	}

	private void refuses(TestNode.Session there, Runnable begin, Runnable end) {
		this.log.clear();
		begin.run();
		within(() -> assertThat(this.a.member.isDirectoryUp()).isFalse());
		within(() -> assertThat(there.node().member.isDirectoryUp()).isFalse());
		assertThat(this.a.send("x")).isEqualTo(Delivery.DIRECTORY_UNAVAILABLE);
		assertThat(there.node().send("x")).isEqualTo(Delivery.WRITTEN);
		TestNode.Session meanwhile = this.a.open();
		assertThat(meanwhile.bind("new", BindPolicy.REPLACE)).isTrue();
		assertThat(warnings(this.a).count()).isOne();
		end.run();
		within(() -> {
			assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN);
			assertThat(meanwhile.token("new")).isPositive();
		});
		assertThat(there.open).isTrue();
	}

	@Test
	void whatNobodyUnderstandsIsCountedAndLoggedOnce() {
		TestNode b = node(this.redis.port(), "b");
		b.open().bind("x", BindPolicy.REPLACE);
		String channel = "socket-server:{test}:node:b:" + b.id.incarnation();
		byte[] newer = new byte[100];
		newer[0] = 2;
		byte[] half = { 1, 2, 0, 0, 0 };
		for (byte[] message : List.of(newer, half, new byte[1024 * 1024], new byte[0], "garbage".getBytes())) {
			assertThat(this.redis.publish(channel, message)).isOne();
		}
		within(() -> assertThat(b.member.ignoredMessages()).isEqualTo(5));
		assertThat(warnings(b).count()).isOne();
		within(() -> assertThat(this.a.send("x")).isEqualTo(Delivery.WRITTEN));
	}

	@Test
	void ofTwoClaimsOfOneIdentityAtOnceOneIsTheOwner() {
		TestNode b = node(this.redis.port(), "b");
		int rounds = SOAK ? 10_000 : 200;
		long slowest = 0;
		long token = 0;
		for (int round = 0; round < rounds; round++) {
			TestNode.Session one = this.a.open();
			TestNode.Session other = b.open();
			CompletableFuture<Boolean> has = one.bindLater("x", BindPolicy.REPLACE);
			CompletableFuture<Boolean> hasToo = other.bindLater("x", BindPolicy.REPLACE);
			has.join();
			hasToo.join();
			long decided = System.nanoTime();
			within(SOAK ? SECOND : Patience.limit(), () -> {
				assertThat(one.open ^ other.open).isTrue();
				assertThat(this.a.sessions.size() + b.sessions.size()).isOne();
			});
			slowest = Math.max(slowest, System.nanoTime() - decided);
			TestNode.Session owner = one.open ? one : other;
			assertThat(owner.token("x")).isGreaterThan(token);
			token = owner.token("x");
		}
		System.out.printf("%,d rounds of two claims; the loser was notified within %,d us%n", rounds, slowest / 1_000);
	}

	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void hundredThousandClaimsAreBackInTenSeconds() {
		int count = 100_000;
		List<CompletableFuture<Boolean>> bound = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			bound.add(this.a.open().bindLater("" + i, BindPolicy.ALLOW));
			if (i % 1_000 == 999) {
				bound.forEach(CompletableFuture::join);
				bound.clear();
			}
		}
		this.redis.kill();
		within(Duration.ofSeconds(5), () -> assertThat(this.a.member.isDirectoryUp()).isFalse());
		this.redis.start();
		long began = System.nanoTime();
		within(() -> assertThat(this.redis.command("DBSIZE"))
			.satisfies((size) -> assertThat(Integer.parseInt(size.substring(1))).isGreaterThan(count)));
		System.out.printf("%,d claims are back after %,d ms%n", count, (System.nanoTime() - began) / 1_000_000);
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
	}

}
