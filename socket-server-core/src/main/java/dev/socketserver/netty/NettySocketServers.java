package dev.socketserver.netty;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.spi.ClusterThreads;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.engine.events.CompositeListener;
import dev.socketserver.engine.inherit.PassedSockets;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.memory.MemoryGuard;
import dev.socketserver.engine.node.ClusteredNode;
import dev.socketserver.engine.node.NodeListeners;
import dev.socketserver.engine.node.NodeName;
import dev.socketserver.engine.node.NodeSessions;
import dev.socketserver.engine.node.SingleNode;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.engine.server.ServerLog;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.tap.Taps;
import dev.socketserver.engine.threads.Background;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.engine.threads.KeepAlive;
import dev.socketserver.engine.watchdog.CallPath;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.server.ServerStart;
import dev.socketserver.netty.tap.Capture;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.spec.listen.Inherited;
import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;

/**
 * The servers of an application, on Netty. All of them share event loops, which exist
 * while a server runs; without servers there is no thread.
 */
public final class NettySocketServers implements SocketServers, AutoCloseable {

	private static final String BACKGROUND = "socket-server-background";

	private static final int MOST_PREDECESSORS = 100;

	private static final long MOST_DEFAULT_MEMORY = 256L * 1024 * 1024;

	private final SharedResources engine;

	private final EventLoops loops;

	private final MemoryBudget memory;

	/** This node; if it is alone, made at the first request. */
	private @Nullable ManagedCluster cluster;

	/** Absent unless sessions may be tapped or recorded. */
	private final @Nullable Taps taps;

	/** Replaced as a whole, under this object's monitor. */
	private volatile Map<String, ManagedServer> servers = Map.of();

	/** Guarded by this object's monitor. */
	private boolean closed;

	/** The open sessions of clients, which share the memory limit, if there are any. */
	private volatile @Nullable Supplier<Stream<Session>> clientSessions;

	/** Servers that were removed and are still stopping. */
	private final Set<ManagedServer> leaving = ConcurrentHashMap.newKeySet();

	/**
	 * For each name, the last number of a session. Kept when a server is removed: its
	 * successor goes on counting.
	 */
	private final Map<String, AtomicLong> numbers = new ConcurrentHashMap<>();

	/**
	 * For each name, the sessions of the server that was removed last, for its successor.
	 * Only for some names, since applications may make up a name for each server. Guarded
	 * by this object's monitor.
	 */
	private final Map<String, SessionRegistry> predecessors = new LinkedHashMap<>();

	/**
	 * Creates an engine with as many event-loop threads as the machine has cores.
	 * @param listeners are notified of what happens, in this order
	 */
	public NettySocketServers(Collection<? extends SocketServerListener> listeners) {
		this(() -> listeners, Runtime.getRuntime().availableProcessors());
	}

	/**
	 * Creates an engine.
	 * @param listeners gives those who are notified of what happens, in order; asked
	 * once, when there is something to report
	 * @param eventLoopThreads how many threads do the I/O of all servers of one transport
	 */
	public NettySocketServers(Supplier<? extends Collection<? extends SocketServerListener>> listeners,
			int eventLoopThreads) {
		this(listeners, EngineSpec.defaults().eventLoopThreads(eventLoopThreads), () -> null, List::of);
	}

	/**
	 * Creates an engine.
	 * @param listeners gives those who are notified of what happens, in order; asked
	 * once, when there is something to report
	 * @param spec what they share
	 * @param observer gives who watches messages being handled, or {@code null}; asked
	 * each time a server starts
	 * @param customizers gives those who add handlers to connections of servers and
	 * clients, in order; asked each time one of these starts
	 * @throws IllegalArgumentException if the memory limit is not positive
	 */
	public NettySocketServers(Supplier<? extends Collection<? extends SocketServerListener>> listeners, EngineSpec spec,
			Supplier<@Nullable MessageObserver> observer,
			Supplier<? extends Collection<? extends NettyPipelineCustomizer>> customizers) {
		this.memory = new MemoryBudget(spec.memoryLimit());
		DaemonThreads threads = new DaemonThreads();
		ScheduledExecutorService timer = threads.timer("socket-server-timer");
		Background background = new Background(threads.workers(BACKGROUND), threads.named(BACKGROUND), timer);
		this.engine = new SharedResources(threads, background, timer, new KeepAlive(threads), this.memory,
				new CompositeListener(() -> withLog(listeners.get(), timer), timer), observer,
				spec.logContext() && LogContext.isShown(), NanoTime.SYSTEM,
				(stack) -> new CallPath(spec.adapters(), spec.chains()).method(stack));
		this.loops = new EventLoops(threads, spec.eventLoopThreads(), () -> engineCustomizers(customizers.get()));
		new MemoryGuard(this.memory, timer, this::allSessions, this::alarm);
		this.taps = (spec.taps() != null) ? new Taps(spec.taps(), this.memory, this::allSessions, timer,
				(name) -> threads.pool(1, name), Capture::of) : null;
		EngineSpec.Cluster node = spec.cluster();
		if (node != null) {
			this.cluster = new ClusteredNode(new NodeSessions(this), node.settings(), node.engine(),
					new NodeListeners(node.listeners(), timer, background),
					new ClusterThreads(threads.servingTimer("socket-server-cluster"), background));
		}
	}

