package dev.socketserver.engine.output;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
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
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.EncodedFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What is sent on a session whose peer does not read, without a socket.
 */
public class OutboxTests {

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

	static UnaryOperator<ServerSpec.Builder> limits(OutboundOverflow overflow, int writes, int bytes) {
		return (spec) -> spec.outbound((o) -> o.overflow(overflow).capacity(writes).bytes(bytes));
	}

	static void assertNothingIsLeft(TestSession test) {
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

	static void join(Thread thread) throws InterruptedException {
		thread.join(Patience.millis());
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

	/** Though a shorter write would still fit. */
	@ParameterizedTest
	@EnumSource(names = { "FAIL", "DROP_NEWEST" })
	void whoIsRefusedForWantOfRoomHasOthersWaitUntilHalfIsFree(OutboundOverflow overflow) {
		TestSession test = new TestSession(limits(overflow, 10, 100));
		test.send("x".repeat(70));
		test.run();
		Outbox outbox = test.session.outbox();
		assertThat(outbox.congested()).isFalse();
		test.send("y".repeat(40));
		List<String> calls = new ArrayList<>();
		assertThat(outbox.awaitRoom(() -> calls.add("room"))).isTrue();

		test.drain();

		assertThat(calls).containsExactly("room");
		assertThat(outbox.awaitRoom(() -> calls.add("again"))).isFalse();
	}

	@Test
	void requestThatIsRefusedForWantOfRoomHasOthersWait() {
		TestSession test = new TestSession(limits(OutboundOverflow.FAIL, 10, 100));
		test.send("x".repeat(70));
		test.run();
		assertThat(test.session.ask("y".repeat(40), Duration.ofMinutes(5))).isCompletedExceptionally();
		assertThat(test.session.outbox().congested()).isTrue();

		test.drain();

		assertThat(test.session.outbox().congested()).isFalse();
	}

	@Test
	void noFrameIsHandledAfterARefusalUntilHalfIsFree() {
		List<String> handled = new ArrayList<>();
		TestSession test = new TestSession((payload, session) -> {
			handled.add((String) payload);
			session.trySend("x".repeat(40));
			return null;
		}, limits(OutboundOverflow.FAIL, 10, 100));
		test.receive("a\n");
		test.run();
		test.receive("b\nc\nd\ne\n");
		test.run();
		assertThat(handled).containsExactly("a", "b", "c");

		test.drain();

		assertThat(handled).containsExactly("a", "b", "c", "d", "e");
		assertNothingIsLeft(test);
	}

	/** While the loop has yet to come, it shares the batch of what follows. */
	@Test
	void whatWaitsWhenTheOutputEndsIsTakenBack() {
		TestSession test = new TestSession(limits(OutboundOverflow.FAIL, 10, 1_000));
		Outbox outbox = test.session.outbox();
		Completion waits = revocable();
		outbox.add(new byte[1], waits);
		IOException why = new IOException("as the test says");
		assertThat(outbox.takeBack(waits, why)).isFalse();

		test.session.abort();

		assertThat(outbox.takeBack(waits, why)).isTrue();
		assertThat(outbox.takeBack(revocable(), why)).isFalse();
	}

	@Test
	void whatWaitsBehindOthersIsTakenBackBeforeTheLoopHasCome() {
		TestSession test = new TestSession(limits(OutboundOverflow.FAIL, 10, 1_000_000));
		Outbox outbox = test.session.outbox();
		test.send("a".repeat(100_000));
		test.send("b".repeat(100_000));
		Completion waits = revocable();
		outbox.add(new byte[1], waits);

		assertThat(outbox.takeBack(waits, new IOException("as the test says"))).isTrue();
	}

	private static Completion revocable() {
		return new Completion() {

			@Override
			public void completed(@Nullable Exception failure) {
				// The test asks the outbox.
			}

			@Override
			public boolean isRevocable() {
				return true;
			}

		};
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
	void dropOldestCountsBeforeItNotifies() {
		TestSession test = new TestSession(limits(OutboundOverflow.DROP_OLDEST, 2, 1_000));
		List<Long> counted = new ArrayList<>();
		test.send("a");
		test.run();
		test.session.outbox()
			.offer(new byte[] { 'b' }, (failure) -> counted.add(test.counters.outboundDropped()), true);
		test.connection.inLoop = true;
		test.send("c");
		assertThat(counted).containsExactly(1L);
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
