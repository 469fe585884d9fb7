package dev.socketserver.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

import dev.socketserver.address.Addresses;

/**
 * What of an address is counted, in 64 bits: all of an IPv4 address; of an IPv6 address
 * the first half, since a single subscriber has all addresses with the same one (RFC
 * 6177).
 */
public final class AddressKey {

	/** Before the bits of an IPv4 address: of IPv6, those would be groups (RFC 4291). */
	private static final long IPV4 = 0xffff_ffff_0000_0000L;

	private static final int IPV4_BYTES = 4;

	private AddressKey() {
	}

	/**
	 * Returns what is counted of an address.
	 * @param address the address
	 * @return the key
	 */
	public static long of(InetAddress address) {
		ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
		return (bytes.remaining() == IPV4_BYTES) ? IPV4 | (bytes.getInt() & 0xffff_ffffL) : bytes.getLong();
	}

	/**
	 * Returns the address, or the range of addresses, that a key stands for.
	 * @param key the key
	 * @return an IPv4 address, or a range such as {@code 2001:db8::/64}
	 */
	public static String format(long key) {
		boolean ipv4 = (key & IPV4) == IPV4;
		ByteBuffer bytes = ipv4 ? ByteBuffer.allocate(IPV4_BYTES).putInt((int) key)
				: ByteBuffer.allocate(2 * Long.BYTES).putLong(key);
		try {
			return Addresses.format(InetAddress.getByAddress(bytes.array())) + (ipv4 ? "" : "/64");
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("No address has that length", ex);
		}
	}

}
