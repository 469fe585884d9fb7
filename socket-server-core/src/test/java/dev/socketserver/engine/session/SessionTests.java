package dev.socketserver.engine.session;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.FakeConnection;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.OutboxTests;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Lane, inbox and outbox together, without a socket: the test is the loop and the
 * executor.
 */
class SessionTests {

	private final FakeConnection connection = new FakeConnection();

	private final Deque<Lane> ready = new ArrayDeque<>();

	private final LoopScratch scratch = new LoopScratch();

	private final ServerCounters counters = new ServerCounters();

	private final SessionRegistry registry = new SessionRegistry("test");

	private final List<String> calls = new ArrayList<>();

	private int ended;

	private final SessionHandler recorder = new SessionHandler() {

		@Override
		public void opened(SocketSession session) {
			SessionTests.this.calls.add("opened");
		}

		@Override
		public Object received(Object payload, SocketSession session) {
			SessionTests.this.calls.add("received " + payload);
			return payload.equals("quiet") ? null : payload;
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			SessionTests.this.calls.add("closed " + status.reason());
		}

	};

	private Session session(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		ServerHandler.Messages messages = new ServerHandler.Messages("handler",
				PayloadConverter.text(StandardCharsets.UTF_8), false, (ignored) -> handler);
		SessionContext context = new SessionContext(
				new SharedState(spec.apply(ServerSpec.builder("test").handler(messages)).build().session(),
						this.counters, MemoryBudget.unlimited(), TestDiagnostics.none()),
				new Payloads(StandardCharsets.UTF_8, List.of()), this.registry,
				new SessionEvents(new SessionListener() {
				}, () -> this.ended++), TestDiagnostics.requests(), (session, task) -> new Thread(task).start());
		InetSocketAddress address = new InetSocketAddress(0);
		Session session = new Session(context, this.connection, address, address, this.ready::add, this.scratch);
		session.open();
		return session;
	}

	private Session session() {
		return session(this.recorder, UnaryOperator.identity());
	}

	private void receive(Session session, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		System.arraycopy(bytes, 0, this.scratch.bytes(), 0, bytes.length);
		session.received(this.scratch.bytes(), bytes.length);
	}

	/** Is executor and loop, in this order, until neither has anything to do. */
	private void run() {
		do {
			while (!this.ready.isEmpty()) {
				this.ready.remove().run();
			}
		}
		while (this.connection.runLoop() || !this.ready.isEmpty());
	}

	@Test
	void onTheLoopEndlessRepliesLetOthersHaveTheirTurn() throws Exception {
		AtomicInteger made = new AtomicInteger();
		TestSession session = new TestSession((payload, ignored) -> Stream.generate(() -> {
			assertThat(made.incrementAndGet()).isLessThan(1_000_000);
			return "x".repeat(100);
		}), UnaryOperator.identity());
		// The peer takes everything at once.
		session.connection.completing = true;
		session.connection.inLoop = true;
		session.receive("go\n");

		Thread loop = new Loop(session::runLaneOnce);
		loop.start();
		loop.join();

		assertThat(made.get()).isBetween(1_000, 999_999);
		assertThat(session.session.info().state()).isEqualTo(SessionInfo.State.OPEN);
		int before = made.get();
		loop = new Loop(session::runLaneOnce);
		loop.start();
		loop.join();
		assertThat(made.get()).isGreaterThan(before);
	}

	private static final class Loop extends Thread implements IoThread {

		Loop(Runnable task) {
			super(task);
		}

	}

	@Test
	void repliesOfABatchLeaveInOneWrite() {
		Session session = session();
		StringBuilder sixteen = new StringBuilder();
		for (int i = 0; i < 16; i++) {
			sixteen.append(i % 10).append('\n');
		}
		receive(session, sixteen.toString());
		assertThat(this.ready).hasSize(1);

		run();

		assertThat(this.connection.events).containsExactly("write " + sixteen.toString().replace('\n', '|'));
		assertThat(this.counters.messagesReceived()).isEqualTo(16);
		assertThat(this.counters.messagesSent()).isEqualTo(16);
	}

