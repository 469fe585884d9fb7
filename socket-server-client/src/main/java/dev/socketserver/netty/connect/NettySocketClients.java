package dev.socketserver.netty.connect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.engine.connect.Connector;
import dev.socketserver.engine.connect.ManagedClient;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.lane.Handover;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.HostResolver;
import dev.socketserver.netty.connect.NettyConnector;
import org.jspecify.annotations.Nullable;

/**
 * The clients of an application, on Netty. They share event loops, timers and the memory
 * limit with its servers. Their threads keep no JVM alive.
 */
public final class NettySocketClients implements SocketClients, AutoCloseable {

	private final NettySocketServers.Shared shared;

	private final SharedResources engine;

	/** Made with the first client. */
	private Connector.@Nullable Factory connectors;

	/**
	 * One thread, for short tasks. Of an application it asks for a client's port and,
	 * where the host is an address, for the TLS context.
	 */
	private final Executor executor;

	private final Listeners<SocketClientListener> listeners;

	/** Replaced as a whole, under this object's monitor. */
	private volatile Map<String, ManagedClient> clients = Map.of();

	/** Clients that were removed and still send what they had accepted. */
	private final Set<ManagedClient> leaving = ConcurrentHashMap.newKeySet();

	/**
	 * Clients that were removed and may still hold memory that counts: a handler that
	 * does not return keeps its session beyond the end of the client.
	 */
	private final Set<ManagedClient> held = ConcurrentHashMap.newKeySet();

	/** Guarded by this object's monitor. */
	private boolean closed;

	/**
	 * For each name, the last number of a connection. Kept when a client is removed: its
	 * successor goes on counting. Nothing else is kept, since applications may make up a
	 * name for each client.
	 */
	private final Map<String, AtomicLong> numbers = new ConcurrentHashMap<>();

	/**
	 * Creates an engine of clients.
	 * @param servers the servers that they share everything with
	 * @param listeners gives those who are notified of what happens, in order; asked
	 * once, when there is something to report
	 */
	public NettySocketClients(NettySocketServers servers,
			Supplier<? extends Collection<? extends SocketClientListener>> listeners) {
		this.shared = servers.share(this::openSessions);
		this.engine = this.shared.engine();
		Executor thread = this.engine.threads().pool(1, "socket-client");
		this.executor = (task) -> Handover.run(thread, task);
		this.listeners = new Listeners<>(listeners, this.engine.timer());
	}

	@Override
	public Optional<SocketClient> client(String name) {
		return Optional.ofNullable(this.clients.get(name));
	}

	@Override
	public SocketClient register(ClientSpec spec) {
		return register(spec, (client) -> {
		});
	}

	/**
	 * Registers a client that is about to be started, as {@link #expectStart} says from
	 * the moment at which anybody can find it.
	 * @param spec what it is made from
	 * @return the client
	 */
	public SocketClient registerToStart(ClientSpec spec) {
		return register(spec, ManagedClient::expectStart);
	}

	private synchronized SocketClient register(ClientSpec spec, Consumer<ManagedClient> prepare) {
		if (this.closed) {
			throw new IllegalStateException(
					"Client '" + spec.name() + "' cannot be registered: the clients are closed");
		}
		if (this.clients.containsKey(spec.name())) {
			throw new IllegalArgumentException("Client '" + spec.name() + "' already exists");
		}
		if (this.connectors == null) {
			this.connectors = NettyConnector.factory(this.shared.loops(), new HostResolver(this.engine.threads()),
					HandshakeThreads.ofClients(this.engine.threads()));
		}
		AtomicLong counted = this.numbers.computeIfAbsent(spec.name(), (name) -> new AtomicLong());
		SessionRegistry sessions = SessionRegistry.ofClient(spec.name(), counted, this.shared.taps());
		ManagedClient client = new ManagedClient(spec, this.engine, this.executor, this.listeners, sessions,
				this.connectors);
		prepare.accept(client);
		this.listeners.notifyEach((listener) -> listener.registered(client));
		Map<String, ManagedClient> more = new LinkedHashMap<>(this.clients);
		more.put(spec.name(), client);
		this.clients = more;
		return client;
	}

	/**
	 * Lets a client that is about to be started accept payloads already: they wait for
	 * the start, or fail when the client is stopped or closed instead. Has no effect if
	 * there is no such client, or if it is started, stopping or closed.
	 * @param name the client's name
	 */
	public void expectStart(String name) {
		ManagedClient client = this.clients.get(name);
		if (client != null) {
			client.expectStart();
		}
	}

	@Override
	public boolean remove(String name) {
		ManagedClient removed;
		synchronized (this) {
			Map<String, ManagedClient> fewer = new LinkedHashMap<>(this.clients);
			removed = fewer.remove(name);
			if (removed == null) {
				return false;
			}
			this.leaving.add(removed);
			this.held.add(removed);
			this.clients = fewer;
		}
		removed.close();
		CompletableFuture<?> unused = removed.closed().whenComplete((result, failure) -> {
			this.leaving.remove(removed);
			forgetHeld();
			this.listeners.notifyEach((listener) -> listener.removed(removed));
		});
		return true;
	}

	private void forgetHeld() {
		this.held.removeIf((client) -> !this.leaving.contains(client) && client.openSessions().findAny().isEmpty());
	}

	public Stream<Session> openSessions() {
		forgetHeld();
		return Stream.concat(this.clients.values().stream(), this.held.stream()).flatMap(ManagedClient::openSessions);
	}

	@Override
	public Iterator<SocketClient> iterator() {
		return List.<SocketClient>copyOf(this.clients.values()).iterator();
	}

	/**
	 * Closes all clients at once, and waits for that, also for those that were removed.
	 * There are no others from then on.
	 */
	@Override
	public void close() {
		List<ManagedClient> all;
		synchronized (this) {
			this.closed = true;
			all = new ArrayList<>(this.clients.values());
			all.addAll(this.leaving);
		}
		all.forEach(ManagedClient::close);
		CompletableFuture.allOf(all.stream().map(ManagedClient::closed).toArray(CompletableFuture[]::new)).join();
	}

}
