package dev.socketserver.netty.connect;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that are closed at any moment of an attempt to connect: event loops end once
 * its channel is closed, or it has none. Otherwise Netty logs an error.
 */
class ClientLoopEndTests {

	private static final double MOST_NANOS = 3_000_000;

	@RegisterExtension
	private final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	private final LogLines netty = new LogLines("io.netty.util.concurrent.DefaultPromise.rejectedExecution");

	@Every.DefaultTransport
	void addressOfAServerOfUdpIsFoundTooLate(SocketTransport transport) throws Exception {
		int port = Ports.free();
		Random random = new Random(42);
		for (int i = 0; i < 200; i++) {
			long lookup = (long) (random.nextDouble() * MOST_NANOS);
			SocketClient client = this.fixture.clients.register(ClientSpec.builder("late" + i)
				.transport(transport)
				.datagrams(true)
				.byHand(PayloadConverter.text(UTF_8))
				// A name is looked up on a thread of its own.
				.host("localhost")
				.port(() -> {
					LockSupport.parkNanos(lookup);
					return port;
				})
				.drainTimeout(Duration.ZERO)
				.build());
			client.start();
			LockSupport.parkNanos((long) (random.nextDouble() * MOST_NANOS));
			this.fixture.clients.remove(client.name());
			Patience.await(client.closed());
		}
		assertThat(this.netty.messages()).isEmpty();
	}

}
