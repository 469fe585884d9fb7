package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.spi.SelectorProvider;

import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.AttributeKey;

/**
 * What the sockets of UDP are on a transport. Each is made in a class of its own, since
 * the libraries of those not in use may be missing.
 */
public final class DatagramTransport {

	private static final SafeLogger logger = SafeLogger.of(DatagramTransport.class);

	private DatagramTransport() {
	}

	/**
	 * Checks that there are sockets of UDP.
	 * @param transport the transport, resolved
	 * @throws UnsupportedOptionException if there are none
	 */
	public static void check(SocketTransport transport) {
		if (transport == SocketTransport.IO_URING) {
			throw new UnsupportedOptionException("transport", "cannot be io_uring for UDP: use epoll or nio");
		}
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
		boolean open = address.isAnyLocalAddress() || address.isMulticastAddress();
		return () -> switch (transport) {
			case EPOLL -> LinuxEpoll.channel(family, open);
			case KQUEUE -> BsdKqueue.channel(family);
			default -> JdkNio.channel(family);
		};
	}

	/**
	 * Has sockets get the options of their transport, and not be read yet.
	 * @param bootstrap has the options
	 * @param transport the transport, resolved
	 * @param address where they will be bound, or a peer
	 * @param reads has them read
	 * @return the bootstrap
	 */
	static Bootstrap prepare(Bootstrap bootstrap, SocketTransport transport, InetAddress address, DatagramReads reads) {
		if (transport == SocketTransport.EPOLL) {
			LinuxEpoll.prepare(bootstrap, address.isAnyLocalAddress(), reads.size());
		}
		return bootstrap.option(ChannelOption.AUTO_READ, false).option(ChannelOption.RECVBUF_ALLOCATOR, reads);
	}

	/**
	 * Has a socket take longer datagrams. On the loop.
	 * @param channel the socket's
	 * @param size the length of the longest datagram, in bytes
	 */
	static void longest(Channel channel, int size) {
		if (Sockets.onEpoll(channel)) {
			LinuxEpoll.longest(channel, size);
		}
	}

	/**
	 * Keeps from a socket what is sent to groups that others on this machine have joined,
	 * which Linux gives to every socket that is bound to no single address. The JDK does
	 * so itself.
	 * @param channel the socket
	 */
	static void hearOwnGroups(Channel channel) {
		if (Sockets.onEpoll(channel)) {
			LinuxEpoll.hearOwnGroups(channel);
		}
	}

	/**
	 * Whether a socket receives from a group by those interfaces only by which it has
	 * joined it. Linux looks at the interface for IPv4, and for IPv6 where the group is
	 * one of a link; else a socket must be bound to the interface, which the JDK cannot
	 * do.
	 * @param transport the transport, resolved
	 * @param group the group
	 */
	static boolean hearsApart(SocketTransport transport, InetAddress group) {
		return transport == SocketTransport.EPOLL || group instanceof Inet4Address || isOfLink(group);
	}

	/** Whether a group of IPv6 is another one by each interface. */
	static boolean isOfLink(InetAddress group) {
		return group.isMCLinkLocal() || group.isMCNodeLocal();
	}

	/**
	 * Joins a group. On the loop.
	 * @param channel a socket that is bound to the group
	 * @param group the group
	 * @param by an interface with an address of the family
	 * @return how that has ended
	 */
	static ChannelFuture join(Channel channel, InetAddress group, NetworkInterface by) {
		if (Sockets.onEpoll(channel) && group instanceof Inet6Address && !isOfLink(group)) {
			LinuxEpoll.bindTo(channel, by.getIndex());
		}
		return ((io.netty.channel.socket.DatagramChannel) channel).joinGroup(group, by, null);
	}

	/**
	 * Checks that it can be said how to send to a group, if that is asked for.
	 * @param transport the transport, resolved
	 * @param options what is wanted
	 * @throws UnsupportedOptionException if it cannot
	 */
	public static void checkMulticast(SocketTransport transport, SocketOptions options) {
		if (options.multicast() != null && transport == SocketTransport.KQUEUE) {
			throw ConnectionOptions.unsupported("options.multicast-ttl", transport);
		}
	}

