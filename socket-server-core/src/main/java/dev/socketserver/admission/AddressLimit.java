package dev.socketserver.admission;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * Limits how many permits one address has at a time. IPv6 addresses with the same first
 * 64 bits count as one, since a single subscriber has them all (RFC 6177). The limit is
 * never exceeded, even under races, as long as the number of permits elsewhere only
 * becomes smaller. An address without a permit takes no memory. Safe for use by several
 * threads.
 */
public final class AddressLimit {

	private static final int IPV4_BYTES = 4;

	private final int max;

	/**
	 * Returns how many permits an address has elsewhere: they count against the limit,
	 * but are not given back here.
	 */
	private final ToIntFunction<InetAddress> elsewhere;

	/** How many permits each address has here; without entries of zero. */
	private final ConcurrentHashMap<Key, Integer> taken = new ConcurrentHashMap<>();

	/**
	 * Creates a limit.
	 * @param max greatest number of permits of one address at a time
	 * @param elsewhere returns how many permits an address has elsewhere
	 */
	public AddressLimit(int max, ToIntFunction<InetAddress> elsewhere) {
		this.max = max;
		this.elsewhere = elsewhere;
	}

	/**
	 * Acquires a permit.
	 * @param address the address that takes it
	 * @return whether the limit allowed it
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
	 * Releases a permit.
	 * @param address the address that has it
	 */
	public void release(InetAddress address) {
		this.taken.compute(Key.of(address), (key, before) -> {
			if (before == null) {
				throw new IllegalStateException("More places were given back than taken");
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
	 * The part of an address that is counted.
	 *
	 * @param ipv6 whether it is an address of IPv6
	 * @param bits the first 64 bits of an IPv6 address, or all bits of an IPv4 address
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
