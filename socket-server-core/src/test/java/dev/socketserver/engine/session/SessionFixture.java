package dev.socketserver.engine.session;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.FakeConnection;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.Payloads;

/**
 * Sessions without a socket: the test is the loop and the executor.
 */
final class SessionFixture {

	final FakeConnection connection = new FakeConnection();

	final Deque<Lane> ready = new ArrayDeque<>();

	final LoopScratch scratch = new LoopScratch();

	final ServerCounters counters = new ServerCounters();

	final SessionRegistry registry = new SessionRegistry("test");

	final List<String> calls = new ArrayList<>();

	SessionListener listener = new SessionListener() {
	};

	int ended;

	final SessionHandler recorder = new SessionHandler() {

		@Override
		public void opened(SocketSession session) {
			SessionFixture.this.calls.add("opened");
		}

		@Override
		public Object received(Object payload, SocketSession session) {
			SessionFixture.this.calls.add("received " + payload);
			return payload.equals("quiet") ? null : payload;
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			SessionFixture.this.calls.add("closed " + status.reason());
		}

	};

	Session session(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		ServerHandler.Messages messages = ServerFixture.messages(handler);
		SessionContext context = new SessionContext(
				new SharedState(spec.apply(ServerSpec.builder("test").handler(messages)).build().session(),
						this.counters, MemoryBudget.unlimited(), TestDiagnostics.none()),
				new Payloads(StandardCharsets.UTF_8, List.of()), this.registry,
				new SessionEvents(this.listener, () -> this.ended++), TestDiagnostics.requests(),
				(session, task) -> new Thread(task).start());
		InetSocketAddress address = new InetSocketAddress(0);
		Session session = new Session(context, this.connection, address, address, this.ready::add, this.scratch);
		session.open();
		return session;
	}

	Session session() {
		return session(this.recorder, UnaryOperator.identity());
	}

	void receive(Session session, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		System.arraycopy(bytes, 0, this.scratch.bytes(), 0, bytes.length);
		session.received(this.scratch.bytes(), bytes.length, System.nanoTime());
	}

	/** Is executor and loop, in this order, until neither has anything to do. */
	void run() {
		do {
			while (!this.ready.isEmpty()) {
				this.ready.remove().run();
			}
		}
		while (this.connection.runLoop() || !this.ready.isEmpty());
	}

}