	@Test
	void noMoreFramesAreAbortedThanThereIsRoomForTheirBytes() {
		Session session = session(this.recorder, (spec) -> spec.limits((l) -> l.frame(10)).inbound((i) -> i.bytes(10)));
		receive(session, "aaaa\nbbbb\ncccc\ndddd\n");
		assertThat(this.counters.messagesReceived()).isEqualTo(3);

		run();

		assertThat(this.connection.events).containsSubsequence("reading false", "reading true");
		assertThat(this.counters.messagesHandled()).isEqualTo(4);
	}

	@Test
	void pauseThatComesToTheLoopAfterItsEndPausesNothing() {
		Session session = session();
		this.connection.meanwhile = session::resumeReads;
		session.pauseReads();
		run();
		receive(session, "a\n");

		run();

		assertThat(this.calls).containsExactly("opened", "received a");
	}

	@ParameterizedTest
	@EnumSource(Close.class)
	void closingEndsASessionThatWaitsForAReplyAndWhoseConnectionIsGone(Close way) {
		TestSession test = new TestSession((payload, session) -> new CompletableFuture<>(), UnaryOperator.identity());
		test.receive("a\nb\n");
		test.run();
		test.disconnect();
		assertThat(test.ended).as("what was received is still to be handled").hasValue(0);

		way.close.accept(test.session);
		test.run();

		assertThat(test.ended).hasValue(1);
	}

	@Test
	void aReplyAfterWhichNothingWaitsIsNotAwaitedWhenTheConnectionIsGone() {
		TestSession test = new TestSession((payload, session) -> new CompletableFuture<>(), UnaryOperator.identity());
		test.receive("a\n");
		test.run();
		assertThat(test.ended).hasValue(0);

		test.disconnect();

		assertThat(test.ended).hasValue(1);
	}

	@Test
	void whatIsClosingIsNotHeld() {
		this.connection.completing = false;
		Session session = session();
		session.send("a");
		run();
		session.close();

		assertThat(session.hold()).isFalse();
		assertThat(session.input().readsPaused()).isFalse();
	}

	@Test
	void readsThatComeWhileTheHandlerIsNotYetRunningAreOneBatch() {
		Session session = session();
		receive(session, "a\nb");
		receive(session, "b\nc\n");

		run();

		assertThat(this.calls).containsExactly("opened", "received a", "received bb", "received c");
		assertThat(this.connection.events).containsExactly("write a|bb|c|");
	}

	@Test
	void whatIsWrittenMeanwhileIsGatheredAfterAWriteInFlight() {
		this.connection.completing = false;
		Session session = session();
		receive(session, "a\n");
		run();
		receive(session, "b\n");
		run();
		receive(session, "c\n");
		run();
		assertThat(this.connection.events).containsExactly("write a|");

		this.connection.complete(null);
		assertThat(this.connection.events).containsExactly("write a|", "write b|c|");
		this.connection.complete(null);
		assertThat(this.connection.events).hasSize(2);
	}

	@Test
	void closeLeavesAfterEverythingAcceptedAndRefusesTheRest() {
		this.connection.completing = false;
		Session session = session();
		run();
		CompletableFuture<?> first = session.send("first");
		run();
		CompletableFuture<?> second = session.send("second");
		session.close();
		CompletableFuture<?> late = session.send("late");
		run();

		assertThat(late).isCompletedExceptionally();
		assertThat(this.connection.events).containsExactly("write first|", "reading true");
		this.connection.complete(null);
		this.connection.complete(null);
		assertThat(this.connection.events).containsExactly("write first|", "reading true", "write second|", "close");
		assertThat(first).isCompleted();
		assertThat(second).isCompleted();
		assertThat(this.calls).containsExactly("opened");
		session.disconnected(null);
		run();
		assertThat(this.calls).containsExactly("opened", "closed HANDLER_CLOSED");
		assertThat(this.ended).isOne();
	}

