package dev.socketserver.engine.waiting;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChargeTests {

	private final AtomicLong held = new AtomicLong();

	@Test
	void followsInSteps() {
		Charge charge = Charge.inSteps(this.held::addAndGet);

		charge.settle(MemoryHolder.STEP - 1);
		assertThat(this.held).hasValue(0);
		charge.settle(MemoryHolder.STEP);
		charge.settle(MemoryHolder.STEP + 1);
		assertThat(this.held).hasValue(MemoryHolder.STEP);
		charge.settleAll(MemoryHolder.STEP + 1);
		assertThat(this.held).hasValue(MemoryHolder.STEP + 1);
		charge.settle(0);
		assertThat(this.held).as("when nothing is held").hasValue(0);
	}

	@Test
	void exactFollowsEachDifference() {
		Charge charge = Charge.exact(this.held::addAndGet);

		charge.settle(1);
		charge.add(2);

		assertThat(this.held).hasValue(3);
		assertThat(charge.addWithin(7, 10)).isTrue();
		assertThat(charge.addWithin(1, 10)).isFalse();
		assertThat(this.held).hasValue(10);
	}

	private static void settle(Charge charge, AtomicLong bytes) {
		long held = -1;
		while (held != bytes.get()) {
			held = bytes.get();
			charge.settle(held);
		}
	}

	@Test
	void threadsThatChargeTheirLastChangeForgetNone() throws Exception {
		Charge charge = Charge.inSteps(this.held::addAndGet);
		AtomicLong bytes = new AtomicLong();
		CountDownLatch done = new CountDownLatch(2);
		for (int step : new int[] { 1500, 2500 }) {
			new Thread(() -> {
				for (int i = 0; i < 20_000; i++) {
					bytes.addAndGet(step);
					settle(charge, bytes);
					bytes.addAndGet(-step);
					settle(charge, bytes);
				}
				done.countDown();
			}).start();
		}

		Patience.await(done);
		assertThat(this.held).hasValue(0);
	}

}
