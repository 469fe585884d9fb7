package dev.socketserver.netty.listen;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Consumer;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.channel.UnixSocketKind;
import dev.socketserver.netty.inherit.FoundSocket;
import dev.socketserver.netty.inherit.ListenerInheritance;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;

/**
 * Listens on a socket that the process was passed, or, if it was passed none, has another
 * binder bind one. What listens is a copy of the descriptor. A stop closes that, and
 * neither closes nor shuts down the socket itself: who waits there is served by the next
 * process. Options of the listening socket are those of its unit: all processes that have
 * it share them.
 */
final class InheritedBinder implements SocketBinder {

	private final ListenerSpec spec;

	private final SocketTransport transport;

	private final EventLoopGroup loops;

	private final ListenerInheritance inheritance;

	private final SocketBinder otherwise;

	InheritedBinder(ListenerSpec spec, ListenerResources resources, ListenerInheritance inheritance,
			SocketBinder otherwise) {
		this.spec = spec;
		this.transport = resources.transport();
		this.loops = resources.loops();
		this.inheritance = inheritance;
		this.otherwise = otherwise;
	}

	@Override
	public ListeningSocket bind(Consumer<Channel> acceptors) {
		if (!this.inheritance.applies()) {
			this.inheritance.reportOtherwise();
			return this.otherwise.bind(acceptors);
		}
		FoundSocket socket = this.inheritance.use(this.transport);
		try {
			AcceptedOptions options = options(this.spec, socket, this.transport);
			ServerBootstrap bootstrap = ListenerSetup.bootstrap(this.loops, 0, acceptors)
				.channelFactory(this.inheritance.listeners(socket, this.transport));
			ChannelFuture registered = bootstrap.register().awaitUninterruptibly();
			if (!registered.isSuccess()) {
				throw this.inheritance.failure(registered.cause());
			}
			return new InheritedSocket(registered.channel(), kind(socket), options, socket, bootstrap, this.transport,
					this.inheritance);
		}
		catch (UnsupportedOptionException ex) {
			this.inheritance.leave();
			throw new ServerStartException(this.spec, socket.address(), Problem.OPTION_UNSUPPORTED, ex);
		}
		catch (RuntimeException | Error ex) {
			this.inheritance.leave();
			throw ex;
		}
	}

	private SocketKind kind(FoundSocket socket) {
		return (socket.address() instanceof UnixAddress path)
				? new UnixSocketKind(UnixBinder.sockets(this.transport), path, true) : SocketKind.TCP;
	}

	/** Nothing is set for the socket: all processes that have it share that. */
	private static AcceptedOptions options(ListenerSpec spec, FoundSocket socket, SocketTransport transport) {
		return (socket.address() instanceof UnixAddress)
				? AcceptedOptions.ofUnixSocket(spec.options(), UnixBinder.sockets(transport))
				: AcceptedOptions.ofTcp(spec, transport, Map.of());
	}

	/**
	 * A copy of the socket.
	 *
	 * @param channel the channel
	 * @param kind that of connections
	 * @param options those of connections that it was bound for
	 * @param socket what it is a copy of
	 * @param bootstrap makes another channel
	 * @param transport the transport, resolved
	 * @param inheritance what is left at the end
	 */
	private record InheritedSocket(Channel channel, SocketKind kind, AcceptedOptions options, FoundSocket socket,
			ServerBootstrap bootstrap, SocketTransport transport,
			ListenerInheritance inheritance) implements ListeningSocket {

		@Override
		public InetSocketAddress address() {
			return this.socket.address();
		}

		@Override
		public ChannelFuture rebind() {
			return this.bootstrap.register();
		}

		@Override
		public AcceptedOptions options(ListenerSpec next) {
			return InheritedBinder.options(next, this.socket, this.transport);
		}

		@Override
		public boolean outlives() {
			return true;
		}

		@Override
		public void retire() {
			this.inheritance.leave();
		}

	}

}
