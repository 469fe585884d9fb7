package dev.socketserver.address;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Formats addresses for people, and parses numeric ones. They are written as
 * {@code host:port}, with a numeric host; IPv6 is in brackets and in its short form (RFC
 * 5952). No name service is ever asked.
 */
public final class Addresses {

	private static final String PART = "(0|[1-9][0-9]{0,2})";

	private static final Pattern IPV4 = Pattern.compile(PART + "\\." + PART + "\\." + PART + "\\." + PART);

	/** What matches has a colon, and the JDK asks no name service for that. */
	private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

	private static final int IPV4_BYTES = 4;

	/** What is sent there is for everybody on the link (RFC 919). */
	private static final String EVERYBODY = "255.255.255.255";

	private static final int LONGEST_PART = 63;

	/** What is wrong with a name that has a longer one: a phrase without a subject. */
	public static final String SHORT_PARTS = "must have parts of at most 63 letters between its dots";

	private Addresses() {
	}

	/**
	 * Formats an address with its port.
	 * @param address the address
	 * @return the text; {@code unix:} and the path for an end of a Unix socket, and
	 * {@code inherited:} and the name for a socket that is not known yet
	 */
	public static String format(InetSocketAddress address) {
		if (address.getClass() != InetSocketAddress.class) {
			// A kind of ours, which says itself how it is written.
			return address.toString();
		}
		InetAddress host = address.getAddress();
		if (host == null) {
			String name = address.getHostString();
			return ((name.indexOf(':') >= 0) ? "[" + name + "]" : name) + ":" + address.getPort();
		}
		String text = format(host);
		return ((host instanceof Inet6Address) ? "[" + text + "]" : text) + ":" + address.getPort();
	}

	/**
	 * Formats an address without a port.
	 * @param host the address
	 * @return the text, without brackets
	 */
	public static String format(InetAddress host) {
		String text = host.getHostAddress();
		return (host instanceof Inet6Address) ? shorten(text) : text;
	}

	/**
	 * Parses a numeric address: four decimal numbers without leading zeros, or an IPv6
	 * address without a zone. Nothing else is accepted, since it could be read in two
	 * ways.
	 * @param text the text
	 * @return the address, or {@code null} if the text is none; an IPv4 address within
	 * IPv6 is returned as one of IPv4
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
	 * Whether what is sent to an address is for all of a network of this machine. The
	 * interfaces are asked for their networks.
	 * @param address the address
	 * @return whether it is that of a broadcast
	 */
	public static boolean isBroadcast(InetAddress address) {
		if (address instanceof Inet6Address) {
			return false;
		}
		if (format(address).equals(EVERYBODY)) {
			return true;
		}
		try {
			return NetworkInterface.networkInterfaces()
				.flatMap((each) -> each.getInterfaceAddresses().stream())
				.anyMatch((each) -> address.equals(each.getBroadcast()) || isLast(address, each));
		}
		catch (SocketException ex) {
			return false;
		}
	}

	/**
	 * Whether an address is the last of a network. To Linux that is one of broadcasts,
	 * also where the interface has none, such as that of loopback.
	 */
	private static boolean isLast(InetAddress address, InterfaceAddress own) {
		int bits = Integer.SIZE - own.getNetworkPrefixLength();
		if (!(own.getAddress() instanceof Inet4Address) || bits < 2 || bits >= Integer.SIZE) {
			return false;
		}
		int hosts = (1 << bits) - 1;
		return number(address) == (number(own.getAddress()) | hosts);
	}

	private static int number(InetAddress address) {
		return ByteBuffer.wrap(address.getAddress()).getInt();
	}

	/**
	 * Whether this may be a host: a URL, a host with a port, a name with an empty part or
	 * a placeholder would fail only when it is resolved, at each attempt.
	 * @param host the text
	 * @return whether it may be a name or an address, without brackets
	 */
	public static boolean isHost(String host) {
		int colon = host.indexOf(':');
		boolean port = host.contains("]:") || (colon >= 0 && colon == host.lastIndexOf(':'));
		boolean empty = host.startsWith(".") || host.contains("..");
		return !port && !empty && host.chars()
			.noneMatch((character) -> "/${}".indexOf(character) >= 0 || Character.isWhitespace(character));
	}

	/**
	 * Whether no part of a host name is longer than a name service allows (RFC 1035,
	 * section 2.3.4).
	 * @param host a name or an address
	 * @return whether it may be resolved
	 */
	public static boolean hasShortParts(String host) {
		for (String part : host.split("\\.")) {
			if (part.length() > LONGEST_PART) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Replaces the longest run of zero groups by two colons; the first, if several are
	 * equally long. A scope, which follows a percent sign, is left as it is.
	 */
	private static String shorten(String text) {
		int scope = text.indexOf('%');
		String groups = (scope < 0) ? text : text.substring(0, scope);
		Matcher zeros = Zeros.RUN.matcher(groups);
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

	/** Compiled for the first IPv6 address only. */
	private static final class Zeros {

		static final Pattern RUN = Pattern.compile("\\b0(?::0)+\\b");

	}

}
