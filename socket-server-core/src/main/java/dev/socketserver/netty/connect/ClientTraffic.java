package dev.socketserver.netty.connect;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ServerHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.client.Asks;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.client.FramingCheck;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.received.ReceivedQueue;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends, asks for and receives, with or without a connection. Safe for use
 * by several threads.
 */
abstract class ClientTraffic implements SocketClient {

	final ClientSpec spec;

	final SharedResources engine;

	final Payloads payloads;

	final ClientCounters counters = new ClientCounters();

	final ClientOutbox outbox;

	private final Asks asks;

	final ReceivedQueue received;

	private final FramingCheck framing;

	/**
	 * The connection whose handler has still to be notified of it: what waits to be sent
	 * waits for that.
	 */
	volatile @Nullable ClientConnection opening;

	ClientTraffic(ClientSpec spec, SharedResources engine) {
		this.spec = spec;
		this.engine = engine;
		this.payloads = new Payloads(spec.session().charset(), spec.session().converters());
		this.outbox = new ClientOutbox(spec.name(), Bounds.of(spec.session().outbound()), this.counters,
				engine.memory());
		this.asks = new Asks(spec.name(), this.outbox,
				new RequestContext(spec.correlator(), this.counters, engine.background(), engine.timer()));
		this.received = new ReceivedQueue(spec.name(), Bounds.of(spec.session().inbound()), this.counters,
				engine.memory(), engine.timer());
		this.framing = new FramingCheck(spec.session());
	}

	@Override
	public String name() {
		return this.spec.name();
	}

	/** As events and logs show it. */
	@Override
	public String toString() {
		return name();
	}

	@Override
	public ClientSpec spec() {
		return this.spec;
	}

	@Override
	public ClientStatistics statistics() {
		return this.counters;
	}

	// What is sent and received.

	@Override
	public CompletableFuture<@Nullable Void> send(Object payload) {
		SendFuture future = new SendFuture(this.engine.background());
		byte[] bytes = bytes(payload);
		attachIfOpening();
		this.outbox.send(bytes, future);
		return future;
	}

	/**
	 * If the caller is the handler that is being notified of a new connection, has what
	 * waits sent on it now: its send would wait for itself otherwise. A handler that is
	 * still busy with the previous connection does not get in front of what is said first
	 * on the new one.
	 */
	private void attachIfOpening() {
		ClientConnection open = this.opening;
		if (open != null && open.runsHere()) {
			open.attach();
		}
	}

	private byte[] bytes(Object payload) {
		byte[] bytes = this.payloads.bytes(payload);
		this.framing.check(bytes);
		// A copy: it may stay here for long, and the caller may use its array again.
		return (bytes == payload) ? bytes.clone() : bytes;
	}

	@Override
	public CompletableFuture<Object> ask(Object payload, Duration timeout) {
		if (!(this.spec.session().handler() instanceof ServerHandler.Messages)) {
			throw new IllegalStateException("Client '" + name()
					+ "' cannot ask: its handler reads the connection itself, and would get the reply");
		}
		byte[] bytes = bytes(payload);
		Object key = this.asks.key(payload);
		attachIfOpening();
		return this.asks.send(bytes, key, timeout);
	}

	@Override
	public @Nullable Received receive(Duration timeout) {
		if (!this.spec.byHand()) {
			throw new IllegalStateException(
					"Client '" + name() + "' has a handler, which gets what is received: " + handlerName());
		}
		return this.received.take(timeout);
	}

	private String handlerName() {
		return this.spec.session().handler().name();
	}

}
