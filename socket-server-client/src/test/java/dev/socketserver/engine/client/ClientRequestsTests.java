package dev.socketserver.engine.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.ManualTimer;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.Requests;
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
			this.counters, new MemoryBudget(1_000_000), Spread.NONE, null);

	@AfterEach
	void endTimer() {
		this.timer.shutdownNow();
	}

	private ClientRequests requests(@Nullable Correlator correlator) {
		this.timer.setRemoveOnCancelPolicy(true);
		return requests(correlator, this.timer);
	}

	private ClientRequests requests(@Nullable Correlator correlator, ScheduledExecutorService timer) {
		this.outbox.open();
		RequestContext context = new RequestContext(correlator, Requests.DEFAULTS, this.counters, Runnable::run, timer);
		return new ClientRequests("it", this.outbox, () -> context);
	}

	private static CompletableFuture<Object> send(ClientRequests requests, String request, Duration timeout) {
		return requests.send(request.getBytes(UTF_8), requests.key(request), null, timeout, null, true);
	}

	@Test
	void keyIsGivenBackBeforeTheReplyIsSeen() {
		ClientRequests requests = requests(Object::toString);
		Request first = new Request("1", Runnable::run);
		requests.add(first);
		assertThatIllegalArgumentException().isThrownBy(() -> requests.add(new Request("1", Runnable::run)))
			.withMessageContaining("'it'");
		Request second = new Request("1", Runnable::run);
		var asked = first.reply().thenAccept((reply) -> requests.add(second));
		first.replied("a");
		assertThat(asked).isCompleted();
		second.failed(new TimeoutException());
		requests.add(new Request("1", Runnable::run));
		Request cancelled = new Request("2", Runnable::run);
		requests.add(cancelled);
		cancelled.reply().cancel(false);
		requests.add(new Request("2", Runnable::run));
		requests.add(new Request(null, Runnable::run));
		requests.add(new Request(null, Runnable::run));
	}

	@Test
	void requestWithoutAKeyIsRefused() {
		ClientRequests requests = requests((payload) -> null);
		assertThatIllegalArgumentException().isThrownBy(() -> requests.key("a"))
			.withMessage("The correlator of client 'it' has no key for the request");
	}

	@Test
	void withoutACorrelatorThereAreNoKeys() {
		assertThat(requests(null).key("a")).isNull();
	}

	@Test
	void keyOfARequestThatIsNotAcceptedIsFree() {
		ClientRequests requests = requests(Object::toString);
		this.outbox.close(ClientState.CLOSING, () -> {
		});
		assertThat(send(requests, "a", LONG)).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(ClientClosedException.class);
		this.outbox.open();
		assertThat(send(requests, "a", LONG)).isNotDone();
	}

	@Test
	void replyThatDoesNotComeIsWaitedForNoLongerThanAskedFor() {
		ClientRequests requests = requests(Object::toString);
		assertThat(send(requests, "a", Duration.ofMillis(20))).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessage("The request to client 'it' was not sent within 20 ms: no connection was ready for it");
		assertThat(send(requests, "a", Duration.ofMillis(-1))).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.withMessageStartingWith("The request to client 'it' was not sent within 0 ms: ");
	}

	@Test
	void requestForWhichTheConnectionHasNoRoomIsAnsweredSo() {
		ClientRequests requests = requests(null);
		this.outbox.attach(new TestLink());
		requests.send(new byte[100 * 1024], null, null, LONG, null, true);
		assertThat(send(requests, "a", Duration.ofMillis(20))).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessage("The request to client 'it' was not sent within 20 ms: there was no room on the connection");
	}

	@Test
	void requestWhoseTimeIsOverWhileAConnectionRefusesItIsNotSaidToBeSent() {
		ManualTimer late = new ManualTimer();
		Thread expiry = new Thread(late::runNext, "expiry");
		ClientRequests requests = requests(null, late);
		this.outbox.attach(new FakeConnection(this.counters) {

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				expiry.start();
				Awaitility.await().until(() -> !expiry.isAlive() || expiry.getState() == Thread.State.WAITING);
				return false;
			}

		});
		assertThat(send(requests, "a", Duration.ZERO)).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class);
	}

	@Test
	void replyMayBeWaitedForAsLongAsOneLikes() {
		assertThat(send(requests(null), "a", Duration.ofSeconds(Long.MAX_VALUE))).isNotDone();
	}

	/** A callback may take long, and is not the server's doing. */
	@Test
	void outcomeIsCountedBeforeItIsReported() {
		ClientRequests requests = requests(null);
		List<Map<RequestOutcome, Long>> counted = new ArrayList<>();
		CompletableFuture<?> outcome = send(requests, "a", Duration.ofMillis(20))
			.whenComplete((reply, failure) -> counted.add(this.counters.requests()));
		assertThat(outcome).failsWithin(LONG);
		assertThat(counted).containsExactly(Map.of(RequestOutcome.NOT_SENT, 1L));
		assertThat(this.counters.requestNanos().get(RequestOutcome.NOT_SENT)).isGreaterThan(19_000_000);
	}

	@Test
	void whatTheApplicationCompletesItselfCountsAsCancelled() {
		ClientRequests requests = requests(null);
		send(requests, "a", LONG).complete("made up");
		send(requests, "b", LONG).cancel(false);
		send(requests, "c", LONG).completeExceptionally(new IllegalStateException("made up"));
		assertThat(send(requests, "d", LONG).orTimeout(20, TimeUnit.MILLISECONDS)).failsWithin(LONG);
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
		ClientRequests requests = requests(null);
		CompletableFuture<Object> reply = send(requests, "a", LONG);
		assertThat(this.timer.getQueue()).hasSize(1);
		reply.cancel(false);
		assertThat(this.timer.getQueue()).isEmpty();
	}

}
