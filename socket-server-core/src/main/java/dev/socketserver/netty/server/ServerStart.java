package dev.socketserver.netty.server;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerStartException;
import dev.socketserver.admission.KeptPermits;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.listen.PortBinder;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server: takes what a run needs, one thing after the other, and gives back what
 * it has if the next cannot be had. In the end all of it belongs to the
 * {@link ServerRun}. Used by one thread at a time.
 */
final class ServerStart {

	private final ServerContext server;

	private final ServerRun.Owner owner;

	private final KeptPermits kept;

	private final ServerSpec spec;

	private final SharedResources engine;

	private final PortBinder binder;

	/**
	 * Creates what starts a server.
	 * @param server what all its runs share
	 * @param owner is notified of what becomes of each run
	 * @param kept earlier runs that still have sessions
	 */
	ServerStart(ServerContext server, ServerRun.Owner owner, KeptPermits kept) {
		this.server = server;
		this.owner = owner;
		this.kept = kept;
		this.spec = server.spec();
		this.engine = server.engine();
		this.binder = new PortBinder(this.spec);
	}

	/**
	 * Makes a run, whose port is bound, and which accepts nothing yet.
	 * @return the run
	 * @throws ServerStartException if something cannot be had that is known to be missing
	 * at times
	 */
	ServerRun begin() {
		SocketTransport transport = transport();
		List<InetSocketAddress> addresses = addresses();
		ServerTls tls = tls();
		try {
			return begin(transport, addresses, tls);
		}
		catch (RuntimeException | Error ex) {
			if (tls != null) {
				tls.close();
			}
			throw ex;
		}
	}

	private ServerRun begin(SocketTransport transport, List<InetSocketAddress> addresses, @Nullable ServerTls tls) {
		HandlerThreads threads = threads();
		try {
			return begin(transport, addresses, tls, threads);
		}
		catch (RuntimeException | Error ex) {
			threads.close();
			throw ex;
		}
	}

	private ServerRun begin(SocketTransport transport, List<InetSocketAddress> addresses, @Nullable ServerTls tls,
			HandlerThreads threads) {
		Diagnostics diagnostics = new Diagnostics(this.engine.observer().get(), this.engine.logContext(),
				this.server.failureLog());
		List<ConnectionCustomizer> customizers = this.engine.customizers().get();
		EventLoopGroup loops = loops(transport, customizers);
		try {
			ServerRun run = new ServerRun(this.server, this.owner, this.kept, transport, threads, tls, customizers,
					diagnostics);
			bind(run, transport, loops, addresses);
			return run;
		}
		catch (RuntimeException | Error ex) {
			this.engine.loops().release(transport);
			throw ex;
		}
	}

	private void bind(ServerRun run, SocketTransport transport, EventLoopGroup loops,
			List<InetSocketAddress> addresses) {
		try {
			run.bound(this.binder.bind(run::acceptor, transport, loops, addresses));
			if (!this.spec.threads().serverDaemon()) {
				// Held until the server does not listen any more.
				this.engine.keepAlive().acquire();
			}
		}
		catch (RuntimeException | Error ex) {
			run.abandon();
			throw ex;
		}
	}

	private SocketTransport transport() {
		try {
			return TransportSupport.resolve(this.spec.transport());
		}
		catch (UnsupportedOperationException ex) {
			throw failure(Problem.TRANSPORT_UNAVAILABLE, ex);
		}
	}

	private List<InetSocketAddress> addresses() {
		try {
			return this.binder.resolve();
		}
		catch (UnknownHostException ex) {
			throw failure(Problem.UNKNOWN_HOST, ex);
		}
	}

	private @Nullable ServerTls tls() {
		ServerSpec.Tls described = this.spec.tls();
		try {
			return (described != null) ? new ServerTls(this.server.server(), described, this.server.alarms(),
					HandshakeThreads.ofServer(this.engine.threads())) : null;
		}
		catch (IllegalArgumentException ex) {
			throw failure(Problem.OTHER, ex);
		}
	}

	private HandlerThreads threads() {
		try {
			return HandlerThreads.of(this.spec.session(), this.spec.threads().name(), this.engine.background(),
					this.engine.threads());
		}
		catch (UnsupportedOperationException ex) {
			throw failure(Problem.OTHER, ex);
		}
	}

	private EventLoopGroup loops(SocketTransport transport, List<ConnectionCustomizer> customizers) {
		try {
			return this.engine.loops().acquire(transport, !customizers.isEmpty());
		}
		catch (UncheckedIOException ex) {
			throw failure(Problem.NO_EVENT_LOOPS, ex);
		}
	}

	/**
	 * The exception for what cannot be had, where there is no address yet to report it.
	 */
	ServerStartException failure(Problem problem, Throwable cause) {
		InetSocketAddress wanted = InetSocketAddress.createUnresolved(this.spec.host(), this.spec.port());
		return new ServerStartException(this.spec.name(), wanted, problem, cause);
	}

}
