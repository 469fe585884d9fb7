package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import io.netty.handler.ssl.SslHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients with TLS: whom they trust, what they say when they do not, and what they do
 * where one side has TLS and the other has not.
 */
class ClientTlsTests {

	private static final String HOST = "localhost";

	/** The first handshake of a busy machine takes its time. */
	private static final Duration PATIENT = Duration.ofMinutes(1);

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** Trusts an authority, and has nothing to show. */
	static TlsMaterial trusting(Certificates authority, String... protocols) {
		return new TlsMaterial("TLS", List.of(), List.of(authority.trust()), List.of(protocols), List.of());
	}

	/** Trusts the tests' authority, and shows a certificate. */
	private static TlsMaterial known(Certificates issuer, String... protocols) {
		KeyManager keys = Certificates.insistent(issuer.sign("meter-7"));
		return new TlsMaterial("TLS", List.of(keys), List.of(AUTHORITY.trust()), List.of(protocols), List.of());
	}

	static ClientTls tls(TlsMaterial material) {
		return new ClientTls(new TlsBundle("client", material), null);
	}

	private SocketServer echo(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.servers.lines((line) -> "<" + line + ">", spec);
	}

	private SocketServer echo(Tls tls) {
		return echo((spec) -> spec.tls(tls));
	}

	private SocketClient start(SocketServer server, ClientTls tls) {
		return this.fixture.start(server, (spec) -> spec.host(HOST).connectTimeout(PATIENT).tls(tls));
	}

	static void canAsk(SocketClient client) throws Exception {
		assertThat(Patience.await(client.ask("hello", Patience.limit()))).isEqualTo("<hello>");
	}

	static SocketClient awaitFailures(SocketClient client, ConnectFailure reason, int count) {
		Awaitility.await()
			.atMost(Patience.limit())
			.untilAsserted(() -> assertThat(client.statistics().failed().getOrDefault(reason, 0L))
				.as("attempts that failed: %s, the last with %s", client.statistics().failed(), client.failure())
				.isGreaterThanOrEqualTo(count));
		return client;
	}

