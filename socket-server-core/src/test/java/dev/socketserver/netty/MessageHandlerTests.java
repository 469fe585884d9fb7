package dev.socketserver.netty;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InvalidSpecException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("virtual-threads")
class MessageHandlerTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Way
	void repliesToEachLine(Way way) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("Hello, World!\r")).isEqualTo("HELLO, WORLD!");
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
			assertThat(peer.ask("")).isEmpty();
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Every.Way
	void halfClosedPeerGetsItsAnswers(Way way) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("one\ntwo\nunterminated").endOutput().rest()).isEqualTo("ONE\nTWO\nUNTERMINATED\n");
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.Way
	void oneByteAtATimeAndAHundredLinesInOneSegmentGiveTheSameReplies(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> "<" + line + ">", way.spec());
		String lines = IntStream.range(0, 100)
			.mapToObj((i) -> "Zeile " + i + " \uD83D\uDE80 ü" + ((i % 2 == 0) ? "\r\n" : "\n"))
			.collect(Collectors.joining());
		String replies = lines.replace("\r", "")
			.lines()
			.map((line) -> "<" + line + ">\n")
			.collect(Collectors.joining());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(lines).endOutput().rest()).isEqualTo(replies);
		}
		try (Peer peer = new Peer(server)) {
			assertThat(peer.sendByteByByte(lines).endOutput().rest()).isEqualTo(replies);
		}
	}

	/** A byte that is no text costs neither its line nor the session. */
	@Test
	void whatIsNoTextIsReplacedAndTheRestOfItsLineStays() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line.length() + " " + line, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			// The last line but one is half a character.
			byte[] lines = { 'a', (byte) 0xFF, 'b', '\n', (byte) 0xC3, '\n', 'c', '\n' };
			assertThat(peer.send(lines).endOutput().rest()).isEqualTo("3 a\uFFFDb\n1 \uFFFD\n1 c\n");
		}
	}

	@Test
	void manyMoreLinesThanTheInboxHoldsAreAllHandledInOrder() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(),
				(spec) -> spec.inbound((inbound) -> inbound.capacity(4)));
		String lines = IntStream.range(0, 20_000).mapToObj((i) -> i + "\n").collect(Collectors.joining());

		try (Peer peer = new Peer(server)) {
			Thread sender = new Thread(() -> {
				try {
					peer.send(lines).endOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			sender.start();
			assertThat(peer.rest()).isEqualTo(lines);
			sender.join();
		}
		assertThat(server.statistics().messagesReceived()).isEqualTo(20_000);
		assertThat(server.statistics().bytesReceived()).isEqualTo(lines.length());
	}

	@Every.Mode
	void lengthFieldFramesKeepTheirBytes(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().build()).execution((e) -> e.mode(mode)));
		byte[] frames = { 0, 0, 0, 3, 'a', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 1, -1 };

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(frames).bytes(frames.length)).isEqualTo(frames);
		}
	}

	@Test
	void connectingAndLeavingCallsNoHandler() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		SocketServer server = this.fixture.lines((line) -> calls.incrementAndGet(), UnaryOperator.identity());

		new Peer(server).close();

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(calls).hasValue(0);
	}

	@Test
	void nullIsNoReply() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line.startsWith("quiet") ? null : line,
				UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("quiet 1\nloud\nquiet 2\n").endOutput().rest()).isEqualTo("loud\n");
		}
	}

	@Every.Mode
	void handlerThatThrowsClosesItsOwnSessionAndNoOther(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("error")) {
				throw new AssertionError("provoked");
			}
			return Integer.parseInt(line) + 1;
		}, (spec) -> spec.execution((e) -> e.mode(mode)));

		SocketServer numbers = server;
		try (Peer bystander = new Peer(numbers)) {
			for (String bad : List.of("not a number", "error")) {
				try (Peer peer = new Peer(numbers)) {
					assertThat(peer.send(bad + "\n1\n").rest()).isEmpty();
				}
				CloseStatus status = this.fixture.nextClosed();
				assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
				assertThat(status.cause()).isNotNull();
			}
			Awaitility.await().until(() -> numbers.sessions().count() == 1);
			// An Integer is no payload: the handler that returns one has a mistake.
			assertThat(bystander.send("1\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

	@Test
	void repliesBeforeAFailureStillLeave() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("3")) {
				throw new IllegalStateException("provoked");
			}
			return line;
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("1\n2\n3\n4\n").rest()).isEqualTo("1\n2\n");
		}
	}

	/** Echoes, but one line only after the latch has been released. */
	private static UnaryOperator<String> echoAfter(CountDownLatch release, String blocking) {
		return (line) -> {
			if (line.equals(blocking)) {
				Patience.hold(release);
			}
			return line;
		};
	}

	@Every.OffLoopMode
	void handlerThatBlocksDoesNotDelayOtherSessions(ExecutionMode mode) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.lines(echoAfter(release, "block"),
				(spec) -> spec.execution((e) -> e.mode(mode)));

		List<Peer> blocked = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			blocked.add(new Peer(server).send("block\n"));
		}
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("free")).isEqualTo("free");
		}
		release.countDown();
		for (Peer peer : blocked) {
			assertThat(peer.line()).isEqualTo("block");
			peer.close();
		}
	}

	@Every.OffLoopMode
	void replyDoesNotWaitForTheNextFrameOfItsSegment(ExecutionMode mode) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.lines(echoAfter(release, "slow"),
				(spec) -> spec.execution((e) -> e.mode(mode)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fast\nslow\n").line()).isEqualTo("fast");
			release.countDown();
			assertThat(peer.line()).isEqualTo("slow");
		}
	}

	@Test
	void replyOnTheLoopDoesNotWaitForManySlowCallsAfterFastOnes() throws Exception {
		int fast = 1000;
		CountDownLatch read = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		AtomicBoolean late = new AtomicBoolean();
		SocketServer server = this.fixture.lines((line) -> {
			int call = calls.incrementAndGet();
			if (call > fast) {
				busy(Duration.ofMillis(1));
			}
			if (call == fast + 20) {
				late.set(!await(read));
			}
			return line;
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.inbound((i) -> i.capacity(2 * fast))
			.outbound((o) -> o.capacity(2 * fast)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("x\n".repeat(fast + 25)).bytes(2 * (fast + 1))).hasSize(2 * (fast + 1));
			read.countDown();
			assertThat(peer.bytes(2 * 24)).hasSize(2 * 24);
		}
		assertThat(late).isFalse();
	}

	private static void busy(Duration time) {
		long since = System.nanoTime();
		while (System.nanoTime() - since < time.toNanos()) {
			Thread.onSpinWait();
		}
	}

	private static boolean await(CountDownLatch latch) {
		try {
			return latch.await(Patience.seconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

	@Every.Way
	void lineLongerThanTheLimitClosesTheSessionAfterTheLinesBefore(Way way) throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(),
				(spec) -> way.spec().apply(spec).limits((l) -> l.frame(100)));

		try (Peer peer = new Peer(server)) {
			String longest = "y".repeat(100);
			assertThat(peer.send(longest + "\r\nok\n" + "x".repeat(101) + "\nnever\n").rest())
				.isEqualTo(longest + "\nok\n");
		}

		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		assertThat(status.detail()).contains("100");
	}

	@Test
	void endlessLineIsAbortedOff() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());
		byte[] block = "x".repeat(1024 * 1024).getBytes(StandardCharsets.US_ASCII);

		try (Peer peer = new Peer(server)) {
			peer.send(block);
		}
		catch (IOException ex) {
			// The server may have closed while the block was on its way.
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		assertThat(server.statistics().messagesReceived()).isZero();
	}

	@Test
	void announcedLengthOverTheLimitAllocatesNothing() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(new byte[] { 0x7F, -1, -1, -1, 1 }).rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(new byte[] { -1, -1, -1, -1, 1 }).rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
	}

	@Test
	void halfAFrameAtTheEndSaysSo() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { 0, 0, 0, 9, 1, 2 }).endOutput().rest();
		}

		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(status.detail()).contains("after 6 bytes");
	}

	@Every.OffLoopMode
	void noUserCodeRunsOnAnEventLoopThread(ExecutionMode mode) throws Exception {
		AtomicBoolean onLoop = new AtomicBoolean();
		SessionHandler handler = new SessionHandler() {

			private void look() {
				if (Thread.currentThread() instanceof IoThread) {
					onLoop.set(true);
				}
			}

			@Override
			public void opened(SocketSession session) {
				look();
			}

			@Override
			public Object received(Object payload, SocketSession session) {
				look();
				session.send("sent", (failure) -> look());
				return payload;
			}

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				look();
			}

		};
		SocketServer server = this.fixture.start(ServerFixture.messages("look", handler),
				(spec) -> spec.execution((e) -> e.mode(mode)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a\n").endOutput().rest()).isEqualTo("sent\na\n");
		}
		this.fixture.nextClosed();
		assertThat(onLoop).isFalse();
	}

	@Every.Way
	void callsOfASessionNeverOverlapAndSeeEachOthersWrites(Way way) throws Exception {
		int sessions = 20;
		int lines = 500;
		AtomicInteger overlaps = new AtomicInteger();
		AtomicInteger misordered = new AtomicInteger();
		SocketServer server = this.fixture
			.start(new ServerHandler.Messages("strict", PayloadConverter.text(StandardCharsets.UTF_8), false,
					(spec) -> new StrictHandler(overlaps, misordered)), way.spec());
		String text = IntStream.range(0, lines).mapToObj((i) -> i + "\n").collect(Collectors.joining());

		List<Thread> peers = new ArrayList<>();
		AtomicInteger right = new AtomicInteger();
		for (int i = 0; i < sessions; i++) {
			boolean inPieces = i % 2 == 0;
			Thread thread = new Thread(() -> {
				try (Peer peer = new Peer(server)) {
					if (inPieces) {
						peer.sendByteByByte(text);
					}
					else {
						peer.send(text);
					}
					if (peer.endOutput().rest().equals(text)) {
						right.incrementAndGet();
					}
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			thread.start();
			peers.add(thread);
		}
		for (Thread peer : peers) {
			peer.join();
		}
		for (int i = 0; i < sessions; i++) {
			this.fixture.nextClosed();
		}

		assertThat(right).hasValue(sessions);
		assertThat(overlaps).hasValue(0);
		assertThat(misordered).hasValue(0);
		assertThat(this.fixture.opened).hasSize(sessions);
		assertThat(this.fixture.closed).isEmpty();
	}

	/**
	 * Keeps plain fields, as user code may, and notices calls that overlap or are out of
	 * order.
	 */
	private static final class StrictHandler implements SessionHandler {

		private final AtomicInteger overlaps;

		private final AtomicInteger misordered;

		private final AtomicBoolean inside = new AtomicBoolean();

		private boolean opened;

		private boolean closed;

		private int expected;

		StrictHandler(AtomicInteger overlaps, AtomicInteger misordered) {
			this.overlaps = overlaps;
			this.misordered = misordered;
		}

		private void enter(boolean inOrder) {
			if (!this.inside.compareAndSet(false, true)) {
				this.overlaps.incrementAndGet();
			}
			if (!inOrder) {
				this.misordered.incrementAndGet();
			}
		}

		@Override
		public void opened(SocketSession session) {
			enter(!this.opened);
			this.opened = true;
			this.inside.set(false);
		}

		@Override
		public Object received(Object payload, SocketSession session) {
			enter(this.opened && !this.closed && Integer.parseInt((String) payload) == this.expected);
			this.expected++;
			this.inside.set(false);
			return payload;
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			enter(this.opened && !this.closed);
			this.closed = true;
			this.inside.set(false);
		}

	}

	@Test
	void specThatCannotWorkIsRefused() {
		ServerHandler text = ServerHandler.function("text", PayloadConverter.text(StandardCharsets.UTF_8), (in) -> in);

		org.assertj.core.api.Assertions
			.assertThatThrownBy(() -> ServerSpec.builder("x").handler(text).framing(Framing.raw()).build())
			.isInstanceOfSatisfying(InvalidSpecException.class,
					(ex) -> assertThat(ex.component()).isEqualTo("framing"));
	}

	@Test
	void charsetThatCannotWorkIsRefused() {
		assertThat(refused("ISO-2022-CN", Framing.fixed(4))).contains("replies could not be encoded");
		assertThat(refused("UTF-16", Framing.line())).contains("single byte 0A");
		assertThat(refused("UTF-32LE", Framing.line())).contains("single byte 0A");
		assertThat(refused("UTF-16", Framing.fixed(4))).isNull();
		assertThat(refused("ISO-8859-15", Framing.line())).isNull();
		assertThat(refused("Shift_JIS", Framing.line())).isNull();
	}

	/** Returns why a charset is refused, or {@code null} if it is not. */
	private static @Nullable String refused(String name, Framing framing) {
		Charset charset = Charset.forName(name);
		ServerHandler handler = ServerHandler.function("text", PayloadConverter.text(charset), (in) -> in);
		try {
			ServerSpec.builder("x").handler(handler).charset(charset).framing(framing).build();
			return null;
		}
		catch (InvalidSpecException ex) {
			assertThat(ex.component()).isEqualTo("charset");
			return ex.getMessage();
		}
	}

}
