package dev.socketserver.netty.tls;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLSocket;

import dev.socketserver.ServerSpec.Tls;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.accept.ProxyProtocolTests;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.tls.ClientAuth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * With HAProxy in between, where the machine has it, which passes TLS through and sends
 * whose it is.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HaproxyTlsTests {

	private static final String CONFIGURATION = """
			global
				maxconn 100
			defaults
				mode tcp
				timeout connect 10s
				timeout client 60s
				timeout server 60s
			listen orders
				bind 127.0.0.1:%s
				server one 127.0.0.1:%s %s
			""";

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
		int port = Ports.free();
		Process process = haproxy(
				CONFIGURATION.formatted(port, Objects.requireNonNull(server.localAddress()).getPort(), option));
		try (Socket tcp = awaitConnect(process, port)) {
			SSLSocket socket = (SSLSocket) Certificates.TRUSTED.client("alice")
				.getSocketFactory()
				.createSocket(tcp, "127.0.0.1", port, true);
			socket.getOutputStream().write("hello\n".getBytes(US_ASCII));
			assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine())
				.isEqualTo("HELLO");
			SocketSession session = ServerFixture.session(server);
			assertThat(Addresses.format(session.remoteAddress())).isEqualTo("127.0.0.7:" + tcp.getLocalPort());
			assertThat(session.localAddress().getPort()).isEqualTo(port);
			assertThat(String.valueOf(session.principal())).isEqualTo("CN=alice");
			if (option.contains("check")) {
				// They end before a handshake begins, and are not logged.
				Awaitility.await().until(() -> server.statistics().abandoned() > 3);
			}
		}
		finally {
			process.destroyForcibly().onExit().join();
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).isEmpty();
		assertThat(this.log.messages()).noneMatch((line) -> line.contains("refused"));
	}

	private Process haproxy(String configuration) throws IOException {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + File.pathSeparator + "/usr/sbin";
		Path program = Stream.of(path.split(File.pathSeparator))
			.map((each) -> Path.of(each, "haproxy"))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		assumeTrue(program != null, "haproxy is not on this machine");
		Path file = Files.writeString(this.directory.resolve("haproxy.cfg"), configuration);
		return new ProcessBuilder(String.valueOf(program), "-db", "-q", "-f", file.toString()).inheritIO().start();
	}

	private static Socket awaitConnect(Process process, int port) {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreExceptionsInstanceOf(IOException.class)
			.until(() -> {
				assertThat(process.isAlive()).isTrue();
				Socket socket = new Socket();
				try {
					socket.bind(new InetSocketAddress("127.0.0.7", 0));
					socket.setSoTimeout(30_000);
					socket.connect(new InetSocketAddress("127.0.0.1", port));
					return socket;
				}
				catch (IOException ex) {
					socket.close();
					throw ex;
				}
			}, (socket) -> true);
	}

}
