package dev.socketserver.engine.gate;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.ManualTimer;
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

	private final ManualTimer timer = new ManualTimer();

	private final Random random = new Random(66);

	private long clock;

	/** How often the clock was looked at. */
	private int looks;

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	private SessionGate gate(long now, UnaryOperator<Rates> rate) {
		SessionGate gate = new SessionGate();
		this.clock = now;
		gate.rates(new SessionRates(rate.apply(Rates.DEFAULTS), 1024, new ServerCounters(), this.timer, () -> {
			this.looks++;
			return this.clock;
		}));
		return gate;
	}

	/** Reads once, as a session does that decodes up to 64 frames of what it has read. */
	private int read(SessionGate gate, int most, int bytes) {
		long now = gate.time();
		int frames = Math.min(most, gate.frameRoom(now));
		frames = (frames > 0) ? (int) Math.min(frames, (bytes - 1L + gate.byteRoom(now)) / bytes) : 0;
		if (frames > 0) {
			gate.count(frames, frames * bytes, now);
		}
		return frames;
	}

	/** A peer that always has something to send, as a session reads it. */
	private long framesOf(SessionGate gate, long begun, long time, int bytes) {
		long frames = 0;
		this.clock = begun;
		while (this.clock - begun < time) {
			for (int read = 1; read > 0; frames += read) {
				read = read(gate, 1 + this.random.nextInt(64), bytes);
			}
			// Timers are late.
			this.clock += gate.waitNanos() + this.random.nextInt(2_000_000);
		}
		return frames;
	}

	@ParameterizedTest
	@CsvSource({ "100/s, 100", "600/m, 10", "7/s, 7", "100000/h, 27.7778", "30000/s, 30000", "1000000/s, 1000000" })
	void theMeanOfAMinuteIsTheRateOfMessages(String rate, double eachSecond) {
		// As much as comes while the timer is late.
		int burst = (int) Math.max(100, eachSecond / 20);
		for (long begun : new long[] { 0, Long.MAX_VALUE - MINUTE / 2, Long.MIN_VALUE + 1 }) {
			SessionGate gate = gate(begun, (rates) -> rates.messages(Rate.messages(rate)).messagesBurst(burst));

			long frames = framesOf(gate, begun, MINUTE, 10) - burst;

			assertThat((double) frames).isCloseTo(60 * eachSecond, within(60 * eachSecond * 0.02));
		}
	}

	@ParameterizedTest
	@CsvSource({ "1MB/s, 1048576, 1000", "64KB/s, 65536, 1", "10KB/s, 10240, 3000", "1GB/s, 1073741824, 1000000" })
	void theMeanOfAMinuteIsTheRateOfBytes(String rate, double eachSecond, int bytes) {
		int burst = 5_000_000;
		SessionGate gate = gate(0, (rates) -> rates.bytes(Rate.bytes(rate)).bytesBurst(burst));
		// The burst is over by then.
		gate.dropped(burst);

		double sent = (double) framesOf(gate, 0, MINUTE, bytes) * bytes;

		assertThat(sent).isCloseTo(60 * eachSecond, within(60 * eachSecond * 0.02));
	}

	@Test
	void afterASilenceABurstMayComeAndNoMore() {
		SessionGate gate = gate(0, (rates) -> rates.messages(Rate.messages("10/s")).messagesBurst(20));

		for (long now : new long[] { 0, MINUTE, 100 * MINUTE }) {
			assertThat(gate.frameRoom(now)).isEqualTo(20);
			for (int i = 0; i < 20; i++) {
				gate.check("x", 1, 1, now);
			}
			assertThat(gate.frameRoom(now)).isZero();
			assertThat(gate.waitNanos(now)).isEqualTo(100_000_000);
			assertThat(gate.frameRoom(now + 99_999_999)).isZero();
			assertThat(gate.frameRoom(now + 100_000_000)).isEqualTo(1);
			assertThat(gate.frameRoom(now + 1_000_000_000)).isEqualTo(10);
		}
	}

	/**
	 * Then it is hardly ever looked at the clock, and nobody gets more than the burst.
	 */
	@ParameterizedTest
	@CsvSource({ "1000000/s,, 1000000, 32", ",1GB/s, 1073741824, 1000", "500000/s, 256MB/s, 500000, 10",
			"5000000/h,, 200000, 7" })
	void ofALargeBucketThatIsFullAtMostAHundredthIsMissing(String messages, String bytes, int most, int length) {
		SessionGate gate = gate(77,
				(rates) -> rates.messages((messages != null) ? Rate.messages(messages) : null)
					.bytes((bytes != null) ? Rate.bytes(bytes) : null)
					.messagesBurst((most == 200_000) ? most : 0));
		int each = (messages != null) ? 1 : length;
		for (int i = 0; i < 30; i++) {
			// What was counted without the clock is forgotten meanwhile, or is not.
			for (int j = this.random.nextInt(100); j > 0; j--) {
				read(gate, 64, length);
			}
			this.clock += MINUTE * 60;
			this.looks = 0;
			long came = 0;
			long reads = 0;
			for (int read = 1; read > 0; came += read * each) {
				read = read(gate, 1 + this.random.nextInt(64), length);
				reads++;
			}
			assertThat(came).isBetween(most - most / 100L, (long) most + length);
			assertThat(this.looks).isLessThan((int) reads / 4);
		}
	}

	/** A frame that is longer than a step passes, and the clock is looked at for it. */
	@Test
	void framesThatAreLongerThanAStepAreNotForgotten() {
		SessionGate gate = gate(0, (rates) -> rates.bytes(Rate.bytes("100MB/s")));

		for (int i = 0; i < 9; i++) {
			long now = gate.time();
			assertThat(gate.byteRoom(now)).isPositive();
			gate.count(1, 11 << 20, now);
		}
		long now = gate.time();
		assertThat(gate.byteRoom(now)).isPositive();
		gate.count(1, 11 << 20, now);
		assertThat(gate.waitNanos()).isBetween(90_000_000L, 120_000_000L);
		assertThat(gate.frameRoom(gate.time())).isZero();
	}

	/** Whatever has a small bucket, or is checked frame by frame, is exact. */
	@ParameterizedTest
	@CsvSource({ "1000/s, PAUSE", "1000000/s, DROP", "1000000/s, ERROR", "1000000/s, CLOSE" })
	void otherwiseTheClockIsLookedAtForEachRead(String rate, OnExceeded action) {
		SessionGate gate = gate(0, (rates) -> rates.messages(Rate.messages(rate)).onExceeded(action));

		this.looks = 0;
		for (int i = 0; i < 20; i++) {
			gate.count(1, 10, gate.time());
		}
		assertThat(this.looks).isEqualTo(20);
	}

	/** A clock that stands still, or goes back, gives nothing and takes nothing. */
	@Test
	void noJumpOfTheClockGivesMoreThanABurst() {
		SessionGate gate = gate(MINUTE, (rates) -> rates.messages(Rate.messages("10/s")).messagesBurst(20));
		for (int i = 0; i < 20; i++) {
			gate.check("x", 1, 1, MINUTE);
		}

		assertThat(gate.frameRoom(0)).isZero();
		assertThat(gate.frameRoom(MINUTE)).isZero();
		assertThat(gate.frameRoom(1_000 * MINUTE)).isEqualTo(20);
	}

	/** The debt is one of centuries: it must not become none. */
	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE, Long.MIN_VALUE + 1 })
	void aDebtIsNeverForgiven(long now) {
		SessionGate gate = gate(now,
				(rates) -> rates.bytes(Rate.bytes("1/h")).messages(Rate.messages("1/h")).bytesBurst(100));

		for (int i = 0; i < 10; i++) {
			gate.check("x", Integer.MAX_VALUE, Integer.MAX_VALUE, now);
			assertThat(gate.frameRoom(now)).isZero();
			assertThat(gate.waitNanos(now)).isGreaterThan(Duration.ofDays(365).toNanos());
		}
	}

	/** A session that has ended meanwhile is not kept for as long as its peer waits. */
	@Test
	void theTimerIsNotAskedForALongTime() {
		SessionGate gate = gate(0, (rates) -> rates.messages(Rate.messages("1/h")));

		gate.schedule(() -> {
		}, Duration.ofHours(1).toNanos(), true);

		assertThat(this.timer.runNext()).isTrue();
		assertThat(this.timer.now()).isPositive().isLessThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
	}

	@Test
	void aBatchThatIsCheckedLaterEndsBehindWhatIsAllowed() {
		Object[] payloads = { "a", "b", "c" };
		SessionGate gate = gate(0,
				(rates) -> rates.messages(Rate.messages("1/h")).messagesBurst(2).onExceeded(OnExceeded.CLOSE));

		assertThat(gate.admit(payloads, 3, 3, 0)).isEqualTo(2);
		assertThat(payloads[2]).isInstanceOf(CloseStatus.class);
	}

}
