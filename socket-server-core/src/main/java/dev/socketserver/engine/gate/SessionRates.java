package dev.socketserver.engine.gate;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rates;
import org.jspecify.annotations.Nullable;

/**
 * How fast the peers of sessions may send; shared by all sessions with the same rates.
 * Immutable.
 */
public final class SessionRates implements Terms {

	/**
	 * How long a task waits on the timer at most: a session that has ended meanwhile is
	 * kept by it.
	 */
	private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);

	/** At least as many as are decoded at once. */
	private static final int BATCH_OF_MESSAGES = 64;

	private static final int BATCH_OF_BYTES = 64 * 1024;

	private final Rates rules;

	private final boolean pauses;

	private final @Nullable Bucket messages;

	private final @Nullable Bucket bytes;

	private final ServerCounters counters;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	/**
	 * Creates the object.
	 * @param rules what is allowed
	 * @param frame the greatest length of a frame, in bytes
	 * @param counters counts what exceeds the rates
	 * @param timer runs what has to wait
	 * @param nanoTime the monotonic clock
	 */
	public SessionRates(Rates rules, int frame, ServerCounters counters, ScheduledExecutorService timer,
			LongSupplier nanoTime) {
		this.rules = rules;
		this.pauses = rules.onExceeded() == OnExceeded.PAUSE;
		this.messages = Bucket.of(rules.messages(), rules.messagesBurst(), 1, BATCH_OF_MESSAGES, !this.pauses);
		this.bytes = Bucket.of(rules.bytes(), rules.bytesBurst(), frame, BATCH_OF_BYTES, !this.pauses);
		this.counters = counters;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/**
	 * Returns what is allowed.
	 * @return the rules
	 */
	public Rates rules() {
		return this.rules;
	}

	/** Whether a peer that sends too much has to wait; else each message is checked. */
	boolean pauses() {
		return this.pauses;
	}

	LongSupplier clock() {
		return this.nanoTime;
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

	/**
	 * Runs a task when a peer need not wait any longer, or a little earlier.
	 * @param task the task, which must not throw
	 * @param nanos how long the peer has to wait
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // it does not throw
	void schedule(Runnable task, long nanos) {
		this.timer.schedule(task, Math.min(nanos, LONGEST_WAIT), TimeUnit.NANOSECONDS);
	}

	/** Returns how a session ends whose peer sends too much, if it does. */
	@Nullable CloseStatus refusal() {
		return (this.rules.onExceeded() == OnExceeded.CLOSE)
				? CloseStatus.of(CloseReason.RATE_EXCEEDED, "more than " + limits()) : null;
	}

	private String limits() {
		String messages = "rate.messages = " + this.rules.messages();
		String bytes = "rate.bytes = " + this.rules.bytes();
		if (this.rules.messages() == null) {
			return bytes;
		}
		return (this.rules.bytes() == null) ? messages : messages + " or " + bytes;
	}

}
