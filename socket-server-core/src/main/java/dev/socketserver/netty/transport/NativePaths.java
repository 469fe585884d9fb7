package dev.socketserver.netty.transport;

import java.net.SocketAddress;

import dev.socketserver.PeerCredentials;
import dev.socketserver.admission.Accounts;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import org.jspecify.annotations.Nullable;

/**
 * What the native transports have in common with their Unix sockets.
 */
final class NativePaths {

	private final Accounts accounts = new Accounts();

	/** Returns the address of a path. */
	static SocketAddress address(String path) {
		return new DomainSocketAddress(path.startsWith("@") ? '\0' + path.substring(1) : path);
	}

	/** Returns the path of a peer. */
	static String peer(Channel channel) {
		@Nullable DomainSocketAddress peer = (channel.isOpen() && ((UnixChannel) channel).fd() instanceof Socket socket)
				? socket.remoteDomainSocketAddress() : null;
		String path = (peer != null) ? peer.path() : "";
		return path.startsWith("\0") ? '@' + path.substring(1) : path;
	}

	/** Adds the name of the user. */
	PeerCredentials named(io.netty.channel.unix.PeerCredentials peer) {
		int[] gids = peer.gids();
		return new PeerCredentials((peer.pid() > 0) ? peer.pid() : -1, peer.uid(), (gids.length > 0) ? gids[0] : -1,
				this.accounts.user(peer.uid(), peer.pid()));
	}

}
