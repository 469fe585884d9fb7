package dev.socketserver.engine.watchdog;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.TestSession;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The test is the loop, the executor and the clock. */
class SessionTimeoutsTests {

	/** A look every 100 ms. */
	private static final Duration TIMEOUT = Duration.ofMillis(800);

	private final TestTime time = new TestTime();

	private TestSession session(UnaryOperator<ServerSpec.Builder> spec) {
		UnaryOperator<ServerSpec.Builder> only = (builder) -> spec
			.apply(builder.timeouts((t) -> t.frame(null).write(null).handler(null)));
		return this.time.of(new TestSession(only));
	}

	private static ServerSpec.Builder builder() {
		return ServerSpec.builder("test").handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (x) -> x));
	}

	@Test
	void thereIsNothingToLookAtWhereNothingIsTimed() {
		assertThat(tickNanos(builder().timeouts((t) -> t.frame(null).write(null)))).isZero();
		assertThat(tickNanos(builder().timeouts((t) -> t.write(null))
			.framing(Framing.raw())
			.handler(ServerHandler.stream("s", (in, out, session) -> {
			})))).isZero();
		assertThat(tickNanos(builder())).isEqualTo(1_000_000_000);
	}

	private static long tickNanos(ServerSpec.Builder spec) {
		return new TimeoutsInForce(spec.build().session()).tickNanos();
	}

	@Test
	void frameThatComesByDripsIsNotWaitedForLonger() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.frame(TIMEOUT)));
		test.receive("whole\nha");
		this.time.check(test);
		for (int i = 0; i < 7; i++) {
			this.time.pass(test, 100);
			test.receive(".");
		}
		assertThat(test.reason()).isNull();

		this.time.pass(test, 100);

		assertThat(test.session.end().settled()).isEqualTo(
				CloseStatus.of(CloseReason.FRAME_TIMEOUT, "of a frame only 9 bytes had come 800 ms after the first"));
		assertThat(test.connection.events).contains("write whole|");
	}

	@Test
	void clockBeginsAnewWithEachFrame() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.frame(TIMEOUT)));
		test.receive("a");
		this.time.check(test);
		for (int i = 0; i < 5; i++) {
			this.time.pass(test, 700);
			// Never is there a moment without a frame that has begun.
			test.receive("b\na");
		}
		this.time.assertEndsAfter(900, test, CloseReason.FRAME_TIMEOUT);
	}

	@Test
	void frameIsNotHeldAgainstAPeerThatIsNotRead() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.frame(TIMEOUT)));
		test.receive("half");
		this.time.passUnread(test, 5_000);
		this.time.pass(test, 800);
		this.time.assertEndsAfter(200, test, CloseReason.FRAME_TIMEOUT);
	}

	@Test
	void sessionKeepsNothingForItsDeadlinesWhenItRestsAgain() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.frame(TIMEOUT)));
		this.time.pass(test, 300);
		assertThat(test.session.timeoutEnforcer()).isNull();
		test.receive("ha");
		this.time.pass(test, 300);
		assertThat(test.session.timeoutEnforcer()).isNotNull();
		test.receive("lf\n");
		this.time.pass(test, 200);
		assertThat(test.session.timeoutEnforcer()).isNull();
	}

	@Test
	void loopThatDoesNotComeRoundIsNotHeldAgainstThePeer() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.frame(TIMEOUT)));
		test.receive("half");
		this.time.check(test);
		this.time.passWithoutLoop(test, 100);
		this.time.assertEndsAfter(800, test, CloseReason.FRAME_TIMEOUT);
	}

	@Test
	void sessionWithoutAFrameIsClosedAndTheProtocolNamed() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.firstFrame(TIMEOUT)));
		test.receive("GET / HTTP/1.1");
		this.time.pass(test, 700);
		assertThat(test.reason()).isNull();
		this.time.pass(test, 300);
		assertThat(test.session.end().settled()).isEqualTo(CloseStatus.of(CloseReason.FIRST_FRAME_TIMEOUT,
				"no frame was complete 800 ms after the opening: it looks like an HTTP request"));
	}

	@Test
	void sessionWithAFrameMayBeSilentFromThenOn() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.firstFrame(TIMEOUT)));
		this.time.pass(test, 700);
		test.receive("first\nhalf");
		this.time.pass(test, 5_000);
		assertThat(test.reason()).isNull();
	}

	@Test
	void firstFrameIsNotAwaitedWhileReadsArePaused() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.firstFrame(TIMEOUT)));
		this.time.pass(test, 600);
		this.time.passUnread(test, 5_000);
		this.time.pass(test, 700);
		this.time.assertEndsAfter(300, test, CloseReason.FIRST_FRAME_TIMEOUT);
	}

	@Test
	void silentSessionIsClosedAndOneByteIsEnoughNotToBe() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.idle(TIMEOUT)));
		for (int i = 0; i < 10; i++) {
			this.time.pass(test, 700);
			test.receive(".");
		}
		this.time.pass(test, 800);
		this.time.assertEndsAfter(200, test, CloseReason.IDLE_TIMEOUT);
	}

	/** It runs its tasks before it reads. */
	@Test
	void whatCameWhileTheLoopWasBusyIsReadBeforeItsPeerCountsAsSilent() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.idle(TIMEOUT)));
		test.receive(".");
		this.time.pass(test, 800);
		this.time.pass(100);
		this.time.look(test);
		this.time.pass(80);
		test.run();
		assertThat(test.reason()).isNull();
		test.receive("sent at 750");

		this.time.pass(test, 800);
		this.time.assertEndsAfter(200, test, CloseReason.IDLE_TIMEOUT);
	}

	/** However short the pause, and wherever between two checks it ends. */
	@ParameterizedTest
	@EnumSource(names = { "FIRST_FRAME_TIMEOUT", "FRAME_TIMEOUT", "IDLE_TIMEOUT" })
	void clocksOfThePeerBeginAnewWhenItIsReadAgain(CloseReason reason) {
		TestSession test = session((spec) -> switch (reason) {
			case FIRST_FRAME_TIMEOUT -> spec.timeouts((t) -> t.firstFrame(TIMEOUT));
			case FRAME_TIMEOUT -> spec.timeouts((t) -> t.frame(TIMEOUT));
			default -> spec.timeouts((t) -> t.idle(TIMEOUT));
		});
		test.receive("half");
		this.time.pass(test, 700);
		test.session.pauseReads();
		test.run();
		this.time.pass(90);
		test.session.resumeReads();
		test.run();
		this.time.pass(10);
		this.time.check(test);
		this.time.pass(test, 600);
		test.session.pauseReads();
		test.run();
		this.time.pass(test, 300);
		this.time.pass(90);
		test.session.resumeReads();
		test.run();
		this.time.pass(10);
		this.time.check(test);
		this.time.pass(test, 700);
		this.time.assertEndsAfter(200, test, reason);
	}

	@Test
	void writeOfWhichNothingIsTakenAbortsTheSession() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.write(TIMEOUT)));
		test.receive("reply\n");
		test.run();
		this.time.check(test);
		this.time.pass(test, 700);
		assertThat(test.reason()).isNull();
		this.time.pass(test, 100);
		assertThat(test.session.end().settled()).isEqualTo(CloseStatus.of(CloseReason.WRITE_TIMEOUT,
				"the peer took nothing of what was sent for 800 ms, 6 bytes were pending"));
		assertThat(test.connection.events).contains("abort");
	}

	@Test
	void eachByteTakenGivesAWriteMoreTime() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.write(TIMEOUT)));
		test.connection.unwritten = 100;
		test.receive("reply\n");
		test.run();
		for (int i = 0; i < 20; i++) {
			this.time.pass(test, 700);
			test.connection.unwritten--;
		}
		// Of the next write, as much may be left as was of the one before.
		test.send("next");
		for (int i = 0; i < 5; i++) {
			test.connection.complete(null);
			test.send("next");
			test.run();
			this.time.pass(test, 700);
		}
		assertThat(test.reason()).isNull();
	}

	@Test
	void closingSessionWhosePeerDoesNotReadKeepsItsReason() {
		TestSession test = session((spec) -> spec.timeouts((t) -> t.write(TIMEOUT)));
		test.receive("reply\n");
		test.run();
		test.session.close();
		test.run();
		this.time.pass(test, 2_000);
		assertThat(test.connection.events).contains("abort");
		test.connection.complete(new java.io.IOException("closed"));
		test.disconnect();
		assertThat(test.calls).containsExactly("closed HANDLER_CLOSED");
	}

	@Test
	void oldSessionEndsAfterItsCallAndItsReplies() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		UnaryOperator<ServerSpec.Builder> spec = (builder) -> builder
			.timeouts((t) -> t.frame(null).write(null).session(TIMEOUT));
		TestSession test = this.time.of(new TestSession((payload, session) -> reply, spec));
		test.receive("long\nnot handled any more\n");
		test.run();
		this.time.pass(test, 700);
		assertThat(test.session.closing()).isFalse();
		this.time.pass(test, 300);
		assertThat(test.session.closing()).isTrue();
		assertThat(test.reason()).isNull();

		reply.complete("done");
		test.drain();

		assertThat(test.connection.events).containsSubsequence("write done|", "close");
		assertThat(test.reason()).isEqualTo(CloseReason.SESSION_TIMEOUT);
		assertThat(test.counters.messagesSent()).isEqualTo(1);
	}

	/** There is no peer to be silent, and the end has a reason already. */
	@ParameterizedTest
	@EnumSource(names = { "IDLE_TIMEOUT", "HEARTBEAT_TIMEOUT", "SESSION_TIMEOUT" })
	void nothingOfALostConnectionIsTimed(CloseReason timed) {
		UnaryOperator<ServerSpec.Builder> spec = (builder) -> {
			builder.framing(Framing.lengthField().build()).timeouts((t) -> t.frame(null).write(null).handler(null));
			return switch (timed) {
				case IDLE_TIMEOUT -> builder.timeouts((t) -> t.idle(TIMEOUT));
				case SESSION_TIMEOUT -> builder.timeouts((t) -> t.session(TIMEOUT));
				default -> builder.heartbeat(new Heartbeat(Duration.ofMillis(400), TIMEOUT));
			};
		};
		CompletableFuture<String> reply = new CompletableFuture<>();
		List<Object> handled = new ArrayList<>();
		TestSession test = this.time.of(new TestSession((payload, session) -> {
			handled.add(payload);
			return (handled.size() == 1) ? reply : null;
		}, spec));
		test.receive("\0\0\0\1a\0\0\0\1b\0\0\0\1c");
		test.run();
		test.session.disconnected(new IOException("provoked"));
		test.run();

		this.time.pass(test, 2 * TIMEOUT.toMillis());
		reply.complete(null);
		test.run();

		assertThat(test.reason()).isEqualTo(CloseReason.PEER_RESET);
		assertThat(handled).hasSize(3);
	}

	@Test
	void agesDifferByATenthAtMostAndAlwaysInTheSameWay() {
		SessionSpec spec = builder().timeouts((t) -> t.session(Duration.ofSeconds(1000))).build().session();
		SessionTimeouts timeouts = new SessionTimeouts(spec, () -> 0);
		List<Long> seconds = new ArrayList<>();
		LongStream.rangeClosed(1, 1000).forEach((number) -> seconds.add(timeouts.session(number) / 1_000_000_000));
		assertThat(seconds).allSatisfy((age) -> assertThat(age).isBetween(900L, 1100L));
		assertThat(seconds).anyMatch((age) -> age < 910).anyMatch((age) -> age > 1090);
		assertThat(seconds.stream().mapToLong(Long::longValue).average().getAsDouble()).isBetween(990.0, 1010.0);
		assertThat(new SessionTimeouts(spec, () -> 0).session(7) / 1_000_000_000).isEqualTo(seconds.get(6));
	}

}
