package dev.socketserver.netty;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.ServerOperations;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What a handler may return in place of a single reply. */
@Tag("virtual-threads")
class RepliesTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Way
	void listAndStreamAreSeveralReplies(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> switch (line) {
			case "list" -> List.of("l1", "l2", "l3");
			case "none" -> List.of();
			case "stream" -> Stream.of("s1", "s2");
			default -> line;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("list\none\nnone\nstream\ntwo\n").endOutput().rest())
				.isEqualTo("l1\nl2\nl3\none\ns1\ns2\ntwo\n");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Every.Way
	void laterRepliesKeepTheOrderOfRequests(Way way) throws Exception {
		BlockingQueue<CompletableFuture<String>> promised = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.lines((line) -> {
			if (!line.startsWith("later")) {
				return line;
			}
			CompletableFuture<String> reply = new CompletableFuture<>();
			promised.add(reply);
			return reply;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("now\nlater 1\nlater 2\nnow again\n").endOutput();
			assertThat(peer.line()).isEqualTo("now");
			CompletableFuture<String> first = promised.take();
			// The second request is not looked at before the first has its reply.
			assertThat(promised).isEmpty();
			first.complete("1");
			assertThat(peer.line()).isEqualTo("1");
			promised.take().complete("2");
			assertThat(peer.rest()).isEqualTo("2\nnow again\n");
		}
	}

	@Every.Way
	void stageThatIsNoMoreThanAStageIsAwaited(Way way) throws Exception {
		CompletableFuture<String> promised = new CompletableFuture<>();
		SocketServer server = this.fixture.lines((line) -> switch (line) {
			case "now" -> CompletableFuture.completedStage("there");
			case "later" -> promised.minimalCompletionStage();
			default -> CompletableFuture.failedStage(new IllegalStateException("failed on purpose"));
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("now")).isEqualTo("there");
			peer.send("later\nnow\n");
			promised.complete("at last");
			assertThat(peer.line()).isEqualTo("at last");
			assertThat(peer.line()).isEqualTo("there");
			assertThat(peer.send("fail\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().cause()).isInstanceOf(IllegalStateException.class)
			.hasMessage("failed on purpose");
	}

	@Every.Way
	void publishedRepliesLeaveAsTheyCome(Way way) throws Exception {
		SubmissionPublisher<String> publisher = new SubmissionPublisher<>();
		SocketServer server = this.fixture.lines((line) -> line.equals("watch") ? publisher : line, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("watch\nbehind\n");
			Awaitility.await().until(publisher::hasSubscribers);
			publisher.submit("a");
			assertThat(peer.line()).isEqualTo("a");
			IntStream.range(0, 1000).forEach((i) -> publisher.submit("item " + i));
			for (int i = 0; i < 1000; i++) {
				assertThat(peer.line()).isEqualTo("item " + i);
			}
			publisher.close();
			assertThat(peer.line()).isEqualTo("behind");
		}
	}

	@Every.Way
	@SuppressWarnings("NullAway") // what a publisher must not do
	void publisherThatBreaksTheRulesFailsItsReplies(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> asked((subscriber) -> {
			switch (line) {
				case "request" -> throw new NoClassDefFoundError("on purpose");
				case "next" -> subscriber.onNext(null);
				default -> subscriber.onError(null);
			}
		}), way.spec());

		assertThat(failure(server, "request")).isInstanceOf(NoClassDefFoundError.class).hasMessage("on purpose");
		assertThat(failure(server, "next")).hasMessage("The publisher gave null for a reply");
		assertThat(failure(server, "error")).hasMessage("The publisher failed without saying why");
	}

	@Every.Way
	void publisherMayTellOnAnotherThreadAndThenWhereItIsAsked(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> asked((subscriber) -> {
			CompletableFuture.runAsync(() -> subscriber.onNext("a")).join();
			subscriber.onNext("b");
			subscriber.onComplete();
		}), way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("1\n2\n").endOutput().rest()).isEqualTo("a\nb\na\nb\n");
		}
	}

	private static Flow.Publisher<String> asked(Consumer<Flow.Subscriber<? super String>> whenAsked) {
		return (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

			@Override
			public void request(long count) {
				whenAsked.accept(subscriber);
			}

			@Override
			public void cancel() {
			}

		});
	}

	private @Nullable Throwable failure(SocketServer server, String line) throws Exception {
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(line + "\n").rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		return status.cause();
	}

	@Test
	void publisherIsAskedForNoMoreThanThePeerTakes() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		AtomicBoolean cancelled = new AtomicBoolean();
		String item = "x".repeat(10_000);
		Flow.Publisher<String> endless = (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

			@Override
			public void request(long count) {
				asked.addAndGet((int) count);
				for (long i = 0; i < count; i++) {
					subscriber.onNext(item);
				}
			}

			@Override
			public void cancel() {
				cancelled.set(true);
			}

		});
		SocketServer server = this.fixture.lines((line) -> endless, UnaryOperator.identity());

		try (Peer peer = new Peer(server, 8192)) {
			peer.send("go\n");
			SocketSession session = this.fixture.firstOpened();
			ServerFixture.awaitFull(session);
			assertThat(session.info().pendingBytes()).isLessThan(512 * 1024);
			assertThat(asked.get()).isLessThan(2000);
			assertThat(cancelled).isFalse();
			int before = asked.get();
			peer.bytes(10_000_000);
			Awaitility.await().until(() -> asked.get() > before);
		}
		Awaitility.await().untilTrue(cancelled);
		assertThat(this.fixture.nextClosed().reason()).isIn(CloseReason.PEER_RESET, CloseReason.PEER_CLOSED);
	}

	@Every.Way
	void publisherWithNothingToTellDoesNotOutliveTheConnection(Way way) throws Exception {
		SubmissionPublisher<String> quiet = new SubmissionPublisher<>();
		AtomicInteger calls = new AtomicInteger();
		SocketServer server = this.fixture.lines((line) -> {
			calls.incrementAndGet();
			return quiet;
		}, way.spec());

		Peer peer = new Peer(server);
		peer.send("watch\nagain\n");
		Awaitility.await().until(() -> quiet.hasSubscribers() && server.statistics().messagesReceived() == 2);
		peer.reset();
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
		// Read before the reset, so it is handled.
		assertThat(calls).hasValue(2);
		Awaitility.await().until(() -> !quiet.hasSubscribers());
	}

	@Test
	void longStreamWaitsForThePeerAndIsClosed() throws Exception {
		AtomicInteger made = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		String item = "x".repeat(999);
		SocketServer server = this.fixture.lines((line) -> Stream.generate(() -> item + made.incrementAndGet() % 10)
			.limit(20_000)
			.onClose(closed::incrementAndGet), UnaryOperator.identity());

		try (Peer peer = new Peer(server, 8192)) {
			peer.send("go\n").endOutput();
			ServerFixture.awaitFull(this.fixture.firstOpened());
			assertThat(made.get()).isLessThan(20_000);
			assertThat(closed).hasValue(0);
			String all = peer.rest();
			assertThat(all).hasSize(20_000 * 1001);
			assertThat(all.lines().map((line) -> line.substring(999)).limit(10).collect(Collectors.joining()))
				.isEqualTo("1234567890");
		}
		assertThat(closed).hasValue(1);
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	private static final class Mending implements SessionHandler {

		final List<String> calls = new ArrayList<>();

		private final Function<String, Object> function;

		Mending(Function<String, Object> function) {
			this.function = function;
		}

		@Override
		public Object received(Object payload, SocketSession session) {
			return this.function.apply((String) payload);
		}

		@Override
		public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
			this.calls.add("failed " + failure.getMessage());
			if (String.valueOf(failure.getMessage()).startsWith("fatal")) {
				throw failure;
			}
			if (String.valueOf(failure.getMessage()).startsWith("twice")) {
				return CompletableFuture.failedFuture(new IllegalStateException("again"));
			}
			return "sorry: " + failure.getMessage();
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			this.calls.add("closed " + status.reason());
		}

	}

	private SocketServer mending(Mending handler, UnaryOperator<dev.socketserver.ServerSpec.Builder> spec) {
		return this.fixture.start(ServerFixture.messages("mending", handler), spec);
	}

	@Every.Way
	void handlerMakesGoodForItsFailures(Way way) throws Exception {
		Mending handler = new Mending((line) -> switch (line) {
			case "throw" -> throw new IllegalStateException("thrown");
			case "later" -> CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("later");
			});
			case "half" -> Stream.of("1", "2", "3").map((item) -> {
				if (item.equals("3")) {
					throw new IllegalStateException("half way");
				}
				return item;
			});
			case "unsendable" -> new Object();
			default -> line;
		});
		SocketServer server = mending(handler, way.spec());

		try (Peer peer = new Peer(server)) {
			List<String> lines = peer.send("throw\nok\nlater\nok\nhalf\nok\nunsendable\nok\n")
				.endOutput()
				.rest()
				.lines()
				.toList();
			assertThat(lines).startsWith("sorry: thrown", "ok", "sorry: later", "ok", "1", "2", "sorry: half way", "ok")
				.endsWith("ok")
				.hasSize(10);
			assertThat(lines.get(8)).startsWith("sorry: A payload of type java.lang.Object");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Every.Way
	void handlerMakesGoodForAFailedBeginning(Way way) throws Exception {
		SessionHandler handler = TestHandler.of((payload, session) -> payload).opened((session) -> {
			throw new IllegalStateException("no beginning");
		}).failed((failure, session) -> Stream.of("sorry", failure.getMessage()));
		SocketServer server = this.fixture.start(ServerFixture.messages("mending", handler), way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.line()).isEqualTo("sorry");
			assertThat(peer.send("on we go\n").endOutput().rest()).isEqualTo("no beginning\non we go\n");
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Every.Way
	void failureThatIsNotMendedClosesTheSessionOnce(Way way) throws Exception {
		Mending handler = new Mending((line) -> {
			throw new IllegalStateException(line);
		});
		SocketServer server = mending(handler, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fatal\nnever\n").rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(status.cause()).hasMessage("fatal");
		assertThat(handler.calls).containsExactly("failed fatal", "closed HANDLER_ERROR");

		handler.calls.clear();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("twice\nnever\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().cause()).hasMessage("again");
		assertThat(handler.calls).containsExactly("failed twice", "closed HANDLER_ERROR");
	}

	@Every.Way
	void stopWaitsForALaterReply(Way way) throws Exception {
		CompletableFuture<String> reply = new CompletableFuture<>();
		CountDownLatch asked = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			asked.countDown();
			return reply;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("ask\ndropped\n");
			Patience.await(asked);
			ServerOperations.of(server).beginStop(Duration.ofHours(1));
			assertThat(this.fixture.closed).isEmpty();
			reply.complete("answer");
			assertThat(peer.rest()).isEqualTo("answer\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		Patience.await(server.stopped());
	}

	@Every.Way
	void replyThatNeverComesDoesNotOutliveAStop(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> new CompletableFuture<>(), way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("ask\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 1);
			server.stop(Duration.ofMillis(100));
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void replyThatComesWhenThePeerIsGoneHurtsNobody() throws Exception {
		CompletableFuture<String> reply = new CompletableFuture<>();
		AtomicInteger calls = new AtomicInteger();
		SocketServer server = this.fixture.lines((line) -> (calls.incrementAndGet() == 1) ? reply : line,
				UnaryOperator.identity());

		Peer peer = new Peer(server);
		peer.send("one\ntwo\n");
		Awaitility.await().until(() -> server.statistics().messagesReceived() == 2);
		peer.reset();
		reply.complete("late");
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
		// Read before the reset, so it is handled.
		assertThat(calls).hasValue(2);
	}

	@Test
	void abortedSessionEndsAlthoughItsReplyIsStillToCome() throws Exception {
		CompletableFuture<String> reply = new CompletableFuture<>();
		SocketServer server = this.fixture.lines((line) -> reply, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			peer.send("one\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 1);
			this.fixture.firstOpened().abort();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		}
		reply.complete("late");
	}

}
