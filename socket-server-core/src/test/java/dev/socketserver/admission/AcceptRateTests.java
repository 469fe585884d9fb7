package dev.socketserver.admission;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptRateTests {

	private static final long TENTH = 100_000_000;

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	@Test
	void noSecondSeesMoreThanATenthAboveTheRate() {
		for (int rate : new int[] { 1, 7, 10, 99, 1_000, 100_000 }) {
			AcceptRate accepts = new AcceptRate(rate, TENTH, 0);
			long now = 0;
			long count = 0;
			while (now < 3 * SECOND) {
				now += accepts.take(now);
				count++;
			}
			assertThat(count).isBetween(3L * rate, 3L * rate + Math.max(1, rate / 10) + 2);
		}
	}

	@Test
	void aTenthOfASecondsWorthMayComeAtOnce() {
		AcceptRate accepts = new AcceptRate(100, TENTH, 5);
		for (int i = 0; i < 9; i++) {
			assertThat(accepts.take(5)).isZero();
		}
		assertThat(accepts.take(5)).isEqualTo(SECOND / 100);
	}

	@Test
	void whatIsNotUsedIsNotSavedForLater() {
		AcceptRate accepts = new AcceptRate(10, TENTH, 0);
		assertThat(accepts.take(100 * SECOND)).isEqualTo(SECOND / 10);
	}

	@Test
	void connectionsThatCameTooEarlyAreWaitedForLater() {
		AcceptRate accepts = new AcceptRate(10, TENTH, 0);
		accepts.take(0);
		assertThat(accepts.take(0)).isEqualTo(SECOND / 5);
		assertThat(accepts.take(SECOND / 5)).isEqualTo(SECOND / 10);
	}

}
