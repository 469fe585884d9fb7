package dev.socketserver.netty.ask;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.spec.ExecutionMode;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of frames that a correlator is still looking at when the input ends behind
 * them: the same as in a session that has asked nothing.
 */
class MatchedFramesTests {

	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	/** What the handler was called with. */
	private final List<Object> handled = new CopyOnWriteArrayList<>();

	/** What the correlator does when it sees the first of the frames. */
	private final AtomicReference<@Nullable Consumer<Session>> matching = new AtomicReference<>();

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		TestHandler handler = TestHandler.of((payload, session) -> {
			this.handled.add(payload);
			return "got " + payload;
		}).failed((failure, session) -> "bad");
		return this.fixture.start(ServerFixture.messages("asks", handler).answeringBadFrames(),
				(builder) -> spec.apply(builder.correlator(this::key)));
	}

	private @Nullable Object key(Object line) {
		Consumer<Session> first = line.equals("1") ? this.matching.getAndSet(null) : null;
		if (first != null) {
			first.accept((Session) this.fixture.firstOpened());
		}
		return line.toString().startsWith("k:") ? "k" : null;
	}

	/** Has the session ask, and wait for the reply from now on. */
	private Session asking(Peer peer) throws Exception {
		assertThat(peer.ask("before")).isEqualTo("got before");
		SocketSession session = this.fixture.firstOpened();
		CompletableFuture<Object> unused = session.ask("k:?", LONG);
		assertThat(peer.line()).isEqualTo("k:?");
		return (Session) session;
	}

	@Every.OffLoopMode
	void areHandledInFrontOfABadFrame(ExecutionMode mode) throws Exception {
		SocketServer server = server(
				(spec) -> spec.execution((block) -> block.mode(mode)).limits((block) -> block.frame(10)));

		try (Peer peer = new Peer(server)) {
			asking(peer);
			peer.send("1\n2\n0123456789abc\n3\n");
			assertThat(peer.rest()).isEqualTo("got 1\ngot 2\nbad\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		assertThat(server.statistics().inboundDiscarded()).isZero();
	}

	@Every.OffLoopMode
	void areAnsweredInFrontOfABadFrameThatIsSkipped(ExecutionMode mode) throws Exception {
		SocketServer server = server((spec) -> spec.execution((block) -> block.mode(mode))
			.limits((block) -> block.frame(10))
			.framing(Framings.line().onBad(OnBad.SKIP).build()));
		// The loop is done with what it has received when this has left.
		this.matching.set((session) -> session.send("turn").join());

		try (Peer peer = new Peer(server)) {
			asking(peer);
			peer.send("1\n0123456789abc\n2\n");
			assertThat(List.of(peer.line(), peer.line(), peer.line(), peer.line())).containsExactly("turn", "got 1",
					"bad", "got 2");
		}
	}

	@Every.OffLoopMode
	void areHandledInFrontOfOneThatIsTooLongBeforeTheLogin(ExecutionMode mode) throws Exception {
		SocketServer server = server(
				(spec) -> spec.execution((block) -> block.mode(mode)).login((block) -> block.timeout(LONG).frame(10)));

		try (Peer peer = new Peer(server)) {
			asking(peer);
			peer.send("1\n2\n0123456789abc\n3\n");
			assertThat(peer.rest()).isEqualTo("got 1\ngot 2\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
	}

	@Every.OffLoopMode
	void areHandledInFrontOfOneThatTheFramingFailsWith(ExecutionMode mode) throws Exception {
		SocketServer server = server(
				(spec) -> spec.execution((block) -> block.mode(mode)).framing(new Failing(Framing.line())));

		try (Peer peer = new Peer(server)) {
			asking(peer);
			peer.send("1\n2\n!\n3\n");
			assertThat(peer.rest()).isEqualTo("got 1\ngot 2\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
	}

	@Every.OffLoopMode
	void areHandledAlthoughThePeerHasResetTheConnection(ExecutionMode mode) throws Exception {
		SocketServer server = server((spec) -> spec.execution((block) -> block.mode(mode)));
		CountDownLatch begun = new CountDownLatch(1);
		this.matching.set((session) -> {
			begun.countDown();
			Awaitility.await().until(() -> session.end().isGone());
		});

		try (Peer peer = new Peer(server)) {
			asking(peer);
			peer.send("1\n2\n");
			Patience.hold(begun);
			peer.reset();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
		}
		assertThat(this.handled).containsExactly("before", "1", "2");
	}

	/** Who closes the session does not want them. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void doNotHoldUpTheEndOfASessionThatCloses(boolean aborted) throws Exception {
		SocketServer server = server((spec) -> spec);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch hung = new CountDownLatch(1);
		this.matching.set((session) -> {
			begun.countDown();
			Patience.hold(hung);
		});

		try (Peer peer = new Peer(server)) {
			Session session = asking(peer);
			peer.send("1\n2\n");
			Patience.hold(begun);
			peer.reset();
			Awaitility.await().until(() -> session.end().isGone());
			if (aborted) {
				session.abort();
			}
			else {
				session.close();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		}
		finally {
			hung.countDown();
		}
		assertThat(this.handled).containsExactly("before");
	}

	/** Fails with what begins with an exclamation mark. */
	private record Failing(Framing framing) implements Framing {

		@Override
		public String type() {
			return "failing";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			FrameDecoder decoder = this.framing.decoder(maxFrameBytes);
			return (input) -> {
				boolean found = decoder.next(input);
				if (found && input.array()[input.frameStart()] == '!') {
					throw new IllegalStateException("as the test says");
				}
				return found;
			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			this.framing.encode(payload, out);
		}

	}

}
