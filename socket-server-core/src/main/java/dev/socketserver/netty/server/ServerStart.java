package dev.socketserver.netty.server;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.server.ServerPort;
import dev.socketserver.engine.server.ServerRun;
import dev.socketserver.engine.server.ServerStarter;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.datagram.DatagramBinder;
import dev.socketserver.netty.datagram.DatagramPort;
import dev.socketserver.netty.datagram.DatagramResources;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.listen.SocketBinder;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import dev.socketserver.spec.listen.Tls;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server: takes what a run needs, one thing after the other, and gives back what
 * it has if the next cannot be had. In the end all of it belongs to the
 * {@link NettyServerPort} of the run. Used by one thread at a time.
 */
public final class ServerStart implements ServerStarter {

	private final ServerSpec spec;

	private final EventLoops shared;

	/** Opens listening sockets; absent for UDP, which has none. */
	private final @Nullable SocketBinder binder;

	/** Opens the sockets of UDP. */
	private final @Nullable DatagramBinder datagrams;

	/**
	 * Creates what starts a server.
	 * @param spec the server's
	 * @param shared the loops of all servers and clients
	 */
	public ServerStart(ServerSpec spec, EventLoops shared) {
		this.spec = spec;
		this.shared = shared;
		boolean streams = spec.listenOn().streams();
		this.binder = streams ? SocketBinder.of(spec) : null;
		this.datagrams = streams ? null : new DatagramBinder(spec);
	}

	@Override
	public @Nullable String inherited() {
		return (this.binder != null) ? this.binder.inherited()
				: Objects.requireNonNull(this.datagrams, "datagrams").inherited();
	}

	@Override
	public Protocol protocol(Protocol configured) {
		return (this.binder != null) ? this.binder.protocol(configured) : configured;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Leaves nothing of Netty's on the calling thread, which may belong to a servlet
	 * container: Netty's thread-locals would keep the class loader of a web application
	 * alive after the application is gone.
	 */
	@Override
	public ServerRun begin(ServerContext server, ServerRun.RunEvents owner, List<Admission> earlier) {
		boolean untouched = FastThreadLocal.size() == 0;
		try {
			return begun(server, owner, earlier);
		}
		finally {
			if (untouched) {
				FastThreadLocal.removeAll();
			}
		}
	}

	private ServerRun begun(ServerContext server, ServerRun.RunEvents owner, List<Admission> earlier) {
		SocketTransport transport = transport(server);
		ServerTls tls = tls(server);
		try {
			HandlerThreads threads = threads(server);
			try {
				// In this order: what follows may be a bean that cannot be made.
				Diagnostics diagnostics = new Diagnostics(server.engine().observer().get(),
						server.engine().logContext(), server.failureLog());
				List<ConnectionCustomizer> customizers = this.shared.customizers();
				EventLoopGroup loops = loops(server, transport, customizers);
				try {
					RunResources resources = new RunResources(transport, tls, threads, customizers, loops);
					AcceptGate gate = new AcceptGate();
					ConnectionIntake intake = new ConnectionIntake(server, earlier, gate);
					ServerRun run = new ServerRun(server, owner, threads, diagnostics, intake,
							port(server, gate, intake, resources));
					run.open();
					return run;
				}
				catch (RuntimeException | Error ex) {
					releaseLoops(transport);
					throw ex;
				}
			}
			catch (RuntimeException | Error ex) {
				threads.close();
				throw ex;
			}
		}
		catch (RuntimeException | Error ex) {
			if (tls != null) {
				tls.close();
			}
			throw ex;
		}
	}

	private ServerPort port(ServerContext server, AcceptGate gate, ConnectionIntake intake, RunResources resources) {
		if (this.binder != null) {
			return new NettyServerPort(server, gate, intake, resources, this.binder, this);
		}
		return new DatagramPort(server, gate, intake, new DatagramResources(resources.transport(), resources.threads(),
				resources.loops(), Objects.requireNonNull(this.datagrams), () -> releaseLoops(resources.transport())));
	}

	/** Gives loops back. */
	void releaseLoops(SocketTransport transport) {
		this.shared.release(transport);
	}

	private SocketTransport transport(ServerContext server) {
		try {
			return TransportSupport.resolve((this.binder != null) ? this.binder.transport(this.spec.transport())
					: TransportSupport.besideTcp(this.spec.transport()));
		}
		catch (UnsupportedOperationException ex) {
			throw server.failure(Problem.TRANSPORT_UNAVAILABLE, ex);
		}
	}

	private @Nullable ServerTls tls(ServerContext server) {
		Tls described = this.spec.tls();
		try {
			return (described != null) ? new ServerTls(server.server(), described, server.alarms(),
					HandshakeThreads.ofServer(server.engine().threads())) : null;
		}
		catch (IllegalArgumentException ex) {
			throw server.failure(Problem.OTHER, ex);
		}
	}

	private HandlerThreads threads(ServerContext server) {
		try {
			return HandlerThreads.of(this.spec.session(), this.spec.threads().name(), server.engine().background(),
					server.engine().threads());
		}
		catch (UnsupportedOperationException ex) {
			throw server.failure(Problem.OTHER, ex);
		}
	}

	private EventLoopGroup loops(ServerContext server, SocketTransport transport,
			List<ConnectionCustomizer> customizers) {
		try {
			return this.shared.acquire(transport, !customizers.isEmpty());
		}
		catch (UncheckedIOException ex) {
			throw server.failure(Problem.NO_EVENT_LOOPS, ex);
		}
	}

}
