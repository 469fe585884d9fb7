package dev.socketserver.address;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An end of a connection by a Unix socket, for all who know addresses and ports only: the
 * loopback address with port 0, which is written as {@code unix:} and the path. It equals
 * any other loopback address with that port, and so is no key.
 */
public final class UnixAddress extends InetSocketAddress {

	private static final long serialVersionUID = 1L;

	/** What the text of such an address begins with. */
	public static final String PREFIX = "unix:";

	private static final InetAddress LOOPBACK = loopback();

	/** An end without a path, as peers have that connect. */
	public static final UnixAddress UNNAMED = new UnixAddress("");

	private final String path;

	/**
	 * Creates an address.
	 * @param path the path, or {@code @} and an abstract name; empty if it has none
	 */
	public UnixAddress(String path) {
		super(LOOPBACK, 0);
		this.path = path;
	}

	private static InetAddress loopback() {
		try {
			return InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the path.
	 * @return the path, or {@code @} and an abstract name; empty if it has none
	 */
	public String path() {
		return this.path;
	}

	@Override
	public String toString() {
		return PREFIX + this.path;
	}

}
