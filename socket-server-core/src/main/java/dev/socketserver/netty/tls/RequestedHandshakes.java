package dev.socketserver.netty.tls;

import java.time.Duration;

import io.netty.channel.ChannelHandlerContext;

/**
 * Makes the TLS handshakes that handlers ask for, on the connections of a server or a
 * client.
 */
public interface RequestedHandshakes {

	/**
	 * Begins the handshake of a connection, or waits for the peer to begin it. On its
	 * loop.
	 * @param before the handler behind which the handshake gets its place
	 * @param listener is notified of how it goes
	 * @throws RuntimeException if it cannot be made
	 */
	void begin(ChannelHandlerContext before, TlsHandshake.Listener listener);

	/** How long a handshake may take once it has begun. */
	Duration timeout();

	/** Whether the peer begins it. */
	boolean peerBegins();

}
