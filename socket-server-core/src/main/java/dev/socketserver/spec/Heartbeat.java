package dev.socketserver.spec;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Heartbeats: frames with an empty payload, by which a side that has nothing to send
 * shows that it is still there. They are neither given to the handler nor counted as
 * messages, and the application cannot send an empty payload itself. Both sides should be
 * configured alike. The framing must be a
 * {@link dev.socketserver.framing.Framing#lengthField() length-field} one that allows
 * empty frames.
 *
 * @param period how long nothing must have been sent before a heartbeat is sent; at least
 * 10 milliseconds and at most a year
 * @param timeout time without a byte from the peer after which its session is aborted
 * with {@link dev.socketserver.CloseReason#HEARTBEAT_TIMEOUT}; time during which the
 * session does not read from its socket is not counted. Must be longer than the period,
 * and should be at least twice as long
 */
public record Heartbeat(Duration period, Duration timeout) {

	private static final Duration MIN = Duration.ofMillis(10);

	private static final Duration MAX = Duration.ofDays(366);

	private static final int PERIODS = 4;

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Heartbeat {
		InvalidSpecException.check(period.compareTo(MIN) >= 0 && period.compareTo(MAX) <= 0, "heartbeat.period", period,
				"must be at least 10 milliseconds and at most a year");
		InvalidSpecException.check(timeout.compareTo(period) > 0, "heartbeat.timeout", timeout,
				"must be longer than heartbeat.period, " + period.toMillis()
						+ " ms: a peer that sends its heartbeats in time would be cut");
		Timeouts.check("heartbeat.timeout", timeout);
	}

	/**
	 * Returns heartbeats with the default timeout, which is four periods.
	 * @param period the period
	 * @return the component
	 * @throws InvalidSpecException if the period is not possible
	 */
	public static Heartbeat of(Duration period) {
		boolean possible = !period.isNegative() && period.compareTo(MAX) <= 0;
		return new Heartbeat(period, possible ? period.multipliedBy(PERIODS) : period);
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Heartbeat with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Returns heartbeats whose timeout, unless it is set, is four periods.
	 * @param values sets the components
	 * @return the heartbeats
	 * @throws InvalidSpecException if there is no period, or a value is invalid
	 */
	public static Heartbeat of(Consumer<Builder> values) {
		Builder builder = new Builder(null);
		values.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private @Nullable Duration period;

		private @Nullable Duration timeout;

		private Builder(@Nullable Heartbeat from) {
			if (from != null) {
				this.period = from.period();
				this.timeout = from.timeout();
			}
		}

		/**
		 * Sets {@link Heartbeat#period()}.
		 * @param period the value
		 * @return this builder
		 */
		public Builder period(Duration period) {
			this.period = period;
			return this;
		}

		/**
		 * Sets {@link Heartbeat#timeout()}.
		 * @param timeout the value
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		private Heartbeat build() {
			Duration period = this.period;
			if (period == null) {
				throw new InvalidSpecException("heartbeat.period", null, "is required");
			}
			return (this.timeout != null) ? new Heartbeat(period, this.timeout) : of(period);
		}

	}

}