	@Test
	void lostConnectionFailsEveryWriteOnceAndBeforeClosed() {
		this.connection.completing = false;
		Session session = session();
		for (int i = 0; i < 3; i++) {
			int number = i;
			session.send("x", (failure) -> this.calls.add(number + " " + failure.getClass().getSimpleName()));
		}
		CompletableFuture<?> future = session.send("y");
		while (!this.connection.pending.isEmpty()) {
			this.connection.complete(new IOException("provoked"));
		}
		session.disconnected(new IOException("provoked"));
		run();

		assertThat(this.calls).containsExactly("opened", "0 SessionClosedException", "1 SessionClosedException",
				"2 SessionClosedException", "closed PEER_RESET");
		assertThatThrownBy(future::join).hasCauseInstanceOf(SessionClosedException.class);
		assertThat(session.info().pendingWrites()).isZero();
		assertThat(session.info().pendingBytes()).isZero();
		assertThat(session.info().state()).isEqualTo(SessionInfo.State.CLOSED);
	}

	@Test
	void framesReadBeforeAResetAreHandledBeforeClosed() {
		Session session = session();
		receive(session, "a\nb\n");
		session.disconnected(new IOException("provoked"));
		run();

		assertThat(this.calls).containsExactly("opened", "received a", "received b", "closed PEER_RESET");
	}

	@Test
	void frameIsHeldWhileTheRepliesBeforeItFindNoRoom() {
		this.connection.completing = false;
		Session session = session(this.recorder, (spec) -> spec.outbound((o) -> o.capacity(2)));
		receive(session, "a\nb\nc\nd\n");
		session.peerEnded();
		run();

		assertThat(this.calls).containsExactly("opened", "received a", "received b");
		this.connection.complete(null);
		run();
		assertThat(this.calls).contains("received c", "received d");
		assertThat(this.connection.events).containsExactly("write a|b|", "write c|d|", "reading true");
		this.connection.complete(null);
		assertThat(this.connection.events).endsWith("close");
	}

	@Test
	void heldFramesAreHandledWhenTheConnectionIsLostAndClosedComesLast() {
		this.connection.completing = false;
		Session session = session(this.recorder, (spec) -> spec.outbound((o) -> o.capacity(1)));
		receive(session, "a\nb\nc\n");
		run();
		assertThat(this.calls).containsExactly("opened", "received a");
		this.connection.complete(new IOException("provoked"));
		session.disconnected(new IOException("provoked"));
		run();

		assertThat(this.calls).containsExactly("opened", "received a", "received b", "received c", "closed PEER_RESET");
	}

	@Test
	void readingStopsAtAFullInboxAndGoesOnWhenHalfOfItIsHandled() {
		Session session = session(this.recorder, (spec) -> spec.inbound((i) -> i.capacity(4)));
		receive(session, "1\n2\n3\n4\n5\n6\n7\n8\n9\npart");
		assertThat(this.connection.events).containsExactly("reading false");
		assertThat(session.info().pendingInbound()).isEqualTo(4);
		run();
		assertThat(this.calls).hasSize(10);
		assertThat(this.connection.events).contains("reading true");
		receive(session, "ial\n");
		run();
		assertThat(this.calls).endsWith("received 9", "received partial");
	}

