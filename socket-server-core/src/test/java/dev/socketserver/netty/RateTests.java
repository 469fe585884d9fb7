package dev.socketserver.netty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.operator.SessionRate;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.RateExceededException;
import dev.socketserver.spec.gate.Rates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** How fast peers may send. */
class RateTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private SocketServer server(ExecutionMode mode, UnaryOperator<Rates> rate) {
		return server(mode, rate, (spec) -> spec);
	}

	private SocketServer server(ExecutionMode mode, UnaryOperator<Rates> rate,
			UnaryOperator<ServerSpec.Builder> change) {
		SessionHandler handler = TestHandler.of((payload, session) -> {
			this.handled.incrementAndGet();
			return payload;
		}).failed((failure, session) -> {
			if (failure instanceof RateExceededException) {
				this.failed.incrementAndGet();
				return "slower";
			}
			throw failure;
		});
		return this.fixture.start(ServerFixture.messages("rates", handler),
				(spec) -> change.apply(spec.execution((execution) -> execution.mode(mode)).rate(rate)));
	}

	private static long exceeded(SocketServer server, OnExceeded action) {
		return ((CounterSource) server.statistics()).sum(Counter.RATE_EXCEEDED, action);
	}

	private static String lines(int count, int length) {
		return (String.valueOf('x').repeat(length) + "\n").repeat(count);
	}

	@Every.Mode
	void aPeerThatIsTooFastWaitsAndNothingIsLost(ExecutionMode mode) throws Exception {
		SocketServer server = server(mode, (rate) -> rate.messages(Rate.messages("100/s")).messagesBurst(20));

		try (Peer peer = new Peer(server)) {
			long begun = System.nanoTime();
			peer.send(lines(120, 10));
			for (int i = 0; i < 120; i++) {
				assertThat(peer.line()).hasSize(10);
			}
			// 20 at once, and 100 in a second.
			assertTook(begun, 950);
		}
		assertThat(exceeded(server, OnExceeded.PAUSE)).isPositive();
	}

	/** At such a rate a peer has to wait again and again, each time for an instant. */
	@Every.Mode
	void aPeerThatWaitsForInstantsIsNotForgotten(ExecutionMode mode) throws Exception {
		SocketServer server = server(mode, (rate) -> rate.messages(Rate.messages("100000/s")).messagesBurst(1));

		try (Peer peer = new Peer(server)) {
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendLines(peer, 20_000, 1));
			for (int i = 0; i < 20_000; i++) {
				assertThat(peer.line()).hasSize(1);
			}
			Patience.await(sent);
		}
	}

	private static void assertTook(long begun, long millis) {
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(millis), Patience.limit());
	}

	private static void sendLines(Peer peer, int count, int length) {
		try {
			peer.send(lines(count, length));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Never faster, and not slower unless the machine is busy with something else. */
	@Test
	void theMeanOverASocketIsTheRate() throws Exception {
		int rate = 1_000;
		int messages = Rounds.SOAK ? 60 * rate : 2 * rate;
		SocketServer server = server(ExecutionMode.EVENT_LOOP, (rates) -> rates.messages(Rate.messages(rate + "/s")));
		long opened = System.nanoTime();
		try (Peer peer = new Peer(server)) {
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendLines(peer, rate + messages + 1, 10));
			readLines(peer, rate + 1);
			// By a clock that is as slow as the machine.
			Duration took = Patience.timed(() -> readLines(peer, messages));
			long all = System.nanoTime() - opened;

			assertThat(messages / (rate * took.toNanos() / 1e9)).isGreaterThan(0.98);
			// Whenever this thread has noticed that the burst is over.
			assertThat(messages / (rate * all / 1e9)).isLessThan(1.02);
			Patience.await(sent);
		}
	}

	private static int readLines(Peer peer, int count) throws IOException {
		for (int i = 0; i < count; i++) {
			assertThat(peer.line()).hasSize(10);
		}
		return count;
	}

	@Test
	void bytesCountWithTheirDelimiters() throws Exception {
		SocketServer server = server(ExecutionMode.EVENT_LOOP,
				(rate) -> rate.bytes(Rate.bytes("10KB/s")).bytesBurst(1024));

		try (Peer peer = new Peer(server)) {
			long begun = System.nanoTime();
			peer.send(lines(110, 99));
			for (int i = 0; i < 110; i++) {
				assertThat(peer.line()).hasSize(99);
			}
			// 1,024 bytes at once, and about 10,000 of the rest in a second.
			assertTook(begun, 900);
		}
	}

	/** And without what TLS needs besides. */
	@Test
	void bytesAreThoseThatWereDecrypted() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
					.rate((rate) -> rate.bytes(Rate.bytes("1/h")).bytesBurst(100).onExceeded(OnExceeded.DROP)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x".repeat(59))).hasSize(59);
			assertThat(peer.ask("y".repeat(39))).hasSize(39);
			peer.send("z\n").endTlsOutput();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(exceeded(server, OnExceeded.DROP)).isOne();
	}

	/** However low the rate is. */
	@Test
	void aBucketHoldsAFrameOfTheGreatestLengthUnlessItIsSaid() throws Exception {
		SocketServer server = server(ExecutionMode.EVENT_LOOP,
				(rate) -> rate.bytes(Rate.bytes("1/h")).onExceeded(OnExceeded.DROP),
				(spec) -> spec.limits((limits) -> limits.frame(1_000)));

		try (Peer peer = new Peer(server)) {
			peer.send(lines(1, 599) + lines(1, 499) + lines(1, 399) + lines(1, 0)).endOutput();
			assertThat(peer.rest()).isEqualTo(lines(1, 599) + lines(1, 399));
		}
		assertThat(exceeded(server, OnExceeded.DROP)).isEqualTo(2);
	}

	@Test
	void aFrameLargerThanTheBucketPassesAndThoseBehindItWait() throws Exception {
		SocketServer server = server(ExecutionMode.EVENT_LOOP,
				(rate) -> rate.bytes(Rate.bytes("4000/s")).bytesBurst(100));

		try (Peer peer = new Peer(server)) {
			long begun = System.nanoTime();
			assertThat(peer.ask("x".repeat(1999))).hasSize(1999);
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
				.isLessThan(Patience.limit().toMillis());
			assertThat(peer.ask("y")).isEqualTo("y");
			assertTook(begun, 450);
		}
	}

	@Test
	void whatIsTooMuchIsDroppedAndCounted() throws Exception {
		SocketServer server = server(ExecutionMode.EVENT_LOOP,
				(rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(5).onExceeded(OnExceeded.DROP));

		try (Peer peer = new Peer(server)) {
			peer.send(lines(12, 3)).endOutput();
			assertThat(peer.rest()).isEqualTo(lines(5, 3));
		}
		assertThat(exceeded(server, OnExceeded.DROP)).isEqualTo(7);
		assertThat(server.statistics().messagesReceived()).isEqualTo(12);
		assertThat(this.handled).hasValue(5);
	}

	/** A whole bucket lets a larger frame pass, and only a whole one. */
	@Test
	void whatIsLeftOfABucketIsNotExceeded() throws Exception {
		SocketServer server = server(ExecutionMode.EVENT_LOOP,
				(rate) -> rate.bytes(Rate.bytes("1/h")).bytesBurst(100).onExceeded(OnExceeded.DROP));

		try (Peer peer = new Peer(server); Peer large = new Peer(server)) {
			peer.send(lines(1, 59) + lines(1, 49) + lines(1, 39) + lines(1, 0)).endOutput();
			assertThat(peer.rest()).isEqualTo(lines(1, 59) + lines(1, 39));
			large.send(lines(1, 199) + lines(1, 0)).endOutput();
			assertThat(large.rest()).isEqualTo(lines(1, 199));
		}
		assertThat(exceeded(server, OnExceeded.DROP)).isEqualTo(3);
	}

	@Every.Mode
	void theHandlerIsNotifiedOfWhatIsTooMuchInItsTurn(ExecutionMode mode) throws Exception {
		SocketServer server = server(mode,
				(rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(2).onExceeded(OnExceeded.ERROR));

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc\nd\n");
			assertThat(List.of(peer.line(), peer.line(), peer.line(), peer.line())).containsExactly("a", "b", "slower",
					"slower");
		}
		assertThat(this.handled).hasValue(2);
		assertThat(this.failed).hasValue(2);
	}

	@Every.Mode
	void withoutAnAnswerToThatTheSessionEnds(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.execution((execution) -> execution.mode(mode))
					.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(2).onExceeded(OnExceeded.ERROR)));

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc\nd\n");
			assertThat(peer.rest()).isEqualTo("a\nb\n");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.cause()).isInstanceOf(RateExceededException.class);
		}
	}

	/**
	 * Only what the handler cannot keep up with is dropped, not what waits for a rate.
	 */
	@Every.Mode
	void whatWaitsForItsRateIsNotDroppedForTheHandler(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.execution((execution) -> execution.mode(mode))
					.inbound((inbound) -> inbound.capacity(30).overflow(InboundOverflow.DROP_OLDEST))
					.rate((rate) -> rate.messages(Rate.messages("40/s")).messagesBurst(5)));

		try (Peer peer = new Peer(server)) {
			peer.send(lines(30, 5)).endOutput();
			assertThat(peer.rest()).isEqualTo(lines(30, 5));
		}
		assertThat(server.statistics().inboundDropped()).isZero();
	}

	/** What a session may send does not depend on when it was said. */
	@Test
	void theRateThatWasSetBeforeALoginHoldsAfterIt() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("fast")) {
				session.rate(null, null);
			}
			else if (line.equals("login")) {
				session.authenticate(() -> "meter");
			}
			session.send(line);
		}, (spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(3))
			.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(100)));

		try (Peer peer = new Peer(server); Peer slow = new Peer(server)) {
			assertThat(List.of(peer.ask("fast"), peer.ask("login"))).containsExactly("fast", "login");
			for (int i = 0; i < 10; i++) {
				assertThat(peer.ask("x")).isEqualTo("x");
			}
			assertThat(List.of(slow.ask("login"), slow.ask("x"), slow.ask("x"))).containsExactly("login", "x", "x");
			slow.send("x\n");
			Awaitility.await().until(() -> exceeded(server, OnExceeded.PAUSE) == 1);
		}
	}

	@Test
	void aSessionThatIsTooFastIsClosedBehindWhatItMaySend() throws Exception {
		SocketServer server = server(ExecutionMode.POOL,
				(rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(2).onExceeded(OnExceeded.CLOSE));

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc\nd\n");
			assertThat(peer.rest()).isEqualTo("a\nb\n");
			assertThat(this.fixture.nextClosed())
				.isEqualTo(CloseStatus.of(CloseReason.RATE_EXCEEDED, "more than rate.messages = 1/h"));
		}
		assertThat(exceeded(server, OnExceeded.CLOSE)).isEqualTo(1);
	}

	@Test
	void theRateOfASessionCanBeReplaced() throws Exception {
		SocketServer server = server(ExecutionMode.AUTO, (rate) -> rate.messages(Rate.messages("1/h")));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("a");
			SocketSession session = this.fixture.firstOpened();
			peer.send("b\nc\nd\n");
			Awaitility.await().until(() -> exceeded(server, OnExceeded.PAUSE) > 0);
			session.rate("100/s", null);
			assertThat(List.of(peer.line(), peer.line(), peer.line())).containsExactly("b", "c", "d");
			session.rate(null, null);
			assertThat(IntStream.range(0, 500).mapToObj((i) -> askOf(peer, "x")).distinct()).containsExactly("x");
		}
		try (Peer other = new Peer(server)) {
			assertThat(other.ask("a")).isEqualTo("a");
		}
	}

	private static String askOf(Peer peer, String line) {
		try {
			return peer.ask(line);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Replies are read on during a pause, and use no token. */
	@Test
	void repliesPassWhileThePeerHasToWait() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(1))
					.correlator((payload) -> ((String) payload).startsWith("r") ? payload : null));

		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			peer.send("a\nb\n");
			Awaitility.await().until(() -> exceeded(server, OnExceeded.PAUSE) > 0);
			for (int i = 0; i < 20; i++) {
				CompletableFuture<Object> reply = session.ask("r" + i, Duration.ofSeconds(60));
				assertThat(peer.line()).isEqualTo("r" + i);
				peer.send("r" + i + "\n");
				assertThat(Patience.await(reply)).isEqualTo("r" + i);
			}
		}
	}

	/** Else a peer that is asked could send without end. */
	@Test
	void whileAReplyIsAwaitedAsMuchAsTheInputHoldsIsReadAndNoMore() throws Exception {
		SocketServer server = server(ExecutionMode.AUTO, (rate) -> rate.messages(Rate.messages("1/h")),
				(spec) -> spec.inbound((inbound) -> inbound.bytes(1_000))
					.correlator((payload) -> ((String) payload).startsWith("r") ? payload : null));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("a");
			SocketSession session = this.fixture.firstOpened();
			session.ask("r", Duration.ofMinutes(5));
			assertThat(peer.line()).isEqualTo("r");
			peer.send(lines(60, 99));
			Awaitility.await().until(() -> exceeded(server, OnExceeded.PAUSE) > 0);
			Awaitility.await().until(() -> this.handled.get() > 1);
			// Some more of a frame may have been decoded than there was room for.
			assertThat(session.info().messagesReceived()).isBetween(2L, 12L);
		}
		assertThat(this.handled.get()).isLessThanOrEqualTo(12);
	}

	@Test
	void repliesPassWhereFramesMayBeDropped() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(1))
					.inbound((inbound) -> inbound.overflow(InboundOverflow.DROP_OLDEST))
					.correlator((payload) -> ((String) payload).startsWith("r") ? payload : null));

		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			peer.send("a\nb\n");
			Awaitility.await().until(() -> exceeded(server, OnExceeded.PAUSE) > 0);
			CompletableFuture<Object> reply = session.ask("r", Duration.ofSeconds(60));
			assertThat(peer.line()).isEqualTo("r");
			peer.send("r\n");
			assertThat(Patience.await(reply)).isEqualTo("r");
		}
	}

	/** Its correlator is code of the application, which runs elsewhere. */
	@Test
	void aReplyIsNotTooMuch() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec
					.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(1).onExceeded(OnExceeded.CLOSE))
					.correlator((payload) -> ((String) payload).startsWith("r") ? payload : null));

		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			assertThat(peer.ask("a")).isEqualTo("a");
			CompletableFuture<Object> reply = session.ask("r", Duration.ofSeconds(60));
			assertThat(peer.line()).isEqualTo("r");
			peer.send("r\n");
			assertThat(Patience.await(reply)).isEqualTo("r");
			session.ask("r2", Duration.ofSeconds(60));
			assertThat(peer.line()).isEqualTo("r2");
			peer.send("b\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.RATE_EXCEEDED);
		}
	}

	/**
	 * Which frames may be replies, and are counted later, is decided for all of a read.
	 */
	@Test
	void aRequestThatIsMadeWhileFramesAreDecodedHasNoneOfThemCountedTwice() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec
			.framing(new Pausing(Framing.line(),
					() -> CompletableFuture.runAsync(() -> this.fixture.opened.get(0).ask("r", Duration.ofMinutes(1)))
						.join()))
			.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(4).onExceeded(OnExceeded.CLOSE))
			.correlator((payload) -> ((String) payload).startsWith("r") ? payload : null));

		try (Peer peer = new Peer(server)) {
			SocketSession unused = this.fixture.firstOpened();
			peer.send("a\nb\nc\n");
			assertThat(List.of(peer.line(), peer.line(), peer.line(), peer.line())).containsExactlyInAnyOrder("r", "a",
					"b", "c");
			assertThat(peer.ask("d")).isEqualTo("d");
			peer.send("e\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.RATE_EXCEEDED);
		}
	}

	@Every.Mode
	void whatAPeerHasSentBeforeItsEndIsHandled(ExecutionMode mode) throws Exception {
		SocketServer server = server(mode, (rate) -> rate.messages(Rate.messages("20/s")).messagesBurst(1));

		try (Peer peer = new Peer(server)) {
			peer.send(lines(5, 3) + "last").endOutput();
			assertThat(peer.rest()).isEqualTo(lines(5, 3) + "last\n");
		}
	}

	/** Who does not send more than it may is read, so that its end is noticed. */
	@Test
	void aPeerThatKeepsToItsRateDoesNotWait() throws Exception {
		SocketServer server = server(ExecutionMode.AUTO,
				(rate) -> rate.messages(Rate.messages("1/h")).bytes(Rate.bytes("2/h")).messagesBurst(1).bytesBurst(2));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("a");
			assertThat(peer.endOutput().rest()).isEmpty();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		assertThat(exceeded(server, OnExceeded.PAUSE)).isZero();
	}

	@Every.Mode
	void aPeerThatWaitsDelaysNoStop(ExecutionMode mode) throws Exception {
		SocketServer server = server(mode, (rate) -> rate.messages(Rate.messages("1/h")));

		try (Peer stopped = new Peer(server); Peer gone = new Peer(server)) {
			gone.send(lines(3, 1));
			stopped.send(lines(3, 1));
			Awaitility.await().until(() -> exceeded(server, OnExceeded.PAUSE) == 2);
			gone.reset();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
			assertThat(server.drain(Duration.ofMillis(300))).succeedsWithin(Patience.limit());
			assertThat(stopped.rest()).isEqualTo(lines(1, 1));
		}
		assertThat(this.handled).hasValue(2);
	}

	/** Heartbeats are no messages, but bytes that the framing gets. */
	@Test
	void whatTheFramingDropsCounts() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().width(2).zero(ZeroLength.IGNORE).build())
					.rate((rate) -> rate.bytes(Rate.bytes("1000/s")).bytesBurst(100)));

		try (Peer peer = new Peer(server)) {
			long begun = System.nanoTime();
			peer.send(new byte[1_000]);
			Awaitility.await().until(() -> server.statistics().bytesReceived() == 1_000);
			peer.send(new byte[] { 0, 1, 'x' });
			assertThat(peer.bytes(3)).containsExactly(0, 1, 'x');
			assertTook(begun, 850);
		}
	}

	/** What has come of a frame does not become too old while nothing is read. */
	@Test
	void aFrameIsNotLateDuringAPause() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.timeouts((timeouts) -> timeouts.frame(Duration.ofMillis(100)))
					.rate((rate) -> rate.messages(Rate.messages("180/m")).messagesBurst(1)));

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc");
			assertThat(List.of(peer.line(), peer.line())).containsExactly("a", "b");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
		}
		assertThat(exceeded(server, OnExceeded.PAUSE)).isGreaterThanOrEqualTo(2);
	}

	@Test
	void operatorsSeeTheRateAndWhetherThePeerWaits() throws Exception {
		SocketServer limited = server(ExecutionMode.AUTO,
				(rate) -> rate.messages(Rate.messages("1/h")).bytes(Rate.bytes("64KB/s")));

		try (Peer peer = new Peer(limited)) {
			assertThat(peer.ask("a")).isEqualTo("a");
			SocketSession session = this.fixture.firstOpened();
			assertThat(((SessionOperations) session).rate()).isEqualTo(new SessionRate("1/h", "64KB/s", false));
			peer.send("b\n");
			Awaitility.await()
				.untilAsserted(() -> assertThat(((SessionOperations) session).rate())
					.isEqualTo(new SessionRate("1/h", "64KB/s", true)));
			session.rate(null, null);
			assertThat(peer.line()).isEqualTo("b");
			assertThat(((SessionOperations) session).rate()).isNull();
			assertThatIllegalArgumentException().isThrownBy(() -> session.rate("0/s", null))
				.withMessageContaining("must be more than 0");
			assertThatIllegalArgumentException().isThrownBy(() -> session.rate(null, "1MB/d"));
			assertThatIllegalArgumentException().isThrownBy(() -> session.rate("1KB/s", null));
		}
	}

	/** Also if the peer is silent, and expects no heartbeats, for far longer. */
	@Test
	void heartbeatsAreNotMissedDuringAPause() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				// On the loop, so that the last is answered before silence counts.
				(spec) -> spec.framing(Framing.lengthField().width(1).build())
					.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
					.heartbeat(new Heartbeat(Duration.ofMillis(50), Duration.ofMillis(300)))
					.rate((rate) -> rate.messages(Rate.messages("120/m")).messagesBurst(1)));

		try (Peer peer = this.fixture.peerInTime(server, new byte[] { 1, 'a', 1, 'b', 1, 'c' })) {
			StringBuilder answers = new StringBuilder();
			while (answers.length() < 3) {
				int length = peer.bytes(1)[0];
				answers.append(new String(peer.bytes(length), StandardCharsets.UTF_8));
			}
			assertThat(answers).hasToString("abc");
			// The pause is over: now silence counts.
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
		}
		assertThat(exceeded(server, OnExceeded.PAUSE)).isGreaterThanOrEqualTo(2);
	}

	/** What was decrypted before a pause is there after it, and so is the end. */
	@Every.Mode
	void whatIsDecryptedWaitsToo(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.execution((execution) -> execution.mode(mode))
					.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
					.rate((rate) -> rate.messages(Rate.messages("20/s")).messagesBurst(1)));

		try (Peer peer = new Peer(server)) {
			peer.send(lines(5, 3) + "last").endTlsOutput();
			assertThat(peer.rest()).isEqualTo(lines(5, 3) + "last\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		assertThat(exceeded(server, OnExceeded.PAUSE)).isPositive();
	}

	@Test
	void timesStandStillDuringAPause() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				// On the loop, so that the last is answered before silence counts.
				(spec) -> spec.timeouts((timeouts) -> timeouts.idle(Duration.ofMillis(300)))
					.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
					.rate((rate) -> rate.messages(Rate.messages("120/m")).messagesBurst(1)));

		// Each has to wait for longer than a peer may be idle.
		try (Peer peer = this.fixture.peerInTime(server, "a\nb\nc\n".getBytes(StandardCharsets.UTF_8))) {
			assertThat(List.of(peer.line(), peer.line(), peer.line())).containsExactly("a", "b", "c");
		}
	}

	/** Does something when it has found the second frame. */
	private record Pausing(Framing framing, Runnable atSecond) implements Framing {

		@Override
		public String type() {
			return "pausing";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			FrameDecoder decoder = this.framing.decoder(maxFrameBytes);
			AtomicInteger frames = new AtomicInteger();
			return (input) -> {
				boolean found = decoder.next(input);
				if (found && frames.incrementAndGet() == 2) {
					this.atSecond.run();
				}
				return found;
			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			this.framing.encode(payload, out);
		}

	}

}
