package dev.socketserver.engine.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;

import dev.socketserver.SessionClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Interleavings;
import dev.socketserver.spec.OutboundOverflow;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A client whose connections are made and lost while several threads send: each payload
 * has one outcome, those that were sent are sent in order, and a connection is handed
 * nothing once it has gone.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class ClientOutboxInterleavingTests {

	@Test
	void everyPayloadHasOneOutcomeWhateverBecomesOfConnections() {
		Interleavings.stressed(Model.class);
	}

	/** One client, whose loop connects, writes and loses its connection. */
	public static class Model {

		private static final int THREADS = 8;

		private final ClientCounters counters = new ClientCounters();

		private final MemoryBudget memory = new MemoryBudget(1_000_000);

		private final ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(2, 1_000, OutboundOverflow.FAIL),
				this.counters, this.memory, Spread.NONE, null);

		private final AtomicIntegerArray submitted = new AtomicIntegerArray(THREADS);

		private final AtomicIntegerArray outcomes = new AtomicIntegerArray(THREADS);

		/** What was written, as the thread times a thousand and its number. */
		private final List<Integer> written = new ArrayList<>();

		private @Nullable Link link;

		private boolean detaching;

		private volatile boolean stopped;

		private volatile String wrong = "";

		public Model() {
			this.outbox.open();
		}

		@Operation
		public void send(@Param(gen = ThreadIdGen.class) int thread) {
			int number = this.submitted.incrementAndGet(thread);
			this.outbox.send(new byte[] { (byte) thread, (byte) number }, null, true,
					(failure) -> this.outcomes.incrementAndGet(thread));
		}

		@Operation(nonParallelGroup = "loop")
		public void connect() {
			if (this.link == null && !this.detaching) {
				this.link = new Link();
				this.outbox.attach(this.link);
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void write() {
			Link current = this.link;
			Completion next = (current != null) ? current.handed.poll() : null;
			if (next != null) {
				byte[] payload = current.payloads.remove();
				this.written.add(payload[0] * 1_000 + payload[1]);
				next.completed(null);
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void lose() {
			Link over = this.link;
			if (over == null) {
				return;
			}
			over.gone = true;
			this.link = null;
			this.detaching = true;
			giveBack(over);
			this.outbox.detach(over, () -> this.detaching = false);
			// What was handed over in the moment before.
			giveBack(over);
			over.detached = true;
		}

		private static void giveBack(Link over) {
			for (Completion one = over.handed.poll(); one != null; one = over.handed.poll()) {
				over.payloads.remove();
				one.completed(new SessionClosedException("it", null, null));
			}
		}

		/**
		 * As if the connection were stuck, if there is one: it is not waited for then.
		 */
		@Operation(runOnce = true)
		public void stop() {
			this.stopped = true;
			this.outbox.failAll(ClientState.STOPPED);
		}

		@Validate
		public void everythingHasOneOutcome() {
			lose();
			if (this.detaching && !this.stopped) {
				this.wrong = "no one is notified that a connection has given everything back";
			}
			stop();
			for (int thread = 0; thread < THREADS; thread++) {
				if (this.submitted.get(thread) != this.outcomes.get(thread)) {
					this.wrong = this.outcomes.get(thread) + " outcomes of " + this.submitted.get(thread) + " sends";
				}
				int of = thread;
				List<Integer> sent = this.written.stream().filter((one) -> one / 1_000 == of).toList();
				if (!sent.equals(sent.stream().sorted().distinct().toList())) {
					this.wrong = "a thread has sent " + sent;
				}
			}
			if (this.outbox.pending() != 0 || this.outbox.pendingBytes() != 0 || this.memory.used() != 0) {
				this.wrong = "something waits in a client that has stopped";
			}
			if (!this.wrong.isEmpty()) {
				throw new IllegalStateException(this.wrong);
			}
		}

		/** A connection. */
		private final class Link implements ClientLink {

			private final PendingRequests asks = new PendingRequests(null, Model.this.counters);

			private final Queue<Completion> handed = new ConcurrentLinkedQueue<>();

			private final Queue<byte[]> payloads = new ConcurrentLinkedQueue<>();

			private volatile boolean gone;

			private volatile boolean detached;

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				if (this.detached) {
					Model.this.wrong = "a payload is handed to a connection that has gone";
				}
				if (this.gone) {
					return false;
				}
				completion.admitted();
				this.payloads.add(payload);
				this.handed.add(completion);
				return true;
			}

			@Override
			public PendingRequests requests() {
				return this.asks;
			}

			@Override
			public long pendingBytes() {
				return this.payloads.size();
			}

			@Override
			public void slow() {
				// There is no such policy here.
			}

		}

	}

}
