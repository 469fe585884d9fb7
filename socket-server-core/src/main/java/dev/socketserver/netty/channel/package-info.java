/**
 * A connection with a session: {@link dev.socketserver.netty.channel.SessionOpening}
 * opens that, and {@link dev.socketserver.netty.channel.SessionChannel} joins the two,
 * with the handlers of the application in front of it, up to the end of the connection.
 * Servers and clients are its {@link dev.socketserver.netty.channel.SessionHost hosts}. A
 * handshake that a handler asks for has its place in the connection by
 * {@code RequestedTls}.
 */
@NullMarked
package dev.socketserver.netty.channel;

import org.jspecify.annotations.NullMarked;
