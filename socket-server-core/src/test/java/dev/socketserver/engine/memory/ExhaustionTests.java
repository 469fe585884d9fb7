package dev.socketserver.engine.memory;

import java.io.IOException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ForkJoinWorkerThreadFactory;
import java.util.concurrent.ForkJoinPool.ManagedBlocker;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.engine.lane.LongWait;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is left out, or done in another way, when there is no memory or no thread. */
class ExhaustionTests {

	@Test
	void attemptReturnsWhatTheWorkReturns() {
		assertThat(Exhaustion.attempt(() -> true)).isTrue();
		assertThat(Exhaustion.attempt(() -> false)).isFalse();
	}

	@Test
	void attemptWithoutMemoryHasFailed() {
		assertThat(Exhaustion.attempt(() -> {
			throw new OutOfMemoryError("of the test");
		})).isFalse();
	}

	@Test
	void otherFailuresPass() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> Exhaustion.attempt(() -> {
			throw new IOException("of the test");
		}));
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> Exhaustion.attempt(() -> {
			throw new StackOverflowError("of the test");
		}));
	}

	@Test
	void waitInAPoolThatGetsNoFurtherThreadGoesOnWithoutOne() throws Exception {
		AtomicInteger made = new AtomicInteger();
		ForkJoinWorkerThreadFactory oneThread = (pool) -> {
			if (made.incrementAndGet() > 1) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			return ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
		};
		ForkJoinPool pool = new ForkJoinPool(1, oneThread, null, false);
		try {
			AtomicInteger blocked = new AtomicInteger();
			Patience.await(pool.submit(() -> {
				LongWait.on(new ManagedBlocker() {

					@Override
					public boolean block() {
						return blocked.incrementAndGet() == 3;
					}

					@Override
					public boolean isReleasable() {
						return false;
					}

				});
				return null;
			}));

			assertThat(made).hasValueGreaterThan(1);
			assertThat(blocked).hasValue(3);
		}
		finally {
			pool.shutdownNow();
		}
	}

}
