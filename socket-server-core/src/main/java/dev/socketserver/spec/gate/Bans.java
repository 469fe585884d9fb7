package dev.socketserver.spec.gate;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

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
		InvalidSpecException.check(time.compareTo(longest) <= 0, "ban.for", time,
				"must not be longer than ban.max-for");
		reasons = Set.copyOf(reasons);
		exempt = List.copyOf(exempt);
	}

	private static void checkTime(String name, Duration value) {
		InvalidSpecException.check(value.compareTo(SHORTEST) >= 0 && value.compareTo(MAX) <= 0, name, value,
				"must be between 100 ms and a year");
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Bans with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private int offences;

		private Duration within;

		private Duration time;

		private Duration longest;

		private Set<Offence> reasons;

		private List<Cidr> exempt;

		private Builder(Bans from) {
			this.offences = from.offences();
			this.within = from.within();
			this.time = from.time();
			this.longest = from.longest();
			this.reasons = from.reasons();
			this.exempt = from.exempt();
		}

		/**
		 * Sets {@link Bans#offences()}.
		 * @param offences the value
		 * @return this builder
		 */
		public Builder offences(int offences) {
			this.offences = offences;
			return this;
		}

		/**
		 * Sets {@link Bans#within()}.
		 * @param within the value
		 * @return this builder
		 */
		public Builder within(Duration within) {
			this.within = within;
			return this;
		}

		/**
		 * Sets {@link Bans#time()}.
		 * @param time the value
		 * @return this builder
		 */
		public Builder time(Duration time) {
			this.time = time;
			return this;
		}

		/**
		 * Sets {@link Bans#longest()}.
		 * @param longest the value
		 * @return this builder
		 */
		public Builder longest(Duration longest) {
			this.longest = longest;
			return this;
		}

		/**
		 * Sets {@link Bans#reasons()}.
		 * @param reasons the value
		 * @return this builder
		 */
		public Builder reasons(Set<Offence> reasons) {
			this.reasons = reasons;
			return this;
		}

		/**
		 * Sets {@link Bans#exempt()}.
		 * @param exempt the value
		 * @return this builder
		 */
		public Builder exempt(List<Cidr> exempt) {
			this.exempt = exempt;
			return this;
		}

		private Bans build() {
			return new Bans(this.offences, this.within, this.time, this.longest, this.reasons, this.exempt);
		}

	}

}
