package dev.socketserver.admission;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A bound on how many permits one address has at a time. Addresses of IPv6 with the same
 * first 64 bits count as one, since that is what a single subscriber is given (RFC 6177).
 * The bound holds exactly under races, and an address without a permit takes no memory.
 * Safe for use by several threads.
 */
public final class AddressLimit {

	private static final int IPV4_BYTES = 4;

	private final int max;

	/** How many permits are taken; of at least one each. */
	private final ConcurrentHashMap<Key, Integer> taken = new ConcurrentHashMap<>();

	/**
	 * Creates a limit.
	 * @param max most permits of an address at a time
	 */
	public AddressLimit(int max) {
		this.max = max;
	}

	/**
	 * Takes a permit.
	 * @param address whose
	 * @return whether there was one
	 */
	public boolean tryAcquire(InetAddress address) {
		Key key = Key.of(address);
		for (;;) {
			Integer before = this.taken.putIfAbsent(key, 1);
			if (before == null) {
				return true;
			}
			if (before >= this.max) {
				return false;
			}
			if (this.taken.replace(key, before, before + 1)) {
				return true;
			}
		}
	}

	/**
	 * Gives a permit back.
	 * @param address whose
	 */
	public void release(InetAddress address) {
		this.taken.compute(Key.of(address), (key, before) -> {
			if (before == null) {
				throw new IllegalStateException("More permits were given back than taken");
			}
			return (before > 1) ? before - 1 : null;
		});
	}

	/**
	 * Returns how many addresses have a permit.
	 * @return the number
	 */
	public int addresses() {
		return this.taken.size();
	}

	/**
	 * What counts as one address.
	 *
	 * @param ipv6 the family
	 * @param bits the first 64 bits of an address of IPv6, all of one of IPv4
	 */
	private record Key(boolean ipv6, long bits) {

		static Key of(InetAddress address) {
			byte[] bytes = address.getAddress();
			boolean ipv6 = address instanceof Inet6Address;
			long bits = 0;
			for (int i = 0; i < (ipv6 ? Long.BYTES : IPV4_BYTES); i++) {
				bits = bits << Byte.SIZE | (bytes[i] & 0xff);
			}
			return new Key(ipv6, bits);
		}

	}

}
