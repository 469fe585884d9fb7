package dev.socketserver.netty.server;

import java.io.UncheckedIOException;
import java.util.List;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.server.ListenerContext;
import dev.socketserver.engine.server.RunListener;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.server.ServerIntake;
import dev.socketserver.engine.server.ServerPort;
import dev.socketserver.engine.settings.ServerChange;
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.datagram.DatagramBinder;
import dev.socketserver.netty.datagram.DatagramPort;
import dev.socketserver.netty.listen.ListenerResources;
import dev.socketserver.netty.listen.SocketBinder;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import dev.socketserver.spec.listen.Tls;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Starts one listener of a server, with what its kind of socket needs. Used by one thread
 * at a time.
 */
abstract class ListenerStart {

	/** What the server was made from when the place was known first. */
	private final ServerSpec server;

	private final ListenerSpec spec;

	private ListenerStart(ServerSpec server, ListenerSpec spec) {
		this.server = server;
		this.spec = spec;
	}

	/**
	 * Returns what starts a listener.
	 * @param server the server's
	 * @param spec the listener's
	 */
	static ListenerStart of(ServerSpec server, ListenerSpec spec) {
		// Each by a method of its own: what would be returned here, the JVM loads.
		return spec.listenOn().streams() ? Streams.of(server, spec) : Datagrams.of(server, spec);
	}

	ListenerSpec spec() {
		return this.spec;
	}

	/** Whether it can start a listener as it is described now. */
	boolean fits(ServerSpec now, ListenerSpec listener) {
		return listener.name().equals(this.spec.name()) && listener.label().equals(this.spec.label())
				&& now.transport() == this.server.transport()
				&& ServerChange.isSamePlace(this.spec.listenOn(), listener.listenOn());
	}

	/** Returns the name of the socket that is inherited, or {@code null}. */
	abstract @Nullable String inherited();

	/** Returns of what kind the socket is. */
	abstract Protocol protocol();

	/** Returns the transport to ask for. */
	abstract SocketTransport transport(SocketTransport wanted);

	/** Returns the port, which is not bound. */
	abstract ServerPort port(ServerContext context, ListenerContext listener, AcceptGate gate, ConnectionIntake intake,
			ListenerResources resources);

	/** Returns the transport, resolved. */
	SocketTransport transport() {
		try {
			return TransportSupport.resolve(transport(this.server.transport()));
		}
		catch (UnsupportedOperationException ex) {
			throw failure(Problem.TRANSPORT_UNAVAILABLE, ex);
		}
	}

	/** Returns what handshakes need, if there are any. */
	@Nullable ServerTls tls(ServerContext context, ListenerContext listener) {
		Tls described = listener.spec().tls();
		if (described == null) {
			return null;
		}
		try {
			ServerTls tls = tls(context, described);
			tls.follow();
			return tls;
		}
		catch (IllegalArgumentException ex) {
			throw failure(Problem.OTHER, ex);
		}
	}

	/**
	 * Makes what handshakes need; it does not follow its bundles yet.
	 * @throws IllegalArgumentException if a bundle has no material that can be used
	 */
	static ServerTls tls(ServerContext context, Tls described) {
		return new ServerTls(context.server(), described, context.alarms(),
				HandshakeThreads.ofServer(context.engine().threads()));
	}

	/**
	 * Returns the loops that the listener and its connections run on.
	 * @param shared the loops of all servers and clients
	 * @param transport the transport, resolved
	 * @param customizers who may change the pipelines of connections
	 */
	EventLoopGroup loops(EventLoops shared, SocketTransport transport, List<ConnectionCustomizer> customizers) {
		try {
			return shared.acquire(transport, !customizers.isEmpty());
		}
		catch (UncheckedIOException ex) {
			throw failure(Problem.NO_EVENT_LOOPS, ex);
		}
	}

	private ServerStartException failure(Problem problem, Exception cause) {
		return new ServerStartException(this.spec, this.spec.listenOn().address(), problem, cause);
	}

	/**
	 * Makes the listener of a run.
	 * @param context what the run shares with others
	 * @param listener what the listener shares with those of other runs
	 * @param all how many connections the run admits
	 * @param resources what it has taken
	 */
	RunListener listener(ServerContext context, ListenerContext listener, ServerIntake all,
			ListenerResources resources) {
		AcceptGate gate = new AcceptGate();
		ConnectionIntake intake = new ConnectionIntake(context, listener, all, gate);
		return new RunListener(listener, gate, port(context, listener, gate, intake, resources));
	}

	/** A listener to which peers connect. */
	private static final class Streams extends ListenerStart {

		private final SocketBinder binder;

		private Streams(ServerSpec server, ListenerSpec spec) {
			super(server, spec);
			this.binder = SocketBinder.of(server, spec);
		}

		static ListenerStart of(ServerSpec server, ListenerSpec spec) {
			return new Streams(server, spec);
		}

		@Override
		@Nullable String inherited() {
			return this.binder.inherited();
		}

		@Override
		Protocol protocol() {
			return this.binder.protocol(spec().listenOn().protocol());
		}

		@Override
		SocketTransport transport(SocketTransport wanted) {
			return this.binder.transport(wanted);
		}

		@Override
		ServerPort port(ServerContext context, ListenerContext listener, AcceptGate gate, ConnectionIntake intake,
				ListenerResources resources) {
			return new NettyServerPort(context, listener, gate, intake, resources, this.binder);
		}

	}

	/** A listener of UDP. */
	private static final class Datagrams extends ListenerStart {

		private final DatagramBinder binder;

		private Datagrams(ServerSpec server, ListenerSpec spec) {
			super(server, spec);
			this.binder = new DatagramBinder(server, spec);
		}

		static ListenerStart of(ServerSpec server, ListenerSpec spec) {
			return new Datagrams(server, spec);
		}

		@Override
		@Nullable String inherited() {
			return this.binder.inherited();
		}

		@Override
		Protocol protocol() {
			return spec().listenOn().protocol();
		}

		@Override
		SocketTransport transport(SocketTransport wanted) {
			return TransportSupport.besideTcp(wanted);
		}

		@Override
		ServerPort port(ServerContext context, ListenerContext listener, AcceptGate gate, ConnectionIntake intake,
				ListenerResources resources) {
			return new DatagramPort(context, listener, gate, intake, resources, this.binder);
		}

	}

}
