package dev.socketserver.engine.output;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.framing.EncodedFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.LongText;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What is sent on a session whose peer does not read, without a socket.
 */
@Timeout(60)
public class OutboxTests {

	/** The default of {@code outbound.bytes}. */
	private static final int OUTBOUND_BYTES = 256 * 1024;

	/** Does not like exclamation marks, when it has written them already. */
	public static final Framing PICKY = new EncodedFraming((payload, out) -> {
		out.write(payload);
		if (payload[0] == '!') {
			throw new IllegalArgumentException("provoked");
		}
		if (payload[0] == '?') {
			throw new OutOfMemoryError("as the test says");
		}
	});

	/** Three writes, of which the first is in flight. */
	private static TestSession full(OutboundOverflow overflow) {
		TestSession test = new TestSession(limits(overflow, 3, 1_000));
		test.send("a");
		test.run();
		test.send("b");
		test.send("c");
		assertThat(test.session.info().pendingWrites()).isEqualTo(3);
		return test;
	}

	private static UnaryOperator<ServerSpec.Builder> limits(OutboundOverflow overflow, int writes, int bytes) {
		return (spec) -> spec.outbound((o) -> o.overflow(overflow).capacity(writes).bytes(bytes));
	}

	/** Receives and handles on the loop. */
	private static void receiveOnLoop(TestSession test, String text) throws InterruptedException {
		test.connection.inLoop = true;
		Loop loop = new Loop(() -> {
			test.receive(text);
			test.runLanes();
		});
		loop.start();
		join(loop);
		test.connection.inLoop = false;
	}

	private static final class Loop extends Thread implements IoThread {

		Loop(Runnable task) {
			super(task);
		}

	}

	private static void assertNothingIsLeft(TestSession test) {
		assertThat(test.session.info().pendingWrites()).isZero();
		assertThat(test.session.info().pendingBytes()).isZero();
	}

	/** Starts a thread, and waits until it waits. */
	private static Thread blocked(Runnable task) {
		Thread thread = new Thread(task);
		thread.start();
		Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
		return thread;
	}

