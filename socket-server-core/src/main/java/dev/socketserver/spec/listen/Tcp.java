package dev.socketserver.spec.listen;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.regex.Pattern;

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
public record Tcp(String host, int port, IpFamily ipFamily, int backlog) implements ListenOn {

	/** The host that stands for every interface. */
	public static final String ANY_HOST = "any";

	/** Not the JVM's loopback address, which may be that of IPv6. */
	private static final String LOOPBACK = "127.0.0.1";

	private static final String IPV6_LOOPBACK = "::1";

	/** A host name has no colon, and no last label of digits only. */
	private static final Pattern IPV4_LITERAL = Pattern.compile("[0-9.]+");

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Tcp {
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(ipFamily, "ipFamily");
		check(!host.isBlank(), "address", host, "must not be blank");
		check(port >= 0 && port <= 65535, "port", port, "must be between 0 and 65535");
		check(backlog >= 0, "backlog", backlog, "must not be negative");
		check(ipFamily != IpFamily.DUAL || isWildcard(host), "ipFamily", ipFamily,
				"listens on all addresses of both families: the address must be any");
		check(ipFamily != IpFamily.IPV4 || host.indexOf(':') < 0, "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is an IPv6 address");
		check(ipFamily != IpFamily.IPV6 || !IPV4_LITERAL.matcher(host).matches(), "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is an IPv4 address");
	}

	static Tcp of(@Nullable String host, int port, @Nullable IpFamily ipFamily, int backlog) {
		IpFamily family = (ipFamily != null) ? ipFamily : IpFamily.ANY;
		String loopback = (family == IpFamily.IPV6) ? IPV6_LOOPBACK : LOOPBACK;
		return new Tcp((host != null) ? host : loopback, port, family, backlog);
	}

	private static void check(boolean valid, String component, Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Whether the server listens on every interface.
	 * @return {@code true} if {@link #host()} is {@value #ANY_HOST} or a wildcard address
	 */
	public boolean anyHost() {
		return isWildcard(this.host);
	}

	private static boolean isWildcard(String host) {
		return host.equals(ANY_HOST) || host.equals("0.0.0.0") || host.equals("::");
	}

	@Override
	public Protocol protocol() {
		return Protocol.TCP;
	}

	@Override
	public InetSocketAddress address() {
		return InetSocketAddress.createUnresolved(this.host, this.port);
	}

}
