package dev.socketserver.admission;

import java.net.InetAddress;

/**
 * Permits that sessions of earlier runs of a server still have. They count against the
 * limits of new connections, but are released there. Safe for use by several threads.
 */
public interface KeptPermits {

	/**
	 * Returns how many there are.
	 * @return the number
	 */
	int taken();

	/**
	 * Returns how many of them are those of an address.
	 * @param address the address
	 * @return the number
	 */
	int taken(InetAddress address);

}
