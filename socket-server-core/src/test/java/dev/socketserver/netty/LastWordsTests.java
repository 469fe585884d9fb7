package dev.socketserver.netty;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConversationHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameException;
import dev.socketserver.framing.FrameTimeoutException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.Timeouts.OnFrame;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What handlers say to peers that have sent what is no frame. */
class LastWordsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Answers everything, and frames later than its call returns. */
	private static final class Answering implements SessionHandler {

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			return CompletableFuture.supplyAsync(() -> "got " + payload,
					CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
		}

		@Override
		public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
			return said(failure);
		}

	}

	private static String said(Exception failure) throws Exception {
		if (failure instanceof FrameException bad) {
			return bad.getClass().getSimpleName() + " " + bad.reason() + " "
					+ new String(bad.beginning(), UTF_8).replace('\n', '|');
		}
		throw failure;
	}

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.start(new ServerHandler.Messages("answering", PayloadConverter.text(UTF_8), false,
				(ignored) -> new Answering())
			.answeringBadFrames(), spec);
	}

	@Every.Way
	void areSentBehindEarlierReplies(ServerFixture.Way way) throws Exception {
		SocketServer server = server((spec) -> way.spec().apply(spec).limits((block) -> block.frame(100)));
		String tooLong = "x".repeat(200);

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\n" + tooLong + "\nc\n");
			assertThat(peer.rest()).isEqualTo("got a\ngot b\nFrameException FRAME_TOO_LARGE " + "x".repeat(64) + "\n");
		}

		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		assertThat(status.cause()).isNull();
		assertThat(server.statistics().messagesReceived()).isEqualTo(2);
	}

	@Test
	void aSessionGoesOnBehindAFrameThatIsSkipped() throws Exception {
		SocketServer server = server(
				(spec) -> spec.limits((block) -> block.frame(10)).framing(Framings.line().onBad(OnBad.SKIP).build()));

		try (Peer peer = new Peer(server)) {
			peer.send("a\n0123456789abc\nb\n0123456789xyz\nc\n");
			for (String expected : new String[] { "got a", "FrameException FRAME_TOO_LARGE 0123456789abc|b|", "got b",
					"FrameException FRAME_TOO_LARGE 0123456789xyz|c|", "got c" }) {
				assertThat(peer.line()).startsWith(expected);
			}
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
		assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.BAD, 2L));
	}

	static Stream<Framing> refusing() {
		return Stream.of(
				Framings.delimiter()
					.delimiters(";")
					.escape(Escape.pairs(Escape.pair("^", "^^")))
					.onBad(OnBad.SKIP)
					.build(),
				Framings.checked(Framing.delimiter(";"))
					.check(1, (bytes, from, to) -> new byte[] { 'x' })
					.onBad(OnBad.SKIP)
					.build());
	}

	/** Its end was found, and what comes behind it is not its beginning. */
	@ParameterizedTest
	@MethodSource("refusing")
	void aFrameThatIsRefusedAtItsEndIsShownFromItsBeginning(Framing framing) throws Exception {
		BlockingQueue<String> shown = new LinkedBlockingQueue<>();
		SessionHandler handler = TestHandler.of((payload, session) -> {
			shown.add((String) payload);
			return null;
		}).failed((failure, session) -> {
			shown.add(said(failure));
			return null;
		});
		SocketServer server = this.fixture.start(ServerFixture.messages("shown", handler).answeringBadFrames(),
				(spec) -> spec.framing(framing).limits((block) -> block.frame(10)));

		try (Peer peer = new Peer(server)) {
			peer.send("ax;bad^y;01234567890123;cx;");
			for (String expected : new String[] { "a", "FrameException PROTOCOL_ERROR bad^y;",
					"FrameException FRAME_TOO_LARGE 0123", "c" }) {
				assertThat(Patience.next(shown)).startsWith(expected);
			}
		}
	}

	@Test
	void areSentToAPeerThatHasStoppedWithinAFrame() throws Exception {
		SocketServer server = server((spec) -> spec.timeouts((block) -> block.frame(Duration.ofMillis(100))));

		try (Peer peer = new Peer(server)) {
			peer.send("a\nhal");
			assertThat(peer.rest()).isEqualTo("got a\nFrameTimeoutException FRAME_TIMEOUT hal\n");
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
		assertThat(server.statistics().framesDropped()).isEmpty();
	}

	@Every.Transport
	void aSessionGoesOnBehindAFrameThatIsDiscarded(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport)
			.framing(Framings.startEnd().start("<".getBytes(UTF_8)).end(">".getBytes(UTF_8)).build())
			.timeouts((block) -> block.frame(Duration.ofMillis(100)).onFrame(OnFrame.DISCARD)));

		try (Peer peer = new Peer(server)) {
			for (int round = 1; round <= 2; round++) {
				peer.send("<a><hal");
				String expected = "<got a><FrameTimeoutException FRAME_TIMEOUT <hal>";
				assertThat(new String(peer.bytes(expected.length()), UTF_8)).isEqualTo(expected);
				assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.TIMEOUT, (long) round));
			}
			peer.send("<b>");
			assertThat(new String(peer.bytes(7), UTF_8)).isEqualTo("<got b>");
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	/** Nobody is asked, and the session goes on all the same. */
	@Test
	void aFrameIsDiscardedForAHandlerWithoutAnAnswer() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.framing(Framing.fixed(4))
			.timeouts((block) -> block.frame(Duration.ofMillis(100)).onFrame(OnFrame.DISCARD)));

		try (Peer peer = new Peer(server)) {
			peer.send("ab");
			Awaitility.await().until(() -> !server.statistics().framesDropped().isEmpty());
			peer.send("1234");
			assertThat(new String(peer.bytes(4), UTF_8)).isEqualTo("1234");
		}
	}

	@Test
	void conversationsHaveThemFromWhoeverAnswersTheirFailures() throws Exception {
		SocketServer server = conversations((failure, session) -> said(failure), OnBad.CLOSE);

		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\n0123456789abc\nc\n");
			assertThat(peer.rest()).startsWith("got a\ngot b\nFrameException FRAME_TOO_LARGE 0123456789a");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
	}

	@Test
	void conversationsMayCloseBehindTheirAnswer() throws Exception {
		SocketServer server = conversations((failure, session) -> {
			session.close();
			return "bye";
		}, OnBad.SKIP);

		try (Peer peer = new Peer(server)) {
			peer.send("a\n0123456789abc\nc\n");
			assertThat(peer.rest()).isEqualTo("got a\nbye\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void theEndOfAConversationDoesNotWaitForAnAnswerThatNeverComes() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		SocketServer server = conversations((failure, session) -> {
			asked.countDown();
			return new CompletableFuture<>();
		}, OnBad.SKIP);

		try (Peer peer = new Peer(server)) {
			peer.send("0123456789abc\n");
			Patience.hold(asked);
			this.fixture.firstOpened().close();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		}
	}

	/** However little they have, bad frames that wait are limited as others are. */
	@Every.OffLoopMode
	void aFloodOfBadFramesIsAnOverflow(ExecutionMode mode) throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		AtomicInteger answered = new AtomicInteger();
		SessionHandler handler = TestHandler.of((payload, session) -> {
			Patience.hold(busy);
			return null;
		}).failed((failure, session) -> answered.incrementAndGet());
		SocketServer server = this.fixture.start(ServerFixture.messages("busy", handler).answeringBadFrames(),
				(spec) -> spec.execution((block) -> block.mode(mode))
					.inbound((block) -> block.capacity(2).overflow(InboundOverflow.CLOSE))
					.limits((block) -> block.frame(10))
					.framing(Framings.line().onBad(OnBad.SKIP).build()));

		try (Peer peer = new Peer(server)) {
			peer.send("a\n" + "0123456789abc\n".repeat(1_000));
			assertThat(peer.rest()).isEmpty();
			busy.countDown();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.OVERFLOW);
		}
		finally {
			busy.countDown();
		}
		assertThat(answered).hasValueLessThan(3);
	}

	@Test
	void conversationsCountThemAsNoMessage() throws Exception {
		SocketServer server = conversations((failure, session) -> "bad", OnBad.SKIP);

		try (Peer peer = new Peer(server)) {
			peer.send("a\n0123456789abc\n0123456789abc\nb\n");
			assertThat(List.of(peer.line(), peer.line(), peer.line(), peer.line())).containsExactly("got a", "bad",
					"bad", "got b");
		}
		this.fixture.nextClosed();
		assertThat(server.statistics().messagesHandled()).isEqualTo(2);
	}

	/** What is dropped of them gives the peer no further message. */
	@Test
	void areNoneOfTheRequestsOfASession() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch called = new CountDownLatch(1);
		SessionHandler handler = TestHandler.of((payload, session) -> {
			called.countDown();
			Patience.hold(busy);
			return payload;
		}).failed((failure, session) -> "bad");
		SocketServer server = this.fixture.start(ServerFixture.messages("busy", handler).answeringBadFrames(),
				(spec) -> spec.requestsPerSession(2)
					.inbound((block) -> block.capacity(1).overflow(InboundOverflow.DROP_NEWEST))
					.limits((block) -> block.frame(10))
					.framing(Framings.line().onBad(OnBad.SKIP).build()));

		try (Peer peer = new Peer(server)) {
			peer.send("a\n");
			Patience.hold(called);
			peer.send("0123456789abc\n".repeat(3));
			Awaitility.await().until(() -> server.statistics().framesDropped().equals(Map.of(DropReason.BAD, 3L)));
			// Each is counted before it is handed on.
			CompletableFuture<Boolean> handedOn = new CompletableFuture<>();
			((Session) this.fixture.firstOpened()).state().connection().executeLater(() -> handedOn.complete(true));
			Patience.await(handedOn);
			busy.countDown();
			assertThat(List.of(peer.line(), peer.line())).containsExactly("a", "bad");
			peer.send("b\n");
			assertThat(peer.line()).isEqualTo("b");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		}
		finally {
			busy.countDown();
		}
	}

	private SocketServer conversations(TestHandler.Failed failed, OnBad onBad) {
		FailureHandler failures = new FailureHandler() {

			@Override
			public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
				return failed.failed(failure, session);
			}

			@Override
			public boolean answersBadFrames() {
				return true;
			}

		};
		return this.fixture.start(new ServerHandler.Conversations("talk", PayloadConverter.text(UTF_8),
				() -> (ConversationHandler<Object, Object>) (conversation) -> {
					for (Object line = conversation.receive(); line != null; line = conversation.receive()) {
						conversation.send("got " + line);
					}
				}, failures),
				(spec) -> spec.limits((block) -> block.frame(10)).framing(Framings.line().onBad(onBad).build()));
	}

	@Test
	void handlersThatDoNotAnswerBadFramesAreNotAsked() throws Exception {
		SocketServer server = this.fixture.start(new ServerHandler.Messages("answering", PayloadConverter.text(UTF_8),
				false, (ignored) -> new Answering()), (spec) -> spec.limits((block) -> block.frame(10)));

		try (Peer peer = new Peer(server)) {
			peer.send("0123456789abc\n");
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
	}

	@Test
	void anAnswerThatFailsClosesAsAFailedHandlerDoes() throws Exception {
		SessionHandler handler = TestHandler.of((payload, session) -> payload).failed((failure, session) -> {
			throw new IllegalStateException("no answer");
		});
		SocketServer server = this.fixture.start(ServerFixture.messages("failing", handler).answeringBadFrames(),
				(spec) -> spec.limits((block) -> block.frame(10)));

		try (Peer peer = new Peer(server)) {
			peer.send("a\n0123456789abc\n");
			assertThat(peer.rest()).isEqualTo("a\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

	@Test
	void aFramingThatChangesCannotGoOn() {
		assertThatThrownBy(() -> server((spec) -> spec.framing(Framings.line().switchable(true).build())
			.timeouts((block) -> block.onFrame(OnFrame.DISCARD)))).isInstanceOf(InvalidSpecException.class)
			.hasMessageContaining("switchable");
	}

	@Test
	void theBeginningIsACopyOfAtMostSixtyFourBytes() {
		byte[] bytes = new byte[100];
		FrameException bad = new FrameTimeoutException("late", bytes);
		bad.beginning()[0] = 1;

		assertThat(bad.beginning()).hasSize(64).containsOnly(0);
		assertThat(bad.detail()).isEqualTo("late");
		assertThat(bad).hasMessage("late");
	}

}
