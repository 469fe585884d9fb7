package dev.socketserver.redis;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Level;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.RedisServer;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static dev.socketserver.fixtures.Patience.undisturbed;
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
		// Once more, should this JVM stand still while a node waits for a connection.
		undisturbed(RedisClusterEngine.SHUTDOWN.dividedBy(4), () -> {
			othersHaveEnded();
			startAndEnd(redis.port());
			assertThat(this.netty.messages(Level.ERROR)).isEmpty();
		});
		allAreClosed(redis);
	}

	private static void startAndEnd(int port) {
		Random random = new Random(42);
		for (int i = 0; i < 100; i++) {
			TestNode node = new TestNode(port, "n" + i, LEASE);
			node.member.start();
			LockSupport.parkNanos((long) (random.nextDouble() * random.nextDouble() * 20_000_000));
			node.kill();
		}
	}

	/**
	 * The connections are begun, and an event loop that ends with its tasks closes
	 * nothing that it has begun with them.
	 */
	@Test
	void connectionThatIsBegunWhileEventLoopsEndIsClosed() throws Exception {
		RedisServer redis = this.opened.add(RedisServer.open());
		CountDownLatch begun = new CountDownLatch(2);
		ClientResources resources = ClientResources.builder().nettyCustomizer(new NettyCustomizer() {

			@Override
			public void afterChannelInitialized(Channel channel) {
				channel.pipeline().addFirst(new ConnectingWhileEnding(begun));
			}

		}).build();
		this.opened.add(() -> resources.shutdown(0, 1, TimeUnit.SECONDS).await());
		TestNode node = new TestNode(
				new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", redis.port()),
						LettuceClientConfiguration.builder().clientResources(resources).build()),
				"n", LEASE, Duration.ofMinutes(1));
		node.member.start();
		begun.await();
		node.kill();
		allAreClosed(redis);
	}

	/** Event loops of other tests' nodes log as well, up to two seconds later. */
	private void othersHaveEnded() {
		within(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("lettuce-")));
		this.netty.clear();
	}

	private static void allAreClosed(RedisServer redis) {
		// The one that asks.
		within(() -> assertThat(redis.info("clients")).contains("connected_clients:1\r"));
	}

	/** Has the event loop connect when it is about to end, and not before. */
	private static final class ConnectingWhileEnding extends ChannelOutboundHandlerAdapter {

		private final CountDownLatch begun;

		ConnectingWhileEnding(CountDownLatch begun) {
			this.begun = begun;
		}

		@Override
		public void connect(ChannelHandlerContext context, SocketAddress remote, SocketAddress local,
				ChannelPromise promise) {
			this.begun.countDown();
			while (!context.channel().eventLoop().isShuttingDown()) {
				LockSupport.parkNanos(1_000_000);
			}
			context.connect(remote, local, promise);
		}

	}

}
