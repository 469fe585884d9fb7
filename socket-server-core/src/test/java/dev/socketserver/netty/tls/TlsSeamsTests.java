package dev.socketserver.netty.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.junit.Undisturbed;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.accept.ProxyProtocolTests;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * TLS together with what stands in front of it: the PROXY protocol, the limits of who may
 * connect, and the end of a server.
 */
class TlsSeamsTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	private static final long CHURN_NANOS = TimeUnit.SECONDS.toNanos(Rounds.SOAK ? 60 : 2);

	private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

	private static final byte[] V1 = "PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\r\n".getBytes(ISO_8859_1);

	private static final byte[] V1_OTHER = "PROXY TCP4 192.0.2.8 198.51.100.9 54321 443\r\n".getBytes(ISO_8859_1);

	private static final byte[] V2 = HexFormat.of()
		.parseHex("0d0a0d0a000d0a515549540a" + "21110013" + "c0000207c6336409d43101bb" + "ff000401020304");

	private static final String CLIENT = "192.0.2.7:54321";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Reads what has come first before what has come later. */
	@RegisterExtension
	final ServerFixture oneLoop = new ServerFixture(1);

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	/** Else a header would come too late. */
	@RegisterExtension
	final Undisturbed undisturbed = new Undisturbed(Duration.ofSeconds(1), () -> {
		this.fixture.remove("test");
		this.oneLoop.remove("test");
		this.log.clear();
	});

	private void awaitRefusal(String why) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.log.messages(Level.WARN)).singleElement()
				.asString()
				.endsWith(": LIMIT_PENDING, " + why));
	}

	private SocketServer server(SocketTransport transport, UnaryOperator<ServerSpec.Builder> spec) {
		return server(this.fixture, transport, spec);
	}

	private static SocketServer server(ServerFixture servers, SocketTransport transport,
			UnaryOperator<ServerSpec.Builder> spec) {
		return servers.lines(String::toUpperCase, (builder) -> spec
			.apply(builder.transport(transport).tls(Certificates.patient(AUTHORITY.bundle("localhost")))));
	}

	private SocketServer proxied(SocketTransport transport, ProxyMode mode, UnaryOperator<ServerSpec.Builder> spec) {
		return proxied(this.fixture, transport, mode, spec);
	}

	private static SocketServer proxied(ServerFixture servers, SocketTransport transport, ProxyMode mode,
			UnaryOperator<ServerSpec.Builder> spec) {
		return server(servers, transport, (builder) -> spec
			.apply(builder.proxyProtocol((p) -> p.mode(mode).trusted(List.of(Cidr.of("127.0.0.0/30"))))));
	}

	private static Socket connect(SocketServer server, String source) throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(source, 0));
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(Patience.millis());
		socket.connect(Objects.requireNonNull(server.localAddress()));
		return socket;
	}

	/** Reads to the end, in whatever order that is. */
	private static void awaitEnd(Socket socket) {
		try {
			socket.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	private static void send(Socket socket, byte[]... parts) throws IOException {
		for (byte[] part : parts) {
			socket.getOutputStream().write(part);
		}
	}

	private static long sum(Map<?, Long> counts) {
		return counts.values().stream().mapToLong(Long::longValue).sum();
	}

	@Every.OneTransport
	void handshakeFollowsAHeaderHoweverBothAreAborted(SocketTransport transport) throws Exception {
		for (ProxyMode mode : List.of(ProxyMode.REQUIRED, ProxyMode.OPTIONAL)) {
			SocketServer server = proxied(transport, mode, UnaryOperator.identity());
			int sessions = 0;
			for (byte[] header : List.of(V1, V2)) {
				for (int cut = 0; cut < header.length + 12; cut += (cut < header.length - 3) ? 4 : 1) {
					try (Peer peer = new Peer(server, header, cut)) {
						assertThat(peer.ask("one")).as("cut behind %s", cut).isEqualTo("ONE");
					}
					sessions++;
				}
			}
			ProxyProtocolTests.awaitNothingLeft(server);
			assertThat(this.fixture.opened).hasSize(sessions)
				.allSatisfy((session) -> assertThat(Addresses.format(session.remoteAddress())).isEqualTo(CLIENT));
			assertThat(server.statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.SUCCESS, (long) sessions));
			assertThat(server.statistics().bytesReceived()).isEqualTo(4L * sessions);
			this.fixture.opened.clear();
			this.fixture.servers.remove("test");
		}
	}

	@Test
	void handshakeHasItsTimeHoweverLongTheHeaderTook() throws Exception {
		long timeout = TimeUnit.MILLISECONDS.toNanos(500);
		Tls tls = new Tls(AUTHORITY.bundle("localhost"), ClientAuth.NONE, Duration.ofNanos(timeout), Map.of(),
				Tls.DEFAULT_CLIENT_HELLO_BYTES);
		SocketServer server = proxied(SocketTransport.AUTO, ProxyMode.REQUIRED, (spec) -> spec.tls(tls));
		try (Socket silent = connect(server, "127.0.0.1")) {
			long connected = System.nanoTime();
			Awaitility.await().until(() -> System.nanoTime() - connected > timeout);
			long before = System.nanoTime();
			send(silent, V1);
			awaitEnd(silent);
			assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(timeout);
		}
	}

	@Every.SoakTransport
	void headerAndClientHelloMayComeByteByByte(SocketTransport transport) throws Exception {
		SocketServer server = proxied(transport, ProxyMode.REQUIRED, UnaryOperator.identity());
		byte[] hello = ClientHelloTests.record(null);

		try (Socket socket = connect(server, "127.0.0.1")) {
			for (byte[] part : List.of(V2, hello)) {
				for (byte value : part) {
					socket.getOutputStream().write(value);
				}
			}
			// A ServerHello.
			assertThat(socket.getInputStream().read()).isEqualTo(0x16);
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		// It has left without an answer to that.
		assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.TLS_FAILED, 1L));
	}

	@Every.SoakTransport
	void refusalsAndLimitsAreThoseOfTheAddressThatTheHeaderReports(SocketTransport transport) throws Exception {
		SocketServer server = proxied(this.oneLoop, transport, ProxyMode.REQUIRED,
				(spec) -> spec.limits((l) -> l.sessionsPerAddress(1).deny(List.of(Cidr.of("192.0.2.99")))));

		// A place that a failed handshake has had is free again.
		for (int i = 0; i < 3; i++) {
			try (Socket socket = connect(server, "127.0.0.1")) {
				send(socket, V1, "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
				awaitEnd(socket);
			}
			ProxyProtocolTests.awaitNothingLeft(server);
		}
		assertThat(this.log.messages()).anyMatch((line) -> line.contains(CLIENT) && line.contains("TLS_FAILED"));
		try (Socket pending = connect(server, "127.0.0.1")) {
			send(pending, V1);
			Awaitility.await().until(() -> server.statistics().pending() == 1);
			assertThatThrownBy(() -> new Peer(server, V1, 0)).isInstanceOf(IOException.class);
			assertThatThrownBy(
					() -> new Peer(server, "PROXY TCP4 192.0.2.99 198.51.100.9 1 443\r\n".getBytes(ISO_8859_1), 0))
				.isInstanceOf(IOException.class);
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().abandoned()).isEqualTo(1);
		try (Peer peer = new Peer(server, V1, 0)) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected())
			.isEqualTo(Map.of(RejectReason.TLS_FAILED, 3L, RejectReason.LIMIT_ADDRESS, 1L, RejectReason.DENIED, 1L));
	}

	@Every.SoakTransport
	void headerOfAStrangerIsNoHandshake(SocketTransport transport) throws Exception {
		SocketServer server = proxied(transport, ProxyMode.OPTIONAL, UnaryOperator.identity());

		for (byte[] header : List.of(V1, V2)) {
			try (Socket socket = connect(server, "127.0.0.9")) {
				send(socket, header);
				awaitEnd(socket);
			}
			try (Socket socket = connect(server, "127.0.0.9")) {
				socket.setTcpNoDelay(true);
				// One by one, and mostly read so.
				for (byte next : header) {
					socket.getOutputStream().write(next);
				}
			}
			catch (IOException ex) {
				// It is not read to its end.
			}
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.PROXY_REJECTED, 4L));
		assertThat(server.statistics().handshakes()).isEmpty();
		try (Peer peer = new Peer(server, "127.0.0.9")) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
		}
	}

	@Every.SoakTransport
	void secondHeaderIsNamed(SocketTransport transport) throws Exception {
		SocketServer server = proxied(transport, ProxyMode.REQUIRED, UnaryOperator.identity());

		try (Socket socket = connect(server, "127.0.0.1")) {
			send(socket, V1, V1);
			awaitEnd(socket);
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.TLS_FAILED, 1L));
		assertThat(this.log.messages()).anyMatch((line) -> line.contains("a PROXY header"))
			.noneMatch((line) -> line.contains("is off"));
	}

	@Every.SoakTransport
	void handshakesArePendingAndAStopCutsThem(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, (spec) -> spec.limits((l) -> l.pending(3)));
		byte[] hello = ClientHelloTests.record(null);

		try (Socket silent = connect(server, "127.0.0.1");
				Socket half = connect(server, "127.0.0.1");
				Socket answered = connect(server, "127.0.0.1")) {
			send(half, Arrays.copyOf(hello, 100));
			send(answered, hello);
			assertThat(answered.getInputStream().read()).isEqualTo(0x16);
			Awaitility.await().until(() -> server.statistics().pending() == 3);
			assertThatThrownBy(() -> new Peer(server)).isInstanceOf(IOException.class);
			Awaitility.await()
				.until(() -> server.statistics().rejected().equals(Map.of(RejectReason.LIMIT_PENDING, 1L)));

			awaitRefusal("with limits.pending = 3");
			assertThat(server.stop()).isTrue();
			awaitEnd(silent);
			awaitEnd(half);
			awaitEnd(answered);
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.LIMIT_PENDING, 1L));
		assertThat(server.statistics().abandoned()).isEqualTo(3);
	}

	/** A quarter of 80 that may be pending. */
	@Every.SoakTransport
	void silentConnectionsOfOneAddressLockOutNoOther(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, (spec) -> spec.limits((l) -> l.pending(80)));
		List<Socket> silent = new ArrayList<>();
		try {
			for (int i = 0; i < 20; i++) {
				silent.add(connect(server, "127.0.0.1"));
			}
			Awaitility.await().until(() -> server.statistics().pending() == 20);
			assertThatThrownBy(() -> new Peer(server, "127.0.0.1")).isInstanceOf(IOException.class);
			Awaitility.await()
				.until(() -> server.statistics().rejected().equals(Map.of(RejectReason.LIMIT_PENDING, 1L)));
			try (Peer other = new Peer(server, "127.0.0.2")) {
				assertThat(other.ask("x")).isEqualTo("X");
			}
			awaitRefusal("with at most 20 pending of one address (limits.pending = 80)");
			silent.remove(0).close();
			Awaitility.await().until(() -> server.statistics().pending() == 19);
			try (Peer same = new Peer(server, "127.0.0.1")) {
				assertThat(same.ask("y")).isEqualTo("Y");
			}
		}
		finally {
			Opened.closeAll(silent);
		}
		ProxyProtocolTests.awaitNothingLeft(server);
	}

	/** A proxy itself may have all of them, and each of its clients the least of 16. */
	@Every.SoakTransport
	void silentClientOfAProxyLocksOutNoOther(SocketTransport transport) throws Exception {
		SocketServer server = proxied(transport, ProxyMode.REQUIRED, (spec) -> spec.limits((l) -> l.pending(40)));
		List<Socket> silent = new ArrayList<>();
		try {
			for (int i = 0; i < 17; i++) {
				silent.add(connect(server, "127.0.0.1"));
			}
			Awaitility.await().until(() -> server.statistics().pending() == 17);
			// One more than may be pending.
			for (Socket client : silent) {
				send(client, V1);
			}
			Awaitility.await()
				.until(() -> server.statistics().rejected().equals(Map.of(RejectReason.LIMIT_PENDING, 1L)));
			awaitRefusal("with at most 16 pending of one address (limits.pending = 40)");
			try (Peer other = new Peer(server, V1_OTHER, 0)) {
				assertThat(other.ask("x")).isEqualTo("X");
			}
		}
		finally {
			Opened.closeAll(silent);
		}
		ProxyProtocolTests.awaitNothingLeft(server);
	}

	@Every.SoakTransport
	void whoGoesDuringItsHandshakeIsRefusedButNotWhoHasNotBegun(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, UnaryOperator.identity());
		byte[] hello = ClientHelloTests.record(null);

		for (boolean reset : new boolean[] { false, true }) {
			try (Socket silent = connect(server, "127.0.0.1");
					Socket half = connect(server, "127.0.0.1");
					Socket answered = connect(server, "127.0.0.1")) {
				Awaitility.await().until(() -> server.statistics().pending() == 3);
				silent.setSoLinger(reset, 0);
				send(half, Arrays.copyOf(hello, 100));
				send(answered, hello);
				assertThat(answered.getInputStream().read()).isEqualTo(0x16);
				half.setSoLinger(reset, 0);
				answered.setSoLinger(reset, 0);
			}
			ProxyProtocolTests.awaitNothingLeft(server);
		}
		assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.TLS_FAILED, 4L));
		assertThat(server.statistics().abandoned()).isEqualTo(2);
		// One that the peer has left is counted when its channel is gone.
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(server.statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.FAILURE, 4L)));
		assertThat(this.log.messages()).anyMatch((line) -> line.contains("TLS_FAILED, the peer left before"));
	}

	@Every.SoakTransport
	void sessionThatOpensWhileTheServerDrainsReceivesTheFarewell(SocketTransport transport) throws Exception {
		SocketServer server = proxied(transport, ProxyMode.REQUIRED, (spec) -> spec.farewell("bye"));

		try (Socket first = connect(server, "127.0.0.1")) {
			Awaitility.await().until(() -> server.statistics().pending() == 1);
			server.drain(Duration.ofSeconds(30));
			send(first, V1);
			try (Socket tls = AUTHORITY.client().getSocketFactory().createSocket(first, "127.0.0.1", 0, true)) {
				byte[] farewell = tls.getInputStream().readNBytes(4);
				assertThat(new String(farewell, ISO_8859_1)).isEqualTo("bye\n");
			}
		}
		ProxyProtocolTests.awaitNothingLeft(server);
	}

	/** I1, I5 and I10 of whoever does whatever with TLS, all at once. */
	@Every.OneTransport
	void numbersAddUpAfterAChurnOfHandshakes(SocketTransport transport) throws Exception {
		SocketServer server = proxied(transport, ProxyMode.OPTIONAL,
				(spec) -> spec.limits((l) -> l.sessions(6).sessionsPerAddress(4).pending(4))
					.tls(new Tls(AUTHORITY.bundle("localhost"), ClientAuth.NONE, Duration.ofMillis(200), Map.of(),
							Tls.DEFAULT_CLIENT_HELLO_BYTES)));
		long seed = Long.getLong("churn.seed", System.nanoTime());
		long end = System.nanoTime() + CHURN_NANOS;
		byte[] hello = ClientHelloTests.record(null);
		Thread[] peers = new Thread[8];
		for (int i = 0; i < peers.length; i++) {
			Random random = new Random(seed + i);
			peers[i] = new Thread(() -> {
				for (long over = -1; over < 0
						|| !hasSeenBoth(server) && over < MOST_NANOS; over = System.nanoTime() - end) {
					try {
						behave(server, random, hello);
					}
					catch (IOException ex) {
						// Refused, or reset by itself.
					}
				}
			});
			peers[i].start();
		}
		for (Thread peer : peers) {
			peer.join();
		}

		ProxyProtocolTests.awaitNothingLeft(server);
		Map<TlsOutcome, Long> handshakes = server.statistics().handshakes();
		assertThat(server.statistics().opened()).as("seed %s", seed).isPositive();
		assertThat(handshakes.getOrDefault(TlsOutcome.SUCCESS, 0L)).isBetween(server.statistics().opened(),
				server.statistics().opened() + server.statistics().abandoned());
		assertThat(server.statistics().rejected().getOrDefault(RejectReason.TLS_FAILED, 0L)).isPositive()
			.isLessThanOrEqualTo(sum(handshakes));
		assertThat(sum(handshakes)).isLessThanOrEqualTo(server.statistics().accepted());
	}

	/** Sessions and refusals: on a busy machine that takes longer. */
	private static boolean hasSeenBoth(SocketServer server) {
		return server.statistics().opened() > 0 && server.statistics().rejected().containsKey(RejectReason.TLS_FAILED);
	}

	private static void behave(SocketServer server, Random random, byte[] hello) throws IOException {
		byte[] header = random.nextBoolean() ? V1 : V2;
		int kind = random.nextInt(9);
		if (kind < 2) {
			try (Peer peer = new Peer(server, (kind == 0) ? header : new byte[0], random.nextInt(header.length))) {
				peer.ask("x");
				if (random.nextBoolean()) {
					peer.reset();
				}
			}
			return;
		}
		try (Socket socket = connect(server, random.nextInt(3) == 0 ? "127.0.0.9" : "127.0.0.1")) {
			switch (kind) {
				case 2 -> send(socket, header);
				case 3 -> send(socket, header, "plain\n".getBytes(ISO_8859_1));
				case 4 -> send(socket, Arrays.copyOf(hello, random.nextInt(hello.length)));
				case 5 -> send(socket, header, hello);
				case 6 -> send(socket, hello, "not a record of TLS".getBytes(ISO_8859_1));
				case 7 -> send(socket, header, hello, new byte[] { 0x15, 3, 3, 0, 2, 2, 40 });
				default -> {
				}
			}
			if (random.nextBoolean()) {
				awaitEnd(socket);
			}
			socket.setSoLinger(random.nextBoolean(), 0);
		}
	}

}