	@Test
	void endOfInputIsNotifiedAfterFramesThatFoundNoRoomYet() {
		Session session = session(this.recorder, (spec) -> spec.inbound((i) -> i.capacity(2)));
		receive(session, "1\n2\n3\n4\nlast");
		session.peerEnded();
		run();

		assertThat(this.calls).endsWith("received 3", "received 4", "received last");
		assertThat(this.connection.events).containsSubsequence("write last|", "close");
		assertThat(session.info().closed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Test
	void stopEndsTheSessionAfterTheCurrentCall() {
		Session[] self = new Session[1];
		self[0] = session((payload, session) -> {
			self[0].stop();
			return payload;
		}, UnaryOperator.identity());
		receive(self[0], "1\n2\n3\n");
		run();

		assertThat(this.connection.events).containsExactly("write 1|", "close", "reading true");
		assertThat(self[0].info().closed()).isEqualTo(CloseStatus.of(CloseReason.SERVER_STOPPED));
	}

	@Test
	void firstReasonStands() {
		Session session = session();
		session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		session.close();
		session.abort();
		session.stop();
		run();
		session.disconnected(new IOException("provoked"));
		run();

		assertThat(this.calls).containsExactly("opened", "closed OPERATOR_CLOSED");
		assertThat(session.closed()).isCompletedWithValue(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		assertThat(this.counters.closed()).containsOnlyKeys(CloseReason.OPERATOR_CLOSED);
		assertThat(this.counters.active()).isZero();
	}

	@Test
	void eitherLimitRefusesASendAndLeavesTheSessionOpen() {
		this.connection.completing = false;
		Session session = session(this.recorder, (spec) -> spec.outbound((o) -> o.capacity(3).bytes(10)));
		run();
		session.send("123456789012345");
		run();
		assertThatThrownBy(session.send("x")::join).cause()
			.isInstanceOfSatisfying(OutboundFullException.class,
					(ex) -> assertThat(ex.limit()).isEqualTo("outbound.bytes"));
		this.connection.complete(null);
		session.send("1");
		session.send("2");
		session.send("3");
		assertThatThrownBy(session.send("4")::join).cause()
			.isInstanceOfSatisfying(OutboundFullException.class,
					(ex) -> assertThat(ex.limit()).isEqualTo("outbound.capacity"));
		run();
		this.connection.complete(null);
		CompletableFuture<?> fifth = session.send("5");
		run();
		this.connection.complete(null);
		assertThat(fifth).isCompleted();
		assertThat(session.info().state()).isEqualTo(SessionInfo.State.OPEN);
	}

	@Test
	void framingThatThrowsHalfWayLeavesNothingOfThatPayloadBehind() {
		this.connection.completing = false;
		Session session = session(this.recorder, (spec) -> spec.framing(OutboxTests.PICKY));
		session.send("in flight");
		run();
		session.send("good");
		assertThatThrownBy(() -> session.send("!bad")).isInstanceOf(IllegalArgumentException.class);
		session.send("fine");
		this.connection.complete(null);

		assertThat(this.connection.events).containsExactly("write in flight", "write goodfine");
	}

	@Test
	void endOfTheInputNeedsNoThreadWhereTheHandlerWouldOnlyClose() {
		Session session = session((payload, ignored) -> payload, UnaryOperator.identity());
		receive(session, "a\n");
		run();

		session.peerEnded();

		assertThat(this.ready).isEmpty();
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void endOfTheInputWaitsForWhatIsToBeHandledBefore() {
		Session session = session((payload, ignored) -> payload, UnaryOperator.identity());
		run();
		receive(session, "a\n");

		session.peerEnded();

		assertThat(session.end().settled()).isNull();
		run();
		assertThat(this.connection.events).startsWith("write a|");
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void handlerThatHasItsOwnWayAtTheEndOfTheInputIsNotifiedOnTheLane() {
		AtomicInteger completions = new AtomicInteger();
		Session session = session(new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession asked) {
				return payload;
			}

			@Override
			public void inputEnded(SocketSession asked, CloseStatus status) {
				completions.incrementAndGet();
			}

		}, UnaryOperator.identity());
		run();

		session.peerEnded();

		assertThat(completions).hasValue(0);
		assertThat(this.ready).hasSize(1);
		run();
		assertThat(completions).hasValue(1);
		assertThat(session.end().settled()).isNull();
	}

	@Test
	void whoEndsItsOutputDoesNotKeepAStopFromEndingTheSession() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		Session session = session(new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession asked) {
				return reply;
			}

			@Override
			public void inputEnded(SocketSession asked, CloseStatus status) {
				// Has more to say.
			}

		}, UnaryOperator.identity());
		receive(session, "a\n");
		run();

		session.stop();
		run();
		session.peerEnded();
		run();
		reply.complete("b");
		run();

		assertThat(this.connection.events).startsWith("write b|");
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void handlerThatCannotBeCheckedIsNotifiedTheEndOfTheInputOnTheLane() throws Exception {
		Class<?> type = new WithoutMissing().loadClass(Incomplete.class.getName());
		Session session = session((SessionHandler) type.getDeclaredConstructor().newInstance(),
				UnaryOperator.identity());
		run();

		session.peerEnded();

		assertThat(this.ready).hasSize(1);
		run();
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	/** Has a method that cannot be called, since a library is missing. */
	public static final class Incomplete implements SessionHandler {

		@Override
		public Object received(Object payload, SocketSession session) {
			return payload;
		}

		public void callWith(Missing library) {
		}

	}

	/** Is missing. */
	public static final class Missing {

	}

	/** Finds all that is here but one. */
	private static final class WithoutMissing extends ClassLoader {

		WithoutMissing() {
			super(SessionTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.equals(Missing.class.getName())) {
				throw new ClassNotFoundException(name);
			}
			if (!name.equals(Incomplete.class.getName())) {
				return super.loadClass(name, resolve);
			}
			try (InputStream in = Objects.requireNonNull(getResourceAsStream(name.replace('.', '/') + ".class"))) {
				byte[] code = in.readAllBytes();
				return defineClass(name, code, 0, code.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

	@Test
	void whatTheFramingAnswersLeavesAsItIsAndReachesNoHandler() {
		Framing digits = Framing.lengthField().encoding(LengthEncoding.DECIMAL).width(2).zero(ZeroLength.ECHO).build();
		Session session = session(this.recorder, (spec) -> spec.framing(digits));
		receive(session, "0001a0000");
		run();

		assertThat(this.calls).containsExactly("opened", "received a");
		assertThat(this.connection.events).containsExactly("write 00000001a");
	}

	@Test
	void aPeerThatDoesNotReadDoesNotMakeAnswersPileUp() {
		this.connection.completing = false;
		Framing pings = Framing.lengthField().width(1).zero(ZeroLength.ECHO).build();
		Session session = session(this.recorder,
				(spec) -> spec.framing(pings).outbound((o) -> o.capacity(16).bytes(1000)));
		for (int i = 0; i < 1_000; i++) {
			receive(session, "\0".repeat(100));
			run();
		}

		assertThat(session.info().pendingBytes()).isBetween(1L, 1000L);
		assertThat(session.info().state()).isEqualTo(SessionInfo.State.OPEN);
	}

	@Test
	void replyLeavesWhileTheNextFrameIsBeingHandled() {
		List<List<String>> seen = new ArrayList<>();
		Session session = session((payload, own) -> {
			// The loop has its turn while the handler is in this call.
			this.connection.runLoop();
			seen.add(List.copyOf(this.connection.events));
			return payload;
		}, UnaryOperator.identity());
		receive(session, "1\n2\n3\n");
		run();

		assertThat(seen).containsExactly(List.of(), List.of("write 1|"), List.of("write 1|", "write 2|"));
	}

	@Test
	void tooLongALineIsNotBuffered() {
		Session session = session(this.recorder, (spec) -> spec.limits((l) -> l.frame(100)));
		String endless = "x".repeat(LoopScratch.READ_BYTES);
		com.sun.management.ThreadMXBean memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		receive(session, "ok\n" + "x".repeat(50));
		byte[] bytes = endless.getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(bytes, 0, this.scratch.bytes(), 0, bytes.length);
		long before = memory.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 1_000; i++) {
			session.received(this.scratch.bytes(), bytes.length);
		}
		long allocated = memory.getCurrentThreadAllocatedBytes() - before;
		run();

		// One read joins what was kept; the 64 megabytes after it leave no trace.
		assertThat(allocated).isLessThan(1024 * 1024);
		assertThat(this.calls).containsExactly("opened", "received ok");
		assertThat(session.info().closed()).extracting(CloseStatus::reason).isEqualTo(CloseReason.FRAME_TOO_LARGE);
	}

	@Test
	void stalledSessionEndsWithItsPeersOutput() {
		SessionHandler lazy = new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession session) {
				SessionTests.this.calls.add("received " + payload);
				return null;
			}

			@Override
			public boolean stalled() {
				return true;
			}

		};
		Session session = session(lazy, (spec) -> spec.inbound((i) -> i.capacity(2)));
		receive(session, "1\n2\n3\n");
		session.peerEnded();
		run();

		assertThat(this.calls).containsExactly("received 1");
		assertThat(this.connection.events).contains("close");
		assertThat(session.info().closed()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void closedCanBeAskedForBeforeAndAfterTheEndAndNobodyCanSpoilIt() {
		Session session = session();
		session.closed().cancel(true);
		CompletableFuture<CloseStatus> before = session.closed();
		session.disconnected(null);
		run();

		assertThat(before).isCompletedWithValue(CloseStatus.of(CloseReason.PEER_CLOSED));
		assertThat(session.closed()).isCompletedWithValue(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Test
	void refusedLaneEndsTheSession() {
		Session session = session();
		receive(session, "a\n");
		Lane lane = this.ready.remove();
		lane.refused();
		lane.run();
		session.disconnected(null);
		run();

		assertThat(this.connection.events).containsExactly("abort");
		assertThat(this.calls).containsExactly("opened", "closed EXECUTOR_REJECTED");
	}

	@Test
	void writeForWhichThereIsNoMemoryLeavesTheOthersAlone() {
		this.connection.completing = false;
		Session session = session(this.recorder, (spec) -> spec.framing(OutboxTests.PICKY));
		run();
		byte[] half = new byte[40 * 1024];
		CompletableFuture<Void> first = session.send(half);
		CompletableFuture<Void> second = session.send(half);
		assertThatThrownBy(() -> session.send("?")).isInstanceOf(OutOfMemoryError.class);
		CompletableFuture<Void> third = session.send(half);

		run();
		while (!this.connection.pending.isEmpty()) {
			this.connection.complete(null);
		}

		assertThat(List.of(first, second, third)).allMatch((future) -> future.isDone());
		assertThat(this.connection.events).hasSize(3);
		assertThat(session.info().pendingWrites()).isZero();
		assertThat(session.info().pendingBytes()).isZero();
	}

	@Test
	void handlerThatStallsInWhatWasHeldDoesNotKeepAHalfClosedSession() {
		this.connection.completing = false;
		Session session = session(new SessionHandler() {

			private int calls;

			@Override
			public Object received(Object payload, SocketSession session) {
				this.calls++;
				return (this.calls == 1) ? "x".repeat(10) : null;
			}

			@Override
			public boolean stalled() {
				return this.calls > 1;
			}

		}, (spec) -> spec.outbound((o) -> o.bytes(5)));
		receive(session, "a\nb\nc\n");
		run();
		session.peerEnded();
		run();
		this.connection.complete(null);
		run();

		assertThat(this.connection.events).endsWith("close");
	}

	@Test
	void framesThatWereDroppedAreNoRequests() {
		TestSession test = new TestSession(
				(spec) -> spec.inbound((i) -> i.capacity(1).overflow(InboundOverflow.DROP_OLDEST))
					.requestsPerSession(2));
		test.receive("a\nb\nc\n");
		test.drain();
		assertThat(test.connection.events).containsExactly("write c|");
		test.receive("d\ne\n");
		test.drain();
		assertThat(test.connection.events).containsSubsequence("write c|", "write d|", "close")
			.doesNotContain("write e|");
		assertThat(test.session.end().settled()).isEqualTo(CloseStatus.of(CloseReason.REQUESTS_DONE));
	}

	@Test
	void farewellIsNotSaidWhereThereIsNoRoomForIt() {
		TestSession test = new TestSession(
				(spec) -> spec.outbound((o) -> o.capacity(1).overflow(OutboundOverflow.CLOSE)));
		test.send("last");
		test.run();
		test.session.sends().farewell("bye".getBytes(StandardCharsets.UTF_8));
		test.drain();
		assertThat(test.connection.events).containsExactly("write last|");
		assertThat(test.session.end().settled()).isNull();
	}

	@Test
	void farewellIsSaidOnceAndNotToWhoIsLeaving() {
		TestSession test = new TestSession(UnaryOperator.identity());
		test.session.sends().farewell("bye".getBytes(StandardCharsets.UTF_8));
		test.session.sends().farewell("bye".getBytes(StandardCharsets.UTF_8));
		test.drain();
		assertThat(test.connection.events).containsExactly("write bye|");
		TestSession leaving = new TestSession(UnaryOperator.identity());
		leaving.session.close();
		leaving.session.sends().farewell("bye".getBytes(StandardCharsets.UTF_8));
		leaving.drain();
		assertThat(leaving.connection.events).doesNotContain("write bye|");
	}

	private enum Close {

		GRACEFULLY(Session::close),

		AT_ONCE(Session::abort);

		private final Consumer<Session> close;

		Close(Consumer<Session> close) {
			this.close = close;
		}

	}

}
