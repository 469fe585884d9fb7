package dev.socketserver.actuate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An IP address, or a range of them in CIDR notation (RFC 4632, RFC 4291). It never asks
 * a name service.
 */
final class AddressRange {

	/** A leading zero would make it octal for some programs. */
	private static final String OCTET = "(0|[1-9]\\d{0,2})";

	private static final Pattern IPV4 = Pattern.compile(String.join("\\.", OCTET, OCTET, OCTET, OCTET));

	/** That it is one is for the JDK to say, which then looks for no name. */
	private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

	private static final Pattern PREFIX = Pattern.compile("0|[1-9]\\d{0,2}");

	/** Of an IPv4 address that is written as one of IPv6, {@code ::ffff:192.0.2.7}. */
	private static final int MAPPED_BITS = 96;

	private final byte[] address;

	private final int prefix;

	private AddressRange(byte[] address, int prefix) {
		this.address = address;
		this.prefix = prefix;
	}

	/**
	 * Reads an address or range. Bits behind the prefix are ignored.
	 * @param text the text
	 * @return the range, or {@code null} if it is none
	 */
	static @Nullable AddressRange parse(String text) {
		int slash = text.indexOf('/');
		String host = (slash < 0) ? text : text.substring(0, slash);
		byte[] address = address(host);
		if (address == null) {
			return null;
		}
		int bits = address.length * Byte.SIZE;
		if (slash < 0) {
			return new AddressRange(address, bits);
		}
		String length = text.substring(slash + 1);
		if (!PREFIX.matcher(length).matches()) {
			return null;
		}
		boolean mapped = host.indexOf(':') >= 0 && address.length == 4;
		int prefix = Integer.parseInt(length) - (mapped ? MAPPED_BITS : 0);
		return (prefix >= 0 && prefix <= bits) ? new AddressRange(address, prefix) : null;
	}

	private static byte @Nullable [] address(String text) {
		Matcher octets = IPV4.matcher(text);
		if (octets.matches()) {
			byte[] address = new byte[4];
			for (int i = 0; i < address.length; i++) {
				int octet = Integer.parseInt(octets.group(i + 1));
				if (octet > 255) {
					return null;
				}
				address[i] = (byte) octet;
			}
			return address;
		}
		try {
			return IPV6.matcher(text).matches() ? InetAddress.getByName(text).getAddress() : null;
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Whether an address is in the range.
	 * @param candidate the address, or {@code null} if there is none
	 * @return {@code true} if it is of the same family and begins with the same bits
	 */
	boolean contains(@Nullable InetAddress candidate) {
		byte[] bytes = (candidate != null) ? candidate.getAddress() : null;
		if (bytes == null || bytes.length != this.address.length) {
			return false;
		}
		int whole = this.prefix / Byte.SIZE;
		for (int i = 0; i < whole; i++) {
			if (bytes[i] != this.address[i]) {
				return false;
			}
		}
		int rest = Byte.SIZE - this.prefix % Byte.SIZE;
		return rest == Byte.SIZE || (bytes[whole] & 0xff) >> rest == (this.address[whole] & 0xff) >> rest;
	}

}
