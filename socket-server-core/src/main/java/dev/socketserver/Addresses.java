package dev.socketserver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Writes addresses for people: {@code host:port}, numeric, IPv6 in brackets (RFC 5952,
 * section 6).
 */
public final class Addresses {

	private Addresses() {
	}

	/**
	 * Writes an address.
	 * @param address the address
	 * @return the text
	 */
	public static String format(InetSocketAddress address) {
		InetAddress host = address.getAddress();
		if (host == null) {
			return address.getHostString() + ":" + address.getPort();
		}
		String text = host.getHostAddress();
		return ((host instanceof Inet6Address) ? "[" + text + "]" : text) + ":" + address.getPort();
	}

}
