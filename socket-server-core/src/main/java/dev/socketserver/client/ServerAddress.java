package dev.socketserver.client;

import java.util.Objects;
import java.util.function.IntSupplier;

import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.listen.DomainSocket;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, as a client is configured to reach it.
 *
 * @param host a host name, or an address without brackets; {@code unix:} and the path of
 * a Unix socket
 * @param portSupplier returns the port; it is called for each attempt, on any thread, and
 * must not wait; 0 for a Unix socket
 * @param path the absolute path of a Unix socket, or {@code @} and an abstract name, at
 * most 107 bytes; {@code null} where there is a port
 */
public record ServerAddress(String host, IntSupplier portSupplier, @Nullable String path) {

	/** What the text of an address must be: a phrase without a subject. */
	public static final String RULE = "must be host:port, or [address]:port for IPv6";

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ServerAddress {
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(portSupplier, "portSupplier");
		if (path != null) {
			DomainSocket.checkPath("domainSocket.path", path);
			check(host.equals(new UnixAddress(path).toString()), "host", host, "must be that of the path");
		}
		else {
			check(host, portSupplier);
		}
	}

	/**
	 * Creates an address with a port.
	 * @param host see {@link #host()}
	 * @param portSupplier see {@link #portSupplier()}
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ServerAddress(String host, IntSupplier portSupplier) {
		this(host, portSupplier, null);
	}

	private static void check(String host, IntSupplier portSupplier) {
		check(!host.isBlank(), "host", host, "must not be blank");
		check(Addresses.isHost(host), "host", host,
				"must be a name or an address alone, without a scheme, a port or a space");
		check(Addresses.hasShortParts(host), "host", host, Addresses.SHORT_PARTS);
		if (portSupplier instanceof Port port) {
			check(port.getAsInt() > 0 && port.getAsInt() <= 65535, "port", port.getAsInt(),
					"must be between 1 and 65535");
		}
	}

	/**
	 * Returns an address whose port never changes.
	 * @param host a host name, or an address without brackets
	 * @param port the port, from 1 to 65535
	 * @return the address
	 * @throws InvalidSpecException if one of them is invalid
	 */
	public static ServerAddress of(String host, int port) {
		return new ServerAddress(host, fixed(port));
	}

	/**
	 * Returns the address of a Unix socket.
	 * @param path see {@link #path()}
	 * @return the address
	 * @throws InvalidSpecException if there can be no such path
	 */
	public static ServerAddress unix(String path) {
		return new ServerAddress(new UnixAddress(path).toString(), fixed(0), path);
	}

	/**
	 * Reads an address.
	 * @param text {@code host:port}, with an IPv6 address in brackets
	 * @return the address
	 * @throws InvalidSpecException if it is not of that form
	 */
	public static ServerAddress parse(String text) {
		int colon = text.lastIndexOf(':');
		boolean brackets = text.startsWith("[");
		boolean form = colon > 0 && (brackets ? text.charAt(colon - 1) == ']' : text.indexOf(':') == colon);
		check(form, "addresses", text, RULE);
		try {
			String host = brackets ? text.substring(1, colon - 1) : text.substring(0, colon);
			return of(host, Integer.parseInt(text.substring(colon + 1)));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException("addresses", text, RULE);
		}
	}

	/** Returns a port that never changes, and is checked with the address. */
	static IntSupplier fixed(int port) {
		return new Port(port);
	}

	private static void check(boolean valid, String component, Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Returns the port, as the supplier gives it now.
	 * @return the port; 0 if it is not known, or if the supplier throws: attempts to
	 * connect then fail
	 */
	public int port() {
		try {
			return this.portSupplier.getAsInt();
		}
		catch (RuntimeException ex) {
			// An attempt to connect asks the supplier itself, and fails with this.
			return 0;
		}
	}

	/** As it is written in properties, logs and meters. */
	@Override
	public String toString() {
		if (this.path != null) {
			return this.host;
		}
		return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + port();
	}

	/**
	 * A port that never changes.
	 *
	 * @param getAsInt the port
	 */
	private record Port(int getAsInt) implements IntSupplier {

	}

}
