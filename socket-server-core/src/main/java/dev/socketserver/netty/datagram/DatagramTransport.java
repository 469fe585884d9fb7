package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.spi.SelectorProvider;

import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.AttributeKey;

/**
 * What the sockets of UDP are on a transport. Each is made in a class of its own, since
 * the libraries of those not in use may be missing.
 */
public final class DatagramTransport {

	private DatagramTransport() {
	}

	/**
	 * Checks that there are sockets of UDP.
	 * @param transport the transport, resolved
	 * @throws ConnectionOptions.UnsupportedOptionException if there are none
	 */
	public static void check(SocketTransport transport) {
		if (transport == SocketTransport.IO_URING) {
			throw new ConnectionOptions.UnsupportedOptionException("transport",
					"cannot be io_uring for UDP: use epoll or nio");
		}
	}

	/**
	 * Whether one call of the system reads several datagrams.
	 * @param transport the transport, resolved
	 * @return {@code true} for {@code epoll}, by {@code recvmmsg}
	 */
	static boolean readsSeveral(SocketTransport transport) {
		return transport == SocketTransport.EPOLL;
	}

	/**
	 * Returns what makes sockets.
	 * @param transport the transport, resolved
	 * @param address where they will be bound, or a peer
	 */
	static ChannelFactory<Channel> channels(SocketTransport transport, InetAddress address) {
		check(transport);
		SocketProtocolFamily family = (address instanceof Inet6Address) ? SocketProtocolFamily.INET6
				: SocketProtocolFamily.INET;
		return () -> switch (transport) {
			case EPOLL -> LinuxEpoll.channel(family);
			case KQUEUE -> BsdKqueue.channel(family);
			default -> JdkNio.channel(family);
		};
	}

	/**
	 * Has sockets get the options of their transport.
	 * @param bootstrap has the options
	 * @param transport the transport, resolved
	 * @param address where they will be bound, or a peer
	 * @param size the length of the longest datagram, in bytes
	 */
	static void prepare(Bootstrap bootstrap, SocketTransport transport, InetAddress address, int size) {
		if (transport == SocketTransport.EPOLL) {
			LinuxEpoll.prepare(bootstrap, address.isAnyLocalAddress(), size);
		}
	}

	/**
	 * Has a socket take longer datagrams. On the loop.
	 * @param channel the socket's
	 * @param size the length of the longest datagram, in bytes
	 */
	static void longest(Channel channel, int size) {
		if (channel.config() instanceof EpollDatagramChannelConfig epoll) {
			epoll.setMaxDatagramPayloadSize(size);
		}
	}

	/**
	 * Sends a datagram without bytes, at once, since Netty's channels drop them (4.2.18).
	 * @return how that has ended
	 */
	static ChannelFuture sendEmpty(Channel channel, InetSocketAddress peer) {
		try {
			if (channel instanceof NioDatagramChannel) {
				channel.attr(JdkNio.SOCKET).get().send(ByteBuffer.allocate(0), peer);
			}
			else if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
				socket.sendTo(ByteBuffer.allocateDirect(0), 0, 0, peer.getAddress(), peer.getPort());
			}
			return channel.newSucceededFuture();
		}
		catch (IOException ex) {
			return channel.newFailedFuture(ex);
		}
	}

	/** The JDK's selector. */
	private static final class JdkNio {

		/** The socket of a channel, which Netty does not give away. */
		static final AttributeKey<DatagramChannel> SOCKET = AttributeKey.valueOf(DatagramTransport.class, "socket");

		static Channel channel(SocketProtocolFamily family) {
			try {
				DatagramChannel socket = SelectorProvider.provider()
					.openDatagramChannel((family == SocketProtocolFamily.INET6) ? StandardProtocolFamily.INET6
							: StandardProtocolFamily.INET);
				Channel channel = new NioDatagramChannel(socket);
				channel.attr(SOCKET).set(socket);
				return channel;
			}
			catch (IOException ex) {
				throw new ChannelException(ex);
			}
		}

	}

	/** Linux epoll. */
	private static final class LinuxEpoll {

		static Channel channel(SocketProtocolFamily family) {
			return new EpollDatagramChannel(family);
		}

		static void prepare(Bootstrap bootstrap, boolean any, int size) {
			bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, size);
			if (any) {
				bootstrap.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
			}
		}

	}

	/** Kqueue of macOS and BSD. */
	private static final class BsdKqueue {

		static Channel channel(SocketProtocolFamily family) {
			return new KQueueDatagramChannel(family);
		}

	}

}
