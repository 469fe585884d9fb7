package dev.socketserver.engine.requests;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SessionStatistics.RequestOutcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When requests end, under a clock that only the test moves.
 */
class DeadlinesTests {

	private static final int REQUESTS = 100_000;

	private final ManualTimer timer = new ManualTimer();

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	@Test
	void eachOfVeryManyEndsAtItsTime() {
		Map<RequestOutcome, Integer> outcomes = new EnumMap<>(RequestOutcome.class);
		AtomicInteger inTime = new AtomicInteger();
		List<Request> requests = new ArrayList<>();
		for (int i = 0; i < REQUESTS; i++) {
			Request request = new Request(i, Runnable::run, (outcome) -> outcomes.merge(outcome, 1, Integer::sum));
			long due = 5_000 + (i * 7919L) % 10_000;
			request.expireAfter(due, this.timer, () -> request.failed(new RequestTimeoutException("No reply")));
			CompletableFuture<?> unused = request.reply().handle((reply, failure) -> {
				boolean timedOut = failure instanceof TimeoutException && this.timer.now == due;
				return (timedOut || this.timer.now == 0) ? inTime.incrementAndGet() : 0;
			});
			requests.add(request);
		}
		for (int i = 0; i < REQUESTS; i += 4) {
			requests.get(i).replied("reply");
		}
		assertThat(this.timer.due).as("those that have no reply yet")
			.filteredOn((later) -> !later.isCancelled())
			.hasSize(REQUESTS * 3 / 4);

		this.timer.runUntil(4_999);
		assertThat(outcomes).containsExactly(Map.entry(RequestOutcome.SUCCESS, REQUESTS / 4));

		this.timer.runUntil(15_000);
		assertThat(outcomes).containsExactly(Map.entry(RequestOutcome.SUCCESS, REQUESTS / 4),
				Map.entry(RequestOutcome.TIMEOUT, REQUESTS * 3 / 4));
		assertThat(inTime).hasValue(REQUESTS);
	}

	/** It would be that of a timer, and with so many requests it costs much. */
	@Test
	void aTimeoutHasNoStackTrace() {
		assertThat(new RequestTimeoutException("No reply")).hasMessage("No reply").hasNoCause();
		assertThat(new RequestTimeoutException("No reply").getStackTrace()).isEmpty();
	}

	/** Has no thread. */
	private static final class ManualTimer extends ScheduledThreadPoolExecutor {

		private final PriorityQueue<Later> due = new PriorityQueue<>();

		private long now;

		ManualTimer() {
			super(0);
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			Later later = new Later(task, this.now + unit.toMillis(delay));
			this.due.add(later);
			return later;
		}

		void runUntil(long time) {
			while (!this.due.isEmpty() && this.due.peek().at <= time) {
				Later next = this.due.remove();
				this.now = next.at;
				// Does nothing if it is cancelled.
				next.run();
			}
			this.now = time;
		}

		private final class Later extends FutureTask<Void> implements ScheduledFuture<Void> {

			private final long at;

			Later(Runnable task, long at) {
				super(task, null);
				this.at = at;
			}

			@Override
			public long getDelay(TimeUnit unit) {
				return unit.convert(this.at - ManualTimer.this.now, TimeUnit.MILLISECONDS);
			}

			@Override
			public int compareTo(Delayed other) {
				return Long.compare(this.at, ((Later) other).at);
			}

		}

	}

}
