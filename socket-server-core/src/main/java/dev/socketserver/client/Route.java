package dev.socketserver.client;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.socketserver.address.Addresses;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * How a client reaches an address.
 *
 * @param attemptDelay how long after an attempt at one of the addresses of a name the
 * next is tried as well (RFC 8305, section 5), a millisecond to a year; {@code null} to
 * try one after the other. Default 250 ms
 * @param proxy the proxy through which the client connects; {@code null}, the default,
 * for none
 * @param localAddress the address of this machine that connections come from;
 * {@code null}, the default, for the one that the system chooses. A link-local address of
 * IPv6 has its zone, the name or number of an interface, behind {@code %}
 * @param broadcast whether the address may be one of broadcasts; default: no
 */
public record Route(@Nullable Duration attemptDelay, @Nullable Proxy proxy, @Nullable String localAddress,
		boolean broadcast) {

	/** The default. */
	public static final Route DEFAULT = new Route(Duration.ofMillis(250), null, null, false);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Route {
		if (attemptDelay != null) {
			InvalidSpecException.checkTime("attemptDelay", attemptDelay);
		}
		if (localAddress != null) {
			checkLocal(localAddress);
		}
	}

	/** The interface of a zone may be absent now, and present when it connects. */
	private static void checkLocal(String text) {
		int percent = text.indexOf('%');
		boolean zone = percent >= 0;
		InetAddress address = Addresses.parse(zone ? text.substring(0, percent) : text);
		boolean known = address != null && (!zone || (address instanceof Inet6Address && percent < text.length() - 1));
		InvalidSpecException.check(known, "localAddress", text,
				"must be an address of this machine, such as 192.0.2.7");
		InvalidSpecException.check(zone || !(address instanceof Inet6Address link && link.isLinkLocalAddress()),
				"localAddress", text, "must name the interface of a link-local address, such as " + text + "%eth0");
	}

	/** Checks that it leads to a socket of a kind. */
	void check(Protocol protocol, SocketTransport transport) {
		InvalidSpecException.check(!this.broadcast || protocol == Protocol.UDP, "udp.broadcast", true,
				"needs UDP: nothing else is sent to all of a network");
		if (protocol != Protocol.TCP) {
			String kind = (protocol == Protocol.UDP) ? "UDP" : "Unix sockets";
			InvalidSpecException.check(this.proxy == null, "proxy.type",
					(this.proxy != null) ? this.proxy.type() : null,
					"leads to servers of TCP only, and not to " + kind);
			InvalidSpecException.check(transport != SocketTransport.IO_URING, "transport", transport,
					"has no " + kind + " here: use epoll, kqueue or nio");
		}
		InvalidSpecException.check(protocol != Protocol.UNIX || this.localAddress == null, "localAddress",
				this.localAddress, "means nothing for a Unix socket, which has no addresses");
	}

	/**
	 * Checks the addresses of a client of UDP.
	 * @return whether it only sends there
	 */
	boolean checkDatagrams(List<ServerAddress> addresses) {
		int onlySends = 0;
		for (ServerAddress each : addresses) {
			InetAddress known = Addresses.parse(each.host().split("%", 2)[0]);
			boolean group = known != null && known.isMulticastAddress();
			boolean all = known != null && !group && Addresses.isBroadcast(known);
			InvalidSpecException.check(!all || this.broadcast, "udp.broadcast", false,
					"must be true to send to all of a network, at " + each.host());
			onlySends += (group || all) ? 1 : 0;
		}
		InvalidSpecException.check(onlySends == 0 || onlySends == addresses.size(), "addresses", addresses,
				"must be groups and addresses of broadcasts alone, or none of them");
		return onlySends > 0;
	}

	/**
	 * Returns a copy with another {@link #attemptDelay()}.
	 * @param attemptDelay the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Route attemptDelay(@Nullable Duration attemptDelay) {
		return new Route(attemptDelay, this.proxy, this.localAddress, this.broadcast);
	}

	/**
	 * Returns a copy with another {@link #proxy()}.
	 * @param proxy the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Route proxy(@Nullable Proxy proxy) {
		return new Route(this.attemptDelay, proxy, this.localAddress, this.broadcast);
	}

	/**
	 * Returns a copy with another {@link #broadcast()}.
	 * @param broadcast the value
	 * @return the copy
	 */
	public Route broadcast(boolean broadcast) {
		return new Route(this.attemptDelay, this.proxy, this.localAddress, broadcast);
	}

	/**
	 * Returns a copy with another {@link #localAddress()}.
	 * @param localAddress the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Route localAddress(@Nullable String localAddress) {
		return new Route(this.attemptDelay, this.proxy, localAddress, this.broadcast);
	}

	/**
	 * A proxy, through which a client connects. The proxy resolves the name of the
	 * server.
	 *
	 * @param type how it is asked
	 * @param host its host name or address, which is resolved for each attempt
	 * @param port its port, from 1 to 65535
	 * @param username the name that it is given; {@code null} for none
	 * @param password the password of that name, which no text shows; {@code null} for
	 * none
	 */
	public record Proxy(Type type, String host, int port, @Nullable String username, @Nullable String password) {

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Proxy {
			Objects.requireNonNull(type, "type");
			Objects.requireNonNull(host, "host");
			InvalidSpecException.check(!host.isBlank() && Addresses.isHost(host), "proxy.host", host,
					"must be a name or an address alone, without a scheme, a port or a space");
			InvalidSpecException.check(Addresses.hasShortParts(host), "proxy.host", host, Addresses.SHORT_PARTS);
			InvalidSpecException.check(port > 0 && port <= 65535, "proxy.port", port, "must be between 1 and 65535");
			InvalidSpecException.check(password == null || username != null, "proxy.username", null,
					"must be set where there is a password");
		}

		/** Without the password. */
		@Override
		public String toString() {
			return this.type + " proxy at " + new ServerAddress(this.host, () -> this.port)
					+ ((this.username != null) ? " for " + this.username : "");
		}

		/** How a proxy is asked. */
		public enum Type {

			/** SOCKS, version 5 (RFC 1928), with or without a password (RFC 1929). */
			SOCKS5,

			/** {@code CONNECT} of HTTP (RFC 9110, section 9.3.6). */
			HTTP

		}

	}

}