	private static void join(Thread thread) throws InterruptedException {
		thread.join(10_000);
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void nobodyWaitsForRoomOnceTheConnectionIsGone() {
		TestSession session = new TestSession((spec) -> spec.outbound((o) -> o.bytes(100)));
		session.send("x".repeat(200));
		session.run();
		Outbox outbox = session.session.outbox();
		assertThat(outbox.congested()).isTrue();

		session.disconnect();

		assertThat(outbox.congested()).isFalse();
		assertThat(outbox.awaitRoom(() -> {
		})).isFalse();
	}

	/** As one that has sent so many long texts that it assumes their length. */
	private static TestSession used() {
		return used(new TestSession((spec) -> spec));
	}

	private static TestSession used(TestSession test) {
		for (int i = 0; i < 1_000; i++) {
			test.receive("a".repeat(400) + "\n");
			test.drain();
		}
		test.connection.events.clear();
		return test;
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesThatWaitForTheSocketCountAsWhatTheyAre() {
		TestSession test = used();
		test.receive("\u20ac".repeat(16_000) + "\n" + "a".repeat(400) + "\n");
		test.runLanes();
		assertThat(test.session.info().pendingBytes()).as("assumed").isEqualTo(16_001 + 401);

		test.receive("\u20ac".repeat(7_000) + "\n");
		test.runLanes();
		assertThat(test.session.info().pendingBytes()).as("the last one is not assumed")
			.isEqualTo(16_001 + 401 + 21_001);

		test.connection.runLoop();
		assertThat(test.connection.events).as("not more than fit into a buffer").containsExactly("write 48402 bytes");
		assertThat(test.session.info().pendingBytes()).isEqualTo(48_402 + 21_001);

		test.drain();
		for (int i = 0; i < 40; i++) {
			test.receive("a".repeat(400) + "\n");
			test.drain();
		}
		test.receive("a".repeat(400) + "\n");
		test.run();
		test.receive("\u20ac".repeat(400) + "\n");
		test.runLanes();
		assertThat(test.session.info().pendingBytes()).isEqualTo(401 + 1_201);
		test.drain();
		assertNothingIsLeft(test);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesCountAsWhatTheyTurnOutToBe() {
		String text = "\u20ac".repeat(400);
		TestSession test = used();
		long before = test.counters.bytesSent();

		test.receive(text + "\n");
		test.runLanes();
		test.send("told");
		test.receive("b\n" + text + "\n");
		test.run();

		assertThat(test.session.info().pendingBytes()).isEqualTo(1_201 + 5 + 2 + 1_201);
		test.drain();
		assertThat(test.connection.events).containsExactly("write 1206 bytes", "write 1203 bytes");
		assertThat(test.calls).contains("told sent");
		assertThat(test.counters.bytesSent() - before).isEqualTo(2_409);
		assertNothingIsLeft(test);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesThatTheSocketTakesAtOnceLeaveNothingBehind() {
		TestSession test = used();
		long before = test.counters.bytesSent();
		test.connection.completing = true;

		test.receive("\u20ac".repeat(400) + "\n");
		test.run();

		assertThat(test.connection.events).containsExactly("write 1201 bytes");
		assertThat(test.counters.bytesSent() - before).isEqualTo(1_201);
		assertNothingIsLeft(test);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesExceedTheLimitByASixthAtMostWhateverTheyTurnOutToBe() {
		for (int characters : new int[] { 200, 1_000, 5_000, 16_000 }) {
			TestSession test = used();
			int reply = 3 * characters + 1;
			long most = OUTBOUND_BYTES + OUTBOUND_BYTES / 6 + reply;
			String line = "\u20ac".repeat(characters) + "\n";
			for (int i = 0; i * reply < 3 * OUTBOUND_BYTES; i++) {
				test.receive(line);
				test.runLanes();
			}
			assertThat(test.session.info().pendingBytes()).isBetween((long) OUTBOUND_BYTES, most);

			test.run();
			assertThat(test.session.info().pendingBytes()).as("what is held by a peer that does not read")
				.isBetween((long) OUTBOUND_BYTES, most);
			test.drain();
			assertNothingIsLeft(test);
		}
	}

	@ParameterizedTest
	@EnumSource(OutboundOverflow.class)
	void repliesTakeNoMoreRoomThanTheyNeed(OutboundOverflow overflow) {
		TestSession test = used(new TestSession((line, session) -> {
			if (line.equals("send")) {
				session.send("y".repeat(10_000));
				return null;
			}
			return line;
		}, limits(overflow, 100, 16_000)));

		test.receive("a".repeat(1_300) + "\n" + "a".repeat(4_000) + "\nsend\n");
		test.runLanes();
		test.drain();

		assertThat(test.connection.events).containsExactly("write 15303 bytes");
		assertThat(test.session.info().state()).isEqualTo(SessionInfo.State.OPEN);
		assertThat(test.counters.outboundRefused()).isZero();
		assertThat(test.counters.outboundDropped()).isZero();
	}

	@Test
	void repliesAreChargedAsWhatTheyAre() {
		MemoryBudget budget = new MemoryBudget(1 << 20);
		TestSession test = used(
				new TestSession((line, session) -> line, (spec) -> spec, budget, new SessionRegistry("test")));

		test.receive("a".repeat(16_000) + "\n");
		test.runLanes();

		assertThat(budget.used()).isBetween(16_000L, 17_000L);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesThatComeWhileTheSocketIsStuckCountAsWhatTheyAre() {
		Payloads payloads = new Payloads(StandardCharsets.UTF_8, List.of());
		for (int i = 0; i < 1_000; i++) {
			payloads.outgoing("a".repeat(400));
		}
		Object assumed = payloads.reply("\u20ac".repeat(400));
		assertThat(LongText.isAssumed(assumed)).isTrue();
		TestSession test = new TestSession((spec) -> spec);
		test.receive("a\n");
		test.run();

		test.session.outbox().addReply(assumed, true);

		assertThat(test.session.info().pendingBytes()).isEqualTo(2 + 1_201);
		test.drain();
		assertNothingIsLeft(test);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesThatNeverLeaveCountAsWhatTheyAre() {
		TestSession test = used();
		test.receive("\u20ac".repeat(400) + "\n");
		test.runLanes();
		test.session.abort();
		test.disconnect();

		assertThat(test.counters.outboundFailed()).isEqualTo(1);
		assertThat(test.counters.outboundFailedBytes()).isEqualTo(1_201);
		assertNothingIsLeft(test);
	}

	@Test
	void failRefusesAndCountsNothing() {
		TestSession test = full(OutboundOverflow.FAIL);
		assertThatThrownBy(test.session.send("d")::join).hasCauseInstanceOf(OutboundFullException.class);
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write b|c|");
		assertThat(test.calls).containsExactly("a sent", "b sent", "c sent");
		assertThat(test.counters.outboundDropped()).isZero();
		assertNothingIsLeft(test);
	}

	@Test
	void dropNewestDropsTheNewWriteAndCountsIt() {
		TestSession test = full(OutboundOverflow.DROP_NEWEST);
		test.send("d");
		assertThat(test.session.offer(new byte[1])).isFalse();
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write b|c|");
		assertThat(test.calls).containsExactly("d OutboundFullException", "a sent", "b sent", "c sent");
		assertThat(test.counters.outboundDropped()).isEqualTo(2);
		assertThat(test.session.info().state()).isEqualTo(SessionInfo.State.OPEN);
		assertNothingIsLeft(test);
	}

	@Test
	void dropOldestDropsWhatHasNotBegunToLeaveAndGathersTheRest() {
		TestSession test = full(OutboundOverflow.DROP_OLDEST);
		test.send("d");
		test.send("e");
		test.run();
		assertThat(test.calls).containsExactly("b OutboundFullException", "c OutboundFullException");
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write d|e|");
		assertThat(test.calls).endsWith("a sent", "d sent", "e sent");
		assertThat(test.counters.outboundDropped()).isEqualTo(2);
		assertThat(test.counters.messagesSent()).isEqualTo(3);
		assertNothingIsLeft(test);
	}

	@Test
	void dropOldestMakesRoomInBytesToo() {
		TestSession test = new TestSession(limits(OutboundOverflow.DROP_OLDEST, 100, 30));
		test.send("1234567");
		test.run();
		test.send("2345678");
		test.send("3456789");
		test.send("45678");
		test.send("a long one");
		test.drain();

		assertThat(test.connection.events).containsExactly("write 1234567|", "write 45678|a long one|");
		assertThat(test.counters.outboundDropped()).isEqualTo(2);
		assertNothingIsLeft(test);
	}

	@Test
	void dropOldestNeverDropsReplies() {
		TestSession test = new TestSession(limits(OutboundOverflow.DROP_OLDEST, 5, 1_000));
		test.send("a");
		test.run();
		test.send("b");
		test.receive("reply 1\nreply 2\n");
		test.run();
		test.send("c");
		test.send("d");
		test.send("e");
		test.run();
		assertThat(test.calls).containsExactly("b OutboundFullException", "c OutboundFullException");
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write reply 1|reply 2|d|e|");
		assertNothingIsLeft(test);
	}

	@Test
	void dropOldestNeverDropsRepliesOfTheLoop() throws Exception {
		TestSession test = new TestSession(limits(OutboundOverflow.DROP_OLDEST, 5, 1_000));
		test.send("a");
		test.run();
		receiveOnLoop(test, "reply 1\nreply 2\n");
		test.send("b");
		test.send("c");
		test.send("d");
		test.run();
		assertThat(test.calls).containsExactly("b OutboundFullException");
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write reply 1|reply 2|c|d|");
		assertNothingIsLeft(test);
	}

	@Test
	void repliesOfTheLoopCountForOthersAtOnce() throws Exception {
		MemoryBudget memory = new MemoryBudget(1_000_000);
		TestSession test = new TestSession((payload, session) -> payload, limits(OutboundOverflow.FAIL, 4, 100_000),
				memory, new SessionRegistry("test"));
		test.send("a");
		test.run();
		String reply = "r".repeat(4_999);
		receiveOnLoop(test, (reply + "\n").repeat(2));
		assertThat(test.session.info().pendingWrites()).isEqualTo(3);
		assertThat(test.session.info().pendingBytes()).isEqualTo(10_002);
		assertThat(memory.used()).isGreaterThan(9_000);
		test.send("b");
		test.send("c");
		receiveOnLoop(test, "too early\n");
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write 10002 bytes", "write too early|");
		assertThat(test.calls).containsExactly("c OutboundFullException", "a sent", "b sent");
		assertThat(memory.used()).isZero();
		assertNothingIsLeft(test);
	}

	@Test
	void repliesOfTheLoopAndSendsLeaveInTheOrderInWhichTheyCame() throws Exception {
		TestSession test = new TestSession((payload, session) -> {
			if (payload.equals("2")) {
				session.send("of the handler");
			}
			return payload;
		}, limits(OutboundOverflow.FAIL, 100, 100_000));
		test.send("a");
		test.run();
		receiveOnLoop(test, "1\n2\n3\n");
		test.send("b");
		receiveOnLoop(test, "4\n5\n");
		test.session.close();
		receiveOnLoop(test, "6\n");
		test.drain();

		assertThat(test.connection.events).filteredOn((event) -> !event.startsWith("reading"))
			.containsExactly("write a|", "write 1|of the handler|2|3|b|4|5|", "close");
	}

	@Test
	void repliesOfTheLoopThatNeverLeaveAreCounted() throws Exception {
		TestSession test = new TestSession(limits(OutboundOverflow.FAIL, 100, 100_000));
		test.send("a");
		test.run();
		receiveOnLoop(test, "1\n2\n3\n");
		test.send("b");
		test.disconnect();

		assertThat(test.counters.outboundFailed()).isEqualTo(4);
		assertThat(test.counters.outboundFailedBytes()).isEqualTo(8);
		test.connection.complete(new IOException("as the test says"));
		assertThat(test.counters.outboundFailed()).isEqualTo(5);
		assertNothingIsLeft(test);
	}

	@Test
	void dropOldestDropsTheNewWriteWhereTheOldOnesWouldNotMakeRoom() {
		TestSession test = new TestSession(limits(OutboundOverflow.DROP_OLDEST, 100, 20));
		test.send("in flight");
		test.run();
		test.send("b");
		test.send("far too long");
		test.drain();

		assertThat(test.calls).containsExactly("far too long OutboundFullException", "in flight sent", "b sent");
		assertThat(test.counters.outboundDropped()).isOne();
		test.send("longer than anything may be, but nothing else is pending");
		test.drain();
		assertThat(test.calls).last().asString().endsWith("pending sent");
		assertNothingIsLeft(test);
	}

	@Test
	void dropOldestGathersNoMoreThanAChunkHolds() {
		TestSession test = new TestSession(limits(OutboundOverflow.DROP_OLDEST, 1_000, 10_000_000));
		test.send("first");
		test.run();
		for (int i = 0; i < 10; i++) {
			test.session.send("x".repeat(20_000 - 1));
		}
		test.drain();

		assertThat(test.connection.events).containsExactly("write first|", "write 60000 bytes", "write 60000 bytes",
				"write 60000 bytes", "write 20000 bytes");
		assertNothingIsLeft(test);
	}

	@Test
	void loopThatSendsMoreThanThereIsRoomForWritesWhatItHasGathered() {
		TestSession test = new TestSession(limits(OutboundOverflow.FAIL, 2, 1_000));
		test.connection.completing = true;
		test.connection.inLoop = true;
		test.send("a");
		test.send("b");
		test.send("c");
		test.connection.inLoop = false;
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|b|", "write c|");
		assertThat(test.counters.outboundRefused()).isZero();
		assertNothingIsLeft(test);
	}

	@Test
	void framingThatThrowsCostsNoOlderWrite() {
		TestSession test = new TestSession(
				(spec) -> limits(OutboundOverflow.DROP_OLDEST, 2, 1_000).apply(spec.framing(PICKY)));
		test.send("a");
		test.run();
		test.send("b");
		assertThatThrownBy(() -> test.send("!c")).hasMessage("provoked");
		test.drain();
		test.session.close();
		test.drain();
		test.disconnect();

		assertThat(test.connection.events).startsWith("write a", "write b");
		assertThat(test.calls).containsExactly("a sent", "b sent", "closed HANDLER_CLOSED");
		assertNothingIsLeft(test);
	}

	@Test
	void closeEndsTheSessionAndDropsWhatIsUnsent() {
		TestSession test = full(OutboundOverflow.CLOSE);
		test.send("d");
		assertThatThrownBy(test.session.send("e")::join).hasCauseInstanceOf(SessionClosedException.class);
		test.run();
		assertThat(test.connection.events).containsExactly("write a|", "abort");
		test.connection.complete(new IOException("provoked"));
		test.disconnect();

		assertThat(test.connection.events).containsExactly("write a|", "abort");
		assertThat(test.calls).containsExactly("d OutboundFullException", "a SessionClosedException",
				"b SessionClosedException", "c SessionClosedException", "closed SLOW_CONSUMER");
		assertThat(test.session.info().closed()).satisfies((status) -> {
			assertThat(status.detail()).contains("outbound.capacity = 3", "outbound.bytes = 1000");
			assertThat(status.cause()).isNull();
		});
		assertNothingIsLeft(test);
	}

	@Test
	void whoFindsNoRoomWhileTheSessionClosesAbortsNothing() {
		TestSession test = full(OutboundOverflow.CLOSE);
		test.session.close();
		// Whoever looked for room before that is here only now.
		test.session.outbox().abortSlowConsumer();
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "reading true", "write b|c|", "close");
		test.disconnect();
		assertThat(test.calls).containsExactly("a sent", "b sent", "c sent", "closed HANDLER_CLOSED");
		assertNothingIsLeft(test);
	}

	@Test
	void blockedSendersAreAdmittedInOrder() throws Exception {
		TestSession test = full(OutboundOverflow.BLOCK);
		Thread d = blocked(() -> test.send("d"));
		Thread e = blocked(() -> test.send("e"));
		Thread f = blocked(() -> test.send("f"));
		assertThat(test.session.info().pendingWrites()).isEqualTo(3);

		test.connection.complete(null);
		join(d);
		assertThat(e.getState()).isEqualTo(Thread.State.WAITING);
		test.connection.complete(null);
		join(e);
		join(f);
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|", "write b|c|d|", "write e|f|");
		assertThat(test.calls).containsExactly("a sent", "b sent", "c sent", "d sent", "e sent", "f sent");
		assertNothingIsLeft(test);
	}

	@Test
	void longBlockedWriteIsNotOvertakenForEver() throws Exception {
		TestSession test = new TestSession(limits(OutboundOverflow.BLOCK, 100, 20));
		test.send("in flight");
		test.run();
		test.send("second");
		Thread huge = blocked(() -> test.send("longer than anything may be"));
		Thread small = blocked(() -> test.send("s"));
		test.connection.complete(null);
		test.run();
		assertThat(huge.getState()).isEqualTo(Thread.State.WAITING);
		test.connection.complete(null);
		join(huge);
		assertThat(small.getState()).isEqualTo(Thread.State.WAITING);
		test.connection.complete(null);
		join(small);
		test.drain();

		assertThat(test.connection.events).containsExactly("write in flight|", "write second|",
				"write longer than anything may be|", "write s|");
		assertNothingIsLeft(test);
	}

	@ParameterizedTest
	@EnumSource
	void blockedSendersFailWhenTheSessionEnds(End end) throws Exception {
		TestSession test = full(OutboundOverflow.BLOCK);
		List<CompletableFuture<?>> futures = new ArrayList<>();
		Thread d = blocked(() -> futures.add(test.session.send("d")));
		Thread e = blocked(() -> test.send("e"));
		end.how.accept(test);
		join(d);
		join(e);

		assertThatThrownBy(futures.get(0)::join).hasCauseInstanceOf(SessionClosedException.class);
		test.session.abort();
		test.drain();
		test.disconnect();
		assertThat(test.calls).containsOnlyOnce("e SessionClosedException").last().asString().startsWith("closed");
		assertNothingIsLeft(test);
	}

	enum End {

		CLOSE((test) -> test.session.close()), ABORT((test) -> test.session.abort()),
		OUTPUT((test) -> test.session.shutdownOutput()), CONNECTION((test) -> test.session.disconnected(null));

		private final Consumer<TestSession> how;

		End(Consumer<TestSession> how) {
			this.how = how;
		}

	}

	@Test
	void interruptionFailsABlockedSendAndLetsThoseAfterItGoOn() throws Exception {
		TestSession test = new TestSession(limits(OutboundOverflow.BLOCK, 100, 20));
		test.send("in flight");
		test.run();
		boolean[] flag = new boolean[1];
		Thread huge = blocked(() -> {
			CompletableFuture<?> sent = test.session.send("longer than anything may be");
			flag[0] = Thread.currentThread().isInterrupted() && sent.isCompletedExceptionally();
			sent.whenComplete((result, failure) -> test.calls.add(failure.getClass().getSimpleName()));
		});
		Thread small = blocked(() -> test.send("small"));
		huge.interrupt();
		join(huge);
		join(small);
		assertThat(flag[0]).isTrue();
		test.drain();

		assertThat(test.calls).containsExactly(InterruptedIOException.class.getSimpleName(), "in flight sent",
				"small sent");
		assertThat(test.connection.events).containsExactly("write in flight|", "write small|");
		assertNothingIsLeft(test);
	}

	@Test
	void interruptedThreadMaySendWhatNeedNotWait() throws Exception {
		TestSession test = new TestSession(limits(OutboundOverflow.BLOCK, 1, 1_000));
		Thread.currentThread().interrupt();
		test.send("a");
		test.send("b");
		assertThat(Thread.interrupted()).isTrue();
		test.drain();

		assertThat(test.calls).containsExactlyInAnyOrder("a sent", "b InterruptedIOException");
		assertNothingIsLeft(test);
	}

	@Test
	void framingThatThrowsDoesSoForTheSenderThatWouldHaveWaited() {
		TestSession test = new TestSession(
				(spec) -> limits(OutboundOverflow.BLOCK, 1, 1_000).apply(spec.framing(PICKY)));
		test.send("a");
		assertThatThrownBy(() -> test.send("!b")).hasMessage("provoked");
		test.drain();

		assertThat(test.calls).containsExactly("a sent");
		assertNothingIsLeft(test);
	}

	@Test
	void broadcastAndIoThreadsDoNotWait() throws Exception {
		TestSession test = full(OutboundOverflow.BLOCK);
		assertThat(test.session.offer(new byte[1])).isFalse();
		Thread io = new LoopLikeThread(() -> test.send("d"));
		io.start();
		join(io);
		test.drain();

		assertThat(test.calls).containsExactly("d OutboundFullException", "a sent", "b sent", "c sent");
		assertThat(test.counters.outboundDropped()).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "FAIL", "BLOCK", "DROP_NEWEST", "DROP_OLDEST" })
	void floodOfSendsDoesNotKeepRepliesFromLeaving(OutboundOverflow overflow) {
		int requests = 20;
		int limit = 200_000;
		byte[] block = new byte[50_000];
		int[] handled = new int[1];
		TestSession test = new TestSession((payload, session) -> {
			handled[0]++;
			return payload;
		}, limits(overflow, 100, limit));
		test.receive("request\n".repeat(requests));
		long most = 0;
		for (int round = 0; handled[0] < requests; round++) {
			assertThat(round).isLessThan(1_000);
			for (int i = 0; i < 10; i++) {
				test.session.offer(block);
			}
			test.run();
			most = Math.max(most, test.session.info().pendingBytes());
			if (!test.connection.pending.isEmpty()) {
				test.connection.complete(null);
			}
		}

		assertThat(most).isBetween(limit - 2L * block.length, limit + 100L);
	}

	@Test
	void nothingLeavesAfterAnAbort() {
		TestSession test = full(OutboundOverflow.FAIL);
		test.session.abort();
		test.send("late");
		test.connection.complete(null);
		test.run();
		test.disconnect();

		assertThat(test.connection.events).containsExactly("write a|", "abort");
		assertThat(test.calls).containsExactly("late SessionClosedException", "a sent", "b SessionClosedException",
				"c SessionClosedException", "closed HANDLER_CLOSED");
		assertNothingIsLeft(test);
	}

	@Test
	void callbackOfASendThatTheHandlerMadeWhenTheConnectionWasGoneComesBeforeClosed() {
		TestSession[] self = new TestSession[1];
		self[0] = new TestSession((payload, session) -> {
			// The peer resets while the handler is in this call.
			self[0].session.disconnected(new IOException("provoked"));
			self[0].send("too late");
			return null;
		}, UnaryOperator.identity());
		self[0].receive("go\n");
		self[0].run();

		assertThat(self[0].calls).containsExactly("too late SessionClosedException", "closed PEER_RESET");
		assertThat(self[0].ended).hasValue(1);
	}

	@Test
	void chainOfRefusedCallbacksNeedsNoStackAndComesBeforeClosed() {
		TestSession test = new TestSession(UnaryOperator.identity());
		test.session.disconnected(null);
		int[] completions = new int[1];
		chain(test.session, completions);
		test.run();

		assertThat(completions[0]).isEqualTo(20_000);
		assertThat(test.calls).containsExactly("closed PEER_CLOSED");
	}

	private static void chain(SocketSession session, int[] completions) {
		session.send("x", (failure) -> {
			assertThat(failure).isNotNull();
			if (++completions[0] < 20_000) {
				chain(session, completions);
			}
		});
	}

	@Test
	void sendThatThrowsDoesNotKeepTheSessionFromEnding() {
		TestSession test = new TestSession((spec) -> spec.framing(PICKY));
		assertThatThrownBy(() -> test.send("!")).hasMessage("provoked");
		test.disconnect();

		assertThat(test.calls).containsExactly("closed " + CloseReason.PEER_CLOSED);
	}

	@Test
	void endedBackgroundDoesNotLoseAnOutcome() {
		SendFuture future = new SendFuture((task) -> {
			throw new java.util.concurrent.RejectedExecutionException("provoked");
		});
		future.completed(null);

		assertThat(future).succeedsWithin(0, TimeUnit.SECONDS);
	}

	private static final class LoopLikeThread extends Thread implements IoThread {

		LoopLikeThread(Runnable task) {
			super(task);
		}

	}

}
