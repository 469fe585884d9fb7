package dev.socketserver.spec.listen;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.socketserver.address.Addresses;
import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * A port of an address.
 */
public sealed interface IpPort extends ListenOn permits Tcp, Udp {

	/** The host that stands for every interface. */
	String ANY_HOST = "any";

	/**
	 * Returns where to listen.
	 * @return a host name or address, {@value #ANY_HOST} for every interface
	 */
	String host();

	/**
	 * Returns the port.
	 * @return the port, 0 for a free one
	 */
	int port();

	/**
	 * Returns which addresses it listens on.
	 * @return the family
	 */
	IpFamily ipFamily();

	/**
	 * Whether the server listens on every interface.
	 * @return {@code true} if {@link #host()} is {@value #ANY_HOST} or a wildcard address
	 */
	default boolean anyHost() {
		return isWildcard(host());
	}

	@Override
	default InetSocketAddress address() {
		return InetSocketAddress.createUnresolved(host(), port());
	}

	/** The kind, the host and the port, unless any free one will do. */
	@Override
	default @Nullable Object place() {
		return (port() != 0) ? List.of(protocol(), anyHost() ? ANY_HOST : host(), ipFamily(), port()) : null;
	}

	private static boolean isWildcard(String host) {
		return host.equals(ANY_HOST) || host.equals("0.0.0.0") || host.equals("::");
	}

	/**
	 * Returns the loopback address of a family. It is not the JVM's, which may be that of
	 * IPv6.
	 * @param family the family
	 * @return the address
	 */
	static String loopback(IpFamily family) {
		return (family == IpFamily.IPV6) ? "::1" : "127.0.0.1";
	}

	/**
	 * Checks what all ports have.
	 * @param host see {@link #host()}
	 * @param port see {@link #port()}
	 * @param ipFamily see {@link #ipFamily()}
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	static void check(String host, int port, IpFamily ipFamily) {
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(ipFamily, "ipFamily");
		check(!host.isBlank(), "address", host, "must not be blank");
		check(Addresses.hasShortParts(host), "address", host, Addresses.SHORT_PARTS);
		check(port >= 0 && port <= 65535, "port", port, "must be between 0 and 65535");
		check(ipFamily != IpFamily.DUAL || isWildcard(host), "ipFamily", ipFamily,
				"listens on all addresses of both families: the address must be any");
		check(ipFamily != IpFamily.IPV4 || host.indexOf(':') < 0, "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is an IPv6 address");
		// A host name has no colon, and no last label of digits only.
		check(ipFamily != IpFamily.IPV6 || !Pattern.matches("[0-9.]+", host), "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is an IPv4 address");
	}

	private static void check(boolean valid, String component, Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

}
