package dev.socketserver.netty.listen;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * Real programs at the other end of a Unix socket.
 */
class UnixProgramsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@TempDir
	Path directory;

	private String path() {
		return this.directory.resolve("test.sock").toString();
	}

	private ServerSpec.Builder unix(ServerSpec.Builder spec, SocketTransport transport) {
		return spec.transport(transport).domainSocket((unix) -> unix.path(path()));
	}

	/** Has a program send a line and end its output, and returns what it prints. */
	private static String ask(String... command) throws IOException, InterruptedException {
		Process program;
		try {
			program = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
		}
		catch (IOException ex) {
			abort("This machine has no " + command[0]);
			throw ex;
		}
		try (OutputStream input = program.getOutputStream()) {
			input.write("hello\n".getBytes(UTF_8));
		}
		String output = new String(program.getInputStream().readAllBytes(), UTF_8);
		program.waitFor();
		return output;
	}

	@Every.DefaultTransport
	void socatGetsTheReplyAfterTheEndOfItsOutput(SocketTransport transport) throws Exception {
		this.fixture.lines(String::toUpperCase, (spec) -> unix(spec, transport));
		assertThat(ask("socat", "-t", "30", "-", "UNIX-CONNECT:" + path())).isEqualTo("HELLO\n");
	}

	@Every.DefaultTransport
	void netcatGetsTheReplyAfterTheEndOfItsOutput(SocketTransport transport) throws Exception {
		this.fixture.lines(String::toUpperCase, (spec) -> unix(spec, transport));
		assertThat(ask("nc", "-N", "-U", path())).isEqualTo("HELLO\n");
	}

	@Every.DefaultTransport
	void opensslSpeaksTlsOverIt(SocketTransport transport) throws Exception {
		this.fixture.lines(String::toUpperCase, (spec) -> unix(spec, transport).requestsPerSession(1)
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		assertThat(ask("openssl", "s_client", "-quiet", "-unix", path())).contains("HELLO");
	}

	@ParameterizedTest
	@ValueSource(strings = { "send-proxy", "send-proxy-v2" })
	void haproxySaysForWhomItConnects(String option) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> unix(spec, SocketTransport.AUTO).proxyProtocol((proxies) -> proxies.mode(ProxyMode.REQUIRED))
					.limits((limits) -> limits.deny(List.of(Cidr.of("127.0.0.9")))));
		try (Proxy proxy = Proxy.haproxy(this.directory, "unix@" + path(), option);
				Socket peer = proxy.connect("127.0.0.7");
				Socket denied = proxy.connect("127.0.0.9")) {
			peer.getOutputStream().write("hello\n".getBytes(UTF_8));
			assertThat(peer.getInputStream().readNBytes(6)).isEqualTo("HELLO\n".getBytes(UTF_8));
			SocketSession session = ServerFixture.session(server);
			assertThat(session.remoteAddress()).isEqualTo(peer.getLocalSocketAddress());
			assertThat(session.peerCredentials()).isNotNull();
			denied.getOutputStream().write("hello\n".getBytes(UTF_8));
			Awaitility.await().until(() -> server.statistics().rejected().containsKey(RejectReason.DENIED));
		}
	}

}
