package dev.socketserver.netty.listen;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.engine.inherit.PassedSockets;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.channel.UnixSocketKind;
import dev.socketserver.netty.inherit.FoundSocket;
import dev.socketserver.netty.inherit.Inheritance;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.ConnectionOptions.UnsupportedOptionException;
import dev.socketserver.netty.transport.DomainSockets;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Inherited;
import dev.socketserver.spec.listen.Protocol;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a socket that the process was passed, or, if it was passed none, has another
 * binder bind one. What listens is a copy of the descriptor. A stop closes that, and
 * neither closes nor shuts down the socket itself: who waits there is served by the next
 * process. Options of the listening socket are those of its unit: all processes that have
 * it share them.
 */
final class InheritedBinder implements SocketBinder {

	private final ServerSpec server;

	private final Inheritance inheritance;

	private final SocketBinder otherwise;

	/** That of the present start. */
	private @Nullable FoundSocket found;

	InheritedBinder(ServerSpec server, ListenerSpec spec, Inherited inherited, PassedSockets passed) {
		this.server = server;
		this.inheritance = new Inheritance(server, spec, inherited, passed);
		this.otherwise = SocketBinder.own(spec, inherited.own());
	}

	@Override
	public @Nullable String inherited() {
		return this.inheritance.name();
	}

	@Override
	public Protocol protocol(Protocol configured) {
		return this.inheritance.isUnix(transport(this.server.transport())) ? Protocol.UNIX : configured;
	}

	@Override
	public SocketTransport transport(SocketTransport wanted) {
		if (!this.inheritance.applies()) {
			return this.otherwise.transport(wanted);
		}
		// The fastest may be io_uring.
		return (wanted == SocketTransport.FASTEST) ? SocketTransport.AUTO : wanted;
	}

	@Override
	public SocketKind kind(SocketTransport transport) {
		if (!this.inheritance.applies()) {
			return this.otherwise.kind(transport);
		}
		FoundSocket socket = this.inheritance.use(transport);
		this.found = socket;
		return (socket.address() instanceof UnixAddress path) ? new UnixSocketKind(sockets(transport), path, true)
				: SocketKind.TCP;
	}

	private static DomainSockets sockets(SocketTransport transport) {
		return Objects.requireNonNull(DomainSockets.of(transport));
	}

	@Override
	public ListeningSocket bind(ListenerSpec spec, Supplier<? extends ChannelHandler> acceptors,
			SocketTransport transport, EventLoopGroup loops) {
		if (!this.inheritance.applies()) {
			this.inheritance.reportOtherwise();
			return this.otherwise.bind(spec, acceptors, transport, loops);
		}
		FoundSocket socket = Objects.requireNonNull(this.found, "the kind is asked for first");
		try {
			ServerBootstrap bootstrap = bootstrap(spec, socket, acceptors, transport, loops);
			ChannelFuture registered = bootstrap.register().awaitUninterruptibly();
			if (!registered.isSuccess()) {
				throw this.inheritance.failure(registered.cause());
			}
			return new InheritedSocket(registered.channel(), socket, bootstrap, transport, this.inheritance);
		}
		catch (UnsupportedOptionException ex) {
			this.inheritance.leave();
			throw new ServerStartException(spec, socket.address(), Problem.OPTION_UNSUPPORTED, ex);
		}
		catch (RuntimeException | Error ex) {
			this.inheritance.leave();
			throw ex;
		}
	}

	private ServerBootstrap bootstrap(ListenerSpec spec, FoundSocket socket,
			Supplier<? extends ChannelHandler> acceptors, SocketTransport transport, EventLoopGroup loops) {
		ServerBootstrap bootstrap = ListenerSetup
			.bootstrap(loops, 0, (channel) -> channel.pipeline().addLast(acceptors.get()))
			.channelFactory(this.inheritance.listeners(socket, transport));
		if (socket.address() instanceof UnixAddress) {
			ConnectionOptions.ofUnixSocket(spec.options(), sockets(transport), bootstrap::childOption);
		}
		else {
			new AcceptedOptions(spec, transport, Map.of()).to(bootstrap);
		}
		return bootstrap;
	}

	/**
	 * A copy of the socket.
	 *
	 * @param channel the channel
	 * @param socket what it is a copy of
	 * @param bootstrap makes another channel
	 * @param transport the transport, resolved
	 * @param inheritance what is left at the end
	 */
	private record InheritedSocket(Channel channel, FoundSocket socket, ServerBootstrap bootstrap,
			SocketTransport transport, Inheritance inheritance) implements ListeningSocket {

		@Override
		public InetSocketAddress address() {
			return this.socket.address();
		}

		@Override
		public ChannelFuture rebind() {
			return this.bootstrap.register();
		}

		@Override
		public @Nullable AcceptedOptions options(ListenerSpec next) {
			return (this.socket.address() instanceof UnixAddress) ? null
					: new AcceptedOptions(next, this.transport, Map.of());
		}

		/** Nothing is set for the socket: all processes that have it share that. */
		@Override
		public void change(ListenerSpec next, AcceptedOptions options, Channel listening) {
			options.to(this.bootstrap);
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
