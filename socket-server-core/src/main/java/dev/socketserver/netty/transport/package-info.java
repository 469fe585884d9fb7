/**
 * What the transports (NIO, epoll, io_uring, kqueue) can do on this machine, the options
 * of sockets, what the kernel reports about a connection, the buffers of a loop, and
 * output that does not pass through Netty's queue. Uses the workarounds.
 */
@NullMarked
package dev.socketserver.netty.transport;

import org.jspecify.annotations.NullMarked;
