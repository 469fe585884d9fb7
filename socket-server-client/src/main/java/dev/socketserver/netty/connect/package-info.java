/**
 * How a client connects: attempts, the TLS handshake before a session, and looking up
 * hosts. What clients do is in {@code engine.connect}. Uses all rooms but {@code server},
 * {@code accept} and {@code listen}.
 */
@NullMarked
package dev.socketserver.netty.connect;

import org.jspecify.annotations.NullMarked;
