package dev.socketserver.engine.received;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.client.Received;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.InboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What a client without a handler has received.
 */
class ReceivedQueueTests {

	private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 1);

	private static final CloseStatus STATUS = CloseStatus.of(CloseReason.PEER_CLOSED);

	private final ClientCounters counters = new ClientCounters();

	private final MemoryBudget memory = new MemoryBudget(100_000);

	private final AtomicInteger tooMany = new AtomicInteger();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

	@AfterEach
	void stopTimer() {
		this.timer.shutdownNow();
	}

	private ReceivedQueue queue(int capacity, InboundOverflow overflow) {
		return queue(capacity, 1_000, overflow);
	}

	private ReceivedQueue queue(int capacity, int bytes, InboundOverflow overflow) {
		return new ReceivedQueue("it", new Bounds<>(capacity, bytes, overflow), this.counters, this.memory, this.timer);
	}

	private @Nullable CompletionStage<@Nullable Void> add(ReceivedQueue queue, String payload) {
		return queue.received("it", payload, this.tooMany::incrementAndGet);
	}

	/** Adds a payload for which there is no room; completes when there is. */
	private CompletableFuture<@Nullable Void> addHeld(ReceivedQueue queue, String payload) {
		CompletionStage<@Nullable Void> held = add(queue, payload);
		assertThat(held).isNotNull();
		return held.toCompletableFuture();
	}

	/** Takes what is there, in words. */
	private static List<String> all(ReceivedQueue queue) {
		List<String> all = new ArrayList<>();
		for (Received next = queue.take(Duration.ZERO); next != null; next = queue.take(Duration.ZERO)) {
			all.add((next instanceof Received.Payload payload) ? payload.text() : next.getClass().getSimpleName());
			if (next instanceof Received.Closed) {
				return all;
			}
		}
		return all;
	}

	@Test
	void bytesAreLimitedToo() {
		ReceivedQueue queue = queue(100, 1_000, InboundOverflow.BLOCK);
		assertThat(add(queue, "x".repeat(600))).isNull();
		assertThat(add(queue, "y".repeat(600))).isNull();
		CompletableFuture<@Nullable Void> held = addHeld(queue, "z".repeat(600));
		assertThat(this.memory.used()).isEqualTo(1_800);
		assertThat(queue.take(Duration.ZERO)).isInstanceOf(Received.Payload.class);
		assertThat(held).isDone();
		assertThat(this.memory.used()).isEqualTo(1_200);
		queue.closed();
		assertThat(this.memory.used()).isZero();
		assertThat(queue.take(Duration.ZERO)).isInstanceOf(Received.Payload.class);
		assertThat(queue.take(Duration.ZERO)).isInstanceOf(Received.Payload.class);
		queue.open();
		assertThat(this.memory.used()).isZero();

		ReceivedQueue sliding = queue(100, InboundOverflow.DROP_OLDEST);
		add(sliding, "a".repeat(600));
		add(sliding, "b".repeat(600));
		add(sliding, "c");
		assertThat(all(sliding)).containsExactly("b".repeat(600), "c");
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCK", "CLOSE" })
	void littleMayWaitWhateverOthersHoldAndMoreWhenTheyHoldLess(InboundOverflow overflow) {
		ReceivedQueue queue = queue(100, 50_000, overflow);
		this.memory.charge(60_000);
		assertThat(add(queue, "greeting")).isNull();
		CompletableFuture<@Nullable Void> held = addHeld(queue, "x".repeat(10_000));
		assertThat(held).isNotDone();

		this.memory.charge(-60_000);
		assertThat(held).succeedsWithin(Patience.limit());
		assertThat(add(queue, "y".repeat(10_000))).isNull();
		assertThat(this.tooMany).hasValue(0);
	}

	@Test
	void memoryIsLookedForAgainAndAgain() {
		ReceivedQueue queue = queue(100, 50_000, InboundOverflow.BLOCK);
		this.memory.charge(60_000);
		CompletableFuture<@Nullable Void> held = addHeld(queue, "x".repeat(10_000));
		Awaitility.await().until(() -> this.timer.getCompletedTaskCount() >= 2);

		this.memory.charge(-60_000);

		assertThat(held).succeedsWithin(Patience.limit());
	}

	@Test
	void whatWaitsIsNotInItsOwnWay() {
		ReceivedQueue queue = queue(1, 50_000, InboundOverflow.BLOCK);
		add(queue, "a");
		CompletableFuture<@Nullable Void> held = addHeld(queue, "x".repeat(30_000));

		assertThat(queue.take(Duration.ZERO)).isInstanceOf(Received.Payload.class);

		assertThat(held).isDone();
	}

	/** A handler that was not waited for any longer takes it after all. */
	@Test
	void aConnectionThatComesLateLeavesNobodyWaitingForEver() {
		ReceivedQueue queue = queue(1, 50_000, InboundOverflow.BLOCK);
		add(queue, "a");
		CompletableFuture<@Nullable Void> first = addHeld(queue, "bb");
		CompletableFuture<@Nullable Void> second = addHeld(queue, "ccc");
		assertThat(first).isDone();
		assertThat(this.memory.used()).isEqualTo(4);
		queue.disconnected("it", STATUS);
		assertThat(second).isDone();
		assertThat(this.memory.used()).isEqualTo(1);
	}

	@Test
	void stopKeepsNothingForWhichThereIsNoMemory() {
		ReceivedQueue queue = queue(100, 50_000, InboundOverflow.BLOCK);
		this.memory.charge(60_000);
		CompletableFuture<@Nullable Void> held = addHeld(queue, "x".repeat(10_000));
		queue.closing();
		assertThat(held).isDone();
		assertThat(add(queue, "y".repeat(10_000))).isNull();
		assertThat(add(queue, "bye")).isNull();
		assertThat(this.memory.used()).isEqualTo(60_003);
		assertThat(this.counters.inboundDropped()).isEqualTo(2);
		assertThat(all(queue)).containsExactly("bye");
	}

	/** It would wait as long as others do, and they perhaps for it. */
	@Test
	void whoeverAsksGetsAPayloadWhateverOthersHold() throws Exception {
		ReceivedQueue queue = queue(100, 50_000, InboundOverflow.BLOCK);
		this.memory.charge(60_000);
		CompletableFuture<@Nullable Void> held = addHeld(queue, "x".repeat(10_000));
		assertThat(this.memory.used()).isEqualTo(70_000);
		assertThat(queue.take(Duration.ZERO)).isEqualTo(new Received.Payload("x".repeat(10_000)));
		assertThat(held).isDone();
		assertThat(this.memory.used()).isEqualTo(60_000);

		CompletableFuture<@Nullable Received> taken = CompletableFuture.supplyAsync(() -> queue.take(Patience.limit()));
		add(queue, "y".repeat(10_000));
		assertThat(taken).succeedsWithin(Patience.limit()).isEqualTo(new Received.Payload("y".repeat(10_000)));
		assertThat(this.memory.used()).isEqualTo(60_000);
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCK", "CLOSE" })
	void aConnectionThatIsAbortedLeavesNothingThatWaits(InboundOverflow overflow) {
		ReceivedQueue queue = queue(100, 50_000, overflow);
		this.memory.charge(60_000);
		for (int i = 0; i < 3; i++) {
			queue.connected("it", SERVER);
			assertThat(add(queue, "x".repeat(10_000))).isNotNull();
			queue.disconnected("it", STATUS);
		}
		assertThat(this.memory.used()).isEqualTo(60_000);
		assertThat(this.counters.inboundDropped()).isEqualTo(3);
		assertThat(all(queue)).containsExactly("Connected", "Disconnected", "Connected", "Disconnected", "Connected",
				"Disconnected");
	}

	@Test
	void longPayloadsTakeThePlaceOfAsMuchThatIsOlderWhileMemoryIsShort() {
		ReceivedQueue queue = queue(1_000, 500_000, InboundOverflow.DROP_OLDEST);
		for (int i = 0; i < 100; i++) {
			add(queue, "s".repeat(100));
		}
		this.memory.charge(60_000);

		for (int i = 0; i < 20; i++) {
			add(queue, "l".repeat(3_000));
			assertThat(this.memory.used()).isLessThanOrEqualTo(70_000);
		}

		assertThat(all(queue)).containsExactly("l".repeat(3_000), "l".repeat(3_000), "l".repeat(3_000));
	}

	@Test
	void littleIsKeptAlsoOfWhatIsOlderWhileMemoryIsShort() {
		ReceivedQueue queue = queue(1_000, 500_000, InboundOverflow.DROP_OLDEST);
		for (int i = 0; i < 70; i++) {
			add(queue, "s".repeat(100));
		}
		this.memory.charge(60_000);

		add(queue, "l".repeat(2_000));

		// 8,100 bytes of the 8 KiB that may always be.
		assertThat(all(queue)).hasSize(61 + 1);
	}

	@Test
	void whatIsLeftOfAnEarlierStartCountsAgain() {
		ReceivedQueue queue = queue(100, 1_000, InboundOverflow.BLOCK);
		add(queue, "x".repeat(600));
		queue.closed();

		queue.open();

		assertThat(this.memory.used()).isEqualTo(600);
		assertThat(queue.take(Duration.ZERO)).isInstanceOf(Received.Payload.class);
		assertThat(this.memory.used()).isZero();
	}

	@Test
	void whatComesAfterTheNextStartWaitsForRoomAgain() {
		ReceivedQueue queue = queue(1, InboundOverflow.BLOCK);
		add(queue, "a");
		queue.closing();
		queue.closed();

		queue.open();

		CompletableFuture<@Nullable Void> held = addHeld(queue, "b");
		assertThat(held).isNotDone();
	}

	@Test
	void firstReceiveBeginsWithTheFirstConnection() {
		ReceivedQueue queue = queue(10, InboundOverflow.BLOCK);
		for (int i = 0; i < 1_000; i++) {
			queue.connected("it", SERVER);
			queue.disconnected("it", STATUS);
		}
		queue.connected("it", SERVER);
		assertThat(all(queue)).hasSize(2_001)
			.startsWith("Connected", "Disconnected")
			.endsWith("Disconnected", "Connected");
	}

	@Test
	void firstReceiveOfAClientThatRunsIsNotifiedOfAnEarlierStop() {
		ReceivedQueue queue = queue(10, InboundOverflow.BLOCK);
		queue.connected("it", SERVER);
		queue.disconnected("it", STATUS);
		queue.closed();
		queue.open();
		queue.connected("it", SERVER);
		assertThat(all(queue)).containsExactly("Connected", "Disconnected", "Closed");
		assertThat(all(queue)).containsExactly("Connected");
	}

	@Test
	void whoNeverComesBackIsNotNotifiedOfEachStop() {
		ReceivedQueue queue = queue(10, InboundOverflow.BLOCK);
		for (int i = 0; i < 12_000; i++) {
			queue.closed();
			queue.open();
		}
		queue.connected("it", SERVER);
		int stops = 0;
		while (queue.take(Duration.ZERO) instanceof Received.Closed) {
			stops++;
		}
		assertThat(stops).isBetween(9_990, 10_000);
		assertThat(queue.take(Duration.ZERO)).isNull();
	}

	@Test
	void connectionsAreKeptWhosePayloadsWereDropped() {
		ReceivedQueue queue = queue(1, InboundOverflow.DROP_OLDEST);
		for (int i = 0; i < 3; i++) {
			queue.connected("it", SERVER);
			add(queue, "a" + i);
			queue.disconnected("it", STATUS);
		}
		assertThat(all(queue)).containsExactly("Connected", "Disconnected", "Connected", "Disconnected", "Connected",
				"a2", "Disconnected");
		assertThat(this.counters.inboundDropped()).isEqualTo(2);
	}

	@Test
	void whoNeverComesBackIsNotNotifiedOfEachConnection() {
		ReceivedQueue queue = queue(10, InboundOverflow.BLOCK);
		for (int i = 0; i < 6_000; i++) {
			queue.connected("it", SERVER);
			queue.disconnected("it", STATUS);
		}
		queue.connected("it", SERVER);
		add(queue, "last");
		queue.disconnected("it", STATUS);

		assertThat(all(queue)).hasSize(10_003).endsWith("Disconnected", "Connected", "last", "Disconnected");
	}

	@Test
	void whoNeverComesBackIsNotNotifiedOfWhatWasDropped() {
		ReceivedQueue queue = queue(2, InboundOverflow.DROP_OLDEST);
		for (int i = 0; i < 6_000; i++) {
			queue.connected("it", SERVER);
			add(queue, "a" + i);
			queue.disconnected("it", STATUS);
			if (i == 0) {
				queue.closed();
				queue.open();
			}
		}

		List<String> all = all(queue);

		assertThat(all).hasSizeBetween(9_990, 10_010).endsWith("Connected", "a5999", "Disconnected");
		assertThat(all.stream().filter("Connected"::equals))
			.hasSameSizeAs(all.stream().filter("Disconnected"::equals).toList());
	}

	@Test
	void dropNewestDropsWhatComes() {
		ReceivedQueue queue = queue(1, InboundOverflow.DROP_NEWEST);
		add(queue, "a");
		assertThat(add(queue, "b")).isNull();
		assertThat(all(queue)).containsExactly("a");
		assertThat(this.counters.inboundDropped()).isEqualTo(1);
	}

	@Test
	void closePolicyEndsTheConnection() {
		ReceivedQueue queue = queue(1, InboundOverflow.CLOSE);
		add(queue, "a");
		add(queue, "b");
		assertThat(this.tooMany).hasValue(1);
		assertThat(all(queue)).containsExactly("a");
	}

	@Test
	void blockPolicyAsksToWaitUntilSomethingIsTaken() {
		ReceivedQueue queue = queue(2, InboundOverflow.BLOCK);
		assertThat(add(queue, "a")).isNull();
		assertThat(add(queue, "b")).isNull();
		CompletableFuture<@Nullable Void> room = addHeld(queue, "c");
		AtomicBoolean free = new AtomicBoolean();
		room.thenRun(() -> free.set(true));
		assertThat(free).isFalse();
		assertThat(queue.take(Duration.ZERO)).isEqualTo(new Received.Payload("a"));
		assertThat(free).isTrue();
		assertThat(all(queue)).containsExactly("b", "c");
	}

	@Test
	void stopLetsNobodyWaitForRoom() {
		ReceivedQueue queue = queue(1, InboundOverflow.BLOCK);
		assertThat(add(queue, "a")).isNull();
		CompletableFuture<@Nullable Void> room = addHeld(queue, "b");
		AtomicBoolean free = new AtomicBoolean();
		room.thenRun(() -> free.set(true));
		queue.closing();
		assertThat(free).isTrue();
		assertThat(add(queue, "c")).isNull();
		assertThat(this.counters.inboundDropped()).isEqualTo(1);
		queue.closed();
		assertThat(all(queue)).containsExactly("a", "b", "Closed");
	}

	@Test
	void closedIsReceivedOnceAndEndsTheWaitOfAllOthers() throws Exception {
		ReceivedQueue queue = queue(1, InboundOverflow.BLOCK);
		List<Object> outcomes = new CopyOnWriteArrayList<>();
		List<Thread> receivers = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			Thread receiver = new Thread(() -> {
				try {
					Received next = queue.take(Patience.limit());
					outcomes.add((next != null) ? next : "nothing");
				}
				catch (IllegalStateException ex) {
					outcomes.add("ended");
				}
			});
			receiver.setDaemon(true);
			receiver.start();
			receivers.add(receiver);
		}
		queue.closed();
		queue.closed();
		for (Thread receiver : receivers) {
			receiver.join(Patience.limit().toMillis());
		}
		assertThat(outcomes).hasSize(5).containsOnlyOnce(new Received.Closed());
		assertThat(outcomes.stream().filter("ended"::equals)).hasSize(4);
		assertThatIllegalStateException().isThrownBy(() -> queue.take(Duration.ZERO))
			.withMessageContaining("'it' is stopped or closed");
		queue.open();
		assertThat(queue.take(Duration.ZERO)).isNull();
	}

	@Test
	void nothingComesAfterTheEnd() {
		ReceivedQueue queue = queue(1, InboundOverflow.BLOCK);
		assertThat(queue.take(Duration.ZERO)).isNull();
		queue.connected("it", SERVER);
		queue.closed();
		// A handler that was not waited for any longer.
		queue.disconnected("it", STATUS);
		assertThat(add(queue, "late")).isNull();
		assertThat(all(queue)).containsExactly("Connected", "Closed");
	}

	@Test
	void interruptedReceiverHasItsFlagSet() throws Exception {
		ReceivedQueue queue = queue(1, InboundOverflow.BLOCK);
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread receiver = new Thread(() -> {
			Received next = queue.take(Patience.limit());
			interrupted.set(next == null && Thread.currentThread().isInterrupted());
		});
		receiver.setDaemon(true);
		receiver.start();
		receiver.interrupt();
		receiver.join(Patience.limit().toMillis());
		assertThat(interrupted).isTrue();
	}

	@Test
	void manyReceiversGetEverythingOnce() throws Exception {
		ReceivedQueue queue = queue(1_000, InboundOverflow.BLOCK);
		ConcurrentLinkedQueue<String> got = new ConcurrentLinkedQueue<>();
		List<Thread> receivers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Thread receiver = new Thread(() -> {
				try {
					while (queue.take(Patience.limit()) instanceof Received.Payload payload) {
						got.add(payload.text());
					}
				}
				catch (IllegalStateException ex) {
					// Another has received the end.
				}
			});
			receiver.setDaemon(true);
			receiver.start();
			receivers.add(receiver);
		}
		List<String> sent = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			sent.add("m" + i);
			CompletionStage<@Nullable Void> room = add(queue, "m" + i);
			if (room != null) {
				assertThat(room.toCompletableFuture()).succeedsWithin(Patience.limit());
			}
		}
		queue.closed();
		for (Thread receiver : receivers) {
			receiver.join(Patience.limit().toMillis());
		}
		assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
	}

	@Test
	void endlessTimeoutIsOne() {
		ReceivedQueue queue = queue(1, InboundOverflow.BLOCK);
		add(queue, "a");
		assertThat(queue.take(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(new Received.Payload("a"));
		assertThat(queue.take(Duration.ofSeconds(Long.MIN_VALUE))).isNull();
	}

}
