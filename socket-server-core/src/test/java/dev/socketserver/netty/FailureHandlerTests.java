package dev.socketserver.netty;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is sent, and what becomes of the session, when a failure of a handler is answered
 * that is not one of messages.
 */
class FailureHandlerTests {

	private static final StreamHandler WRITES_AND_FAILS = (in, out, session) -> {
		out.write("one\n".getBytes(UTF_8));
		out.flush();
		in.read();
		throw new IllegalStateException("as it was asked to");
	};

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	private final ExecutorService later = Executors.newSingleThreadExecutor();

	private final BlockingQueue<Exception> failures = new LinkedBlockingQueue<>();

	@AfterEach
	void shutDown() {
		this.later.shutdownNow();
	}

	@Test
	void aStreamSendsTheAnswerBehindWhatItWroteAndCloses() throws Exception {
		SocketServer server = streams((failure, session) -> failure.getMessage() + "\n");
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("x").rest()).isEqualTo("one\nas it was asked to\n");
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(status.cause()).isInstanceOf(IllegalStateException.class);
		assertThat(this.log.messages(Level.ERROR)).as("answered").isEmpty();
	}

	@Test
	void aConversationSendsTheAnswerAsItsPayloads() throws Exception {
		SocketServer server = conversations((failure, session) -> List.of("bad", failure.getMessage()));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			assertThat(peer.send("fail\n").rest()).isEqualTo("bad\nas it was asked to\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
	}

	@Test
	void anAnswerMayComeLater() throws Exception {
		SocketServer server = conversations(
				(failure, session) -> CompletableFuture.supplyAsync(() -> Stream.of("a", "b"), this.later)
					.thenApply((answer) -> answer));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fail\n").rest()).isEqualTo("a\nb\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

	@Test
	void anAnswerMayBePublished() throws Exception {
		SocketServer server = conversations((failure, session) -> {
			SubmissionPublisher<String> publisher = new SubmissionPublisher<>(this.later, 16);
			return (Flow.Publisher<String>) (subscriber) -> {
				publisher.subscribe(subscriber);
				publisher.submit("a");
				publisher.submit("b");
				publisher.close();
			};
		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fail\n").rest()).isEqualTo("a\nb\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

	/** A callback has a thread of its own, beside that of the handler. */
	@Test
	void anAnswerThatACallbackGivesIsTakenWhereItIsAwaited() throws Exception {
		CountDownLatch signalled = new CountDownLatch(1);
		AtomicBoolean returns = new AtomicBoolean();
		SocketServer server = conversations((failure, session) -> {
			Thread handler = Thread.currentThread();
			return (Flow.Publisher<String>) (subscriber) -> {
				session.send("one", (problem) -> {
					subscriber.onSubscribe(new Flow.Subscription() {

						@Override
						public void request(long n) {
							signalled.countDown();
							if (Thread.currentThread() != handler) {
								Awaitility.await()
									.until(() -> returns.get() && handler.getState() == Thread.State.WAITING);
							}
							throw new UnsupportedOperationException("no answer");
						}

						@Override
						public void cancel() {
						}

					});
					signalled.countDown();
				});
				Patience.hold(signalled);
				returns.set(true);
			};
		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fail\n").rest()).isEqualTo("one\n");
		}
		assertThat(this.fixture.nextClosed().cause()).isInstanceOf(UnsupportedOperationException.class);
	}

	@Test
	void anAnswerThatNeverComesEndsWithTheConnection() throws Exception {
		SocketServer server = conversations((failure, session) -> {
			this.failures.add(failure);
			return new CompletableFuture<>();
		});
		try (Peer peer = new Peer(server)) {
			peer.send("fail\n");
			Patience.next(this.failures);
			this.fixture.firstOpened().abort();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void whoClosesTheSessionStillHasItsAnswerSent() throws Exception {
		SocketServer server = conversations((failure, session) -> {
			session.close();
			return "bye";
		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fail\n").rest()).isEqualTo("bye\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void nothingIsSentWithoutAnAnswer() throws Exception {
		SocketServer server = conversations((failure, session) -> null);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fail\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
	}

	@Test
	void whatIsThrownInPlaceOfAnAnswerIsLogged() throws Exception {
		SocketServer server = conversations((failure, session) -> {
			throw new UnsupportedOperationException("no answer");
		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fail\n").rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(status.cause()).isInstanceOf(UnsupportedOperationException.class);
		assertThat(this.log.messages(Level.ERROR)).hasSize(1);
	}

	@Test
	void theEndOfTheSessionIsNoFailure() throws Exception {
		SocketServer server = conversations((failure, session) -> {
			this.failures.add(failure);
			return null;
		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			this.fixture.firstOpened().abort();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		}
		assertThat(this.failures).isEmpty();
	}

	@Test
	void aConnectionGoesOnWithWhatItHasNotTaken() throws Exception {
		SocketServer server = connections(new Sum());
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("1\nx\n2\ny\n").line()).isEqualTo("no number");
			assertThat(peer.line()).isEqualTo("no number");
			assertThat(peer.ask("=")).isEqualTo("3");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
	}

	@Test
	void aConnectionThatCouldNotOpenGoesOnWithoutAState() throws Exception {
		SocketServer server = connections(new Sum() {

			@Override
			public AtomicInteger opened(SocketSession session) {
				throw new NumberFormatException();
			}

		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.line()).isEqualTo("no number");
			assertThat(peer.ask("=")).isEqualTo("null");
		}
	}

	@Test
	void aConnectionThatTakesNothingIsCalledAgainWithMore() throws Exception {
		SocketServer server = connections(new ConnectionHandler<AtomicInteger>() {

			@Override
			public AtomicInteger opened(SocketSession session) {
				return new AtomicInteger();
			}

			@Override
			public @Nullable AtomicInteger received(@Nullable AtomicInteger state, ByteBuffer data,
					SocketSession session) {
				if (data.remaining() < 4) {
					throw new NumberFormatException();
				}
				data.position(data.limit());
				session.send("all\n");
				return state;
			}

		});
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("ab").line()).isEqualTo("no number");
			assertThat(peer.send("cd").line()).isEqualTo("all");
		}
	}

	private SocketServer streams(FailureHandler handler) {
		return this.fixture.start(new ServerHandler.Streams("fails", () -> WRITES_AND_FAILS, handler), (spec) -> spec);
	}

	private SocketServer conversations(FailureHandler handler) {
		ConversationHandler<String, String> echo = (conversation) -> {
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				if (line.equals("fail")) {
					throw new IllegalStateException("as it was asked to");
				}
				conversation.send(line);
			}
		};
		return this.fixture.start(
				new ServerHandler.Conversations("fails", PayloadConverter.text(UTF_8), () -> echo, handler),
				(spec) -> spec.framing(Framings.line().build()));
	}

	private SocketServer connections(ConnectionHandler<AtomicInteger> handler) {
		return this.fixture.start(ServerHandler.connection("sum", () -> handler, (failure, session) -> "no number\n"),
				(spec) -> spec);
	}

	/** Adds the numbers of lines. */
	private static class Sum implements ConnectionHandler<AtomicInteger> {

		@Override
		public AtomicInteger opened(SocketSession session) {
			return new AtomicInteger();
		}

		@Override
		public @Nullable AtomicInteger received(@Nullable AtomicInteger state, ByteBuffer data, SocketSession session) {
			StringBuilder line = new StringBuilder();
			while (data.hasRemaining()) {
				char next = (char) data.get();
				if (next != '\n') {
					line.append(next);
				}
				else if (line.toString().equals("=")) {
					session.send(state + "\n");
				}
				else {
					state.addAndGet(Integer.parseInt(line.toString()));
					line.setLength(0);
				}
			}
			return state;
		}

	}

}
