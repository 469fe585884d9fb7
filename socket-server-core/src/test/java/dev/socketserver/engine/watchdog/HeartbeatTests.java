package dev.socketserver.engine.watchdog;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.TestSession;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.spec.Heartbeat;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** The test is the loop, the executor and the clock. */
class HeartbeatTests {

	/** A look every 100 ms. */
	private static final Duration PERIOD = Duration.ofMillis(1600);

	private static final Duration TIMEOUT = Duration.ofMillis(6400);

	private static final String BEAT = "\0\0\0\0";

	private static final String BEAT_WRITTEN = "write " + BEAT;

	private final TestTime time = new TestTime();

	private TestSession session(UnaryOperator<ServerSpec.Builder> more) {
		UnaryOperator<ServerSpec.Builder> spec = (builder) -> more.apply(builder.framing(Framing.lengthField().build())
			.heartbeat(Heartbeat.of(PERIOD))
			.timeouts((t) -> t.frame(null).write(null).handler(null)));
		TestSession test = new TestSession((payload, session) -> payload.equals("nothing") ? "" : payload, spec);
		return opened(test);
	}

	private TestSession opened(TestSession test) {
		test.connection.completing = true;
		return this.time.of(test);
	}

	private TestSession session() {
		return session((spec) -> spec);
	}

	/** Lets time pass with a peer that has something to say often enough. */
	private void passWithPeer(TestSession test, long time) {
		for (long left = time; left > 0; left -= 1000) {
			test.receive(BEAT);
			this.time.pass(test, 1000);
		}
	}

	private static long beats(TestSession test) {
		return test.connection.events.stream().filter(BEAT_WRITTEN::equals).count();
	}

	@Test
	void looksSixteenTimesInAPeriodAndNotAtAllWithoutHeartbeats() {
		session();
		assertThat(this.time.tickNanos()).isEqualTo(TestTime.LOOK * 1_000_000);
		session((spec) -> spec.heartbeat((Heartbeat) null));
		assertThat(this.time.tickNanos()).isZero();
	}

	@Test
	void heartbeatIsSentAfterEachPeriodWithoutAnythingElse() {
		TestSession test = session();
		passWithPeer(test, 1000);
		this.time.pass(test, 500);
		assertThat(beats(test)).isZero();
		this.time.pass(test, 200);
		assertThat(beats(test)).isOne();
		passWithPeer(test, 16_000);
		assertThat(beats(test)).isBetween(10L, 11L);
		assertThat(test.reason()).isNull();
	}

	@Test
	void whoSendsSendsNoHeartbeats() {
		TestSession test = session();
		for (int i = 0; i < 20; i++) {
			test.receive("\0\0\0\1a");
			test.run();
			this.time.pass(test, 1500);
		}
		assertThat(beats(test)).isZero();
		this.time.pass(test, 200);
		assertThat(beats(test)).isOne();
	}

	@Test
	void heartbeatsAreBytesAndNoMessages() {
		TestSession test = session();
		test.receive(BEAT + BEAT + "\0\0\0\1a" + BEAT);
		test.run();
		this.time.pass(test, 1800);
		assertThat(beats(test)).isOne();
		assertThat(test.session.info().messagesReceived()).isOne();
		assertThat(test.session.info().messagesSent()).isOne();
		assertThat(test.session.info().bytesReceived()).isEqualTo(17);
		assertThat(test.session.info().bytesSent()).isEqualTo(9);
		assertThat(test.session.info().pendingBytes()).isZero();
		assertThat(test.counters.messagesSent()).isOne();
		assertThat(test.connection.events).contains("write \0\0\0\1a");
	}

