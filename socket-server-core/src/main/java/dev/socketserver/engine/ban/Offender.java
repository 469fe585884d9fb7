package dev.socketserver.engine.ban;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * An address that has offended, as an entry of a {@link BanTable}; equal to others by its
 * address. Times are numbers of ticks. Small, as there may be 100,000: 56 bytes. Only its
 * table changes it, under the monitor of that; whether it is banned any thread may ask.
 */
final class Offender {

	private static final int NEVER = Integer.MIN_VALUE;

	private static final int[] NONE = {};

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

	private int offences;

	private int since = NEVER;

	private volatile int until = NEVER;

	private int times;

	private String reason = "";

	Offender(long address) {
		this.address = address;
	}

	long address() {
		return this.address;
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
	void leave() {
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
		this.offences = paid ? 1 : this.offences + 1;
		this.last = now;
		return counts ? kept + 2 : 1;
	}

	/** Notes an offence while it is banned. */
	void offendBanned(int now) {
		this.offences++;
		this.last = now;
	}

	/** Counts the ban that begins, as the first or a further one in a row. */
	int nextTime(int now, int longest) {
		boolean follows = this.times > 0 && now - (long) this.until <= longest;
		this.times = follows ? this.times + 1 : 1;
		return this.times;
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

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Offender that && this.address == that.address;
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.address * 0x9e37_79b9_7f4a_7c15L);
	}

}
