package dev.socketserver.netty;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("virtual-threads")
class ConversationHandlerTests {

	static final ConversationHandler<String, String> ECHO = (conversation) -> {
		for (String line = conversation.receive(); line != null; line = conversation.receive()) {
			conversation.send(line);
		}
		conversation.send("bye");
	};

	/** More than the system's buffers between two sockets hold. */
	static final String LONG = "a".repeat(60_000);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final SeenByHandler seen = new SeenByHandler();

	private SocketServer start(ConversationHandler<String, String> handler) {
		return this.fixture.conversations(handler, UnaryOperator.identity());
	}

	@Every.BlockingWay
	void framesAreReceivedAndSentAndTheEndOfInputIsNotTheEnd(Way way) throws Exception {
		SocketServer server = this.fixture.conversations(ECHO, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			assertThat(peer.sendByteByByte("two\r\n").line()).isEqualTo("two");
			assertThat(peer.send("a\nb\n\nunterminated").endOutput().rest()).isEqualTo("a\nb\n\nunterminated\nbye\n");
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Every.BlockingWay
	void manyFramesComeBackInOrder(Way way) throws Exception {
		SocketServer server = this.fixture.conversations(ECHO, way.spec());
		int lines = 50_000;

		try (Peer peer = new Peer(server)) {
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
				StringBuilder all = new StringBuilder();
				IntStream.range(0, lines).forEach((i) -> all.append(i).append('\n'));
				unchecked(() -> peer.send(all.toString()).endOutput());
			});
			for (int i = 0; i < lines; i++) {
				assertThat(peer.line()).isEqualTo(Integer.toString(i));
			}
			assertThat(peer.rest()).isEqualTo("bye\n");
			sent.join();
		}
	}

