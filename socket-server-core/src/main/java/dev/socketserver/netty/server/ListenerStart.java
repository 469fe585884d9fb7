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
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.datagram.DatagramBinder;
import dev.socketserver.netty.datagram.DatagramPort;
import dev.socketserver.netty.inherit.ListenerInheritance;
import dev.socketserver.netty.listen.KeptPort;
import dev.socketserver.netty.listen.ListenerResources;
import dev.socketserver.netty.listen.SocketBinder;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.spec.listen.Tls;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Starts one listener of a server, with what its kind of socket needs. Used by one thread
 * at a time.
 */
final class ListenerStart {

	private final ServerSpec server;

	private final ListenerSpec spec;

	private final KeptPort port;

	/** Absent if the server binds its socket itself in any case. */
	private final @Nullable ListenerInheritance inheritance;

	/**
	 * Creates what starts a listener.
	 * @param server the server's
	 * @param spec the listener's
	 * @param before what has started the listener of that name until now, if there was
	 * one
	 */
	ListenerStart(ServerSpec server, ListenerSpec spec, @Nullable ListenerStart before) {
		this.server = server;
		this.spec = spec;
		this.port = (before != null) ? before.port : new KeptPort();
		this.inheritance = (spec.listenOn().own() != spec.listenOn())
				? ListenerInheritance.of(server, spec, (before != null) ? before.inheritance : null) : null;
	}

	ListenerSpec spec() {
		return this.spec;
	}

	/** Returns the name of the socket that is inherited, or {@code null}. */
	@Nullable String inherited() {
		return (this.inheritance != null) ? this.inheritance.name() : null;
	}

	/** Returns of what kind the socket is. Any thread. */
	Protocol protocol() {
		return (this.inheritance != null && this.inheritance.isUnix(wanted())) ? Protocol.UNIX
				: this.spec.listenOn().protocol();
	}

	/** Returns the transport to ask for: the fastest is for ports of TCP. */
	private SocketTransport wanted() {
		boolean passed = this.inheritance != null && this.inheritance.applies();
		boolean tcp = !passed && this.spec.listenOn().own() instanceof Tcp;
		return tcp ? this.server.transport() : TransportSupport.besideTcp(this.server.transport());
	}

	/** Returns the transport, resolved. */
	SocketTransport transport() {
		try {
			return TransportSupport.resolve(wanted());
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
		// The JVM loads the classes of one kind only.
		ServerPort made = this.spec.listenOn().streams()
				? new NettyServerPort(context, listener, gate, intake, resources,
						SocketBinder.of(listener.spec(), resources, this.port, this.inheritance))
				: new DatagramPort(context, listener, gate, intake, resources,
						new DatagramBinder(listener.spec(), resources.transport(), this.port, this.inheritance));
		return new RunListener(listener, gate, made);
	}

}
