package dev.socketserver.spec;

import java.util.List;
import java.util.Objects;

import dev.socketserver.address.Cidr;

/**
 * How many connections a server takes, from whom, and how long their payloads may be.
 *
 * @param sessions greatest number of sessions at a time; default 10,000, but 500 for
 * stream and conversation handlers on platform threads, which the builder of a server
 * puts in place of 0. If the process may not open that many file descriptors, the limit
 * is {@linkplain dev.socketserver.ServerStatistics#maxSessions() lowered} when the server
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
 * @param frame greatest length of a payload, in bytes:
 * {@link dev.socketserver.SessionSpec#maxFrameBytes()}; default 64 KiB
 * @param allow the addresses that may connect; default none, which allows all
 * @param deny addresses that may not connect, even if {@code allow} has them; default
 * none
 * @param alarm at how many percent of the greatest number of sessions an
 * {@link dev.socketserver.SocketServerListener.Alarm.Kind#SESSIONS alarm} is raised. It
 * is raised again only after their number has been below three quarters of that; 0 for no
 * alarm, default 80
 */
public record Limits(int sessions, OnFull onFull, int acceptRate, int sessionsPerAddress, int pending, int frame,
		List<Cidr> allow, List<Cidr> deny, int alarm) {

	/** The default of the greatest length of a payload, in bytes: 64 KiB. */
	public static final int DEFAULT_FRAME = 64 * 1024;

	/** The default of every limit. */
	public static final Limits DEFAULT = new Limits(0, OnFull.REJECT, 0, 0, 1_000, DEFAULT_FRAME, List.of(), List.of(),
			80);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Limits {
		InvalidSpecException.check(sessions >= 0, "limits.sessions", sessions, "must not be negative");
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
	 * Returns a copy with another {@link #sessions()}.
	 * @param sessions the value
	 * @return the copy
	 * @throws InvalidSpecException if it is not positive
	 */
	public Limits sessions(int sessions) {
		InvalidSpecException.checkPositive("limits.sessions", sessions);
		return new Limits(sessions, this.onFull, this.acceptRate, this.sessionsPerAddress, this.pending, this.frame,
				this.allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #onFull()}.
	 * @param onFull the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits onFull(OnFull onFull) {
		return new Limits(this.sessions, onFull, this.acceptRate, this.sessionsPerAddress, this.pending, this.frame,
				this.allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #acceptRate()}.
	 * @param acceptRate the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits acceptRate(int acceptRate) {
		return new Limits(this.sessions, this.onFull, acceptRate, this.sessionsPerAddress, this.pending, this.frame,
				this.allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #sessionsPerAddress()}.
	 * @param sessionsPerAddress the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits sessionsPerAddress(int sessionsPerAddress) {
		return new Limits(this.sessions, this.onFull, this.acceptRate, sessionsPerAddress, this.pending, this.frame,
				this.allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #pending()}.
	 * @param pending the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits pending(int pending) {
		return new Limits(this.sessions, this.onFull, this.acceptRate, this.sessionsPerAddress, pending, this.frame,
				this.allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #frame()}.
	 * @param frame the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits frame(int frame) {
		return new Limits(this.sessions, this.onFull, this.acceptRate, this.sessionsPerAddress, this.pending, frame,
				this.allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #allow()}.
	 * @param allow the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits allow(List<Cidr> allow) {
		return new Limits(this.sessions, this.onFull, this.acceptRate, this.sessionsPerAddress, this.pending,
				this.frame, allow, this.deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #deny()}.
	 * @param deny the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits deny(List<Cidr> deny) {
		return new Limits(this.sessions, this.onFull, this.acceptRate, this.sessionsPerAddress, this.pending,
				this.frame, this.allow, deny, this.alarm);
	}

	/**
	 * Returns a copy with another {@link #alarm()}.
	 * @param alarm the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Limits alarm(int alarm) {
		return new Limits(this.sessions, this.onFull, this.acceptRate, this.sessionsPerAddress, this.pending,
				this.frame, this.allow, this.deny, alarm);
	}

}
