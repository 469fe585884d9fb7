package dev.socketserver.event;

import dev.socketserver.SocketServer;
import dev.socketserver.address.AddressBan;

/**
 * A server has banned an address, for its offences or because an operator says so.
 * Published where the offence was counted, which may be the I/O thread: a listener must
 * be quick.
 *
 * @param server the server
 * @param ban the ban
 */
public record SocketAddressBannedEvent(SocketServer server, AddressBan ban) {

}
