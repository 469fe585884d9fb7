package dev.socketserver.engine;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * A session of lines without a socket, which replies with what it receives: the test is
 * the loop and the executor.
 */
public final class TestSession {

	public final FakeConnection connection = new FakeConnection();

	public final ServerCounters counters = new ServerCounters();

	/** What the handler and callbacks were notified of. */
	public final Queue<String> calls = new ConcurrentLinkedQueue<>();

	public final AtomicInteger ended = new AtomicInteger();

	public final Session session;

	private final SessionContext context;

	private final Queue<Lane> ready = new ConcurrentLinkedQueue<>();

	private final LoopScratch scratch = new LoopScratch();

	public TestSession(UnaryOperator<ServerSpec.Builder> spec) {
		this((payload, session) -> payload, spec);
	}

	public TestSession(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		this(handler, spec, MemoryBudget.unlimited(), new SessionRegistry("test"));
	}

	public TestSession(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec, MemoryBudget memory,
			SessionRegistry registry) {
		ServerHandler.Messages messages = new ServerHandler.Messages("handler",
				PayloadConverter.text(StandardCharsets.UTF_8), false, (ignored) -> new Recorder(handler));
		this.context = new SessionContext(
				new SharedState(spec.apply(ServerSpec.builder("test").handler(messages)).build().session(),
						this.counters, memory, TestDiagnostics.none()),
				new Payloads(StandardCharsets.UTF_8, List.of()), registry, new SessionEvents(new SessionListener() {
				}, this.ended::incrementAndGet), TestDiagnostics.requests(),
				(session, task) -> new Thread(task).start());
		InetSocketAddress address = new InetSocketAddress(0);
		this.session = new Session(this.context, this.connection, address, address, this.ready::add, this.scratch);
		this.session.open();
		this.connection.completing = false;
		run();
	}

	/** Why it ends; {@code null} while it does not. */
	public @Nullable CloseReason reason() {
		CloseStatus status = this.session.end().settled();
		return (status != null) ? status.reason() : null;
	}

	public void receive(String text) {
		receive(text, System.nanoTime());
	}

	/** What it shares with others that are made from the same. */
	public SessionContext context() {
		return this.context;
	}

	/** Other settings are in force. */
	public void followedBy(SessionSpec next) {
		this.context.followedBy(next);
	}

	public void receive(String text, long now) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		System.arraycopy(bytes, 0, this.scratch.bytes(), 0, bytes.length);
		this.session.received(this.scratch.bytes(), bytes.length, now);
	}

	/** Sends, and has the outcome recorded. */
	public void send(String text) {
		this.session.send(text, (failure) -> this.calls
			.add(text + ((failure != null) ? " " + failure.getClass().getSimpleName() : " sent")));
	}

	/** Is the executor, until there is nothing to do. */
	public boolean runLanes() {
		boolean ran = false;
		for (Lane lane = this.ready.poll(); lane != null; lane = this.ready.poll()) {
			lane.run();
			ran = true;
		}
		return ran;
	}

	/** Is the executor for a single run of the lane, if it is ready. */
	public void runLaneOnce() {
		Lane lane = this.ready.poll();
		if (lane != null) {
			lane.run();
		}
	}

	/** Is executor and loop, until neither has anything to do. */
	public void run() {
		while (this.connection.runLoop() | runLanes()) {
			// Each may have made work for the other.
		}
	}

	/** Has the socket take what it has, and everything behind it. */
	public void drain() {
		run();
		while (!this.connection.pending.isEmpty()) {
			this.connection.complete(null);
			run();
		}
	}

	/**
	 * Ends the connection, as the connection does after {@code close} and {@code abort}.
	 */
	public void disconnect() {
		this.session.disconnected(null);
		run();
	}

	private final class Recorder implements SessionHandler {

		private final SessionHandler handler;

		Recorder(SessionHandler handler) {
			this.handler = handler;
		}

		@Override
		public Object received(Object payload, SocketSession session) throws Exception {
			return this.handler.received(payload, session);
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			TestSession.this.calls.add("closed " + status.reason());
		}

	}

}
