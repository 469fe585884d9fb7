package dev.socketserver.engine.requests;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SessionStatistics.RequestOutcome;
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

	/** One connection. */
	public static class Model {

		private final PendingRequests pending = new PendingRequests(null, new Counters() {

			@Override
			public void countReplyDropped() {
				Model.this.dropped.incrementAndGet();
			}

		});

		private final Queue<Request> asked = new ConcurrentLinkedQueue<>();

		private final AtomicInteger outcomes = new AtomicInteger();

		private final AtomicInteger successes = new AtomicInteger();

		private final AtomicInteger dropped = new AtomicInteger();

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
			if (this.successes.get() + this.dropped.get() != this.taken.get()) {
				throw new IllegalStateException(
						this.taken + " replies: " + this.successes + " were given, and " + this.dropped + " dropped");
			}
			if (this.pending.size() != 0 || this.pending.expectsReplies()) {
				throw new IllegalStateException("Requests wait on a connection that is closed");
			}
		}

	}

}
