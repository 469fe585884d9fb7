package dev.socketserver.engine.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client has to send, without a connection but for those that the test plays.
 */
class ClientOutboxTests {

	private final ClientOutboxFixture client = new ClientOutboxFixture();

	@Test
	void refusesUntilItIsOpened() {
		ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(1, 10, OutboundOverflow.BLOCK), this.client.counters,
				this.client.memory, Spread.NONE, null);
		this.client.send(outbox, "a");
		assertThat(this.client.outcomes).containsExactly("a ClientClosedException");
		assertThat(this.client.counters.accepted()).isZero();
		this.client.assertEmpty();
	}

	@Test
	void aConnectionThatRefusesAPayloadGoesOnWithOthers() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		Request ask = this.client.ask(outbox, "b");
		this.client.send(outbox, "c");
		connection.refuseNext(new IOException("not this one"));
		connection.refuseNext(new IOException("nor this one"));
		assertThat(this.client.outcomes).containsExactly("a IOException");
		assertThat(ask.reply()).isCompletedExceptionally();
		connection.completeNext();
		assertThat(this.client.outcomes).containsExactly("a IOException", "c");
		this.client.send(outbox, "d");
		connection.completeNext();
		assertThat(this.client.outcomes).containsExactly("a IOException", "c", "d");
		assertThat(this.client.counters.undelivered()).isEqualTo(2);
		assertThat(connection.asks.size()).isZero();
		this.client.assertEmpty();
	}

	@Test
	void keepsOrderAcrossConnectionsAndRepeatsWhatHadNotLeft() {
		ClientOutbox outbox = this.client.outbox();
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		FakeConnection first = this.client.attached(outbox);
		this.client.send(outbox, "c");
		assertThat(first.payloads()).containsExactly("a", "b", "c");
		first.completeNext();
		assertThat(this.client.outcomes).containsExactly("a");

		AtomicInteger returned = new AtomicInteger();
		first.closing = true;
		outbox.detach(first, returned::incrementAndGet);
		assertThat(returned).hasValue(0);
		this.client.send(outbox, "d");
		first.failAll();
		assertThat(returned).hasValue(1);
		assertThat(this.client.outcomes).containsExactly("a");
		assertThat(this.client.counters.pending()).isEqualTo(3);

		FakeConnection second = this.client.attached(outbox);
		assertThat(second.payloads()).containsExactly("b", "c", "d");
		second.completeAll();
		assertThat(this.client.outcomes).containsExactly("a", "b", "c", "d");
		assertThat(this.client.counters.repeated()).isEqualTo(2);
		this.client.assertEmpty();
	}

	@Test
	void takesBackInOrderWhatWasHandedOverWhileTheConnectionBroke() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection first = this.client.attached(outbox);
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		this.client.send(outbox, "c");
		// The connection does not know yet that it is broken.
		first.completeNext();
		first.failNext();
		this.client.send(outbox, "d");
		first.failAll();
		this.client.send(outbox, "e");
		first.failAll();
		this.client.detach(outbox);
		FakeConnection second = this.client.attached(outbox);
		second.completeAll();
		assertThat(this.client.outcomes).containsExactly("a", "b", "c", "d", "e");
		this.client.assertEmpty();
	}

	@Test
	void handsOverNoMoreThanAConnectionTakesUpSoon() {
		ClientOutbox outbox = this.client.outbox(1_000, 10_000_000, OutboundOverflow.FAIL);
		FakeConnection connection = this.client.attached(outbox);
		String payload = "x".repeat(40_000);
		for (int i = 0; i < 5; i++) {
			this.client.send(outbox, payload);
		}
		assertThat(connection.handed).hasSize(2);
		connection.completeNext();
		assertThat(connection.handed).hasSize(2);
		connection.completeAll();
		assertThat(this.client.outcomes).hasSize(5);
		this.client.assertEmpty();
	}

	@Test
	void connectionThatIsClosingGetsNothingMore() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection first = this.client.attached(outbox);
		first.closing = true;
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		assertThat(first.handed).isEmpty();
		AtomicInteger returned = new AtomicInteger();
		outbox.detach(first, returned::incrementAndGet);
		assertThat(returned).hasValue(1);
		FakeConnection second = this.client.attached(outbox);
		second.completeAll();
		assertThat(this.client.outcomes).containsExactly("a", "b");
		this.client.assertEmpty();
	}

	@Test
	void whatWaitsTwiceForAConnectionIsGivenUpOnce() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
		CountDownLatch detached = new CountDownLatch(1);
		try {
			timer.execute(() -> Patience.await(detached));
			ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(10, 1_000, OutboundOverflow.FAIL),
					this.client.counters, this.client.memory, Spread.NONE, new WaitLimit(1, timer));
			outbox.open();
			this.client.attached(outbox).closing = true;
			this.client.send(outbox, "a");
			this.client.detach(outbox);
			detached.countDown();
			Awaitility.await().until(() -> !this.client.outcomes.isEmpty());
			assertThat(this.client.outcomes).containsExactly("a ConnectException");
			this.client.assertEmpty();
		}
		finally {
			timer.shutdownNow();
		}
	}

	@Test
	void connectionThatBreaksAtOnceIsNotTriedAgain() {
		ClientOutbox outbox = this.client.outbox();
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		FakeConnection broken = this.client.breaksAtOnce();
		this.client.attach(outbox, broken);
		this.client.send(outbox, "c");
		assertThat(broken.all).hasSize(1);
		AtomicInteger returned = new AtomicInteger();
		outbox.detach(broken, returned::incrementAndGet);
		assertThat(returned).hasValue(1);
		FakeConnection second = this.client.attached(outbox);
		assertThat(second.payloads()).containsExactly("a", "b", "c");
		second.completeAll();
		assertThat(this.client.outcomes).containsExactly("a", "b", "c");
		this.client.assertEmpty();
	}

	@Test
	void failingFramingFailsOnePayloadOnly() {
		ClientOutbox outbox = this.client.outbox();
		this.client.send(outbox, "a");
		this.client.send(outbox, "bad");
		this.client.send(outbox, "b");
		FakeConnection connection = this.client.attached(outbox);
		connection.completeAll();
		assertThat(this.client.outcomes).containsExactlyInAnyOrder("bad IllegalArgumentException", "a", "b");
		assertThat(this.client.counters.undelivered()).isEqualTo(1);
		this.client.assertEmpty();
	}

	@Test
	void failureWhileWritingIsReportedOnceAlthoughTheSocketReportsToo() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = new FakeConnection(this.client.counters) {

			@Override
			public boolean deliver(byte[] payload, Completion completion) {
				super.deliver(payload, completion);
				throw new OutOfMemoryError("no memory for the task that was to write it");
			}

		};
		this.client.attach(outbox, connection);
		this.client.send(outbox, "a");
		connection.completeAll();
		assertThat(this.client.outcomes).containsExactly("a IllegalStateException");
		this.client.assertEmpty();
	}

	@Test
	void completionMaySendAgain() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = new FakeConnection(this.client.counters);
		connection.completesAtOnce = true;
		this.client.attach(outbox, connection);
		outbox.send("a".getBytes(UTF_8), null, true, (failure) -> {
			this.client.outcomes.add("a");
			this.client.send(outbox, "b");
		});
		assertThat(this.client.outcomes).containsExactly("a", "b");
		assertThat(connection.payloads()).containsExactly("a", "b");
		this.client.assertEmpty();
	}

	@Test
	void outcomesAreNotifiedWithoutTheLock() throws Exception {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = new FakeConnection(this.client.counters);
		connection.completesAtOnce = true;
		this.client.attach(outbox, connection);
		AtomicBoolean free = new AtomicBoolean();
		Completion looking = (failure) -> {
			// Another thread needs the lock.
			CompletableFuture<Integer> other = CompletableFuture.supplyAsync(outbox::pending, (task) -> {
				Thread thread = new Thread(task);
				thread.setDaemon(true);
				thread.start();
			});
			try {
				Patience.await(other);
				free.set(true);
			}
			catch (Exception ex) {
				this.client.outcomes.add(ex.toString());
			}
		};
		outbox.send("a".getBytes(UTF_8), null, true, looking);
		assertThat(this.client.outcomes).isEmpty();
		assertThat(free).isTrue();
		free.set(false);
		outbox.send("bad".getBytes(UTF_8), null, true, looking);
		assertThat(this.client.outcomes).isEmpty();
		assertThat(free).isTrue();
	}

	@Test
	void closeReportsWhenEverythingHasLeft() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		AtomicInteger empty = new AtomicInteger();
		outbox.close(ClientState.CLOSING, empty::incrementAndGet);
		connection.completeNext();
		assertThat(empty).hasValue(0);
		connection.completeNext();
		assertThat(empty).hasValue(1);
		outbox.failAll(ClientState.STOPPED);
		assertThat(empty).hasValue(1);
		outbox.open();
		this.client.send(outbox, "c");
		FakeConnection next = this.client.attached(outbox);
		assertThat(next.payloads()).containsExactly("c");
	}

	/** As where a stop meets a connection that has just been made, and ends it. */
	@Test
	void lastOfSeveralClosesReports() {
		ClientOutbox outbox = this.client.outbox();
		this.client.send(outbox, "a");
		FakeConnection connection = this.client.attached(outbox);
		AtomicInteger empty = new AtomicInteger();
		outbox.close(ClientState.CLOSING, () -> empty.addAndGet(10));
		outbox.close(ClientState.CLOSING, empty::incrementAndGet);
		this.client.send(outbox, "b");
		assertThat(this.client.outcomes).containsExactly("b ClientClosedException");
		connection.completeAll();
		assertThat(empty).hasValue(1);
		this.client.assertEmpty();
	}

	@Test
	void whatWasNeverHandedToAConnectionIsKnownNotToBeSent() throws Exception {
		Map<String, Exception> failures = new ConcurrentHashMap<>();
		ClientOutbox outbox = this.client.outbox(2, 1_000, OutboundOverflow.BLOCK);
		FakeConnection broken = this.client.attached(outbox);
		send(outbox, "broken", failures);
		this.client.detach(outbox);
		broken.failAll();
		send(outbox, "waits", failures);
		Thread blocked = this.client.blocked(() -> send(outbox, "blocked", failures));
		outbox.failAll(ClientState.STOPPED);
		blocked.join(Patience.millis());
		send(outbox, "late", failures);
		outbox.open();
		this.client.attached(outbox);
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

	@Test
	void failAllFailsWhatAStuckConnectionDoesNotGiveBack() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection stuck = this.client.attached(outbox);
		this.client.send(outbox, "a");
		this.client.send(outbox, "b");
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.client.outcomes).containsExactly("a ClientClosedException", "b ClientClosedException");
		this.client.assertEmpty();
		outbox.open();
		this.client.send(outbox, "c");
		FakeConnection next = this.client.attached(outbox);
		// It gets to it much later.
		stuck.completeNext();
		stuck.failAll();
		assertThat(next.payloads()).containsExactly("c");
		next.completeAll();
		assertThat(this.client.outcomes).containsExactly("a ClientClosedException", "b ClientClosedException", "c");
		this.client.assertEmpty();
	}

	@Test
	void whatAStuckConnectionHasTakenUpIsNotMissingToTheNext() {
		ClientOutbox outbox = this.client.outbox();
		this.client.attach(outbox, new FakeConnection(this.client.counters));
		this.client.send(outbox, "x".repeat(100_000));
		outbox.failAll(ClientState.STOPPED);
		outbox.open();
		FakeConnection next = this.client.attached(outbox);
		this.client.send(outbox, "a");
		assertThat(next.payloads()).containsExactly("a");
	}

	@Test
	void closeDoesNotWaitForAConnectionThatTakesNothingMore() {
		ClientOutbox outbox = this.client.outbox();
		FakeConnection connection = this.client.attached(outbox);
		this.client.send(outbox, "a");
		connection.closing = true;
		this.client.send(outbox, "b");
		AtomicInteger then = new AtomicInteger();
		outbox.close(ClientState.CLOSING, then::incrementAndGet);
		assertThat(then).hasValue(0);
		connection.completeNext();
		assertThat(then).hasValue(1);
		outbox.failAll(ClientState.STOPPED);
		assertThat(this.client.outcomes).containsExactly("a", "b ClientClosedException");
		this.client.assertEmpty();
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

	private static void send(ClientOutbox outbox, String payload, Map<String, Exception> failures) {
		outbox.send(payload.getBytes(UTF_8), null, true,
				(failure) -> failures.put(payload, Objects.requireNonNull(failure)));
	}

	private void round(Random random, String what) {
		ClientCounters counts = new ClientCounters();
		MemoryBudget budget = new MemoryBudget(1_000_000_000);
		OutboundOverflow[] policies = { OutboundOverflow.FAIL, OutboundOverflow.DROP_OLDEST,
				OutboundOverflow.DROP_NEWEST, OutboundOverflow.CLOSE };
		ClientOutbox outbox = new ClientOutbox("it", new Bounds<>(1 + random.nextInt(8), 1 + random.nextInt(200_000),
				policies[random.nextInt(policies.length)]), counts, budget, Spread.NONE, null);
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
					outbox.send(payload, null, true, (failure) -> {
						outcome.incrementAndGet();
						if (failure == null) {
							delivered.add(number);
						}
					});
				}
				case 3 -> {
					Request ask = new Request(null, Runnable::run);
					asks.add(ask);
					outbox.ask(new byte[random.nextInt(1_000)], null, true, ask);
				}
				case 4 -> {
					if (!asks.isEmpty()) {
						asks.get(random.nextInt(asks.size())).failed(new TimeoutException());
					}
				}
				case 5 -> {
					if (connection == null) {
						connection = new FakeConnection(this.client.counters);
						connection.completesAtOnce = random.nextInt(4) == 0;
						this.client.attach(outbox, connection);
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
						outbox.detach(connection, returned::incrementAndGet);
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
			this.client.detach(outbox);
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

}
