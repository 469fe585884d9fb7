package dev.socketserver.engine.client;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client has to send, without a connection but for those that the test plays.
 */
@Timeout(60)
class ClientOutboxTests {

	private final ClientCounters counters = new ClientCounters();

	private final MemoryBudget memory = new MemoryBudget(1_000_000_000);

	/** What became of each payload, in order. */
	private final List<String> outcomes = new CopyOnWriteArrayList<>();

	private ClientOutbox outbox(int capacity, int bytes, OutboundOverflow overflow) {
		ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(capacity, bytes, overflow), this.counters,
				this.memory);
		outbox.open();
		return outbox;
	}

	private ClientOutbox outbox() {
		return outbox(1_000, 1_000_000, OutboundOverflow.FAIL);
	}

	private void send(ClientOutbox outbox, String payload) {
		outbox.send(payload.getBytes(UTF_8), (failure) -> this.outcomes
			.add(payload + ((failure != null) ? " " + failure.getClass().getSimpleName() : "")));
	}

	private Request ask(ClientOutbox outbox, String payload) {
		Request ask = new Request(null, Runnable::run);
		outbox.ask(payload.getBytes(UTF_8), ask);
		return ask;
	}

	/** Returns a connection that the outbox sends on from now on. */
	private FakeConnection attached(ClientOutbox outbox) {
		FakeConnection connection = new FakeConnection();
		outbox.attach(connection);
		return connection;
	}

	/**
	 * Returns a connection whose writes fail before it has reported that it takes them.
	 */
	private FakeConnection breaksAtOnce() {
		return new FakeConnection() {

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				this.all.add("");
				assertThat(this.all).hasSizeLessThan(10);
				completion.completed(new IllegalStateException("closed"));
				return true;
			}

		};
	}

	/** Ends the connection, without looking when it has given everything back. */
	private static void detach(ClientOutbox outbox) {
		outbox.detach(() -> {
		});
	}

	/** Begins to send, and returns when the sender waits for room. */
	private Thread sendBlocked(ClientOutbox outbox, String payload) {
		return blocked(() -> send(outbox, payload));
	}

	private static Thread blocked(Runnable send) {
		Thread sender = new Thread(send);
		sender.setDaemon(true);
		sender.start();
		Awaitility.await().until(() -> sender.getState() == Thread.State.TIMED_WAITING);
		return sender;
	}

	private void assertIdentity() {
		assertThat(this.counters.accepted()).isEqualTo(this.counters.delivered() + this.counters.undelivered()
				+ this.counters.outboundDropped() + this.counters.pending());
	}

	private void assertEmpty() {
		assertIdentity();
		assertThat(this.counters.pending()).isZero();
		assertThat(this.counters.pendingBytes()).isZero();
		assertThat(this.memory.used()).isZero();
	}

	@Test
	void refusesUntilItIsOpened() {
		ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(1, 10, OutboundOverflow.BLOCK), this.counters,
				this.memory);
		send(outbox, "a");
		assertThat(this.outcomes).containsExactly("a ClientClosedException");
		assertThat(this.counters.accepted()).isZero();
		assertEmpty();
	}

	@Test
	void keepsOrderAcrossConnectionsAndRepeatsWhatHadNotLeft() {
		ClientOutbox outbox = outbox();
		send(outbox, "a");
		send(outbox, "b");
		FakeConnection first = attached(outbox);
		send(outbox, "c");
		assertThat(first.payloads()).containsExactly("a", "b", "c");
		first.completeNext();
		assertThat(this.outcomes).containsExactly("a");

		AtomicInteger returned = new AtomicInteger();
		first.closing = true;
		outbox.detach(returned::incrementAndGet);
		assertThat(returned).hasValue(0);
		send(outbox, "d");
		first.failAll();
		assertThat(returned).hasValue(1);
		assertThat(this.outcomes).containsExactly("a");
		assertThat(this.counters.pending()).isEqualTo(3);

		FakeConnection second = attached(outbox);
		assertThat(second.payloads()).containsExactly("b", "c", "d");
		second.completeAll();
		assertThat(this.outcomes).containsExactly("a", "b", "c", "d");
		assertThat(this.counters.repeated()).isEqualTo(2);
		assertEmpty();
	}

	@Test
	void takesBackInOrderWhatWasHandedOverWhileTheConnectionBroke() {
		ClientOutbox outbox = outbox();
		FakeConnection first = attached(outbox);
		send(outbox, "a");
		send(outbox, "b");
		send(outbox, "c");
		// The connection does not know yet that it is broken.
		first.completeNext();
		first.failNext();
		send(outbox, "d");
		first.failAll();
		send(outbox, "e");
		first.failAll();
		detach(outbox);
		FakeConnection second = attached(outbox);
		second.completeAll();
		assertThat(this.outcomes).containsExactly("a", "b", "c", "d", "e");
		assertEmpty();
	}

	@Test
	void handsOverNoMoreThanAConnectionTakesUpSoon() {
		ClientOutbox outbox = outbox(1_000, 10_000_000, OutboundOverflow.FAIL);
		FakeConnection connection = attached(outbox);
		String payload = "x".repeat(40_000);
		for (int i = 0; i < 5; i++) {
			send(outbox, payload);
		}
		assertThat(connection.handed).hasSize(2);
		connection.completeNext();
		assertThat(connection.handed).hasSize(2);
		connection.completeAll();
		assertThat(this.outcomes).hasSize(5);
		assertEmpty();
	}

	@Test
	void connectionThatIsClosingGetsNothingMore() {
		ClientOutbox outbox = outbox();
		FakeConnection first = attached(outbox);
		first.closing = true;
		send(outbox, "a");
		send(outbox, "b");
		assertThat(first.handed).isEmpty();
		AtomicInteger returned = new AtomicInteger();
		outbox.detach(returned::incrementAndGet);
		assertThat(returned).hasValue(1);
		FakeConnection second = attached(outbox);
		second.completeAll();
		assertThat(this.outcomes).containsExactly("a", "b");
		assertEmpty();
	}

	@Test
	@Timeout(20)
	void connectionThatBreaksAtOnceIsNotTriedAgain() {
		ClientOutbox outbox = outbox();
		send(outbox, "a");
		send(outbox, "b");
		FakeConnection broken = breaksAtOnce();
		outbox.attach(broken);
		send(outbox, "c");
		assertThat(broken.all).hasSize(1);
		AtomicInteger returned = new AtomicInteger();
		outbox.detach(returned::incrementAndGet);
		assertThat(returned).hasValue(1);
		FakeConnection second = attached(outbox);
		assertThat(second.payloads()).containsExactly("a", "b", "c");
		second.completeAll();
		assertThat(this.outcomes).containsExactly("a", "b", "c");
		assertEmpty();
	}

	@Test
	void failingFramingFailsOnePayloadOnly() {
		ClientOutbox outbox = outbox();
		send(outbox, "a");
		send(outbox, "bad");
		send(outbox, "b");
		FakeConnection connection = attached(outbox);
		connection.completeAll();
		assertThat(this.outcomes).containsExactlyInAnyOrder("bad IllegalArgumentException", "a", "b");
		assertThat(this.counters.undelivered()).isEqualTo(1);
		assertEmpty();
	}

	@Test
	void failureWhileWritingIsReportedOnceAlthoughTheSocketReportsToo() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = new FakeConnection() {

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				super.deliver(payload, completion);
				throw new OutOfMemoryError("no memory for the task that was to write it");
			}

		};
		outbox.attach(connection);
		send(outbox, "a");
		connection.completeAll();
		assertThat(this.outcomes).containsExactly("a IllegalStateException");
		assertEmpty();
	}

	@Test
	void completionMaySendAgain() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = new FakeConnection();
		connection.completesAtOnce = true;
		outbox.attach(connection);
		outbox.send("a".getBytes(UTF_8), (failure) -> {
			this.outcomes.add("a");
			send(outbox, "b");
		});
		assertThat(this.outcomes).containsExactly("a", "b");
		assertThat(connection.payloads()).containsExactly("a", "b");
		assertEmpty();
	}

	@Test
	void outcomesAreNotifiedWithoutTheLock() throws Exception {
		ClientOutbox outbox = outbox();
		FakeConnection connection = new FakeConnection();
		connection.completesAtOnce = true;
		outbox.attach(connection);
		AtomicBoolean free = new AtomicBoolean();
		Completion looking = (failure) -> {
			// Another thread needs the lock.
			CompletableFuture<Integer> other = CompletableFuture.supplyAsync(outbox::pending, (task) -> {
				Thread thread = new Thread(task);
				thread.setDaemon(true);
				thread.start();
			});
			try {
				other.get(10, TimeUnit.SECONDS);
				free.set(true);
			}
			catch (Exception ex) {
				this.outcomes.add(ex.toString());
			}
		};
		outbox.send("a".getBytes(UTF_8), looking);
		assertThat(this.outcomes).isEmpty();
		assertThat(free).isTrue();
		free.set(false);
		outbox.send("bad".getBytes(UTF_8), looking);
		assertThat(this.outcomes).isEmpty();
		assertThat(free).isTrue();
	}

	@Test
	void failPolicyRefusesWhatIsTooMuch() {
		ClientOutbox outbox = outbox(2, 10, OutboundOverflow.FAIL);
		send(outbox, "a");
		send(outbox, "0123456789");
		send(outbox, "b");
		send(outbox, "c");
		assertThat(this.outcomes).containsExactly("0123456789 OutboundFullException", "c OutboundFullException");
		assertThat(this.counters.outboundRefused()).isEqualTo(2);
		assertThat(this.counters.accepted()).isEqualTo(2);
		assertIdentity();
		outbox.failAll(ClientState.STOPPED);
		assertEmpty();
	}

	@Test
	void onePayloadMayBeLargerThanTheLimit() {
		ClientOutbox outbox = outbox(2, 3, OutboundOverflow.FAIL);
		send(outbox, "0123456789");
		assertThat(this.outcomes).isEmpty();
		send(outbox, "a");
		assertThat(this.outcomes).containsExactly("a OutboundFullException");
	}

	@Test
	void dropNewestDropsWhatComes() {
		ClientOutbox outbox = outbox(1, 10, OutboundOverflow.DROP_NEWEST);
		send(outbox, "a");
		send(outbox, "b");
		assertThat(this.outcomes).containsExactly("b OutboundFullException");
		FakeConnection connection = attached(outbox);
		connection.completeAll();
		assertThat(this.outcomes).containsExactly("b OutboundFullException", "a");
		assertEmpty();
	}

	@Test
	void dropOldestDropsWhatWaitsButNotWhatIsBeingSent() {
		ClientOutbox outbox = outbox(3, 1_000, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		connection.closing = true;
		send(outbox, "b");
		send(outbox, "c");
		send(outbox, "d");
		assertThat(this.outcomes).containsExactly("b OutboundFullException");
		assertThat(this.counters.outboundDropped()).isEqualTo(1);
		assertIdentity();
		connection.failAll();
		detach(outbox);
		FakeConnection second = attached(outbox);
		assertThat(second.payloads()).containsExactly("a", "c", "d");
		second.completeAll();
		assertEmpty();
	}

	@Test
	void dropOldestDropsNothingForWhatFindsNoRoomAllTheSame() {
		ClientOutbox outbox = outbox(10, 10, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = attached(outbox);
		send(outbox, "123456");
		connection.closing = true;
		send(outbox, "ab");
		send(outbox, "12345");
		assertThat(this.outcomes).containsExactly("12345 OutboundFullException");
		assertThat(this.counters.outboundRefused()).isEqualTo(1);
		assertThat(this.counters.outboundDropped()).isZero();
		assertIdentity();
	}

	@Test
	void dropOldestDropsNothingOfWhatComesBack() {
		ClientOutbox outbox = outbox(3, 10, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = attached(outbox);
		send(outbox, "1234");
		send(outbox, "5678");
		connection.failNext();
		send(outbox, "abc");
		assertThat(this.outcomes).containsExactly("abc OutboundFullException");
		send(outbox, "a");
		send(outbox, "b");
		assertThat(this.outcomes).containsExactly("abc OutboundFullException", "a OutboundFullException");
		assertThat(this.counters.pending()).isEqualTo(3);
		connection.failNext();
		detach(outbox);
		FakeConnection second = attached(outbox);
		assertThat(second.payloads()).containsExactly("1234", "5678", "b");
		assertIdentity();
	}

	@Test
	void dropOldestHasNoMorePayloadsThanMayBeBecauseSomeComeBack() {
		ClientOutbox outbox = outbox(2, 1_000, OutboundOverflow.DROP_OLDEST);
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		send(outbox, "b");
		connection.failNext();
		send(outbox, "c");
		assertThat(this.outcomes).containsExactly("c OutboundFullException");
		assertThat(this.counters.pending()).isEqualTo(2);
		assertIdentity();
	}

	@Test
	void closePolicyEndsTheConnection() {
		ClientOutbox outbox = outbox(1, 10, OutboundOverflow.CLOSE);
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		send(outbox, "b");
		assertThat(connection.slow).isEqualTo(1);
		assertThat(this.outcomes).containsExactly("b OutboundFullException");
	}

	@Test
	void closePolicyEndsNoConnectionForWhatOthersHold() {
		ClientOutbox outbox = outbox(10, 10, OutboundOverflow.CLOSE);
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		this.memory.add(this.memory.limit());
		outbox.send("b".getBytes(UTF_8), (failure) -> this.outcomes.add(String.valueOf(failure)));
		assertThat(this.outcomes).singleElement().asString().contains("limits.memory");
		assertThat(connection.slow).isZero();

		// Its own limit is one of the reasons here.
		outbox.send("0123456789".getBytes(UTF_8), (failure) -> this.outcomes.add(String.valueOf(failure)));
		assertThat(this.outcomes).last().asString().contains("outbound.bytes");
		assertThat(connection.slow).isEqualTo(1);
	}

	@Test
	void countsNothingThatAConnectionHas() {
		ClientOutbox outbox = outbox();
		send(outbox, "a");
		send(outbox, "b");
		assertThat(this.memory.used()).isEqualTo(2);
		FakeConnection first = attached(outbox);
		assertThat(this.memory.used()).isZero();
		first.completeNext();
		first.failNext();
		assertThat(this.memory.used()).isEqualTo(1);
		detach(outbox);
		first.closing = true;
		outbox.attach(first);
		assertThat(this.memory.used()).isEqualTo(1);
		detach(outbox);
		attached(outbox);
		assertThat(this.memory.used()).isZero();
		outbox.failAll(ClientState.STOPPED);
		assertEmpty();
	}

	@Test
	void senderWaitsForRoomInItsOrder() throws Exception {
		ClientOutbox outbox = outbox(1, 10, OutboundOverflow.BLOCK);
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		Thread second = sendBlocked(outbox, "b");
		Thread third = sendBlocked(outbox, "c");
		assertThat(this.counters.accepted()).isEqualTo(1);
		connection.completeNext();
		assertThat(this.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(2);
		second.join(10_000);
		connection.completeNext();
		assertThat(this.counters.accepted()).isEqualTo(3);
		third.join(10_000);
		connection.completeNext();
		assertThat(this.outcomes).containsExactly("a", "b", "c");
		assertThat(connection.all).containsExactly("a", "b", "c");
		assertEmpty();
	}

	@Test
	void nobodyWaitsOnAnIoThread() throws Exception {
		ClientOutbox outbox = outbox(1, 10, OutboundOverflow.BLOCK);
		send(outbox, "a");
		LoopLike loop = new LoopLike(() -> send(outbox, "b"));
		loop.start();
		loop.join(10_000);
		assertThat(this.outcomes).containsExactly("b OutboundFullException");
	}

	@Test
	void interruptedSenderIsRefusedAndThoseAfterItGoOn() throws Exception {
		ClientOutbox outbox = outbox(10, 5, OutboundOverflow.BLOCK);
		send(outbox, "123");
		AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread large = blocked(() -> {
			outbox.send("large".getBytes(UTF_8), refusal::set);
			flag.set(Thread.currentThread().isInterrupted());
		});
		Thread small = sendBlocked(outbox, "45");
		large.interrupt();
		large.join(10_000);
		assertThat(this.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(2);
		small.join(10_000);
		assertThat(refusal.get()).isInstanceOf(InterruptedIOException.class);
		assertThat(flag).isTrue();
		assertThat(this.counters.pending()).isEqualTo(2);
		assertIdentity();
	}

	@Test
	void thoseAfterARequestThatIsGivenUpGoOn() throws Exception {
		ClientOutbox outbox = outbox(10, 5, OutboundOverflow.BLOCK);
		send(outbox, "123");
		Request large = new Request(null, Runnable::run);
		Thread asking = blocked(() -> outbox.ask("large".getBytes(UTF_8), large));
		Thread small = sendBlocked(outbox, "45");
		large.failed(new TimeoutException());
		assertThat(this.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(2);
		asking.join(10_000);
		small.join(10_000);
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.counters.accepted()).isEqualTo(2);
		assertEmpty();
	}

	@Test
	void blockedSendersAreRefusedWhenItCloses() throws Exception {
		ClientOutbox outbox = outbox(1, 5, OutboundOverflow.BLOCK);
		send(outbox, "a");
		Thread second = sendBlocked(outbox, "b");
		outbox.close(ClientState.CLOSING, () -> {
		});
		second.join(10_000);
		assertThat(this.outcomes).containsExactly("b ClientClosedException");
		send(outbox, "c");
		assertThat(this.outcomes).containsExactly("b ClientClosedException", "c ClientClosedException");
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.outcomes).endsWith("a ClientClosedException");
		assertThat(this.counters.undelivered()).isEqualTo(1);
		assertEmpty();
	}

	@Test
	void closeReportsWhenEverythingHasLeft() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		send(outbox, "b");
		AtomicInteger empty = new AtomicInteger();
		outbox.close(ClientState.CLOSING, empty::incrementAndGet);
		connection.completeNext();
		assertThat(empty).hasValue(0);
		connection.completeNext();
		assertThat(empty).hasValue(1);
		outbox.failAll(ClientState.STOPPED);
		assertThat(empty).hasValue(1);
		outbox.open();
		send(outbox, "c");
		FakeConnection next = attached(outbox);
		assertThat(next.payloads()).containsExactly("c");
	}

	/** As where a stop meets a connection that has just been made, and ends it. */
	@Test
	void refusingLeavesItToTheCloseBeforeToTell() {
		ClientOutbox outbox = outbox();
		send(outbox, "a");
		FakeConnection connection = attached(outbox);
		AtomicInteger empty = new AtomicInteger();
		outbox.close(ClientState.CLOSING, empty::incrementAndGet);
		outbox.refuse(ClientState.CLOSING);
		send(outbox, "b");
		assertThat(this.outcomes).containsExactly("b ClientClosedException");
		connection.completeAll();
		assertThat(empty).hasValue(1);
		assertEmpty();
	}

	@Test
	void whatWasNeverHandedToAConnectionIsKnownNotToBeSent() throws Exception {
		Map<String, Exception> failures = new ConcurrentHashMap<>();
		ClientOutbox outbox = outbox(2, 1_000, OutboundOverflow.BLOCK);
		FakeConnection broken = attached(outbox);
		send(outbox, "broken", failures);
		detach(outbox);
		broken.failAll();
		send(outbox, "waits", failures);
		Thread blocked = blocked(() -> send(outbox, "blocked", failures));
		outbox.failAll(ClientState.STOPPED);
		blocked.join(10_000);
		send(outbox, "late", failures);
		outbox.open();
		attached(outbox);
		send(outbox, "handed", failures);
		outbox.failAll(ClientState.STOPPED);

		assertThat(failures).hasSize(5).allSatisfy((payload, failure) -> {
			assertThat(failure).isInstanceOf(ClientClosedException.class);
			boolean handed = payload.equals("broken") || payload.equals("handed");
			assertThat(((ClientClosedException) failure).mayHaveBeenSent()).as(payload).isEqualTo(handed);
			assertThat(failure).hasMessage(handed
					? "Client 'it' is STOPPED: some or all of the payload may have been sent, and it is not sent again"
					: "Client 'it' is STOPPED: nothing can be sent");
		});
	}

	private static void send(ClientOutbox outbox, String payload, Map<String, Exception> failures) {
		outbox.send(payload.getBytes(UTF_8), (failure) -> failures.put(payload, Objects.requireNonNull(failure)));
	}

	@Test
	void failAllFailsWhatAStuckConnectionDoesNotGiveBack() {
		ClientOutbox outbox = outbox();
		FakeConnection stuck = attached(outbox);
		send(outbox, "a");
		send(outbox, "b");
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.outcomes).containsExactly("a ClientClosedException", "b ClientClosedException");
		assertEmpty();
		outbox.open();
		send(outbox, "c");
		FakeConnection next = attached(outbox);
		// It gets to it much later.
		stuck.completeNext();
		stuck.failAll();
		assertThat(next.payloads()).containsExactly("c");
		next.completeAll();
		assertThat(this.outcomes).containsExactly("a ClientClosedException", "b ClientClosedException", "c");
		assertEmpty();
	}

	@Test
	void whatAStuckConnectionHasTakenUpIsNotMissingToTheNext() {
		ClientOutbox outbox = outbox();
		outbox.attach(new FakeConnection());
		send(outbox, "x".repeat(100_000));
		outbox.failAll(ClientState.STOPPED);
		outbox.open();
		FakeConnection next = attached(outbox);
		send(outbox, "a");
		assertThat(next.payloads()).containsExactly("a");
	}

	@Test
	void requestThatIsGivenUpIsNotSent() {
		ClientOutbox outbox = outbox();
		Request given = ask(outbox, "a");
		Request kept = ask(outbox, "b");
		given.failed(new TimeoutException());
		assertThat(this.counters.undelivered()).isEqualTo(1);
		assertThat(this.counters.pendingReplies()).isEqualTo(1);
		FakeConnection connection = attached(outbox);
		assertThat(connection.payloads()).containsExactly("b");
		assertThat(connection.asks.take("reply")).isTrue();
		assertThat(kept.reply()).isCompletedWithValue("reply");
		connection.completeAll();
		assertEmpty();
	}

	@Test
	void requestThatTheCallerCompletesIsNotSentEither() {
		ClientOutbox outbox = outbox(1, 1_000, OutboundOverflow.FAIL);
		Request completed = ask(outbox, "a");
		completed.reply().complete("instead");
		assertThat(this.counters.undelivered()).isEqualTo(1);
		assertEmpty();
		send(outbox, "b");
		assertThat(this.outcomes).isEmpty();
	}

	@Test
	void requestThatTheCallerCompletesIsNotAwaited() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = new FakeConnection((payload) -> payload);
		outbox.attach(connection);
		Request completed = new Request("key", Runnable::run);
		outbox.ask("a".getBytes(UTF_8), completed);
		connection.completeAll();
		assertThat(this.counters.pendingReplies()).isEqualTo(1);
		completed.reply().complete("instead");
		assertThat(this.counters.pendingReplies()).isZero();
		assertThat(connection.asks.take("key")).isTrue();
		assertThat(this.counters.repliesDropped()).isEqualTo(1);
	}

	@Test
	void requestThatIsGivenUpWhileItIsSentDoesNotWaitForTheNextConnection() {
		ClientOutbox outbox = outbox(2, 1_000, OutboundOverflow.BLOCK);
		FakeConnection connection = attached(outbox);
		Request given = ask(outbox, "a");
		send(outbox, "b");
		Thread sender = sendBlocked(outbox, "c");
		given.failed(new TimeoutException());
		// It may be on the connection in part.
		assertThat(this.counters.pending()).isEqualTo(2);
		connection.failAll();
		detach(outbox);
		assertThat(this.counters.undelivered()).isEqualTo(1);
		assertThat(this.counters.accepted()).as("at once, and not when it looks itself").isEqualTo(3);
		Awaitility.await().until(() -> !sender.isAlive());
		FakeConnection second = attached(outbox);
		assertThat(second.payloads()).containsExactly("b", "c");
		second.completeAll();
		assertThat(this.outcomes).containsExactly("b", "c");
		assertEmpty();
	}

	@Test
	void requestThatIsGivenUpBeforeItIsAddedIsNotSent() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		Request ask = new Request(null, Runnable::run);
		ask.failed(new TimeoutException());
		outbox.ask("a".getBytes(UTF_8), ask);
		assertThat(connection.handed).isEmpty();
		assertEmpty();
	}

	@Test
	void requestThatIsGivenUpWaitsForRoomNoLonger() throws Exception {
		ClientOutbox outbox = outbox(1, 10, OutboundOverflow.BLOCK);
		send(outbox, "a");
		Request ask = new Request(null, Runnable::run);
		Thread asking = blocked(() -> outbox.ask("b".getBytes(UTF_8), ask));
		ask.failed(new TimeoutException());
		asking.join(10_000);
		assertThat(asking.isAlive()).isFalse();
		assertThat(this.counters.pending()).isEqualTo(1);
		assertThat(this.counters.accepted()).isEqualTo(1);
	}

	@Test
	void requestWhoseTimeIsOverIsNotSentWhileItsFutureIsBeingFailed() {
		ClientOutbox outbox = outbox();
		List<Runnable> background = new ArrayList<>();
		Request ask = new Request(null, background::add);
		outbox.ask("a".getBytes(UTF_8), ask);
		assertThat(ask.expire()).isTrue();
		ask.failed(new RequestNotSentException("late"));
		FakeConnection connection = attached(outbox);
		assertThat(connection.all).isEmpty();
		assertThat(connection.asks.size()).isZero();
		assertThat(background).hasSize(1);
		background.get(0).run();
		assertThat(ask.reply()).isCompletedExceptionally();
		assertEmpty();
	}

	@Test
	void requestThatAConnectionHasNotTakenHasNotBegun() {
		ClientOutbox outbox = outbox();
		FakeConnection closing = new FakeConnection();
		closing.closing = true;
		Request ask = ask(outbox, "a");
		outbox.attach(closing);
		detach(outbox);
		assertThat(ask.expire()).isTrue();
	}

	@Test
	void requestThatMayHaveLeftInPartHasBegun() {
		ClientOutbox outbox = outbox();
		Request ask = ask(outbox, "a");
		FakeConnection connection = attached(outbox);
		connection.failAll();
		detach(outbox);
		FakeConnection closing = new FakeConnection();
		closing.closing = true;
		outbox.attach(closing);
		assertThat(ask.expire()).isFalse();
	}

	@Test
	void requestOfAConnectionThatBreaksAtOnceHasBegun() {
		ClientOutbox outbox = outbox();
		Request ask = ask(outbox, "a");
		outbox.attach(breaksAtOnce());
		detach(outbox);
		assertThat(this.counters.repeated()).isZero();
		FakeConnection closing = new FakeConnection();
		closing.closing = true;
		outbox.attach(closing);
		assertThat(ask.expire()).isFalse();
	}

	@Test
	void requestIsNotRepeatedWhenItsReplyHasCome() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		Request ask = ask(outbox, "a");
		assertThat(connection.asks.take("reply")).isTrue();
		assertThat(ask.reply()).isCompletedWithValue("reply");
		// The write had not been reported when the connection broke.
		connection.failAll();
		detach(outbox);
		FakeConnection second = attached(outbox);
		assertThat(second.handed).isEmpty();
		assertEmpty();
	}

	@Test
	void requestThatDidNotLeaveIsAskedOnTheNextConnection() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		Request ask = ask(outbox, "a");
		connection.failAll();
		detach(outbox);
		connection.asks.close(new IllegalStateException("ended"));
		assertThat(ask.reply()).isNotDone();
		FakeConnection second = attached(outbox);
		second.completeAll();
		assertThat(second.asks.take("reply")).isTrue();
		assertThat(ask.reply()).isCompletedWithValue("reply");
	}

	/** Over TLS it is unknown what the server has received of what was sent last. */
	@Test
	void replyToARequestThatGoesBackIsNotThatToTheOneAfterIt() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		Request first = ask(outbox, "a");
		Request second = ask(outbox, "b");
		Request third = ask(outbox, "c");
		// What was received before the connection broke is handled beside all this.
		connection.failNext();
		assertThat(connection.asks.take("reply to a")).isTrue();
		assertThat(first.reply()).isCompletedWithValue("reply to a");
		connection.failAll();
		detach(outbox);
		assertThat(connection.asks.take("reply to b")).isTrue();
		assertThat(second.reply()).isCompletedWithValue("reply to b");
		assertThat(this.counters.pendingReplies()).isEqualTo(1);
		connection.asks.close(new IllegalStateException("ended"));
		FakeConnection next = attached(outbox);
		assertThat(next.payloads()).containsExactly("c");
		next.completeAll();
		assertThat(next.asks.take("reply to c")).isTrue();
		assertThat(third.reply()).isCompletedWithValue("reply to c");
		assertEmpty();
	}

	/** The handler of the connection before may take its time. */
	@Test
	void replyMayStillComeWhenTheRequestIsOnTheNextConnection() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		Request first = ask(outbox, "a");
		Request second = ask(outbox, "b");
		connection.failAll();
		detach(outbox);
		FakeConnection next = attached(outbox);
		next.completeAll();
		assertThat(this.counters.pendingReplies()).isEqualTo(2);
		assertThat(connection.asks.take("reply to a")).isTrue();
		assertThat(first.reply()).isCompletedWithValue("reply to a");
		connection.asks.close(new IllegalStateException("ended"));
		assertThat(second.reply()).isNotDone();
		assertThat(next.asks.take("reply to a again")).isTrue();
		assertThat(this.counters.repliesDropped()).isEqualTo(1);
		assertThat(next.asks.take("reply to b")).isTrue();
		assertThat(second.reply()).isCompletedWithValue("reply to b");
		assertThat(this.counters.pendingReplies()).isZero();
	}

	@Test
	void requestGivenUpIsTheLastThatAStopWaitsFor() {
		ClientOutbox outbox = outbox();
		Request ask = ask(outbox, "a");
		AtomicInteger empty = new AtomicInteger();
		outbox.close(ClientState.CLOSING, empty::incrementAndGet);
		assertThat(empty).hasValue(0);
		ask.failed(new TimeoutException());
		assertThat(empty).hasValue(1);
	}

	@Test
	void closeDoesNotWaitForAConnectionThatTakesNothingMore() {
		ClientOutbox outbox = outbox();
		FakeConnection connection = attached(outbox);
		send(outbox, "a");
		connection.closing = true;
		send(outbox, "b");
		AtomicInteger then = new AtomicInteger();
		outbox.close(ClientState.CLOSING, then::incrementAndGet);
		assertThat(then).hasValue(0);
		connection.completeNext();
		assertThat(then).hasValue(1);
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.outcomes).containsExactly("a", "b ClientClosedException");
		assertEmpty();
	}

	@Test
	void takesNoMoreThanHalfOfTheMemoryThatSessionsNeedToo() {
		MemoryBudget small = new MemoryBudget(100);
		for (OutboundOverflow overflow : List.of(OutboundOverflow.FAIL, OutboundOverflow.DROP_OLDEST)) {
			this.outcomes.clear();
			ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(1_000, 1_000_000, overflow), this.counters,
					small);
			outbox.open();
			for (int i = 0; i < 20; i++) {
				send(outbox, "0123456789");
			}
			assertThat(small.used()).isLessThanOrEqualTo(60);
			assertThat(this.outcomes).hasSizeGreaterThanOrEqualTo(14);
			outbox.failAll(ClientState.STOPPED);
			assertThat(small.used()).isZero();
			// What sessions hold must not keep a client from going on, one by one.
			small.add(90);
			outbox.open();
			this.outcomes.clear();
			outbox.send(new byte[5], (failure) -> this.outcomes.add("never"));
			assertThat(this.outcomes).isEmpty();
			outbox.send(new byte[5], (failure) -> this.outcomes.add(String.valueOf(failure)));
			if (overflow == OutboundOverflow.FAIL) {
				assertThat(this.outcomes).singleElement().asString().contains("limits.memory");
			}
			small.add(-90);
			outbox.failAll(ClientState.STOPPED);
		}
	}

	@Test
	void refusalsNameTheClientAndTheLimit() {
		ClientOutbox outbox = outbox(1, 10, OutboundOverflow.FAIL);
		send(outbox, "a");
		outbox.send("b".getBytes(UTF_8), (failure) -> this.outcomes.add(String.valueOf(failure)));
		assertThat(this.outcomes).singleElement()
			.asString()
			.contains("Client 'it' has reached outbound.capacity = 1")
			.doesNotContain("Session");
	}

	/** Whatever happens, each outcome is reported once and each count is right. */
	@Test
	void countsAndOrderHoldWhateverHappens() {
		long seed = Long.getLong("reconnect.seed", System.nanoTime());
		Random random = new Random(seed);
		for (int round = 0; round < 300; round++) {
			round(random, "seed " + seed + ", round " + round);
		}
	}

	private void round(Random random, String what) {
		ClientCounters counts = new ClientCounters();
		MemoryBudget budget = new MemoryBudget(1_000_000_000);
		OutboundOverflow[] policies = { OutboundOverflow.FAIL, OutboundOverflow.DROP_OLDEST,
				OutboundOverflow.DROP_NEWEST, OutboundOverflow.CLOSE };
		ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(1 + random.nextInt(8), 1 + random.nextInt(200_000),
				policies[random.nextInt(policies.length)]), counts, budget);
		outbox.open();
		List<Integer> delivered = new ArrayList<>();
		List<AtomicInteger> outcomes = new ArrayList<>();
		List<Request> asks = new ArrayList<>();
		FakeConnection connection = null;
		for (int step = 0; step < 100; step++) {
			switch (random.nextInt(8)) {
				case 0, 1, 2 -> {
					int number = outcomes.size();
					AtomicInteger outcome = new AtomicInteger();
					outcomes.add(outcome);
					byte[] payload = new byte[random.nextInt(70_000)];
					outbox.send(payload, (failure) -> {
						outcome.incrementAndGet();
						if (failure == null) {
							delivered.add(number);
						}
					});
				}
				case 3 -> {
					Request ask = new Request(null, Runnable::run);
					asks.add(ask);
					outbox.ask(new byte[random.nextInt(1_000)], ask);
				}
				case 4 -> {
					if (!asks.isEmpty()) {
						asks.get(random.nextInt(asks.size())).failed(new TimeoutException());
					}
				}
				case 5 -> {
					if (connection == null) {
						connection = new FakeConnection();
						connection.completesAtOnce = random.nextInt(4) == 0;
						outbox.attach(connection);
					}
				}
				case 6 -> {
					if (connection != null) {
						connection.completeNext();
					}
				}
				default -> {
					if (connection != null && random.nextInt(3) == 0) {
						AtomicInteger returned = new AtomicInteger();
						if (random.nextBoolean()) {
							connection.closing = true;
						}
						if (random.nextBoolean()) {
							connection.failAll();
						}
						outbox.detach(returned::incrementAndGet);
						connection.failAll();
						connection.asks.close(new IllegalStateException("ended"));
						assertThat(returned).as(what).hasValue(1);
						connection = null;
					}
				}
			}
			assertThat(counts.accepted()).as(what)
				.isEqualTo(counts.delivered() + counts.undelivered() + counts.outboundDropped() + counts.pending());
		}
		if (connection != null) {
			connection.completeAll();
			detach(outbox);
		}
		outbox.close(ClientState.CLOSING, () -> {
		});
		outbox.failAll(ClientState.STOPPED);
		assertThat(outcomes).as(what).allMatch((outcome) -> outcome.get() == 1);
		assertThat(delivered).as(what).isSorted();
		assertThat(counts.pending()).as(what).isZero();
		assertThat(counts.pendingBytes()).as(what).isZero();
		assertThat(budget.used()).as(what).isZero();
		assertThat(counts.accepted()).as(what)
			.isEqualTo(counts.delivered() + counts.undelivered() + counts.outboundDropped());
	}

	/** A thread that is taken for one of an event loop. */
	private static final class LoopLike extends Thread implements IoThread {

		LoopLike(Runnable task) {
			super(task);
		}

	}

	/** A connection whose socket takes things when the test says so. */
	private class FakeConnection implements ClientLink {

		final PendingRequests asks;

		final ArrayDeque<Completion> handed = new ArrayDeque<>();

		final ArrayDeque<String> waiting = new ArrayDeque<>();

		final List<String> all = new ArrayList<>();

		boolean closing;

		boolean completesAtOnce;

		int slow;

		FakeConnection() {
			this(null);
		}

		FakeConnection(@Nullable Correlator correlator) {
			this.asks = new PendingRequests(correlator, ClientOutboxTests.this.counters);
		}

		@Override
		public boolean deliver(byte[] payload, Completion completion) {
			String text = new String(payload, UTF_8);
			if (text.equals("bad")) {
				throw new IllegalArgumentException("not for this framing");
			}
			if (this.closing) {
				return false;
			}
			this.all.add(text);
			if (this.completesAtOnce) {
				completion.completed(null);
			}
			else {
				this.handed.add(completion);
				this.waiting.add(text);
			}
			return true;
		}

		@Override
		public PendingRequests requests() {
			return this.asks;
		}

		@Override
		public long pendingBytes() {
			return this.waiting.stream().mapToLong(String::length).sum();
		}

		@Override
		public void slow() {
			this.slow++;
		}

		List<String> payloads() {
			return List.copyOf(this.completesAtOnce ? this.all : this.waiting);
		}

		void completeNext() {
			complete(null);
		}

		void failNext() {
			complete(new IllegalStateException("broken"));
		}

		void completeAll() {
			while (!this.handed.isEmpty()) {
				completeNext();
			}
		}

		void failAll() {
			for (int left = this.handed.size(); left > 0; left--) {
				failNext();
			}
		}

		private void complete(@Nullable Exception failure) {
			this.waiting.poll();
			Completion next = this.handed.poll();
			if (next != null) {
				next.completed(failure);
			}
		}

	}

}
