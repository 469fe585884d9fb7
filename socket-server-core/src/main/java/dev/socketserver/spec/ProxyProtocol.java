package dev.socketserver.spec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.socketserver.address.Cidr;

/**
 * Whether a load balancer announces, at the beginning of a connection, the address of the
 * peer that it forwards (the PROXY protocol of HAProxy, versions 1 and 2). Sessions,
 * limits and logs then use that address.
 *
 * @param mode whether connections begin with such a header; default {@link ProxyMode#OFF}
 * @param trusted the addresses of the load balancers; a header from any other address is
 * never believed. Required unless the mode is off, and not needed on a Unix socket
 */
public record ProxyProtocol(ProxyMode mode, List<Cidr> trusted) {

	/** How long the server waits for a complete header: 5 s. */
	public static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);

	/** No headers. */
	public static final ProxyProtocol DEFAULT = new ProxyProtocol(ProxyMode.OFF, List.of());

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ProxyProtocol {
		Objects.requireNonNull(mode, "mode");
		trusted = List.copyOf(trusted);
	}

	/**
	 * Returns a copy with another {@link #mode()}.
	 * @param mode the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ProxyProtocol mode(ProxyMode mode) {
		return new ProxyProtocol(mode, this.trusted);
	}

	/**
	 * Returns a copy with another {@link #trusted()}.
	 * @param trusted the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ProxyProtocol trusted(List<Cidr> trusted) {
		return new ProxyProtocol(this.mode, trusted);
	}

}
