package dev.socketserver.spec.gate;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.socketserver.address.Cidr;
import dev.socketserver.spec.InvalidSpecException;

/**
 * When the addresses of peers are banned, and for how long. An offence is the end of a
 * session, or of a connection, for one of some reasons, or what a handler calls one.
 * Further connections of a banned address are refused. Only an address that a handshake
 * has proved counts; that of a trusted load balancer never does.
 *
 * @param offences so many offences of an address within {@code within} ban it, and twice
 * as many while a session of the address is logged in, by what {@link Login#by} says; 0,
 * the default, for none: then only operators ban addresses
 * @param within the time within which offences are counted; default a minute
 * @param time how long the first ban lasts, and by default one of an operator; each that
 * follows within {@code longest} after its end lasts twice as long; default 10 minutes
 * @param longest how long a ban may last; default a day
 * @param reasons the reasons that are offences; default {@link #DEFAULT_REASONS}
 * @param exempt addresses that are never banned; default those of the machine itself
 */
public record Bans(int offences, Duration within, Duration time, Duration longest, Set<Offence> reasons,
		List<Cidr> exempt) {

	/** The reasons that are offences unless others are set. */
	public static final Set<Offence> DEFAULT_REASONS = Set.of(Offence.PROTOCOL_ERROR, Offence.FRAME_TOO_LARGE,
			Offence.LOGIN_FAILED, Offence.LOGIN_TIMEOUT, Offence.RATE_EXCEEDED);

	/** The shortest of the times. */
	public static final Duration SHORTEST = Duration.ofMillis(100);

	private static final Duration MAX = Duration.ofDays(366);

	private static final int MOST_OFFENCES = 1_000;

	/** No address is banned but by operators. */
	public static final Bans DEFAULTS = new Bans(0, Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofDays(1),
			DEFAULT_REASONS, List.of(Cidr.of("127.0.0.0/8"), Cidr.of("::1")));

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Bans {
		InvalidSpecException.check(offences >= 0 && offences <= MOST_OFFENCES, "ban.offences", offences,
				"must be between 0 and " + MOST_OFFENCES);
		checkTime("ban.within", within);
		checkTime("ban.for", time);
		checkTime("ban.maxFor", longest);
		reasons = Set.copyOf(reasons);
		exempt = List.copyOf(exempt);
	}

	/** Checks what the components mean together. */
	void check() {
		InvalidSpecException.check(this.time.compareTo(this.longest) <= 0, "ban.for", this.time,
				"must not be longer than ban.max-for");
	}

	private static void checkTime(String name, Duration value) {
		InvalidSpecException.check(value.compareTo(SHORTEST) >= 0 && value.compareTo(MAX) <= 0, name, value,
				"must be between 100 ms and a year");
	}

	/**
	 * Returns a copy with another {@link #offences()}.
	 * @param offences the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Bans offences(int offences) {
		return new Bans(offences, this.within, this.time, this.longest, this.reasons, this.exempt);
	}

	/**
	 * Returns a copy with another {@link #within()}.
	 * @param within the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Bans within(Duration within) {
		return new Bans(this.offences, within, this.time, this.longest, this.reasons, this.exempt);
	}

	/**
	 * Returns a copy with another {@link #time()}.
	 * @param time the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Bans time(Duration time) {
		return new Bans(this.offences, this.within, time, this.longest, this.reasons, this.exempt);
	}

	/**
	 * Returns a copy with another {@link #longest()}.
	 * @param longest the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Bans longest(Duration longest) {
		return new Bans(this.offences, this.within, this.time, longest, this.reasons, this.exempt);
	}

	/**
	 * Returns a copy with another {@link #reasons()}.
	 * @param reasons the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Bans reasons(Set<Offence> reasons) {
		return new Bans(this.offences, this.within, this.time, this.longest, reasons, this.exempt);
	}

	/**
	 * Returns a copy with another {@link #exempt()}.
	 * @param exempt the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Bans exempt(List<Cidr> exempt) {
		return new Bans(this.offences, this.within, this.time, this.longest, this.reasons, exempt);
	}

}
