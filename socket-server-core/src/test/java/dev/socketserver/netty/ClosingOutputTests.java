package dev.socketserver.netty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What of the output of a session still leaves when it ends.
 */
@Tag("virtual-threads")
class ClosingOutputTests {

	/** More than a peer with a small buffer takes at once. */
	private static final String ONCE = "x".repeat(100_000);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Tag("long")
	@Every.Way
	void closeDeliversEightMebibytesToASlowPeerThatKeepsSendingUnreadInput(Way way) throws Exception {
		int size = 8 * 1024 * 1024;
		SessionHandler handler = (payload, session) -> {
			session.send(new byte[size]);
			session.close();
			session.send("too late");
			return null;
		};
		SocketServer server = this.fixture
			.start(new ServerHandler.Messages("big", PayloadConverter.bytes(), true, (spec) -> handler), way.spec());

		try (Peer peer = new Peer(server, 16 * 1024)) {
			Thread sender = new Thread(() -> {
				byte[] junk = new byte[1024];
				try {
					for (int i = 0; i < 20_000; i++) {
						peer.send(junk);
					}
				}
				catch (IOException ex) {
					// The server closes at last, with input unread.
				}
			});
			sender.start();
			int read = 0;
			for (int count = 1; count > 0; read += count) {
				LockSupport.parkNanos(500_000);
				count = peer.bytes(8 * 1024).length;
			}
			assertThat(read).isEqualTo(size);
			peer.reset();
			sender.join();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	/** Those that know what has arrived, which the JDK's sockets do not. */
	static Stream<Way> waysThatKnowWhatHasArrived() {
		return ServerFixture.everyTransport()
			.filter((transport) -> transport != SocketTransport.NIO)
			.flatMap((transport) -> Stream.of(new Way(transport, ExecutionMode.POOL, false),
					new Way(transport, ExecutionMode.POOL, true)));
	}

	/** All of them at the same time, since each takes seconds. */
	@Test
	void whatIsOnItsWayIsNotDestroyedByWhatAPeerSendsThatWasQuietForLong() throws Exception {
		List<Way> ways = waysThatKnowWhatHasArrived().toList();
		List<Peer> peers = new ArrayList<>();
		try {
			for (Way way : ways) {
				SocketServer server = onlyOnce("quiet" + peers.size(), way);
				peers.add(new Peer(server, 4 * 1024).send("one\n"));
				Awaitility.await().until(() -> server.statistics().messagesSent() == 1);
			}
			// Longer than a peer that has everything is waited for.
			Awaitility.await().during(Duration.ofMillis(2500)).until(this.fixture.closed::isEmpty);
			for (int i = 0; i < ways.size(); i++) {
				assertThat(peers.get(i).send("two\n").rest()).as("%s", ways.get(i)).isEqualTo(ONCE + "\n");
			}
		}
		finally {
			Opened.closeAll(peers);
		}
		for (int i = 0; i < ways.size(); i++) {
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		}
	}

	/**
	 * Starts a server that replies to each peer once, with more than it takes at once.
	 */
	private SocketServer onlyOnce(String name, Way way) {
		SocketServer server = this.fixture.servers.register(way.spec()
			.apply(ServerSpec.builder(name)
				.handler(ServerHandler.function("once", PayloadConverter.text(UTF_8), (line) -> ONCE))
				.requestsPerSession(1))
			.build());
		server.start();
		return server;
	}

	/** It takes longer than a peer that takes nothing is waited for. */
	@Test
	void whatIsOnItsWayIsWaitedForAsLongAsSomeOfItArrives() throws Exception {
		Way way = waysThatKnowWhatHasArrived().findFirst().orElse(null);
		assumeTrue(way != null, "no transport knows what has arrived");
		SocketServer server = onlyOnce("once", way);

		try (Peer slow = new Peer(server, 4 * 1024); Peer deaf = new Peer(server, 4 * 1024)) {
			slow.send("one\n");
			deaf.send("one\n");
			long before = System.nanoTime();
			ByteArrayOutputStream arrived = new ByteArrayOutputStream();
			Awaitility.await().pollInterval(Duration.ofMillis(500)).until(() -> {
				arrived.write(slow.bytes(2_000));
				return System.nanoTime() - before > TimeUnit.SECONDS.toNanos(12);
			});
			assertThat(this.fixture.nextClosed().reason()).as("that of the deaf one")
				.isEqualTo(CloseReason.REQUESTS_DONE);
			assertThat(this.fixture.closed).isEmpty();
			// It would be reset for that by a server that has closed the connection.
			slow.send("two\n");
			assertThat(arrived + slow.rest()).isEqualTo(ONCE + "\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Test
	void peerThatTakesNothingIsNotWaitedForWhereNobodyKnowsWhatHasArrived() throws Exception {
		SocketServer server = onlyOnce("deaf", new Way(SocketTransport.NIO, ExecutionMode.POOL, false));

		try (Peer deaf = new Peer(server, 4 * 1024)) {
			deaf.send("one\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		}
	}

	@Every.Way
	void theRepliesOfTheCallThatClosesTheSessionStillLeave(Way way) throws Exception {
		BlockingQueue<CompletableFuture<?>> late = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.start(new ServerHandler.Messages("goodbyes", PayloadConverter.text(UTF_8),
				false, (ignored) -> new Goodbyes(late)), way.spec());

		assertThat(lastWords(server, "one")).isEqualTo("bye\n");
		assertThat(lastWords(server, "several")).isEqualTo("one\ntwo\n".repeat(5_000));
		assertThat(lastWords(server, "stage")).isEqualTo("at last\n");
		assertThat(lastWords(server, "published").lines()).hasSize(100);
		assertThat(lastWords(server, "nothing")).isEmpty();
		assertThat(lastWords(server, "wrong")).isEqualTo("sorry\n");
		assertThat(late).hasSize(6).allMatch(CompletableFuture::isCompletedExceptionally);
	}

	private String lastWords(SocketServer server, String question) throws Exception {
		String answer;
		try (Peer peer = new Peer(server)) {
			answer = peer.send(question + "\nnobody asks\n").rest();
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.HANDLER_CLOSED));
		return answer;
	}

	@Every.Way
	void aReplyThatComesLaterThanItsCallIsNotWaitedForAfterAClose(Way way) throws Exception {
		CompletableFuture<String> never = new CompletableFuture<>();
		SessionHandler handler = (payload, session) -> {
			session.close();
			return never;
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("never", handler), way.spec());

		assertThat(lastWords(server, "go")).isEmpty();
	}

	@Test
	void whoeverElseClosesTheSessionDoesNotWaitForTheCallOfItsHandler() throws Exception {
		CountDownLatch closing = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			session.close();
			closing.countDown();
			closed.await();
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			peer.send("go\n");
			Patience.await(closing);
			session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
			assertThat(peer.rest()).isEmpty();
		}
		finally {
			closed.countDown();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "close end", "end close", "close close", "end end close" })
	void aCloseBesideAnEndOfTheOutputClosesTheSession(String calls) throws Exception {
		SessionHandler handler = (payload, session) -> {
			for (String call : calls.split(" ")) {
				if (call.equals("close")) {
					session.close();
				}
				else {
					session.shutdownOutput();
				}
			}
			return "bye";
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("ends", handler), UnaryOperator.identity());

		assertThat(lastWords(server, "go")).isEqualTo(calls.startsWith("close") ? "bye\n" : "");
	}

	/**
	 * Closes its session with the first message, and has something to say all the same.
	 */
	private record Goodbyes(BlockingQueue<CompletableFuture<?>> late) implements SessionHandler {

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			if (payload.equals("wrong")) {
				throw new IllegalArgumentException("as the test says");
			}
			close(session);
			return switch ((String) payload) {
				case "one" -> "bye";
				case "several" -> Stream.generate(() -> List.of("one", "two")).limit(5_000).flatMap(List::stream);
				case "published" -> published(100);
				case "stage" -> CompletableFuture.completedFuture("at last");
				default -> null;
			};
		}

		@Override
		public Object failed(Exception failure, SocketSession session) {
			close(session);
			return "sorry";
		}

		/** All at once, as soon as they are asked for. */
		private static Flow.Publisher<String> published(int count) {
			return (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

				private int published;

				@Override
				public void request(long more) {
					for (long i = 0; i < more && this.published < count; i++) {
						subscriber.onNext("reply " + ++this.published);
					}
					if (this.published == count) {
						subscriber.onComplete();
					}
				}

				@Override
				public void cancel() {
				}

			});
		}

		private void close(SocketSession session) {
			session.close();
			this.late.add(session.send("too late"));
		}

	}

	@Test
	void sendAfterCloseFailsVisiblyAndAbortResets() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> session.abort(), UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			assertThat(peer.send("go\n").sawReset()).isTrue();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
			CompletableFuture<?> late = session.send("late");
			assertThatThrownBy(() -> Patience.await(late)).isInstanceOf(ExecutionException.class)
				.hasCauseInstanceOf(SessionClosedException.class);
			assertThat(Patience.await(session.closed()).reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		}
	}

	@Every.Way
	void abortDropsWhatIsQueued(Way way) throws Exception {
		int size = 8 * 1024 * 1024;
		BlockingQueue<CompletableFuture<?>> sent = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			sent.add(session.send("x".repeat(size)));
			session.abort();
			sent.add(session.send("behind"));
		}, way.spec());

		try (Peer peer = new Peer(server, 16 * 1024)) {
			peer.send("go\n");
			for (int i = 0; i < 2; i++) {
				assertThat(Patience.next(sent)).failsWithin(Patience.limit())
					.withThrowableOfType(ExecutionException.class)
					.withCauseInstanceOf(SessionClosedException.class);
			}
			assertThat(peer.sawReset()).isTrue();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void pendingSendsFailOnceEachWhenTheConnectionIsLost() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
		}, UnaryOperator.identity());
		AtomicInteger succeeded = new AtomicInteger();
		AtomicInteger failed = new AtomicInteger();
		AtomicInteger onLoop = new AtomicInteger();
		int sends = 0;

