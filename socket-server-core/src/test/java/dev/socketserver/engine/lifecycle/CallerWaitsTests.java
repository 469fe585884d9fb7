package dev.socketserver.engine.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How calling threads wait.
 */
class CallerWaitsTests {

	@Test
	void aTimeInWhichTheProcessStandsStillIsOneWaitOfMany() {
		StandingStill end = new StandingStill();

		assertThat(CallerWaits.isDone(end, Duration.ofSeconds(5))).isTrue();
	}

	@Test
	void theWholeTimeIsWaitedFor() {
		long begun = System.nanoTime();

		assertThat(CallerWaits.isDone(new CompletableFuture<>(), Duration.ofMillis(150))).isFalse();

		assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(150));
	}

	@Test
	void whatFailsIsNotWaitedFor() {
		CompletableFuture<Object> end = CompletableFuture.failedFuture(new IllegalStateException());

		assertThat(CallerWaits.isDone(end, Patience.limit())).isFalse();
	}

	/** Is over with the second look: before that, the process stands still. */
	private static final class StandingStill extends CompletableFuture<Object> {

		private boolean stoodStill;

		@Override
		public Object get(long timeout, TimeUnit unit) throws TimeoutException {
			if (this.stoodStill) {
				return this;
			}
			this.stoodStill = true;
			throw new TimeoutException();
		}

	}

}
