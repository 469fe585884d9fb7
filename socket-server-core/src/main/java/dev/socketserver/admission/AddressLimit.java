package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits how many permits one address has at a time; an {@link AddressKey} is what is
 * counted of it. How many there may be is said by who asks for one: no permit is given
 * beyond that, even under races. An address without a permit takes no memory. Safe for
 * use by several threads.
 */
public final class AddressLimit {

	/** How many permits each address has here; without entries of zero. */
	private final ConcurrentHashMap<Long, Integer> taken = new ConcurrentHashMap<>();

	/**
	 * Acquires a permit.
	 * @param address the address that takes it
	 * @param most how many it may have here
	 * @return whether the limit allowed it
	 */
	public boolean tryAcquire(InetAddress address, int most) {
		Long key = AddressKey.of(address);
		for (;;) {
			Integer before = this.taken.get(key);
			if (((before != null) ? before : 0) >= most) {
				return false;
			}
			if ((before != null) ? this.taken.replace(key, before, before + 1)
					: this.taken.putIfAbsent(key, 1) == null) {
				return true;
			}
		}
	}

	/**
	 * Releases a permit.
	 * @param address the address that has it
	 */
	public void release(InetAddress address) {
		if (!releaseIfTaken(address)) {
			throw new IllegalStateException("More permits were released than acquired");
		}
	}

	/**
	 * Releases a permit, unless the address has none.
	 * @param address the address
	 * @return whether it had one
	 */
	public boolean releaseIfTaken(InetAddress address) {
		for (Long key = AddressKey.of(address);;) {
			Integer before = this.taken.get(key);
			if (before == null) {
				return false;
			}
			if ((before > 1) ? this.taken.replace(key, before, before - 1) : this.taken.remove(key, before)) {
				return true;
			}
		}
	}

	/**
	 * Returns how many permits an address has here.
	 * @param address the address
	 * @return the number
	 */
	public int taken(InetAddress address) {
		return this.taken.getOrDefault(AddressKey.of(address), 0);
	}

	/**
	 * Returns how many addresses have a permit.
	 * @return the number
	 */
	public int addresses() {
		return this.taken.size();
	}

}
