package dev.socketserver.engine.gate;

import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.Rates;
import org.jspecify.annotations.Nullable;

/**
 * How fast the peers of sessions may send; shared by all sessions with the same rates.
 * Immutable.
 */
public final class SessionRates {

	private final Rates rules;

	private final @Nullable Bucket messages;

	private final @Nullable Bucket bytes;

	private final ServerCounters counters;

	private final ScheduledExecutorService timer;

	/**
	 * Creates the object.
	 * @param rules what is allowed
	 * @param frame the greatest length of a frame, in bytes
	 * @param counters counts what is too much
	 * @param timer has time pass
	 */
	public SessionRates(Rates rules, int frame, ServerCounters counters, ScheduledExecutorService timer) {
		this.rules = rules;
		this.messages = Bucket.of(rules.messages(), rules.messagesBurst(), 1);
		this.bytes = Bucket.of(rules.bytes(), rules.bytesBurst(), frame);
		this.counters = counters;
		this.timer = timer;
	}

	/**
	 * Returns what is allowed.
	 * @return the rules
	 */
	public Rates rules() {
		return this.rules;
	}

	@Nullable Bucket messages() {
		return this.messages;
	}

	@Nullable Bucket bytes() {
		return this.bytes;
	}

	void countExceeded() {
		this.counters.countRateExceeded(this.rules.onExceeded());
	}

	ScheduledExecutorService timer() {
		return this.timer;
	}

}
