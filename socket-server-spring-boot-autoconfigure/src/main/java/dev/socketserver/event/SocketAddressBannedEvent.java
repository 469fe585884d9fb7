package dev.socketserver.event;

import dev.socketserver.SocketServer;
import dev.socketserver.address.AddressBan;

/**
 * A server has banned an address, for its offences or because an operator says so. The
 * ban is in force when this is published, on a background thread; a listener that takes
 * long delays later bans and alarms of the server.
 *
 * @param server the server
 * @param ban the ban
 */
public record SocketAddressBannedEvent(SocketServer server, AddressBan ban) {

	/**
	 * Returns what is banned.
	 * @return an address of IPv4, or a network of IPv6
	 */
	public String address() {
		return this.ban.address();
	}

}
