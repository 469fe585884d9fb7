package dev.socketserver.netty.transport;

import java.io.IOException;
import java.net.SocketAddress;

import dev.socketserver.PeerCredentials;
import dev.socketserver.admission.Accounts;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The Unix sockets of a transport.
 */
public interface DomainSockets {

	/**
	 * Returns those of a transport.
	 * @param transport the transport, resolved
	 * @return its Unix sockets, or {@code null} if it has none
	 */
	static @Nullable DomainSockets of(SocketTransport transport) {
		return switch (transport) {
			case EPOLL -> new NativeDomainSockets(EpollServerDomainSocketChannel::new, EpollDomainSocketChannel::new,
					(channel) -> ((EpollDomainSocketChannel) channel).peerCredentials(), new Accounts());
			case KQUEUE -> new NativeDomainSockets(KQueueServerDomainSocketChannel::new, KQueueDomainSocketChannel::new,
					(channel) -> ((KQueueDomainSocketChannel) channel).peerCredentials(), new Accounts());
			case NIO -> new NioDomainSockets();
			default -> null;
		};
	}

	/** Returns the path of an address of the system; empty if there is none. */
	static String path(@Nullable DomainSocketAddress address) {
		String path = (address != null) ? address.path() : "";
		return path.startsWith("\0") ? '@' + path.substring(1) : path;
	}

	/** Makes a channel that listens. */
	ServerChannel listener();

	/** Makes a channel that connects. */
	DuplexChannel connection();

	/**
	 * Whether channels have an option that keeps them open after the end of the peer's
	 * output; else {@link #prepare} sees to that.
	 */
	default boolean halfClosure() {
		return true;
	}

	/** Prepares a connection, before it is registered with a loop. */
	default void prepare(DuplexChannel channel) {
	}

	/**
	 * Returns the address of a path.
	 * @param path the path, or {@code @} and an abstract name
	 * @return the address as the transport has it
	 * @throws IOException if the transport has no abstract names
	 */
	SocketAddress address(String path) throws IOException;

	/** Returns the path of the peer of a connection, which is empty for most. */
	String peerPath(DuplexChannel channel);

	/**
	 * Asks the system who the peer of a connection is.
	 * @throws IOException if it does not say
	 */
	PeerCredentials credentials(DuplexChannel channel) throws IOException;

}
