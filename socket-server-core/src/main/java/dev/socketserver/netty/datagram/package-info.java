/**
 * The port of a server of UDP: its sockets, a session for each peer at each local
 * address, and what becomes of datagrams that no session gets. Uses {@code listen} to
 * bind, and {@code transport}.
 */
@NullMarked
package dev.socketserver.netty.datagram;

import org.jspecify.annotations.NullMarked;
