package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.inherit.FoundSocket;
import dev.socketserver.netty.inherit.Inheritance;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sockets of a listener of UDP. Used by one thread at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
public final class DatagramBinder {

	private static final SafeLogger logger = SafeLogger.of(DatagramBinder.class);

	/** What it was bound by last. */
	private volatile ListenerSpec spec;

	private final KeptPort port;

	/** Absent if the server binds its sockets itself in any case. */
	private final @Nullable Inheritance inheritance;

	/** That which was inherited last. */
	private @Nullable FoundSocket found;

	/**
	 * Creates the binder of a listener.
	 * @param server the server's
	 * @param spec the listener's
	 */
	public DatagramBinder(ServerSpec server, ListenerSpec spec) {
		this.spec = spec;
		Udp udp = (Udp) spec.listenOn().own();
		this.inheritance = (spec.listenOn() != udp) ? Inheritance.of(server, spec) : null;
		this.port = new KeptPort(spec, udp);
	}

	/** Returns the name of the socket that is inherited, or {@code null}. */
	public @Nullable String inherited() {
		return (this.inheritance != null) ? this.inheritance.name() : null;
	}

	/**
	 * Takes the inherited socket, or binds the first of some addresses that can be bound,
	 * and waits for that.
	 * @param now what the listener is made from now
	 * @param transport the transport, resolved
	 * @param loop serves the socket
	 * @param reads has it read
	 * @param handler gets what is read, which does not begin yet
	 * @return the channel
	 * @throws ServerStartException if no address can be bound, or there is no such socket
	 */
	Channel bind(ListenerSpec now, SocketTransport transport, EventLoop loop, DatagramReads reads,
			ChannelHandler handler) {
		this.spec = now;
		if (this.inheritance != null && this.inheritance.applies()) {
			return inherited(this.inheritance, transport, loop, reads, handler);
		}
		if (this.inheritance != null) {
			this.inheritance.reportOtherwise();
		}
		return this.port.bind((address) -> bootstrap(transport, loop, reads, address, handler));
	}

	private Channel inherited(Inheritance inheritance, SocketTransport transport, EventLoop loop, DatagramReads reads,
			ChannelHandler handler) {
		FoundSocket socket = inheritance.use(transport);
		ChannelFuture registered = copy(inheritance, socket, transport, loop, reads, handler).awaitUninterruptibly();
		if (!registered.isSuccess()) {
			inheritance.leave();
			throw inheritance.failure(registered.cause());
		}
		this.found = socket;
		DatagramTransport.hearOwnGroups(registered.channel());
		return registered.channel();
	}

	private ChannelFuture copy(Inheritance inheritance, FoundSocket socket, SocketTransport transport, EventLoop loop,
			DatagramReads reads, ChannelHandler handler) {
		return options(transport, loop, reads, socket.address(), handler)
			.channelFactory(inheritance.datagrams(socket, transport))
			.register();
	}

	/**
	 * Opens a socket in place of one that has broken. On the loop.
	 * @param transport the transport, resolved
	 * @param loop serves the socket
	 * @param reads has it read
	 * @param address the address, with the port
	 * @param handler gets what is read, which does not begin yet
	 * @return the channel, or {@code null} if there is none
	 */
	@Nullable Channel again(SocketTransport transport, EventLoop loop, DatagramReads reads, InetSocketAddress address,
			ChannelHandler handler) {
		FoundSocket socket = this.found;
		if (this.inheritance == null || socket == null || !socket.address().equals(address)) {
			ChannelFuture bound = bindBeside(transport, loop, reads, address, handler);
			return bound.isSuccess() ? bound.channel() : null;
		}
		ChannelFuture registered = copy(this.inheritance, socket, transport, loop, reads, handler);
		return registered.isSuccess() ? registered.channel() : null;
	}

	/** The sockets are closed for good. */
	void leave() {
		if (this.inheritance != null) {
			this.inheritance.leave();
		}
	}

	/**
	 * Binds a further socket, or the same once more. On the loop.
	 * @param transport the transport, resolved
	 * @param loop serves the socket
	 * @param reads has it read
	 * @param address the address, with the port
	 * @param handler gets what is read, which does not begin yet
	 * @return how that has ended
	 */
	ChannelFuture bindBeside(SocketTransport transport, EventLoop loop, DatagramReads reads, InetSocketAddress address,
			ChannelHandler handler) {
		ChannelFuture registered = bootstrap(transport, loop, reads, address, handler)
			.option(ChannelOption.SO_REUSEADDR, true)
			.register();
		Channel channel = registered.channel();
		// All of it is done at once, since this is the loop.
		ChannelFuture bound = registered.isSuccess() ? channel.bind(address) : registered;
		if (bound.isSuccess()) {
			// Others were let in for this moment only.
			channel.config().setOption(ChannelOption.SO_REUSEADDR, false);
		}
		else {
			logger.debug("No socket can be bound to {}", address, bound.cause());
			channel.close();
		}
		return bound;
	}

	private Bootstrap bootstrap(SocketTransport transport, EventLoop loop, DatagramReads reads,
			InetSocketAddress address, ChannelHandler handler) {
		return options(transport, loop, reads, address, handler)
			.channelFactory(DatagramTransport.channels(transport, address.getAddress()));
	}

	private Bootstrap options(SocketTransport transport, EventLoop loop, DatagramReads reads, InetSocketAddress address,
			ChannelHandler handler) {
		Bootstrap bootstrap = new Bootstrap().group(loop)
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.RECVBUF_ALLOCATOR, reads)
			.handler(handler);
		DatagramTransport.prepare(bootstrap, transport, address.getAddress(), reads.size());
		ConnectionOptions.buffers(this.spec.options(), bootstrap::option);
		return bootstrap;
	}

}
