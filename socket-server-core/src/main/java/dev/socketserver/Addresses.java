package dev.socketserver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes addresses for people: {@code host:port}, numeric, IPv6 in brackets and in its
 * short form (RFC 5952). It never asks a name service.
 */
public final class Addresses {

	private static final Pattern ZEROS = Pattern.compile("\\b0(?::0)+\\b");

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
		String text = format(host);
		return ((host instanceof Inet6Address) ? "[" + text + "]" : text) + ":" + address.getPort();
	}

	/**
	 * Writes the address of a host.
	 * @param host the address
	 * @return the text, without brackets
	 */
	public static String format(InetAddress host) {
		String text = host.getHostAddress();
		return (host instanceof Inet6Address) ? shorten(text) : text;
	}

	/**
	 * Leaves out the longest run of zero groups, the first of equals. A scope, which
	 * follows a percent sign, stays as it is.
	 */
	private static String shorten(String text) {
		int scope = text.indexOf('%');
		String groups = (scope < 0) ? text : text.substring(0, scope);
		Matcher zeros = ZEROS.matcher(groups);
		int start = 0;
		int end = 0;
		while (zeros.find()) {
			if (zeros.end() - zeros.start() > end - start) {
				start = zeros.start();
				end = zeros.end();
			}
		}
		if (end == 0) {
			return text;
		}
		String before = groups.substring(0, start);
		String after = groups.substring(end);
		return (before.isEmpty() ? ":" : before) + (after.isEmpty() ? ":" : after) + text.substring(groups.length());
	}

}
