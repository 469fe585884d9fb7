package dev.socketserver.engine.addresses;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketserver.spec.connect.Reconnect;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the next attempt to connect is made.
 */
class BackoffTests {

	private double random = 1;

	private Backoff backoff(int period, int maxPeriod, double jitter) {
		return new Backoff(new Reconnect(Duration.ofMillis(period), Duration.ofMillis(maxPeriod), jitter),
				() -> this.random);
	}

	private static long next(Backoff backoff) {
		return TimeUnit.NANOSECONDS.toMillis(backoff.next());
	}

	@Test
	void doublesUpToTheLongestPeriod() {
		Backoff backoff = backoff(1_000, 5_000, 0);
		assertThat(next(backoff)).isEqualTo(1_000);
		assertThat(next(backoff)).isEqualTo(2_000);
		assertThat(next(backoff)).isEqualTo(4_000);
		assertThat(next(backoff)).isEqualTo(5_000);
		assertThat(next(backoff)).isEqualTo(5_000);
		backoff.reset();
		assertThat(next(backoff)).isEqualTo(1_000);
	}

	@Test
	void jitterOnlyShortens() {
		Backoff backoff = backoff(1_000, 1_000, 0.5);
		assertThat(next(backoff)).isEqualTo(500);
		this.random = 0;
		assertThat(next(backoff)).isEqualTo(1_000);
		this.random = 0.5;
		assertThat(next(backoff)).isEqualTo(750);
	}

	@Test
	void fixedPeriodStaysSo() {
		Backoff backoff = backoff(100, 100, 0);
		assertThat(next(backoff)).isEqualTo(100);
		assertThat(next(backoff)).isEqualTo(100);
	}

	@Test
	void longestPeriodsDoNotOverflow() {
		Backoff backoff = new Backoff(new Reconnect(Duration.ofDays(200), Duration.ofDays(365), 0.5), () -> 0);
		for (int i = 0; i < 100; i++) {
			assertThat(backoff.next()).isBetween(Duration.ofDays(200).toNanos(), Duration.ofDays(365).toNanos());
		}
	}

	@Test
	void onlyAStableConnectionHasWaitingBeginAnew() {
		Backoff backoff = backoff(100, 1_000, 0);
		backoff.next();
		assertThat(backoff.connectionEnded(TimeUnit.MILLISECONDS.toNanos(1_000))).isFalse();
		assertThat(next(backoff)).isEqualTo(200);
		assertThat(backoff.connectionEnded(TimeUnit.MILLISECONDS.toNanos(1_000) + 1)).isTrue();
		assertThat(next(backoff)).isEqualTo(100);
	}

}
