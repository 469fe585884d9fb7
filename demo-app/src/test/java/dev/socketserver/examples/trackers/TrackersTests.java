package dev.socketserver.examples.trackers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.framing.DropReason;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.MockSocketSession;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import dev.socketserver.transactions.Database;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@SocketServerTest(value = "trackers", properties = "spring.config.location=classpath:/trackers.yml")
@Import(Database.class)
class TrackersTests {

	private static final String LOGIN = "{\"type\":\"login\",\"imei\":\"490154203237518\",\"key\":\"secret\"}";

	private static final String POSITION = "{\"type\":\"position\",\"number\":%d,\"at\":\"2026-11-27T08:00:00Z\","
			+ "\"latitude\":%s,\"longitude\":8.5}";

	@SocketConnection("trackers")
	private SocketTestClient tracker;

	@LocalSocketPort("trackers/datagrams")
	private int datagrams;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private SocketServers servers;

	@BeforeEach
	void empty() throws IOException {
		this.jdbc.sql("drop all objects").update();
		this.jdbc.sql(Files.readString(Path.of("src/test/resources/trackers.sql"))).update();
	}

	private List<Long> stored(String table) {
		return this.jdbc.sql("select number from " + table + " order by number").query(Long.class).list();
	}

	@Test
	void aTrackerLogsInAndReportsWhereItIs() {
		this.tracker.send(LOGIN).expect("{\"number\":0}");
		this.tracker.send(POSITION.formatted(1, "47.1")).expect("{\"number\":1}");
		this.tracker.send(POSITION.formatted(2, "47.2")).expect("{\"number\":2}");
		this.tracker.send(POSITION.formatted(2, "47.2")).expect("{\"number\":2}");
		this.tracker.send("{\"type\":\"status\",\"battery\":71}").expect("{\"number\":0}");
		this.tracker.send("{\"type\":\"alarm\",\"number\":3,\"text\":\"moved\"}").expect("{\"number\":3}");

		assertThat(stored("position")).containsExactly(1L, 2L);
		assertThat(stored("alarm")).containsExactly(3L);
		assertThat(this.servers.find("tracker", "490154203237518")).singleElement()
			.satisfies((session) -> assertThat(session.info().messagesReceived()).isEqualTo(5));
	}

	@Test
	void aTrackerIsTheSameHoweverItComes(@SocketConnection("trackers/tools") SocketTestClient tool) throws Exception {
		this.tracker.send(LOGIN).expect("{\"number\":0}");
		tool.send(LOGIN).expect("{\"number\":0}");
		this.tracker.expectClosed();
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.connect(InetAddress.getLoopbackAddress(), this.datagrams);
			byte[] login = (LOGIN + checksum(LOGIN) + "\n").getBytes(StandardCharsets.UTF_8);
			socket.send(new DatagramPacket(login, login.length));
			tool.expectClosed();
		}
		assertThat(this.servers.find("tracker", "490154203237518")).singleElement()
			.satisfies((session) -> assertThat(session.listener()).isEqualTo("datagrams"));
	}

	@Test
	void strangersAreRefused() {
		this.tracker.send(POSITION.formatted(1, "47.1")).expectClosed();
		try (SocketTestClient guesser = SocketTestClient.connect(this.servers.get("trackers"))) {
			guesser.send(LOGIN.replace("secret", "guess"))
				.expect("{\"error\":\"unknown tracker or wrong key\"}")
				.expectClosed();
		}
	}

	@Test
	void aLineThatWasDamagedIsDropped() {
		this.tracker.sendRaw(LOGIN + "00\n").send(LOGIN).expect("{\"number\":0}");
		assertThat(this.servers.get("trackers").statistics().framesDropped()).containsEntry(DropReason.CHECKSUM, 1L);
	}

	@Test
	void whatIsWrongIsAnsweredAndNotStored() {
		this.tracker.send(LOGIN).expect("{\"number\":0}");
		this.tracker.send(POSITION.formatted(1, "91")).expect("{\"error\":\"a payload is not valid: latitude\"}");
		this.tracker.send("{\"type\":\"alarm\",\"number\":{}}");
		assertThat(this.tracker.receive()).startsWith("{\"error\":");
		this.tracker.send("{\"type\":\"weather\"}").expectClosed();
		assertThat(stored("position")).isEmpty();
	}

	@Test
	void aPositionIsStoredAsAWholeOrNotAtAll() {
		this.tracker.send(LOGIN).expect("{\"number\":0}");
		this.jdbc.sql("alter table tracker drop column last_seen").update();
		this.tracker.send(POSITION.formatted(1, "47.1")).expectClosed();
		assertThat(stored("position")).isEmpty();
	}

	@Test
	void theHandlerWithoutAConnection() {
		MockSocketSession session = MockSocketSession.of(this.servers.get("trackers"));
		session.handle(LOGIN).handle(POSITION.formatted(1, "91")).handle(POSITION.formatted(1, "47.1"));
		assertThat(session.sent()).containsExactly(new Trackers.Ack(0),
				new Trackers.Nack("a payload is not valid: latitude"), new Trackers.Ack(1));
	}

	@Test
	void itsCodeHasAtMostAHundredLines() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/socketserver/examples/trackers"))) {
			assertThat(files.filter((file) -> !file.toString().matches(".*(Tests|package-info)\\.java"))
				.mapToLong(TrackersTests::lines)
				.sum()).isLessThanOrEqualTo(100);
		}
	}

	private static String checksum(String line) {
		int sum = 0;
		for (byte each : line.getBytes(StandardCharsets.UTF_8)) {
			sum ^= each;
		}
		return "%02X".formatted(sum & 0xff);
	}

	private static long lines(Path file) {
		try {
			return Files.readAllLines(file).size();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