	@Test
	void heartbeatsAreNoRequestsAndNoFirstFrame() {
		TestSession test = session(
				(spec) -> spec.requestsPerSession(1).timeouts((t) -> t.firstFrame(Duration.ofMillis(4000))));
		passWithPeer(test, 3000);
		assertThat(test.reason()).isNull();
		test.receive("\0\0\0\1a");
		test.run();
		assertThat(test.connection.events).contains("write \0\0\0\1a");
		assertThat(test.reason()).isEqualTo(CloseReason.REQUESTS_DONE);

		TestSession other = session((spec) -> spec.timeouts((t) -> t.firstFrame(Duration.ofMillis(4000))));
		passWithPeer(other, 5000);
		assertThat(other.reason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
	}

	@Test
	void silentPeerIsAbortedInTime() {
		TestSession test = session();
		test.receive(BEAT);
		this.time.pass(test, TIMEOUT.toMillis());
		assertThat(test.reason()).isNull();
		this.time.pass(test, 2 * TestTime.LOOK);
		assertThat(test.session.end().settled()).isEqualTo(
				CloseStatus.of(CloseReason.HEARTBEAT_TIMEOUT, "nothing received for 6400 ms, not even a heartbeat"));
		assertThat(test.connection.events).contains("abort");
	}

	@Test
	void anyByteIsASignOfLife() {
		TestSession test = session();
		test.receive("\0\0\0\u0014");
		for (int i = 0; i < 10; i++) {
			this.time.pass(test, 6000);
			test.receive(".");
		}
		this.time.assertEndsAfter(6700, test, CloseReason.HEARTBEAT_TIMEOUT);
	}

	@Test
	void silenceIsNotHeldAgainstAPeerThatIsNotRead() {
		TestSession test = session();
		this.time.pass(test, 6000);
		this.time.passUnread(test, 60_000);
		this.time.pass(test, 6400);
		this.time.assertEndsAfter(300, test, CloseReason.HEARTBEAT_TIMEOUT);
	}

	@Test
	void pauseBetweenTwoLooksGivesAllTheTimeAgain() {
		TestSession test = session();
		this.time.pass(test, 6300);
		test.session.hold();
		test.run();
		test.session.release();
		test.run();
		this.time.pass(test, 6400);
		assertThat(test.reason()).isNull();
	}

	@Test
	void weSayThatWeAreThereAlsoWhileWeDoNotRead() {
		TestSession test = session();
		test.session.pauseReads();
		test.run();
		this.time.pass(test, 16_800);
		assertThat(beats(test)).isEqualTo(10);
	}

	@Test
	void fullInboxIsNotHeldAgainstThePeer() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		UnaryOperator<ServerSpec.Builder> spec = (builder) -> builder.framing(Framing.lengthField().build())
			.heartbeat(Heartbeat.of(PERIOD))
			.inbound((i) -> i.capacity(1))
			.timeouts((t) -> t.handler(null));
		TestSession test = opened(new TestSession((payload, session) -> reply, spec));
		test.receive("\0\0\0\1a\0\0\0\1b\0\0\0\1c");
		test.run();
		assertThat(test.connection.events).contains("reading false");
		this.time.pass(test, 60_000);
		assertThat(test.reason()).isNull();
	}

	@Test
	void nothingIsAddedAfterAWriteThatTheSocketHasNotTaken() {
		TestSession test = session();
		test.connection.completing = false;
		test.receive("\0\0\0\1a");
		test.run();
		passWithPeer(test, 20_000);
		assertThat(beats(test)).isZero();
		assertThat(test.session.info().pendingBytes()).isEqualTo(5);
		test.drain();
		passWithPeer(test, 2000);
		assertThat(beats(test)).isOne();
		// Nor after a heartbeat.
		passWithPeer(test, 20_000);
		assertThat(beats(test)).isOne();
		assertThat(test.session.info().pendingWrites()).isZero();
	}

	@Test
	void nothingIsAddedToWhatIsAboutToBeSent() {
		TestSession test = session();
		this.time.pass(test, 1500);
		this.time.pass(2 * TestTime.LOOK);
		// A heartbeat is due, and the loop has not run.
		this.time.look(test);
		test.send("a");
		test.run();
		assertThat(test.connection.events).containsExactly("write \0\0\0\1a");
	}

