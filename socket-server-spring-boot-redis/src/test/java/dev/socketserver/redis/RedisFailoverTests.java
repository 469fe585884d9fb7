package dev.socketserver.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.junit.Undisturbed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis that fails over to its replica, which does not have what the master was sent
 * last.
 */
@Tag("long")
class RedisFailoverTests {

	private static final Duration LEASE = Duration.ofSeconds(2);

	@RegisterExtension
	private final Opened opened = new Opened();

	@RegisterExtension
	private final Undisturbed undisturbed = new Undisturbed(TestNode.TIMEOUT.dividedBy(4), () -> {
		this.opened.closeAll();
		start();
	});

	private RedisServer master;

	private RedisServer replica;

	@BeforeEach
	void start() {
		this.master = this.opened.add(RedisServer.open());
		this.replica = this.opened.add(RedisServer.open("--replicaof", "127.0.0.1 " + this.master.port()));
	}

	private void awaitReplicated() {
		within(() -> assertThat(this.replica.info("replication")).contains("master_link_status:up"));
		String written = this.master.info("replication")
			.lines()
			.filter((line) -> line.startsWith("master_repl_offset:"))
			.findFirst()
			.orElseThrow()
			.split(":")[1];
		within(Patience.limit(),
				() -> assertThat(Long.parseLong(this.replica.info("replication")
					.lines()
					.filter((line) -> line.startsWith("slave_repl_offset:"))
					.findFirst()
					.orElseThrow()
					.split(":")[1])).isGreaterThanOrEqualTo(Long.parseLong(written)));
	}

	@Test
	void noTokenFallsAndAllClaimsAreBackWhenTheReplicaLacksTheLast() {
		Relay relay = this.opened.add(new Relay(this.master.port()));
		TestNode a = this.opened.add(new TestNode(relay.port(), "a", LEASE).start());
		TestNode b = this.opened.add(new TestNode(relay.port(), "b", LEASE).start());
		TestNode.Session old = a.open();
		TestNode.Session stays = a.open();
		assertThat(old.bind("moved", BindPolicy.REPLACE)).isTrue();
		assertThat(stays.bind("stays", BindPolicy.REJECT)).isTrue();
		awaitReplicated();

		// What is written now is never replicated.
		this.replica.command("REPLICAOF NO ONE");
		TestNode.Session newer = b.open();
		assertThat(newer.bind("moved", BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(old.open).isFalse());
		List<TestNode.Session> late = new ArrayList<>();
		List<Long> tokens = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			TestNode.Session session = ((i % 2 == 0) ? a : b).open();
			assertThat(session.bind("late" + i, BindPolicy.REJECT)).isTrue();
			late.add(session);
			tokens.add(session.token("late" + i));
		}
		stays.end();
		long token = newer.token("moved");
		this.master.kill();
		relay.target(this.replica.port());
		long killed = System.nanoTime();
		relay.heal();
		within(() -> assertThat(b.send("moved")).isEqualTo(Delivery.WRITTEN));

		within(() -> {
			for (int i = 0; i < 300; i++) {
				TestNode.Session session = late.get(i);
				assertThat(((i % 2 == 0) ? b : a).member.find("device", "late" + i).join()).get()
					.matches((found) -> found.id().equals(session.id));
				assertThat(session.token("late" + i)).isEqualTo(tokens.get(i));
			}
			assertThat(a.member.find("device", "moved").join()).get()
				.matches((found) -> found.node().equals("b") && found.token() >= token);
			assertThat(a.member.find("device", "stays").join()).isEmpty();
		});
		System.out.printf("After a fail-over 300 claims are back within %,d ms%n",
				(System.nanoTime() - killed) / 1_000_000);
		assertThat(late).allMatch((session) -> session.open);
		assertThat(newer.open).isTrue();
		within(() -> assertThat(a.send("moved")).isEqualTo(Delivery.WRITTEN));
		assertThat(a.open().bind("late1", BindPolicy.REJECT)).isFalse();
		TestNode.Session next = a.open();
		assertThat(next.bind("moved", BindPolicy.REPLACE)).isTrue();
		assertThat(next.token("moved")).isGreaterThan(token).isGreaterThan(tokens.get(299));
		within(() -> assertThat(newer.open).isFalse());
	}

	/** With a master that dies, and with one that a sentinel makes a replica. */
	@Test
	@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true")
	void sentinelsSayWhereTheMasterIs(@TempDir Path directory) throws IOException {
		Path configuration = Files.writeString(directory.resolve("sentinel.conf"), """
				sentinel monitor orders 127.0.0.1 %d 1
				sentinel down-after-milliseconds orders 1000
				sentinel failover-timeout orders 3000
				""".formatted(this.master.port()));
		RedisServer sentinel = this.opened.add(RedisServer.sentinel(configuration));
		TestNode a = this.opened.add(new TestNode(factory(sentinel), "a", LEASE, TestNode.TIMEOUT).start());
		TestNode b = this.opened.add(new TestNode(factory(sentinel), "b", LEASE, TestNode.TIMEOUT).start());
		TestNode.Session there = b.open();
		assertThat(there.bind("x", BindPolicy.REPLACE)).isTrue();
		awaitReplicated();
		within(() -> assertThat(sentinel.command("SENTINEL REPLICAS orders")).isEqualTo("*1"));
		long token = there.token("x");
		sentinel.command("SENTINEL FAILOVER orders");
		within(() -> assertThat(this.replica.info("replication")).contains("role:master"));
		long since = System.nanoTime();
		within(() -> assertThat(this.master.info("replication")).contains("role:slave"));
		within(() -> assertThat(a.send("x")).isEqualTo(Delivery.WRITTEN));
		TestNode.Session again = a.open();
		within(() -> {
			assertThat(again.bind("x", BindPolicy.REPLACE)).isTrue();
			assertThat(again.token("x")).isGreaterThan(token);
		});
		within(() -> assertThat(there.open).isFalse());
		System.out.printf("A planned fail-over of a sentinel reached the nodes within %,d ms%n",
				(System.nanoTime() - since) / 1_000_000);

		within(() -> assertThat(this.master.info("replication")).contains("master_link_status:up"));
		within(() -> assertThat(sentinel.command("SENTINEL REPLICAS orders")).isEqualTo("*1"));
		this.replica.kill();
		since = System.nanoTime();
		within(() -> assertThat(this.master.info("replication")).contains("role:master"));
		within(() -> assertThat(b.send("x")).isEqualTo(Delivery.WRITTEN));
		System.out.printf("After the death of the master the nodes were back within %,d ms%n",
				(System.nanoTime() - since) / 1_000_000);
		assertThat(again.open).isTrue();
	}

	private static LettuceConnectionFactory factory(RedisServer sentinel) {
		return new LettuceConnectionFactory(
				new RedisSentinelConfiguration().master("orders").sentinel("127.0.0.1", sentinel.port()));
	}

}
