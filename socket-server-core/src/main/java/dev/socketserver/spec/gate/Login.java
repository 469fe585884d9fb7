package dev.socketserver.spec.gate;

import java.time.Duration;
import java.util.Objects;

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
	 * Returns a copy with another {@link #timeout()}.
	 * @param timeout the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Login timeout(Duration timeout) {
		return new Login(timeout, this.by, this.frame, this.messages, this.attempts, this.sessions);
	}

	/**
	 * Returns a copy with another {@link #by()}.
	 * @param by the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Login by(LoginBy by) {
		return new Login(this.timeout, by, this.frame, this.messages, this.attempts, this.sessions);
	}

	/**
	 * Returns a copy with another {@link #frame()}.
	 * @param frame the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Login frame(int frame) {
		return new Login(this.timeout, this.by, frame, this.messages, this.attempts, this.sessions);
	}

	/**
	 * Returns a copy with another {@link #messages()}.
	 * @param messages the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Login messages(int messages) {
		return new Login(this.timeout, this.by, this.frame, messages, this.attempts, this.sessions);
	}

	/**
	 * Returns a copy with another {@link #attempts()}.
	 * @param attempts the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Login attempts(int attempts) {
		return new Login(this.timeout, this.by, this.frame, this.messages, attempts, this.sessions);
	}

	/**
	 * Returns a copy with another {@link #sessions()}.
	 * @param sessions the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Login sessions(int sessions) {
		return new Login(this.timeout, this.by, this.frame, this.messages, this.attempts, sessions);
	}

}
