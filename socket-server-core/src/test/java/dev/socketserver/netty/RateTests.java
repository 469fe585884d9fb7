package dev.socketserver.netty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.RateExceededException;
import dev.socketserver.spec.gate.Rates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** How fast peers may send. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RateTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private SocketServer server(ExecutionMode mode, Consumer<Rates.Builder> rate) {
		SessionHandler handler = new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession session) {
				RateTests.this.handled.incrementAndGet();
				return payload;
			}

			@Override
			public Object failed(Exception failure, SocketSession session) throws Exception {
				if (failure instanceof RateExceededException) {
					RateTests.this.failed.incrementAndGet();
					return "slower";
				}
				throw failure;
			}

		};
		return this.fixture.start(
				new ServerHandler.Messages("rates", PayloadConverter.text(StandardCharsets.UTF_8), false,
						(ignored) -> handler),
				(spec) -> spec.execution((execution) -> execution.mode(mode)).rate(rate));
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
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
			assertThat(millis).isBetween(950L, 20_000L);
		}
		assertThat(exceeded(server, OnExceeded.PAUSE)).isPositive();
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
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(900L, 20_000L);
		}
	}

	@Test
	void aFrameLargerThanTheBucketPassesAndThoseBehindItWait() throws Exception {
		SocketServer server = server(ExecutionMode.EVENT_LOOP,
				(rate) -> rate.bytes(Rate.bytes("4000/s")).bytesBurst(100));

		try (Peer peer = new Peer(server)) {
			long begun = System.nanoTime();
			assertThat(peer.ask("x".repeat(1999))).hasSize(1999);
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(30_000);
			assertThat(peer.ask("y")).isEqualTo("y");
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(450L, 30_000L);
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

	@Test
	void aSessionThatIsTooFastIsClosedBehindWhatItMaySend() throws Exception {
		SocketServer server = server(ExecutionMode.POOL,
				(rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(2).onExceeded(OnExceeded.CLOSE));

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc\nd\n");
			assertThat(peer.rest()).isEqualTo("a\nb\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.RATE_EXCEEDED);
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
				assertThat(reply.get(60, TimeUnit.SECONDS)).isEqualTo("r" + i);
			}
		}
	}

	@Test
	void timesStandStillDuringAPause() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.timeouts((timeouts) -> timeouts.idle(Duration.ofMillis(300)))
					.rate((rate) -> rate.messages(Rate.messages("60/m")).messagesBurst(1)));

		try (Peer peer = new Peer(server)) {
			// The third has to wait for about two seconds, far longer than a peer may be
			// idle.
			peer.send("a\nb\nc\n");
			assertThat(List.of(peer.line(), peer.line(), peer.line())).containsExactly("a", "b", "c");
		}
		assertThat(Objects.requireNonNullElse(server.statistics().closed(), Map.<CloseReason, Long>of()))
			.doesNotContainKey(CloseReason.IDLE_TIMEOUT);
	}

}
