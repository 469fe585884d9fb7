package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;
import java.util.function.Function;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.inherit.FoundSocket;
import dev.socketserver.netty.inherit.ListenerInheritance;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sockets of a listener of UDP in one run. Used by one thread at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
public final class DatagramBinder {

	private static final SafeLogger logger = SafeLogger.of(DatagramBinder.class);

	private final ListenerSpec spec;

	private final SocketTransport transport;

	private final KeptPort port;

	/** Absent if the server binds its sockets itself in any case. */
	private final @Nullable ListenerInheritance inheritance;

	/** That which was inherited, if one was. */
	private @Nullable FoundSocket found;

	/**
	 * Creates the binder of a listener.
	 * @param spec what the listener is made from
	 * @param transport the transport, resolved
	 * @param port its port
	 * @param inheritance what it inherits, if anything
	 */
	public DatagramBinder(ListenerSpec spec, SocketTransport transport, KeptPort port,
			@Nullable ListenerInheritance inheritance) {
		this.spec = spec;
		this.transport = transport;
		this.port = port;
		this.inheritance = inheritance;
	}

	/** Whether a socket was inherited. */
	boolean inherits() {
		return this.found != null;
	}

	/**
	 * Takes the inherited socket, or binds the first of some addresses that can be bound,
	 * and waits for that.
	 * @param sockets makes what opens a socket at an address, but for the kind of channel
	 * @return the channel
	 * @throws ServerStartException if no address can be bound, or there is no such socket
	 */
	Channel bind(Function<InetSocketAddress, Bootstrap> sockets) {
		ListenerInheritance inherits = this.inheritance;
		if (inherits != null && inherits.applies()) {
			return inherited(inherits, sockets);
		}
		if (inherits != null) {
			inherits.reportOtherwise();
		}
		return this.port.bind(this.spec, (address) -> own(address, sockets));
	}

	private Channel inherited(ListenerInheritance inherits, Function<InetSocketAddress, Bootstrap> sockets) {
		FoundSocket socket = inherits.use(this.transport);
		ChannelFuture registered = copy(inherits, socket, sockets).awaitUninterruptibly();
		if (!registered.isSuccess()) {
			inherits.leave();
			throw inherits.failure(registered.cause());
		}
		this.found = socket;
		DatagramTransport.hearOwnGroups(registered.channel());
		return registered.channel();
	}

	private ChannelFuture copy(ListenerInheritance inherits, FoundSocket socket,
			Function<InetSocketAddress, Bootstrap> sockets) {
		return sockets.apply(socket.address()).channelFactory(inherits.channels(socket, this.transport)).register();
	}

	private Bootstrap own(InetSocketAddress address, Function<InetSocketAddress, Bootstrap> sockets) {
		return sockets.apply(address).channelFactory(DatagramTransport.channels(this.transport, address.getAddress()));
	}

	/**
	 * Opens a socket in place of one that has broken. On the loop.
	 * @param address the address, with the port
	 * @param sockets as those of {@link #bind}
	 * @return how that has ended
	 */
	ChannelFuture again(InetSocketAddress address, Function<InetSocketAddress, Bootstrap> sockets) {
		FoundSocket socket = this.found;
		return (this.inheritance == null || socket == null || !socket.address().equals(address))
				? bindBeside(address, sockets) : copy(this.inheritance, socket, sockets);
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
	 * @param sockets as those of {@link #bind}
	 * @return how that has ended
	 */
	ChannelFuture bindBeside(InetSocketAddress address, Function<InetSocketAddress, Bootstrap> sockets) {
		ChannelFuture registered = own(address, sockets).option(ChannelOption.SO_REUSEADDR, true).register();
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
