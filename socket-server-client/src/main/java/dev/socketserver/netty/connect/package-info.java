/**
 * How a client connects: attempts, the TLS handshake before a session, and looking up
 * hosts. What clients do is in {@code engine.connect}. Uses no room of {@code netty} that
 * serves: {@code server}, {@code accept}, {@code listen}, {@code inherit}.
 */
@NullMarked
package dev.socketserver.netty.connect;

import org.jspecify.annotations.NullMarked;
