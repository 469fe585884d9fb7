package dev.socketserver.netty.connect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Numbers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Pausing, what may wait for the handler, and the end of input. */
@Tag("virtual-threads")
class ReceivingTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private SocketServer start(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.start(ServerFixture.messages("receiving", handler), spec);
	}

	private SocketSession session() {
		return this.fixture.firstOpened();
	}

	@Every.Way
	void noFurtherCallStartsWhileReadsArePaused(Way way) throws Exception {
		BlockingQueue<Object> received = new LinkedBlockingQueue<>();
		SocketServer server = start((payload, session) -> {
			received.add(payload);
			if (payload.equals("pause")) {
				session.pauseReads();
			}
			return payload;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			String behind = IntStream.range(0, 200).mapToObj((i) -> i + "\n").collect(Collectors.joining());
			peer.send("pause\n" + behind);
			assertThat(peer.line()).isEqualTo("pause");
			SocketSession session = session();
			assertThat(session.info().readsPaused()).isTrue();
			Awaitility.await()
				.during(Duration.ofMillis(200))
				.atMost(Patience.stretched(Duration.ofSeconds(10)))
				.until(() -> received.size() == 1);

			session.resumeReads();
			for (int i = 0; i < 200; i++) {
				assertThat(peer.line()).isEqualTo(String.valueOf(i));
			}
			assertThat(session.info().readsPaused()).isFalse();
			assertThat(peer.ask("on")).isEqualTo("on");
		}
	}

	@Every.Way
	void pausedSessionDoesNotEndWithItsPeersOutput(Way way) throws Exception {
		AtomicInteger handled = new AtomicInteger();
		SocketServer server = start((payload, session) -> {
			handled.incrementAndGet();
			session.pauseReads();
			return payload;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("one\ntwo\n").endOutput();
			assertThat(peer.line()).isEqualTo("one");
			SocketSession session = session();
			Awaitility.await()
				.during(Duration.ofMillis(200))
				.atMost(Patience.stretched(Duration.ofSeconds(10)))
				.until(() -> handled.get() == 1 && this.fixture.closed.isEmpty());
			session.resumeReads();
			assertThat(peer.line()).isEqualTo("two");
			session.send("still open");
			assertThat(peer.line()).isEqualTo("still open");
			session.resumeReads();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Every.DefaultTransport
	void pausedSessionStallsABigSenderAndLosesNothing(SocketTransport transport) throws Exception {
		long total = 64L * 1024 * 1024;
		AtomicInteger wrong = new AtomicInteger();
		ConnectionHandler<Long> counting = new ConnectionHandler<>() {

			@Override
			public Long opened(SocketSession session) {
				session.pauseReads();
				return 0L;
			}

			@Override
			public Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
				long at = state;
				while (data.hasRemaining()) {
					if (data.get() != (byte) (at % 251)) {
						wrong.incrementAndGet();
					}
					at++;
				}
				session.attributes().put("count", at);
				return at;
			}

		};
		SocketServer server = this.fixture.connections(counting, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			Thread sender = new Thread(() -> sendPattern(peer, total));
			sender.start();
			SocketSession session = session();
			Awaitility.await()
				.during(Duration.ofMillis(500))
				.atMost(Patience.stretched(Duration.ofSeconds(10)))
				.until(() -> session.info().bytesReceived() < 16 * 1024 * 1024);
			assertThat(sender.isAlive()).isTrue();
			assertThat(session.attributes()).doesNotContainKey("count");

			session.resumeReads();
			assertThat(peer.rest()).isEmpty();
			sender.join();
			assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
			assertThat(session.attributes()).containsEntry("count", total);
			assertThat(wrong).hasValue(0);
		}
	}

	private static void sendPattern(Peer peer, long total) {
		byte[] block = new byte[251 * 1024];
		for (int i = 0; i < block.length; i++) {
			block[i] = (byte) (i % 251);
		}
		try {
			for (long left = total; left > 0; left -= block.length) {
				peer.send((left >= block.length) ? block : Arrays.copyOf(block, (int) left));
			}
			peer.endOutput();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Every.Way
	void pausedSessionCanBeStopped(Way way) throws Exception {
		SocketServer server = start((payload, session) -> {
			session.pauseReads();
			return payload;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("one\ntwo\n");
			assertThat(peer.line()).isEqualTo("one");
			assertThat(server.stop(Duration.ofSeconds(20))).isTrue();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	/** Holds the first frame until the test has sent the others. */
	private static final class Slow implements SessionHandler {

		final CountDownLatch release = new CountDownLatch(1);

		final List<Object> received = new CopyOnWriteArrayList<>();

		@Override
		public @Nullable Object received(Object payload, SocketSession session) throws Exception {
			this.received.add(payload);
			if (payload.equals("first")) {
				this.release.await();
			}
			return payload.equals("last") ? payload : null;
		}

	}

	@Every.OffLoopMode
	void newestFramesAreDropped(ExecutionMode mode) throws Exception {
		assertDrops(mode, (inbound) -> inbound.capacity(3).overflow(InboundOverflow.DROP_NEWEST), "first", "1", "2",
				"3", "last");
	}

	@Every.OffLoopMode
	void oldestFramesAreDropped(ExecutionMode mode) throws Exception {
		assertDrops(mode, (inbound) -> inbound.bytes(3).overflow(InboundOverflow.DROP_OLDEST), "first", "3", "4", "5",
				"last");
	}

	/** Of five frames that come behind the first, two are dropped. */
	private void assertDrops(ExecutionMode mode, UnaryOperator<Inbound> inbound, Object... handled) throws Exception {
		Slow handler = new Slow();
		SocketServer server = start(handler, (spec) -> spec.execution((e) -> e.mode(mode)).inbound(inbound));

		try (Peer peer = new Peer(server)) {
			peer.send("first\n");
			Awaitility.await().until(() -> handler.received.size() == 1);
			peer.send("1\n2\n3\n4\n5\n");
			Awaitility.await().until(() -> server.statistics().inboundDropped() == 2);
			// What comes is added after the older one was dropped.
			Awaitility.await().until(() -> session().info().pendingInbound() == 3);
			handler.release.countDown();
			Awaitility.await().until(() -> session().info().pendingInbound() == 0);
			assertThat(peer.ask("last")).isEqualTo("last");
			assertThat(handler.received).containsExactly(handled);
		}
	}

	@Test
	void droppingNeverStopsReadingNorGrows() throws Exception {
		Slow handler = new Slow();
		SocketServer server = start(handler, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.POOL))
			.inbound((inbound) -> inbound.overflow(InboundOverflow.DROP_OLDEST)));

		try (Peer peer = new Peer(server)) {
			peer.send("first\n");
			Awaitility.await().until(() -> handler.received.size() == 1);
			String line = "x".repeat(999) + "\n";
			for (int i = 0; i < 50; i++) {
				peer.send(line.repeat(1000));
			}
			Awaitility.await().until(() -> server.statistics().inboundDropped() == 50_000 - 64);
			Awaitility.await().until(() -> session().info().pendingInbound() == 64);
			handler.release.countDown();
			assertThat(peer.ask("last")).isEqualTo("last");
		}
	}

	/** There is always another frame, and still it is counted, and others have a turn. */
	@Every.OffLoopMode
	void peerThatIsAlwaysAheadHoldsNothingUp(ExecutionMode mode) throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		SocketServer server = this.fixture.lines((line) -> {
			while (!over.get() && session().info().pendingInbound() == 0) {
				Thread.onSpinWait();
			}
			return null;
		}, (spec) -> spec.execution((e) -> e.mode(mode)).inbound((i) -> i.overflow(InboundOverflow.DROP_OLDEST)));

		try (Peer peer = new Peer(server)) {
			FutureTask<Void> sent = new FutureTask<>(() -> {
				while (!over.get()) {
					peer.send("ahead\n".repeat(100));
				}
				return null;
			});
			new Thread(sent).start();
			try {
				Awaitility.await().until(() -> server.statistics().messagesHandled() > 0);
				Patience.await(SessionOperations.of(session()).details());
			}
			finally {
				over.set(true);
			}
			Patience.await(sent);
		}
	}

	@Every.OffLoopMode
	void sessionWhoseHandlerIsTooSlowIsClosed(ExecutionMode mode) throws Exception {
		Slow handler = new Slow();
		SocketServer server = start(handler, (spec) -> spec.execution((e) -> e.mode(mode))
			.inbound((i) -> i.capacity(3).overflow(InboundOverflow.CLOSE)));

		try (Peer peer = new Peer(server)) {
			peer.send("first\n");
			Awaitility.await().until(() -> handler.received.size() == 1);
			peer.send("1\n2\n");
			Awaitility.await().until(() -> session().info().pendingInbound() == 3);
			peer.send("3\n");
			Awaitility.await().until(() -> session().info().closed() != null);
			handler.release.countDown();
			assertThat(peer.rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.OVERFLOW);
		assertThat(status.detail()).contains("inbound.capacity = 3");
	}

	/** They were received in one read, and are counted one by one all the same. */
	@Every.OffLoopMode
	void framesThatWereHandledDoNotWait(ExecutionMode mode) throws Exception {
		Semaphore permits = new Semaphore(0);
		SocketServer server = start((payload, session) -> {
			permits.acquire();
			return payload;
		}, (spec) -> spec.execution((e) -> e.mode(mode))
			.inbound((inbound) -> inbound.capacity(3).overflow(InboundOverflow.CLOSE)));

		try (Peer peer = new Peer(server)) {
			peer.send("1\n2\n3\n");
			Awaitility.await().until(() -> session().info().pendingInbound() == 3);
			permits.release(2);
			Awaitility.await().until(() -> session().info().pendingInbound() == 1);
			peer.send("4\n5\n");
			Awaitility.await().until(() -> session().info().pendingInbound() == 3);
			permits.release(3);
			for (int i = 1; i <= 5; i++) {
				assertThat(peer.line()).isEqualTo(String.valueOf(i));
			}
			assertThat(session().info().closed()).isNull();
		}
	}

	/** What keeps the next one from the handler does not make it wait again. */
	@Every.OffLoopMode
	void aFrameThatWasHandledDoesNotWaitWhileThoseAfterItAreHeld(ExecutionMode mode) throws Exception {
		SocketServer server = start((payload, session) -> {
			if (payload.equals("1")) {
				session.pauseReads();
			}
			return payload;
		}, (spec) -> spec.execution((e) -> e.mode(mode)));

		try (Peer peer = new Peer(server)) {
			peer.send("1\n2\n3\n");
			assertThat(peer.line()).isEqualTo("1");
			Awaitility.await().until(() -> session().info().pendingInbound() == 2);
			session().resumeReads();
			assertThat(peer.line()).isEqualTo("2");
			assertThat(peer.line()).isEqualTo("3");
		}
	}

	@Test
	void rawSessionWhoseHandlerIsTooSlowIsClosed() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			release.await();
			in.transferTo(out);
		}, (spec) -> spec.inbound((i) -> i.overflow(InboundOverflow.CLOSE).bytes(100_000)));

		try (Peer peer = new Peer(server)) {
			try {
				peer.send(new byte[8 * 1024 * 1024]);
			}
			catch (IOException ex) {
				// The server has closed in the meantime.
			}
			Awaitility.await().until(() -> session().info().closed() != null);
			release.countDown();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.OVERFLOW);
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void streamsAreNotToHaveHoles(InboundOverflow overflow) {
		ServerSpec.Builder spec = ServerSpec.builder("test")
			.handler(ServerHandler.stream("stream", (in, out, session) -> {
			}))
			.inbound((i) -> i.overflow(overflow));
		assertThatThrownBy(spec::build).isInstanceOfSatisfying(InvalidSpecException.class,
				(ex) -> assertThat(ex.component()).isEqualTo("inbound.overflow"));
	}

	@Every.Way
	void connectionHandlerMayDecideWhenToCloseAfterTheEndOfInput(Way way) throws Exception {
		BlockingQueue<String> events = new LinkedBlockingQueue<>();
		ConnectionHandler<String> deciding = new ConnectionHandler<>() {

			@Override
			public String received(@Nullable String state, ByteBuffer data, SocketSession session) {
				data.position(data.limit());
				return "received";
			}

			@Override
			public String inputEnded(@Nullable String state, SocketSession session) {
				events.add("ended after " + state);
				session.send("in a while\n");
				return "ended";
			}

			@Override
			public void closed(@Nullable String state, SocketSession session, CloseStatus status) {
				events.add("closed after " + state);
			}

		};
		SocketServer server = this.fixture.connections(deciding, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("x").endOutput();
			assertThat(peer.line()).isEqualTo("in a while");
			assertThat(events.take()).isEqualTo("ended after received");
			SocketSession session = session();
			session.send("still here\n");
			assertThat(peer.line()).isEqualTo("still here");
			assertThat(events).isEmpty();
			session.close();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.HANDLER_CLOSED));
		assertThat(events.take()).isEqualTo("closed after ended");
	}

	@Test
	void connectionHandlerThatDoesNotCareKeepsTheDetailOfTheEnd() throws Exception {
		ConnectionHandler<Void> careless = (state, data, session) -> {
			data.position(data.limit());
			return null;
		};
		SocketServer server = this.fixture.connections(careless, (spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { 0, 0, 0, 9, 1 }).endOutput();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().detail()).contains("within a frame");
	}

	/** Two bytes that begin as the prefix does, until no third one arrives. */
	@Test
	void whatTheEndMakesTheFramingAnswerGoesToNobodyElse() throws Exception {
		Framing framing = Framings.switching()
			.when("hex:000001", Framing.fixed(4))
			.otherwise(Framing.lengthField().width(2).zero(ZeroLength.ECHO).build())
			.build();
		SocketServer server = this.fixture.lines((payload) -> payload, (spec) -> spec.framing(framing));

		for (int i = 0; i < 4; i++) {
			try (Peer peer = new Peer(server); Peer other = new Peer(server)) {
				assertThat(peer.send("\0\0").endOutput().rest()).isEqualTo("\0\0");
				assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
				assertThat(other.send("\0\1a").endOutput().rest()).isEqualTo("\0\1a");
				assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
			}
		}
	}

	@Test
	void theEndMayCompleteSeveralFrames() throws Exception {
		Framing framing = Framings.switching().when("abcd", Framing.fixed(9)).otherwise(Framing.fixed(1)).build();
		SocketServer server = this.fixture.lines((payload) -> payload,
				(spec) -> spec.framing(framing).inbound((i) -> i.capacity(1)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("xabc").endOutput().rest()).isEqualTo("xabc");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Test
	void halfAFrameAfterOneThatTheEndCompletesIsNotified() throws Exception {
		Framing inner = Framings.switching().when("abcd", Framing.fixed(9)).otherwise(Framing.fixed(1)).build();
		Framing framing = Framings.switching().when("ab", inner).otherwise(Framing.fixed(3)).build();
		List<String> frames = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.lines((payload) -> {
			frames.add(payload);
			return null;
		}, (spec) -> spec.framing(framing));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abc").endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed())
			.isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED, "the peer closed within a frame, after 2 bytes of it"));
		assertThat(frames).containsExactly("a");
	}

	@Test
	void theEndOfTheInputHidesNoFrameThatIsTooLongOrBroken() throws Exception {
		Framing escaped = Framings.line().escape(Escape.mark('%', 0x40)).build();
		SocketServer server = this.fixture.lines((payload) -> null,
				(spec) -> spec.framing(escaped).limits((l) -> l.frame(8)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("123456789").endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abc%").endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed())
			.isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED, "the peer closed within a frame, after 4 bytes of it"));
	}

	/** Reads where handlers run. */
	private static final PayloadConverter<Integer> NUMBERS = new Numbers() {

		@Override
		public Integer read(byte[] source, int offset, int length) {
			if (Thread.currentThread() instanceof dev.socketserver.operator.IoThread) {
				throw new IllegalStateException("on the loop");
			}
			return super.read(source, offset, length);
		}

	};

	@Every.OffLoopMode
	void convertersAreUserCodeAndTheirFailuresEndTheSession(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.start(ServerHandler.function("double", NUMBERS, (number) -> number * 2),
				(spec) -> spec.execution((e) -> e.mode(mode)).converters(List.of(NUMBERS)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("21\n-4\nmany\n5\n").rest()).isEqualTo("42\n-8\n");
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
		assertThat(status.cause()).hasCauseInstanceOf(NumberFormatException.class);
		assertThat(status.detail()).contains("Integer", "NumberFormatException").doesNotContain("many");
	}

}
