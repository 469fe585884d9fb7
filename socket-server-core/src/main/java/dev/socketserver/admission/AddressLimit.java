package dev.socketserver.admission;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * A bound on how many permits one address has at a time. Addresses of IPv6 with the same
 * first 64 bits count as one, since that is what a single subscriber is given (RFC 6177).
 * The bound holds exactly under races, as long as what is taken elsewhere only becomes
 * less, and an address without a permit takes no memory. Safe for use by several threads.
 */
public final class AddressLimit {

	private static final int IPV4_BYTES = 4;

	private final int max;

	/** What counts as well, and is given back elsewhere. */
	private final ToIntFunction<InetAddress> elsewhere;

	/** How many permits are taken; of at least one each. */
	private final ConcurrentHashMap<Key, Integer> taken = new ConcurrentHashMap<>();

	/**
	 * Creates a limit.
	 * @param max most permits of an address at a time
	 * @param elsewhere tells how many of an address's others have
	 */
	public AddressLimit(int max, ToIntFunction<InetAddress> elsewhere) {
		this.max = max;
		this.elsewhere = elsewhere;
	}

	/**
	 * Takes a permit.
	 * @param address whose
	 * @return whether there was one
	 */
	public boolean tryAcquire(InetAddress address) {
		Key key = Key.of(address);
		for (;;) {
			Integer before = this.taken.get(key);
			if (((before != null) ? before : 0) >= this.max - this.elsewhere.applyAsInt(address)) {
				return false;
			}
			if ((before != null) ? this.taken.replace(key, before, before + 1)
					: this.taken.putIfAbsent(key, 1) == null) {
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
	 * Returns how many permits an address has here.
	 * @param address the address
	 * @return the number
	 */
	public int taken(InetAddress address) {
		return this.taken.getOrDefault(Key.of(address), 0);
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
