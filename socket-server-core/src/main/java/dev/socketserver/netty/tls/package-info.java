/**
 * TLS of servers and clients: contexts, those of servers and their replacement, the
 * ClientHello, handshakes that are computed off the loops, and what TLS holds and writes
 * by itself. The handshake of a server's connection is a stage in {@code accept}, that of
 * a client's in {@code connect}.
 */
@NullMarked
package dev.socketserver.netty.tls;

import org.jspecify.annotations.NullMarked;