	/**
	 * Has a socket send to groups as wanted.
	 * @param bootstrap has the options
	 * @param transport the transport, resolved
	 * @param group a group
	 * @param options what is wanted
	 * @throws IOException if the interface is not there
	 */
	static void multicast(Bootstrap bootstrap, SocketTransport transport, InetAddress group, SocketOptions options)
			throws IOException {
		SocketOptions.Multicast wanted = options.multicast();
		if (wanted == null) {
			return;
		}
		String name = wanted.networkInterface();
		if (name != null) {
			NetworkInterface by = NetworkInterface.getByName(name);
			if (by == null) {
				throw new IOException("options.multicast-interface is " + name + ", and there is no such interface");
			}
			bootstrap.option(ChannelOption.IP_MULTICAST_IF, by);
		}
		if (transport == SocketTransport.EPOLL) {
			LinuxEpoll.multicast(bootstrap, group instanceof Inet6Address, wanted);
		}
		else {
			bootstrap.option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_TTL), wanted.ttl())
				.option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), wanted.loop());
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

		private static final int IPPROTO_IP = 0;

		private static final int IPPROTO_IPV6 = 41;

		/** Of ip(7). */
		private static final ChannelOption<Integer> IP_MULTICAST_ALL = new IntegerUnixChannelOption("IP_MULTICAST_ALL",
				IPPROTO_IP, 49);

		/** Since Linux 4.20. */
		private static final ChannelOption<Integer> IPV6_MULTICAST_ALL = new IntegerUnixChannelOption(
				"IPV6_MULTICAST_ALL", IPPROTO_IPV6, 29);

		private static final ChannelOption<Integer> IP_MULTICAST_TTL = new IntegerUnixChannelOption("IP_MULTICAST_TTL",
				IPPROTO_IP, 33);

		private static final ChannelOption<Integer> IP_MULTICAST_LOOP = new IntegerUnixChannelOption(
				"IP_MULTICAST_LOOP", IPPROTO_IP, 34);

		/** Of ipv6(7). */
		private static final ChannelOption<Integer> IPV6_MULTICAST_HOPS = new IntegerUnixChannelOption(
				"IPV6_MULTICAST_HOPS", IPPROTO_IPV6, 18);

		private static final ChannelOption<Integer> IPV6_MULTICAST_LOOP = new IntegerUnixChannelOption(
				"IPV6_MULTICAST_LOOP", IPPROTO_IPV6, 19);

		/** Since Linux 5.0. */
		private static final ChannelOption<Integer> SO_BINDTOIFINDEX = new IntegerUnixChannelOption("SO_BINDTOIFINDEX",
				1, 62);

		static Channel channel(SocketProtocolFamily family, boolean open) {
			Channel channel = new EpollDatagramChannel(family);
			if (open) {
				hearOwnGroups(channel);
			}
			return channel;
		}

		static void longest(Channel channel, int size) {
			((EpollDatagramChannelConfig) channel.config()).setMaxDatagramPayloadSize(size);
		}

		static void hearOwnGroups(Channel channel) {
			switchOff(channel, IP_MULTICAST_ALL);
			switchOff(channel, IPV6_MULTICAST_ALL);
		}

		/** Sockets of IPv4 lack the option of IPv6, and old systems have neither. */
		private static void switchOff(Channel channel, ChannelOption<Integer> option) {
			try {
				channel.config().setOption(option, 0);
			}
			catch (ChannelException ex) {
				logger.debug("{} cannot be switched off", option, ex);
			}
		}

		/** Netty has options of IPv4 for both, and sets the TTL of unicast (4.2.18). */
		static void multicast(Bootstrap bootstrap, boolean ipv6, SocketOptions.Multicast wanted) {
			bootstrap.option(ipv6 ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL, wanted.ttl())
				.option(ipv6 ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP, wanted.loop() ? 1 : 0);
		}

		static void bindTo(Channel channel, int networkInterface) {
			channel.config().setOption(SO_BINDTOIFINDEX, networkInterface);
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
