package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.admission.Accounts;
import dev.socketserver.engine.server.SocketFile;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.channel.UnixSocketKind;
import dev.socketserver.netty.transport.DomainSockets;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.DomainSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Opens the Unix socket of a listener.
 */
final class UnixBinder implements SocketBinder {

	private static final String PATH = "domain-socket.path";

	private final ListenerSpec spec;

	private final DomainSocket socket;

	private final SocketTransport transport;

	private final EventLoopGroup loops;

	private final UnixAddress address;

	/** Absent for an abstract name. */
	private final @Nullable SocketFile file;

	UnixBinder(ListenerSpec spec, ListenerResources resources) {
		this.spec = spec;
		this.socket = (DomainSocket) spec.listenOn().own();
		this.transport = resources.transport();
		this.loops = resources.loops();
		this.address = new UnixAddress(this.socket.path());
		this.file = this.socket.isAbstract() ? null : new SocketFile(spec.label(), this.socket);
	}

	/** The Unix sockets of a transport: the specification has refused others. */
	static DomainSockets sockets(SocketTransport transport) {
		return Objects.requireNonNull(DomainSockets.of(transport));
	}

	@Override
	public ListeningSocket bind(Consumer<Channel> acceptors) {
		DomainSockets sockets = sockets(this.transport);
		try {
			checkAllowed("domain-socket.allow-users", "user", this.socket.allowUsers());
			checkAllowed("domain-socket.allow-groups", "group", this.socket.allowGroups());
			SocketAddress path = sockets.address(this.socket.path());
			ServerBootstrap bootstrap = bootstrap(acceptors, sockets);
			ChannelFuture bound = bootstrap.bind(path).awaitUninterruptibly();
			if (!bound.isSuccess()) {
				throw failure(bound.cause());
			}
			return new UnixSocket(bound.channel(), new UnixSocketKind(sockets, this.address, true),
					AcceptedOptions.ofUnixSocket(this.spec.options(), sockets), bootstrap, path);
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	private void checkAllowed(String key, String what, List<String> names) throws IOException {
		for (String name : names) {
			if (!(what.equals("group") ? Accounts.isGroup(name) : Accounts.isUser(name))) {
				throw new UnusableSocketException(key, "has '" + name + "', which is no " + what + " of this machine",
						"Create the " + what + " " + name + ", or name another one");
			}
		}
	}

	private ServerStartException failure(Throwable cause) {
		return new ServerStartException(this.spec, this.address, Problem.SOCKET_FILE,
				(cause instanceof UnusableSocketException) ? cause : unusable(cause));
	}

	/** Whatever it is, no port is the cause. */
	private UnusableSocketException unusable(Throwable cause) {
		UnusableSocketException unusable = (BindFailures.problem(this.address, cause) == Problem.PORT_IN_USE)
				? new UnusableSocketException(PATH, "is a name on which somebody listens",
						"Find and stop the program that listens there, with ss -xlp, or change the name")
				: new UnusableSocketException(PATH, "cannot be bound: " + cause.getMessage(),
						"Use a path at which this process can create a socket");
		unusable.initCause(cause);
		return unusable;
	}

	private ServerBootstrap bootstrap(Consumer<Channel> acceptors, DomainSockets sockets) {
		return ListenerSetup.bootstrap(this.loops, this.socket.backlog(), (channel) -> {
			if (this.file != null) {
				channel.pipeline().addLast(new SocketFileBind(this.file, sockets));
			}
			acceptors.accept(channel);
		}).channelFactory(sockets::listener);
	}

	/** The socket, which has a file unless its name is abstract. */
	private final class UnixSocket implements ListeningSocket {

		private final Channel channel;

		private final SocketKind kind;

		private final AcceptedOptions options;

		private final ServerBootstrap bootstrap;

		private final SocketAddress path;

		UnixSocket(Channel channel, SocketKind kind, AcceptedOptions options, ServerBootstrap bootstrap,
				SocketAddress path) {
			this.channel = channel;
			this.kind = kind;
			this.options = options;
			this.bootstrap = bootstrap;
			this.path = path;
		}

		@Override
		public Channel channel() {
			return this.channel;
		}

		@Override
		public SocketKind kind() {
			return this.kind;
		}

		@Override
		public InetSocketAddress address() {
			return UnixBinder.this.address;
		}

		@Override
		public AcceptedOptions options() {
			return this.options;
		}

		@Override
		public ChannelFuture rebind() {
			return this.bootstrap.bind(this.path);
		}

		@Override
		public @Nullable Exception unreachable() {
			SocketFile file = UnixBinder.this.file;
			return (file != null && file.hasVanished()) ? new NoSuchFileException(file.toString()) : null;
		}

		@Override
		public @Nullable Exception displaced() {
			SocketFile file = UnixBinder.this.file;
			return (file != null) ? file.displaced() : null;
		}

		@Override
		public void retire() {
			SocketFile file = UnixBinder.this.file;
			if (file != null) {
				file.remove();
			}
		}

	}

}
