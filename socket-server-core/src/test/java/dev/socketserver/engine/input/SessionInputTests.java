package dev.socketserver.engine.input;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ManualTimer;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionInputTests {

	private final TestSession test = new TestSession((spec) -> spec);

	private SessionInput input(int capacity, int bytes, InboundOverflow overflow) {
		FrameSteps steps = FrameSteps.of(this.test.session.spec(), this.test.session.state().connection());
		return new SessionInput(this.test.session, new Bounds<>(capacity, bytes, overflow),
				steps.first(this.test.session.spec()).decoder(), steps);
	}

	@Test
	void eitherBoundCounts() {
		SessionInput input = input(4, 100, InboundOverflow.BLOCK);
		assertThat(input.room().frameRoom()).isEqualTo(4);
		input.room().added(3, 30);
		assertThat(input.room().frameRoom()).isOne();
		input.room().added(1, 70);
		assertThat(input.room().frameRoom()).isZero();
		assertThat(input.room().taken(2, 0)).isFalse();
		assertThat(input.room().frameRoom()).as("bytes are still at the limit").isZero();
		assertThat(input.room().byteRoom()).isZero();
		input.room().taken(2, 100);
		assertThat(input.room().frameRoom()).isEqualTo(4);
	}

	@Test
	void reportsOfRoomOnceWhenHalfOfItIsFree() {
		SessionInput input = input(4, 100, InboundOverflow.BLOCK);
		input.room().added(4, 4);
		assertThat(input.stop()).isTrue();
		assertThat(input.room().taken(1, 1)).isFalse();
		assertThat(input.room().taken(1, 1)).isTrue();
		assertThat(input.room().taken(1, 1)).isFalse();
	}

	@Test
	void reportsOfRoomWhenHalfOfItsBytesAreFreeToo() {
		SessionInput input = input(10, 100, InboundOverflow.BLOCK);
		input.room().added(3, 100);
		assertThat(input.stop()).isTrue();
		assertThat(input.room().taken(1, 49)).isFalse();
		assertThat(input.room().taken(1, 1)).isTrue();
	}

	@Test
	void whatIsHandledButNotTakenYetWaitsNoMore() {
		SessionInput input = input(10, 100, InboundOverflow.BLOCK);
		input.room().added(4, 4);
		input.room().handled(3);
		assertThat(input.room().frames()).isOne();
		input.room().taken(4, 4);
		input.room().added(2, 2);
		assertThat(input.room().frames()).isEqualTo(2);
	}

	@Test
	void oneFrameAloneMayBeLongerThanAllMayBe() {
		SessionInput input = input(10, 100, InboundOverflow.CLOSE);
		input.room().added(1, 101);
		assertThat(input.room().overflowed()).isFalse();
		input.room().added(1, 1);
		assertThat(input.room().overflowed()).isTrue();
	}

	@Test
	void doesNotStopWhenRoomCameAboutInTheMeantime() {
		SessionInput input = input(4, 100, InboundOverflow.BLOCK);
		input.room().added(4, 4);
		input.room().taken(4, 4);
		assertThat(input.stop()).isFalse();
		assertThat(input.room().taken(0, 0)).as("no one waits").isFalse();
	}

	/**
	 * A reader that stops at the limit and a handler that frees it must never both wait.
	 */
	@Test
	void noWakeUpIsLostBetweenReaderAndHandler() throws Exception {
		int frames = 100_000;
		// To ask for it each time would take longer than all the rest.
		long patience = Patience.seconds();
		SessionInput input = input(4, 1_000_000, InboundOverflow.BLOCK);
		BlockingQueue<Integer> handed = new LinkedBlockingQueue<>();
		Semaphore resumed = new Semaphore(0);
		BlockingQueue<String> result = new ArrayBlockingQueue<>(1);
		Thread handler = new Thread(() -> {
			try {
				for (int i = 0; i < frames; i++) {
					if (handed.poll(patience, TimeUnit.SECONDS) == null) {
						result.add("starved at " + i);
						return;
					}
					if (input.room().taken(1, 1)) {
						resumed.release();
					}
				}
				result.add("all");
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		handler.start();

		for (int i = 0; i < frames; i++) {
			if (input.room().frameRoom() == 0 && input.stop()) {
				assertThat(resumed.tryAcquire(patience, TimeUnit.SECONDS)).as("resumed at " + i).isTrue();
			}
			input.room().added(1, 1);
			handed.add(i);
		}

		assertThat(result.poll(patience, TimeUnit.SECONDS)).isEqualTo("all");
		assertThat(input.room().frames()).isZero();
	}

	/** It opens, and reads the rates just before they change. */
	@Test
	void ratesThatWereSwitchedOffDoNotHoldForASessionThatOpensWithThem() {
		SessionInput input = this.test.session.input();
		SessionRates former = new SessionRates(Rates.DEFAULTS.messages(Rate.messages("1/h")), 1024,
				new ServerCounters(), new ManualTimer(), System::nanoTime);

		input.rates(former, null);
		input.room().makeGate().rates(former);
		this.test.run();

		assertThat(input.rate()).isNull();
	}

}
