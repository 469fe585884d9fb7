package dev.socketserver.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketTestClient} and {@link SocketConnection} where TLS is spoken.
 */
@SpringBootTest(properties = { "socket.servers.one-way.port=1", "socket.servers.one-way.ssl.bundle=server",
		"socket.servers.mutual.port=2", "socket.servers.mutual.ssl.bundle=server",
		"socket.servers.mutual.ssl.client-auth=need", "socket.servers.proxied.port=3",
		"socket.servers.proxied.ssl.bundle=server", "socket.servers.proxied.proxy-protocol.mode=required",
		"socket.servers.proxied.proxy-protocol.trusted=127.0.0.0/8", "socket.servers.plain.port=4" })
class TlsConnectionTests {

	private static final String DEVICE = "device";

	@SocketConnection("one-way")
	private SocketTestClient client;

	@Autowired
	private SslBundles bundles;

	@DynamicPropertySource
	static void certificates(DynamicPropertyRegistry registry) throws Exception {
		X509Bundle authority = authority("authority");
		for (String name : List.of("server", DEVICE)) {
			X509Bundle signed = new CertificateBuilder().subject("CN=" + name).buildIssuedBy(authority);
			String bundle = "spring.ssl.bundle.pem." + name;
			registry.add(bundle + ".keystore.certificate", signed::getCertificatePathPEM);
			registry.add(bundle + ".keystore.private-key", signed::getPrivateKeyPEM);
			registry.add(bundle + ".truststore.certificate", authority::getCertificatePEM);
		}
		registry.add("spring.ssl.bundle.pem.stranger.truststore.certificate", authority("stranger")::getCertificatePEM);
		X509Bundle forged = new CertificateBuilder().subject("CN=device").buildIssuedBy(authority("authority"));
		registry.add("spring.ssl.bundle.pem.forged.keystore.certificate", forged::getCertificatePathPEM);
		registry.add("spring.ssl.bundle.pem.forged.keystore.private-key", forged::getPrivateKeyPEM);
		registry.add("spring.ssl.bundle.pem.forged.truststore.certificate", authority::getCertificatePEM);
	}

	private static X509Bundle authority(String name) throws Exception {
		return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
	}

	@Test
	void speaksTlsWhereTheServerDoes() {
		assertThat(this.client.ask("hello")).isEqualTo("null says hello");
		this.client.inSegmentsOf(1).send("bytes").expect("null says bytes");
		this.client.send("bye").endOutput().expect("null says bye").expectClosed();
	}

	@Test
	void showsTheCertificateOfABundle(
			@SocketConnection(value = "mutual", sslBundle = "device") SocketTestClient device) {
		assertThat(device.ask("hello")).isEqualTo("CN=device says hello");
	}

	@Test
	void goesOnAfterATimeout() {
		this.client.timeout(Duration.ofMillis(50));
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.client::receive)
			.withMessageEndingWith("nothing arrived, and the connection is still open after 50 ms");

