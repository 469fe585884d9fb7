package dev.socketserver.engine.threads;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.ManualTimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlineTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final ManualTimer timer = new ManualTimer();

	private final AtomicBoolean ended = new AtomicBoolean();

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	@Test
	void aTimerThatIsAlwaysLateDoublesTheTimeAtMost() {
		AtomicLong late = new AtomicLong();
		long each = TimeUnit.MILLISECONDS.toNanos(20);
		Deadline deadline = new Deadline(() -> this.timer.now() + late.addAndGet(each));

		deadline.begin(this.timer, SECOND, SECOND, () -> this.ended.set(true));
		this.timer.runUntil(SECOND);
		assertThat(this.ended).isFalse();
		this.timer.runUntil(2 * SECOND);

		assertThat(this.ended).isTrue();
	}

}
