package dev.socketserver.spec;

import java.util.List;
import java.util.Objects;

import dev.socketserver.address.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * How many connections a server takes, and from whom.
 *
 * @param sessions greatest number of sessions at a time; default 10,000, but 500 for
 * stream and conversation handlers on platform threads. If the process may not open that
 * many file descriptors, the limit is
 * {@linkplain dev.socketserver.ServerStatistics#maxSessions() lowered} when the server
 * starts
 * @param onFull what happens to further connections when there are that many sessions;
 * default {@link OnFull#REJECT}
 * @param acceptRate greatest number of connections admitted per second, while others wait
 * in the kernel; 0, the default, for no limit
 * @param sessionsPerAddress greatest number of sessions at a time from one address, where
 * IPv6 addresses with the same first 64 bits count as one; 0, the default, for no limit
 * @param pending greatest number of connections at a time that are accepted but are not
 * sessions yet, because a PROXY header or a TLS handshake has to come first; default
 * 1,000
 * @param allow the addresses that may connect; default none, which allows all
 * @param deny addresses that may not connect, even if {@code allow} has them; default
 * none
 * @param alarm at how many percent of the greatest number of sessions an
 * {@link dev.socketserver.SocketServerListener.Alarm.Kind#SESSIONS alarm} is raised. It
 * is raised again only after their number has been below three quarters of that; 0 for no
 * alarm, default 80
 */
public record Limits(int sessions, OnFull onFull, int acceptRate, int sessionsPerAddress, int pending, List<Cidr> allow,
		List<Cidr> deny, int alarm) {

	/** The default of the greatest length of a payload, in bytes: 64 KiB. */
	public static final int DEFAULT_FRAME = 64 * 1024;

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Limits {
		InvalidSpecException.checkPositive("limits.sessions", sessions);
		Objects.requireNonNull(onFull, "onFull");
		InvalidSpecException.check(acceptRate >= 0, "limits.acceptRate", acceptRate, "must not be negative");
		InvalidSpecException.check(sessionsPerAddress >= 0, "limits.sessionsPerAddress", sessionsPerAddress,
				"must not be negative");
		InvalidSpecException.checkPositive("limits.pending", pending);
		allow = List.copyOf(allow);
		deny = List.copyOf(deny);
		InvalidSpecException.check(alarm >= 0 && alarm <= 100, "limits.alarm", alarm + "%",
				"must be between 0% and 100%");
	}

	/**
	 * Collects the limits of a server. Those that are not set have their defaults.
	 */
	public static final class Builder {

		/** The default depends on the handler. */
		private @Nullable Integer sessions;

		private OnFull onFull = OnFull.REJECT;

		private int acceptRate;

		private int sessionsPerAddress;

		private int pending = 1_000;

		private int frame = DEFAULT_FRAME;

		private List<Cidr> allow = List.of();

		private List<Cidr> deny = List.of();

		private int alarm = 80;

		/**
		 * Sets {@link Limits#sessions()}.
		 * @param sessions the value
		 * @return this builder
		 */
		public Builder sessions(int sessions) {
			this.sessions = sessions;
			return this;
		}

		/**
		 * Sets {@link Limits#onFull()}.
		 * @param onFull the value
		 * @return this builder
		 */
		public Builder onFull(OnFull onFull) {
			this.onFull = onFull;
			return this;
		}

		/**
		 * Sets {@link Limits#acceptRate()}.
		 * @param acceptRate the value
		 * @return this builder
		 */
		public Builder acceptRate(int acceptRate) {
			this.acceptRate = acceptRate;
			return this;
		}

		/**
		 * Sets {@link Limits#sessionsPerAddress()}.
		 * @param sessionsPerAddress the value
		 * @return this builder
		 */
		public Builder sessionsPerAddress(int sessionsPerAddress) {
			this.sessionsPerAddress = sessionsPerAddress;
			return this;
		}

		/**
		 * Sets {@link Limits#pending()}.
		 * @param pending the value
		 * @return this builder
		 */
		public Builder pending(int pending) {
			this.pending = pending;
			return this;
		}

		/**
		 * Sets the greatest length of a payload: {@code maxFrameBytes} of the sessions.
		 * @param frame the value, in bytes
		 * @return this builder
		 */
		public Builder frame(int frame) {
			this.frame = frame;
			return this;
		}

		/**
		 * Returns the greatest length of a payload.
		 * @return the value, in bytes
		 */
		public int frame() {
			return this.frame;
		}

		/**
		 * Sets {@link Limits#allow()}.
		 * @param allow the value
		 * @return this builder
		 */
		public Builder allow(List<Cidr> allow) {
			this.allow = allow;
			return this;
		}

		/**
		 * Sets {@link Limits#deny()}.
		 * @param deny the value
		 * @return this builder
		 */
		public Builder deny(List<Cidr> deny) {
			this.deny = deny;
			return this;
		}

		/**
		 * Sets {@link Limits#alarm()}.
		 * @param alarm the value
		 * @return this builder
		 */
		public Builder alarm(int alarm) {
			this.alarm = alarm;
			return this;
		}

		/**
		 * Creates the limits.
		 * @param defaultSessions the default of {@link Limits#sessions()}
		 * @return the limits
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Limits build(int defaultSessions) {
			return new Limits((this.sessions != null) ? this.sessions : defaultSessions, this.onFull, this.acceptRate,
					this.sessionsPerAddress, this.pending, this.allow, this.deny, this.alarm);
		}

	}

}
