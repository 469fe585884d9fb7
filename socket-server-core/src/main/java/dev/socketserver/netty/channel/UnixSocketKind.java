package dev.socketserver.netty.channel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Principal;

import dev.socketserver.PeerCredentials;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.transport.DomainSockets;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Connections by one Unix socket. Who the peer is is asked once, and kept with the
 * channel.
 */
public final class UnixSocketKind implements SocketKind {

	private static final SafeLogger logger = SafeLogger.of(UnixSocketKind.class);

	private static final AttributeKey<PeerCredentials> CREDENTIALS = AttributeKey.valueOf(UnixSocketKind.class,
			"credentials");

	private final DomainSockets sockets;

	private final UnixAddress address;

	private final boolean server;

	/**
	 * Creates the kind.
	 * @param sockets those of the transport
	 * @param address the path of the socket
	 * @param server whether that is ours, and not the peer's
	 */
	public UnixSocketKind(DomainSockets sockets, UnixAddress address, boolean server) {
		this.sockets = sockets;
		this.address = address;
		this.server = server;
	}

	@Override
	public void prepare(DuplexChannel channel) {
		this.sockets.prepare(channel);
	}

	@Override
	public InetSocketAddress remote(DuplexChannel channel) {
		if (!this.server) {
			return this.address;
		}
		String path = this.sockets.peerPath(channel);
		return path.isEmpty() ? UnixAddress.UNNAMED : new UnixAddress(path);
	}

	@Override
	public InetSocketAddress local(DuplexChannel channel) {
		return this.server ? this.address : UnixAddress.UNNAMED;
	}

	@Override
	public boolean hasAddresses() {
		return false;
	}

	@Override
	public @Nullable Principal principal(DuplexChannel channel) {
		PeerCredentials peer = credentials(channel);
		return (peer != null && peer.user() != null) ? new PeerUser(peer.user()) : null;
	}

	@Override
	public @Nullable PeerCredentials credentials(DuplexChannel channel) {
		Attribute<PeerCredentials> known = channel.attr(CREDENTIALS);
		PeerCredentials credentials = known.get();
		if (credentials == null && channel.isOpen()) {
			try {
				credentials = this.sockets.credentials(channel);
				known.set(credentials);
			}
			catch (IOException | RuntimeException ex) {
				logger.debug("The peer of {} is unknown", channel, ex);
			}
		}
		return credentials;
	}

	/**
	 * The user of the process at the other end.
	 *
	 * @param getName the name of the user
	 */
	private record PeerUser(String getName) implements Principal {

		@Override
		public String toString() {
			return this.getName;
		}

	}

}
