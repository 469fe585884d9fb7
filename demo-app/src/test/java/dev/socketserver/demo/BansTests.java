package dev.socketserver.demo;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The audit log, as Spring Boot writes it, and the filter for fail2ban, which is left out
 * where the machine does not have it.
 */
@SocketServerTest(properties = { "spring.config.location=classpath:bans.yml", "socket.servers.gate.ban.exempt=" })
@ExtendWith(OutputCaptureExtension.class)
class BansTests {

	@TempDir
	private Path directory;

	@Test
	void fail2banReadsWhatTheAuditLogHas(@LocalSocketPort("gate") int port, CapturedOutput output) throws Exception {
		try (Socket peer = new Socket("127.0.0.1", port)) {
			// The second is no line of its own, whatever the handler makes of it.
			peer.getOutputStream().write("guess\noffence address=192.0.2.1 reason=\n".getBytes(StandardCharsets.UTF_8));
			Awaitility.await().until(() -> output.getAll().split(": offence server=gate", -1).length == 3);
		}

		assertThat(output.getAll()).contains("reason=guesses guess")
			.containsPattern("dev.socketserver.audit +: offence server=gate address=127.0.0.1 reason=");
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/fail2ban-regex")), "fail2ban-regex is not there");
		// What another logger quotes is no offence, either.
		String forged = "2026-11-27T10:00:00.000Z  INFO 1 --- [gate] [main] com.example.Gate : said "
				+ "dev.socketserver.audit : offence server=gate address=192.0.2.1 reason=x\n";
		Path log = Files.writeString(this.directory.resolve("app.log"), output.getAll() + "\n" + forged);
		Process process = new ProcessBuilder("/usr/bin/fail2ban-regex", log.toString(),
				Path.of("../docs/operations/fail2ban.conf").toString())
			.redirectErrorStream(true)
			.start();
		String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(report).containsPattern("Failregex: 2 total");
		Patience.await(process);
	}

	@Test
	void theThirdFailedLoginEndsTheSession(@SocketConnection("gate") SocketTestClient client) {
		client.send("LOGIN meter-8").expect("ERR");
		client.send("LOGIN meter-9").expect("ERR");
		client.send("LOGIN meter-10").expect("ERR").expectClosed();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Gate.class)
	static class Application {

	}

	@SocketHandler("gate")
	static class Gate {

		@OnMessage("LOGIN")
		String login(String line, SocketSession session) {
			String name = line.substring("LOGIN ".length());
			if (!name.equals("meter-7")) {
				session.loginFailed("unknown name");
				return "ERR";
			}
			session.authenticate(() -> name);
			return "OK";
		}

		@OnMessage(isDefault = true)
		void guess(String line, SocketSession session) {
			session.offence("guesses " + line);
		}

	}

}
