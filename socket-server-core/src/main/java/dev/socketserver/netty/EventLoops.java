package dev.socketserver.netty;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops that all servers share, one group for each transport in use: made for
 * the first that asks, gone with the last. Guarded by itself.
 */
final class EventLoops {

	private static final Logger logger = LoggerFactory.getLogger(EventLoops.class);

	/** How long a loop may take to end what it is doing; nothing waits for that. */
	private static final long SHUTDOWN_SECONDS = 5;

	private final int threads;

	private final Map<Transport, Shared> groups = new EnumMap<>(Transport.class);

	EventLoops(int threads) {
		this.threads = threads;
	}

	/**
	 * Returns the transport that another stands for on this machine.
	 * @throws UnsupportedOperationException if the transport cannot be used here
	 */
	static Transport resolve(Transport transport) {
		return switch (transport) {
			case AUTO -> Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO;
			case NIO -> Transport.NIO;
			case EPOLL -> {
				if (!Epoll.isAvailable()) {
					throw new UnsupportedOperationException(
							"epoll needs Linux and the library netty-transport-native-epoll for this machine",
							Epoll.unavailabilityCause());
				}
				yield Transport.EPOLL;
			}
		};
	}

	static Class<? extends ServerChannel> serverChannel(Transport transport) {
		return switch (transport) {
			case EPOLL -> EpollServerSocketChannel.class;
			case NIO -> NioServerSocketChannel.class;
			case AUTO -> throw new IllegalArgumentException("AUTO must be resolved first");
		};
	}

	/**
	 * Takes part in the loops of a transport.
	 * @param transport the transport, resolved
	 * @return the loops, until {@link #release}
	 */
	synchronized EventLoopGroup acquire(Transport transport) {
		Shared shared = this.groups.computeIfAbsent(transport, (key) -> new Shared(create(key)));
		shared.users++;
		return shared.group;
	}

	synchronized void release(Transport transport) {
		Shared shared = this.groups.get(transport);
		if (shared != null && --shared.users == 0) {
			this.groups.remove(transport);
			// Without the quiet period of two seconds that is Netty's default.
			Future<?> end = shared.group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
			end.addListener((future) -> logger.debug("Event loops of {} ended", transport));
		}
	}

	private EventLoopGroup create(Transport transport) {
		IoHandlerFactory factory = (transport == Transport.EPOLL) ? SteadyEpoll.newFactory()
				: NioIoHandler.newFactory();
		String name = "socket-server-" + ((transport == Transport.EPOLL) ? "epoll" : "nio");
		return new MultiThreadIoEventLoopGroup(this.threads, new LoopThread.Factory(name), factory);
	}

	private static final class Shared {

		private final EventLoopGroup group;

		private int users;

		Shared(EventLoopGroup group) {
			this.group = group;
		}

	}

}
