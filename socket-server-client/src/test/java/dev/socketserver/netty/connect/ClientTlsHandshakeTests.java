package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.spec.listen.Tls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Handshakes of clients that fail, or do not end.
 */
class ClientTlsHandshakeTests {

	private static final String HOST = "localhost";

	/** The first handshake of a busy machine takes its time. */
	private static final Duration PATIENT = Duration.ofMinutes(1);

	/** How often a server goes before it stays. */
	private static final int GOES = Rounds.of("tls.goes", 30, 600);

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private SocketServer echo() {
		return this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.tls(Tls.of(AUTHORITY.bundle(HOST))));
	}

	/** At each byte of what it says, in good order or not. */
	@Every.Transport
	void serverThatGoesDuringTheHandshakeIsTriedAgain(SocketTransport transport) throws Exception {
		SocketServer behind = echo();
		Random random = new Random(11);
		AtomicInteger left = new AtomicInteger(GOES);
		try (ServerSocket front = new ServerSocket(0, 50, InetAddress.getByName(HOST))) {
			Thread relay = new Thread(() -> {
				while (!front.isClosed()) {
					// Resets one half of those that it cuts, and ends the other.
					int goes = left.getAndDecrement();
					int most = (goes > 0) ? ((goes > GOES - 20) ? GOES - goes : random.nextInt(1500)) : 1 << 30;
					relay(front, ClientFixture.address(behind).getPort(), most, goes % 2 == 0);
				}
			});
			relay.setDaemon(true);
			relay.start();
			SocketClient client = this.fixture.start(front.getLocalPort(),
					(spec) -> spec.host(HOST)
						.connectTimeout(PATIENT)
						.transport(transport)
						.reconnect(new Reconnect(Duration.ofMillis(1), Duration.ofMillis(2), 0))
						.tls(ClientTlsTests.tls(ClientTlsTests.trusting(AUTHORITY))));
			// With TLS 1.3 it is connected before the server has said its last.
			Awaitility.await()
				.atMost(Patience.limit().plusMillis(200L * GOES))
				.untilAsserted(
						() -> assertThat(client.statistics().failed().values().stream().mapToLong(Long::longValue).sum()
								+ client.statistics().connected())
							.as("%s", client.statistics().failed())
							.isEqualTo(GOES + 1));
			// A connection that is reset before the client learns of it has the class of
			// a refusal.
			assertThat(client.statistics().failed()).containsKey(ConnectFailure.TLS)
				.doesNotContainKeys(ConnectFailure.TIMEOUT, ConnectFailure.SELF);
			ClientTlsTests.canAsk(client);
			client.close();
			Awaitility.await().atMost(Patience.limit()).until(() -> this.fixture.events.contains("closed"));
			ClientTlsTests.assertAlternate(this.fixture.events);
		}
	}

	/**
	 * Serves one connection with what another server says, up to so many bytes, or up to
	 * its silence.
	 */
	private static void relay(ServerSocket front, int port, int most, boolean reset) {
		try (Socket client = front.accept(); Socket server = new Socket("127.0.0.1", port)) {
			Thread requests = new Thread(() -> {
				try {
					client.getInputStream().transferTo(server.getOutputStream());
				}
				catch (IOException ex) {
					// Over.
				}
			});
			requests.setDaemon(true);
			requests.start();
			if (reset) {
				client.setSoLinger(true, 0);
			}
			// Byte by byte: with the delays of TCP the relay would be what is measured.
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
			server.setSoTimeout((most < 1 << 30) ? 20 : 0);
			int sent = 0;
			for (int next = (most > 0) ? server.getInputStream().read() : -1; next >= 0; next = server.getInputStream()
				.read()) {
				client.getOutputStream().write(next);
				if (++sent == most) {
					break;
				}
			}
		}
		catch (IOException ex) {
			// Over.
		}
	}

	@Test
	void tls12IsNotNegotiatedAnew() throws Exception {
		try (ServerSocket listener = AUTHORITY.server(HOST)
			.context()
			.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getByName(HOST))) {
			this.fixture.start(listener.getLocalPort(),
					(spec) -> spec.host(HOST)
						.connectTimeout(PATIENT)
						.tls(ClientTlsTests.tls(ClientTlsTests.trusting(AUTHORITY, "TLSv1.2"))));
			try (SSLSocket server = (SSLSocket) listener.accept()) {
				server.startHandshake();
				// Asks for another, and reads what the client says to that.
				server.startHandshake();
				server.setSoTimeout(Patience.millis());
				assertThatExceptionOfType(SSLException.class).isThrownBy(() -> server.getInputStream().read());
			}
		}
	}

	/** Whom a client without TLS cannot understand is no better than one that is gone. */
	@Test
	void clientWithoutTlsIsDisconnectedByServerWithTls() {
		SocketServer server = echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		for (int i = 0; i < 3; i++) {
			client.send("hello");
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
			Received next = ClientFixture.next(client);
			assertThat(next).isInstanceOf(Received.Disconnected.class);
			assertThat(((Received.Disconnected) next).status().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		assertThat(this.fixture.servers.opened).isEmpty();
	}

	@Every.Transport
	void handshakeThatDoesNotEndIsGivenUp(SocketTransport transport) throws Exception {
		try (ClientTlsTests.Server silent = new ClientTlsTests.Server((socket) -> "")) {
			long before = System.nanoTime();
			SocketClient client = this.fixture.start(silent.port(),
					(spec) -> spec.host(HOST)
						.transport(transport)
						.connectTimeout(Duration.ofMillis(300))
						.tls(ClientTlsTests.tls(ClientTlsTests.trusting(AUTHORITY))));
			ClientTlsTests.awaitFailures(client, ConnectFailure.TIMEOUT, 2);
			assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(600));
			// An attempt may not have got so far, on a slow machine.
			Awaitility.await()
				.untilAsserted(() -> assertThat(client.failure())
					.hasMessage("not connected within 300 ms: it was waiting for the end of the TLS handshake"));
			assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.TIMEOUT);
			Awaitility.await()
				.untilAsserted(() -> assertThat(client.statistics().handshakes()).containsOnlyKeys(TlsOutcome.TIMEOUT));
			assertThat(this.fixture.events).isEmpty();
			client.close();
			// Nothing of a given-up attempt stays open.
			silent.awaitAllClosed();
		}
	}

	@Test
	void handshakeThatIsNotWantedAnyMoreIsNotSaidToHaveTakenTooLong() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		try (ClientTlsTests.Server silent = new ClientTlsTests.Server((socket) -> {
			begun.countDown();
			return "";
		}, true)) {
			SocketClient client = this.fixture.start(silent.port(),
					(spec) -> spec.host(HOST)
						.connectTimeout(PATIENT)
						.tls(ClientTlsTests.tls(ClientTlsTests.trusting(AUTHORITY))));
			Patience.await(begun);
			client.disconnect();
			Awaitility.await()
				.untilAsserted(() -> assertThat(client.statistics().handshakes())
					.containsExactly(Map.entry(TlsOutcome.FAILURE, 1L)));
			assertThat(client.statistics().cancelled()).isOne();
			assertThat(client.statistics().failed()).isEmpty();
		}
	}

}
