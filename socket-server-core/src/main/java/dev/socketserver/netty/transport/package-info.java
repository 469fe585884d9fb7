/**
 * What the transports (NIO, epoll, io_uring, kqueue) can do on this machine, the options
 * of sockets, what the kernel reports about a connection, and the buffers of a loop. Uses
 * the workarounds.
 */
@NullMarked
package dev.socketserver.netty.transport;

import org.jspecify.annotations.NullMarked;