		assertThat(this.client.timeout(Patience.limit()).ask("again")).isEqualTo("null says again");
	}

	@Test
	void beginsBehindAProxyHeader(@SocketConnection("proxied") SocketTestClient proxied) {
		proxied.sendRaw("PROXY TCP4 192.0.2.7 127.0.0.1 40112 443\r\n").startTls();

		assertThat(proxied.ask("hello")).isEqualTo("null says hello");
	}

	@Test
	void refusesACertificateThatTheBundleDoesNotTrust(@Autowired SocketServers servers) {
		SSLContext stranger = this.bundles.getBundle("stranger").createSslContext();
		SocketServer server = servers.get("one-way");

		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> SocketTestClient.connect(server, stranger))
			.withMessageContaining("Could not begin TLS with 127.0.0.1:")
			.withMessageContaining("PKIX path building failed");
	}

	@Test
	void reportsThatTheServerWantsACertificate(@Autowired SocketServers servers) {
		try (SocketTestClient none = SocketTestClient.connect(servers.get("mutual"))) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(none::receive)
				.withMessageContaining("but nothing arrived, and TLS has failed (")
				.withMessageContaining("Received fatal alert: ");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(none::expectClosed);
		}
	}

	@Test
	void expectsThatAClientWithoutACertificateIsRefused(@SocketConnection("mutual") SocketTestClient nobody) {
		nobody.expectTlsRefused();
	}

	@Test
	void expectsThatAForgedCertificateIsRefused(@LocalSocketPort("mutual") int port) {
		SSLContext forged = this.bundles.getBundle("forged").createSslContext();
		try (SocketTestClient forger = SocketTestClient.connect(port)) {
			forger.expectTlsRefused(forged);
		}
	}

	@Test
	void expectsARefusalWithinTheHandshake(@LocalSocketPort("mutual") int port) throws Exception {
		SSLContext older = SSLContext.getInstance("TLSv1.2");
		older.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		try (SocketTestClient nobody = SocketTestClient.connect(port)) {
			nobody.expectTlsRefused(older);

			assertThatExceptionOfType(AssertionError.class).isThrownBy(nobody::expectTlsRefused)
				.as("only once")
				.withMessageEndingWith("TLS could not be begun");
		}
	}

	@Test
	void expectsThatAPlainServerSpeaksNoTls(@LocalSocketPort("plain") int port) {
		try (SocketTestClient plain = SocketTestClient.connect(port)) {
			plain.expectTlsRefused();
		}
	}

	@Test
	void aPeerThatAcceptsTlsDoesNotRefuseIt(
			@SocketConnection(value = "mutual", sslBundle = "device") SocketTestClient device,
			@LocalSocketPort("one-way") int port) {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> device.timeout(Duration.ofMillis(50)).expectTlsRefused())
			.withMessageStartingWith("Expected a refusal of TLS from 127.0.0.1:")
			.withMessageEndingWith("nothing arrived, and the connection is still open after 50 ms");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> device.timeout(Patience.limit()).send("hello").expectTlsRefused())
			.withMessageContaining("but received \"CN=device says hello");
		assertThatIllegalStateException()
			.isThrownBy(() -> device.expectTlsRefused(this.bundles.getBundle(DEVICE).createSslContext()));
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> device.endOutput().expectTlsRefused());

		SSLContext stranger = this.bundles.getBundle("stranger").createSslContext();
		try (SocketTestClient distrustful = SocketTestClient.connect(port)) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> distrustful.expectTlsRefused(stranger))
				.withMessageContaining("but this client refuses it: ")
				.withMessageContaining("PKIX path building failed");
		}
	}

	@Test
	void reportsThatThePeerDoesNotSpeakTls(@LocalSocketPort("plain") int port) {
		SocketTestClient plain = SocketTestClient.connect(port);

		assertThatExceptionOfType(AssertionError.class).isThrownBy(plain::startTls)
			.withMessageContaining("Could not begin TLS with 127.0.0.1:" + port);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> plain.send("x"))
			.withMessageEndingWith("TLS could not be begun");
	}

	@Test
	void doesNotWaitForTlsForEver() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				SocketTestClient waiting = SocketTestClient.connect(silent.getLocalPort())) {
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> waiting.timeout(Duration.ofMillis(50)).startTls())
				.withMessageEndingWith("within 50 ms");
		}
	}

	@Test
	void whatCameInPlainTextIsNotTakenForWhatCameOverTls(@LocalSocketPort("plain") int port) {
		try (SocketTestClient plain = SocketTestClient.connect(port)) {
			plain.send("a").send("b").expectBytes("null");

			assertThatIllegalStateException().isThrownBy(plain::startTls).withMessageStartingWith("Received \" says a");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void reportsACutFromAnEnd(String version) throws Exception {
		SSLParameters parameters = new SSLParameters(null, new String[] { version });
		parameters.setServerNames(List.of(new SNIHostName("a.example.com")));
		SSLContext context = this.bundles.getBundle(DEVICE).createSslContext();
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				SocketTestClient cut = SocketTestClient.connect(listener.getLocalPort());
				Socket tcp = listener.accept()) {
			CompletableFuture<Void> peer = CompletableFuture.runAsync(() -> greetAndCut(tcp, context));

			cut.startTls(context, parameters).expect(version + " for a.example.com");

			assertThatExceptionOfType(AssertionError.class).isThrownBy(cut::expectClosed)
				.withMessageEndingWith("the peer ended the stream without the close_notify of TLS");
			peer.join();
		}
	}

	private static void greetAndCut(Socket tcp, SSLContext context) {
		try {
			SSLSocket tls = (SSLSocket) context.getSocketFactory()
				.createSocket(tcp, InputStream.nullInputStream(), true);
			tls.startHandshake();
			ExtendedSSLSession session = (ExtendedSSLSession) tls.getSession();
			SNIHostName host = (SNIHostName) session.getRequestedServerNames().get(0);
			tls.getOutputStream()
				.write((session.getProtocol() + " for " + host.getAsciiName() + "\n").getBytes(StandardCharsets.UTF_8));
			tcp.shutdownOutput();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Servers {

		@Bean
		@SocketHandler({ "one-way", "mutual", "proxied", "plain" })
		Greeter greeter() {
			return new Greeter();
		}

	}

	/** Says who says what. */
	static class Greeter {

		@OnMessage
		String said(String line, SocketSession session) {
			return ((session.principal() != null) ? session.principal().getName() : null) + " says " + line;
		}

	}

}
