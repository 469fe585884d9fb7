package dev.socketserver.netty.channel;

import java.net.InetSocketAddress;
import java.security.Principal;

import dev.socketserver.PeerCredentials;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * What differs between connections of one kind of stream socket and those of another. Any
 * thread.
 */
public interface SocketKind {

	/** Connections of TCP. */
	SocketKind TCP = new SocketKind() {

		@Override
		public @Nullable InetSocketAddress remote(DuplexChannel channel) {
			return (InetSocketAddress) channel.remoteAddress();
		}

		@Override
		public @Nullable InetSocketAddress local(DuplexChannel channel) {
			return (InetSocketAddress) channel.localAddress();
		}

	};

	/** Prepares a connection, before it is registered with a loop. */
	default void prepare(DuplexChannel channel) {
	}

	/** Returns the address of the peer; {@code null} if it was gone before. */
	@Nullable InetSocketAddress remote(DuplexChannel channel);

	/** Returns our address; {@code null} if the connection was gone before. */
	@Nullable InetSocketAddress local(DuplexChannel channel);

	/** Whether peers have addresses, by which they are admitted. */
	default boolean hasAddresses() {
		return true;
	}

	/** Returns who the kernel says that the peer is; {@code null} if it says nothing. */
	default @Nullable Principal principal(DuplexChannel channel) {
		return null;
	}

	/**
	 * Returns the credentials of the peer, also after the end; {@code null} if that is
	 * unknown.
	 */
	default @Nullable PeerCredentials credentials(DuplexChannel channel) {
		return null;
	}

}
