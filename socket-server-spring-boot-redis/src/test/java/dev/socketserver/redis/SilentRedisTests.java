package dev.socketserver.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For how long Redis may answer nothing, by a clock that only the test moves.
 */
class SilentRedisTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	@RegisterExtension
	private final Opened opened = new Opened();

	private final AtomicLong clock = new AtomicLong(TIMEOUT.toNanos());

	private final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();

	private RedisLink link;

	/** The number of the first connection, which answers nothing from now on. */
	private long first;

	private Channel silent;

	@BeforeEach
	void connect() throws Exception {
		RedisServer redis = this.opened.add(RedisServer.open());
		ClientResources resources = ClientResources.builder().nettyCustomizer(new NettyCustomizer() {

			@Override
			public void afterChannelInitialized(Channel channel) {
				SilentRedisTests.this.channels.add(channel);
			}

		}).build();
		this.opened.add(() -> resources.shutdown(0, 1, TimeUnit.SECONDS).await());
		RedisClient client = this.opened.add(RedisClient.create(resources, RedisURI.create("127.0.0.1", redis.port())));
		client.setOptions(ClientOptions.builder().autoReconnect(false).build());
		ExecutorService connector = Executors.newSingleThreadExecutor();
		this.opened.add(connector::shutdown);
		this.link = new RedisLink(client, connector, TIMEOUT, List.of(), this.clock::get);
		this.opened.add(this.link::close);
		this.first = Patience.await(connection());
		this.silent = Patience.next(this.channels);
		// On the loop, where a read that has begun is over: else it would get one more
		// answer.
		Patience.await(this.silent.eventLoop().submit(() -> this.silent.config().setAutoRead(false)));
	}

	/** Returns the number of the connection on which a command is answered. */
	private CompletableFuture<Long> connection() {
		return this.link.command((opened) -> opened.commands().ping().thenApply((answer) -> opened.number()));
	}

	private void pass(Duration time) {
		this.clock.addAndGet(time.toNanos());
	}

	/** The answer has arrived, but the event loop reads it a little later. */
	@Test
	void silenceInWhichTheProcessStoodStillIsNone() throws Exception {
		CompletableFuture<Long> before = connection();
		pass(TIMEOUT.multipliedBy(2));
		this.link.prepare();
		CompletableFuture<Long> behind = connection();
		this.silent.config().setAutoRead(true);
		assertThat(Patience.await(before)).isEqualTo(this.first);
		assertThat(Patience.await(behind)).isEqualTo(this.first);
	}

	@Test
	void connectionIsGivenUpAtTheEndOfTheTime() throws Exception {
		CompletableFuture<Long> lost = connection();
		pass(TIMEOUT.plusMillis(1));
		assertThat(Patience.await(connection())).isGreaterThan(this.first);
		assertThat(lost).failsWithin(Patience.limit());
	}

	@Test
	void whoAsksLateGivesAsMuchMoreTime() throws Exception {
		CompletableFuture<Long> answered = connection();
		pass(TIMEOUT.plusSeconds(1));
		this.link.prepare();
		pass(Duration.ofMillis(999));
		this.link.prepare();
		this.silent.config().setAutoRead(true);
		assertThat(Patience.await(answered)).isEqualTo(this.first);
	}

	@Test
	void whoAsksLateAgainGivesNoMoreTime() throws Exception {
		CompletableFuture<Long> lost = connection();
		pass(TIMEOUT.plusSeconds(1));
		this.link.prepare();
		pass(TIMEOUT);
		assertThat(Patience.await(connection())).isGreaterThan(this.first);
		assertThat(lost).failsWithin(Patience.limit());
	}

}
