package dev.socketserver.redis;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.junit.Undisturbed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node that was stopped goes on: what has arrived meanwhile counts, and what it binds
 * in its first moments is found by the others.
 */
@Tag("long")
class WokenNodeTests {

	private static final Duration LEASE = Duration.ofSeconds(2);

	private static final Duration LONG_LEASE = Duration.ofMinutes(1);

	private static final int FEW = 10;

	private static final int MANY = 200;

	@RegisterExtension
	private final Opened opened = new Opened();

	@RegisterExtension
	private final Undisturbed undisturbed = new Undisturbed(TestNode.TIMEOUT.dividedBy(4), this.opened::closeAll);

	private static boolean isDead(TestNode of, String node) {
		return of.member.nodes()
			.stream()
			.noneMatch((one) -> one.name().equals(node) && one.state() != ClusterNode.State.DEAD);
	}

	/** Answers that came while it was stopped count before the time for them is over. */
	@Test
	void answersThatHaveArrivedCountBeforeTheirTimeIsJudged() {
		RedisServer redis = this.opened.add(RedisServer.open());
		TestNode a = this.opened.add(new TestNode(redis.port(), "a", LONG_LEASE).start());
		Queue<String> events = new ConcurrentLinkedQueue<>();
		NodeProcess b = this.opened.add(new NodeProcess(redis.port(), "b", LONG_LEASE, Mutant.NONE, events::add));
		assertThat(b.next()).isEqualTo("up");
		TestNode.Session session = a.open();
		session.bind("7", BindPolicy.REJECT);
		CompletableFuture<Void> writes = new CompletableFuture<>();
		session.writes = writes;
		for (int i = 0; i < FEW; i++) {
			b.command("call 7 x" + i);
		}
		within(() -> assertThat(session.received).hasSize(FEW));
		b.signal("STOP");
		long stopped = System.nanoTime();
		writes.complete(null);
		within(() -> assertThat(System.nanoTime() - stopped).isGreaterThan(2 * TestNode.TIMEOUT.toNanos()));
		b.command("settle");
		b.signal("CONT");
		assertThat(b.next()).isEqualTo("null");
		for (int i = 0; i < FEW; i++) {
			assertThat(events).contains("outcome x" + i + " " + Delivery.WRITTEN);
		}
	}

	@Test
	void whatItBindsFirstIsFoundByTheOthers() {
		RedisServer redis = this.opened.add(RedisServer.open());
		TestNode a = this.opened.add(new TestNode(redis.port(), "a", LEASE).start());
		TestNode c = this.opened.add(new TestNode(redis.port(), "c", LEASE).start());
		NodeProcess b = this.opened.add(new NodeProcess(redis.port(), "b", LEASE));
		assertThat(b.next()).isEqualTo("up");
		assertThat(b.ask("bind before REJECT")).startsWith("true");
		within(() -> assertThat(isDead(a, "b") || isDead(c, "b")).isFalse());
		b.signal("STOP");
		within(() -> assertThat(isDead(a, "b") && isDead(c, "b")).isTrue());
		for (int i = 0; i < MANY; i++) {
			b.command("bind first-" + i + " REJECT");
		}
		b.signal("CONT");
		for (int i = 0; i < MANY; i++) {
			String bound = b.next();
			TestNode from = (i % 2 == 0) ? a : c;
			assertThat(bound + ", " + from.send("first-" + i)).matches("true [1-9][0-9]*, " + Delivery.WRITTEN);
		}
	}

}
