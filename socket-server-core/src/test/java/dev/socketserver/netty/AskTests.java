package dev.socketserver.netty;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo.Waiting;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link SocketSession#ask}: requests of a server to its peer.
 */
@Tag("virtual-threads")
class AskTests {

	private static final Duration LONG = Duration.ofHours(1);

	private static final Duration SHORT = Duration.ofMillis(30);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

	/** The part of a line in front of a colon is its key. */
	private static @Nullable Object key(Object line) {
		String text = (String) line;
		int colon = text.indexOf(':');
		return (colon > 0) ? text.substring(0, colon) : null;
	}

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines((line) -> {
			this.handled.add(line);
			return "ok " + line;
		}, spec);
	}

	@Every.Way
	void repliesComeInTheOrderOfRequests(Way way) throws Exception {
		SocketServer server = server(way.spec());
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("ok before");
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<Object> first = session.ask("first?", LONG);
			CompletableFuture<Object> second = session.ask("second?", LONG);
			assertThat(session.info().requests()).isEqualTo(2);
			assertThat(session.info().oldestRequests()).extracting(Waiting::key).containsExactly(null, null);
			assertThat(peer.line()).isEqualTo("first?");
			assertThat(peer.line()).isEqualTo("second?");
			peer.send("1\n2\n3\n");

			assertThat(Patience.await(first)).isEqualTo("1");
			assertThat(Patience.await(second)).isEqualTo("2");
			assertThat(peer.line()).isEqualTo("ok 3");
			assertThat(session.info().requests()).isZero();
			assertThat(server.statistics().requests()).isEqualTo(Map.of(RequestOutcome.SUCCESS, 2L));
			assertThat(server.statistics().messagesReceived()).isEqualTo(4);
			// Counted when the calls of one read are over, of which the last has replied.
			Awaitility.await().until(() -> server.statistics().messagesHandled() == 2);
		}
	}

	/** Finds the key of a line, and of one that ends with an exclamation mark later. */
	private static Function<Object, @Nullable Object> keyAfter(CountDownLatch slow) {
		return (line) -> {
			if (line.toString().endsWith("!")) {
				Patience.hold(slow);
			}
			return key(line);
		};
	}

	/** Reading stops while more than 64 KB wait for the correlator, and goes on. */
	@Every.OffLoopMode
	void readsOnWhenAFloodOfRepliesHasBeenMatched(ExecutionMode mode) throws Exception {
		CountDownLatch slow = new CountDownLatch(1);
		SocketServer server = server((spec) -> spec.execution((e) -> e.mode(mode))
			.outbound((o) -> o.capacity(10_000).bytes(1 << 24))
			.correlator(keyAfter(slow)));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			String reply = "x".repeat(100);
			List<CompletableFuture<Object>> asked = IntStream.range(0, 2000)
				.mapToObj((i) -> session.ask(i + ":?", LONG))
				.toList();
			for (int i = 0; i < asked.size(); i++) {
				peer.line();
			}
			long before = session.info().bytesReceived();
			peer.send("0:!\n");
			Awaitility.await().until(() -> session.info().bytesReceived() == before + 4);
			StringBuilder replies = new StringBuilder();
			for (int i = 1; i < asked.size(); i++) {
				replies.append(i).append(':').append(reply).append('\n');
			}
			peer.send(replies.toString());
			Patience.still(() -> session.info().bytesReceived());
			assertThat(session.info().bytesReceived() - before).isLessThan(replies.length());
			slow.countDown();
			Patience.await(CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)));

			CompletableFuture<Object> last = session.ask("last:?", LONG);
			peer.send("last:one\n");
			assertThat(Patience.await(last)).isEqualTo("last:one");
		}
	}

	@Every.OffLoopMode
	void whatWaitsForASlowCorrelatorIsNoUnfinishedFrame(ExecutionMode mode) throws Exception {
		CountDownLatch slow = new CountDownLatch(1);
		SocketServer server = server((spec) -> spec.execution((e) -> e.mode(mode))
			.timeouts((t) -> t.frame(Duration.ofMillis(200)))
			.correlator(keyAfter(slow)));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<Object> reply = session.ask("0:?", LONG);
			peer.line();
			long before = session.info().bytesReceived();
			peer.send("0:!\n");
			Awaitility.await().until(() -> session.info().bytesReceived() == before + 4);
			peer.send("hello\n");
			Awaitility.await().until(() -> session.info().bytesReceived() == before + 10);
			try (Peer late = new Peer(server)) {
				late.send("unfinished");
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
				slow.countDown();
				assertThat(Patience.await(reply)).isEqualTo("0:!");
				assertThat(peer.line()).isEqualTo("ok hello");
			}
		}
		finally {
			slow.countDown();
		}
	}

	@Every.Way
	void correlatedRepliesOvertake(Way way) throws Exception {
		SocketServer server = server((spec) -> way.spec().apply(spec).correlator(AskTests::key));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<Object> first = session.ask("1:?", LONG);
			CompletableFuture<Object> second = session.ask("2:?", LONG);
			assertThatIllegalArgumentException().isThrownBy(() -> session.ask("2:again", LONG))
				.withMessageContaining("same key");
			assertThatIllegalArgumentException().isThrownBy(() -> session.ask("no key", LONG))
				.withMessageContaining("no key");
			peer.line();
			peer.line();
			peer.send("a\n2:two\nb\n9:nobody\nc\n1:one\nd\n");

			assertThat(Patience.await(second)).isEqualTo("2:two");
			assertThat(Patience.await(first)).isEqualTo("1:one");
			for (String line : List.of("a", "b", "c", "d")) {
				assertThat(peer.line()).isEqualTo("ok " + line);
			}
			peer.send("8:nobody\ne\n");
			assertThat(peer.line()).isEqualTo("ok e");
			assertThat(this.handled).containsExactly("before", "a", "b", "c", "d", "e");
			assertThat(server.statistics().repliesDropped()).isEqualTo(2);
		}
	}

	@Test
	void aSessionReportsWhatItsRequestsWaitForAndSinceWhen() throws Exception {
		SocketServer keys = server((spec) -> spec.correlator(AskTests::key));
		try (Peer peer = new Peer(keys)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			assertThat(session.info().oldestRequests()).isEmpty();
			long before = System.nanoTime();
			CompletableFuture<Object> first = session.ask("7:?", LONG);
			long between = System.nanoTime();
			session.ask("8:?", LONG);
			Awaitility.await().until(() -> System.nanoTime() - between > SHORT.toNanos());

			long youngest = System.nanoTime() - between;
			List<Waiting> waiting = session.info().oldestRequests();
			long eldest = System.nanoTime() - before;

			assertThat(waiting).extracting(Waiting::key).containsExactly("7", "8");
			assertThat(waiting.get(0).age()).isBetween(Duration.ofNanos(youngest), Duration.ofNanos(eldest));
			assertThat(waiting.get(1).age()).isLessThanOrEqualTo(waiting.get(0).age());
			peer.send("7:!\n");
			assertThat(first).succeedsWithin(Patience.limit());
			assertThat(session.info().oldestRequests()).extracting(Waiting::key).containsExactly("8");
			assertThat(session.info().requests()).isOne();
		}
	}

	@Every.OffLoopMode
	void handlerMayWaitForItsOwnPeer(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			if (!line.equals("go")) {
				return "ok " + line;
			}
			return "got " + this.fixture.opened.get(0).ask("what?", LONG).join();
		}, (spec) -> spec.execution((e) -> e.mode(mode)));
		assertAsksItsPeer(server);
	}

	private static void assertAsksItsPeer(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(peer.line()).isEqualTo("what?");
			peer.send("this\nnext\n");
			assertThat(peer.line()).isEqualTo("got this");
			assertThat(peer.line()).isEqualTo("ok next");
		}
	}

	@Test
	void waitingOnTheEventLoopIsRefused() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			CompletableFuture<Object> reply = this.fixture.opened.get(0).ask("what?", LONG);
			try {
				return reply.join();
			}
			catch (IllegalStateException ex) {
				return "refused";
			}
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(Stream.of(peer.line(), peer.line())).containsExactlyInAnyOrder("what?", "refused");
		}
	}

	@Every.Mode
	void handlerMayReturnWhatItAsksFor(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line.equals("go")
				? this.fixture.opened.get(0).ask("what?", LONG).thenApply((reply) -> "got " + reply) : "ok " + line,
				(spec) -> spec.execution((e) -> e.mode(mode)));
		assertAsksItsPeer(server);
	}

	@Every.OffLoopMode
	void replyIsReadAfterAFullInbox(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines(
				(line) -> line.equals("go") ? "got " + this.fixture.opened.get(0).ask("k:what?", LONG).join()
						: "ok " + line,
				(spec) -> spec.execution((e) -> e.mode(mode))
					.inbound((inbound) -> inbound.capacity(2).overflow(InboundOverflow.BLOCK))
					.correlator(AskTests::key));
		try (Peer peer = new Peer(server)) {
			peer.send("go\n" + IntStream.range(0, 100).mapToObj((i) -> i + "\n").reduce("", String::concat));
			assertThat(peer.line()).isEqualTo("k:what?");
			peer.send("k:this\n");
			assertThat(peer.line()).isEqualTo("got k:this");
			for (int i = 0; i < 100; i++) {
				assertThat(peer.line()).isEqualTo("ok " + i);
			}
		}
	}

	@Every.Mode
	void lateReplyIsNotTakenForTheNext(ExecutionMode mode) throws Exception {
		SocketServer server = server((spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<Object> late = RequestInTime.ask(SHORT, peer::hasInput,
					(time) -> session.ask("first?", time));
			assertThat(peer.line()).isEqualTo("first?");
			assertThat(late).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(TimeoutException.class);
			CompletableFuture<Object> second = session.ask("second?", LONG);
			assertThat(peer.line()).isEqualTo("second?");
			peer.send("1\n2\n");
			assertThat(Patience.await(second)).isEqualTo("2");
			assertThat(server.statistics().repliesDropped()).isEqualTo(1);
			assertThat(server.statistics().requests()).containsEntry(RequestOutcome.SUCCESS, 1L)
				.containsEntry(RequestOutcome.TIMEOUT, 1L);
		}
	}

	@Test
	void sessionWithTooManyLateRepliesCloses() throws Exception {
		SocketServer server = server(UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			for (int i = 0; i < 65; i++) {
				assertThat(session.closed()).isNotDone();
				CompletableFuture<Object> given = session.ask("?", LONG);
				assertThat(peer.line()).isEqualTo("?");
				given.cancel(false);
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(server.statistics().requests()).isEqualTo(Map.of(RequestOutcome.CANCELLED, 65L));
		}
	}

	@Every.Mode
	void endOfTheInputFailsWhatWaits(ExecutionMode mode) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.connections(new Connections() {

			@Override
			public Void inputEnded(Void state, SocketSession session) {
				release.countDown();
				return null;
			}

		}, (spec) -> spec.execution((e) -> e.mode(mode)).framing(Framing.line()));
		try (Peer peer = new Peer(server)) {
			Awaitility.await().until(() -> !this.fixture.opened.isEmpty());
			CompletableFuture<Object> reply = this.fixture.firstOpened().ask("?".getBytes(UTF_8), LONG);
			assertThat(peer.line()).isEqualTo("?");
			peer.endOutput();
			assertThat(reply).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(SessionClosedException.class);
			Patience.await(release);
			this.fixture.firstOpened().close();
			assertThat(this.fixture.firstOpened().ask("?".getBytes(UTF_8), LONG)).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(SessionClosedException.class);
		}
	}

	@Every.Mode
	void stopWaitsForRequests(ExecutionMode mode) throws Exception {
		SocketServer server = server((spec) -> spec.execution((e) -> e.mode(mode)).correlator(AskTests::key));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			CompletableFuture<Object> reply = this.fixture.firstOpened().ask("1:?", LONG);
			assertThat(peer.line()).isEqualTo("1:?");
			CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> server.stop(Patience.limit()));
			Awaitility.await().until(() -> server.state() != dev.socketserver.ServerState.RUNNING);
			peer.send("1:there\n");
			assertThat(Patience.await(reply)).isEqualTo("1:there");
			assertThat(Patience.await(stopped)).isTrue();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		}
	}

	@Test
	void repliesAreConvertedForWhoAsks() throws Exception {
		PayloadConverter<Integer> numbers = new PayloadConverter<>() {

			@Override
			public Class<Integer> type() {
				return Integer.class;
			}

			@Override
			public Integer read(byte[] bytes, int offset, int length) {
				return Integer.parseInt(new String(bytes, offset, length, UTF_8));
			}

			@Override
			public byte[] write(Integer value) {
				return String.valueOf(value).getBytes(UTF_8);
			}

		};
		SocketServer server = this.fixture.start(ServerHandler.function("sum", numbers, (number) -> number + 1),
				(spec) -> spec.framing(Framing.line()).converters(List.of(numbers)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("1")).isEqualTo("2");
			CompletableFuture<Object> first = this.fixture.firstOpened().ask(5, LONG);
			CompletableFuture<Object> second = this.fixture.firstOpened().ask(6, LONG);
			assertThat(peer.line()).isEqualTo("5");
			peer.send("seven\n8\n9\n");
			assertThat(first).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(PayloadException.class);
			assertThat(Patience.await(second)).isEqualTo(8);
			peer.line();
			assertThat(peer.line()).isEqualTo("10");
		}
	}

	@Test
	void repliesDoNotCountForRequestsPerSession() throws Exception {
		SocketServer server = server((spec) -> spec.requestsPerSession(2));
		try (Peer peer = new Peer(server)) {
			peer.ask("one");
			CompletableFuture<Object> reply = this.fixture.firstOpened().ask("?", LONG);
			peer.line();
			peer.send("reply\n");
			assertThat(Patience.await(reply)).isEqualTo("reply");
			peer.send("two\n");
			assertThat(peer.rest()).isEqualTo("ok two\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Every.Mode
	void lateRepliesByKeyCountForNothingButAsReceived(ExecutionMode mode) throws Exception {
		SocketServer server = server(
				(spec) -> spec.execution((e) -> e.mode(mode)).requestsPerSession(2).correlator(AskTests::key));
		try (Peer peer = new Peer(server)) {
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<Object> late = session.ask("1:?", LONG);
			assertThat(peer.line()).isEqualTo("1:?");
			assertThat(late.cancel(false)).isTrue();

			peer.send("1:late\na\nb\n");

			assertThat(peer.rest()).isEqualTo("ok a\nok b\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		assertThat(this.handled).containsExactly("a", "b");
		assertThat(server.statistics().repliesDropped()).isOne();
		assertThat(server.statistics().messagesReceived()).isEqualTo(3);
		// Counted when the calls of one read are over.
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(server.statistics().handlerCalls()).isEqualTo(Map.of(HandlerOutcome.SUCCESS, 2L)));
	}

	@Every.OffLoopMode
	void whatTheCallOfTheLastFrameAsksFails(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> failureOfAsking(),
				(spec) -> spec.execution((e) -> e.mode(mode)).requestsPerSession(1));
		try (Peer peer = new Peer(server)) {
			peer.send("one\n");
			assertThat(peer.rest()).endsWith(SessionClosedException.class.getSimpleName() + "\n");
		}
	}

	@Every.OffLoopMode
	void whatIsAskedBehindTheEndOfTheInputFails(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			Session session = (Session) this.fixture.firstOpened();
			Awaitility.await().until(() -> !session.input().isReading());
			return failureOfAsking();
		}, (spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("one\n").endOutput().rest())
				.endsWith(SessionClosedException.class.getSimpleName() + "\n");
		}
	}

	/** Asks the first session, and waits for the outcome. */
	private String failureOfAsking() {
		return this.fixture.opened.get(0)
			.ask("?", Duration.ofHours(1))
			.handle((reply, failure) -> failure.getClass().getSimpleName())
			.join();
	}

	@Test
	void handlersThatReadForThemselvesCannotAsk() throws Exception {
		cannotAsk(this.fixture.streams((in, out, session) -> expectRefused(session), UnaryOperator.identity()));
		cannotAsk(this.fixture.conversations((conversation) -> expectRefused(conversation.session()),
				(spec) -> spec.framing(Framing.line())));
		cannotAsk(this.fixture.connections(new Connections() {

			@Override
			public Void opened(SocketSession session) {
				expectRefused(session);
				session.close();
				return null;
			}

		}, (spec) -> spec.framing(Framing.raw())));
	}

	private void cannotAsk(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		this.fixture.servers.remove(server.name());
	}

	private static void expectRefused(SocketSession session) {
		assertThatIllegalStateException().isThrownBy(() -> session.ask("?", LONG)).withMessageContaining(session.id());
	}

	@Test
	void whilePausedNoReplyIsRead() throws Exception {
		SocketServer server = server(UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			session.pauseReads();
			Awaitility.await().until(() -> !((Session) session).input().isReading());
			// It is there before the request, and read behind it.
			peer.send("here\n");
			assertThat(RequestInTime.failure(SHORT, (time) -> session.ask("?", time)))
				.isInstanceOf(TimeoutException.class)
				.hasMessageContaining("reads of the session are paused");
			session.resumeReads();
			Awaitility.await().until(() -> server.statistics().repliesDropped() == 1);
		}
	}

	/**
	 * Epoll hands over the rest of the input with its end, also while reads are paused.
	 */
	@Test
	void theEndIsNoticedBehindRepliesThatArriveInAPause() throws Exception {
		SocketServer server = server((spec) -> spec.correlator(AskTests::key));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			Session session = (Session) this.fixture.firstOpened();
			CompletableFuture<Object> reply = session.ask("1:?", LONG);
			peer.line();
			session.pauseReads();
			Awaitility.await().until(() -> !session.input().isReading());
			peer.send("1:here\n");
			peer.endOutput();
			Assumptions.assumeTrue(server.transport() == SocketTransport.EPOLL);
			Awaitility.await().until(session::inputWaitsToBeDecoded);

			session.resumeReads();

			assertThat(Patience.await(reply)).isEqualTo("1:here");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
	}

	@Every.Mode
	void outcomesComeNeitherOnTheEventLoopNorOnTheLane(ExecutionMode mode) throws Exception {
		CompletableFuture<Thread> lane = new CompletableFuture<>();
		SocketServer server = this.fixture.lines((line) -> {
			lane.complete(Thread.currentThread());
			return line;
		}, (spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = this.fixture.firstOpened();
			CompletableFuture<Thread> replied = session.ask("1?", LONG).thenApply((reply) -> Thread.currentThread());
			CompletableFuture<Thread> late = whereALateOneFails(session);
			CompletableFuture<Thread> closed = session.ask("3?", LONG).handle((reply, ex) -> Thread.currentThread());
			peer.line();
			peer.send("1\n");
			for (CompletableFuture<Thread> each : List.of(replied, late)) {
				assertThat(Patience.await(each).getName()).isEqualTo("socket-server-background");
			}
			session.abort();
			assertThat(Patience.await(closed).getName()).isEqualTo("socket-server-background");
			assertThat(lane.join()).isNotSameAs(closed.join());
		}
	}

	/**
	 * Has a request time out. What is chained to one that is over already runs where that
	 * is done: then again, with more time.
	 */
	private static CompletableFuture<Thread> whereALateOneFails(SocketSession session) {
		for (Duration timeout = SHORT;; timeout = timeout.multipliedBy(2)) {
			CompletableFuture<Object> late = session.ask("2?", timeout);
			CompletableFuture<Thread> failed = late.handle((reply, ex) -> Thread.currentThread());
			if (!failed.isDone() || failed.join() != Thread.currentThread()) {
				return failed;
			}
		}
	}

	@Test
	void correlatorIsRefusedWhereItHasNoEffect() {
		assertThatThrownBy(() -> this.fixture.streams((in, out, session) -> {
		}, (spec) -> spec.correlator(AskTests::key))).hasMessageContaining("correlator");
	}

	/** Takes everything and says nothing. */
	private static class Connections implements ConnectionHandler<Void> {

		@Override
		public Void received(Void state, ByteBuffer data, SocketSession session) {
			data.position(data.limit());
			return null;
		}

	}

}
