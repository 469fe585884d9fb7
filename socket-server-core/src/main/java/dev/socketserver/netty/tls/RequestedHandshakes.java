package dev.socketserver.netty.tls;

import java.time.Duration;
import java.util.function.Function;

import io.netty.channel.ChannelHandler;

/**
 * Makes the TLS handshakes that handlers ask for, on the connections of a server or a
 * client.
 *
 * @param timeout how long a handshake may take once it has begun
 * @param peerBegins whether the peer begins it
 * @param handlers make the handshake of a connection, which notifies a listener of how it
 * goes, and has its place behind who asks for it; they fail if it cannot be made
 */
public record RequestedHandshakes(Duration timeout, boolean peerBegins,
		Function<TlsHandshake.Listener, ChannelHandler> handlers) {

}
