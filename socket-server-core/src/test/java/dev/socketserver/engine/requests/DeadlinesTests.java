package dev.socketserver.engine.requests;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.ManualTimer;
import dev.socketserver.RequestTimeoutException;
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
			request.expireAfter(due, this.timer, this.timer::now,
					() -> request.failed(new RequestTimeoutException("No reply")));
			CompletableFuture<?> unused = request.reply().handle((reply, failure) -> {
				boolean timedOut = failure instanceof TimeoutException
						&& this.timer.now() == TimeUnit.MILLISECONDS.toNanos(due);
				return (timedOut || this.timer.now() == 0) ? inTime.incrementAndGet() : 0;
			});
			requests.add(request);
		}
		for (int i = 0; i < REQUESTS; i += 4) {
			requests.get(i).replied("reply");
		}
		assertThat(this.timer.waiting()).as("those that have no reply yet").isEqualTo(REQUESTS * 3 / 4);

		this.timer.runUntil(TimeUnit.MILLISECONDS.toNanos(4_999));
		assertThat(outcomes).containsExactly(Map.entry(RequestOutcome.SUCCESS, REQUESTS / 4));

		this.timer.runUntil(TimeUnit.MILLISECONDS.toNanos(15_000));
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

}
