package dev.socketserver.netty.tls;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLSocket;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.accept.ProxyProtocolTests;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * With HAProxy in between, where the machine has it, which passes TLS through and sends
 * whose it is.
 */
class HaproxyTlsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "send-proxy", "send-proxy-v2", "send-proxy-v2 check inter 50ms" })
	void serverSeesAddressAndCertificateOfThePeer(String option) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.tls(Tls.of(Certificates.TRUSTED.bundle("localhost"), ClientAuth.NEED))
					.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.1")))));
		int behind = Objects.requireNonNull(server.localAddress()).getPort();
		try (Proxy proxy = Proxy.haproxy(this.directory, behind, option); Socket tcp = proxy.connect("127.0.0.7")) {
			SSLSocket socket = (SSLSocket) Certificates.TRUSTED.client("alice")
				.getSocketFactory()
				.createSocket(tcp, "127.0.0.1", proxy.port(), true);
			socket.getOutputStream().write("hello\n".getBytes(US_ASCII));
			assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine())
				.isEqualTo("HELLO");
			SocketSession session = ServerFixture.session(server);
			assertThat(Addresses.format(session.remoteAddress())).isEqualTo("127.0.0.7:" + tcp.getLocalPort());
			assertThat(session.localAddress().getPort()).isEqualTo(proxy.port());
			assertThat(String.valueOf(session.principal())).isEqualTo("CN=alice");
			if (option.contains("check")) {
				// They end before a handshake begins, and are not logged.
				Awaitility.await().until(() -> server.statistics().abandoned() > 3);
			}
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEmpty();
		assertThat(this.log.messages()).noneMatch((line) -> line.contains("refused"));
	}

}
