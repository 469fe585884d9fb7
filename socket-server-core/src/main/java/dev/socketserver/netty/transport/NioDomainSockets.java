package dev.socketserver.netty.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.socketserver.PeerCredentials;
import dev.socketserver.admission.Accounts;
import dev.socketserver.netty.workaround.NioHalfClosure;
import io.netty.channel.ChannelException;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/** Those of the JDK, which knows peers by their names. */
final class NioDomainSockets implements DomainSockets {

	@Override
	public ServerChannel listener() {
		return new NioServerDomainSocketChannel();
	}

	@Override
	public DuplexChannel connection() {
		return new NioDomainSocketChannel();
	}

	@Override
	public boolean halfClosure() {
		return false;
	}

	@Override
	public void prepare(DuplexChannel channel) {
		channel.config().setRecvByteBufAllocator(new NioHalfClosure(channel, LoopBuffers.INPUT));
	}

	@Override
	public SocketAddress address(String path) throws IOException {
		if (path.startsWith("@")) {
			throw new IOException("transport nio has no abstract names: use epoll, or the path of a file");
		}
		return UnixDomainSocketAddress.of(path);
	}

	@Override
	public String peerPath(DuplexChannel channel) {
		return (channel.remoteAddress() instanceof UnixDomainSocketAddress address) ? address.getPath().toString() : "";
	}

	@Override
	public PeerCredentials credentials(DuplexChannel channel) throws IOException {
		try {
			@Nullable UnixDomainPrincipal peer = channel.config()
				.getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
			if (peer == null) {
				throw new IOException("SO_PEERCRED is not known");
			}
			String user = peer.user().getName();
			int uid = Accounts.uid(user);
			return new PeerCredentials(-1, uid, Accounts.gid(peer.group().getName()),
					user.equals(Integer.toString(uid)) ? null : user);
		}
		catch (ChannelException | LinkageError ex) {
			// The module jdk.net may be missing.
			throw new IOException(ex);
		}
	}

}
