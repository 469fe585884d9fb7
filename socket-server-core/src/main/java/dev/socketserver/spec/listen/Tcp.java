package dev.socketserver.spec.listen;

import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * A port of TCP.
 *
 * @param host where to listen: a host name or address, {@code "any"} for every interface;
 * default the loopback address of IPv4, of IPv6 where {@code ipFamily} is
 * {@link IpFamily#IPV6}
 * @param port the port, 0 for a free one
 * @param ipFamily which addresses it listens on; default {@link IpFamily#ANY}
 * @param backlog how many connections may wait in the kernel until they are accepted; 0,
 * the default, leaves that to the operating system
 */
public record Tcp(String host, int port, IpFamily ipFamily, int backlog) implements IpPort {

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Tcp {
		IpPort.check(host, port, ipFamily);
		InvalidSpecException.check(backlog >= 0, "backlog", backlog, "must not be negative");
	}

	static Tcp of(@Nullable String host, int port, @Nullable IpFamily ipFamily, int backlog) {
		IpFamily family = (ipFamily != null) ? ipFamily : IpFamily.ANY;
		return new Tcp((host != null) ? host : IpPort.loopback(family), port, family, backlog);
	}

	@Override
	public Protocol protocol() {
		return Protocol.TCP;
	}

}
