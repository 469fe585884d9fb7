package dev.socketserver.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Heartbeats: messages by which a side that has nothing to say shows that it is still
 * there. They are neither given to the handler nor counted as messages. By default they
 * are frames with an empty payload, which both sides send, and the application cannot
 * send an empty payload itself. The framing must then be a
 * {@link dev.socketserver.framing.Framing#lengthField() length-field} one that allows
 * empty frames. A protocol that has a message for this purpose sets {@code message},
 * {@code reply} and {@code answer}, with any framing.
 * <p>
 * Bytes are written as {@link dev.socketserver.framing.ByteValues} reads them, texts in
 * the charset of the server or client. A text of digits alone is refused, since a file
 * may have made a number of it.
 *
 * @param period how long nothing must have been sent before a heartbeat is sent; at least
 * 10 milliseconds and at most a year; {@code null} if none are sent
 * @param timeout time without a byte from the peer after which its session is aborted
 * with {@link dev.socketserver.CloseReason#HEARTBEAT_TIMEOUT}; time during which the
 * session does not read from its socket is not counted. Must be longer than the period,
 * and should be at least twice as long; {@code null} without a period
 * @param message the payload that is sent; {@code null}, the default, for an empty frame
 * @param reply how the peer's answers to it begin, which are no messages; {@code null},
 * the default, if it does not answer
 * @param replyTimeout how long an answer may take before the session is aborted with
 * {@link dev.socketserver.CloseReason#HEARTBEAT_TIMEOUT}; by default the period
 * @param answer what the peer's own heartbeats are answered with; default nothing
 * @param placeholder position and length of a number in the message, such as {@code 8:4},
 * which is one higher in each of a connection; {@code null}, the default, if there is
 * none
 */
public record Heartbeat(@Nullable Duration period, @Nullable Duration timeout, @Nullable String message,
		@Nullable String reply, @Nullable Duration replyTimeout, List<Answer> answer, @Nullable String placeholder) {

	private static final Duration MIN = Duration.ofMillis(10);

	private static final Duration MAX = Duration.ofDays(366);

	private static final int PERIODS = 4;

	/**
	 * Checks the components; what their bytes are is checked with the framing.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Heartbeat {
		answer = List.copyOf(answer);
		if (period == null) {
			InvalidSpecException.check(!answer.isEmpty() || reply != null, "heartbeat.period", null, "is required");
		}
		else {
			InvalidSpecException.check(period.compareTo(MIN) >= 0 && period.compareTo(MAX) <= 0, "heartbeat.period",
					period, "must be at least 10 milliseconds and at most a year");
			timeout = (timeout != null) ? timeout : period.multipliedBy(PERIODS);
			InvalidSpecException.check(timeout.compareTo(period) > 0, "heartbeat.timeout", timeout,
					"must be longer than heartbeat.period, " + period.toMillis()
							+ " ms: a peer that sends its heartbeats in time would be cut");
		}
		Timeouts.check("heartbeat.timeout", timeout);
		Timeouts.check("heartbeat.replyTimeout", replyTimeout);
		replyTimeout = (replyTimeout != null || reply == null) ? replyTimeout : period;
	}

	/**
	 * Creates heartbeats that are empty frames.
	 * @param period see {@link #period()}
	 * @param timeout see {@link #timeout()}
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Heartbeat(Duration period, Duration timeout) {
		this(period, timeout, null, null, null, List.of(), null);
	}

	/**
	 * Returns heartbeats that are empty frames, with the default timeout, which is four
	 * periods.
	 * @param period the period
	 * @return the component
	 * @throws InvalidSpecException if the period is not possible
	 */
	public static Heartbeat of(Duration period) {
		return new Heartbeat(period, null, null, null, null, List.of(), null);
	}

	/**
	 * Whether empty frames are heartbeats, and no messages.
	 * @return {@code false} if the protocol has a message for this purpose, or none are
	 * sent
	 */
	public boolean emptyFrames() {
		return this.message == null && (this.period != null || this.reply != null);
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
	 * @throws InvalidSpecException if there is neither a period nor an answer, or a value
	 * is invalid
	 */
	public static Heartbeat of(Consumer<Builder> values) {
		Builder builder = new Builder(null);
		values.accept(builder);
		return builder.build();
	}

	/**
	 * What one of the peer's own heartbeats is answered with, at once and on the I/O
	 * thread. It is no message, and counts as a sign of life.
	 *
	 * @param to how it begins
	 * @param with the payload that is sent
	 * @param copy which of its bytes are put into that payload, such as {@code 8:4} for
	 * four bytes from position 8, or {@code 8:4>0} for the same at position 0 there;
	 * {@code null}, the default, for none
	 */
	public record Answer(String to, String with, @Nullable String copy) {

		/**
		 * Creates an answer that is always the same.
		 * @param to see {@link #to()}
		 * @param with see {@link #with()}
		 */
		public Answer(String to, String with) {
			this(to, with, null);
		}

	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private @Nullable Duration period;

		private @Nullable Duration timeout;

		private @Nullable String message;

		private @Nullable String reply;

		private @Nullable Duration replyTimeout;

		private List<Answer> answer = List.of();

		private @Nullable String placeholder;

		private Builder(@Nullable Heartbeat from) {
			if (from != null) {
				this.period = from.period();
				this.timeout = from.timeout();
				this.message = from.message();
				this.reply = from.reply();
				this.replyTimeout = from.replyTimeout();
				this.answer = from.answer();
				this.placeholder = from.placeholder();
			}
		}

		/**
		 * Sets {@link Heartbeat#period()}.
		 * @param period the value
		 * @return this builder
		 */
		public Builder period(@Nullable Duration period) {
			this.period = period;
			return this;
		}

		/**
		 * Sets {@link Heartbeat#timeout()}.
		 * @param timeout the value
		 * @return this builder
		 */
		public Builder timeout(@Nullable Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		/**
		 * Sets {@link Heartbeat#message()}.
		 * @param message the value
		 * @return this builder
		 */
		public Builder message(@Nullable String message) {
			this.message = message;
			return this;
		}

		/**
		 * Sets {@link Heartbeat#reply()}.
		 * @param reply the value
		 * @return this builder
		 */
		public Builder reply(@Nullable String reply) {
			this.reply = reply;
			return this;
		}

		/**
		 * Sets {@link Heartbeat#replyTimeout()}.
		 * @param replyTimeout the value
		 * @return this builder
		 */
		public Builder replyTimeout(@Nullable Duration replyTimeout) {
			this.replyTimeout = replyTimeout;
			return this;
		}

		/**
		 * Adds to {@link Heartbeat#answer()}.
		 * @param to how a heartbeat of the peer begins
		 * @param with the payload that it is answered with
		 * @return this builder
		 */
		public Builder answer(String to, String with) {
			return answer(to, with, null);
		}

		/**
		 * Adds to {@link Heartbeat#answer()}.
		 * @param to how a heartbeat of the peer begins
		 * @param with the payload that it is answered with
		 * @param copy which of its bytes are put into that payload, or {@code null}
		 * @return this builder
		 */
		public Builder answer(String to, String with, @Nullable String copy) {
			List<Answer> all = new ArrayList<>(this.answer);
			all.add(new Answer(to, with, copy));
			return answer(all);
		}

		/**
		 * Sets {@link Heartbeat#answer()}.
		 * @param answer the value
		 * @return this builder
		 */
		public Builder answer(List<Answer> answer) {
			this.answer = answer;
			return this;
		}

		/**
		 * Sets {@link Heartbeat#placeholder()}.
		 * @param placeholder the value
		 * @return this builder
		 */
		public Builder placeholder(@Nullable String placeholder) {
			this.placeholder = placeholder;
			return this;
		}

		private Heartbeat build() {
			return new Heartbeat(this.period, this.timeout, this.message, this.reply, this.replyTimeout, this.answer,
					this.placeholder);
		}

	}

}
