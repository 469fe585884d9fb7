package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;
import java.util.function.Function;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.inherit.FoundSocket;
import dev.socketserver.netty.inherit.Inheritance;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sockets of a listener of UDP. Used by one thread at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
public final class DatagramBinder {

	private static final SafeLogger logger = SafeLogger.of(DatagramBinder.class);

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
	 * @param transport the transport, resolved
	 * @param sockets makes what opens a socket at an address, but for the kind of channel
	 * @return the channel
	 * @throws ServerStartException if no address can be bound, or there is no such socket
	 */
	Channel bind(SocketTransport transport, Function<InetSocketAddress, Bootstrap> sockets) {
		Inheritance inherits = this.inheritance;
		if (inherits != null && inherits.applies()) {
			return inherited(inherits, transport, sockets);
		}
		if (inherits != null) {
			inherits.reportOtherwise();
		}
		return this.port.bind((address) -> own(address, transport, sockets));
	}

	private Channel inherited(Inheritance inherits, SocketTransport transport,
			Function<InetSocketAddress, Bootstrap> sockets) {
		FoundSocket socket = inherits.use(transport);
		ChannelFuture registered = copy(inherits, socket, transport, sockets).awaitUninterruptibly();
		if (!registered.isSuccess()) {
			inherits.leave();
			throw inherits.failure(registered.cause());
		}
		this.found = socket;
		DatagramTransport.hearOwnGroups(registered.channel());
		return registered.channel();
	}

	private static ChannelFuture copy(Inheritance inherits, FoundSocket socket, SocketTransport transport,
			Function<InetSocketAddress, Bootstrap> sockets) {
		return sockets.apply(socket.address()).channelFactory(inherits.datagrams(socket, transport)).register();
	}

	private static Bootstrap own(InetSocketAddress address, SocketTransport transport,
			Function<InetSocketAddress, Bootstrap> sockets) {
		return sockets.apply(address).channelFactory(DatagramTransport.channels(transport, address.getAddress()));
	}

	/**
	 * Opens a socket in place of one that has broken. On the loop.
	 * @param address the address, with the port
	 * @param transport the transport, resolved
	 * @param sockets as those of {@link #bind}
	 * @return how that has ended
	 */
	ChannelFuture again(InetSocketAddress address, SocketTransport transport,
			Function<InetSocketAddress, Bootstrap> sockets) {
		FoundSocket socket = this.found;
		return (this.inheritance == null || socket == null || !socket.address().equals(address))
				? bindBeside(address, transport, sockets) : copy(this.inheritance, socket, transport, sockets);
	}

	/** The sockets are closed for good. */
	void leave() {
		if (this.inheritance != null) {
			this.inheritance.leave();
		}
	}

	/**
	 * Binds a further socket, or the same once more. On the loop.
	 * @param address the address, with the port
	 * @param transport the transport, resolved
	 * @param sockets as those of {@link #bind}
	 * @return how that has ended
	 */
	static ChannelFuture bindBeside(InetSocketAddress address, SocketTransport transport,
			Function<InetSocketAddress, Bootstrap> sockets) {
		ChannelFuture registered = own(address, transport, sockets).option(ChannelOption.SO_REUSEADDR, true).register();
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

}
