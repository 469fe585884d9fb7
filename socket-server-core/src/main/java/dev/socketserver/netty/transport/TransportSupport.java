package dev.socketserver.netty.transport;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.workaround.EpollWorkaround;
import dev.socketserver.netty.workaround.ForwardingIoHandler;
import dev.socketserver.netty.workaround.UringWorkaround;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * What a transport can do on this machine, and how it is asked for it.
 *
 * @param handlers make what drives an event loop
 * @param listeners make listening channels
 * @param connections make channels that connect
 * @param readiness whether it indicates that there is something to read, which is then
 * read at once, so that connections can be read through the buffer of their loop; a
 * transport of completions has the system read while no one looks
 * @param ipv6Sockets whether all sockets are of IPv6: an address of IPv4 is bound as a
 * mapped one, which is reached by IPv4 only, but the wildcard accepts both
 * @param options the options of sockets that not every transport has
 */
public record TransportSupport(IoHandlerFactory handlers, Listeners listeners,
		Supplier<? extends io.netty.channel.socket.SocketChannel> connections, boolean readiness, boolean ipv6Sockets,
		Options options) {

	/**
	 * Made once, since each listener keeps what it was made from. The JDK is asked each
	 * time: there may be no descriptor to ask it with.
	 */
	private static final Map<SocketTransport, TransportSupport> known = new ConcurrentHashMap<>();

	private static final int IPPROTO_TCP = 6;

	private static final int IPPROTO_IPV6 = 41;

	/**
	 * Returns the transport to ask for where sockets are not of TCP.
	 * @param wanted what the specification has
	 * @return {@link SocketTransport#AUTO} for the fastest, which may be io_uring
	 */
	public static SocketTransport besideTcp(SocketTransport wanted) {
		return (wanted == SocketTransport.FASTEST) ? SocketTransport.AUTO : wanted;
	}

	/**
	 * Returns the transport that another stands for on this machine.
	 * @throws UnsupportedOperationException if the transport cannot be used here
	 */
	public static SocketTransport resolve(SocketTransport transport) {
		switch (transport) {
			case AUTO -> {
				Throwable cause = withoutEpoll();
				return (cause == null) ? SocketTransport.EPOLL
						: Fallback.to(SocketTransport.NIO, transport, "epoll", cause);
			}
			case FASTEST -> {
				Throwable cause = cause(LinuxIoUring::unavailability);
				return (cause == null) ? SocketTransport.IO_URING
						: Fallback.to(withoutUring(), transport, "io_uring", cause);
			}
			case EPOLL -> require("epoll", "Linux", "netty-transport-native-epoll", LinuxEpoll::unavailability);
			case IO_URING -> require("io_uring", "Linux 5.14 or later that permits it",
					"netty-transport-native-io_uring", LinuxIoUring::unavailability);
			case KQUEUE ->
				require("kqueue", "macOS or BSD", "netty-transport-native-kqueue", BsdKqueue::unavailability);
			case NIO -> {
				// The JDK has it everywhere.
			}
		}
		return transport;
	}

	/**
	 * Returns the option by which the system ends a connection whose peer acknowledges
	 * nothing.
	 * @param connection a connection
	 * @return the option, or {@code null} if the connection has none
	 */
	static @Nullable ChannelOption<Integer> userTimeout(Channel connection) {
		boolean tcp = connection instanceof io.netty.channel.socket.SocketChannel;
		return (tcp && !(connection instanceof NioSocketChannel) && Sockets.onLinux()) ? Linux.USER_TIMEOUT : null;
	}

	private static void require(String transport, String system, String artifact,
			Supplier<@Nullable Throwable> unavailability) {
		Throwable cause = cause(unavailability);
		if (cause != null) {
			throw new UnsupportedOperationException(
					"%s needs %s, and the library io.netty:%s for this machine".formatted(transport, system, artifact)
							+ " (with its classifier) on the class path; here it failed with " + rootCause(cause),
					cause);
		}
	}

	/** Why a transport cannot be used, if that is so. Netty finds out once. */
	private static @Nullable Throwable cause(Supplier<@Nullable Throwable> unavailability) {
		try {
			return unavailability.get();
		}
		catch (LinkageError ex) {
			return ex;
		}
	}

	/** Like the method above, without a lambda: each start has this. */
	private static @Nullable Throwable withoutEpoll() {
		try {
			return LinuxEpoll.unavailability();
		}
		catch (LinkageError ex) {
			return ex;
		}
	}

	private static SocketTransport withoutUring() {
		if (withoutEpoll() == null) {
			return SocketTransport.EPOLL;
		}
		return (cause(BsdKqueue::unavailability) == null) ? SocketTransport.KQUEUE : SocketTransport.NIO;
	}

	/** The innermost cause, which says why a library that is there cannot be loaded. */
	private static Throwable rootCause(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * Returns what a transport can do.
	 * @param transport the transport, resolved
	 */
	public static TransportSupport of(SocketTransport transport) {
		TransportSupport found = known.get(transport);
		if (found == null) {
			found = find(transport);
			if (transport != SocketTransport.NIO) {
				known.put(transport, found);
			}
		}
		return found;
	}

	private static TransportSupport find(SocketTransport transport) {
		return switch (transport) {
			case NIO -> JdkNio.support();
			case EPOLL -> LinuxEpoll.support();
			case IO_URING -> LinuxIoUring.support();
			case KQUEUE -> BsdKqueue.support();
			case AUTO, FASTEST -> throw new IllegalArgumentException(transport + " must be resolved first");
		};
	}

	/** For names of threads, and for people. */
	public static String label(SocketTransport transport) {
		return transport.name().toLowerCase(Locale.ROOT);
	}

	private static SocketProtocolFamily family(boolean ipv6) {
		return ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
	}

	/** Makes listening channels. */
	public interface Listeners {

		/** Makes a channel, with a socket of one family if the transport can choose. */
		ServerChannel create(boolean ipv6);

	}

	/**
	 * Options of sockets; {@code null} for what the transport cannot set.
	 *
	 * @param ipv6Only keeps IPv4 out of an IPv6 socket
	 * @param reusePort lets several sockets listen on a port
	 * @param keepAlive when and how often an idle connection is probed
	 * @param userTimeout milliseconds
	 * @param unsentBytes how many bytes the kernel takes that have not been sent
	 * @param inherited by an option of connections, what sets it for a listening socket,
	 * from which those that it accepts have it without being asked
	 */
	public record Options(@Nullable ChannelOption<Integer> ipv6Only, @Nullable ChannelOption<Boolean> reusePort,
			KeepAlive keepAlive, @Nullable ChannelOption<Integer> userTimeout,
			@Nullable ChannelOption<Long> unsentBytes, Map<ChannelOption<?>, ChannelOption<Integer>> inherited) {

	}

	/**
	 * Options of keep-alive; {@code null} for what the transport cannot set.
	 *
	 * @param idle seconds until the first probe
	 * @param interval seconds between two of them
	 * @param count unanswered probes
	 */
	public record KeepAlive(@Nullable ChannelOption<Integer> idle, @Nullable ChannelOption<Integer> interval,
			@Nullable ChannelOption<Integer> count) {

	}

	/** The JDK's selector. */
	private static final class JdkNio {

		static TransportSupport support() {
			ChannelOption<Boolean> reusePort = null;
			ChannelOption<Integer> idle = null;
			ChannelOption<Integer> interval = null;
			ChannelOption<Integer> count = null;
			try (SocketChannel probe = SocketChannel.open()) {
				reusePort = probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)
						? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT) : null;
				idle = integer(probe, "TCP_KEEPIDLE");
				interval = integer(probe, "TCP_KEEPINTERVAL");
				count = integer(probe, "TCP_KEEPCOUNT");
			}
			catch (java.io.IOException ex) {
				// Without a descriptor for the probe the bind will fail too, and say why.
			}
			return new TransportSupport(ForwardingIoHandler.around(NioIoHandler.newFactory()),
					(ipv6) -> new NioServerSocketChannel(SelectorProvider.provider(), family(ipv6)),
					() -> new NioSocketChannel(), true, false,
					new Options(null, reusePort, new KeepAlive(idle, interval, count), null, null, Map.of()));
		}

		/** Found by name: the module jdk.net, which has it, may be missing. */
		@SuppressWarnings("unchecked")
		private static @Nullable ChannelOption<Integer> integer(SocketChannel probe, String name) {
			for (SocketOption<?> option : probe.supportedOptions()) {
				if (option.name().equals(name) && option.type() == Integer.class) {
					return NioChannelOption.of((SocketOption<Integer>) option);
				}
			}
			return null;
		}

	}

	// Each in a class of its own: the libraries of those not in use may be missing. No
	// references to constructors, which would load channels before there are connections.

	/** Linux epoll. */
	private static final class LinuxEpoll implements Listeners, Supplier<EpollSocketChannel> {

		static @Nullable Throwable unavailability() {
			return Epoll.unavailabilityCause();
		}

		static TransportSupport support() {
			LinuxEpoll channels = new LinuxEpoll();
			return new TransportSupport(EpollWorkaround.newFactory(), channels, channels, true, false,
					Linux.options(EpollChannelOption.TCP_NOTSENT_LOWAT));
		}

		@Override
		public ServerChannel create(boolean ipv6) {
			return new EpollServerSocketChannel(family(ipv6));
		}

		@Override
		public EpollSocketChannel get() {
			return new EpollSocketChannel();
		}

	}

	/** What is taken in place of what would be better. */
	private static final class Fallback {

		private static final SafeLogger logger = SafeLogger.of(TransportSupport.class);

		private static final Set<SocketTransport> reported = ConcurrentHashMap.newKeySet();

		/**
		 * Says so once: else what lacks in a container, such as a place for files, goes
		 * unnoticed.
		 */
		static SocketTransport to(SocketTransport taken, SocketTransport asked, String missing,
				@Nullable Throwable cause) {
			if (cause != null && Sockets.onLinux() && reported.add(asked)) {
				logger.info("transport: {} is {}, since {} cannot be used here: {}", label(asked), label(taken),
						missing, rootCause(cause).toString());
			}
			return taken;
		}

	}

	/** Linux io_uring. */
	private static final class LinuxIoUring {

		static @Nullable Throwable unavailability() {
			return IoUring.unavailabilityCause();
		}

		static TransportSupport support() {
			return new TransportSupport(UringWorkaround.newFactory(UringSends::begin),
					(ipv6) -> new IoUringServerSocketChannel(), () -> new IoUringSocketChannel(), false,
					Socket.isIPv6Preferred(), Linux.options(IoUringChannelOption.TCP_NOTSENT_LOWAT));
		}

	}

	private static final class Linux {

		private static final int SOL_SOCKET = 1;

		/** By whichever transport. */
		static final ChannelOption<Integer> USER_TIMEOUT = tcp("TCP_USER_TIMEOUT", 18);

		/**
		 * Returns what the transports of Linux can set. The numbers are those of
		 * include/uapi/linux/tcp.h. An accepted socket is a copy of the listening one
		 * (inet_csk_clone_lock), and so has all of that from there but TCP_NODELAY, which
		 * Netty switches on for each connection.
		 * @param unsentBytes the constant of the transport
		 */
		static Options options(ChannelOption<Long> unsentBytes) {
			ChannelOption<Integer> idle = tcp("TCP_KEEPIDLE", 4);
			ChannelOption<Integer> interval = tcp("TCP_KEEPINTVL", 5);
			ChannelOption<Integer> count = tcp("TCP_KEEPCNT", 6);
			return new Options(new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, 26),
					UnixChannelOption.SO_REUSEPORT, new KeepAlive(idle, interval, count), USER_TIMEOUT, unsentBytes,
					Map.of(ChannelOption.SO_KEEPALIVE, new IntegerUnixChannelOption("SO_KEEPALIVE", SOL_SOCKET, 9),
							idle, idle, interval, interval, count, count, USER_TIMEOUT, USER_TIMEOUT, unsentBytes,
							tcp("TCP_NOTSENT_LOWAT", 25)));
		}

		private static ChannelOption<Integer> tcp(String name, int number) {
			return new IntegerUnixChannelOption(name, IPPROTO_TCP, number);
		}

	}

	/** Kqueue, with the numbers of macOS. */
	private static final class BsdKqueue {

		static @Nullable Throwable unavailability() {
			return KQueue.unavailabilityCause();
		}

		static TransportSupport support() {
			KeepAlive keepAlive = new KeepAlive(new IntegerUnixChannelOption("TCP_KEEPALIVE", IPPROTO_TCP, 0x10),
					new IntegerUnixChannelOption("TCP_KEEPINTVL", IPPROTO_TCP, 0x101),
					new IntegerUnixChannelOption("TCP_KEEPCNT", IPPROTO_TCP, 0x102));
			Options options = new Options(new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, 27),
					UnixChannelOption.SO_REUSEPORT, keepAlive, null, null, Map.of());
			return new TransportSupport(ForwardingIoHandler.around(KQueueIoHandler.newFactory()),
					(ipv6) -> new KQueueServerSocketChannel(), () -> new KQueueSocketChannel(), true,
					Socket.isIPv6Preferred(), options);
		}

	}

}
