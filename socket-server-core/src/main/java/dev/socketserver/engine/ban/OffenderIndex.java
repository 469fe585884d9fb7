package dev.socketserver.engine.ban;

import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

/**
 * Offenders by their address: a hash table with open addressing and linear probing, which
 * needs about 6 bytes for each where a {@link java.util.HashMap} needs 40. No one outside
 * can know which addresses collide. Not safe for use by several threads.
 */
final class OffenderIndex {

	private static final int LEAST = 16;

	private final long seed = ThreadLocalRandom.current().nextLong();

	private @Nullable Offender[] slots = new @Nullable Offender[LEAST];

	private int size;

	int size() {
		return this.size;
	}

	/** Returns an offender, or {@code null} if the address has not offended. */
	@Nullable Offender get(long address) {
		return this.slots[slot(address)];
	}

	/** Adds an offender whose address is not there. */
	void add(Offender offender) {
		if ((this.size + 1) * 5L > this.slots.length * 4L) {
			grow();
		}
		this.slots[slot(offender.address())] = offender;
		this.size++;
	}

	private void grow() {
		@Nullable Offender[] before = this.slots;
		this.slots = new @Nullable Offender[2 * before.length];
		for (Offender offender : before) {
			if (offender != null) {
				this.slots[slot(offender.address())] = offender;
			}
		}
	}

	/** Removes an offender that is there. */
	void remove(long address) {
		int free = slot(address);
		this.slots[free] = null;
		this.size--;
		// Those behind it must be found without it.
		int mask = this.slots.length - 1;
		int next = (free + 1) & mask;
		for (Offender moved = this.slots[next]; moved != null; moved = this.slots[next]) {
			this.slots[next] = null;
			this.slots[slot(moved.address())] = moved;
			next = (next + 1) & mask;
		}
	}

	/** Returns where an address is, or would be. */
	private int slot(long address) {
		int mask = this.slots.length - 1;
		int slot = hash(address) & mask;
		for (Offender there = this.slots[slot]; there != null && there.address() != address;) {
			slot = (slot + 1) & mask;
			there = this.slots[slot];
		}
		return slot;
	}

	/** The finalizer of MurmurHash3, of the address and a secret. */
	private int hash(long address) {
		long mixed = address ^ this.seed;
		mixed = (mixed ^ (mixed >>> 33)) * 0xff51_afd7_ed55_8ccdL;
		mixed = (mixed ^ (mixed >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
		return (int) (mixed ^ (mixed >>> 33));
	}

}
