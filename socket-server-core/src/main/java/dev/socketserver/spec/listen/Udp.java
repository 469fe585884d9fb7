package dev.socketserver.spec.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.socketserver.address.Addresses;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.Timeouts;
import org.jspecify.annotations.Nullable;

/**
 * A port of UDP, with a session for each peer at each local address.
 *
 * @param host where to listen: a host name or address, {@code "any"} for every interface;
 * default the loopback address of IPv4, of IPv6 where {@code ipFamily} is
 * {@link IpFamily#IPV6}
 * @param port the port, 0 for a free one
 * @param ipFamily which addresses it listens on; default {@link IpFamily#ANY}
 * @param sessionTimeout since the last datagram in either direction, after which a
 * session ends with {@link dev.socketserver.CloseReason#IDLE_TIMEOUT}; at least a
 * millisecond and at most 100 years, default 60 s
 * @param amplification how many times as many payload bytes as a peer has sent it is sent
 * at most, until its session is bound or authenticated; 0 for no limit, which needs a
 * loopback address or {@link Limits#allow()}; default 3
 * @param evict whether, where there are as many sessions as there may be, a new peer
 * displaces the one that was silent for longest and is neither bound nor authenticated;
 * default: yes
 * @param groups the multicast groups that it joins, which needs every interface as the
 * host; default none
 * @param broadcast whether it receives broadcasts, which needs every interface as the
 * host, too; default: no
 */
public record Udp(String host, int port, IpFamily ipFamily, Duration sessionTimeout, int amplification, boolean evict,
		List<MulticastGroup> groups, boolean broadcast) implements IpPort {

	/** The default of {@link #sessionTimeout()}: 60 s. */
	public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(60);

	/** The default of {@link #amplification()}: 3. */
	public static final int DEFAULT_AMPLIFICATION = 3;

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Udp {
		IpPort.check(host, port, ipFamily);
		Objects.requireNonNull(sessionTimeout, "sessionTimeout");
		Timeouts.check("udp.sessionTimeout", sessionTimeout);
		InvalidSpecException.check(amplification >= 0, "udp.amplification", amplification, "must not be negative");
		groups = List.copyOf(groups);
		for (MulticastGroup group : groups) {
			boolean ipv6 = group.address() instanceof Inet6Address;
			boolean fits = ipv6 ? ipFamily != IpFamily.IPV4 && !host.equals("0.0.0.0") : ipFamily != IpFamily.IPV6;
			InvalidSpecException.check(fits, "udp.groups", group,
					"does not fit the address and the family on which the server listens");
		}
	}

	static Udp of(@Nullable String host, int port, @Nullable IpFamily ipFamily) {
		IpFamily family = (ipFamily != null) ? ipFamily : IpFamily.ANY;
		return new Udp((host != null) ? host : IpPort.loopback(family), port, family, DEFAULT_SESSION_TIMEOUT,
				DEFAULT_AMPLIFICATION, true, List.of(), false);
	}

	@Override
	public Protocol protocol() {
		return Protocol.UDP;
	}

	/** There are no connections. */
	@Override
	public int backlog() {
		return 0;
	}

	@Override
	public boolean streams() {
		return false;
	}

	@Override
	public void check(Limits limits, SocketTransport transport, ProxyProtocol proxies) {
		String any = "needs address: any, since a socket at one address receives nothing else";
		InvalidSpecException.check(this.groups.isEmpty() || anyHost(), "udp.groups", this.groups, any);
		InvalidSpecException.check(!this.broadcast || anyHost(), "udp.broadcast", true, any);
		checkBound(limits, transport, proxies);
	}

	/** Checks what does not depend on where the socket is bound. */
	void checkBound(Limits limits, SocketTransport transport, ProxyProtocol proxies) {
		InvalidSpecException.check(transport != SocketTransport.KQUEUE || this.groups.isEmpty(), "transport", transport,
				"cannot join the groups of udp.groups: use nio");
		InvalidSpecException.check(transport != SocketTransport.IO_URING, "transport", transport,
				"has no sockets of UDP here: use epoll or nio");
		InvalidSpecException.check(proxies.mode() == ProxyMode.OFF, "proxyProtocol.mode", proxies.mode(),
				"needs a stream, and UDP has none");
		InvalidSpecException.check(limits.onFull() == OnFull.REJECT, "limits.onFull", limits.onFull(),
				"would have datagrams wait, and UDP drops them");
		InvalidSpecException.check(this.amplification > 0 || isLoopback() || !limits.allow().isEmpty(),
				"udp.amplification", "off", "lets whoever forges an address have others flooded: limit it, listen on a "
						+ "loopback address, or set limits.allow");
	}

	private boolean isLoopback() {
		InetAddress literal = Addresses.parse(this.host);
		return this.host.equals("localhost") || (literal != null && literal.isLoopbackAddress());
	}

	/**
	 * Returns a copy with another {@link #sessionTimeout()}.
	 * @param sessionTimeout the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Udp sessionTimeout(Duration sessionTimeout) {
		return new Udp(this.host, this.port, this.ipFamily, sessionTimeout, this.amplification, this.evict, this.groups,
				this.broadcast);
	}

	/**
	 * Returns a copy with another {@link #amplification()}.
	 * @param amplification the value, 0 for no limit
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Udp amplification(int amplification) {
		return new Udp(this.host, this.port, this.ipFamily, this.sessionTimeout, amplification, this.evict, this.groups,
				this.broadcast);
	}

	/**
	 * Returns a copy with another {@link #evict()}.
	 * @param evict the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Udp evict(boolean evict) {
		return new Udp(this.host, this.port, this.ipFamily, this.sessionTimeout, this.amplification, evict, this.groups,
				this.broadcast);
	}

	/**
	 * Returns a copy with another {@link #groups()}.
	 * @param groups the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Udp groups(List<MulticastGroup> groups) {
		return new Udp(this.host, this.port, this.ipFamily, this.sessionTimeout, this.amplification, this.evict, groups,
				this.broadcast);
	}

	/**
	 * Returns a copy with other {@link #groups()}.
	 * @param groups each an address, which may be followed by {@code @} and the name of
	 * an interface, such as {@code 239.1.2.3@eth0}
	 * @return the copy
	 * @throws InvalidSpecException if one of them is no group, or does not fit
	 */
	public Udp groups(String... groups) {
		return groups(Stream.of(groups).map(MulticastGroup::of).toList());
	}

	/**
	 * Returns a copy with another {@link #broadcast()}.
	 * @param broadcast the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Udp broadcast(boolean broadcast) {
		return new Udp(this.host, this.port, this.ipFamily, this.sessionTimeout, this.amplification, this.evict,
				this.groups, broadcast);
	}

}
