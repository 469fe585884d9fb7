/**
 * TLS of servers and clients: contexts and their replacement, the ClientHello, handshakes
 * that are computed off the loops, and what TLS holds and writes by itself. Knows neither
 * servers nor sessions: handshakes report to whom they are given.
 */
@NullMarked
package dev.socketserver.netty.tls;

import org.jspecify.annotations.NullMarked;
