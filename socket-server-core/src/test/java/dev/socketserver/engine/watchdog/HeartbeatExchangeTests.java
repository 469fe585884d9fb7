package dev.socketserver.engine.watchdog;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.TestSession;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.spec.Heartbeat;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Heartbeats that are messages of the protocol. The test is the loop, the executor and
 * the clock.
 */
class HeartbeatExchangeTests {

	/** A look every 100 ms. */
	private static final Duration PERIOD = Duration.ofMillis(1600);

	private final TestTime time = new TestTime();

	private TestSession session(Framing framing, UnaryOperator<Heartbeat> heartbeat) {
		return session(framing, heartbeat, (spec) -> {
		});
	}

	private TestSession session(Framing framing, UnaryOperator<Heartbeat> heartbeat,
			Consumer<ServerSpec.Builder> more) {
		TestSession test = new TestSession((payload, session) -> "<" + payload + ">", (builder) -> {
			builder.framing(framing).heartbeat(heartbeat).timeouts((t) -> t.frame(null).write(null).handler(null));
			more.accept(builder);
			return builder;
		});
		test.connection.completing = true;
		return this.time.of(test);
	}

	private TestSession lines(UnaryOperator<Heartbeat> heartbeat) {
		return session(Framing.line(), heartbeat);
	}

	private static void receive(TestSession test, String text) {
		test.receive(text);
		test.run();
	}

	@Test
	void theMessageIsSentWhenNothingElseWas() {
		TestSession test = lines((h) -> h.period(PERIOD).message("PING 09").placeholder("5:2"));
		for (int i = 0; i < 3; i++) {
			this.time.pass(test, 1500);
			receive(test, "a\n");
		}
		assertThat(test.connection.events).containsOnly("write <a>|");
		for (int i = 0; i < 3; i++) {
			this.time.pass(test, 1700);
			test.receive("a");
		}
		assertThat(test.connection.events).endsWith("write PING 09|", "write PING 10|", "write PING 11|");
		assertThat(test.session.info().messagesSent()).isEqualTo(3);
		assertThat(test.session.info().pendingWrites()).isZero();
	}

	@Test
	void answersAreSentOnTheLoopAndAreNoMessages() {
		TestSession test = lines((h) -> h.answer("PING", "PONG ..", "5:2"));
		// No lane runs.
		test.receive("PING 07\nPING 08\n");
		test.connection.runLoop();
		assertThat(test.connection.events).containsExactly("write PONG 07|", "write PONG 08|");
		receive(test, "PIN\nxPING\nPING 09\n");
		assertThat(test.connection.events).endsWith("write PONG 09|", "write <PIN>|<xPING>|");
		assertThat(test.session.info().messagesReceived()).isEqualTo(2);
		assertThat(test.session.info().messagesSent()).isEqualTo(2);
		assertThat(test.session.info().bytesReceived()).isEqualTo(34);
		assertThat(test.session.info().bytesSent()).isEqualTo(38);
		assertThat(test.counters.messagesSent()).isEqualTo(2);
		assertThat(test.session.info().pendingWrites()).isZero();
	}

