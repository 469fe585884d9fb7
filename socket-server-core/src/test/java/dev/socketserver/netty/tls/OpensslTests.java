package dev.socketserver.netty.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * With {@code openssl s_client} at the other end, where the machine has it.
 */
class OpensslTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@TempDir
	Path directory;

	@BeforeAll
	static void hasOpenssl() throws Exception {
		boolean there;
		try {
			Process process = new ProcessBuilder("openssl", "version").redirectErrorStream(true).start();
			process.getInputStream().readAllBytes();
			there = process.waitFor() == 0;
		}
		catch (IOException ex) {
			there = false;
		}
		assumeTrue(there, "there is no openssl");
	}

	private Process client(SocketServer server, String... options) throws IOException {
		Path authority = Files.writeString(this.directory.resolve("ca.pem"), AUTHORITY.authorityPem());
		List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect",
				"127.0.0.1:" + Objects.requireNonNull(server.localAddress()).getPort(), "-CAfile", authority.toString(),
				"-verify_return_error"));
		command.addAll(List.of(options));
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

	/** Reads until something was received. */
	private static String awaitOutput(Process process, String expected) throws IOException {
		StringBuilder all = new StringBuilder();
		InputStream in = process.getInputStream();
		byte[] some = new byte[4096];
		while (all.indexOf(expected) < 0) {
			int length = in.read(some);
			if (length < 0) {
				throw new AssertionError("It ended without '" + expected + "': " + all);
			}
			all.append(new String(some, 0, length, UTF_8));
		}
		return all.toString();
	}

	private static void send(Process process, String text) throws IOException {
		OutputStream out = process.getOutputStream();
		out.write(text.getBytes(UTF_8));
		out.flush();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_2", "-tls1_3" })
	void speaksTls(String version) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		Process process = client(server, version, "-servername", "localhost");
		try {
			awaitOutput(process, "Verify return code: 0 (ok)");
			send(process, "hello\n");
			awaitOutput(process, "HELLO");
			// The end of its input has it end the connection in good order.
			process.getOutputStream().close();
			assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void tls12CannotBeNegotiatedAnew() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		Process process = client(server, "-tls1_2");
		try {
			awaitOutput(process, "Verify return code: 0 (ok)");
			send(process, "hello\n");
			awaitOutput(process, "HELLO");
			// To s_client that is a command.
			send(process, "R\n");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(status.detail()).startsWith("TLS: ");
			Patience.await(process);
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void showsItsCertificateWhereOneIsNeeded() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.tls(Tls.of(AUTHORITY.bundle("localhost"), ClientAuth.NEED)));
		X509Bundle alice = AUTHORITY.sign("alice");
		Path certificate = Files.writeString(this.directory.resolve("alice.pem"), alice.getCertificatePathPEM());
		Path key = Files.writeString(this.directory.resolve("alice.key"), alice.getPrivateKeyPEM());

		Process without = client(server);
		try {
			Awaitility.await().until(() -> server.statistics().rejected().equals(Map.of(RejectReason.TLS_FAILED, 1L)));
			// It is sent the reason before the connection ends.
			assertThat(new String(without.getInputStream().readAllBytes(), UTF_8)).contains("alert");
		}
		finally {
			without.destroyForcibly();
		}
		Process with = client(server, "-cert", certificate.toString(), "-key", key.toString());
		try {
			send(with, "hello\n");
			awaitOutput(with, "HELLO");
			assertThat(String.valueOf(ServerFixture.session(server).principal())).isEqualTo("CN=alice");
		}
		finally {
			with.destroyForcibly();
		}
	}

	@Test
	void hostChoosesTheCertificate() throws Exception {
		Tls tls = new Tls(AUTHORITY.bundle("default"), ClientAuth.NONE, Tls.DEFAULT_HANDSHAKE_TIMEOUT,
				Map.of("*.example.com", AUTHORITY.bundle("wildcard")), Tls.DEFAULT_CLIENT_HELLO_BYTES);
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.tls(tls));

		for (Map.Entry<String, String> each : Map.of("a.example.com", "wildcard", "example.org", "default")
			.entrySet()) {
			Process process = client(server, "-servername", each.getKey());
			try {
				assertThat(awaitOutput(process, "Verify return code: 0 (ok)").replace(" ", ""))
					.contains("CN=" + each.getValue());
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

}