	/**
	 * Returns how many bytes may wait in all sessions unless configured otherwise.
	 * @return a quarter of the heap, or of what the JVM allows to buffers outside of it
	 * if that is less, but at most 256 MB
	 */
	public static long defaultMemoryLimit() {
		long direct = PlatformDependent.maxDirectMemory();
		if (direct <= 0) {
			// Netty does not limit it.
			direct = PlatformDependent.estimateMaxDirectMemory();
		}
		return Math.min(Math.min(Runtime.getRuntime().maxMemory(), direct) / 4, MOST_DEFAULT_MEMORY);
	}

	private static List<ConnectionCustomizer> engineCustomizers(
			Collection<? extends NettyPipelineCustomizer> customizers) {
		List<ConnectionCustomizer> all = new ArrayList<>();
		for (NettyPipelineCustomizer customizer : customizers) {
			all.add(customizer::customize);
		}
		return all;
	}

	/**
	 * Returns the cluster.
	 * @return that of the specification, else one of this node only
	 */
	public synchronized ManagedCluster cluster() {
		if (this.cluster == null) {
			this.cluster = new SingleNode(this, this.engine.background());
		}
		return this.cluster;
	}

	/**
	 * Makes up a name for a node.
	 * @return the name of the host, and four random characters
	 */
	public static String nodeName() {
		return NodeName.make();
	}

	/**
	 * Returns the taps.
	 * @return the taps
	 * @throws IllegalStateException if sessions may not be tapped
	 */
	public SocketTaps taps() {
		if (this.taps == null) {
			throw new IllegalStateException("Sessions may not be tapped");
		}
		return this.taps;
	}

	/**
	 * Lets clients share threads, event loops, memory and taps.
	 * @param openSessions gives the open sessions of the clients, which share the memory
	 * limit
	 * @return what they share
	 */
	public Shared share(Supplier<Stream<Session>> openSessions) {
		this.clientSessions = openSessions;
		return new Shared(this.engine, this.loops, this.taps);
	}

	private Stream<Session> allSessions() {
		Supplier<Stream<Session>> clients = this.clientSessions;
		return (clients != null) ? Stream.concat(openSessions(), clients.get()) : openSessions();
	}

	/**
	 * Warns of sockets that this process was passed when it was started, and that no
	 * server inherits. Call it when all servers were started that are to be.
	 */
	public void reportUnused() {
		Map<String, String> inherited = new HashMap<>();
		for (ManagedServer server : this.servers.values()) {
			for (ListenerSpec listener : server.spec().listeners()) {
				if (listener.listenOn() instanceof Inherited socket) {
					inherited.put(listener.label(), socket.name());
				}
			}
		}
		PassedSockets.ofThisProcess().reportUnused(inherited);
	}

	private void alarm(String name, Alarm alarm) {
		ManagedServer server = this.servers.get(name);
		if (server != null) {
			server.context().alarms().raise(alarm);
		}
	}

	private static List<SocketServerListener> withLog(Collection<? extends SocketServerListener> listeners,
			ScheduledExecutorService timer) {
		List<SocketServerListener> all = new ArrayList<>();
		all.add(new ServerLog(timer, NanoTime.SYSTEM));
		all.addAll(listeners);
		return all;
	}

	@Override
	public Optional<SocketServer> server(String name) {
		return Optional.ofNullable(this.servers.get(name));
	}

	@Override
	public synchronized SocketServer register(ServerSpec spec) {
		if (this.closed) {
			throw new IllegalStateException(
					"Server '" + spec.name() + "' cannot be registered: the servers are closed");
		}
		if (this.servers.containsKey(spec.name())) {
			throw new IllegalArgumentException("Server '" + spec.name() + "' already exists");
		}
		SessionRegistry before = this.predecessors.get(spec.name());
		SessionRegistry sessions = (before != null) ? before : new SessionRegistry(spec.name(),
				this.numbers.computeIfAbsent(spec.name(), (name) -> new AtomicLong()),
				(this.cluster instanceof ClusteredNode node) ? node.claims() : null, this.engine.listener(), this.taps);
		ManagedServer server = new ManagedServer(spec, this.engine, sessions, new ServerStart(spec, this.loops));
		this.engine.listener().registered(server);
		Map<String, ManagedServer> more = new LinkedHashMap<>(this.servers);
		more.put(spec.name(), server);
		this.servers = more;
		this.predecessors.remove(spec.name());
		return server;
	}

