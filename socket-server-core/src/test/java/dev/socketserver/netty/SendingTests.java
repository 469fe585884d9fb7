package dev.socketserver.netty;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.Undeclared;
import dev.socketserver.framing.EncodedFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("virtual-threads")
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class SendingTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private SocketServer lines(Calls calls, UnaryOperator<dev.socketserver.ServerSpec.Builder> spec) {
		SessionHandler handler = (payload, session) -> {
			calls.call((String) payload, session);
			return null;
		};
		return this.fixture.start(
				new ServerHandler.Messages("calls", PayloadConverter.text(UTF_8), false, (ignored) -> handler), spec);
	}

	private interface Calls {

		void call(String line, SocketSession session) throws Exception;

	}

	private SocketSession open(SocketServer server) {
		return Awaitility.await().until(() -> server.sessions().findFirst().orElse(null), (found) -> found != null);
	}

	@Every.OffLoopMode
	void handlerMayWaitForWhatItSends(ExecutionMode mode) throws Exception {
		SocketServer server = lines((line, session) -> {
			session.send("first").get(30, TimeUnit.SECONDS);
			session.send("second").join();
		}, (spec) -> spec.execution((e) -> e.mode(mode)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line() + peer.line()).isEqualTo("firstsecond");
		}
	}

	@Test
	void whatIsHungOnTheFutureOfASendMayWaitForFurtherSends() throws Exception {
		int sends = 32;
		SocketServer server = lines((line, session) -> {
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			SocketSession session = open(server);
			List<CompletableFuture<?>> all = new ArrayList<>();
			for (int i = 0; i < sends; i++) {
				all.add(session.send("first").thenRun(() -> session.send("second").join()));
			}
			for (CompletableFuture<?> each : all) {
				each.get(20, TimeUnit.SECONDS);
			}
			assertThat(peer.bytes(sends * "first\nsecond\n".length())).endsWith("second\n".getBytes(UTF_8));
		}
	}

	@Test
	void waitingOnAnEventLoopFailsInsteadOfBlockingIt() throws Exception {
		BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
		SocketServer server = lines((line, session) -> {
			CompletableFuture<?> sent = session.send("x");
			try {
				sent.join();
			}
			catch (IllegalStateException ex) {
				thrown.add(ex);
			}
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).isEqualTo("x");
		}
		assertThat(thrown.poll(30, TimeUnit.SECONDS)).hasMessageContaining("I/O thread");
	}

	@Test
	void whatASessionSendsLeavesWhileItsHandlerIsBusy() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = lines((line, session) -> {
			session.send("working");
			release.await();
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).isEqualTo("working");
			release.countDown();
		}
	}

	@Every.Way
	void callbacksRunOnTheLaneInOrderAndBeforeClosed(Way way) throws Exception {
		List<String> order = new CopyOnWriteArrayList<>();
		SessionHandler handler = new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession session) {
				for (int i = 0; i < 3; i++) {
					int number = i;
					session.send("x", (failure) -> order.add("callback " + number + " " + failure));
				}
				order.add("call over");
				return null;
			}

			@Override
			public void closed(SocketSession session, dev.socketserver.CloseStatus status) {
				order.add("closed");
			}

		};
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("order", PayloadConverter.text(UTF_8), false, (spec) -> handler),
				way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").endOutput().rest()).isEqualTo("x\nx\nx\n");
		}
		this.fixture.nextClosed();
		assertThat(order).containsExactly("call over", "callback 0 null", "callback 1 null", "callback 2 null",
				"closed");
	}

	@Every.Way
	void longChainOfCallbacksDoesNotOverflowTheStack(Way way) throws Exception {
		// Some thousands would.
		int count = Rounds.of("chain.length", 10_000, 100_000);
		CountDownLatch done = new CountDownLatch(1);
		SocketServer server = lines((line, session) -> chain(session, count, done), way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(peer.bytes(2 * count)).hasSize(2 * count);
			assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	private static void chain(SocketSession session, int rest, CountDownLatch done) {
		if (rest == 0) {
			done.countDown();
			return;
		}
		session.send("x", (failure) -> chain(session, rest - 1, done));
	}

	@Test
	void sendsOfAThreadKeepTheirOrder() throws Exception {
		int threads = 4;
		int sends = 2_000;
		SocketServer server = lines((line, session) -> {
		}, (spec) -> spec.outbound((o) -> o.capacity(threads * sends).bytes(1024 * 1024)));

		try (Peer peer = new Peer(server)) {
			SocketSession session = open(server);
			List<Thread> senders = startSenders(session, threads, sends);
			int[] next = new int[threads];
			for (int i = 0; i < threads * sends; i++) {
				String[] parts = peer.line().split(" ");
				assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
			}
			for (Thread sender : senders) {
				sender.join();
			}
		}
	}

	/** Starts threads that send lines, each its own number and that of the line. */
	private static List<Thread> startSenders(SocketSession session, int threads, int sends) {
		List<Thread> senders = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			int id = thread;
			Thread sender = new Thread(() -> {
				for (int i = 0; i < sends; i++) {
					session.send(id + " " + i);
				}
			});
			sender.start();
			senders.add(sender);
		}
		return senders;
	}

	@Test
	void peerThatDoesNotReadMakesSendFailAndTheSessionLivesOn() throws Exception {
		SocketServer server = lines((line, session) -> session.send(line), UnaryOperator.identity());
		String block = "x".repeat(32 * 1024);

		try (Peer peer = new Peer(server)) {
			SocketSession session = open(server);
			List<CompletableFuture<?>> sent = new ArrayList<>();
			CompletableFuture<?> last = session.send(block);
			while (!last.isCompletedExceptionally()) {
				sent.add(last);
				last = session.send(block);
			}
			CompletableFuture<?> refused = last;
			assertThatThrownBy(refused::join).cause()
				.isInstanceOfSatisfying(OutboundFullException.class,
						(ex) -> assertThat(ex.limit()).isEqualTo("outbound.bytes"));
			assertThat(session.info().pendingBytes()).isLessThanOrEqualTo(256 * 1024);

			for (int i = 0; i < sent.size(); i++) {
				assertThat(peer.line()).hasSize(block.length());
			}
			for (CompletableFuture<?> future : sent) {
				future.get(30, TimeUnit.SECONDS);
			}
			assertThat(peer.ask("alive")).isEqualTo("alive");
		}
	}

	@Test
	void oneWriteLargerThanTheLimitIsAdmittedWhenNothingElseIsPending() throws Exception {
		SocketServer server = lines((line, session) -> session.send("x".repeat(3 * 1024 * 1024)),
				(spec) -> spec.outbound((o) -> o.bytes(1024)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).hasSize(3 * 1024 * 1024);
		}
	}

	@Every.Way
	void repliesAreNeverRefusedAndReadingWaitsForThem(Way way) throws Exception {
		String reply = "y".repeat(100 * 1024);
		SocketServer server = this.fixture.lines((line) -> line + reply, way.spec());
		int requests = 160;

		try (Peer peer = new Peer(server)) {
			StringBuilder text = new StringBuilder();
			for (int i = 0; i < requests; i++) {
				text.append(i).append('\n');
			}
			peer.send(text.toString()).endOutput();
			SocketSession session = open(server);
			ServerFixture.awaitStill(() -> session.info().bytesSent());
			assertThat(session.info().pendingInbound()).isPositive();
			assertThat(session.info().messagesReceived()).isLessThan(requests);
			assertThat(session.info().pendingBytes()).isLessThan(512 * 1024);
			for (int i = 0; i < requests; i++) {
				assertThat(peer.line()).isEqualTo(i + reply);
			}
			assertThat(peer.rest()).isEmpty();
		}
	}

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

	@ParameterizedTest(allowZeroInvocations = true)
	@MethodSource("waysThatKnowWhatHasArrived")
	void whatIsOnItsWayIsNotDestroyedByWhatAPeerSendsThatWasQuietForLong(Way way) throws Exception {
		String reply = "x".repeat(100_000);
		SocketServer server = this.fixture.lines((line) -> reply,
				(spec) -> way.spec().apply(spec.requestsPerSession(1)));

		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.send("one\n");
			SocketSession session = this.fixture.firstOpened();
			Awaitility.await().until(() -> session.info().messagesSent() == 1);
			// Longer than a peer that has everything is waited for.
			Awaitility.await()
				.during(Duration.ofMillis(2500))
				.atMost(Duration.ofSeconds(5))
				.until(this.fixture.closed::isEmpty);
			peer.send("two\n");
			assertThat(peer.rest()).isEqualTo(reply + "\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	/** One of them: it takes longer than a peer that takes nothing is waited for. */
	static Stream<Way> wayThatKnowsWhatHasArrived() {
		return waysThatKnowWhatHasArrived().limit(1);
	}

	@ParameterizedTest(allowZeroInvocations = true)
	@MethodSource("wayThatKnowsWhatHasArrived")
	void whatIsOnItsWayIsWaitedForAsLongAsSomeOfItArrives(Way way) throws Exception {
		String reply = "x".repeat(100_000);
		SocketServer server = this.fixture.lines((line) -> reply,
				(spec) -> way.spec().apply(spec.requestsPerSession(1)));

		try (Peer slow = new Peer(server, 4 * 1024)) {
			slow.send("one\n");
			long before = System.nanoTime();
			ByteArrayOutputStream arrived = new ByteArrayOutputStream();
			Awaitility.await().pollInterval(Duration.ofMillis(500)).until(() -> {
				arrived.write(slow.bytes(2_000));
				return System.nanoTime() - before > TimeUnit.SECONDS.toNanos(12);
			});
			// It would be reset for that by a server that has closed the connection.
			slow.send("two\n");
			assertThat(arrived + slow.rest()).isEqualTo(reply + "\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Test
	void peerThatTakesNothingOfWhatIsOnItsWayIsNotWaitedForForever() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "x".repeat(100_000), (spec) -> spec.requestsPerSession(1));

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
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("never", PayloadConverter.text(UTF_8), false, (ignored) -> handler),
				way.spec());

		assertThat(lastWords(server, "go")).isEmpty();
	}

	@Test
	void whoeverElseClosesTheSessionDoesNotWaitForTheCallOfItsHandler() throws Exception {
		CountDownLatch closing = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		SocketServer server = lines((line, session) -> {
			session.close();
			closing.countDown();
			closed.await();
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			SocketSession session = open(server);
			peer.send("go\n");
			assertThat(closing.await(10, TimeUnit.SECONDS)).isTrue();
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
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("ends", PayloadConverter.text(UTF_8), false, (ignored) -> handler),
				UnaryOperator.identity());

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
		SocketServer server = lines((line, session) -> session.abort(), UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			SocketSession session = open(server);
			assertThat(peer.send("go\n").sawReset()).isTrue();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
			CompletableFuture<?> late = session.send("late");
			assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
				.hasCauseInstanceOf(SessionClosedException.class);
			assertThat(session.closed().get(30, TimeUnit.SECONDS).reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		}
	}

	@Every.Way
	void abortDropsWhatIsQueued(Way way) throws Exception {
		int size = 8 * 1024 * 1024;
		BlockingQueue<CompletableFuture<?>> sent = new LinkedBlockingQueue<>();
		SocketServer server = lines((line, session) -> {
			sent.add(session.send("x".repeat(size)));
			session.abort();
			sent.add(session.send("behind"));
		}, way.spec());

		try (Peer peer = new Peer(server, 16 * 1024)) {
			peer.send("go\n");
			for (int i = 0; i < 2; i++) {
				assertThat(sent.poll(30, TimeUnit.SECONDS)).failsWithin(30, TimeUnit.SECONDS)
					.withThrowableOfType(ExecutionException.class)
					.withCauseInstanceOf(SessionClosedException.class);
			}
			assertThat(peer.sawReset()).isTrue();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Every.OffLoopMode
	void handlerMayWaitForRoomInItsOwnSession(ExecutionMode mode) throws Exception {
		int sends = 500;
		String block = "x".repeat(16 * 1024 - 1);
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		SocketServer server = lines((line, session) -> {
			for (int i = 0; i < sends; i++) {
				session.send(block, (failure) -> {
					if (failure != null) {
						failures.add(failure);
					}
				});
			}
		}, (spec) -> spec.execution((e) -> e.mode(mode))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).bytes(64 * 1024)));

		try (Peer peer = new Peer(server, 16 * 1024)) {
			peer.send("go\n");
			for (int i = 0; i < sends; i++) {
				assertThat(peer.line()).hasSize(block.length());
			}
		}
		this.fixture.nextClosed();
		assertThat(failures).isEmpty();
	}

	@Test
	void onAnEventLoopASendIsOfferedToTheSocketBeforeItIsRefused() throws Exception {
		SocketServer server = lines((line, session) -> {
			session.send("first");
			session.send("second");
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(1)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).isEqualTo("first");
			assertThat(peer.line()).isEqualTo("second");
		}
	}

	@Test
	void onAnEventLoopASendDoesNotWait() throws Exception {
		BlockingQueue<CompletableFuture<?>> refused = new LinkedBlockingQueue<>();
		String line = "x".repeat(64 * 1024);
		SocketServer server = lines((go, session) -> {
			CompletableFuture<?> last = session.send(line);
			for (int i = 0; i < 10_000 && !last.isCompletedExceptionally(); i++) {
				last = session.send(line);
			}
			refused.add(last);
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(1)));

		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(refused.poll(30, TimeUnit.SECONDS)).isCompletedExceptionally();
		}
	}

	@ParameterizedTest
	@EnumSource
	void sendsOfAThreadKeepTheirOrderUnderEveryPolicy(OutboundOverflow overflow) throws Exception {
		int threads = 4;
		int sends = 1_000;
		SocketServer server = lines((line, session) -> {
		}, (spec) -> spec.outbound((o) -> o.overflow(overflow).capacity(16)));

		try (Peer peer = new Peer(server)) {
			SocketSession session = open(server);
			List<Thread> senders = startSenders(session, threads, sends);
			for (Thread sender : senders) {
				sender.join();
			}
			session.close();
			int[] next = new int[threads];
			int received = 0;
			try {
				for (String line : peer.rest().split("\n")) {
					String[] parts = line.split(" ");
					int number = Integer.parseInt(parts[1]);
					assertThat(number).isGreaterThanOrEqualTo(next[Integer.parseInt(parts[0])]);
					next[Integer.parseInt(parts[0])] = number + 1;
					received++;
				}
			}
			catch (IOException ex) {
				assertThat(overflow).isEqualTo(OutboundOverflow.CLOSE);
			}
			if (overflow == OutboundOverflow.BLOCK) {
				assertThat(received).isEqualTo(threads * sends);
			}
			if (overflow == OutboundOverflow.DROP_NEWEST || overflow == OutboundOverflow.DROP_OLDEST) {
				assertThat(received + server.statistics().outboundDropped()).isEqualTo(threads * sends);
			}
		}
	}

	@Test
	void broadcastDoesNotWaitForASlowPeer() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(4)));
		String block = "b".repeat(64 * 1024);

		try (Peer slow = new Peer(server, 4096); Peer quick = new Peer(server)) {
			Awaitility.await().until(() -> server.sessions().count() == 2);
			int took = 2;
			for (int rounds = 0; took == 2 && rounds < 2_000; rounds++) {
				took = server.broadcast(block);
				assertThat(quick.line()).hasSize(block.length());
			}
			assertThat(took).isOne();
			assertThat(slow.in().read()).isEqualTo('b');
		}
	}

	/** Else those who never wait would fill every gap before there is room for more. */
	@Test
	void nobodyOvertakesASenderThatWaitsForRoom() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK)));
		String small = "s".repeat(1024);

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = open(server);
			Awaitility.await().until(() -> server.broadcast(small) == 0);
			Thread waiting = new Thread(() -> session.send("w".repeat(200 * 1024)));
			waiting.start();
			Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
			long before = session.info().pendingBytes();
			Awaitility.await().pollDelay(Duration.ZERO).until(() -> {
				peer.line();
				return session.info().pendingBytes() < before - 32 * 1024;
			});

			assertThat(waiting.getState()).isEqualTo(Thread.State.WAITING);
			assertThat(session.trySend(small)).isCompletedExceptionally();
			assertThat(server.broadcast(small)).isZero();

			String line = small;
			while (line.equals(small)) {
				line = peer.line();
			}
			waiting.join();
			assertThat(server.broadcast(small)).isOne();
		}
	}

	@Test
	void pendingSendsFailOnceEachWhenTheConnectionIsLost() throws Exception {
		SocketServer server = lines((line, session) -> {
		}, UnaryOperator.identity());
		AtomicInteger succeeded = new AtomicInteger();
		AtomicInteger failed = new AtomicInteger();
		AtomicInteger onLoop = new AtomicInteger();
		int sends = 0;

		Peer peer = new Peer(server);
		SocketSession session = open(server);
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
		SocketServer server = lines((line, session) -> {
			received.add(line);
			session.send("bye");
			session.shutdownOutput();
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("first\n").rest()).isEqualTo("bye\n");
			peer.send("second\n");
			assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("first");
			assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("second");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.Way
	void whatIsSentIsWhatItWasThen(Way way) throws Exception {
		int[] lengths = { 10, 700, 5, 200_000, 600 };
		SessionHandler handler = (payload, session) -> {
			for (int length : lengths) {
				byte[] bytes = new byte[length];
				Arrays.fill(bytes, (byte) 'a');
				session.trySend(bytes);
				Arrays.fill(bytes, (byte) 'b');
			}
			return "c".repeat(1_000);
		};
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("reused", PayloadConverter.text(UTF_8), false, (spec) -> handler),
				way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			for (int length : lengths) {
				assertThat(peer.line()).isEqualTo("a".repeat(length));
			}
			assertThat(peer.line()).isEqualTo("c".repeat(1_000));
		}
	}

	/** Bytes that the application has a type of its own for. */
	private record Packet(byte[] bytes) {
	}

	@Every.Way
	void bytesOfATypeOfTheApplicationsAreWhatTheyWereWhenSent(Way way) throws Exception {
		PayloadConverter<byte[]> bytes = PayloadConverter.bytes();
		PayloadConverter<Packet> packets = new PayloadConverter<>() {

			@Override
			public Class<Packet> type() {
				return Packet.class;
			}

			@Override
			public Packet read(byte[] source, int offset, int length) throws Exception {
				return new Packet(bytes.read(source, offset, length));
			}

			@Override
			public byte[] write(Packet packet) throws Exception {
				return bytes.write(packet.bytes());
			}

		};
		SessionHandler handler = (payload, session) -> {
			session.trySend(payload);
			Arrays.fill(((Packet) payload).bytes(), (byte) 'b');
			return null;
		};
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("packets", packets, false, (spec) -> handler),
				(spec) -> way.spec().apply(spec).framing(Framing.line()).converters(List.of(packets)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a".repeat(10))).isEqualTo("a".repeat(10));
			assertThat(peer.ask("a".repeat(1_000))).isEqualTo("a".repeat(1_000));
		}
	}

	@Test
	void sessionEndsInGoodOrderThoughItsFramingThrewACheckedException() throws Exception {
		Framing failing = new EncodedFraming((payload, out) -> {
			out.write(payload);
			if (payload.length == 1_000) {
				Undeclared.sneak(new IOException("as the test says"));
			}
			out.writeByte('\n');
		});
		SocketServer server = lines((line, session) -> {
			session.send("before");
			assertThatThrownBy(() -> session.send("x".repeat(1_000), (failure) -> {
			})).isInstanceOf(IOException.class);
			session.send("behind");
			session.close();
		}, (spec) -> spec.framing(failing));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").rest()).isEqualTo("before\nbehind\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void broadcastReachesAllButThoseWhoAreFull() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null, (spec) -> spec.outbound((o) -> o.capacity(4)));
		String block = "b".repeat(64 * 1024);

		try (Peer slow = new Peer(server, 4096); Peer quick = new Peer(server); Peer third = new Peer(server)) {
			Awaitility.await().until(() -> server.sessions().count() == 3);
			int took = 3;
			int rounds = 0;
			for (; took == 3 && rounds < 2_000; rounds++) {
				took = server.broadcast(block);
				assertThat(quick.line()).hasSize(block.length());
				assertThat(third.line()).hasSize(block.length());
			}
			assertThat(took).isEqualTo(2);
			assertThat(server.broadcast("still")).isGreaterThanOrEqualTo(2);
			assertThat(quick.line()).isEqualTo("still");
			assertThat(slow.in().read()).isEqualTo('b');
		}
	}

	@Test
	void broadcastUsesTheFraming() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("sink", PayloadConverter.bytes(), (payload) -> null),
				(spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			open(server);
			assertThat(server.broadcast("hi")).isOne();
			assertThat(peer.bytes(6)).containsExactly(0, 0, 0, 2, 'h', 'i');
		}
	}

}
