package dev.socketserver.netty.connect;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Servers whose port is known later, or changes. */
class ClientPortTests {

	@RegisterExtension
	private final ClientFixture fixture = new ClientFixture();

	private final AtomicInteger port = new AtomicInteger();

	@Test
	void thePortIsAskedForAnewForEachAttempt() {
		SocketClient client = this.fixture.clients
			.register(ClientSpec.builder("it").port(this.port::get).reconnect(ClientFixture.SOON).build());
		client.start();
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.OTHER, 0L) > 1);
		assertThat(client.failure()).hasMessage("the server's port is not known yet");

		SocketServer first = listen("first");
		ClientFixture.await(client, ClientState.CONNECTED);
		assertThat(client.spec().port()).isEqualTo(this.port.get());
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);

		SocketServer second = listen("second");
		first.stop();
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Connected(ClientFixture.address(second)));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aPortThatCannotBeFoundIsAFailedAttempt(boolean showable) {
		IllegalStateException unknown = new IllegalStateException() {

			@Override
			public String getMessage() {
				if (showable) {
					return "nobody knows";
				}
				throw new UnsupportedOperationException();
			}

		};
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it").port(() -> {
			if (this.port.get() == 0) {
				throw unknown;
			}
			return this.port.get();
		}).reconnect(ClientFixture.SOON).build());
		client.start();
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.OTHER, 0L) > 1);
		assertThat(client.failure() == unknown).isTrue();
		assertThat(client.spec().port()).isZero();
		listen("first");
		ClientFixture.await(client, ClientState.CONNECTED);
	}

	@Test
	void aPortThatNeverChangesIsChecked() {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> ClientSpec.builder("it").build())
			.withMessageContaining("port");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it").port(65536).build())
			.withMessageContaining("must be between 1 and 65535");
		assertThat(ClientSpec.builder("it").port(65535).build().port()).isEqualTo(65535);
	}

	private SocketServer listen(String name) {
		SocketServer server = this.fixture.servers.servers.register(ServerSpec.builder(name)
			.handler(ServerHandler.function(name, PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line))
			.build());
		server.start();
		this.port.set(Objects.requireNonNull(server.localAddress()).getPort());
		return server;
	}

}
