package dev.socketserver.examples.trackers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.transactions.Database;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** The gateway as it is configured, but that this machine may be banned, too. */
@SocketServerTest(value = "trackers",
		properties = { "spring.config.location=classpath:/trackers.yml", "socket.servers.trackers.ban.exempt=" })
@Import(Database.class)
class TrackerGateTests {

	private static final String LOGIN = "{\"type\":\"login\",\"imei\":\"490154203237518\",\"key\":\"%s\"}";

	private static final String ALARM = "{\"type\":\"alarm\",\"number\":%d,\"text\":\"moved\"}";

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private SocketServers servers;

	@LocalSocketPort("trackers")
	private int port;

	@BeforeEach
	void empty() throws IOException {
		this.jdbc.sql("drop all objects").update();
		this.jdbc.sql(Files.readString(Path.of("src/test/resources/trackers.sql"))).update();
	}

	@Test
	void whoGuessesFiveTimesIsBannedAndOthersAreServed() throws Exception {
		SocketServer server = this.servers.get("trackers");
		for (int i = 1; i <= 5; i++) {
			assertThat(answer("127.0.0.5", LOGIN.formatted("guess" + i))).contains("wrong key");
			int closed = i;
			Awaitility.await()
				.until(() -> server.statistics().closed().getOrDefault(CloseReason.LOGIN_FAILED, 0L) == closed);
		}
		assertThat(answer("127.0.0.5", LOGIN.formatted("secret"))).isNull();
		assertThat(answer("127.0.0.6", LOGIN.formatted("secret"))).startsWith("{\"number\":0}");
		assertThat(server.statistics().rejected()).containsEntry(RejectReason.BANNED, 1L);
	}

	/** What is too fast waits, and is answered. */
	@Test
	void nobodySendsMoreThanTenMessagesASecond() throws Exception {
		long begun = System.nanoTime();
		try (Socket tracker = Proxy.connect("127.0.0.7", this.port)) {
			StringBuilder lines = new StringBuilder(line(LOGIN.formatted("secret")));
			for (int i = 1; i <= 15; i++) {
				lines.append(line(ALARM.formatted(i)));
			}
			tracker.getOutputStream().write(lines.toString().getBytes(StandardCharsets.UTF_8));
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(tracker.getInputStream(), StandardCharsets.UTF_8));
			for (int i = 0; i <= 15; i++) {
				assertThat(reader.readLine() + "\n").isEqualTo(line("{\"number\":" + i + "}"));
			}
		}
		// Ten at once, and six in 600 ms.
		assertThat((System.nanoTime() - begun) / 1_000_000).isBetween(590L, 60_000L);
	}

	/** A line with its checksum, as a tracker sends it. */
	private static String line(String text) {
		int sum = 0;
		for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
			sum ^= each;
		}
		return "%s%02X\n".formatted(text, sum);
	}

	private @Nullable String answer(String source, String line) {
		try (Socket tracker = Proxy.connect(source, this.port)) {
			tracker.getOutputStream().write(line(line).getBytes(StandardCharsets.UTF_8));
			return new BufferedReader(new InputStreamReader(tracker.getInputStream(), StandardCharsets.UTF_8))
				.readLine();
		}
		catch (IOException ex) {
			return null;
		}
	}

}
