package dev.socketserver.engine.ban;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import dev.socketserver.address.AddressBan;
import dev.socketserver.admission.AddressKey;
import dev.socketserver.spec.gate.Bans;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that have offended, and those that are banned. It holds a fixed number of
 * them, and of bytes; the one whose last offence is oldest goes first. Time is that of
 * the monotonic clock, in ticks of a tenth of a second, so that a clock that is set does
 * not matter. Each method holds the monitor, but for {@link #isBanned} while the table is
 * empty; {@link #bans} and {@link #count} go through the whole table. Safe for use by
 * several threads.
 */
final class BanTable {

	/** How many addresses there are at most. */
	static final int CAPACITY = 100_000;

	/** How many bytes the table has at most, with times and texts. */
	private static final long MOST_BYTES = 9_700_000;

	private static final long TICK_NANOS = Bans.SHORTEST.toNanos();

	private volatile Bans rules;

	private final int capacity;

	private final LongSupplier nanoTime;

	private final long start;

	// Guarded by this, but for whether there are any.

	private final OffenderIndex offenders = new OffenderIndex();

	private volatile boolean empty = true;

	/** How many bytes they have. */
	private long bytes;

	private @Nullable Offender oldest;

	private @Nullable Offender newest;

	BanTable(Bans rules, int capacity, LongSupplier nanoTime) {
		this.rules = rules;
		this.capacity = capacity;
		this.nanoTime = nanoTime;
		this.start = nanoTime.getAsLong();
	}

	/** Counts and bans by other rules from now on. */
	void rules(Bans next) {
		this.rules = next;
	}

	private int now() {
		return (int) ((this.nanoTime.getAsLong() - this.start) / TICK_NANOS);
	}

	/** Rounds up, so that nothing ends early. */
	private static int ticks(Duration time) {
		return (int) ((time.toNanos() + TICK_NANOS - 1) / TICK_NANOS);
	}

	boolean isBanned(long address) {
		if (this.empty) {
			return false;
		}
		int now = now();
		synchronized (this) {
			Offender known = this.offenders.get(address);
			return known != null && known.isBanned(now);
		}
	}

	/**
	 * Counts an offence.
	 * @param address whose it is
	 * @param reason the reason
	 * @param trusted whether twice as many are allowed; asked only if it matters
	 * @return the ban to which it has led, or {@code null}
	 */
	@Nullable AddressBan offence(long address, String reason, BooleanSupplier trusted) {
		int now = now();
		int most = this.rules.offences();
		int counted;
		synchronized (this) {
			Offender offender = latest(address);
			if (offender.isBanned(now)) {
				offender.offendBanned(now);
				return null;
			}
			this.bytes -= offender.bytes();
			counted = offender.offend(now, ticks(this.rules.within()), 2 * most);
			grown(offender);
		}
		if (most == 0 || counted < most) {
			return null;
		}
		// Not under the monitor: it looks at all sessions.
		if (counted < 2 * most && trusted.getAsBoolean()) {
			return null;
		}
		return ban(address, now, reason);
	}

	private synchronized @Nullable AddressBan ban(long address, int now, String reason) {
		Offender offender = latest(address);
		if (offender.isBanned(now)) {
			return null;
		}
		int longest = ticks(this.rules.longest());
		int doublings = Math.min(Integer.SIZE - 1, offender.nextTime(now, longest) - 1);
		AddressBan ban = ban(offender, now, Math.min(longest, (long) ticks(this.rules.time()) << doublings), reason);
		offender.counted();
		return ban;
	}

	/** Bans an address because an operator says so. */
	synchronized AddressBan ban(long address, Duration time, String reason) {
		return ban(latest(address), now(), ticks(time), reason);
	}

	private AddressBan ban(Offender offender, int now, long ticks, String reason) {
		this.bytes -= offender.bytes();
		offender.ban(now, ticks, reason);
		grown(offender);
		return shown(offender, now);
	}

	/** An address has more than before: others may have to go for it. */
	private void grown(Offender offender) {
		this.bytes += offender.bytes();
		while (this.bytes > MOST_BYTES && this.oldest != null && this.oldest != offender) {
			forget(this.oldest);
		}
	}

	/** Returns an address as the one that has offended last. */
	private Offender latest(long address) {
		Offender known = this.offenders.get(address);
		Offender latest = (known != null) ? known : new Offender(address);
		if (known != null) {
			unlink(known);
		}
		else {
			while (this.oldest != null && this.offenders.size() >= this.capacity) {
				forget(this.oldest);
			}
			this.offenders.add(latest);
			this.empty = false;
			grown(latest);
		}
		latest.follow(this.newest);
		this.newest = latest;
		if (this.oldest == null) {
			this.oldest = latest;
		}
		return latest;
	}

	private void unlink(Offender offender) {
		if (this.oldest == offender) {
			this.oldest = offender.newer();
		}
		if (this.newest == offender) {
			this.newest = offender.older();
		}
		offender.unlink();
	}

	private void forget(Offender offender) {
		unlink(offender);
		this.bytes -= offender.bytes();
		this.offenders.remove(offender.address());
		this.empty = this.offenders.size() == 0;
	}

	/** Forgets an address; returns whether it was banned. */
	synchronized boolean remove(long address) {
		Offender known = this.offenders.get(address);
		if (known == null) {
			return false;
		}
		forget(known);
		return known.isBanned(now());
	}

	synchronized List<AddressBan> bans() {
		int now = now();
		List<AddressBan> bans = new ArrayList<>();
		for (Offender offender = this.newest; offender != null; offender = offender.older()) {
			if (offender.isBanned(now)) {
				bans.add(shown(offender, now));
			}
		}
		return bans;
	}

	synchronized @Nullable AddressBan of(long address) {
		Offender known = this.offenders.get(address);
		int now = now();
		return (known != null && known.isBanned(now)) ? shown(known, now) : null;
	}

	synchronized int count() {
		int now = now();
		int count = 0;
		for (Offender offender = this.newest; offender != null; offender = offender.older()) {
			count += offender.isBanned(now) ? 1 : 0;
		}
		return count;
	}

	synchronized int size() {
		return this.offenders.size();
	}

	private static AddressBan shown(Offender offender, int now) {
		Instant at = Instant.now();
		return new AddressBan(AddressKey.format(offender.address()), offender.reason(), offender.offences(),
				at.minusMillis((now - (long) offender.since()) * Bans.SHORTEST.toMillis()),
				at.plusMillis((offender.until() - (long) now) * Bans.SHORTEST.toMillis()), offender.times());
	}

}
