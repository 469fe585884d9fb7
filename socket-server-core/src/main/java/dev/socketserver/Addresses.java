package dev.socketserver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Writes addresses for people: {@code host:port}, numeric, IPv6 in brackets and in its
 * short form (RFC 5952), and reads those that are written in digits. It never asks a name
 * service.
 */
public final class Addresses {

	private static final String PART = "(0|[1-9][0-9]{0,2})";

	private static final Pattern IPV4 = Pattern.compile(PART + "\\." + PART + "\\." + PART + "\\." + PART);

	/** The JDK asks no name service for what has a colon. */
	private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

	private static final int IPV4_BYTES = 4;

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
			String name = address.getHostString();
			return ((name.indexOf(':') >= 0) ? "[" + name + "]" : name) + ":" + address.getPort();
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
	 * Reads the address of a host that is written in digits. No name service is asked,
	 * and what could be read in two ways is not read: four decimal numbers without
	 * leading zeros, or an address of IPv6 without a zone.
	 * @param text the text
	 * @return the address, one of IPv4 also for one of IPv4 within IPv6, or {@code null}
	 * if the text is none
	 */
	public static @Nullable InetAddress parse(String text) {
		try {
			Matcher parts = IPV4.matcher(text);
			if (!parts.matches()) {
				return IPV6.matcher(text).matches() ? InetAddress.getByName(text) : null;
			}
			byte[] address = new byte[IPV4_BYTES];
			for (int i = 0; i < IPV4_BYTES; i++) {
				int part = Integer.parseInt(parts.group(i + 1));
				if (part > 255) {
					return null;
				}
				address[i] = (byte) part;
			}
			return InetAddress.getByAddress(address);
		}
		catch (UnknownHostException ex) {
			return null;
		}
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
