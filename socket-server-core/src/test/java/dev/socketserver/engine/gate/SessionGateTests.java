package dev.socketserver.engine.gate;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.socketserver.CloseStatus;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** How fast a session may send, on a clock that the test moves. */
class SessionGateTests {

	private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

	private final Random random = new Random(66);

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	private SessionGate gate(long now, Consumer<Rates.Builder> rate) {
		SessionGate gate = new SessionGate();
		gate.rates(new SessionRates(Rates.DEFAULTS.with(rate), 1024, new ServerCounters(), this.timer), now);
		return gate;
	}

	/** A peer that always has something to send, as a session reads it. */
	private long framesOf(SessionGate gate, long begun, long time, int bytes) {
		long frames = 0;
		long now = begun;
		while (now - begun < time) {
			while (gate.frameRoom(now) > 0) {
				assertThat(gate.judge("x", bytes, bytes, now)).isEqualTo("x");
				frames++;
			}
			// Timers are late.
			now += gate.pause(now) + this.random.nextInt(2_000_000);
		}
		return frames;
	}

	@ParameterizedTest
	@CsvSource({ "100/s, 100", "600/m, 10", "7/s, 7", "100000/h, 27.7778", "30000/s, 30000" })
	void theMeanOfAMinuteIsTheRateOfMessages(String rate, double eachSecond) {
		for (long begun : new long[] { 0, Long.MAX_VALUE - MINUTE / 2, Long.MIN_VALUE }) {
			SessionGate gate = gate(begun, (rates) -> rates.messages(Rate.messages(rate)).messagesBurst(100));

			long frames = framesOf(gate, begun, MINUTE, 10) - 100;

			assertThat((double) frames).isCloseTo(60 * eachSecond, within(60 * eachSecond * 0.02));
		}
	}

	@ParameterizedTest
	@CsvSource({ "1MB/s, 1048576, 1000", "64KB/s, 65536, 1", "10KB/s, 10240, 3000", "1GB/s, 1073741824, 1000000" })
	void theMeanOfAMinuteIsTheRateOfBytes(String rate, double eachSecond, int bytes) {
		int burst = 5_000_000;
		SessionGate gate = gate(0, (rates) -> rates.bytes(Rate.bytes(rate)).bytesBurst(burst));
		// The burst is over by then.
		gate.dropped(burst, 0);

		double sent = (double) framesOf(gate, 0, MINUTE, bytes) * bytes;

		assertThat(sent).isCloseTo(60 * eachSecond, within(60 * eachSecond * 0.02));
	}

	@Test
	void afterASilenceABurstMayComeAndNoMore() {
		SessionGate gate = gate(0, (rates) -> rates.messages(Rate.messages("10/s")).messagesBurst(20));

		for (long now : new long[] { 0, MINUTE, 100 * MINUTE }) {
			assertThat(gate.frameRoom(now)).isEqualTo(20);
			for (int i = 0; i < 20; i++) {
				gate.judge("x", 1, 1, now);
			}
			assertThat(gate.frameRoom(now)).isZero();
			assertThat(gate.pause(now)).isEqualTo(100_000_000);
			assertThat(gate.frameRoom(now + 99_999_999)).isZero();
			assertThat(gate.frameRoom(now + 100_000_000)).isEqualTo(1);
			assertThat(gate.frameRoom(now + 1_000_000_000)).isEqualTo(10);
		}
	}

	/** A clock that stands still, or goes back, gives nothing and takes nothing. */
	@Test
	void noJumpOfTheClockGivesMoreThanABurst() {
		SessionGate gate = gate(MINUTE, (rates) -> rates.messages(Rate.messages("10/s")).messagesBurst(20));
		for (int i = 0; i < 20; i++) {
			gate.judge("x", 1, 1, MINUTE);
		}

		assertThat(gate.frameRoom(0)).isZero();
		assertThat(gate.frameRoom(MINUTE)).isZero();
		assertThat(gate.frameRoom(1_000 * MINUTE)).isEqualTo(20);
	}

	/** The debt is one of centuries: it must not become none. */
	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE, Long.MIN_VALUE })
	void aDebtIsNeverForgiven(long now) {
		SessionGate gate = gate(now,
				(rates) -> rates.bytes(Rate.bytes("1/h")).messages(Rate.messages("1/h")).bytesBurst(100));

		for (int i = 0; i < 10; i++) {
			gate.judge("x", Integer.MAX_VALUE, Integer.MAX_VALUE, now);
			assertThat(gate.frameRoom(now)).isZero();
			assertThat(gate.pause(now)).isGreaterThan(Duration.ofDays(365).toNanos());
		}
	}

	/** A session that has ended meanwhile is not kept for as long as its peer waits. */
	@Test
	void theTimerIsNotAskedForALongTime() {
		SessionGate gate = gate(0, (rates) -> rates.messages(Rate.messages("1/h")));

		gate.await(() -> {
		}, Duration.ofHours(1).toNanos(), true);

		assertThat(this.timer.getQueue()).singleElement()
			.satisfies(
					(task) -> assertThat(((Delayed) task).getDelay(TimeUnit.MILLISECONDS)).isLessThanOrEqualTo(1_000));
	}

	@Test
	void ofABatchThatIsJudgedLaterTheEndIsBehindWhatMayCome() {
		Object[] payloads = { "a", "b", "c" };
		SessionGate gate = gate(0,
				(rates) -> rates.messages(Rate.messages("1/h")).messagesBurst(2).onExceeded(OnExceeded.CLOSE));

		assertThat(gate.admit(payloads, 3, 3, 0)).isEqualTo(2);
		assertThat(payloads[2]).isInstanceOf(CloseStatus.class);
	}

}
