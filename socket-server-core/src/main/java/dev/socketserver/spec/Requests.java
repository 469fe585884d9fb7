package dev.socketserver.spec;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
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
		boolean inTurn = order == RequestOrder.ONE_AT_A_TIME;
		InvalidSpecException.check(inTurn || late.isZero(), "requestsLate", late, ONLY_IN_TURN);
		InvalidSpecException.check(inTurn || reply == null, "requestsReply", reply, ONLY_IN_TURN);
	}

	/**
	 * Whether only one request of a session is under way.
	 * @return {@code true} with {@link RequestOrder#ONE_AT_A_TIME}
	 */
	public boolean oneAtATime() {
		return this.order == RequestOrder.ONE_AT_A_TIME;
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Requests with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private RequestOrder order;

		private Duration late;

		private @Nullable Predicate<Object> reply;

		private Builder(Requests from) {
			this.order = from.order();
			this.late = from.late();
			this.reply = from.reply();
		}

		/**
		 * Sets {@link Requests#order()}.
		 * @param order the value
		 * @return this builder
		 */
		public Builder order(RequestOrder order) {
			this.order = order;
			return this;
		}

		/**
		 * Sets {@link Requests#late()}.
		 * @param late the value
		 * @return this builder
		 */
		public Builder late(Duration late) {
			this.late = late;
			return this;
		}

		/**
		 * Sets {@link Requests#reply()}.
		 * @param reply the value
		 * @return this builder
		 */
		public Builder reply(@Nullable Predicate<Object> reply) {
			this.reply = reply;
			return this;
		}

		private Requests build() {
			return new Requests(this.order, this.late, this.reply);
		}

	}

}
