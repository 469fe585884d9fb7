package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.OutboundFullException;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.SocketTable;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsBundle;
import io.netty.channel.ConnectTimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Clients whose server cannot be reached for a time.
 */
@Tag("virtual-threads")
class ClientOutagesTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines clientLines = new LogLines(SocketClient.class);

	@Test
	void startsBeforeItsServerAndSurvivesItsRestarts() throws Exception {
		int port = Ports.free();
		SocketClient client = this.fixture.start(port, (spec) -> spec);
		CompletableFuture<Void> early = client.send("early");
		awaitFailures(client, 3);
		assertThat(early).isNotDone();
		assertThat(client.failure()).hasMessageContaining("refused");
		assertThat(this.fixture.events).isEmpty();

		SocketServer second = this.fixture.servers.lines((line) -> "<" + line + ">", (spec) -> spec.port(port));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<early>"));
		Patience.await(early);
		for (int i = 0; i < 3; i++) {
			second.stop(Duration.ZERO);
			ClientFixture.await(client, ClientState.DISCONNECTED);
			client.send("waits" + i);
			second.start();
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
			assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<waits" + i + ">"));
		}
		assertThat(client.failure()).isNull();
		assertThat(client.statistics().connected()).isEqualTo(4);
		assertThat(client.statistics().attempts())
			.isEqualTo(client.statistics().connected() + client.statistics().cancelled()
					+ client.statistics().failed().values().stream().mapToLong(Long::longValue).sum());
	}

	@Test
	void anOutageIsOneWarningHoweverManyAttemptsFail() throws Exception {
		int port = Ports.free();
		SocketClient client = this.fixture.start(port, (spec) -> spec);
		awaitFailures(client, 3);
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.port(port));
		ClientFixture.await(client, ClientState.CONNECTED);
		assertThat(client.failure()).isNull();
		server.stop(Duration.ZERO);
		awaitFailures(client, client.statistics().failed().get(ConnectFailure.REFUSED) + 3);

		assertThat(this.clientLines.messages(Level.WARN)).hasSize(2)
			.allMatch((line) -> line.startsWith("'it' cannot connect to 127.0.0.1:" + port + " and goes on trying: "));
	}

	@Test
	void reportsHowTheLastConnectionEndedUntilItIsStartedAgain() throws Exception {
		Instant before = Instant.now();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec.limits((l) -> l.frame(16)));
			try (Socket first = server.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				assertThat(client.lastClosed()).isNull();
				first.getOutputStream().write("x".repeat(100).getBytes(StandardCharsets.UTF_8));
				try (Socket second = server.accept()) {
					assertThat(second.isConnected()).isTrue();
					assertThat(client.lastClosed()).isNotNull();
					assertThat(client.lastClosed().status().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
					assertThat(client.lastClosed().status().detail()).contains("16");
					assertThat(client.lastClosed().at()).isBetween(before, Instant.now());
				}
			}
			Awaitility.await().until(() -> client.lastClosed().status().reason() == CloseReason.PEER_CLOSED);
			Patience.await(client.stop());
			assertThat(client.lastClosed()).isNotNull();
			client.start();
			assertThat(client.lastClosed()).isNull();
		}
	}

	@Test
	void connectionsThatEndAgainAndAgainAreWarnedOfOnce() throws Exception {
		this.fixture.undisturbed(Duration.ofMillis(500), this::warnsOnceOfConnectionsThatEnd);
	}

	private void warnsOnceOfConnectionsThatEnd() throws Exception {
		this.clientLines.clear();
		// What lasts for longer than the longest wait does not end soon.
		Reconnect reconnect = new Reconnect(Duration.ofMillis(1), Duration.ofSeconds(1), 0);
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec.reconnect(reconnect));
			client.send("login");
			for (int i = 0; i < 6; i++) {
				server.accept().close();
			}
			try (Socket last = server.accept()) {
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.clientLines.messages(Level.INFO)).hasSize(6)
						.last()
						.asString()
						.startsWith("'it' is connected to 127.0.0.1:"));
				assertThat(this.clientLines.messages(Level.WARN)).singleElement()
					.asString()
					.startsWith("'it' has connected to 127.0.0.1:" + server.getLocalPort()
							+ " 3 times in a row, and each connection ended soon, before a message was received: PEER_");
				last.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
				assertThat(ClientFixture.next(client)).isNotNull();
			}
			try (Socket good = server.accept()) {
				assertThat(good.isConnected()).isTrue();
				Awaitility.await().untilAsserted(() -> assertThat(this.clientLines.messages(Level.INFO)).hasSize(8));
			}
		}
	}

	private static void awaitFailures(SocketClient client, long count) {
		Awaitility.await().until(() -> client.statistics().failed().getOrDefault(ConnectFailure.REFUSED, 0L) >= count);
	}

	@ParameterizedTest
	@CsvSource({ "DROP_OLDEST,bc", "DROP_NEWEST,ab", "FAIL,ab", "CLOSE,ab" })
	void whatDoesNotFitIntoAnOutageFollowsThePolicy(OutboundOverflow overflow, String arrives) {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.outbound((o) -> o.capacity(2).overflow(overflow)));
		ClientFixture.await(client, ClientState.CONNECTED);
		client.disconnect();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		List<CompletableFuture<Void>> sent = Stream.of("a", "b", "c").map(client::send).toList();
		CompletableFuture<Void> lost = sent.get((overflow == OutboundOverflow.DROP_OLDEST) ? 0 : 2);
		assertThat(lost).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(OutboundFullException.class);
		client.reconnect();
		Awaitility.await().until(() -> client.statistics().delivered() == 2);
		client.send("end");
		Awaitility.await().until(() -> seen.contains("end"));
		assertThat(String.join("", seen)).isEqualTo(arrives + "end");
	}

	/** An attempt that was given up is still there for a moment. */
	@Test
	void reconnectsAtOnceAlsoRightAfterADisconnect() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
			TlsBundle bundle = Certificates.TRUSTED.bundle("localhost");
			SocketClient client = this.fixture.start(silent.getLocalPort(),
					(spec) -> spec.tls(new ClientTls(bundle, null))
						.connectTimeout(Duration.ofMinutes(1))
						.reconnect(new Reconnect(Duration.ofHours(1), Duration.ofHours(1), 0)));
			for (int i = 1; i <= 50; i++) {
				int attempts = i;
				Awaitility.await().until(() -> client.statistics().attempts() == attempts);
				assertThat(client.disconnect()).isTrue();
				assertThat(client.reconnect()).isTrue();
			}
			Awaitility.await().until(() -> client.statistics().attempts() == 51);
		}
	}

	@Test
	void unknownHostIsAFailedAttempt() {
		SocketClient client = this.fixture.start(1, (spec) -> spec.host("nobody.invalid"));
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.UNKNOWN_HOST, 0L) >= 2
					|| client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L) >= 2);
	}

	/** Whose system answers no more connects, since there are too many unaccepted. */
	@Every.Transport
	void serverThatDoesNotAnswerCostsEachAttemptItsTimeAndNoMore(SocketTransport transport) throws Exception {
		List<Socket> before = new ArrayList<>();
		try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			fill(busy, before);
			SocketClient client = this.fixture.start(busy.getLocalPort(),
					(spec) -> spec.transport(transport).connectTimeout(Duration.ofMillis(200)));
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L) >= 3);
			assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.TIMEOUT);
			assertThat(client.failure()).isInstanceOf(ConnectTimeoutException.class);
			assertThat(this.fixture.events).isEmpty();

			busy.setSoTimeout(100);
			Awaitility.await().atMost(Patience.limit()).ignoreExceptions().until(() -> {
				if (client.state() != ClientState.CONNECTED) {
					before.add(busy.accept());
				}
				return client.state() == ClientState.CONNECTED;
			});
			this.fixture.awaitEvents("connected");
		}
		finally {
			Opened.closeAll(before);
		}
	}

	@Every.Transport
	void attemptThatIsNotWantedAnyMoreConnectsToNobody(SocketTransport transport) throws Exception {
		// Keeps the event loops, with which every connection would end.
		this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));
		List<Socket> before = new ArrayList<>();
		try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			fill(busy, before);
			SocketClient client = this.fixture.start(busy.getLocalPort(),
					(spec) -> spec.transport(transport).connectTimeout(Duration.ofMinutes(1)));
			Awaitility.await().until(() -> client.statistics().attempts() == 1);
			if (SocketTable.exists()) {
				Awaitility.await().until(() -> connects(busy.getLocalPort()));
			}
			client.close();
			Patience.await(client.closed());
			assertThat(client.statistics().cancelled()).isEqualTo(1);
			// The loop closes its socket a moment later.
			Awaitility.await().until(() -> !connects(busy.getLocalPort()));

			List<Integer> ports = before.stream().map(Socket::getLocalPort).toList();
			// An attempt that were still there would ask again after a second: it has no
			// socket where the system tells.
			busy.setSoTimeout(SocketTable.exists() ? 100 : 2_500);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> {
				while (true) {
					before.add(busy.accept());
					assertThat(ports).contains(before.get(before.size() - 1).getPort());
				}
			});
			assertThat(before).hasSize(2 * ports.size());
			this.fixture.awaitEvents("closed");
		}
		finally {
			Opened.closeAll(before);
		}
	}

	/** Whether a socket waits for its connect to be answered, if that is known. */
	private static boolean connects(int port) throws IOException {
		return SocketTable.of("tcp")
			.stream()
			.anyMatch((socket) -> socket.remotePort() == port && socket.state() == SocketTable.SYN_SENT);
	}

	/** Connects until no connect is answered any more. */
	private static void fill(ServerSocket server, List<Socket> sockets) throws IOException {
		for (int i = 0; i < 100; i++) {
			Socket socket = new Socket();
			try {
				socket.connect(server.getLocalSocketAddress(), 300);
			}
			catch (SocketTimeoutException ex) {
				socket.close();
				return;
			}
			sockets.add(socket);
		}
		throw new IllegalStateException("This system answers whoever asks");
	}

}
