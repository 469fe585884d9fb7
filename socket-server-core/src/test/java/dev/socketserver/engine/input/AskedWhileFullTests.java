package dev.socketserver.engine.input;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ManualTimer;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A session that is asked for something while its input fills, and whose handler takes
 * nothing until there is a reply: whenever that happens between two looks of the loop at
 * the clock, the reply is read.
 */
class AskedWhileFullTests {

	private static final int LOOKS = 8;

	private final ManualTimer timer = new ManualTimer();

	private final TestSession test = new TestSession((spec) -> spec.inbound((inbound) -> inbound.capacity(1)));

	private int looks;

	/** At which look the session is asked. */
	private int asks;

	private @Nullable CompletableFuture<Object> reply;

	private long look() {
		if (this.looks++ == this.asks && this.reply == null) {
			ask();
		}
		return 1_000;
	}

	private void ask() {
		this.reply = this.test.session.ask("?", Duration.ofHours(1));
	}

	private void run() {
		Rates rates = Rates.DEFAULTS.messages(Rate.messages("1/h")).messagesBurst(1_000);
		this.test.session.input()
			.room()
			.makeGate()
			.rates(new SessionRates(rates, 1024, new ServerCounters(), this.timer, this::look));
		this.looks = 0;
		this.test.receive("a\nb\n");
		if (this.reply == null) {
			ask();
		}
		this.test.connection.runLoop();
	}

	@Test
	void theReplyIsReadWheneverItIsAskedFor() {
		for (int asks = 0; asks < LOOKS; asks++) {
			AskedWhileFullTests order = new AskedWhileFullTests();
			order.asks = asks;

			order.run();

			assertThat(order.reply).as("asked at look %s", asks).isDone();
		}
	}

}
