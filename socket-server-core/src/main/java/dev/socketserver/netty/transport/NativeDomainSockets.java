package dev.socketserver.netty.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Supplier;

import dev.socketserver.PeerCredentials;
import dev.socketserver.admission.Accounts;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;

/**
 * The Unix sockets of a native transport.
 *
 * @param listeners make channels that listen
 * @param connections make channels that connect
 * @param credentials ask the system who the peer of a connection is
 * @param accounts know the names of users
 */
record NativeDomainSockets(Supplier<ServerChannel> listeners, Supplier<DuplexChannel> connections,
		CredentialsOf credentials, Accounts accounts) implements DomainSockets {

	@Override
	public ServerChannel listener() {
		return this.listeners.get();
	}

	@Override
	public DuplexChannel connection() {
		return this.connections.get();
	}

	@Override
	public SocketAddress address(String path) {
		return new DomainSocketAddress(path.startsWith("@") ? '\0' + path.substring(1) : path);
	}

	@Override
	public String peerPath(DuplexChannel channel) {
		return DomainSockets.path((channel.isOpen() && ((UnixChannel) channel).fd() instanceof Socket socket)
				? socket.remoteDomainSocketAddress() : null);
	}

	@Override
	public PeerCredentials credentials(DuplexChannel channel) throws IOException {
		io.netty.channel.unix.PeerCredentials peer = this.credentials.of(channel);
		int[] gids = peer.gids();
		return new PeerCredentials((peer.pid() > 0) ? peer.pid() : -1, peer.uid(), (gids.length > 0) ? gids[0] : -1,
				this.accounts.user(peer.uid(), peer.pid()));
	}

	/** Netty has no type for channels that know the credentials. */
	@FunctionalInterface
	interface CredentialsOf {

		io.netty.channel.unix.PeerCredentials of(DuplexChannel channel) throws IOException;

	}

}
