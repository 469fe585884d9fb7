/**
 * What a message costs by the kind of socket: datagrams beside plain Netty and C, and a
 * Unix socket beside TCP.
 */
@NullMarked
package dev.socketserver.benchmarks.sockets;

import org.jspecify.annotations.NullMarked;
