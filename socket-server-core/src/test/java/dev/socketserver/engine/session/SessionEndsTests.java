package dev.socketserver.engine.session;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * How sessions end, without a socket: the test is the loop and the executor.
 */
class SessionEndsTests {

	private final SessionFixture it = new SessionFixture();

	@Test
	void pauseThatComesToTheLoopAfterItsEndPausesNothing() {
		Session session = this.it.session();
		this.it.connection.meanwhile = session::resumeReads;
		session.pauseReads();
		this.it.run();
		this.it.receive(session, "a\n");

		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "received a");
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
		this.it.connection.completing = false;
		Session session = this.it.session();
		session.send("a");
		this.it.run();
		session.close();

		assertThat(session.hold()).isFalse();
		assertThat(session.input().readsPaused()).isFalse();
	}

	@Test
	void closeLeavesAfterEverythingAcceptedAndRefusesTheRest() {
		this.it.connection.completing = false;
		Session session = this.it.session();
		this.it.run();
		CompletableFuture<?> first = session.send("first");
		this.it.run();
		CompletableFuture<?> second = session.send("second");
		session.close();
		CompletableFuture<?> late = session.send("late");
		this.it.run();

		assertThat(late).isCompletedExceptionally();
		assertThat(this.it.connection.events).containsExactly("write first|", "reading true");
		this.it.connection.complete(null);
		this.it.connection.complete(null);
		assertThat(this.it.connection.events).containsExactly("write first|", "reading true", "write second|", "close");
		assertThat(first).isCompleted();
		assertThat(second).isCompleted();
		assertThat(this.it.calls).containsExactly("opened");
		session.disconnected(null);
		this.it.run();
		assertThat(this.it.calls).containsExactly("opened", "closed HANDLER_CLOSED");
		assertThat(this.it.ended).isOne();
	}

	@Test
	void lostConnectionFailsEveryWriteOnceAndBeforeClosed() {
		this.it.connection.completing = false;
		Session session = this.it.session();
		for (int i = 0; i < 3; i++) {
			int number = i;
			session.send("x", (failure) -> this.it.calls.add(number + " " + failure.getClass().getSimpleName()));
		}
		CompletableFuture<?> future = session.send("y");
		while (!this.it.connection.pending.isEmpty()) {
			this.it.connection.complete(new IOException("provoked"));
		}
		session.disconnected(new IOException("provoked"));
		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "0 SessionClosedException", "1 SessionClosedException",
				"2 SessionClosedException", "closed PEER_RESET");
		assertThatThrownBy(future::join).hasCauseInstanceOf(SessionClosedException.class);
		assertThat(session.info().pendingWrites()).isZero();
		assertThat(session.info().pendingBytes()).isZero();
		assertThat(session.info().state()).isEqualTo(SessionInfo.State.CLOSED);
	}

	@Test
	void framesReadBeforeAResetAreHandledBeforeClosed() {
		Session session = this.it.session();
		this.it.receive(session, "a\nb\n");
		session.disconnected(new IOException("provoked"));
		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "received a", "received b", "closed PEER_RESET");
	}

	@Test
	void heldFramesAreHandledWhenTheConnectionIsLostAndClosedComesLast() {
		this.it.connection.completing = false;
		Session session = this.it.session(this.it.recorder, (spec) -> spec.outbound((o) -> o.capacity(1)));
		this.it.receive(session, "a\nb\nc\n");
		this.it.run();
		assertThat(this.it.calls).containsExactly("opened", "received a");
		this.it.connection.complete(new IOException("provoked"));
		session.disconnected(new IOException("provoked"));
		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "received a", "received b", "received c",
				"closed PEER_RESET");
	}

	@Test
	void endOfInputIsNotifiedAfterFramesThatFoundNoRoomYet() {
		Session session = this.it.session(this.it.recorder, (spec) -> spec.inbound((i) -> i.capacity(2)));
		this.it.receive(session, "1\n2\n3\n4\nlast");
		session.peerEnded();
		this.it.run();

		assertThat(this.it.calls).endsWith("received 3", "received 4", "received last");
		assertThat(this.it.connection.events).containsSubsequence("write last|", "close");
		assertThat(session.info().closed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Test
	void stopEndsTheSessionAfterTheCurrentCall() {
		Session[] self = new Session[1];
		self[0] = this.it.session((payload, session) -> {
			self[0].stop();
			return payload;
		}, UnaryOperator.identity());
		this.it.receive(self[0], "1\n2\n3\n");
		this.it.run();

		assertThat(this.it.connection.events).containsExactly("write 1|", "close", "reading true");
		assertThat(self[0].info().closed()).isEqualTo(CloseStatus.of(CloseReason.SERVER_STOPPED));
	}

	@Test
	void firstReasonStands() {
		Session session = this.it.session();
		session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		session.close();
		session.abort();
		session.stop();
		this.it.run();
		session.disconnected(new IOException("provoked"));
		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "closed OPERATOR_CLOSED");
		assertThat(session.closed()).isCompletedWithValue(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		assertThat(this.it.counters.closed()).containsOnlyKeys(CloseReason.OPERATOR_CLOSED);
		assertThat(this.it.counters.active()).isZero();
	}

	@Test
	void endOfTheInputNeedsNoThreadWhereTheHandlerWouldOnlyClose() {
		Session session = this.it.session((payload, ignored) -> payload, UnaryOperator.identity());
		this.it.receive(session, "a\n");
		this.it.run();

		session.peerEnded();

		assertThat(this.it.ready).isEmpty();
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void endOfTheInputWaitsForWhatIsToBeHandledBefore() {
		Session session = this.it.session((payload, ignored) -> payload, UnaryOperator.identity());
		this.it.run();
		this.it.receive(session, "a\n");

		session.peerEnded();

		assertThat(session.end().settled()).isNull();
		this.it.run();
		assertThat(this.it.connection.events).startsWith("write a|");
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	/** Opens a session whose handler has its own way at the end of the input. */
	private Session withOwnWay(@Nullable Object reply, Runnable way) {
		return this.it.session(new SessionHandler() {

			@Override
			public @Nullable Object received(Object payload, SocketSession asked) {
				return reply;
			}

			@Override
			public void inputEnded(SocketSession asked, CloseStatus status) {
				way.run();
			}

		}, UnaryOperator.identity());
	}

	@Test
	void handlerThatHasItsOwnWayAtTheEndOfTheInputIsNotifiedOnTheLane() {
		AtomicInteger completions = new AtomicInteger();
		Session session = withOwnWay(null, completions::incrementAndGet);
		this.it.run();

		session.peerEnded();

		assertThat(completions).hasValue(0);
		assertThat(this.it.ready).hasSize(1);
		this.it.run();
		assertThat(completions).hasValue(1);
		assertThat(session.end().settled()).isNull();
	}

	@Test
	void whoEndsItsOutputDoesNotKeepAStopFromEndingTheSession() {
		CompletableFuture<String> reply = new CompletableFuture<>();
		Session session = withOwnWay(reply, () -> {
			// Has more to say.
		});
		this.it.receive(session, "a\n");
		this.it.run();

		session.stop();
		this.it.run();
		session.peerEnded();
		this.it.run();
		reply.complete("b");
		this.it.run();

		assertThat(this.it.connection.events).startsWith("write b|");
		assertThat(session.end().settled()).extracting(CloseStatus::reason).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void handlerThatCannotBeCheckedIsNotifiedTheEndOfTheInputOnTheLane() throws Exception {
		Class<?> type = new WithoutMissing().loadClass(Incomplete.class.getName());
		Session session = this.it.session((SessionHandler) type.getDeclaredConstructor().newInstance(),
				UnaryOperator.identity());
		this.it.run();

		session.peerEnded();

		assertThat(this.it.ready).hasSize(1);
		this.it.run();
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
	void stalledSessionEndsWithItsPeersOutput() {
		SessionHandler lazy = new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession session) {
				SessionEndsTests.this.it.calls.add("received " + payload);
				return null;
			}

			@Override
			public boolean stalled() {
				return true;
			}

		};
		Session session = this.it.session(lazy, (spec) -> spec.inbound((i) -> i.capacity(2)));
		this.it.receive(session, "1\n2\n3\n");
		session.peerEnded();
		this.it.run();

		assertThat(this.it.calls).containsExactly("received 1");
		assertThat(this.it.connection.events).contains("close");
		assertThat(session.info().closed()).extracting(CloseStatus::reason).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void closedCanBeAskedForBeforeAndAfterTheEndAndNobodyCanSpoilIt() {
		Session session = this.it.session();
		session.closed().cancel(true);
		CompletableFuture<CloseStatus> before = session.closed();
		session.disconnected(null);
		this.it.run();

		assertThat(before).isCompletedWithValue(CloseStatus.of(CloseReason.PEER_CLOSED));
		assertThat(session.closed()).isCompletedWithValue(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Test
	void refusedLaneEndsTheSession() {
		Session session = this.it.session();
		this.it.receive(session, "a\n");
		Lane lane = this.it.ready.remove();
		lane.refused();
		lane.run();
		session.disconnected(null);
		this.it.run();

		assertThat(this.it.connection.events).containsExactly("abort");
		assertThat(this.it.calls).containsExactly("opened", "closed EXECUTOR_REJECTED");
	}

	@Test
	void handlerThatStallsInWhatWasHeldDoesNotKeepAHalfClosedSession() {
		this.it.connection.completing = false;
		Session session = this.it.session(new SessionHandler() {

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
		this.it.receive(session, "a\nb\nc\n");
		this.it.run();
		session.peerEnded();
		this.it.run();
		this.it.connection.complete(null);
		this.it.run();

		assertThat(this.it.connection.events).endsWith("close");
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
