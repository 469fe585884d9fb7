package dev.socketserver.netty.tls;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.security.auth.x500.X500Principal;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TlsTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	private SocketServer upper(Tls tls) {
		return upper(tls, UnaryOperator.identity());
	}

	private SocketServer upper(Tls tls, UnaryOperator<ServerSpec.Builder> spec) {
		Function<String, String> upper = (line) -> line.toUpperCase();
		return this.fixture.lines(upper, (builder) -> spec.apply(builder.tls(tls)));
	}

	private static String subject(Peer peer) throws IOException {
		return peer.tls().getPeerPrincipal().getName();
	}

	private static void awaitRejected(SocketServer server, long count) {
		Awaitility.await()
			.until(() -> server.statistics().rejected().getOrDefault(RejectReason.TLS_FAILED, 0L) == count);
	}

	private static Map<TlsOutcome, Long> handshakes(SocketServer server) {
		return server.statistics().handshakes();
	}

	@Every.Transport
	void everyTransportSpeaksTls(SocketTransport transport) throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")),
				(spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
			assertThat(peer.ask("two")).isEqualTo("TWO");
			assertThat(peer.endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		// Of the application's bytes; what TLS puts around them is not counted.
		assertThat(server.statistics().bytesReceived()).isEqualTo(8);
		assertThat(server.statistics().bytesSent()).isEqualTo(8);
		assertThat(handshakes(server)).isEqualTo(Map.of(TlsOutcome.SUCCESS, 1L));
		assertThat(server.statistics().handshakeNanos().get(TlsOutcome.SUCCESS)).isPositive();
	}

	/**
	 * A peer that gets none takes it for a fault of the network (RFC 8446, section 6.2).
	 */
	@ParameterizedTest
	@CsvSource({ "empty, 50", "doubled, 47", "interrupted, 10" })
	void aClientHelloThatIsRefusedIsAnsweredWithAnAlert(String fault, byte alert) throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));
		byte[] hello = ClientHelloTests.record(null);
		byte[] sent = switch (fault) {
			case "empty" -> ClientHelloTests.extended(hello, new byte[] { 0, 0, 0, 5, 0, 3, 0, 0, 0 });
			case "doubled" ->
				ClientHelloTests.extended(hello, new byte[] { 0, 0, 0, 10, 0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b' });
			default -> ClientHelloTests.records(hello, hello.length - 10, 1);
		};
		if (fault.equals("interrupted")) {
			sent[hello.length - 5] = 0x15;
		}
		try (Socket peer = new Socket(server.localAddress().getAddress(), server.localAddress().getPort())) {
			peer.setSoTimeout(Patience.millis());
			peer.getOutputStream().write(sent, 0, fault.equals("interrupted") ? hello.length : sent.length);

			assertThat(peer.getInputStream().readAllBytes()).containsExactly(0x15, 3, 3, 0, 2, 2, alert);
		}
		awaitRejected(server, 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void speaksBothVersions(String protocol) throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Peer peer = new Peer(server, AUTHORITY.client(), null, protocol)) {
			assertThat(peer.tls().getProtocol()).isEqualTo(protocol);
			assertThat(peer.ask("one")).isEqualTo("ONE");
		}
	}

	@Test
	void sessionsWithoutClientCertificatesHaveNoPrincipal() throws Exception {
		SocketServer server = upper(Tls.of(AUTHORITY.bundle("localhost"), ClientAuth.WANT));

		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			assertThat(ServerFixture.session(server).principal()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void certificateOfThePeerIsThePrincipal(String protocol) throws Exception {
		SocketServer server = upper(Tls.of(AUTHORITY.bundle("localhost"), ClientAuth.NEED));
		SSLContext client = AUTHORITY.client("alice");

		// The second one resumes the session of the first.
		for (int i = 0; i < 2; i++) {
			try (Peer peer = new Peer(server, client, null, protocol)) {
				assertThat(peer.ask("one")).isEqualTo("ONE");
				assertThat(ServerFixture.session(server).principal()).isEqualTo(new X500Principal("CN=alice"));
			}
			this.fixture.nextClosed();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void peerWithoutCertificateIsRefusedWhereOneIsNeeded(String protocol) {
		SocketServer server = upper(Tls.of(AUTHORITY.bundle("localhost"), ClientAuth.NEED));

		assertThatThrownBy(() -> {
			try (Peer peer = new Peer(server, AUTHORITY.client(), null, protocol)) {
				peer.ask("one");
			}
		}).isInstanceOf(IOException.class);
		awaitRejected(server, 1);
		assertThat(server.statistics().opened()).isZero();
		assertThat(handshakes(server)).isEqualTo(Map.of(TlsOutcome.FAILURE, 1L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "NEED", "WANT" })
	void certificateOfNobodyTrustedIsRefused(ClientAuth clientAuth) {
		SocketServer server = upper(Tls.of(AUTHORITY.bundle("localhost"), clientAuth));
		SSLContext client = Certificates
			.client(new KeyManager[] { Certificates.insistent(Certificates.OTHER.sign("mallory")) }, AUTHORITY.trust());

		assertThatThrownBy(() -> {
			try (Peer peer = new Peer(server, client, null)) {
				peer.ask("one");
			}
		}).isInstanceOf(IOException.class);
		awaitRejected(server, 1);
		assertThat(server.statistics().opened()).isZero();
	}

	@Test
	void clientCertificatesNeedTrustMaterial() {
		TlsBundle bundle = new TlsBundle("keys", AUTHORITY.server("localhost"));

		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> Tls.of(bundle, ClientAuth.NEED))
			.satisfies((ex) -> assertThat(ex.component()).isEqualTo("ssl.clientAuth"))
			.withMessageContaining("SSL bundle 'keys' has none");
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> new Tls(AUTHORITY.bundle("localhost"),
				ClientAuth.WANT, Tls.DEFAULT_HANDSHAKE_TIMEOUT, Map.of("a.example.com", bundle), 1024));
	}

	private Tls hosts(ClientAuth clientAuth) {
		return new Tls(AUTHORITY.bundle("default"), clientAuth, Tls.DEFAULT_HANDSHAKE_TIMEOUT,
				Map.of("a.example.com", AUTHORITY.bundle("exact"), "*.example.com", AUTHORITY.bundle("wildcard")),
				Tls.DEFAULT_CLIENT_HELLO_BYTES);
	}

	@Test
	void hostChoosesTheCertificate() throws Exception {
		SocketServer server = upper(hosts(ClientAuth.NONE));

		assertThat(subject(server, "a.example.com")).isEqualTo("CN=exact");
		assertThat(subject(server, "A.Example.com")).isEqualTo("CN=exact");
		assertThat(subject(server, "b.example.com")).isEqualTo("CN=wildcard");
		assertThat(subject(server, "c.b.example.com")).isEqualTo("CN=default");
		assertThat(subject(server, "example.com")).isEqualTo("CN=default");
		assertThat(subject(server, null)).isEqualTo("CN=default");
	}

	private static String subject(SocketServer server, @Nullable String host) throws IOException {
		try (Peer peer = new Peer(server, AUTHORITY.client(), host)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			return subject(peer);
		}
	}

	/** No name that a peer may think of makes more of it than a handshake or an alert. */
	@Test
	void oddHostsAreServedOrRefused() throws Exception {
		SocketServer server = upper(hosts(ClientAuth.NONE));
		for (String host : List.of("*.example.com", ".example.com.", "..............", "a_b.example.c", "-.example.com",
				"xn--\\u0.exampl", "xn--99999999z", "192.168.100.1", "[::1]:8443//", "../../etc/pwd", "${jndi:ldap:}",
				"%s%s%n%x.test", "example.com:x")) {
			String usual = "x".repeat(host.length() - 5) + ".test";
			byte[] hello = ClientHelloTests.record(usual);
			hello = new String(hello, ISO_8859_1).replace(usual, host).getBytes(ISO_8859_1);

			try (Socket socket = connect(server)) {
				socket.getOutputStream().write(hello);
				assertThat(socket.getInputStream().read()).as("an alert, or a ServerHello, for %s", host)
					.isIn(0x15, 0x16);
			}
			assertThat(subject(server, "a.example.com")).isEqualTo("CN=exact");
		}
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
	}

	/**
	 * Each split would once have led to the default context (CVE-2026-75595): seen by the
	 * certificate, which TLS 1.2 sends in the clear.
	 */
	@Test
	void splitClientHelloChoosesTheSameCertificate() throws Exception {
		SocketServer server = upper(hosts(ClientAuth.NONE));
		byte[] record = ClientHelloTests.record("a.example.com", "TLSv1.2");

		for (int split = 1; split < record.length - 5; split += 3) {
			byte[] cut = ClientHelloTests.records(record, split, 16 * 1024);
			assertThat(firstAnswer(server, cut, cut.length)).as("records split at %s", split).contains("exact");
		}
		for (int split = 1; split < record.length; split += 9) {
			assertThat(firstAnswer(server, record, split)).as("segments split at %s", split).contains("exact");
		}
	}

	private static String firstAnswer(SocketServer server, byte[] bytes, int split) throws IOException {
		try (Socket socket = connect(server)) {
			socket.getOutputStream().write(bytes, 0, split);
			socket.getOutputStream().write(bytes, split, bytes.length - split);
			StringBuilder answer = new StringBuilder();
			byte[] some = new byte[4096];
			for (int i = 0; i < 10 && answer.indexOf("exact") < 0 && answer.indexOf("default") < 0; i++) {
				int length = socket.getInputStream().read(some);
				if (length < 0) {
					break;
				}
				answer.append(new String(some, 0, length, ISO_8859_1));
			}
			return answer.toString();
		}
	}

	private static Socket connect(SocketServer server) throws IOException {
		Socket socket = new Socket();
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(Patience.millis());
		socket.connect(Objects.requireNonNull(server.localAddress()));
		return socket;
	}

	/**
	 * A client of the JVM goes on with the session of the first server, since both are
	 * the same host to it. The second one trusts somebody else.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void sessionIsNotResumedWhereItsCertificateIsNotTrusted(String protocol) throws Exception {
		SocketServer first = upper(Tls.of(AUTHORITY.bundle("first"), ClientAuth.NEED));
		SocketServer second = this.fixture.servers.register(ServerSpec.builder("second")
			.tls(Tls.of(new TlsBundle("second", AUTHORITY.server("second", Certificates.OTHER)), ClientAuth.NEED))
			.handler(first.spec().handler())
			.build());
		second.start();
		SSLContext client = AUTHORITY.client("alice");
		try (Peer peer = new Peer(first, client, null, protocol)) {
			peer.ask("x");
		}

		assertThatThrownBy(() -> {
			try (Peer peer = new Peer(second, client, null, protocol)) {
				peer.ask("x");
			}
		}).isInstanceOf(IOException.class);
		awaitRejected(second, 1);
		assertThat(second.statistics().opened()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void sessionIsNotResumedWhenItsCertificateIsNoLongerTrusted(String protocol) throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("localhost");
		SocketServer server = upper(Tls.of(bundle, ClientAuth.NEED));
		SSLContext client = AUTHORITY.client("alice");
		try (Peer peer = new Peer(server, client, null, protocol)) {
			peer.ask("x");
			bundle.replace(AUTHORITY.server("localhost", Certificates.OTHER));
			// It is as it was when it began.
			peer.ask("x");
		}

		assertThatThrownBy(() -> {
			try (Peer peer = new Peer(server, client, null, protocol)) {
				peer.ask("x");
			}
		}).isInstanceOf(IOException.class);
		awaitRejected(server, 1);
	}

	@Test
	void plainTextIsRefusedAndNamed() throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		for (int i = 0; i < 3; i++) {
			try (Socket socket = connect(server)) {
				socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: secret\r\n\r\n".getBytes(UTF_8));
				assertThat(endOf(socket)).isTrue();
			}
		}
		awaitRejected(server, 3);
		assertThat(this.log.events()).filteredOn((event) -> event.getFormattedMessage().contains("refused"))
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getFormattedMessage()).contains("TLS_FAILED", "no TLS: it looks like an HTTP request")
					.doesNotContain("secret");
				assertThat(event.getThrowableProxy()).isNull();
			});
		assertThat(server.statistics().opened()).isZero();
		assertThat(server.statistics().accepted()).isEqualTo(3);
	}

	private static boolean endOf(Socket socket) {
		try {
			return socket.getInputStream().readAllBytes().length >= 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Test
	void announcedClientHelloOf16MegabytesIsRefusedAtOnce() throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")));

		try (Socket socket = connect(server)) {
			socket.getOutputStream().write(new byte[] { 0x16, 3, 1, 0x40, 0, 1, -1, -1, -1 });
			assertThat(endOf(socket)).isTrue();
		}
		awaitRejected(server, 1);
	}

	@Test
	void silentAndDrippingPeersAreRefusedInTime() throws Exception {
		SocketServer server = upper(new Tls(AUTHORITY.bundle("localhost"), ClientAuth.NONE, Duration.ofMillis(500),
				Map.of(), Tls.DEFAULT_CLIENT_HELLO_BYTES));
		byte[] record = ClientHelloTests.record(null);

		try (Socket silent = connect(server)) {
			assertThat(endOf(silent)).isTrue();
			awaitRejected(server, 1);
			assertThat(this.log.messages()).anyMatch((line) -> line.contains("not complete after 500 ms"));
			try (Socket dripping = connect(server)) {
				CountDownLatch refused = new CountDownLatch(1);
				Thread drip = new Thread(() -> {
					try {
						for (int i = 0; i < record.length && !refused.await(20, TimeUnit.MILLISECONDS); i++) {
							dripping.getOutputStream().write(record[i]);
						}
					}
					catch (IOException | InterruptedException ex) {
						// It was refused.
					}
				});
				drip.start();
				awaitRejected(server, 2);
				refused.countDown();
				drip.join();
			}
		}
		// One that is late is counted when its channel is gone.
		Awaitility.await()
			.untilAsserted(() -> assertThat(handshakes(server)).isEqualTo(Map.of(TlsOutcome.TIMEOUT, 2L)));
	}

	@Every.Transport
	void peerThatGoesBeforeItsHandshakeMakesNoNoise(SocketTransport transport) throws Exception {
		SocketServer server = upper(Certificates.patient(AUTHORITY.bundle("localhost")),
				(spec) -> spec.transport(transport));

		connect(server).close();
		try (Socket resetting = connect(server)) {
			Awaitility.await().until(() -> server.statistics().accepted() == 2);
			// As load balancers do that only look whether somebody listens.
			resetting.setSoLinger(true, 0);
		}

		Awaitility.await().until(() -> server.statistics().abandoned() == 2);
		assertThat(server.statistics().rejected()).isEmpty();
		assertThat(handshakes(server)).isEmpty();
	}

	@Test
	void largePayloadsComeAndGo() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out),
				(spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));
		byte[] sent = new byte[4 * 1024 * 1024];
		new Random(1).nextBytes(sent);

		try (Peer peer = new Peer(server)) {
			Thread sender = new Thread(() -> {
				try {
					peer.send(sent).endOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			sender.start();
			assertThat(peer.bytes(sent.length)).isEqualTo(sent);
			assertThat(peer.rest()).isEmpty();
			sender.join();
		}
	}

	@Test
	void unusableMaterialFailsTheStart() {
		TlsBundle bundle = AUTHORITY.bundle("localhost");
		ServerSpec.Builder spec = ServerSpec.builder("test").tls(Tls.of(bundle, ClientAuth.NEED));
		SocketServer server = this.fixture.servers
			.register(spec.handler(ServerHandler.stream("streams", (in, out, session) -> {
			})).build());
		bundle.replace(AUTHORITY.server("untrusting"));

		assertThatThrownBy(server::start)
			.hasRootCauseMessage("it has no trust material to check the certificates of peers with");
		bundle.replace(AUTHORITY.server("trusting", AUTHORITY));
		server.start();
	}

	@Test
	void messageOfATlsImplementationIsMadeHarmless() {
		assertThat(TlsFailures.message(new SSLException("a\r\nb\u2028c\u001b[31m\u202e")))
			.isEqualTo("a\\u000d\\u000ab\\u2028c\\u001b[31m\\u202e");
		assertThat(TlsFailures.message(new SSLException("x".repeat(1000)))).startsWith("x".repeat(200) + "...");
	}

	@Test
	void materialOfTwoServersMayBeTheSame() throws Exception {
		TlsBundle bundle = AUTHORITY.bundle("shared");
		TlsMaterial material = bundle.material();
		SocketServer first = upper(Tls.of(bundle));
		SocketServer second = this.fixture.servers.register(ServerSpec.builder("second")
			.tls(Tls.of(bundle, ClientAuth.NEED))
			.handler(first.spec().handler())
			.build());
		second.start();
		SSLContext client = AUTHORITY.client();

		try (Peer peer = new Peer(first, client, null)) {
			assertThat(peer.ask("one")).isEqualTo("ONE");
		}
		// Not with the session that the other has allowed.
		assertThatThrownBy(() -> {
			try (Peer peer = new Peer(second, client, null)) {
				peer.ask("one");
			}
		}).isInstanceOf(IOException.class);
		assertThat(bundle.material()).isSameAs(material);
	}

}
