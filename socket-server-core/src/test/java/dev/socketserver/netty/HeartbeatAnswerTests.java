package dev.socketserver.netty;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ServerFixture.Way;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Heartbeats that are messages of the protocol, over sockets. */
class HeartbeatAnswerTests {

	private static final Duration PERIOD = Duration.ofMillis(50);

	/** So long that a busy machine does not make a peer look dead. */
	private static final Duration PATIENT = Duration.ofSeconds(30);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private static String line(Peer peer) throws Exception {
		StringBuilder line = new StringBuilder();
		for (int next = peer.in().read(); next != '\n'; next = peer.in().read()) {
			assertThat(next).isNotNegative();
			line.append((char) next);
		}
		return line.toString();
	}

	@Every.Way
	void bothSidesAnswerEachOther(Way way) throws Exception {
		SocketServer server = this.fixture.lines((text) -> "<" + text + ">",
				(spec) -> way.spec()
					.apply(spec)
					.framing(Framing.line())
					.heartbeat((h) -> h.period(PERIOD)
						.timeout(PATIENT)
						.message("PING 1")
						.placeholder("5:1")
						.reply("PONG")
						.replyTimeout(PATIENT)
						.answer("TEST", "FINE ?", "-1:1")));
		try (Peer peer = new Peer(server)) {
			for (int i = 1; i <= 9; i++) {
				assertThat(line(peer)).isEqualTo("PING " + i);
				peer.send("PONG\n");
			}
			assertThat(line(peer)).isEqualTo("PING 0");
			peer.sendByteByByte("TEST 7\nhello\n");
			String received = line(peer);
			while (!received.equals("<hello>")) {
				assertThat(received).matches("PING .|FINE 7");
				received = line(peer);
			}
			SocketSession session = this.fixture.firstOpened();
			assertThat(session.info().messagesReceived()).isOne();
			await().atMost(Patience.limit()).until(() -> session.info().messagesSent() == 1);
			assertThat(this.fixture.closed).isEmpty();
		}
	}

	@Every.Way
	void copiedBytesEndNoAnswer(Way way) throws Exception {
		SocketServer server = this.fixture.lines((text) -> text,
				(spec) -> way.spec()
					.apply(spec)
					.framing(Framings.delimiter().delimiters("##").build())
					.heartbeat((h) -> h.answer("TEST", "FINE#?", "5:1")));
		try (Peer peer = new Peer(server)) {
			peer.send("TEST 7##");
			assertThat(new String(peer.bytes(8), UTF_8)).isEqualTo("FINE#7##");
			peer.send("TEST #6##TEST 5##");
			assertThat(new String(peer.bytes(8), UTF_8)).isEqualTo("FINE#5##");
		}
	}

	@Every.BlockingWay
	void aHandlerThatIsBusyDelaysNoAnswer(Way way) throws Exception {
		CountDownLatch handled = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((text) -> {
			Patience.await(handled);
			return text;
		}, (spec) -> way.spec().apply(spec).framing(Framing.line()).heartbeat((h) -> h.answer("TEST", "FINE")));
		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nTEST\n");
			assertThat(line(peer)).isEqualTo("FINE");
			handled.countDown();
			assertThat(new String(peer.bytes(4), UTF_8)).isEqualTo("a\nb\n");
		}
	}

	@Every.Way
	void aPeerThatDoesNotAnswerIsCut(Way way) throws Exception {
		Duration within = Duration.ofMillis(300);
		SocketServer server = this.fixture.lines((text) -> text, (spec) -> way.spec()
			.apply(spec)
			.framing(Framing.line())
			.heartbeat((h) -> h.period(PERIOD).timeout(PATIENT).message("PING").reply("PONG").replyTimeout(within)));
		long before = System.nanoTime();
		// What it says itself is no answer.
		try (Peer peer = this.fixture.peerInTime(server, "hello\n".getBytes(UTF_8))) {
			assertThat(peer.localPort()).isPositive();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(within);
		}
	}

}
