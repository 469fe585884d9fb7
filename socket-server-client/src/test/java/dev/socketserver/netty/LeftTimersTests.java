package dev.socketserver.netty;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What ends while it begins leaves nothing to the timer, whose thread would outlive the
 * application.
 */
class LeftTimersTests {

	private static final double MOST_NANOS = 500_000;

	@RegisterExtension
	private final Opened opened = new Opened();

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void attemptToConnect(boolean datagrams) throws Exception {
		int port = this.opened.add(new DeafPort()).number();
		NettySocketServers servers = this.opened.add(new NettySocketServers(List.of()));
		NettySocketClients clients = this.opened.add(new NettySocketClients(servers, List::of));
		Random random = new Random(42);
		for (int i = 0; i < 300; i++) {
			SocketClient client = clients.register(ClientSpec.builder("hasty" + i)
				.datagrams(datagrams)
				.byHand(PayloadConverter.text(UTF_8))
				.host("localhost")
				.port(port)
				.connectTimeout(Duration.ofHours(1))
				.drainTimeout(Duration.ZERO)
				.build());
			client.start();
			LockSupport.parkNanos((long) (random.nextDouble() * MOST_NANOS));
			clients.remove(client.name());
			Patience.await(client.closed());
		}
		assertNothingIsLeft(servers);
	}

	@Test
	void attemptOverUdpThatFails() throws Exception {
		NettySocketServers servers = this.opened.add(new NettySocketServers(List.of()));
		NettySocketClients clients = this.opened.add(new NettySocketClients(servers, List::of));
		CountDownLatch asked = new CountDownLatch(5);
		SocketClient client = clients.register(ClientSpec.builder("unlucky")
			.datagrams(true)
			.byHand(PayloadConverter.text(UTF_8))
			.host("localhost")
			.port(() -> {
				asked.countDown();
				// Not known yet.
				return 0;
			})
			.connectTimeout(Duration.ofHours(1))
			.reconnect((reconnect) -> reconnect.period(Duration.ofMillis(1)))
			.build());
		client.start();
		Patience.await(asked);
		client.close();
		Patience.await(client.closed());
		assertNothingIsLeft(servers);
	}

	@Test
	void tapThatEndsOrIsAskedForWhileTheApplicationStops() throws Exception {
		Random random = new Random(42);
		for (int i = 0; i < 200; i++) {
			NettySocketServers servers = this.opened.add(new NettySocketServers(List::of,
					EngineSpec.defaults().taps(10, 0, List::of), () -> null, List::of));
			SocketTaps taps = servers.taps();
			CompletableFuture<?> operator = CompletableFuture.runAsync(() -> {
				try {
					taps.start(new TapRequest(null, "some", null, null, null, false, Duration.ofHours(1), 1_000,
							"a test"));
				}
				catch (IllegalStateException ex) {
					assertThat(ex).hasMessageContaining("the application stops");
				}
			});
			LockSupport.parkNanos((long) (random.nextDouble() * MOST_NANOS));
			servers.close();
			Patience.await(operator);
			assertNothingIsLeft(servers);
		}
	}

	private static void assertNothingIsLeft(NettySocketServers servers) {
		ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) servers.share(Stream::empty).engine().timer();
		// What a loop ends, it cancels a moment later.
		Patience.within(() -> assertThat(timer.getQueue()).isEmpty());
	}

}