	@Test
	void heartbeatsAreNoRequestsAndNoFirstFrame() {
		TestSession test = session(Framing.line(), (h) -> h.period(PERIOD).message("PING").answer("PING", "PONG"),
				(spec) -> spec.requestsPerSession(1).timeouts((t) -> t.firstFrame(Duration.ofMillis(4000))));
		receive(test, "PING\n");
		this.time.pass(test, 3000);
		assertThat(test.reason()).isNull();
		this.time.pass(test, 2000);
		assertThat(test.reason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);

		TestSession other = session(Framing.line(), (h) -> h.answer("PING", "PONG"),
				(spec) -> spec.requestsPerSession(1));
		receive(other, "PING\nPING\na\n");
		assertThat(other.connection.events).contains("write <a>|");
		assertThat(other.reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Test
	void anUnterminatedHeartbeatAtTheEndIsAnsweredToo() {
		TestSession test = lines((h) -> h.answer("PING", "PONG"));
		test.receive("PING");
		test.session.peerEnded();
		test.run();
		assertThat(test.connection.events).contains("write PONG|");
		assertThat(test.session.info().messagesReceived()).isZero();
		assertThat(test.reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void aPeerThatAnswersNoLongerIsCutAlthoughItSends() {
		TestSession test = lines((h) -> h.period(PERIOD).message("PING").reply("PONG"));
		this.time.pass(test, 1700);
		assertThat(test.connection.events).containsExactly("write PING|");
		receive(test, "PONG\n");
		this.time.pass(test, 1700);
		assertThat(test.connection.events).containsExactly("write PING|", "write PING|");
		assertThat(test.session.info().messagesReceived()).isZero();
		for (int i = 0; i < 15; i++) {
			// A part of a message: any byte, but no answer.
			test.receive("x");
			this.time.pass(test, 100);
		}
		assertThat(test.reason()).isNull();
		this.time.pass(test, 400);
		assertThat(test.session.end().settled())
			.isEqualTo(CloseStatus.of(CloseReason.HEARTBEAT_TIMEOUT, "no answer to a heartbeat for 1600 ms"));
		assertThat(test.connection.events).contains("abort");
	}

	@Test
	void anAnswerMayTakeItsOwnTime() {
		TestSession test = lines((h) -> h.period(PERIOD)
			.timeout(Duration.ofMinutes(1))
			.message("PING")
			.reply("PONG")
			.replyTimeout(Duration.ofMillis(5000)));
		this.time.pass(test, 1700 + 4700);
		assertThat(test.connection.events).containsExactly("write PING|", "write PING|", "write PING|");
		assertThat(test.reason()).isNull();
		receive(test, "PONG\n");
		this.time.pass(test, 4800);
		assertThat(test.reason()).isNull();
		this.time.pass(test, 2000);
		assertThat(test.reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
	}

	@Test
	void othersAreASignOfLifeForTheTimeoutAlone() {
		TestSession test = lines((h) -> h.period(PERIOD).message("PING"));
		for (int i = 0; i < 10; i++) {
			this.time.pass(test, 6000);
			receive(test, "x\n");
		}
		assertThat(test.reason()).isNull();
		this.time.pass(test, 6700);
		assertThat(test.session.end().settled().detail()).contains("nothing received for 6400 ms");
	}

	@Test
	void aPeerThatIsNotReadNeedNotAnswer() {
		TestSession test = lines((h) -> h.period(PERIOD).message("PING").reply("PONG"));
		this.time.pass(test, 1700);
		this.time.passUnread(test, 60_000);
		this.time.pass(test, 1500);
		assertThat(test.reason()).isNull();
		this.time.pass(test, 400);
		assertThat(test.reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
	}

	@Test
	void thePeersOwnMessageIsAMessageWithoutAnAnswer() {
		TestSession test = lines((h) -> h.period(PERIOD).message("PING").reply("PONG"));
		receive(test, "PING\n");
		assertThat(test.connection.events).containsExactly("write <PING>|");
	}

	@Test
	void withAMessageAnEmptyFrameIsAMessage() {
		TestSession test = session(Framing.lengthField().build(), (h) -> h.period(PERIOD).message("PING"));
		receive(test, "\0\0\0\0");
		assertThat(test.connection.events).containsExactly("write \0\0\0\2<>");
		test.send("");
		test.run();
		assertThat(test.connection.events).endsWith("write \0\0\0\0");
	}

	@Test
	void anEmptyFrameMayBeAnswered() {
		TestSession test = session(Framing.lengthField().width(1).build(), (h) -> h.period(PERIOD).reply("PONG"));
		this.time.pass(test, 1700);
		receive(test, "\4PONG\0\1a");
		assertThat(test.connection.events).containsExactly("write \0", "write \3<a>");
		assertThat(test.session.info().messagesReceived()).isOne();
	}

	@Test
	void messagesCarryTheChecksumOfTheFraming() {
		Framing checked = Framings.checked(Framing.line()).type("xor8").form(Form.HEX).build();
		TestSession test = session(checked, (h) -> h.period(PERIOD).message("ab").answer("c", "ab"));
		this.time.pass(test, 1700);
		assertThat(test.connection.events).containsExactly("write ab03|");
		receive(test, "c63\n");
		assertThat(test.connection.events).containsExactly("write ab03|", "write ab03|");
	}

	@Test
	void anEmptyMessageCarriesAChecksumToo() {
		Framing checked = Framings.checked(Framing.lengthField().width(1).build()).type("sum8").build();
		TestSession test = session(checked, (h) -> h.period(PERIOD));
		this.time.pass(test, 1700);
		assertThat(test.connection.events).containsExactly("write \1\0");
		receive(test, "\1\0\2aa");
		assertThat(test.session.info().messagesReceived()).isOne();
		assertThat(test.connection.events).hasSize(2);
	}

	@Test
	void manyHeartbeatsAtOnceAreAnsweredAsFarAsThereIsRoom() {
		TestSession test = session(Framing.line(), (h) -> h.answer("P", "Q"),
				(spec) -> spec.outbound((o) -> o.capacity(200)));
		receive(test, "P\n".repeat(150) + "a\n");
		assertThat(String.join("", test.connection.events)).isEqualTo("write Q|".repeat(150) + "write <a>|");
		test.connection.completing = false;
		receive(test, "P\n".repeat(1000) + "b\n");
		assertThat(test.session.info().pendingWrites()).isEqualTo(200);
		test.drain();
		assertThat(test.session.info().pendingWrites()).isZero();
		assertThat(test.session.info().messagesSent()).isEqualTo(2);
	}

	@Test
	void heartbeatsFollowTheFramingOfTheMoment() {
		TestSession test = session(Framings.extending(Framing.line()).switchable(true).build(),
				(h) -> h.period(PERIOD).message("ab").answer("P", "Q\\r"));
		receive(test, "P\na\n");
		assertThat(test.connection.events).contains("write Q\r|", "write <a>|");
		assertThatIllegalArgumentException().isThrownBy(() -> test.session.framing(Framing.fixed(3)))
			.withMessageContainingAll("heartbeats", "fixed");
		test.session.framing(Framing.lengthField().width(1).build());
		test.run();
		receive(test, "\1P");
		this.time.pass(test, 1700);
		assertThat(test.connection.events).endsWith("write \2Q\r", "write \2ab");
	}

}
