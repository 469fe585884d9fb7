package dev.socketserver.address;

import java.net.InetSocketAddress;

/**
 * Where a server was to listen that inherits a socket, as long as it is not known where
 * that is bound: port 0, written as {@code inherited:} and the name.
 */
public final class InheritedAddress extends InetSocketAddress {

	private static final long serialVersionUID = 1L;

	private final String name;

	/**
	 * Creates an address.
	 * @param name the name of the socket
	 */
	public InheritedAddress(String name) {
		super(0);
		this.name = name;
	}

	@Override
	public String toString() {
		return "inherited:" + this.name;
	}

}
