package dev.socketserver.engine.input;

import java.util.concurrent.TimeUnit;

import dev.socketserver.ManualTimer;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer that has to wait for its rate, while the handler has no room either. Loop, timer
 * and handler each see whether the other reason is over, and one of them has to go on,
 * whatever happens between their looks at the clock.
 */
class RatePauseTests {

	private static final int LOOKS = 8;

	private final ManualTimer timer = new ManualTimer();

	private final TestSession test = new TestSession((spec) -> spec.inbound((inbound) -> inbound.capacity(2)));

	private long now = 1_000;

	private int looks;

	private boolean handling;

	/** At which look the handler takes what waits for it, and has done with it. */
	private int handles;

	/** At which look what was scheduled before is due. */
	private int fires;

	/** At which look it is late enough for the peer to go on. */
	private int ends;

	/** What the test says may happen happens in the midst of the look. */
	private long look() {
		int look = this.looks++;
		if (look == this.fires) {
			this.timer.runNext();
		}
		if (look == this.handles) {
			handle();
		}
		if (look == this.ends) {
			this.now += TimeUnit.HOURS.toNanos(2);
		}
		return this.now;
	}

	private void handle() {
		if (!this.handling) {
			this.handling = true;
			this.test.runLanes();
			this.handling = false;
		}
	}

	private void run() {
		Rates rates = Rates.DEFAULTS.messages(Rate.messages("1/h")).messagesBurst(2);
		this.test.session.input()
			.room()
			.makeGate()
			.rates(new SessionRates(rates, 1024, new ServerCounters(), this.timer, this::look));
		this.looks = 0;

		this.test.receive("a\nb\nc\n");
		this.timer.runNext();
		handle();
		this.now += TimeUnit.HOURS.toNanos(2);
		do {
			this.test.drain();
		}
		while (this.timer.runNext());
	}

	@Test
	void whateverHappensInBetweenItGoesOn() {
		for (int handles = 0; handles < LOOKS; handles++) {
			for (int fires = 0; fires < LOOKS; fires++) {
				for (int ends = 0; ends < LOOKS; ends++) {
					RatePauseTests order = new RatePauseTests();
					order.handles = handles;
					order.fires = fires;
					order.ends = ends;

					order.run();

					assertThat(order.test.connection.events)
						.as("handled at look %s, fired at %s, over at %s", handles, fires, ends)
						.anyMatch((event) -> event.contains("c|"));
					assertThat(order.timer.waiting()).isZero();
				}
			}
		}
	}

}
