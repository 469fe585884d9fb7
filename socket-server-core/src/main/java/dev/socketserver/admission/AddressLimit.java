package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits how many permits one address has at a time; an {@link AddressKey} is what is
 * counted of it. The limit is never exceeded, even under races, as long as the number of
 * permits elsewhere only becomes smaller. An address without a permit takes no memory.
 * Safe for use by several threads.
 */
public final class AddressLimit {

	private final int max;

	/** How many permits each address has here; without entries of zero. */
	private final ConcurrentHashMap<Long, Integer> taken = new ConcurrentHashMap<>();

	/**
	 * Creates a limit.
	 * @param max greatest number of permits of one address at a time
	 */
	public AddressLimit(int max) {
		this.max = max;
	}

	/**
	 * Acquires a permit.
	 * @param address the address that takes it
	 * @param elsewhere how many it has elsewhere, which count against the limit, but are
	 * not released here
	 * @return whether the limit allowed it
	 */
	public boolean tryAcquire(InetAddress address, int elsewhere) {
		Long key = AddressKey.of(address);
		for (;;) {
			Integer before = this.taken.get(key);
			if (((before != null) ? before : 0) >= this.max - elsewhere) {
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
		this.taken.compute(AddressKey.of(address), (key, before) -> {
			if (before == null) {
				throw new IllegalStateException("More permits were released than acquired");
			}
			return (before > 1) ? before - 1 : null;
		});
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
