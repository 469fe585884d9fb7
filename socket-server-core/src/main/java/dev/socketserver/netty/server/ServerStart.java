package dev.socketserver.netty.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.server.RunListener;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.server.ServerIntake;
import dev.socketserver.engine.server.ServerRun;
import dev.socketserver.engine.server.ServerStarter;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.listen.ListenerResources;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server: takes what a run needs, one thing after the other, and gives back what
 * it has if the next cannot be had. In the end all of it belongs to the run and to the
 * ports of its listeners. Used by one thread at a time.
 */
public final class ServerStart implements ServerStarter {

	private final EventLoops shared;

	/**
	 * What starts a listener, by its name. One that is gone may come back, and gets the
	 * port that it had. Written by one thread at a time; any thread reads it.
	 */
	private final Map<String, ListenerStart> known = new ConcurrentHashMap<>();

	private volatile List<ListenerStart> listeners = List.of();

	/**
	 * Creates what starts a server.
	 * @param spec the server's
	 * @param shared the loops of all servers and clients
	 */
	public ServerStart(ServerSpec spec, EventLoops shared) {
		this.shared = shared;
		reconfigure(spec);
	}

	/** A listener keeps what it remembers, such as a port that was drawn. */
	@Override
	public void reconfigure(ServerSpec now) {
		// Without a lambda: each start has this.
		List<ListenerStart> starts = new ArrayList<>(1);
		for (ListenerSpec each : now.listeners()) {
			ListenerStart start = new ListenerStart(now, each, this.known.get(each.name()));
			this.known.put(each.name(), start);
			starts.add(start);
		}
		this.listeners = List.copyOf(starts);
	}

	/** Also one that is just gone, or about to be there. */
	private ListenerStart listener(String name) {
		ListenerStart start = this.known.get(name);
		if (start == null) {
			throw new IllegalArgumentException("No listener " + name);
		}
		return start;
	}

	@Override
	public @Nullable String inherited(String listener) {
		return listener(listener).inherited();
	}

	@Override
	public Protocol protocol(ListenerSpec listener) {
		return listener(listener.name()).protocol();
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
		Deque<Runnable> taken = new ArrayDeque<>();
		try {
			return begun(server, owner, earlier, taken);
		}
		catch (RuntimeException | Error ex) {
			taken.forEach(Runnable::run);
			throw ex;
		}
		finally {
			if (untouched) {
				FastThreadLocal.removeAll();
			}
		}
	}

	/**
	 * Begins a run.
	 * @param taken gets what gives back what was taken, the last first
	 */
	private ServerRun begun(ServerContext server, ServerRun.RunEvents owner, List<Admission> earlier,
			Deque<Runnable> taken) {
		List<ListenerStart> starts = this.listeners;
		List<SocketTransport> transports = new ArrayList<>(1);
		List<@Nullable ServerTls> encrypted = new ArrayList<>(1);
		for (int i = 0; i < starts.size(); i++) {
			ListenerStart each = starts.get(i);
			transports.add(each.transport());
			ServerTls tls = each.tls(server, server.listeners().get(i));
			encrypted.add(tls);
			if (tls != null) {
				taken.push(tls::close);
			}
		}
		HandlerThreads threads = threads(server);
		Runnable releaseThreads = threads::close;
		taken.push(releaseThreads);
		// In this order: what follows may be a bean that cannot be made.
		Diagnostics diagnostics = new Diagnostics(server.engine().observer().get(), server.engine().logContext(),
				server.failureLog());
		List<ConnectionCustomizer> customizers = this.shared.customizers();
		ServerIntake intake = new ServerIntake(server, earlier);
		List<RunListener> run = new ArrayList<>(1);
		for (int i = 0; i < starts.size(); i++) {
			SocketTransport transport = transports.get(i);
			EventLoopGroup loops = starts.get(i).loops(this.shared, transport, customizers);
			Runnable release = () -> this.shared.release(transport);
			taken.push(release);
			run.add(starts.get(i)
				.listener(server, server.listeners().get(i), intake,
						new ListenerResources(transport, encrypted.get(i), threads, customizers, loops, release)));
		}
		ServerRun begun = new ServerRun(owner, threads, diagnostics, intake, run, releaseThreads);
		begun.open();
		return begun;
	}

	private HandlerThreads threads(ServerContext server) {
		try {
			return HandlerThreads.of(server.spec().session(), server.spec().threads().name(),
					server.engine().background(), server.engine().threads());
		}
		catch (UnsupportedOperationException ex) {
			throw server.failure(Problem.OTHER, ex);
		}
	}

}
