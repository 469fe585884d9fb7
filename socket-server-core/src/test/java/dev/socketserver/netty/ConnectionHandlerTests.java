package dev.socketserver.netty;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.spec.InboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("virtual-threads")
class ConnectionHandlerTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(Session.class);

	/** Counts the bytes of a session and sends the sum at each call and at the end. */
	private static final class Meter implements ConnectionHandler<Long> {

		private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

		@Override
		public Long opened(SocketSession session) {
			session.send("0\n");
			return 0L;
		}

		@Override
		public Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			long sum = state + data.remaining();
			data.position(data.limit());
			session.send(sum + "\n");
			return sum;
		}

		@Override
		public void closed(@Nullable Long state, SocketSession session, CloseStatus status) {
			this.ends.add(state + " " + status.reason());
		}

	}

	@Every.Way
	void stateGoesFromCallToCall(Way way) throws Exception {
		Meter meter = new Meter();
		SocketServer server = this.fixture.connections(meter, way.spec());

		try (Peer peer = new Peer(server); Peer other = new Peer(server)) {
			assertThat(peer.line()).isEqualTo("0");
			assertThat(other.line()).isEqualTo("0");
			assertThat(peer.send("abc").line()).isEqualTo("3");
			assertThat(peer.send("de").line()).isEqualTo("5");
			assertThat(peer.endOutput().rest()).isEmpty();
			assertThat(Patience.next(meter.ends)).isEqualTo("5 PEER_CLOSED");
			other.reset();
			assertThat(Patience.next(meter.ends)).isEqualTo("0 PEER_RESET");
		}
	}

	/** Java cannot list the methods of its class then, and a native image may not. */
	@Test
	void aHandlerWhoseMethodsCannotBeListedSeesTheEndOfTheInput() throws Exception {
		Class<?> type = new WithoutLibrary().loadClass(NeedsLibrary.class.getName());
		ConnectionHandler<?> handler = (ConnectionHandler<?>) type.getConstructor().newInstance();
		SocketServer server = this.fixture.connections(handler, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.endOutput().rest();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
	}

	/** An application that lacks a library, which it does not need for this. */
	private static final class WithoutLibrary extends ClassLoader {

		WithoutLibrary() {
			super(ConnectionHandlerTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.equals(Library.class.getName())) {
				throw new ClassNotFoundException(name);
			}
			if (!name.equals(NeedsLibrary.class.getName())) {
				return super.loadClass(name, resolve);
			}
			try (InputStream file = Objects.requireNonNull(getResourceAsStream(name.replace('.', '/') + ".class"))) {
				byte[] bytes = file.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** Is missing. */
	public static final class Library {

	}

	/** A handler with a method that cannot be called. */
	public static final class NeedsLibrary implements ConnectionHandler<String> {

		@Override
		public @Nullable String received(@Nullable String state, ByteBuffer data, SocketSession session) {
			return state;
		}

		public void use(Library library) {
			throw new UnsupportedOperationException();
		}

	}

	@Test
	void unreadBytesComeAgainInFrontOfNewOnes() throws Exception {
		ConnectionHandler<Void> triples = (state, data, session) -> {
			byte[] triple = new byte[3];
			while (data.remaining() >= triple.length) {
				data.get(triple);
				session.send(new String(triple, StandardCharsets.US_ASCII) + "\n");
			}
			return null;
		};
		SocketServer server = this.fixture.connections(triples, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.sendByteByByte("abcdef").send("gh");
			assertThat(peer.line() + peer.line()).isEqualTo("abcdef");
			assertThat(peer.send("ijkl").line()).isEqualTo("ghi");
			assertThat(peer.line()).isEqualTo("jkl");
		}
	}

	@Test
	void handlerIsGivenNoMoreThanTheReadBufferAtOnce() throws Exception {
		ConnectionHandler<Integer> largest = new ConnectionHandler<>() {

			@Override
			public Integer opened(SocketSession session) {
				return 0;
			}

			@Override
			public Integer received(@Nullable Integer state, ByteBuffer data, SocketSession session) {
				int seen = Math.max(state, data.remaining());
				// Leaves a byte each time, so that leftover and news meet.
				data.position(Math.max(data.position() + 1, data.limit() - 1));
				return seen;
			}

			@Override
			public void closed(@Nullable Integer state, SocketSession session, CloseStatus status) {
				session.attributes().put("largest", state);
			}

		};
		SocketServer server = this.fixture.connections(largest, (spec) -> spec.readBuffer(1000));

		try (Peer peer = new Peer(server)) {
			peer.send(new byte[100_000]).endOutput().rest();
		}
		this.fixture.nextClosed();
		assertThat((Integer) this.fixture.opened.get(0).attributes().get("largest")).isEqualTo(1000);
	}

	@Test
	void whatIsLeftUnreadIsNotCopiedForEachFrameAfterIt() throws Exception {
		List<byte[]> arrays = new ArrayList<>();
		CompletableFuture<String> all = new CompletableFuture<>();
		ConnectionHandler<Void> patient = (state, data, session) -> {
			if (arrays.isEmpty() || arrays.get(arrays.size() - 1) != data.array()) {
				arrays.add(data.array());
			}
			if (data.remaining() == 20_000) {
				all.complete(StandardCharsets.US_ASCII.decode(data).toString());
			}
			return null;
		};
		SocketServer server = this.fixture.connections(patient, (spec) -> spec.framing(Framing.fixed(2)));

		String text = IntStream.range(10_000, 20_000)
			.mapToObj((i) -> Integer.toString(i).substring(3))
			.collect(Collectors.joining());
		try (Peer peer = new Peer(server)) {
			peer.send(text);
			assertThat(Patience.await(all).equals(text)).isTrue();
		}
		assertThat(arrays).hasSizeLessThan(20);
	}

	/** In pieces of any size, of which the handler looks at the beginning only. */
	@Test
	void whatIsLeftUnreadBeginsWhereTheBufferDoes() throws Exception {
		List<Integer> seen = new ArrayList<>();
		AtomicReference<WeakReference<byte[]>> last = new AtomicReference<>();
		ConnectionHandler<Void> peeking = (state, data, session) -> {
			int length = (data.remaining() >= 4) ? data.getInt(0) : Integer.MAX_VALUE;
			if (data.remaining() >= length) {
				data.position(length);
				data.order(ByteOrder.LITTLE_ENDIAN);
				seen.add(length);
				last.set(new WeakReference<>(data.array()));
				session.send("taken".getBytes(StandardCharsets.US_ASCII));
			}
			return null;
		};
		SocketServer server = this.fixture.connections(peeking, (spec) -> spec.framing(Framing.raw()));

		byte[] message = ByteBuffer.allocate(104).putInt(104).array();
		int[] pieces = { 100, 10, 20, 50, 28 };
		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			byte[] both = ByteBuffer.allocate(208).put(message).put(message).array();
			int sent = 0;
			for (int piece : pieces) {
				peer.send(Arrays.copyOfRange(both, sent, sent + piece));
				sent += piece;
				int received = sent;
				Awaitility.await().until(() -> session.info().bytesReceived() == received);
				Awaitility.await().until(() -> session.info().pendingInbound() == 0);
			}
			assertThat(peer.bytes(10)).isEqualTo("takentaken".getBytes(StandardCharsets.US_ASCII));
			assertThat(seen).containsExactly(104, 104);
			Awaitility.await().until(() -> {
				System.gc();
				return last.get().get() == null;
			});
		}
	}

	@Test
	void fullReadBufferOfWhichNothingIsTakenStopsReadingAndIsLoggedOnce() throws Exception {
		ConnectionHandler<Void> greedy = (state, data, session) -> null;
		SocketServer server = this.fixture.connections(greedy, (spec) -> spec.readBuffer(1024));

		try (Peer peer = new Peer(server)) {
			Thread sender = new Thread(() -> {
				try {
					peer.send(new byte[64 * 1024 * 1024]);
				}
				catch (IOException ex) {
					// The test closes the connection under the sender.
				}
			});
			sender.start();
			SocketSession session = Awaitility.await()
				.until(() -> server.sessions().findFirst().orElse(null), (found) -> found != null);
			Awaitility.await().until(() -> session.info().state() == SessionInfo.State.STALLED);
			Awaitility.await()
				.during(Duration.ofMillis(300))
				.atMost(Patience.stretched(Duration.ofSeconds(10)))
				.until(() -> session.info().bytesReceived() < 1024 * 1024);
			session.abort();
			sender.join();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		assertThat(this.log.messages(Level.INFO)).containsExactly(
				"Session test-1: the handler took nothing of a full read buffer (1024 bytes); reading has stopped");
	}

	@Test
	void unreadFramesAreLimitedByTheLengthOfAFrame() throws Exception {
		ConnectionHandler<Void> greedy = (state, data, session) -> null;
		SocketServer server = this.fixture.connections(greedy,
				(spec) -> spec.framing(Framing.line()).limits((limits) -> limits.frame(100)));

		try (Peer peer = new Peer(server)) {
			peer.send("a line of twenty byt\n".repeat(5));
			Awaitility.await()
				.until(() -> server.sessions()
					.anyMatch((session) -> session.info().state() == SessionInfo.State.STALLED));
			Patience.within(() -> assertThat(this.log.messages(Level.INFO)).containsExactly(
					"Session test-1: the handler leaves 100 bytes unread, as many as limits.frame allows; reading has stopped"));
		}
	}

	/**
	 * Leaves a byte unread, so that it has more than a read buffer after it, and pauses
	 * or closes in the middle of that.
	 */
	private ConnectionHandler<Void> interrupting(Consumer<SocketSession> interruption, BlockingQueue<String> seen) {
		return (state, data, session) -> {
			seen.add(StandardCharsets.US_ASCII.decode(data.duplicate()).toString());
			if (seen.size() == 1) {
				data.position(data.position() + 1);
				session.send("more");
			}
			else {
				data.position(data.limit());
				interruption.accept(session);
			}
			return null;
		};
	}

	@Every.Way
	void pauseHoldsWhatIsMoreThanAReadBuffer(Way way) throws Exception {
		pauseHoldsTheRest((spec) -> way.spec().apply(spec).readBuffer(4), 1);
	}

	@Test
	void pauseHoldsTheRestOfAFrameWhereFramesMayBeDropped() throws Exception {
		pauseHoldsTheRest((spec) -> spec.framing(Framing.fixed(4))
			.limits((l) -> l.frame(4))
			.inbound((i) -> i.overflow(InboundOverflow.DROP_OLDEST)), 0);
	}

	@Test
	void restOfTheLastFrameIsHandedOverWhereFramesMayBeDropped() throws Exception {
		BlockingQueue<String> seen = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.connections(interrupting((session) -> {
		}, seen),
				(spec) -> spec.framing(Framing.fixed(4))
					.limits((l) -> l.frame(4))
					.inbound((i) -> i.overflow(InboundOverflow.DROP_OLDEST)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abcd").bytes(4)).asString().isEqualTo("more");
			peer.send("efgh");
			Awaitility.await().untilAsserted(() -> assertThat(seen).containsExactly("abcd", "bcde", "fgh"));
		}
	}

	private void pauseHoldsTheRest(UnaryOperator<ServerSpec.Builder> spec, int waiting) throws Exception {
		BlockingQueue<String> seen = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.connections(interrupting(SocketSession::pauseReads, seen), spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abcd").bytes(4)).asString().isEqualTo("more");
			peer.send("efgh");
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().until(() -> session.info().readsPaused());
			Awaitility.await()
				.during(Duration.ofMillis(200))
				.atMost(Patience.stretched(Duration.ofSeconds(10)))
				.until(() -> seen.size() == 2);
			assertThat(session.info().pendingInbound()).isEqualTo(waiting);
			session.resumeReads();
			// It is seen before the handler pauses again.
			Awaitility.await().until(() -> seen.size() == 3 && session.info().readsPaused());
			assertThat(seen).containsExactly("abcd", "bcde", "fgh");
			session.resumeReads();
			assertThat(peer.endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.Way
	void closeLeavesNoCallForWhatIsMoreThanAReadBuffer(Way way) throws Exception {
		BlockingQueue<String> seen = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.connections(interrupting(SocketSession::close, seen),
				(spec) -> way.spec().apply(spec).readBuffer(4));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abcd").bytes(4)).asString().isEqualTo("more");
			assertThat(peer.send("efgh").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		assertThat(seen).containsExactly("abcd", "bcde");
	}

	@Test
	void stateIsNullWhenOpenedThrew() throws Exception {
		BlockingQueue<String> ends = new LinkedBlockingQueue<>();
		ConnectionHandler<String> refusing = new ConnectionHandler<>() {

			@Override
			public String opened(SocketSession session) {
				throw new IllegalStateException("provoked");
			}

			@Override
			public String received(@Nullable String state, ByteBuffer data, SocketSession session) {
				ends.add("received");
				return "";
			}

			@Override
			public void closed(@Nullable String state, SocketSession session, CloseStatus status) {
				ends.add(state + " " + status.reason());
			}

		};
		SocketServer server = this.fixture.connections(refusing, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send("early data");
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(Patience.next(ends)).isEqualTo("null HANDLER_ERROR");
		assertThat(ends).isEmpty();
	}

	@Test
	void framesWhereItsServerHasAFraming() throws Exception {
		ConnectionHandler<Void> lines = (state, data, session) -> {
			session.send(data);
			data.position(data.limit());
			return null;
		};
		SocketServer server = this.fixture.connections(lines, (spec) -> spec.framing(Framing.line()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a\nb\r\n").endOutput().rest()).isEqualTo("a\nb\n");
		}
	}

}
