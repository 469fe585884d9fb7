package dev.socketserver.engine.connect;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.Ready;
import dev.socketserver.client.Received;
import dev.socketserver.client.Select;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.client.ClientRequests;
import dev.socketserver.engine.client.WaitLimit;
import dev.socketserver.engine.connect.ClientContext.Settings;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.requests.ReplyReading;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A client: what the application and operators ask of it, on any thread. What it sends
 * and asks for waits in its {@link ClientOutbox}, with or without a connection;
 * {@link ClientConnections} have its state, and connect.
 */
public final class ManagedClient implements SocketClient, ClientOperations {

	/** How long a datagram may wait for a connection. */
	private static final long DATAGRAM_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final String name;

	private final SharedResources engine;

	private final ClientContext context;

	private final ClientOutbox outbox;

	private final ClientRequests asks;

	private final ClientConnections connections;

	/**
	 * Creates a client that is stopped.
	 * @param spec what it is made from
	 * @param engine what all servers and clients share
	 * @param executor runs short tasks that must not run on the thread that submits them
	 * @param listeners are notified of what happens
	 * @param sessions its open sessions
	 * @param connectors makes what it connects with, at each start
	 */
	public ManagedClient(ClientSpec spec, SharedResources engine, Executor executor,
			Listeners<SocketClientListener> listeners, SessionRegistry sessions, Connector.Factory connectors) {
		this.name = spec.name();
		this.engine = engine;
		this.context = new ClientContext(this, spec, engine, executor, sessions);
		Settings first = this.context.settings();
		this.outbox = new ClientOutbox(spec.name(), Bounds.of(spec.session().outbound()), this.context.counters(),
				engine.memory(), new Spread(spread(spec), first.poolKey() != null), waitLimit(spec, engine));
		this.asks = new ClientRequests(spec.name(), this.outbox, () -> this.context.outgoing().requests());
		this.connections = new ClientConnections(this.context, this.outbox, new ClientEvents(listeners, engine),
				connectors);
	}

	/** How payloads are spread over connections, where there are several. */
	private static @Nullable Select spread(ClientSpec spec) {
		return (ClientContext.pool(spec).size() > 1) ? spec.failOver().select() : null;
	}

	/**
	 * Datagrams are worth little when they are late, unless there has to be a sign-on.
	 */
	private static @Nullable WaitLimit waitLimit(ClientSpec spec, SharedResources engine) {
		boolean signsOn = ClientContext.pool(spec).ready() != Ready.CONNECTED;
		return (spec.protocol() == Protocol.UDP && !signsOn) ? new WaitLimit(DATAGRAM_NANOS, engine.timer()) : null;
	}

	@Override
	public String name() {
		return this.name;
	}

	/** As events and logs show it. */
	@Override
	public String toString() {
		return name();
	}

	@Override
	public synchronized void reconfigure(ClientSpec spec, long version) {
		this.connections.reconfigure(spec, version);
		this.outbox.reconfigure(spec.session().outbound(), spread(spec), waitLimit(spec, this.engine));
		this.context.received().reconfigure(spec.session().inbound());
	}

	@Override
	public ClientSpec spec() {
		return this.context.spec();
	}

	@Override
	public ClientStatistics statistics() {
		return this.context.counters();
	}

	// What there is.

	@Override
	public ClientState state() {
		return this.connections.state();
	}

	@Override
	public Optional<SocketSession> session() {
		return Optional.ofNullable(this.connections.status().session());
	}

	/**
	 * Returns the open sessions, and those whose handlers have still to be notified of
	 * their end.
	 * @return the sessions
	 */
	public Stream<Session> openSessions() {
		return this.context.sessions().stream();
	}

	@Override
	public List<AddressStatus> addresses() {
		return this.connections.addresses();
	}

	@Override
	public @Nullable SocketTransport transport() {
		return this.connections.transport();
	}

	@Override
	public @Nullable Instant connectedAt() {
		Session open = this.connections.status().session();
		return (open != null) ? open.openedAt() : null;
	}

	@Override
	public @Nullable Throwable failure() {
		return this.connections.status().failure();
	}

	@Override
	public @Nullable LastClosed lastClosed() {
		return this.connections.status().lastClosed();
	}

	@Override
	public boolean suspended() {
		return this.connections.suspended();
	}

	// What the application and operators want.

