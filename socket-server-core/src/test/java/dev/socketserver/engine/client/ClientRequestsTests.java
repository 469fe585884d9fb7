package dev.socketserver.engine.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The keys of requests, and how long their replies are waited for.
 */
class ClientRequestsTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

	private final ClientCounters counters = new ClientCounters();

	private final ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(100, 200_000, OutboundOverflow.FAIL),
			this.counters, new MemoryBudget(1_000_000));

	@AfterEach
	void endTimer() {
		this.timer.shutdownNow();
	}

	private ClientRequests asks(@Nullable Correlator correlator) {
		this.timer.setRemoveOnCancelPolicy(true);
		this.outbox.open();
		return new ClientRequests("it", this.outbox,
				new RequestContext(correlator, this.counters, Runnable::run, this.timer));
	}

	private static CompletableFuture<Object> send(ClientRequests asks, String request, Duration timeout) {
		return asks.send(request.getBytes(UTF_8), asks.key(request), timeout);
	}

	@Test
	void keyIsGivenBackBeforeTheReplyIsSeen() {
		ClientRequests asks = asks(Object::toString);
		Request first = new Request("1", Runnable::run);
		asks.add(first);
		assertThatIllegalArgumentException().isThrownBy(() -> asks.add(new Request("1", Runnable::run)))
			.withMessageContaining("'it'");
		Request second = new Request("1", Runnable::run);
		var asked = first.reply().thenAccept((reply) -> asks.add(second));
		first.replied("a");
		assertThat(asked).isCompleted();
		second.failed(new TimeoutException());
		asks.add(new Request("1", Runnable::run));
		Request cancelled = new Request("2", Runnable::run);
		asks.add(cancelled);
		cancelled.reply().cancel(false);
		asks.add(new Request("2", Runnable::run));
		asks.add(new Request(null, Runnable::run));
		asks.add(new Request(null, Runnable::run));
	}

	@Test
	void requestWithoutAKeyIsRefused() {
		ClientRequests asks = asks((payload) -> null);
		assertThatIllegalArgumentException().isThrownBy(() -> asks.key("a"))
			.withMessage("The correlator of client 'it' has no key for the request");
	}

	@Test
	void withoutACorrelatorThereAreNoKeys() {
		assertThat(asks(null).key("a")).isNull();
	}

	@Test
	void keyOfARequestThatIsNotAcceptedIsFree() {
		ClientRequests asks = asks(Object::toString);
		this.outbox.close(ClientState.CLOSING, () -> {
		});
		assertThat(send(asks, "a", LONG)).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(ClientClosedException.class);
		this.outbox.open();
		assertThat(send(asks, "a", LONG)).isNotDone();
	}

	@Test
	void replyThatDoesNotComeIsWaitedForNoLongerThanAskedFor() {
		ClientRequests asks = asks(Object::toString);
		assertThat(send(asks, "a", Duration.ofMillis(20))).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessage("The request to client 'it' was not sent within 20 ms: no connection was ready for it");
		assertThat(send(asks, "a", Duration.ofMillis(-1))).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.withMessageStartingWith("The request to client 'it' was not sent within 0 ms: ");
	}

	@Test
	void requestForWhichTheConnectionHasNoRoomIsAnsweredSo() {
		ClientRequests asks = asks(null);
		this.outbox.attach(new FullConnection());
		asks.send(new byte[100 * 1024], null, LONG);
		assertThat(send(asks, "a", Duration.ofMillis(20))).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessage("The request to client 'it' was not sent within 20 ms: there was no room on the connection");
	}

	@Test
	void replyMayBeWaitedForAsLongAsOneLikes() {
		assertThat(send(asks(null), "a", Duration.ofSeconds(Long.MAX_VALUE))).isNotDone();
	}

	/** A callback may take long, and is not the server's doing. */
	@Test
	void outcomeIsCountedBeforeItIsReported() {
		ClientRequests asks = asks(null);
		List<Map<RequestOutcome, Long>> counted = new ArrayList<>();
		CompletableFuture<?> outcome = send(asks, "a", Duration.ofMillis(20))
			.whenComplete((reply, failure) -> counted.add(this.counters.requests()));
		assertThat(outcome).failsWithin(LONG);
		assertThat(counted).containsExactly(Map.of(RequestOutcome.NOT_SENT, 1L));
		assertThat(this.counters.requestNanos().get(RequestOutcome.NOT_SENT)).isGreaterThan(19_000_000);
	}

	@Test
	void whatTheApplicationCompletesItselfCountsAsCancelled() {
		ClientRequests asks = asks(null);
		send(asks, "a", LONG).complete("made up");
		send(asks, "b", LONG).cancel(false);
		send(asks, "c", LONG).completeExceptionally(new IllegalStateException("made up"));
		assertThat(send(asks, "d", LONG).orTimeout(20, TimeUnit.MILLISECONDS)).failsWithin(LONG);
		// After those who wait for the future.
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.counters.requests()).isEqualTo(Map.of(RequestOutcome.CANCELLED, 4L)));
	}

	@Test
	void firstOutcomeCounts() {
		List<RequestOutcome> outcomes = new ArrayList<>();
		Request ask = new Request(null, Runnable::run, outcomes::add);
		assertThat(ask.replied("a")).isTrue();
		ask.failed(new TimeoutException());
		assertThat(ask.replied("b")).isFalse();
		assertThat(ask.reply()).isCompletedWithValue("a");
		assertThat(outcomes).containsExactly(RequestOutcome.SUCCESS);
	}

	@Test
	void timeIsNotKeptForARequestThatIsOver() {
		ClientRequests asks = asks(null);
		CompletableFuture<Object> reply = send(asks, "a", LONG);
		assertThat(this.timer.getQueue()).hasSize(1);
		reply.cancel(false);
		assertThat(this.timer.getQueue()).isEmpty();
	}

	/** One that takes everything, and sends nothing. */
	private static final class FullConnection implements ClientLink {

		private final PendingRequests asks = new PendingRequests(null, new ClientCounters());

		@Override
		public boolean deliver(byte[] payload, Completion completion) {
			return true;
		}

		@Override
		public PendingRequests asks() {
			return this.asks;
		}

		@Override
		public long pendingBytes() {
			return 0;
		}

		@Override
		public void slow() {
			throw new IllegalStateException("not expected");
		}

	}

}
