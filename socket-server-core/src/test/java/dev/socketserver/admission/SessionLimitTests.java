package dev.socketserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SessionLimitTests {

	@Test
	void holdsExactlyUnderRaces() throws Exception {
		int max = 3;
		SessionLimit limit = new SessionLimit();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Thread thread = new Thread(() -> {
				for (int round = 0; round < 200_000; round++) {
					if (limit.tryAcquire(max)) {
						most.accumulateAndGet(inside.incrementAndGet(), Math::max);
						inside.decrementAndGet();
						limit.release();
					}
				}
			});
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}

		assertThat(most.get()).isBetween(1, max);
		assertThat(limit.taken()).isZero();
	}

	@Test
	void cannotGiveBackWhatWasNotTaken() {
		assertThatIllegalStateException().isThrownBy(() -> new SessionLimit().release());
	}

}
