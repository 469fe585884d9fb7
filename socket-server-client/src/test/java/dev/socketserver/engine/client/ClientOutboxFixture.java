package dev.socketserver.engine.client;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.SessionClosedException;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The outbox of a client, connections that the test plays, and what became of payloads.
 */
final class ClientOutboxFixture {

	final ClientCounters counters = new ClientCounters();

	final MemoryBudget memory = new MemoryBudget(1_000_000_000);

	/** What became of each payload, in order. */
	final List<String> outcomes = new CopyOnWriteArrayList<>();

	/** The connection that was attached last. */
	private @Nullable ClientLink last;

	ClientOutbox outbox(int capacity, int bytes, OutboundOverflow overflow) {
		ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(capacity, bytes, overflow), this.counters,
				this.memory, Spread.NONE, null);
		outbox.open();
		return outbox;
	}

	ClientOutbox outbox() {
		return outbox(1_000, 1_000_000, OutboundOverflow.FAIL);
	}

	void send(ClientOutbox outbox, String payload) {
		outbox.send(payload.getBytes(UTF_8), null, true, (failure) -> this.outcomes
			.add(payload + ((failure != null) ? " " + failure.getClass().getSimpleName() : "")));
	}

	Request ask(ClientOutbox outbox, String payload) {
		Request ask = new Request(null, Runnable::run);
		outbox.ask(payload.getBytes(UTF_8), null, true, ask);
		return ask;
	}

	/** Returns a connection that the outbox sends on from now on. */
	FakeConnection attached(ClientOutbox outbox) {
		FakeConnection connection = new FakeConnection(this.counters);
		attach(outbox, connection);
		return connection;
	}

	/** Has the outbox send on a connection from now on. */
	void attach(ClientOutbox outbox, ClientLink connection) {
		this.last = connection;
		outbox.attach(connection);
	}

	/**
	 * Returns a connection whose writes fail before it has reported that it takes them.
	 */
	FakeConnection breaksAtOnce() {
		return new FakeConnection(this.counters) {

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				this.all.add("");
				assertThat(this.all).hasSizeLessThan(10);
				completion.admitted();
				completion.completed(new SessionClosedException("it", null, null));
				return true;
			}

		};
	}

	/** Ends that connection, without looking when it has given everything back. */
	void detach(ClientOutbox outbox) {
		outbox.detach(Objects.requireNonNull(this.last), () -> {
		});
	}

	/** Begins to send, and returns when the sender waits for room. */
	Thread sendBlocked(ClientOutbox outbox, String payload) {
		return blocked(() -> send(outbox, payload));
	}

	Thread blocked(Runnable send) {
		Thread sender = new Thread(send);
		sender.setDaemon(true);
		sender.start();
		Awaitility.await().until(() -> sender.getState() == Thread.State.TIMED_WAITING);
		return sender;
	}

	void assertIdentity() {
		assertThat(this.counters.accepted()).isEqualTo(this.counters.delivered() + this.counters.undelivered()
				+ this.counters.outboundDropped() + this.counters.pending());
	}

	void assertEmpty() {
		assertIdentity();
		assertThat(this.counters.pending()).isZero();
		assertThat(this.counters.pendingBytes()).isZero();
		assertThat(this.memory.used()).isZero();
	}

}