		Peer peer = new Peer(server);
		SocketSession session = ServerFixture.session(server);
		while (failed.get() == 0 && sends < 100_000) {
			sends++;
			session.send("x".repeat(8 * 1024), (failure) -> ((failure != null) ? failed : succeeded).incrementAndGet());
		}
		List<CompletableFuture<?>> futures = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			futures.add(session.send("z").whenComplete((result, failure) -> {
				if (Thread.currentThread() instanceof IoThread) {
					onLoop.incrementAndGet();
				}
			}));
		}
		peer.reset();
		this.fixture.nextClosed();

		// Every callback is called before closed, and none twice.
		assertThat(succeeded.get() + failed.get()).isEqualTo(sends);
		Awaitility.await().until(() -> futures.stream().allMatch(CompletableFuture::isDone));
		assertThat(onLoop).hasValue(0);
		assertThat(session.info().pendingWrites()).isZero();
		assertThat(session.info().pendingBytes()).isZero();
	}

	@Every.Way
	void shutdownOutputLetsInputGoOn(Way way) throws Exception {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			received.add(line);
			session.send("bye");
			session.shutdownOutput();
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("first\n").rest()).isEqualTo("bye\n");
			peer.send("second\n");
			assertThat(Patience.next(received)).isEqualTo("first");
			assertThat(Patience.next(received)).isEqualTo("second");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

}
