package dev.socketserver.engine.requests;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.engine.ModelWire;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.fixtures.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Requests that are made, answered, given up and cut off by several threads, in every
 * order that Lincheck finds in the time it has. Each has one outcome, and each reply is
 * that of one request or dropped.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class RequestInterleavingTests {

	@Test
	void everyRequestHasOneOutcomeAndEveryReplyOneRequest() {
		Interleavings.controlled(Model.class);
	}

	@Test
	void oneRequestHasItsTurnAtATimeAndNoneIsForgotten() {
		Interleavings.controlled(Turns.class);
	}

	/** The turns of one connection, whose loop runs its tasks when it is asked to. */
	public static class Turns {

		private final RequestTurns turns = new RequestTurns();

		private final ModelWire connection = new ModelWire();

		private final Queue<Asking> asked = new ConcurrentLinkedQueue<>();

		private final AtomicInteger underWay = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		public Turns() {
			this.turns.beginOn(this.connection, (bytes) -> {
			});
		}

		@Operation
		public void ask() {
			Asking asking = new Asking();
			this.asked.add(asking);
			this.turns.enter(asking);
		}

		@Operation
		public void giveUp() {
			Asking oldest = this.asked.peek();
			if (oldest != null && this.turns.leave(oldest)) {
				oldest.left.incrementAndGet();
			}
		}

		/** The loop runs a task, or has read a reply, which is matched. */
		@Operation(nonParallelGroup = "loop")
		public void turn() {
			this.connection.runLoop();
		}

		@Operation(nonParallelGroup = "loop")
		public void reply() {
			this.turns.hold();
			if (this.underWay.get() > 0) {
				this.underWay.decrementAndGet();
				this.turns.free();
			}
			this.turns.release();
		}

		@Validate
		public void eachHasOneTurnOrLeft() {
			for (int i = 0; i < 20; i++) {
				turn();
				reply();
			}
			if (this.most.get() > 1) {
				throw new IllegalStateException(this.most + " requests were under way at once");
			}
			for (Asking asking : this.asked) {
				if (asking.begun.get() + asking.left.get() != 1) {
					throw new IllegalStateException(
							asking.begun + " turns of a request that has left " + asking.left + " times");
				}
			}
		}

		private final class Asking implements RequestTurns.InTurn {

			private final AtomicInteger begun = new AtomicInteger();

			private final AtomicInteger left = new AtomicInteger();

			@Override
			public boolean begin() {
				this.begun.incrementAndGet();
				int now = Turns.this.underWay.incrementAndGet();
				Turns.this.most.accumulateAndGet(now, Math::max);
				return true;
			}

		}

	}

	/** One connection. */
	public static class Model {

		private final Counters counters = new Counters();

		private final PendingRequests pending = new PendingRequests(null, this.counters);

		private final Queue<Request> asked = new ConcurrentLinkedQueue<>();

		private final AtomicInteger outcomes = new AtomicInteger();

		private final AtomicInteger successes = new AtomicInteger();

		/** Replies that belonged to a request, be it one that was given up. */
		private final AtomicInteger taken = new AtomicInteger();

		private void ended(RequestOutcome outcome) {
			this.outcomes.incrementAndGet();
			if (outcome == RequestOutcome.SUCCESS) {
				this.successes.incrementAndGet();
			}
		}

		@Operation
		public void ask() {
			Request request = new Request(null, Runnable::run, this::ended);
			this.asked.add(request);
			if (!this.pending.add(request)) {
				request.failed(new IllegalStateException("closed"));
			}
		}

		@Operation(nonParallelGroup = "loop")
		public void reply() {
			if (this.pending.take("reply")) {
				this.taken.incrementAndGet();
			}
		}

		@Operation
		public void giveUp() {
			Request oldest = this.asked.peek();
			if (oldest != null) {
				oldest.failed(new TimeoutException());
				oldest.gaveUp();
			}
		}

		@Operation(nonParallelGroup = "loop", runOnce = true)
		public void close() {
			this.pending.close(new IllegalStateException("closed"));
		}

		@Validate
		public void everythingHasOneOutcome() {
			close();
			int count = this.asked.size();
			if (this.outcomes.get() != count || !this.asked.stream().allMatch(Request::isOver)) {
				throw new IllegalStateException(this.outcomes + " outcomes of " + count + " requests");
			}
			long dropped = this.counters.repliesDropped();
			if (this.successes.get() + dropped != this.taken.get()) {
				throw new IllegalStateException(
						this.taken + " replies: " + this.successes + " were given, and " + dropped + " dropped");
			}
			if (this.pending.size() != 0 || this.pending.expectsReplies()) {
				throw new IllegalStateException("Requests wait on a connection that is closed");
			}
		}

	}

}
