package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.ConnectionOptions.UnsupportedOptionException;
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
 * Opens the sockets of a server of UDP. Used by one thread at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
public final class DatagramBinder {

	private static final SafeLogger logger = SafeLogger.of(DatagramBinder.class);

	private final ServerSpec spec;

	private final Udp udp;

	private final KeptPort port;

	/**
	 * Creates the binder of a server.
	 * @param spec the server's
	 */
	public DatagramBinder(ServerSpec spec) {
		this.spec = spec;
		this.udp = (Udp) spec.listenOn();
		this.port = new KeptPort(spec, this.udp);
	}

	/** What is said of the sessions. */
	Udp udp() {
		return this.udp;
	}

	/**
	 * Binds the first of some addresses that can be bound, and waits for that.
	 * @param transport the transport, resolved
	 * @param loop serves the socket
	 * @param reads has it read
	 * @param handler gets what is read, which does not begin yet
	 * @return the channel
	 * @throws ServerStartException if no address can be bound
	 */
	Channel bind(SocketTransport transport, EventLoop loop, DatagramReads reads, ChannelHandler handler) {
		ServerStartException failure = null;
		for (InetSocketAddress address : this.port.addresses()) {
			try {
				return bindOne(transport, loop, reads, address, handler);
			}
			catch (ServerStartException ex) {
				failure = KeptPort.moreSpecific(failure, ex);
			}
		}
		throw (failure != null) ? failure : new IllegalArgumentException("No address to bind");
	}

	private Channel bindOne(SocketTransport transport, EventLoop loop, DatagramReads reads, InetSocketAddress address,
			ChannelHandler handler) {
		Bootstrap bootstrap;
		try {
			bootstrap = bootstrap(transport, loop, reads, address, handler);
		}
		catch (UnsupportedOptionException ex) {
			throw new ServerStartException(this.spec.name(), address, Problem.OPTION_UNSUPPORTED, ex);
		}
		return this.port.bind(bootstrap, address);
	}

	/**
	 * Binds a further socket, or the same once more. On the loop.
	 * @param transport the transport, resolved
	 * @param loop serves the socket
	 * @param reads has it read
	 * @param address the address, with the port
	 * @param handler gets what is read, which does not begin yet
	 * @return the channel, or {@code null} if it cannot be bound
	 */
	@Nullable Channel bindBeside(SocketTransport transport, EventLoop loop, DatagramReads reads, InetSocketAddress address,
			ChannelHandler handler) {
		ChannelFuture registered = bootstrap(transport, loop, reads, address, handler)
			.option(ChannelOption.SO_REUSEADDR, true)
			.register();
		Channel channel = registered.channel();
		// All of it is done at once, since this is the loop.
		ChannelFuture bound = registered.isSuccess() ? channel.bind(address) : registered;
		if (bound.isSuccess()) {
			return channel;
		}
		logger.debug("No socket can be bound to {}", address, bound.cause());
		channel.close();
		return null;
	}

	private Bootstrap bootstrap(SocketTransport transport, EventLoop loop, DatagramReads reads,
			InetSocketAddress address, ChannelHandler handler) {
		Bootstrap bootstrap = new Bootstrap().group(loop)
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.RECVBUF_ALLOCATOR, reads)
			.handler(handler);
		DatagramTransport.prepare(bootstrap, transport, address.getAddress(), reads.size());
		ConnectionOptions.buffers(this.spec.options(), bootstrap::option);
		return bootstrap;
	}

}