	@Override
	public boolean remove(String name) {
		ManagedServer removed;
		synchronized (this) {
			Map<String, ManagedServer> fewer = new LinkedHashMap<>(this.servers);
			removed = fewer.remove(name);
			if (removed == null) {
				return false;
			}
			this.leaving.add(removed);
			this.servers = fewer;
			this.predecessors.put(name, removed.context().sessions());
			if (this.predecessors.size() > MOST_PREDECESSORS) {
				forgetPredecessor();
			}
		}
		removed.retire();
		CompletableFuture<@Nullable Void> stopped = removed.notified();
		try {
			removed.stop();
		}
		finally {
			notifyRemoved(removed, stopped);
		}
		return true;
	}

	/**
	 * Forgets the eldest predecessor, but none that is still stopping: its sessions are
	 * needed.
	 */
	private void forgetPredecessor() {
		Set<SessionRegistry> needed = new HashSet<>();
		this.leaving.forEach((server) -> needed.add(server.context().sessions()));
		Iterator<SessionRegistry> eldest = this.predecessors.values().iterator();
		while (eldest.hasNext()) {
			if (!needed.contains(eldest.next())) {
				eldest.remove();
				return;
			}
		}
	}

	private void notifyRemoved(ManagedServer removed, CompletableFuture<@Nullable Void> stopped) {
		// A new future: completing one notifies those first that have asked last.
		if (!removed.notified().isDone()) {
			// A handler of the server removes it, another stop was first, or a listener
			// that is notified of the stop takes too long to be waited for.
			CompletableFuture<?> unused = stopped.whenComplete((result, failure) -> forget(removed));
		}
		else {
			forget(removed);
		}
	}

	private void forget(ManagedServer removed) {
		this.leaving.remove(removed);
		this.engine.listener().removed(removed);
	}

	private Stream<Session> openSessions() {
		// A server that is still stopping shares its sessions with its successor: they
		// come once.
		return Stream.concat(this.servers.values().stream(), this.leaving.stream())
			.map((server) -> server.context().sessions())
			.distinct()
			.flatMap(SessionRegistry::stream);
	}

	@Override
	public Optional<SocketSession> session(String id) {
		return ServerOperations.session(this, id).filter((session) -> !((Session) session).end().isSettled());
	}

	@Override
	public List<SocketSession> find(String type, String id) {
		return this.servers.values().stream().flatMap((server) -> server.find(type, id).stream()).toList();
	}

	@Override
	public long memoryUsed() {
		return this.memory.used();
	}

	@Override
	public long memoryLimit() {
		return this.memory.limit();
	}

	@Override
	public Iterator<SocketServer> iterator() {
		return List.<SocketServer>copyOf(this.servers.values()).iterator();
	}

	/**
	 * Stops all servers at once, also those that were removed and are still stopping,
	 * aborting their sessions, and returns when all threads have nothing left to do; at
	 * once for those servers of which the calling thread is running user code, and, if
	 * that is a listener, for those whose listeners are being notified. Listeners that do
	 * not return are waited for ten seconds. No server starts any more, whoever wants it
	 * to, a listener that is notified of the stop for one: its port would stay open, and
	 * keep the JVM alive, when the application is gone.
	 */
	@Override
	public void close() {
		List<ManagedServer> all;
		synchronized (this) {
			this.closed = true;
			all = new ArrayList<>(this.servers.values());
			all.addAll(this.leaving);
		}
		all.forEach(ManagedServer::retire);
		all.forEach((server) -> ServerOperations.of(server).beginStop(Duration.ZERO));
		if (this.taps != null) {
			this.taps.endAll();
		}
		boolean duringNotification = all.stream().anyMatch(ManagedServer::notifiesHere);
		all.forEach((server) -> server.awaitStopped(duringNotification));
		this.engine.endIdleThreads();
	}

	/**
	 * What the clients of an application share with its servers.
	 *
	 * @param engine threads, memory and timers
	 * @param loops the event loops
	 * @param taps absent unless sessions may be tapped or recorded
	 */
	public record Shared(SharedResources engine, EventLoops loops, @Nullable Taps taps) {

	}

}
