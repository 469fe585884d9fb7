package dev.socketserver.netty.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.payload.PayloadConverter;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients whose servers are behind programs of others: HAProxy, which accepts connections
 * for servers that are down, microsocks, and stunnel, which ends TLS for them.
 */
class ClientUpstreamsTests {

	private static final String STUNNEL = """
			foreground = yes
			pid =
			[lines]
			accept = 127.0.0.1:%d
			connect = 127.0.0.1:%d
			cert = %s
			key = %s
			""";

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@TempDir
	private Path directory;

	private SocketServer echo(String name, int port) {
		SocketServer server = this.fixture.servers.servers.register(ServerSpec.builder(name)
			.port(port)
			.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> name + " " + line))
			.build());
		server.start();
		return server;
	}

	private static int port(SocketServer server) {
		return ClientFixture.address(server).getPort();
	}

	private Proxy haproxy(int behind) throws IOException {
		return Proxy.haproxy(this.directory, behind, "");
	}

	private Proxy stunnel(int port, int behind, Certificates authority) throws IOException {
		X509Bundle signed = authority.sign("localhost");
		Path certificate = Files.writeString(this.directory.resolve("certificate-" + port),
				signed.getCertificatePathPEM());
		Path key = Files.writeString(this.directory.resolve("key-" + port), signed.getPrivateKeyPEM());
		Path file = Files.writeString(this.directory.resolve("stunnel-" + port),
				STUNNEL.formatted(port, behind, certificate, key));
		return Proxy.start(this.directory, port, "stunnel", file.toString());
	}

	private SocketClient start(UnaryOperator<ClientSpec.Builder> spec, int... ports) {
		List<ServerAddress> addresses = Arrays.stream(ports)
			.mapToObj((port) -> ServerAddress.of("localhost", port))
			.toList();
		SocketClient client = this.fixture.clients.register(spec.apply(ClientSpec.builder("it")
			.reconnect(ClientFixture.SOON)
			.failOver((block) -> block.addresses(addresses).failBack(Duration.ofMillis(500)))).build());
		client.start();
		return client;
	}

	private static String ask(SocketClient client) {
		return (String) client.ask("hello", Patience.limit()).orTimeout(Patience.seconds(), TimeUnit.SECONDS).join();
	}

	/** A request fails that had left on a connection that is closed. */
	private static void awaitAt(SocketClient client, String name) {
		Awaitility.await()
			.atMost(Patience.limit())
			.ignoreException(CompletionException.class)
			.until(() -> ask(client).equals(name + " hello"));
	}

	private static void awaitRotated(SocketClient client) {
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().closed().containsKey(CloseReason.ROTATED));
	}

	/** It accepts, and closes when it finds nobody behind it. */
	@Test
	void haproxyAcceptsForAServerThatIsDown() throws IOException {
		SocketServer second = echo("second", 0);
		int down = Ports.free();
		try (Proxy one = haproxy(down); Proxy two = haproxy(port(second))) {
			SocketClient client = start((spec) -> spec, one.port(), two.port());
			awaitAt(client, "second");
			// The next attempt makes it available again for a moment.
			Awaitility.await().atMost(Patience.limit()).until(() -> {
				AddressStatus status = client.addresses().get(0);
				return status.failures() >= 3
						&& String.valueOf(status.failure()).contains("before a message was received");
			});
			// Where all stands still, the proxy may seem to keep a connection.
			awaitAt(client, "second");

			echo("first", down);
			awaitAt(client, "first");
			awaitRotated(client);
			Awaitility.await()
				.atMost(Patience.limit())
				.untilAsserted(() -> assertThat(client.addresses()).allMatch(AddressStatus::available));
		}
	}

	/** Probes go through the proxy as well. */
	@Test
	void microsocksConnectsToTheServerThatIsThere() throws IOException {
		SocketServer second = echo("second", 0);
		int down = Ports.free();
		int port = Ports.free();
		try (Proxy proxy = Proxy.start(this.directory, port, "microsocks", "-i", "127.0.0.1", "-p",
				String.valueOf(port))) {
			SocketClient client = start(
					(spec) -> spec.route((route) -> route
						.proxy(new Route.Proxy(Route.Proxy.Type.SOCKS5, "127.0.0.1", proxy.port(), null, null))),
					down, port(second));
			awaitAt(client, "second");
			AttemptOutcome.Counts attempts = AttemptOutcome.Counts.of(client.statistics());
			Awaitility.await().atMost(Patience.limit()).until(() -> attempts.attempts(0, AttemptOutcome.PROXY) >= 2);
			assertThat(client.addresses().get(0).failure()).contains("the proxy does not connect");

			echo("first", down);
			awaitAt(client, "first");
			awaitRotated(client);
		}
	}

	/** The first has a certificate that is not trusted, until it has another. */
	@Test
	void stunnelEndsTls() throws IOException {
		SocketServer first = echo("first", 0);
		SocketServer second = echo("second", 0);
		int port = Ports.free();
		int other = Ports.free();
		SocketClient client;
		try (Proxy two = stunnel(other, port(second), Certificates.TRUSTED)) {
			try (Proxy wrong = stunnel(port, port(first), Certificates.OTHER)) {
				assertThat(wrong.isAlive()).isTrue();
				client = start((spec) -> spec.tls(ClientTlsTests.tls(ClientTlsTests.trusting(Certificates.TRUSTED))),
						port, other);
				awaitAt(client, "second");
				AttemptOutcome.Counts attempts = AttemptOutcome.Counts.of(client.statistics());
				Awaitility.await().atMost(Patience.limit()).until(() -> attempts.attempts(0, AttemptOutcome.TLS) >= 2);
				assertThat(client.addresses().get(0).failure()).contains("the TLS handshake failed");
			}
			try (Proxy right = stunnel(port, port(first), Certificates.TRUSTED)) {
				assertThat(right.isAlive()).isTrue();
				awaitAt(client, "first");
				awaitRotated(client);
			}
			assertThat(two.isAlive()).isTrue();
			awaitAt(client, "second");
		}
	}

}
