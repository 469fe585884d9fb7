package dev.socketserver.bridge.jdbc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GatheringTests {

	private static final int MOST = 256;

	private final AtomicLong now = new AtomicLong();

	private final AtomicInteger pauses = new AtomicInteger();

	private final Gathering gathering = new Gathering(MOST, this.now::get, (nanos) -> {
		this.now.addAndGet(nanos);
		this.pauses.incrementAndGet();
	});

	/** So many wait before the first pause, and after each of them. */
	private IntSupplier waiting(int... numbers) {
		return () -> numbers[Math.min(this.pauses.get(), numbers.length - 1)];
	}

	@Test
	void theFirstMessageDoesNotWait() {
		this.gathering.await(waiting(1, 2));

		assertThat(this.pauses).hasValue(0);
	}

	@Test
	void aMessageBehindALoneOneDoesNotWait() {
		this.gathering.taken(2);
		this.gathering.taken(1);
		this.gathering.await(waiting(1, 2));

		assertThat(this.pauses).hasValue(0);
	}

	@Test
	void messagesBehindSeveralWaitWhileMoreCome() {
		this.gathering.taken(2);
		this.gathering.await(waiting(1, 2, 5, 5, 6));

		assertThat(this.pauses).hasValue(3);
	}

	@Test
	void asManyAsATransactionMayHaveDoNotWait() {
		this.gathering.taken(2);
		this.gathering.await(waiting(1, MOST, MOST + 1));

		assertThat(this.pauses).hasValue(1);
	}

	@Test
	void theyWaitForAMillisecondAtMost() {
		this.gathering.taken(2);
		this.gathering.await(() -> 1 + this.pauses.get());

		assertThat(this.now.get()).isBetween(TimeUnit.MILLISECONDS.toNanos(1), TimeUnit.MICROSECONDS.toNanos(1030));
	}

}