	/** Has failed for want of trust, again and again, and has notified no one else. */
	private void assertNeverConnects(SocketClient client, String... message) {
		awaitFailures(client, ConnectFailure.TLS, 2);
		assertThat(client.failure()).isInstanceOf(IOException.class)
			.hasMessageStartingWith("the TLS handshake failed: ")
			.hasMessageContainingAll(message);
		assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.TLS);
		assertThat(client.statistics().handshakes().get(TlsOutcome.FAILURE)).isGreaterThanOrEqualTo(2);
		assertThat(client.statistics().connected()).isZero();
		assertThat(client.state()).isNotEqualTo(ClientState.CONNECTED);
		assertThat(this.fixture.events).isEmpty();
	}

	@Every.Transport
	void bundleThatOnlyTrustsIsEnough(SocketTransport transport) throws Exception {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.host(HOST).connectTimeout(PATIENT).transport(transport).tls(tls(trusting(AUTHORITY))));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		canAsk(client);
		// More than a record, both ways.
		String much = "x".repeat(50_000);
		assertThat(Patience.await(client.ask(much, Patience.limit()))).isEqualTo("<" + much + ">");
		assertThat(client.session().orElseThrow().principal()).hasToString("CN=" + HOST);
		assertThat(client.statistics().handshakes()).containsExactly(Map.entry(TlsOutcome.SUCCESS, 1L));
		client.close();
		Patience.await(client.closed());
		assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void speaksTheVersionsOfItsBundle(String version) throws Exception {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
		SocketClient client = start(server, tls(trusting(AUTHORITY, version)));
		canAsk(client);
		assertThat(client.statistics().handshakes()).containsExactly(Map.entry(TlsOutcome.SUCCESS, 1L));
	}

	@Test
	void versionsThatHaveNothingInCommonFail() {
		TlsMaterial newest = new TlsMaterial("TLS", List.of(Certificates.keys(AUTHORITY.sign(HOST))), List.of(),
				List.of("TLSv1.3"), List.of());
		SocketServer server = echo(Tls.of(new TlsBundle("newest", newest)));
		assertNeverConnects(start(server, tls(trusting(AUTHORITY, "TLSv1.2"))), "protocol_version");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void certificateForAnotherHostIsRefused(String version) {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle("elsewhere.test")));
		assertNeverConnects(start(server, tls(trusting(AUTHORITY, version))), "No subject alternative DNS name",
				"matching localhost");
		assertThat(this.fixture.servers.opened).isEmpty();
	}

	/** An address is no host name: the certificate must have it as what it is. */
	@Test
	void certificateForTheNameIsNotOneForTheAddress() {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.connectTimeout(PATIENT).tls(tls(trusting(AUTHORITY))));
		assertNeverConnects(client, "127.0.0.1");
	}

	@Test
	void certificateThatNobodyTrustsIsRefused() {
		SocketServer server = echo(Tls.of(Certificates.OTHER.bundle(HOST)));
		assertNeverConnects(start(server, tls(trusting(AUTHORITY))), "the peer's certificate was not accepted: ",
				"PKIX path building failed");
	}

	@Test
	void bundleWithoutTrustTrustsWhatTheJvmTrusts() {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
		assertNeverConnects(start(server, tls(Certificates.material(List.of(), List.of()))),
				"PKIX path building failed");
	}

	/** To read whom the JVM trusts takes an event loop too long. */
	@ParameterizedTest
	@ValueSource(strings = { HOST, "127.0.0.1" })
	void noContextIsMadeOnAnEventLoop(String host) throws Exception {
		List<Thread> makers = new CopyOnWriteArrayList<>();
		Provider provider = new WatchedContexts(makers);
		Security.addProvider(provider);
		try {
			TlsBundle bundle = new TlsBundle("client", watched());
			SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
			makers.clear();
			SocketClient client = this.fixture.start(server,
					(spec) -> spec.host(host).connectTimeout(PATIENT).tls(new ClientTls(bundle, HOST)));
			canAsk(client);
			assertThat(makers).hasSize(1).noneMatch(IoThread.class::isInstance);
			bundle.replace(watched());
			makers.clear();
			client.reconnect();
			Awaitility.await().atMost(PATIENT).until(() -> !makers.isEmpty());
			canAsk(client);
			assertThat(makers).hasSize(1).noneMatch(IoThread.class::isInstance);
		}
		finally {
			Security.removeProvider(provider.getName());
		}
	}

	private static TlsMaterial watched() {
		return new TlsMaterial(WatchedContexts.PROTOCOL, List.of(), List.of(AUTHORITY.trust()), List.of(), List.of());
	}

	@Test
	void otherNameThanTheHostsIsAskedForAndVerified() throws Exception {
		Tls usual = Tls.of(Certificates.OTHER.bundle("usual.test"));
		SocketServer server = echo(new Tls(usual.bundle(), ClientAuth.NONE, usual.handshakeTimeout(),
				Map.of("asked.test", AUTHORITY.bundle("asked.test"), "wrong.test", AUTHORITY.bundle("right.test")),
				usual.clientHelloBytes()));
		TlsBundle bundle = new TlsBundle("client", trusting(AUTHORITY));

		SocketClient client = this.fixture.start(server,
				(spec) -> spec.connectTimeout(PATIENT).tls(new ClientTls(bundle, "asked.test")));
		canAsk(client);
		assertThat(client.session().orElseThrow().principal()).hasToString("CN=asked.test");
		this.fixture.clients.remove("it");
		Awaitility.await().until(() -> this.fixture.events.contains("closed"));
		this.fixture.events.clear();
		SocketClient other = this.fixture.start(server,
				(spec) -> spec.connectTimeout(PATIENT).tls(new ClientTls(bundle, "wrong.test")));
		assertNeverConnects(other, "matching wrong.test");
	}

	/** A name of DNS may end with a dot, one of TLS may not (RFC 6066, section 3). */
	@Test
	void nameMayEndWithADot() throws Exception {
		Tls usual = Tls.of(Certificates.OTHER.bundle("usual.test"));
		SocketServer server = echo(new Tls(usual.bundle(), ClientAuth.NONE, usual.handshakeTimeout(),
				Map.of("asked.test", AUTHORITY.bundle("asked.test")), usual.clientHelloBytes()));
		SocketClient client = this.fixture.start(server, (spec) -> spec.connectTimeout(PATIENT)
			.tls(new ClientTls(new TlsBundle("client", trusting(AUTHORITY)), "asked.test.")));
		canAsk(client);
	}

	/** It has a session of the first to resume, which must not stand in for the other. */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void serverThatComesBackAsSomebodyElseGetsNothing(String version) throws Exception {
		TlsBundle bundle = AUTHORITY.bundle(HOST);
		SocketServer server = echo(Tls.of(bundle));
		SocketClient client = start(server, tls(trusting(AUTHORITY, version)));
		canAsk(client);
		bundle.replace(Certificates.OTHER.server(HOST));
		client.reconnect();
		CompletableFuture<Object> asked = client.ask("whom I trust", PATIENT);
		awaitFailures(client, ConnectFailure.TLS, 2);
		assertThat(client.failure()).hasMessageContaining("PKIX path building failed");
		assertThat(asked).isNotDone();
		bundle.replace(AUTHORITY.server("elsewhere.test"));
		long before = client.statistics().failed().get(ConnectFailure.TLS);
		awaitFailures(client, ConnectFailure.TLS, (int) before + 2);
		// The one before may have begun with the other certificate.
		Awaitility.await()
			.untilAsserted(() -> assertThat(client.failure()).hasMessageContaining("No subject alternative DNS name"));
		assertThat(asked).isNotDone();

		bundle.replace(AUTHORITY.server(HOST));
		assertThat(Patience.await(asked)).isEqualTo("<whom I trust>");
		assertThat(client.statistics().connected()).isEqualTo(2);
		assertThat(this.fixture.servers.opened).hasSize(2);
	}

	/** The JVM's TLS would remember thousands, of which none but the last is used. */
	@Test
	void remembersOnlyTheSessionToResumeHoweverOftenItConnects() throws Exception {
		List<SSLSession> sessions = new CopyOnWriteArrayList<>();
		this.fixture.servers.customizers.add((pipeline, spec) -> {
			SSLEngine engine = pipeline.get(SslHandler.class).engine();
			if (engine.getUseClientMode()) {
				sessions.add(engine.getSession());
			}
		});
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
		SocketClient client = start(server, tls(trusting(AUTHORITY, "TLSv1.3")));
		for (int connections = 1; connections <= 10; connections++) {
			int made = connections;
			Awaitility.await().atMost(Patience.limit()).until(() -> client.statistics().connected() == made);
			// Before its reply the server has sent what is needed to resume.
			canAsk(client);
			if (connections < 10) {
				client.reconnect();
			}
		}
		assertThat(Collections.list(sessions.get(0).getSessionContext().getIds())).hasSize(1);
		// A session that is resumed is as old as the first.
		assertThat(sessions).extracting(SSLSession::getCreationTime).containsOnly(sessions.get(0).getCreationTime());
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void showsItsCertificateToWhoAsks(String version) throws Exception {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST), ClientAuth.NEED));
		SocketClient client = start(server, tls(known(AUTHORITY, version)));
		canAsk(client);
		SocketSession session = ServerFixture.session(server);
		assertThat(session.principal()).hasToString("CN=meter-7");
	}

	/** In TLS 1.2 the client is notified of it before its handshake is over. */
	@Test
	void whoHasNoCertificateToShowIsRefusedInTheHandshake() {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST), ClientAuth.NEED));
		assertNeverConnects(start(server, tls(trusting(AUTHORITY, "TLSv1.2"))), "alert");
	}

	/** In TLS 1.3 afterwards: it was connected, and is notified in order. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whoseCertificateIsRefusedAfterItsHandshakeIsDisconnected(boolean shown) {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST), ClientAuth.NEED));
		SocketClient client = start(server,
				tls(shown ? known(Certificates.OTHER, "TLSv1.3") : trusting(AUTHORITY, "TLSv1.3")));
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().connected()
					+ client.statistics().failed().getOrDefault(ConnectFailure.TLS, 0L) >= 4);
		client.close();
		Awaitility.await().atMost(Patience.limit()).until(() -> this.fixture.events.contains("closed"));
		assertAlternate(this.fixture.events);
		// It has said why it ends, as it may, in words that JVMs write differently.
		assertThat(this.fixture.events).doesNotContain("disconnected " + CloseReason.PROTOCOL_ERROR);
		assertThat(this.fixture.servers.opened).isEmpty();
	}

	static void assertAlternate(List<String> events) {
		for (int i = 0; i < events.size() - 1; i++) {
			assertThat(events.get(i)).as("%s", events).startsWith((i % 2 == 0) ? "connected" : "disconnected");
		}
		assertThat(events).last().isEqualTo("closed");
	}

	@Test
	void newBundleCountsFromTheNextAttempt() throws Exception {
		SocketServer server = echo(Tls.of(AUTHORITY.bundle(HOST)));
		TlsBundle bundle = new TlsBundle("client", trusting(Certificates.OTHER));
		SocketClient client = start(server, new ClientTls(bundle, null));
		assertNeverConnects(client, "PKIX path");

		bundle.replace(trusting(AUTHORITY));
		canAsk(client);
		assertThat(client.failure()).isNull();
		bundle.replace(trusting(Certificates.OTHER));
		canAsk(client);
		assertThat(client.statistics().connected()).isOne();
		client.reconnect();
		awaitFailures(client, ConnectFailure.TLS, 4);
		bundle.replace(trusting(AUTHORITY));
		canAsk(client);
	}

	@Test
	void serverWithoutTlsIsNone() {
		SocketServer server = echo((spec) -> spec);
		assertNeverConnects(start(server, tls(trusting(AUTHORITY))), "the server has ended the connection");
	}

	@Test
	void serverThatGreetsInPlainTextIsNone() throws Exception {
		try (Server server = new Server((socket) -> "220 mail.test ready\r\n")) {
			SocketClient client = this.fixture.start(server.port(),
					(spec) -> spec.host(HOST).connectTimeout(PATIENT).tls(tls(trusting(AUTHORITY))));
			assertNeverConnects(client, "no TLS record");
		}
	}

	/** Accepts connections, and says something to each. */
	static final class Server implements AutoCloseable {

		private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(HOST));

		private final List<Socket> accepted = new CopyOnWriteArrayList<>();

		Server(Function<Socket, String> greeting) throws IOException {
			this(greeting, false);
		}

		/** Perhaps after the first byte of the client. */
		Server(Function<Socket, String> greeting, boolean second) throws IOException {
			Thread thread = new Thread(() -> {
				try {
					while (true) {
						Socket socket = this.listener.accept();
						socket.setSoTimeout(Patience.millis());
						this.accepted.add(socket);
						if (second) {
							socket.getInputStream().read();
						}
						socket.getOutputStream().write(greeting.apply(socket).getBytes());
					}
				}
				catch (IOException ex) {
					// Closed.
				}
			});
			thread.setDaemon(true);
			thread.start();
		}

		int port() {
			return this.listener.getLocalPort();
		}

		void awaitAllClosed() throws IOException {
			assertThat(this.accepted).isNotEmpty();
			for (Socket socket : this.accepted) {
				try {
					socket.getInputStream().readAllBytes();
				}
				catch (SocketException ex) {
					// Reset, which is closed too.
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.listener.close();
			Opened.closeAll(this.accepted);
		}

	}

	/** Makes the JVM's contexts, and remembers which threads asked for them. */
	private static final class WatchedContexts extends Provider {

		static final String PROTOCOL = "watched";

		private static final long serialVersionUID = 1L;

		WatchedContexts(List<Thread> makers) {
			super("watched-contexts", "1", "");
			putService(new Service(this, "SSLContext", PROTOCOL, Watched.class.getName(), null, null) {

				@Override
				public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
					return new Watched(makers);
				}

			});
		}

	}

	private static final class Watched extends SSLContextSpi {

		private final List<Thread> makers;

		private final SSLContext context;

		Watched(List<Thread> makers) throws NoSuchAlgorithmException {
			this.makers = makers;
			this.context = SSLContext.getInstance("TLS");
		}

		@Override
		protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
				throws KeyManagementException {
			this.makers.add(Thread.currentThread());
			this.context.init(keys, trust, random);
		}

		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			return this.context.getSocketFactory();
		}

		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			return this.context.getServerSocketFactory();
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			return this.context.createSSLEngine();
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return this.context.createSSLEngine(host, port);
		}

		@Override
		protected SSLSessionContext engineGetServerSessionContext() {
			return this.context.getServerSessionContext();
		}

		@Override
		protected SSLSessionContext engineGetClientSessionContext() {
			return this.context.getClientSessionContext();
		}

	}

}
