package dev.socketserver.redis;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Level;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node that ends at any moment closes the connections that it is making just then. What
 * event loops that end leave behind is a buffer, which the build finds, and an error of
 * Netty in the log.
 */
class RedisClosingTests {

	private static final Duration LEASE = Duration.ofSeconds(3);

	@RegisterExtension
	private final Opened opened = new Opened();

	@RegisterExtension
	private final LogLines netty = new LogLines("io.netty");

	@Test
	void connectionThatIsBeingMadeIsClosedFirst() throws Exception {
		RedisServer redis = this.opened.add(RedisServer.open());
		Random random = new Random(42);
		for (int i = 0; i < 100; i++) {
			TestNode node = new TestNode(redis.port(), "n" + i, LEASE);
			node.member.start();
			LockSupport.parkNanos((long) (random.nextDouble() * random.nextDouble() * 20_000_000));
			node.kill();
		}
		assertThat(this.netty.messages(Level.ERROR)).isEmpty();
		// The one that asks.
		within(Duration.ofSeconds(30), () -> assertThat(redis.info("clients")).contains("connected_clients:1\r"));
	}

}
