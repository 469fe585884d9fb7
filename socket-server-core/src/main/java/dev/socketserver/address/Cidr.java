package dev.socketserver.address;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses that begin with the same bits, written {@code 192.0.2.0/24} or
 * {@code 2001:db8::/32} (RFC 4632, RFC 4291); a single address is a range of one.
 * <p>
 * {@link #of} is for ranges that decide who may connect. It refuses whatever could be
 * read in two ways: names, bits after the prefix, leading zeros, IPv4 addresses within
 * IPv6, and zones. {@link #around} is less strict, and meant for searching. An address to
 * be compared with a range is taken as one of IPv4 if it is IPv4 within IPv6, and its
 * zone is ignored. Immutable.
 */
public final class Cidr {

	private static final Pattern PREFIX_LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

	/** RFC 4291, section 2.5.5.2: 80 bits of 0, 16 of 1, then the address. */
	private static final int MAPPED_AT = 12;

	private final byte[] network;

	private final int prefixLength;

	private Cidr(byte[] network, int prefixLength) {
		this.network = network;
		this.prefixLength = prefixLength;
	}

	/**
	 * Parses a range, strictly.
	 * @param text the range, or one address
	 * @return the range
	 * @throws IllegalArgumentException if the text is not a range; the message says why,
	 * as a phrase without a subject such as "must have no zone", and does not repeat the
	 * text
	 */
	public static Cidr of(String text) {
		int slash = text.indexOf('/');
		InetAddress parsed = Addresses.parse((slash < 0) ? text : text.substring(0, slash));
		if (parsed == null) {
			throw new IllegalArgumentException((text.indexOf('%') < 0)
					? "must be an address or a range such as 192.0.2.0/24 or 2001:db8::/32" : "must have no zone");
		}
		byte[] address = parsed.getAddress();
		if (parsed instanceof Inet4Address && text.indexOf(':') >= 0) {
			throw new IllegalArgumentException(
					"must be written as the IPv4 address that it stands for: " + name(address));
		}
		int bits = address.length * Byte.SIZE;
		int prefixLength = (slash < 0) ? bits : prefixLength(text.substring(slash + 1));
		if (prefixLength < 0 || prefixLength > bits) {
			throw new IllegalArgumentException("must have a number from 0 to " + bits + " after the slash");
		}
		byte[] network = network(address, prefixLength);
		if (!Arrays.equals(network, address)) {
			throw new IllegalArgumentException("has bits after the prefix: write " + name(network) + "/" + prefixLength
					+ " for the range, or the address alone");
		}
		return new Cidr(network, prefixLength);
	}

	/**
	 * Parses a range that may be given by any address in it, such as
	 * {@code 192.0.2.7/24}, also by one of IPv4 within IPv6.
	 * @param text the range, or one address
	 * @return the range, or {@code null} if the text is none
	 */
	public static @Nullable Cidr around(String text) {
		int slash = text.indexOf('/');
		InetAddress parsed = Addresses.parse((slash < 0) ? text : text.substring(0, slash));
		if (parsed == null) {
			return null;
		}
		byte[] address = parsed.getAddress();
		int bits = address.length * Byte.SIZE;
		boolean mapped = parsed instanceof Inet4Address && text.indexOf(':') >= 0;
		int prefixLength = (slash < 0) ? bits
				: prefixLength(text.substring(slash + 1)) - (mapped ? MAPPED_AT * Byte.SIZE : 0);
		return (prefixLength >= 0 && prefixLength <= bits) ? new Cidr(network(address, prefixLength), prefixLength)
				: null;
	}

	private static int prefixLength(String text) {
		return PREFIX_LENGTH.matcher(text).matches() ? Integer.parseInt(text) : -1;
	}

	private static byte[] network(byte[] address, int prefixLength) {
		byte[] network = new byte[address.length];
		int whole = prefixLength / Byte.SIZE;
		System.arraycopy(address, 0, network, 0, whole);
		if (whole < network.length) {
			network[whole] = (byte) (address[whole] & mask(prefixLength));
		}
		return network;
	}

	/** Returns a mask for the byte in which the prefix ends, in the lowest eight bits. */
	private static int mask(int prefixLength) {
		return 0xff00 >> (prefixLength % Byte.SIZE);
	}

	/**
	 * Whether an address is in the range.
	 * @param address the address
	 * @return {@code true} if it is; an IPv4 address is in no range of IPv6
	 */
	public boolean contains(InetAddress address) {
		return contains(bytes(address));
	}

	/**
	 * Whether an address is in one of several ranges.
	 * @param ranges the ranges
	 * @param address the address
	 * @return {@code true} if it is in at least one
	 */
	public static boolean anyContains(Collection<Cidr> ranges, InetAddress address) {
		if (ranges.isEmpty()) {
			return false;
		}
		byte[] bytes = bytes(address);
		for (Cidr range : ranges) {
			if (range.contains(bytes)) {
				return true;
			}
		}
		return false;
	}

	private boolean contains(byte[] address) {
		int whole = this.prefixLength / Byte.SIZE;
		return address.length == this.network.length && Arrays.equals(address, 0, whole, this.network, 0, whole)
				&& (whole == address.length
						|| (address[whole] & mask(this.prefixLength) & 0xff) == (this.network[whole] & 0xff));
	}

	/**
	 * Returns the bytes of an address, as one of IPv4 where the system shows an IPv4 peer
	 * within IPv6.
	 */
	private static byte[] bytes(InetAddress address) {
		byte[] bytes = address.getAddress();
		if (address instanceof Inet6Address && bytes[MAPPED_AT - 1] == -1 && bytes[MAPPED_AT - 2] == -1
				&& Arrays.equals(bytes, 0, MAPPED_AT - 2, new byte[MAPPED_AT - 2], 0, MAPPED_AT - 2)) {
			return Arrays.copyOfRange(bytes, MAPPED_AT, bytes.length);
		}
		return bytes;
	}

	private static String name(byte[] address) {
		try {
			return Addresses.format(InetAddress.getByAddress(address));
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("No address has " + address.length + " bytes", ex);
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Cidr that && this.prefixLength == that.prefixLength
				&& Arrays.equals(this.network, that.network);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.network) + this.prefixLength;
	}

	/** Returns the range with the length of its prefix, also for a single address. */
	@Override
	public String toString() {
		return name(this.network) + "/" + this.prefixLength;
	}

}
