package dev.socketserver.spec;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

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

	/** Nothing is sent, and nothing answered. */
	public static final Heartbeat NONE = new Heartbeat(null, null, null, null, null, List.of(), null);

	/**
	 * Checks the period and the time for replies; what the bytes are is checked with the
	 * framing.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Heartbeat {
		answer = List.copyOf(answer);
		if (period != null) {
			InvalidSpecException.check(period.compareTo(MIN) >= 0 && period.compareTo(MAX) <= 0, "heartbeat.period",
					period, "must be at least 10 milliseconds and at most a year");
			timeout = (timeout != null) ? timeout : period.multipliedBy(PERIODS);
		}
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
		return NONE.period(period);
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
	 * Checks what the components mean together.
	 * @throws InvalidSpecException if there is neither a period nor an answer, or the
	 * timeout is too short
	 */
	public void check() {
		if (this.period == null) {
			InvalidSpecException.check(!this.answer.isEmpty() || this.reply != null, "heartbeat.period", null,
					"is required");
		}
		else {
			InvalidSpecException.check(this.timeout != null && this.timeout.compareTo(this.period) > 0,
					"heartbeat.timeout", this.timeout, "must be longer than heartbeat.period, " + this.period.toMillis()
							+ " ms: a peer that sends its heartbeats in time would be cut");
		}
		Timeouts.check("heartbeat.timeout", this.timeout);
	}

	/**
	 * Returns a copy with another {@link #period()}.
	 * @param period the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat period(@Nullable Duration period) {
		return new Heartbeat(period, this.timeout, this.message, this.reply, this.replyTimeout, this.answer,
				this.placeholder);
	}

	/**
	 * Returns a copy with another {@link #timeout()}.
	 * @param timeout the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat timeout(@Nullable Duration timeout) {
		return new Heartbeat(this.period, timeout, this.message, this.reply, this.replyTimeout, this.answer,
				this.placeholder);
	}

	/**
	 * Returns a copy with another {@link #message()}.
	 * @param message the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat message(@Nullable String message) {
		return new Heartbeat(this.period, this.timeout, message, this.reply, this.replyTimeout, this.answer,
				this.placeholder);
	}

	/**
	 * Returns a copy with another {@link #reply()}.
	 * @param reply the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat reply(@Nullable String reply) {
		return new Heartbeat(this.period, this.timeout, this.message, reply, this.replyTimeout, this.answer,
				this.placeholder);
	}

	/**
	 * Returns a copy with another {@link #replyTimeout()}.
	 * @param replyTimeout the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat replyTimeout(@Nullable Duration replyTimeout) {
		return new Heartbeat(this.period, this.timeout, this.message, this.reply, replyTimeout, this.answer,
				this.placeholder);
	}

	/**
	 * Returns a copy with another {@link #answer()}.
	 * @param answer the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat answer(List<Answer> answer) {
		return new Heartbeat(this.period, this.timeout, this.message, this.reply, this.replyTimeout, answer,
				this.placeholder);
	}

	/**
	 * Returns a copy with one more {@link #answer()}, which is always the same.
	 * @param to how a heartbeat of the peer begins
	 * @param with the payload that it is answered with
	 * @return the copy
	 */
	public Heartbeat answer(String to, String with) {
		return answer(to, with, null);
	}

	/**
	 * Returns a copy with one more {@link #answer()}.
	 * @param to how a heartbeat of the peer begins
	 * @param with the payload that it is answered with
	 * @param copy which of its bytes are put into that payload, or {@code null}
	 * @return the copy
	 */
	public Heartbeat answer(String to, String with, @Nullable String copy) {
		return answer(Stream.concat(this.answer.stream(), Stream.of(new Answer(to, with, copy))).toList());
	}

	/**
	 * Returns a copy with another {@link #placeholder()}.
	 * @param placeholder the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Heartbeat placeholder(@Nullable String placeholder) {
		return new Heartbeat(this.period, this.timeout, this.message, this.reply, this.replyTimeout, this.answer,
				placeholder);
	}

	/**
	 * What one of the peer's own heartbeats is answered with, at once and on the I/O
	 * thread. It is no message, and counts as a sign of life.
	 *
	 * @param to how it begins
	 * @param with the payload that is sent
	 * @param copy which of its bytes are put into that payload, such as {@code 8:4} for
	 * four bytes from position 8, or {@code 8:4>0} for the same at position 0 there; what
	 * is no frame with them is not sent; {@code null}, the default, for none
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

}
