package dev.socketserver.autoconfigure.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.network.RealProgram;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs that ask for TLS on request, against the example of {@code docs/tls.md} and
 * protocols like it. A program that the machine does not have is left out, and the report
 * says so.
 */
class StartTlsProgramsTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner runner = new ApplicationContextRunner();

	@BeforeEach
	void certificates() throws Exception {
		X509Bundle authority = new CertificateBuilder().subject("CN=Authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		X509Bundle server = new CertificateBuilder().subject("CN=localhost")
			.addSanDnsName("localhost")
			.buildIssuedBy(authority);
		Files.writeString(this.directory.resolve("ca.crt"), authority.getCertificatePEM());
		Files.writeString(this.directory.resolve("server.key"), server.getPrivateKeyPEM());
		Files.writeString(this.directory.resolve("server.crt"), server.getCertificatePathPEM());
		this.runner = this.runner
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, SocketServerAutoConfiguration.class))
			.withUserConfiguration(Protocols.class)
			.withInitializer((context) -> {
				try {
					new YamlPropertySourceLoader()
						.load("tls-on-request.yml", new ClassPathResource("tls-on-request.yml"))
						.forEach(context.getEnvironment().getPropertySources()::addLast);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			})
			.withPropertyValues("certificates=" + this.directory, "socket.servers.mail.port=0",
					"socket.servers.imap.port=0", "socket.servers.imap.framing.type=line",
					"socket.servers.imap.framing.ending=crlf", "socket.servers.imap.ssl.bundle=mail",
					"socket.servers.imap.ssl.mode=on-request", "socket.servers.sql.port=0",
					"socket.servers.sql.framing=raw", "socket.servers.sql.ssl.bundle=mail",
					"socket.servers.sql.ssl.mode=on-request");
	}

	@Test
	void curlSendsAMail() throws Exception {
		Path mail = Files.writeString(this.directory.resolve("mail.txt"), "Subject: hello\r\n\r\nhello\r\n");

		secures("mail",
				(port) -> List.of("curl", "--silent", "--show-error", "--ssl-reqd", "--cacert", authority(), "--url",
						"smtp://localhost:" + port, "--mail-from", "a@example.com", "--mail-rcpt", "b@example.com",
						"--upload-file", mail.toString()));
	}

	@Test
	void curlReadsAMailbox() throws Exception {
		String printed = secures("imap", (port) -> List.of("curl", "--silent", "--show-error", "--ssl-reqd", "--cacert",
				authority(), "--user", "me:secret", "--url", "imap://localhost:" + port + "/", "--request", "NOOP"));

		assertThat(printed).doesNotContain("BAD");
	}

	@Test
	void swaksSendsAMail() throws Exception {
		String printed = secures("mail", (port) -> List.of("swaks", "--server", "localhost", "--port", "" + port,
				"--tls", "--from", "a@example.com", "--to", "b@example.com", "--timeout", "30"));

		assertThat(printed).contains("TLS started", "250 Accepted");
	}

	@Test
	void opensslBeginsWithTheCommand() throws Exception {
		String printed = secures("mail", (port) -> List.of("openssl", "s_client", "-starttls", "smtp", "-connect",
				"localhost:" + port, "-CAfile", authority(), "-verify_return_error"));

		assertThat(printed).contains("Verify return code: 0 (ok)");
	}

	@Test
	void psqlInsistsOnTls() throws Exception {
		String printed = secures("sql", (port) -> List.of("psql", "--no-psqlrc", "--tuples-only", "--no-align",
				"host=localhost port=" + port + " user=me dbname=it sslmode=require", "--command", "select 1"));

		assertThat(printed).contains("SELECT 1");
	}

	private String authority() {
		return this.directory.resolve("ca.crt").toString();
	}

	/**
	 * Runs a program, which makes one encrypted connection, and returns what it prints.
	 */
	private String secures(String name, IntFunction<List<String>> command) {
		List<String> printed = new ArrayList<>();
		this.runner.run((context) -> {
			SocketServer server = context.getBean(SocketServers.class).get(name);
			String[] words = command.apply(Objects.requireNonNull(server.localAddress()).getPort())
				.toArray(String[]::new);
			printed.add(RealProgram.run(this.directory, words));
			assertThat(server.statistics().handshakes()).containsEntry(TlsOutcome.SUCCESS, 1L);
			assertThat(context.getBean(Protocols.class).clear).doesNotContain("LOGIN", "AUTHENTICATE");
		});
		return printed.get(0);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Mail.class)
	static class Protocols {

		/** The commands that came in the clear. */
		private final List<String> clear = new CopyOnWriteArrayList<>();

		@Bean
		Mailbox mailbox() {
			return new Mailbox(this.clear);
		}

		/** The beginning of PostgreSQL's protocol. */
		@Bean
		@SocketHandler("sql")
		ConnectionHandler<Void> sql() {
			return new Sql();
		}

	}

	/** The commands of IMAP that a client needs (RFC 9051). */
	@SocketHandler("imap")
	static final class Mailbox {

		private final List<String> clear;

		Mailbox(List<String> clear) {
			this.clear = clear;
		}

		@OnOpen
		String greet() {
			return "* OK IMAP4rev1 ready";
		}

		@OnMessage
		String handle(String line, SocketSession session) {
			String[] words = line.split(" ");
			if (!session.secure()) {
				this.clear.add(words[1]);
			}
			switch (words[1]) {
				case "CAPABILITY" -> {
					return "* CAPABILITY IMAP4rev1" + (session.secure() ? "" : " STARTTLS") + "\r\n" + words[0]
							+ " OK done";
				}
				case "STARTTLS" -> session.startTls();
				case "LOGOUT" -> session.close();
				default -> {
				}
			}
			return words[0] + " OK done";
		}

	}

	/** A frame is its length and its content; the first message of a peer has no type. */
	private static final class Sql implements ConnectionHandler<Void> {

		private static final int SSL_REQUEST = 80877103;

		@Override
		public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
			int start = data.position();
			boolean typed = data.hasRemaining() && data.get(start) != 0;
			int header = typed ? 5 : 4;
			if (data.remaining() < header) {
				return null;
			}
			int length = data.getInt(start + header - 4) + header - 4;
			if (data.remaining() < length) {
				return null;
			}
			data.position(start + length);
			if (!typed && data.getInt(start + 4) == SSL_REQUEST) {
				session.startTls();
				session.send("S".getBytes(StandardCharsets.US_ASCII));
			}
			else if (!typed) {
				// AuthenticationOk, ReadyForQuery.
				session.send(new byte[] { 'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I' });
			}
			else if (data.get(start) == 'Q') {
				session.send("C\0\0\0\rSELECT 1\0Z\0\0\0\5I".getBytes(StandardCharsets.US_ASCII));
			}
			return null;
		}

	}

}