	@Test
	void heartbeatThatTheSocketDoesNotTakeIsAWriteThatIsStuck() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.write(Duration.ofMillis(1600))));
		test.connection.completing = false;
		passWithPeer(test, 6000);
		assertThat(test.reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
	}

	@Test
	void pauseOfTheWholeJvmIsNotHeldAgainstThePeer() {
		TestSession test = session();
		test.receive(BEAT);
		this.time.pass(test, 1000);
		// Neither timer nor loop has run, and what was sent meanwhile is not read yet.
		this.time.pass(TIMEOUT.toMillis());
		this.time.check(test);
		assertThat(test.reason()).isNull();
		test.receive(BEAT);
		this.time.pass(test, 4 * TestTime.LOOK);
		this.time.assertEndsAfter(TIMEOUT.toMillis(), test, CloseReason.HEARTBEAT_TIMEOUT);
	}

	@Test
	void loopThatComesRoundLateHasToReadBeforeSomebodyIsLost() {
		TestSession test = session();
		this.time.pass(test, 1000);
		// The loop is away, and what the peer sends waits in the kernel.
		this.time.passWithoutLoop(test, 100);
		assertThat(test.reason()).isNull();
		test.receive(BEAT);
		this.time.pass(test, 6000);
		assertThat(test.reason()).isNull();

		this.time.pass(test, 300);
		this.time.passWithoutLoop(test, 100);
		this.time.assertEndsAfter(200, test, CloseReason.HEARTBEAT_TIMEOUT);
	}

	@Test
	void halfClosedPeerNeedNotSayAnything() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		UnaryOperator<ServerSpec.Builder> spec = (builder) -> builder.framing(Framing.lengthField().build())
			.heartbeat(Heartbeat.of(PERIOD));
		TestSession test = opened(new TestSession((payload, session) -> reply, spec));
		test.receive("\0\0\0\1a");
		test.session.peerEnded();
		test.run();
		this.time.pass(test, 20_000);
		assertThat(test.reason()).isNull();
		assertThat(beats(test)).isEqualTo(12);
		reply.complete("done");
		test.run();
		assertThat(test.reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void nothingIsSentAfterTheEndOfTheOutput() {
		TestSession test = session();
		test.session.shutdownOutput();
		test.run();
		passWithPeer(test, 10_000);
		assertThat(beats(test)).isZero();
		assertThat(test.reason()).isNull();
	}

	@Test
	void emptyPayloadIsRefused() {
		TestSession test = session();
		assertThatIllegalArgumentException().isThrownBy(() -> test.session.send("")).withMessageContaining("heartbeat");
		assertThatIllegalArgumentException().isThrownBy(() -> test.session.trySend(new byte[0]));
		assertThatIllegalArgumentException().isThrownBy(() -> test.session.offer(new byte[0]));
		assertThatIllegalArgumentException().isThrownBy(() -> test.session.send("", (failure) -> {
		}));
		test.run();
		assertThat(test.connection.events).isEmpty();
		assertThat(test.reason()).isNull();
	}

	@Test
	void emptyReplyIsAnErrorOfTheHandler() {
		TestSession test = session();
		test.receive("\0\0\0\7nothing");
		test.run();
		assertThat(test.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(test.session.end().settled().cause()).hasMessageContaining("heartbeat");
	}

	@Test
	void withoutHeartbeatsAnEmptyFrameIsAMessage() {
		TestSession test = session((spec) -> spec.heartbeat((Heartbeat) null));
		test.receive(BEAT);
		test.run();
		assertThat(test.connection.events).containsExactly(BEAT_WRITTEN);
		assertThat(test.session.info().messagesReceived()).isOne();
	}

	@Test
	void heartbeatFollowsTheFramingOfTheMoment() {
		Framing two = Framing.lengthField().width(2).build();
		TestSession test = session(
				(spec) -> spec.framing(Framings.extending(Framing.lengthField().build()).switchable(true).build()));
		test.receive(BEAT + "\0\0\0\1a");
		test.run();
		assertThat(test.connection.events).contains("write \0\0\0\1a");
		assertThatIllegalArgumentException().isThrownBy(() -> test.session.framing(Framing.line()))
			.withMessageContainingAll("heartbeats", "line");
		test.session.framing(two);
		test.run();
		test.receive("\0\0\0\1b\0\0");
		test.run();
		assertThat(test.connection.events).contains("write \0\1b");
		this.time.pass(test, 1800);
		assertThat(test.connection.events).endsWith("write \0\0");
		assertThat(test.session.info().messagesReceived()).isEqualTo(2);
	}

}
