package dev.socketserver.netty.connect;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Transitions;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.SlowTrust;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.client.ClientState.CLOSED;
import static dev.socketserver.client.ClientState.CLOSING;
import static dev.socketserver.client.ClientState.CONNECTED;
import static dev.socketserver.client.ClientState.CONNECTING;
import static dev.socketserver.client.ClientState.DISCONNECTED;
import static dev.socketserver.client.ClientState.STOPPED;

/**
 * Clients that connect for as long as they hesitate to trust their server, which does not
 * reply, so that they also stop for as long as they have asked for something.
 */
class ClientStateTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private final SlowTrust trust = new SlowTrust(Certificates.TRUSTED);

	private final TlsBundle bundle = new TlsBundle("client", material());

	private final AtomicInteger number = new AtomicInteger();

	private TlsMaterial material() {
		return new TlsMaterial("TLS", List.of(), List.of(this.trust), List.of(), List.of());
	}

	/** Also where it could resume a TLS session, for which no trust manager is asked. */
	private void hesitate() {
		this.bundle.replace(material());
		this.trust.hesitate();
	}

	@TestFactory
	Stream<DynamicTest> transitions() {
		SocketServer server = this.fixture.servers.lines((line) -> null,
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		return Transitions.of(ClientState.class, () -> new Subject(server), (subject) -> subject.client.state())
			.reached(STOPPED, (subject) -> {
			})
			.reached(CONNECTING, Subject::start)
			.reached(CONNECTED, Subject::connect)
			.reached(DISCONNECTED, (subject) -> {
				subject.connect();
				subject.serverGoes();
			})
			.reached(CLOSING, (subject) -> {
				subject.connect();
				subject.stopAsking();
			})
			.reached(CLOSED, (subject) -> subject.client.close())
			.on("start", Subject::start, Map.of(STOPPED, CONNECTING))
			.on("connected", (subject) -> this.trust.decide(), Map.of(CONNECTING, CONNECTED))
			.on("failed, or the connection has ended", Subject::serverGoes,
					Map.of(CONNECTING, DISCONNECTED, CONNECTED, DISCONNECTED, CLOSING, STOPPED))
			.on("next attempt", Subject::reconnect, Map.of(CONNECTED, CONNECTING, DISCONNECTED, CONNECTING))
			.on("disconnect", (subject) -> subject.client.disconnect(),
					Map.of(CONNECTING, DISCONNECTED, CONNECTED, DISCONNECTED))
			.on("stop", (subject) -> subject.client.stop(),
					Map.of(CONNECTING, STOPPED, CONNECTED, STOPPED, DISCONNECTED, STOPPED))
			.on("stop, while a reply is awaited", Subject::stopAsking,
					Map.of(CONNECTING, STOPPED, CONNECTED, CLOSING, DISCONNECTED, STOPPED))
			.on("close", (subject) -> subject.client.close(),
					Map.of(STOPPED, CLOSED, CONNECTING, CLOSED, CONNECTED, CLOSED, DISCONNECTED, CLOSED))
			.on("close, and the connection has ended", (subject) -> {
				subject.client.close();
				subject.serverGoes();
			}, Map.of(STOPPED, CLOSED, CONNECTING, CLOSED, CONNECTED, CLOSED, DISCONNECTED, CLOSED, CLOSING, CLOSED))
			.tests();
	}

	private final class Subject implements AutoCloseable {

		private final SocketServer server;

		private final SocketClient client;

		Subject(SocketServer server) {
			this.server = server;
			server.start();
			this.client = ClientStateTests.this.fixture.clients
				.register(ClientSpec.builder("it" + ClientStateTests.this.number.incrementAndGet())
					.host("localhost")
					.port(() -> ClientFixture.address(server).getPort())
					.connectTimeout(LONG)
					.reconnect(new Reconnect(LONG, LONG, 0))
					.tls(new ClientTls(ClientStateTests.this.bundle, null))
					.build());
		}

		/** It connects until it is decided whether the server is trusted. */
		void start() {
			hesitate();
			this.client.start();
		}

		void reconnect() {
			hesitate();
			this.server.start();
			this.client.reconnect();
		}

		void connect() {
			start();
			ClientStateTests.this.trust.decide();
			ClientFixture.await(this.client, CONNECTED);
		}

		void serverGoes() {
			this.server.stop(Duration.ZERO);
		}

		/** There will be no reply: it stops for as long as the server goes on. */
		void stopAsking() {
			if (this.client.state() == CONNECTED) {
				this.client.ask("anything", LONG);
			}
			this.client.stop();
		}

		@Override
		public void close() {
			ClientStateTests.this.trust.decide();
			serverGoes();
			this.client.close();
		}

	}

}
