package dev.socketserver.spec;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * How requests to the peer of a session follow each other.
 *
 * @param order when a request is sent; default {@link RequestOrder#IN_ORDER}
 * @param late how long a request that was given up is remembered: a reply within that
 * time is dropped, and the next request waits for it. Only with
 * {@link RequestOrder#ONE_AT_A_TIME}, at most a year; zero, the default, for not at all
 * @param reply accepts payloads that are replies; all others are messages. Only with
 * {@link RequestOrder#ONE_AT_A_TIME}; {@code null}, the default, if whatever is received
 * while a request is under way is its reply. It is called with what a handler gets, on a
 * background thread, or on the I/O thread in {@link ExecutionMode#EVENT_LOOP}; it must be
 * safe for use by several threads, and quick
 */
public record Requests(RequestOrder order, Duration late, @Nullable Predicate<Object> reply) {

	private static final Duration MAX = Duration.ofDays(366);

	private static final String ONLY_IN_TURN = "has no effect: requests are in-order, not one-at-a-time";

	/** Requests without any setting. */
	public static final Requests DEFAULTS = new Requests(RequestOrder.IN_ORDER, Duration.ZERO, null);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Requests {
		Objects.requireNonNull(order, "order");
		Objects.requireNonNull(late, "late");
		InvalidSpecException.check(!late.isNegative() && late.compareTo(MAX) <= 0, "requestsLate", late,
				"must be between 0 and a year");
	}

	/**
	 * Checks what the components mean together.
	 * @throws InvalidSpecException if they exclude each other
	 */
	public void check() {
		InvalidSpecException.check(oneAtATime() || this.late.isZero(), "requestsLate", this.late, ONLY_IN_TURN);
		InvalidSpecException.check(oneAtATime() || this.reply == null, "requestsReply", this.reply, ONLY_IN_TURN);
	}

	/**
	 * Whether only one request of a session is under way.
	 * @return {@code true} with {@link RequestOrder#ONE_AT_A_TIME}
	 */
	public boolean oneAtATime() {
		return this.order == RequestOrder.ONE_AT_A_TIME;
	}

	/**
	 * Returns a copy with another {@link #order()}.
	 * @param order the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Requests order(RequestOrder order) {
		return new Requests(order, this.late, this.reply);
	}

	/**
	 * Returns a copy with another {@link #late()}.
	 * @param late the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Requests late(Duration late) {
		return new Requests(this.order, late, this.reply);
	}

	/**
	 * Returns a copy with another {@link #reply()}.
	 * @param reply the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Requests reply(@Nullable Predicate<Object> reply) {
		return new Requests(this.order, this.late, reply);
	}

}
