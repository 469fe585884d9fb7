package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** How long sessions and servers last. */
@Tag("virtual-threads")
class LifetimesTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	static Stream<SocketTransport> transports() {
		return ServerFixture.transports();
	}

	/** On every transport, without TLS and with it. */
	static Stream<Way> secureOrNot() {
		return transports()
			.flatMap((transport) -> Stream.of(false, true).map((tls) -> new Way(transport, ExecutionMode.POOL, tls)));
	}

	// Timeouts

	@Every.Way
	void peerThatDripsAFrameIsClosedAfterTheRepliesBefore(Way way) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> way.spec().apply(spec).timeouts((t) -> t.frame(Duration.ofMillis(400))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("whole")).isEqualTo("WHOLE");
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
				if (session.info().closed() == null) {
					peer.send(".");
				}
				return session.info().closed() != null;
			});
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
		assertThat(status.detail()).matches("of a frame only \\d+ bytes had come 400 ms after the first");
	}

	@Every.BlockingWay
	void conversationSeesTheEndOfInputAfterAFrameThatNeverGotWhole(Way way) throws Exception {
		Queue<String> received = new ConcurrentLinkedQueue<>();
		SocketServer server = this.fixture.conversations((conversation) -> {
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				received.add(line);
			}
			conversation.session().send("so long").join();
		}, (spec) -> way.spec().apply(spec).timeouts((t) -> t.frame(Duration.ofMillis(200))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("one\ntwo\nthr").rest()).isEqualTo("so long\n");
		}
		assertThat(received).containsExactly("one", "two");
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TIMEOUT);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void silentPeerIsClosedBeforeItsFirstFrameAndNotAfterIt(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).timeouts((t) -> t.firstFrame(Duration.ofMillis(300))));
		try (Peer late = inTime(server, "in time\n", "IN TIME\n")) {
			try (Peer silent = ServerFixture.beforeAccepted(server,
					() -> new Peer(server).send("CONNECT x:1 HTTP/1.1"))) {
				assertThat(silent.rest()).isEmpty();
			}
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
			assertThat(status.detail()).endsWith("300 ms after the opening: it looks like an HTTP request");
			assertThat(late.ask("still here")).isEqualTo("STILL HERE");
		}
	}

	/**
	 * Connects and is answered. On a busy machine the first frame may arrive too late:
	 * then again.
	 */
	private Peer inTime(SocketServer server, String text, String answer) throws Exception {
		while (true) {
			Peer peer = new Peer(server);
			try {
				byte[] bytes = peer.send(text).bytes(answer.length());
				if (bytes.length == answer.length()) {
					assertThat(bytes).asString(UTF_8).isEqualTo(answer);
					return peer;
				}
			}
			catch (IOException ex) {
				// As for one that is closed in good order.
			}
			peer.close();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void oneByteIsEnoughOfAFirstFrameForAStream(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out),
				(spec) -> spec.transport(transport)
					.timeouts((t) -> t.firstFrame(Duration.ofMillis(300)).frame(Duration.ofMillis(50))));
		try (Peer typing = inTime(server, "x", "x")) {
			try (Peer silent = new Peer(server)) {
				assertThat(silent.rest()).isEmpty();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FIRST_FRAME_TIMEOUT);
			typing.send("y");
			assertThat(typing.bytes(1)).hasSize(1);
		}
	}

	@Every.Transport
	void whatWaitsForALoopThatIsKeptBusyIsNoSilence(SocketTransport transport) throws Exception {
		Duration idle = Duration.ofMillis(400);
		AtomicReference<String> begun = new AtomicReference<>();
		Semaphore kept = new Semaphore(0);
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("long")) {
				begun.set(line);
				kept.acquireUninterruptibly();
			}
			return line;
		}, (spec) -> spec.transport(transport)
			.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.timeouts((t) -> t.idle(idle)));
		try (Peer peer = untilHandled(server, "long\n", begun)) {
			peer.send("in time\n");
			long sent = System.nanoTime();
			Awaitility.await()
				.pollInterval(Duration.ofMillis(50))
				.until(() -> System.nanoTime() - sent > 3 * idle.toNanos());
			kept.release();
			assertThat(peer.line()).isEqualTo("long");
			assertThat(peer.line()).isEqualTo("in time");
			assertThat(peer.rest()).isEmpty();
		}
		finally {
			kept.release();
		}
		assertThat(this.fixture.nextClosed())
			.isEqualTo(CloseStatus.of(CloseReason.IDLE_TIMEOUT, "nothing received for 400 ms"));
	}

	@Every.Way
	void peerThatDoesNotReadIsAborted(Way way) throws Exception {
		String reply = "x".repeat(16 * 1024 * 1024);
		SocketServer server = this.fixture.lines((line) -> reply,
				(spec) -> way.spec().apply(spec).timeouts((t) -> t.write(Duration.ofMillis(500))));
		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.send("much\n");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
			assertThat(status.detail()).startsWith("the peer took nothing of what was sent for 500 ms, ");
			assertThat(peer.sawReset()).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("secureOrNot")
	void closingSessionWhosePeerDoesNotReadEndsWithTheReasonItHas(Way way) throws Exception {
		String reply = "x".repeat(16 * 1024 * 1024);
		SocketServer server = this.fixture.lines((line) -> reply, (
				spec) -> way.spec().apply(spec).timeouts((t) -> t.write(Duration.ofMillis(500))).requestsPerSession(1));
		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.send("much\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
			assertThat(server.sessions()).isEmpty();
		}
	}

	/**
	 * The kernel reports room only when a third of the buffer is free, which this peer
	 * takes far longer to read than a write may make no progress.
	 */
	@Tag("long")
	@ParameterizedTest
	@MethodSource("secureOrNot")
	void peerThatReadsSlowlyIsNotCut(Way way) throws Exception {
		String reply = "x".repeat(16 * 1024 * 1024);
		SocketServer server = this.fixture.lines((line) -> reply,
				(spec) -> way.spec().apply(spec).timeouts((t) -> t.write(Duration.ofSeconds(2))));
		while (!readsSlowly(server, reply.length() + 1)) {
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.WRITE_TIMEOUT);
		}
	}

	/**
	 * Reads a reply, slowly at first. Its system may ask for more only when it has read
	 * all that it has, so that is little. On a busy machine it may read too slowly and be
	 * cut: then {@code false}.
	 */
	private boolean readsSlowly(SocketServer server, int length) throws IOException {
		int piece = 24 * 1024;
		AtomicLong last = new AtomicLong(System.nanoTime());
		AtomicLong longest = new AtomicLong();
		try (Peer peer = new Peer(server, 64 * 1024)) {
			peer.send("much\n");
			AtomicInteger rounds = new AtomicInteger();
			Awaitility.await()
				.pollInterval(Duration.ofMillis(100))
				.atMost(Patience.stretched(Duration.ofSeconds(100)))
				.until(() -> {
					peer.bytes(piece);
					longest.accumulateAndGet(since(last), Math::max);
					return rounds.incrementAndGet() == 35;
				});
			assertThat(peer.bytes(length - 35 * piece)).endsWith('x', '\n');
			assertThat(this.fixture.closed).isEmpty();
			return true;
		}
		catch (IOException ex) {
			if (Math.max(longest.get(), since(last)) < TimeUnit.MILLISECONDS.toNanos(300)) {
				throw ex;
			}
			return false;
		}
	}

	private static long since(AtomicLong last) {
		long now = System.nanoTime();
		return now - last.getAndSet(now);
	}

	@Every.Way
	void oldSessionEndsAfterItsReplies(Way way) throws Exception {
		CompletableFuture<String> reply = new CompletableFuture<>();
		AtomicReference<SocketSession> handled = new AtomicReference<>();
		SessionHandler handler = (line, session) -> {
			handled.set(session);
			return reply;
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("later", handler),
				(spec) -> way.spec().apply(spec).timeouts((t) -> t.session(Duration.ofMillis(300))));
		try (Peer peer = untilHandled(server, "long\nnot handled\n", handled)) {
			SocketSession session = handled.get();
			Awaitility.await().until(() -> session.openedAt().plusMillis(600).isBefore(java.time.Instant.now()));
			assertThat(session.info().closed()).isNull();
			assertThat(this.fixture.closed).isEmpty();
			reply.complete("done");
			assertThat(peer.rest()).isEqualTo("done\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SESSION_TIMEOUT);
	}

	/** On a busy machine the session's time may be over before it is read: then again. */
	private Peer untilHandled(SocketServer server, String text, AtomicReference<?> handled) throws Exception {
		while (true) {
			Peer peer = new Peer(server).send(text);
			do {
				if (handled.get() != null) {
					return peer;
				}
			}
			while (this.fixture.closed.poll(10, TimeUnit.MILLISECONDS) == null);
			peer.close();
		}
	}

	@Every.BlockingWay
	void oldStreamSeesTheEndOfItsInput(Way way) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			in.readAllBytes();
			out.write("last words".getBytes());
		}, (spec) -> way.spec().apply(spec).timeouts((t) -> t.session(Duration.ofMillis(200))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEqualTo("last words");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SESSION_TIMEOUT);
	}

	// Requests

	@Every.Way
	void sessionEndsAfterTheLastOfItsRequests(Way way) throws Exception {
		Queue<String> handled = new ConcurrentLinkedQueue<>();
		SocketServer server = this.fixture.lines((line) -> {
			handled.add(line);
			return switch (line) {
				case "several" -> List.of("1", "2", "3");
				case "later" ->
					new CompletableFuture<String>().completeOnTimeout("at last", 200, TimeUnit.MILLISECONDS);
				default -> line.toUpperCase();
			};
		}, (spec) -> way.spec().apply(spec).requestsPerSession(2));
		for (String last : List.of("plain", "several", "later")) {
			String replies = switch (last) {
				case "several" -> "1\n2\n3\n";
				case "later" -> "at last\n";
				default -> "PLAIN\n";
			};
			try (Peer peer = new Peer(server)) {
				assertThat(peer.send("first\n" + last + "\nnot handled\nnor this\n").rest())
					.isEqualTo("FIRST\n" + replies);
			}
			assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.REQUESTS_DONE));
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("first")).isEqualTo("FIRST");
				assertThat(peer.sendByteByByte(last).send("\nnot").rest()).isEqualTo(replies);
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		}
		assertThat(handled).hasSize(12).doesNotContain("not handled", "nor this", "not");
		assertThat(server.statistics().messagesReceived()).isEqualTo(12);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void lastLineWithoutAnEndIsARequestToo(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).requestsPerSession(1));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("only").endOutput().rest()).isEqualTo("ONLY\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Every.BlockingWay
	void conversationSeesTheEndOfInputAfterTheLastOfItsRequests(Way way) throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				conversation.session().send(line).join();
			}
			conversation.session().send("end").join();
		}, (spec) -> way.spec().apply(spec).requestsPerSession(2));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a\nb\nc\n").rest()).isEqualTo("a\nb\nend\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
	}

	@Test
	void streamHasNoRequestsToCount() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out),
				(spec) -> spec.requestsPerSession(1));
		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < 3; i++) {
				peer.send("x");
				assertThat(peer.bytes(1)).hasSize(1);
			}
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	// One-shot

	@Every.Way
	void oneShotServesOneSessionAndStops(Way way) throws Exception {
		int port = Ports.free();
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> way.spec().apply(spec).port(port).oneShot(true));
		CompletableFuture<?> stopped = server.stopped();
		InetSocketAddress address = server.localAddress();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(Peer.isRefused(server)).isTrue();
			assertThat(peer.ask("b")).isEqualTo("B");
			assertThat(stopped).isNotDone();
		}

		Patience.await(stopped);

		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.fixture.opened).hasSize(1);
		assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_SESSIONS, 1L);
		try (ServerSocket free = new ServerSocket()) {
			free.setReuseAddress(true);
			free.bind(address);
		}
		server.start();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
		}
	}

	// Farewell

	@Every.Way
	void farewellIsTheLastThatSessionsHear(Way way) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> way.spec().apply(spec).farewell("good bye"));
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			assertThat(first.ask("a")).isEqualTo("A");
			assertThat(second.ask("b")).isEqualTo("B");
			assertThat(server.stop(Patience.limit())).isTrue();
			assertThat(first.rest()).isEqualTo("good bye\n");
			assertThat(second.rest()).isEqualTo("good bye\n");
		}
	}

	// Threads

	@Every.BlockingWay
	void threadsAreCalledAsThePatternSays(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> Thread.currentThread().getName(),
				(spec) -> way.spec().apply(spec).threads((t) -> t.name("my {name} and {name}")));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("who")).isEqualTo("my test and test test-1");
		}
	}

}
