package dev.socketserver.redis;

import java.time.Duration;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.RedisServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node that was stopped for longer than its lease goes on: what it binds in its first
 * moments is found by the others.
 */
@Tag("long")
class WokenNodeTests {

	private static final Duration LEASE = Duration.ofSeconds(2);

	private static final int MANY = 200;

	@RegisterExtension
	private final Opened opened = new Opened();

	private static boolean isDead(TestNode of, String node) {
		return of.member.nodes()
			.stream()
			.noneMatch((one) -> one.name().equals(node) && one.state() != ClusterNode.State.DEAD);
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