	static void unchecked(IoCall call) {
		try {
			call.run();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@FunctionalInterface
	interface IoCall {

		void run() throws IOException;

	}

	@Test
	void receivingGivesUpInTimeAndCanGoOn() throws Exception {
		SocketServer server = start((conversation) -> {
			for (Duration timeout : List.of(Duration.ofMillis(20), Duration.ZERO, Duration.ofSeconds(-1))) {
				assertThatThrownBy(() -> conversation.receive(timeout)).isInstanceOf(TimeoutException.class)
					.hasMessageContaining("test-1");
			}
			conversation.send("late");
			conversation.send(conversation.receive(Duration.ofSeconds(Long.MAX_VALUE)) + "!");
			conversation.send("end " + conversation.receive(Duration.ofHours(1)));
		});

		try (Peer peer = new Peer(server)) {
			assertThat(peer.line()).isEqualTo("late");
			assertThat(peer.send("here\n").endOutput().rest()).isEqualTo("here!\nend null\n");
		}
	}

	/** Says on what kind of thread it reads. */
	private final class SeenNumbers extends Numbers {

		@Override
		public Integer read(byte[] source, int offset, int length) {
			ConversationHandlerTests.this.seen.add(Thread.currentThread() instanceof IoThread);
			return super.read(source, offset, length);
		}

	}

	private SocketServer numbers(ConversationHandler<Integer, ?> handler) {
		Numbers numbers = new SeenNumbers();
		return this.fixture.start(ServerHandler.conversation("numbers", numbers, handler),
				(spec) -> spec.framing(Framing.line()).converters(List.of(numbers)));
	}

	@Test
	void frameThatCannotBeConvertedIsThrownFromReceiveAndTheNextIsReceived() throws Exception {
		SocketServer server = numbers((Conversation<Integer, Object> conversation) -> {
			assertThat(conversation.receive()).isEqualTo(1);
			assertThatThrownBy(conversation::receive).isInstanceOf(PayloadException.class)
				.hasCauseInstanceOf(NumberFormatException.class);
			assertThatThrownBy(() -> conversation.receive(Duration.ofHours(1))).isInstanceOf(PayloadException.class);
			conversation.send(conversation.receive() + 1);
			assertThatThrownBy(() -> conversation.send(new Object())).isInstanceOf(IllegalArgumentException.class);
			conversation.send("text");
		});

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("1\ntwo\nthree\n4\n").rest()).isEqualTo("5\ntext\n");
		}

		assertThat(this.seen.rest()).containsExactly(false, false, false, false);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void frameThatCannotBeConvertedClosesTheSessionUnlessTheHandlerTakesCareOfIt() throws Exception {
		SocketServer server = numbers((Conversation<Integer, Integer> conversation) -> {
			conversation.send(0);
			conversation.receive();
		});

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("x\n").rest()).isEqualTo("0\n");
		}

		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.DECODE_ERROR);
		assertThat(status.cause()).isInstanceOf(PayloadException.class);
	}

	@Every.BlockingWay
	void interruptedThreadIsNotifiedAndTheConnectionLives(Way way) throws Exception {
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			this.seen.add(Thread.currentThread());
			assertThatThrownBy(conversation::receive).isInstanceOf(InterruptedIOException.class);
			this.seen.add(Thread.interrupted());
			conversation.send(conversation.receive() + "!");
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			((Thread) this.seen.next()).interrupt();
			assertThat(this.seen.next()).isEqualTo(true);
			assertThat(peer.ask("still here")).isEqualTo("still here!");
		}
	}

	@Test
	void interruptedSenderIsNotifiedAndTheConnectionLives() throws Exception {
		SocketServer server = start((conversation) -> {
			this.seen.add(Thread.currentThread());
			int sent = 0;
			try {
				for (; true; sent++) {
					conversation.send(LONG);
				}
			}
			catch (InterruptedIOException ex) {
				this.seen.add(Thread.interrupted());
			}
			this.seen.add(sent);
			conversation.send("end");
		});

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = ServerFixture.session(server);
			ServerFixture.awaitFull(session);
			((Thread) this.seen.next()).interrupt();
			assertThat(this.seen.next()).isEqualTo(true);
			int sent = (int) this.seen.next();
			assertThat(peer.rest()).hasSize(sent * (LONG.length() + 1) + "end\n".length());
		}
	}

	@Test
	void severalThreadsMaySendWhileOneReceives() throws Exception {
		int senders = 4;
		int lines = 5_000;
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			List<CompletableFuture<Void>> running = IntStream.range(0, senders)
				.mapToObj((sender) -> CompletableFuture.runAsync(() -> {
					for (int i = 0; i < lines; i++) {
						String line = sender + " " + i;
						unchecked(() -> conversation.send(line));
					}
				}, (task) -> new Thread(task).start()))
				.toList();
			int received = 0;
			while (conversation.receive() != null) {
				received++;
			}
			running.forEach(CompletableFuture::join);
			conversation.send("received " + received);
		}, (spec) -> spec.outbound((o) -> o.capacity(3)));

		try (Peer peer = new Peer(server)) {
			peer.send("x\n".repeat(lines)).endOutput();
			int[] next = new int[senders];
			for (int i = 0; i < senders * lines; i++) {
				String[] parts = peer.line().split(" ");
				int sender = Integer.parseInt(parts[0]);
				assertThat(Integer.parseInt(parts[1])).isEqualTo(next[sender]++);
			}
			assertThat(peer.rest()).isEqualTo("received " + lines + "\n");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void framesForWhichThereIsNoRoomAreDroppedAndCounted(InboundOverflow overflow) throws Exception {
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			// Which is counted behind the last frame, and what is received before it.
			Awaitility.await().until(() -> dropped(conversation.session()) == 16);
			conversation.send("pending " + conversation.session().info().pendingInbound());
			ECHO.handle(conversation);
		}, (spec) -> spec.inbound((inbound) -> inbound.overflow(overflow).capacity(4)));

		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < 20; i++) {
				peer.send(i + "\n");
			}
			assertThat(peer.line()).isEqualTo("pending 4");
			assertThat(peer.endOutput().rest())
				.isEqualTo((overflow == InboundOverflow.DROP_NEWEST) ? "0\n1\n2\n3\nbye\n" : "16\n17\n18\n19\nbye\n");
		}

		assertThat(server.statistics().inboundDropped()).isEqualTo(16);
	}

	private static long dropped(SocketSession session) {
		return ((Session) session).state().counters().inboundDropped();
	}

	@Test
	void moreFramesThanMayWaitCloseTheSessionIfThatIsThePolicy() throws Exception {
		SocketServer server = this.fixture
			.conversations(this.seen.watching((Conversation<String, String> conversation) -> {
				Awaitility.await().until(() -> conversation.session().info().state() == SessionInfo.State.CLOSING);
				conversation.receive();
			}), (spec) -> spec.inbound((i) -> i.overflow(InboundOverflow.CLOSE).capacity(4)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("1\n2\n3\n4\n5\n").rest()).isEmpty();
		}

		assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.OVERFLOW);
		assertThat(status.detail()).contains("inbound.capacity = 4");
	}

	@Test
	void peerThatIsFasterThanTheHandlerIsNotReadFrom() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			go.await();
			int received = 0;
			while (conversation.receive() != null) {
				received++;
			}
			conversation.send("" + received);
		}, (spec) -> spec.inbound((i) -> i.capacity(8)));
		int lines = 1_000;

		try (Peer peer = new Peer(server)) {
			CompletableFuture<Void> sent = CompletableFuture
				.runAsync(() -> unchecked(() -> peer.send((LONG + "\n").repeat(lines)).endOutput()));
			SocketSession session = ServerFixture.session(server);
			Patience.still(() -> session.info().bytesReceived());
			assertThat(session.info().pendingInbound()).isLessThanOrEqualTo(8);
			assertThat(session.info().bytesReceived()).isLessThan(2_000_000);
			go.countDown();
			assertThat(peer.rest()).isEqualTo(lines + "\n");
			sent.join();
		}
	}

	@Every.BlockingWay
	void nothingIsReceivedWhileReadsArePausedAndNothingIsLost(Way way) throws Exception {
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			Awaitility.await().until(() -> conversation.session().info().pendingInbound() == 2);
			conversation.session().pauseReads();
			assertThatThrownBy(() -> conversation.receive(Duration.ofMillis(50))).isInstanceOf(TimeoutException.class);
			conversation.send("paused " + conversation.session().info().pendingInbound());
			ECHO.handle(conversation);
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("one\ntwo\n").line()).isEqualTo("paused 2");
			peer.send("three\n").endOutput();
			SocketSession session = ServerFixture.session(server);
			assertThat(session.info().messagesSent()).isLessThanOrEqualTo(1);
			session.resumeReads();
			assertThat(peer.rest()).isEqualTo("one\ntwo\nthree\nbye\n");
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.BlockingWay
	void errorsCloseTheirSessionOnly(Way way) throws Exception {
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			if ("x".equals(conversation.receive())) {
				throw new StackOverflowError("provoked");
			}
			ECHO.handle(conversation);
		}, way.spec());

		try (Peer bystander = new Peer(server)) {
			bystander.send("-\n");
			try (Peer peer = new Peer(server)) {
				assertThat(peer.send("x\n").rest()).isEmpty();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(bystander.ask("still here")).isEqualTo("still here");
		}
	}

	@Every.OffLoopMode
	void everySessionHasAThreadOfItsOwnNamedAfterIt(ExecutionMode mode) throws Exception {
		// More than the pool that message handlers share would bear.
		int sessions = 3;
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			this.seen.add(Thread.currentThread().getName() + "|" + conversation.session().id());
			ECHO.handle(conversation);
		}, (spec) -> spec.execution((e) -> e.mode(mode).threads(1)));

		List<Peer> peers = new ArrayList<>();
		try {
			for (int i = 1; i <= sessions; i++) {
				peers.add(new Peer(server));
				assertThat(this.seen.next()).isEqualTo("test server test-%1$s|test-%1$s".formatted(i));
			}
			for (Peer peer : peers) {
				assertThat(peer.ask("here")).isEqualTo("here");
			}
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	@Test
	void platformThreadsAreForFewerSessions() {
		ServerSpec.Builder spec = ServerSpec.builder("test")
			.handler(ServerHandler.conversation("echo", PayloadConverter.text(StandardCharsets.UTF_8), ECHO));

		assertThat(spec.execution((e) -> e.mode(ExecutionMode.POOL)).build().limits().sessions()).isEqualTo(500);
		assertThat(spec.execution((e) -> e.mode(ExecutionMode.VIRTUAL)).build().limits().sessions()).isEqualTo(10_000);
		assertThat(spec.execution((e) -> e.mode(ExecutionMode.POOL))
			.limits((l) -> l.sessions(7))
			.build()
			.limits()
			.sessions()).isEqualTo(7);
		assertThatThrownBy(() -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)).build())
			.isInstanceOf(InvalidSpecException.class)
			.hasMessageContaining("execution.mode");
	}

}
