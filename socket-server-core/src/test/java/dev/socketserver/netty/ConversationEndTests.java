package dev.socketserver.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.ServerOperations;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How conversations end, and what their handlers are notified of.
 */
@Tag("virtual-threads")
class ConversationEndTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final SeenByHandler seen = new SeenByHandler();

	private SocketServer start(ConversationHandler<String, String> handler) {
		return this.fixture.conversations(handler, UnaryOperator.identity());
	}

	@Test
	void lostConnectionEndsReceiving() throws Exception {
		SocketServer server = start(this.seen.watching(ConversationHandlerTests.ECHO));

		Peer peer = new Peer(server);
		assertThat(peer.ask("here")).isEqualTo("here");
		peer.reset();

		assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
	}

	static Stream<Consumer<SessionClosedException>> waysToPutUpWithALostConnection() {
		return Stream.of((failure) -> {
			// Returns, as if nothing had happened.
		}, (failure) -> {
			throw new UncheckedIOException(failure);
		}, (failure) -> {
			throw new CompletionException(new UncheckedIOException(failure));
		});
	}

	@ParameterizedTest
	@MethodSource("waysToPutUpWithALostConnection")
	void lostConnectionIsThePeersDoingWhateverTheHandlerMakesOfIt(Consumer<SessionClosedException> way)
			throws Exception {
		SocketServer server = start((conversation) -> {
			try {
				ConversationHandlerTests.ECHO.handle(conversation);
			}
			catch (SessionClosedException ex) {
				way.accept(ex);
			}
		});

		Peer peer = new Peer(server);
		assertThat(peer.ask("here")).isEqualTo("here");
		peer.reset();

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
	}

	static Stream<Consumer<SocketSession>> waysToClose() {
		return Stream.of(SocketSession::close, SocketSession::abort,
				(session) -> session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED)));
	}

	@ParameterizedTest
	@MethodSource("waysToClose")
	void closingWakesTheHandlerThatReceives(Consumer<SocketSession> way) throws Exception {
		SocketServer server = start(this.seen.watching(ConversationHandlerTests.ECHO));

		try (Peer peer = new Peer(server, 4096)) {
			assertThat(peer.ask("here")).isEqualTo("here");
			SocketSession session = ServerFixture.session(server);
			// The connection will not close before this has been read.
			do {
				session.send(ConversationHandlerTests.LONG);
			}
			while (session.info().pendingBytes() < 100_000 || !ServerFixture.isFull(session));
			way.accept(session);
			assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		}

		assertThat(this.fixture.nextClosed().reason()).isIn(CloseReason.HANDLER_CLOSED, CloseReason.OPERATOR_CLOSED);
	}

	@ParameterizedTest
	@MethodSource("waysToClose")
	void closingWakesTheHandlerThatSends(Consumer<SocketSession> way) throws Exception {
		SocketServer server = start(this.seen.watching((conversation) -> {
			while (true) {
				conversation.send(ConversationHandlerTests.LONG);
			}
		}));

		Peer peer = new Peer(server, 4096);
		SocketSession session = ServerFixture.session(server);
		ServerFixture.awaitFull(session);
		Awaitility.await()
			.untilAsserted(() -> assertThat(session.info().pendingBytes()).isBetween(64L * 1024, 512L * 1024));
		assertThat(this.seen.rest()).isEmpty();

		way.accept(session);

		assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		peer.close();
	}

	@Test
	void framesAfterTheCloseAreNotReceived() throws Exception {
		SocketServer server = start(this.seen.watching((conversation) -> {
			Awaitility.await().until(() -> conversation.session().info().pendingInbound() == 2);
			conversation.receive();
			conversation.session().close();
			conversation.receive();
		}));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("one\ntwo\n").rest()).isEmpty();
		}

		assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void returningClosesTheSessionAfterWhatWasSent() throws Exception {
		int frames = 140;
		SocketServer server = start((conversation) -> {
			for (int i = 0; i < frames; i++) {
				conversation.send(ConversationHandlerTests.LONG);
			}
		});

		try (Peer peer = new Peer(server)) {
			peer.send("unread\nunwanted\ninput\n".repeat(1_000));
			assertThat(peer.in().readAllBytes()).hasSize(frames * (ConversationHandlerTests.LONG.length() + 1));
		}

		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	@Every.BlockingWay
	void callbacksRunSeriallyBesideTheCallAndBeforeTheEndIsNotified(Way way) throws Exception {
		int sends = 200;
		List<Integer> completed = new ArrayList<>();
		CountDownLatch half = new CountDownLatch(sends / 2);
		SocketServer server = this.fixture.conversations((Conversation<String, String> conversation) -> {
			for (int i = 0; i < sends; i++) {
				int number = i;
				conversation.session().send("x", (failure) -> {
					// Unguarded on purpose: they run serially, each seeing the last.
					completed.add(number);
					half.countDown();
				});
				if (i == sends / 2) {
					// Beside the call, which has not returned.
					half.await();
				}
			}
			conversation.session().closed().thenAccept((status) -> this.seen.add(List.copyOf(completed)));
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).hasSize(2 * sends);
		}

		assertThat(this.seen.next()).isEqualTo(IntStream.range(0, sends).boxed().toList());
	}

	@Every.BlockingWay
	void stopIsTheEndOfInputAndWhatIsSentStillLeaves(Way way) throws Exception {
		SocketServer server = this.fixture.conversations(ConversationHandlerTests.ECHO, way.spec());

		try (Peer paused = new Peer(server)) {
			assertThat(paused.ask("one")).isEqualTo("one");
			SocketSession session = ServerFixture.session(server);
			session.pauseReads();
			paused.send("not read\n");
			Peer peer = new Peer(server);
			assertThat(peer.ask("two")).isEqualTo("two");
			assertThat(ServerOperations.of(server).beginStop(Duration.ofHours(1))).isTrue();
			assertThat(peer.rest()).isEqualTo("bye\n");
			assertThat(paused.rest()).isEqualTo("bye\n");
			session.resumeReads();
			peer.close();
		}
		Patience.await(server.stopped());

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void afterTheEndOfInputAPeerThatWritesBeforeItReadsIsStillReadToTheEnd() throws Exception {
		CountDownLatch stopping = new CountDownLatch(1);
		SocketServer server = start((conversation) -> {
			stopping.await();
			while (conversation.receive() != null) {
				// What was read before the stop.
			}
			for (int i = 0; i < 200; i++) {
				conversation.send(ConversationHandlerTests.LONG);
			}
		});

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> ConversationHandlerTests
				.unchecked(() -> peer.send((ConversationHandlerTests.LONG + "\n").repeat(400))));
			Patience.still(() -> session.info().bytesReceived());
			assertThat(ServerOperations.of(server).beginStop(Duration.ofHours(1))).isTrue();
			stopping.countDown();
			// It reads nothing before it has sent everything.
			sent.join();
			assertThat(peer.rest()).hasSize(200 * (ConversationHandlerTests.LONG.length() + 1));
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void handlerThatCannotSendIsAbortedAtTheEndOfTheTimeToStop() throws Exception {
		SocketServer server = start(this.seen.watching((conversation) -> {
			while (true) {
				conversation.send(ConversationHandlerTests.LONG);
			}
		}));

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = ServerFixture.session(server);
			ServerFixture.awaitFull(session);
			assertThat(server.stop(Duration.ofMillis(200))).isTrue();
			assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
			assertThat(peer.sawReset()).isTrue();
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void handlerThatIgnoresTheEndIsAbortedAtTheEndOfTheTimeToStop() throws Exception {
		SocketServer server = start(this.seen.watching((conversation) -> {
			while (true) {
				conversation.receive();
			}
		}));

		try (Peer peer = new Peer(server)) {
			ServerFixture.session(server);
			assertThat(server.stop(Duration.ofMillis(200))).isTrue();
			assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
			assertThat(peer.sawReset()).isTrue();
		}

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void handlerThatIgnoresTheEndIsEndedWhenThePeerHasGone() throws Exception {
		SocketServer server = start(this.seen.watching((conversation) -> {
			while (true) {
				if (conversation.receive() == null) {
					conversation.send("are you there?");
				}
			}
		}));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.endOutput().line()).isEqualTo("are you there?");
		}

		assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		assertThat(this.fixture.nextClosed().reason()).isIn(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET);
	}

	@Test
	void threadsThatOutliveTheCallAreNotified() throws Exception {
		SocketServer server = start((conversation) -> {
			CountDownLatch begun = new CountDownLatch(1);
			Thread receiver = new Thread(() -> {
				begun.countDown();
				try {
					conversation.receive();
				}
				catch (IOException ex) {
					this.seen.add(ex);
				}
			});
			receiver.start();
			begun.await();
			CompletableFuture.runAsync(() -> {
				conversation.session().closed().join();
				for (ConversationHandlerTests.IoCall call : List.<ConversationHandlerTests.IoCall>of(
						() -> conversation.send("late"), conversation::receive)) {
					try {
						call.run();
					}
					catch (IOException ex) {
						this.seen.add(ex);
					}
				}
			}, (task) -> new Thread(task).start());
		});

		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}

		for (int i = 0; i < 3; i++) {
			assertThat(this.seen.next()).isInstanceOf(SessionClosedException.class);
		}
	}

}
