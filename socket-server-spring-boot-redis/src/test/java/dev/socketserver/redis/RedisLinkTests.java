package dev.socketserver.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.Lease;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections to a Redis whose answers are late.
 */
class RedisLinkTests {

	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	private final Opened opened = new Opened();

	/** How many connections were given scripts, as only that of the directory is. */
	private final AtomicInteger connections = new AtomicInteger();

	private ClusterDirectory directory;

	@BeforeEach
	void start() {
		RedisServer redis = this.opened.add(RedisServer.open());
		ClientResources resources = ClientResources.builder().nettyCustomizer(new NettyCustomizer() {

			@Override
			public void afterChannelInitialized(Channel channel) {
				channel.pipeline().addFirst(new AnsweringWhenAllAreGiven(RedisLinkTests.this.connections));
			}

		}).build();
		this.opened.add(() -> resources.shutdown(0, 1, TimeUnit.SECONDS).await());
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration("127.0.0.1", redis.port()),
				LettuceClientConfiguration.builder().clientResources(resources).build());
		this.directory = this.opened.add(new RedisClusterEngine(factory, "test", LONG)).directory();
	}

	private Renewal renew() throws Exception {
		return Patience.await(this.directory.renew(new Lease(new NodeId("a", "life"), LONG, false, 0,
				Instant.ofEpochMilli(1), 0, "", false, Set.of(), 0)));
	}

	/** Else it would take a round trip for each of them. */
	@Test
	void scriptsAreGivenWithoutWaitingForTheAnswerToOne() throws Exception {
		assertThat(renew().nodes()).hasSize(1);
	}

	/** The renewal that was late has waited for it. */
	@Test
	void aConnectionThatWasMadeSinceTheLastRenewalIsKept() throws Exception {
		renew();
		this.directory.reconnect();
		renew();
		assertThat(this.connections).hasValue(1);
		this.directory.reconnect();
		renew();
		assertThat(this.connections).hasValue(2);
	}

	/** Holds the answers to scripts back until all were given. */
	private static final class AnsweringWhenAllAreGiven extends ChannelDuplexHandler {

		private final AtomicInteger connections;

		private final Queue<Object> held = new ArrayDeque<>();

		private int given;

		AnsweringWhenAllAreGiven(AtomicInteger connections) {
			this.connections = connections;
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			String text = ((ByteBuf) message).toString(StandardCharsets.US_ASCII);
			int more = text.split("\\$6\r\nSCRIPT", -1).length - 1;
			if (this.given == 0 && more > 0) {
				this.connections.incrementAndGet();
			}
			this.given += more;
			context.write(message, promise);
			if (more > 0 && !holds()) {
				context.executor().execute(() -> release(context));
			}
		}

		private void release(ChannelHandlerContext context) {
			while (!this.held.isEmpty()) {
				context.fireChannelRead(this.held.remove());
			}
			context.fireChannelReadComplete();
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (holds() || !this.held.isEmpty()) {
				this.held.add(message);
			}
			else {
				context.fireChannelRead(message);
			}
		}

		private boolean holds() {
			return this.given > 0 && this.given < RedisScript.values().length;
		}

	}

}
