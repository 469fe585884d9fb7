package dev.socketserver.spec;

import java.time.Duration;
import java.util.Objects;

/**
 * How the sessions of a server that drains are ended: one after the other, so that their
 * peers do not all reconnect at the same time.
 *
 * @param delay how long the server still accepts connections after it has begun to drain,
 * so that load balancers can notice; at most a year, default zero
 * @param over the time over which sessions are ended, evenly, at most a year; zero, the
 * default, leaves them alone until the time of the drain is over
 * @param order which sessions are ended first; default {@link Order#IDLE_FIRST}
 */
public record DrainPlan(Duration delay, Duration over, Order order) {

	private static final Duration MAX = Duration.ofDays(365);

	/** Neither a delay nor a time over which sessions are ended. */
	public static final DrainPlan NONE = new DrainPlan(Duration.ZERO, Duration.ZERO, Order.IDLE_FIRST);

	/** The parts of a time that {@link #within} uses, of {@link #PARTS}. */
	private static final int USED_PARTS = 9;

	private static final int PARTS = 10;

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if a time is negative or longer than a year
	 */
	public DrainPlan {
		Objects.requireNonNull(order, "order");
		InvalidSpecException.check(!delay.isNegative(), "drain.delay", delay, "must not be negative");
		InvalidSpecException.check(!over.isNegative(), "drain.over", over, "must not be negative");
		InvalidSpecException.check(delay.compareTo(MAX) <= 0, "drain.delay", delay, "must not be longer than a year");
		InvalidSpecException.check(over.compareTo(MAX) <= 0, "drain.over", over, "must not be longer than a year");
	}

	/**
	 * Whether there is neither a delay nor a time over which sessions are ended.
	 * @return {@code true} if a server drains without any plan
	 */
	public boolean isNone() {
		return this.delay.isZero() && this.over.isZero();
	}

	/**
	 * Returns how long it takes until the last session is asked to end.
	 * @return the delay, and the time over which sessions are ended
	 */
	public Duration length() {
		return this.delay.plus(this.over);
	}

	/**
	 * Returns a plan that fits into a time. A tenth of that is left to the sessions that
	 * are asked last, for their calls and replies.
	 * @param time the time
	 * @return this plan if its {@link #length()} fits; else one whose delay and over are
	 * shorter in proportion
	 */
	public DrainPlan within(Duration time) {
		long most = time.toMillis() * USED_PARTS / PARTS;
		long length = length().toMillis();
		if (length <= most) {
			return this;
		}
		double share = (double) Math.max(0, most) / length;
		return new DrainPlan(shortened(this.delay, share), shortened(this.over, share), this.order);
	}

	private static Duration shortened(Duration duration, double share) {
		return Duration.ofMillis((long) (duration.toMillis() * share));
	}

	/** Which sessions are ended first. */
	public enum Order {

		/**
		 * Those whose peers have been silent for longest; those with a call, a reply or a
		 * request under way are the last.
		 */
		IDLE_FIRST,

		/** Those that opened first. */
		OLDEST,

		/** Any. */
		RANDOM

	}

	/**
	 * Returns a copy with another {@link #delay()}.
	 * @param delay the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DrainPlan delay(Duration delay) {
		return new DrainPlan(delay, this.over, this.order);
	}

	/**
	 * Returns a copy with another {@link #over()}.
	 * @param over the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DrainPlan over(Duration over) {
		return new DrainPlan(this.delay, over, this.order);
	}

	/**
	 * Returns a copy with another {@link #order()}.
	 * @param order the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DrainPlan order(Order order) {
		return new DrainPlan(this.delay, this.over, order);
	}

}
