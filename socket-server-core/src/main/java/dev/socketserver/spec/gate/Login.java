package dev.socketserver.spec.gate;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

import dev.socketserver.spec.InvalidSpecException;

/**
 * How much a peer may do until its session is logged in.
 *
 * @param timeout how long that may take, whatever the peer sends meanwhile
 * @param by what makes a session one that is logged in; default {@link LoginBy#PRINCIPAL}
 * @param frame the longest frame until then, in bytes; default 4 KiB
 * @param messages how many messages are handled until then; default 10
 * @param attempts how many calls of {@link dev.socketserver.SocketSession#loginFailed}
 * end the session; default 3
 * @param sessions how many sessions that are not logged in there may be; 0, the default,
 * for half of the limit of all sessions
 */
public record Login(Duration timeout, LoginBy by, int frame, int messages, int attempts, int sessions) {

	private static final Duration MAX = Duration.ofDays(366);

	/** The defaults of what has one, with a timeout of 10 s. */
	public static final Login DEFAULTS = new Login(Duration.ofSeconds(10), LoginBy.PRINCIPAL, 4 * 1024, 10, 3, 0);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Login {
		Objects.requireNonNull(by, "by");
		InvalidSpecException.check(!timeout.isNegative() && !timeout.isZero() && timeout.compareTo(MAX) <= 0,
				"login.timeout", timeout, "must be positive, and at most a year");
		InvalidSpecException.checkPositive("login.frame", frame);
		InvalidSpecException.checkPositive("login.messages", messages);
		InvalidSpecException.checkPositive("login.attempts", attempts);
		InvalidSpecException.check(sessions >= 0, "login.sessions", sessions, "must not be negative");
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Login with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private Duration timeout;

		private LoginBy by;

		private int frame;

		private int messages;

		private int attempts;

		private int sessions;

		private Builder(Login from) {
			this.timeout = from.timeout();
			this.by = from.by();
			this.frame = from.frame();
			this.messages = from.messages();
			this.attempts = from.attempts();
			this.sessions = from.sessions();
		}

		/**
		 * Sets {@link Login#timeout()}.
		 * @param timeout the value
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		/**
		 * Sets {@link Login#by()}.
		 * @param by the value
		 * @return this builder
		 */
		public Builder by(LoginBy by) {
			this.by = by;
			return this;
		}

		/**
		 * Sets {@link Login#frame()}.
		 * @param frame the value, in bytes
		 * @return this builder
		 */
		public Builder frame(int frame) {
			this.frame = frame;
			return this;
		}

		/**
		 * Sets {@link Login#messages()}.
		 * @param messages the value
		 * @return this builder
		 */
		public Builder messages(int messages) {
			this.messages = messages;
			return this;
		}

		/**
		 * Sets {@link Login#attempts()}.
		 * @param attempts the value
		 * @return this builder
		 */
		public Builder attempts(int attempts) {
			this.attempts = attempts;
			return this;
		}

		/**
		 * Sets {@link Login#sessions()}.
		 * @param sessions the value
		 * @return this builder
		 */
		public Builder sessions(int sessions) {
			this.sessions = sessions;
			return this;
		}

		private Login build() {
			return new Login(this.timeout, this.by, this.frame, this.messages, this.attempts, this.sessions);
		}

	}

}
