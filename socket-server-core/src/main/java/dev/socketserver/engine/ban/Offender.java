package dev.socketserver.engine.ban;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.operator.AddressBans;
import org.jspecify.annotations.Nullable;

/**
 * An address that has offended, as an entry of a {@link BanTable}. Times are numbers of
 * ticks. Small, as there may be 100,000: 56 bytes, and those of times and texts. Under
 * the monitor of its table.
 */
final class Offender {

	private static final int NEVER = Integer.MIN_VALUE;

	private static final int[] NONE = {};

	/** Of an object, and of its place in the index. */
	private static final int BYTES = 56 + 8;

	/** Reasons of which there is one text for all. */
	private static final Set<String> NAMES = Stream
		.concat(Stream.of("", AddressBans.OPERATOR), Stream.of(CloseReason.values()).map(CloseReason::name))
		.collect(Collectors.toUnmodifiableSet());

	/** Of an array before its elements. */
	private static final int ARRAY_BYTES = 16 + 8;

	private final long address;

	/** The neighbours in the order of the last offences. */
	private @Nullable Offender older;

	private @Nullable Offender newer;

	/**
	 * When the offences before the last were committed that still count, the oldest
	 * first.
	 */
	private int @Nullable [] earlier;

	private int last = NEVER;

	/** Short, as {@link #times}: there may be very many offenders. */
	private char offences;

	private int since = NEVER;

	private int until = NEVER;

	/** Until when the last ban was that counts, as one by an operator does not. */
	private int countedUntil = NEVER;

	private char times;

	private String reason = "";

	Offender(long address) {
		this.address = address;
	}

	long address() {
		return this.address;
	}

	/** Returns how many bytes it has, rounded up; names of reasons are not its own. */
	int bytes() {
		int times = (this.earlier != null) ? ARRAY_BYTES + Integer.BYTES * (this.earlier.length - 1) : 0;
		return BYTES + times
				+ (!NAMES.contains(this.reason) ? 2 * ARRAY_BYTES + Character.BYTES * this.reason.length() : 0);
	}

	@Nullable Offender older() {
		return this.older;
	}

	@Nullable Offender newer() {
		return this.newer;
	}

	/** Becomes the newest of all. */
	void follow(@Nullable Offender newest) {
		this.older = newest;
		this.newer = null;
		if (newest != null) {
			newest.newer = this;
		}
	}

	/** Has its neighbours follow each other. */
	void unlink() {
		if (this.older != null) {
			this.older.newer = this.newer;
		}
		if (this.newer != null) {
			this.newer.older = this.older;
		}
	}

	boolean isBanned(int now) {
		return now < this.until;
	}

	/**
	 * Notes an offence while it is not banned.
	 * @param most no more need be counted
	 * @return how many count, with this one
	 */
	int offend(int now, int within, int most) {
		// A ban has paid for what came before its end.
		boolean paid = this.last < this.until || this.last == NEVER;
		boolean counts = !paid && now - this.last < within;
		int[] before = (counts && this.earlier != null) ? this.earlier : NONE;
		int first = Math.max(0, before.length - most);
		while (first < before.length && now - before[first] >= within) {
			first++;
		}
		int kept = before.length - first;
		this.earlier = null;
		if (counts) {
			this.earlier = Arrays.copyOfRange(before, first, before.length + 1);
			this.earlier[kept] = this.last;
		}
		this.offences = paid ? 1 : oneMore(this.offences);
		this.last = now;
		return counts ? kept + 2 : 1;
	}

	/** Notes an offence while it is banned. */
	void offendBanned(int now) {
		this.offences = oneMore(this.offences);
		this.last = now;
	}

	/** Counts the ban that begins, as the first or a further one in a row. */
	int nextTime(int now, int longest) {
		boolean follows = this.times > 0 && now - (long) this.countedUntil <= longest;
		this.times = follows ? oneMore(this.times) : 1;
		return this.times;
	}

	private static char oneMore(char count) {
		return (char) Math.min(Character.MAX_VALUE, count + 1);
	}

	/** The ban that has begun counts as one in a row. */
	void counted() {
		this.countedUntil = this.until;
	}

	void ban(int now, long ticks, String reason) {
		this.earlier = null;
		this.since = now;
		this.reason = reason;
		this.until = (int) Math.min(Integer.MAX_VALUE, now + ticks);
	}

	int offences() {
		return this.offences;
	}

	int since() {
		return this.since;
	}

	int until() {
		return this.until;
	}

	int times() {
		return this.times;
	}

	String reason() {
		return this.reason;
	}

}
