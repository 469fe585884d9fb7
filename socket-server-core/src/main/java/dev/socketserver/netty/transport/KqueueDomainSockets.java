package dev.socketserver.netty.transport;

import java.io.IOException;
import java.net.SocketAddress;

import dev.socketserver.PeerCredentials;
import io.netty.channel.ServerChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.socket.DuplexChannel;

/** Those of kqueue. */
final class KqueueDomainSockets implements DomainSockets {

	private final NativePaths paths = new NativePaths();

	@Override
	public ServerChannel listener() {
		return new KQueueServerDomainSocketChannel();
	}

	@Override
	public DuplexChannel connection() {
		return new KQueueDomainSocketChannel();
	}

	@Override
	public SocketAddress address(String path) {
		return NativePaths.address(path);
	}

	@Override
	public String peerPath(DuplexChannel channel) {
		return NativePaths.peer(channel);
	}

	@Override
	public PeerCredentials credentials(DuplexChannel channel) throws IOException {
		return this.paths.named(((KQueueDomainSocketChannel) channel).peerCredentials());
	}

}