	/**
	 * Accepts payloads from now on, which wait for the start that follows.
	 */
	public void expectStart() {
		this.connections.expectStart();
	}

	@Override
	public void start() {
		this.connections.start();
	}

	@Override
	public CompletableFuture<@Nullable Void> stop() {
		return this.connections.stop(false, CloseStatus.of(CloseReason.SERVER_STOPPED, "the client stops"));
	}

	@Override
	public void close() {
		CompletableFuture<@Nullable Void> unused = this.connections.stop(true,
				CloseStatus.of(CloseReason.HANDLER_CLOSED, "the client was closed"));
	}

	@Override
	public CompletableFuture<@Nullable Void> closed() {
		return this.connections.closed();
	}

	@Override
	public boolean disconnect() {
		return this.connections.disconnect();
	}

	@Override
	public boolean refused() {
		return this.context.refusals().areMany();
	}

	@Override
	public boolean reconnect() {
		return this.connections.reconnect();
	}

	@Override
	public List<SocketSession> connections() {
		return this.connections.ready();
	}

	@Override
	public int connections(ConnectionState state) {
		return this.connections.count(state);
	}

	@Override
	public CompletableFuture<@Nullable Void> rotate() {
		return this.connections.rotate(RotationReason.OPERATOR, (each) -> true);
	}

	// What is sent and received.

	@Override
	public CompletableFuture<@Nullable Void> send(Object payload) {
		SendFuture future = new SendFuture(this.engine.background());
		Settings settings = this.context.outgoing();
		byte[] bytes;
		try {
			bytes = bytes(payload, settings);
		}
		catch (UnframeablePayloadException ex) {
			future.refused(new RefusedPayloadException(ex));
			return future;
		}
		Object key = poolKey(payload, settings);
		ClientConnection opening = this.connections.opening().attachIfHere();
		this.outbox.send(bytes, key, opening == null, future);
		return (opening != null) ? OpeningConnections.outcome(future, opening) : future;
	}

	private static @Nullable Object poolKey(Object payload, Settings settings) {
		Function<Object, @Nullable Object> keys = settings.poolKey();
		return (keys != null) ? keys.apply(payload) : null;
	}

	private static byte[] bytes(Object payload, Settings settings) {
		byte[] bytes = settings.payloads().bytes(payload);
		settings.framing().check(bytes);
		// A copy: it may stay here for long, and the caller may use its array again.
		return (bytes == payload) ? bytes.clone() : bytes;
	}

	@Override
	public CompletableFuture<Object> ask(Object payload, Duration timeout) {
		return ask(payload, (ReplyReading) null, timeout);
	}

	@Override
	@SuppressWarnings("unchecked") // what was read is of that type
	public <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return (CompletableFuture<T>) ask(payload, ReplyReading.as(reply, this.context.outgoing().payloads()), timeout);
	}

	private CompletableFuture<Object> ask(Object payload, @Nullable ReplyReading reading, Duration timeout) {
		Settings settings = this.context.outgoing();
		SessionSpec session = settings.spec().session();
		boolean takesBytes = session.unframed() && session.handler().bytesAsTheyCome();
		if (takesBytes || !(session.handler() instanceof ServerHandler.Messages)) {
			throw new IllegalStateException("Client '" + name()
					+ "' cannot ask: its handler reads the connection itself, and would get the reply");
		}
		if (settings.onlySends()) {
			throw new IllegalStateException("Client '" + name() + "' cannot ask: it only sends, to "
					+ settings.spec().addresses().get(0) + ", where nobody answers");
		}
		byte[] bytes;
		try {
			bytes = bytes(payload, settings);
		}
		catch (UnframeablePayloadException ex) {
			return CompletableFuture.failedFuture(new RefusedPayloadException(ex));
		}
		Object key = this.asks.key(payload);
		Object poolKey = poolKey(payload, settings);
		ClientConnection opening = this.connections.opening().attachIfHere();
		CompletableFuture<Object> reply = this.asks.send(bytes, key, reading, timeout, poolKey, opening == null);
		return (opening != null) ? OpeningConnections.outcome(reply, opening) : reply;
	}

	@Override
	public @Nullable Received receive(Duration timeout) {
		if (!spec().byHand()) {
			throw new IllegalStateException("Client '" + name() + "' has a handler, which gets what is received: "
					+ spec().session().handler().name());
		}
		return this.context.received().take(timeout);
	}

}
