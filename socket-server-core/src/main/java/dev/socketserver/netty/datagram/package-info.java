/**
 * The port of a server of UDP: its sockets, the groups they join, a session for each peer
 * at each local address or group, and what becomes of datagrams that no session gets.
 * Also the socket of a client of UDP, which {@code connect} uses. Uses {@code listen} and
 * {@code inherit} to bind, and {@code transport}.
 */
@NullMarked
package dev.socketserver.netty.datagram;

import org.jspecify.annotations.NullMarked;
