package dev.socketserver.engine.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionInfo;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.LongText;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How replies count against the limits of an outbox, and that they are never refused.
 */
class OutboxRepliesTests {

	/** The default of {@code outbound.bytes}. */
	private static final int OUTBOUND_BYTES = 256 * 1024;

	/** Receives and handles on the loop. */
	private static void receiveOnLoop(TestSession test, String text) throws InterruptedException {
		test.connection.inLoop = true;
		Loop loop = new Loop(() -> {
			test.receive(text);
			test.runLanes();
		});
		loop.start();
		OutboxTests.join(loop);
		test.connection.inLoop = false;
	}

	private static final class Loop extends Thread implements IoThread {

		Loop(Runnable task) {
			super(task);
		}

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
	void repliesThatWaitForTheSocketCountByTheirCharacters() {
		TestSession test = used();
		test.receive("\u20ac".repeat(16_000) + "\n" + "a".repeat(400) + "\n");
		test.runLanes();
		assertThat(test.session.info().pendingBytes()).isEqualTo(16_001 + 401);

		test.receive("\u20ac".repeat(7_000) + "\n");
		test.runLanes();
		assertThat(test.session.info().pendingBytes()).isEqualTo(16_001 + 401 + 7_001);

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
		assertThat(test.session.info().pendingBytes()).isEqualTo(401 + 401);
		test.drain();
		OutboxTests.assertNothingIsLeft(test);
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
		OutboxTests.assertNothingIsLeft(test);
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
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesExceedTheLimitThreefoldAtMostWhateverTheyTurnOutToBe() {
		for (int characters : new int[] { 1_000, 5_000, 16_000 }) {
			TestSession test = used();
			String line = "\u20ac".repeat(characters) + "\n";
			long most = OUTBOUND_BYTES + line.length();
			for (int i = 0; i * characters < 3 * OUTBOUND_BYTES; i++) {
				test.receive(line);
				test.runLanes();
			}
			assertThat(test.session.info().pendingBytes()).isBetween((long) OUTBOUND_BYTES, most);

			test.run();
			assertThat(test.session.info().pendingBytes()).as("what is held by a peer that does not read")
				.isBetween((long) OUTBOUND_BYTES, 3 * most);
			test.drain();
			OutboxTests.assertNothingIsLeft(test);
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
		}, OutboxTests.limits(overflow, 100, 16_000)));

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
	void repliesThatComeWhileTheSocketIsStuckCountByTheirCharacters() {
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

		assertThat(test.session.info().pendingBytes()).isEqualTo(2 + 401);
		test.drain();
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void repliesThatNeverLeaveCountByTheirCharacters() {
		TestSession test = used();
		test.receive("\u20ac".repeat(400) + "\n");
		test.runLanes();
		test.session.abort();
		test.disconnect();

		assertThat(test.counters.outboundFailed()).isEqualTo(1);
		assertThat(test.counters.outboundFailedBytes()).isEqualTo(401);
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	void dropOldestNeverDropsReplies() {
		TestSession test = new TestSession(OutboxTests.limits(OutboundOverflow.DROP_OLDEST, 5, 1_000));
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
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	void dropOldestNeverDropsRepliesOfTheLoop() throws Exception {
		TestSession test = new TestSession(OutboxTests.limits(OutboundOverflow.DROP_OLDEST, 5, 1_000));
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
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	void repliesOfTheLoopCountForOthersAtOnce() throws Exception {
		MemoryBudget memory = new MemoryBudget(1_000_000);
		TestSession test = new TestSession((payload, session) -> payload,
				OutboxTests.limits(OutboundOverflow.FAIL, 4, 100_000), memory, new SessionRegistry("test"));
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
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	void repliesOfTheLoopAndSendsLeaveInTheOrderInWhichTheyCame() throws Exception {
		TestSession test = new TestSession((payload, session) -> {
			if (payload.equals("2")) {
				session.send("of the handler");
			}
			return payload;
		}, OutboxTests.limits(OutboundOverflow.FAIL, 100, 100_000));
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
		TestSession test = new TestSession(OutboxTests.limits(OutboundOverflow.FAIL, 100, 100_000));
		test.send("a");
		test.run();
		receiveOnLoop(test, "1\n2\n3\n");
		test.send("b");
		test.disconnect();

		assertThat(test.counters.outboundFailed()).isEqualTo(4);
		assertThat(test.counters.outboundFailedBytes()).isEqualTo(8);
		test.connection.complete(new IOException("as the test says"));
		assertThat(test.counters.outboundFailed()).isEqualTo(5);
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	void loopThatSendsMoreThanThereIsRoomForWritesWhatItHasGathered() {
		TestSession test = new TestSession(OutboxTests.limits(OutboundOverflow.FAIL, 2, 1_000));
		test.connection.completing = true;
		test.connection.inLoop = true;
		test.send("a");
		test.send("b");
		test.send("c");
		test.connection.inLoop = false;
		test.drain();

		assertThat(test.connection.events).containsExactly("write a|b|", "write c|");
		assertThat(test.counters.outboundRefused()).isZero();
		OutboxTests.assertNothingIsLeft(test);
	}

	@Test
	void tapsSeeRepliesThatLeaveWithAnAnswerOfTheFraming() {
		TestSession test = new TestSession((spec) -> spec);
		SentFrames frames = new SentFrames(new ArrayList<>());
		test.session.tap(frames, () -> {
		});
		test.run();
		test.send("first");
		test.run();
		test.receive("reply\n");
		test.runLanes();
		test.session.outbox().answer("answer\n".getBytes(StandardCharsets.UTF_8), true);
		test.drain();

		assertThat(test.connection.events).endsWith("write reply|answer|");
		assertThat(frames.seen()).containsExactly("first\n", "reply\n", "answer\n");
	}

	/** Takes frames that are sent, as what has a mask does. */
	private record SentFrames(List<String> seen) implements TapSink {

		@Override
		public boolean framed() {
			return true;
		}

		@Override
		public void add(boolean received, byte[] array, int offset, int length) {
			if (!received) {
				this.seen.add(new String(array, offset, length, StandardCharsets.UTF_8));
			}
		}

		@Override
		public void unframed(byte[] array, int offset, int length) {
		}

		@Override
		public void dropped(long length) {
			this.seen.add("dropped " + length);
		}

		@Override
		public void closed(CloseReason reason) {
		}

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
		}, OutboxTests.limits(overflow, 100, limit));
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

}
