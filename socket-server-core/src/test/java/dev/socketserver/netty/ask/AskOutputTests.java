package dev.socketserver.netty.ask;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

import dev.socketserver.ManualTimer;
import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.RequestInTime;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.RequestOrder;
import dev.socketserver.spec.Requests;
import dev.socketserver.spec.SocketOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests to peers that do not read, and replies after a full inbox.
 */
class AskOutputTests {

	private static final Duration LONG = Duration.ofHours(1);

	private static final Duration SHORT = Duration.ofMillis(50);

	private static final String BLOCK = "x".repeat(32 * 1024);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	private final CountDownLatch release = new CountDownLatch(1);

	private static int fill(SocketSession session) throws Exception {
		return fill(session, 4);
	}

	/**
	 * Sends until the socket takes nothing more and so many blocks wait; returns how many
	 * were sent.
	 */
	private static int fill(SocketSession session, int waiting) throws Exception {
		int sent = 0;
		do {
			while (session.info().pendingWrites() < waiting) {
				session.trySend(BLOCK);
				sent++;
			}
		}
		while (!ServerFixture.isFull(session) || session.info().pendingWrites() < waiting);
		return sent;
	}

	@ParameterizedTest
	@EnumSource(value = OutboundOverflow.class, names = { "FAIL", "BLOCK", "DROP_OLDEST" })
	void requestThatStillWaitsAtItsTimeoutIsNeverSent(OutboundOverflow overflow) throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line,
				(spec) -> spec.outbound((o) -> o.overflow(overflow)));
		try (Peer peer = new Peer(server, 8 * 1024)) {
			SocketSession session = this.fixture.firstOpened();
			int sent = fill(session);
			CompletableFuture<Object> late = session.ask("late?", SHORT);
			CompletableFuture<Object> other = session.ask("other?", LONG);
			assertThat(late).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(RequestNotSentException.class);
			CompletableFuture<Object> cancelled = session.ask("cancelled?", LONG);
			assertThat(cancelled.cancel(false)).isTrue();
			CompletableFuture<Object> last = session.ask("last?", LONG);

			assertThat(peer.bytes(sent * (BLOCK.length() + 1))).isNotEmpty();
			assertThat(peer.line()).isEqualTo("other?");
			assertThat(peer.line()).isEqualTo("last?");
			peer.send("1\n2\n");
			assertThat(Patience.await(other)).as("no place is kept").isEqualTo("1");
			assertThat(Patience.await(last)).isEqualTo("2");
			assertThat(server.statistics().requests()).containsEntry(RequestOutcome.NOT_SENT, 1L)
				.containsEntry(RequestOutcome.CANCELLED, 1L);
			Awaitility.await().until(() -> session.info().pendingWrites() == 0);
		}
	}

	/** The thread that asks stands still in between. */
	@ParameterizedTest
	@CsvSource({ "1800000, false", "1800000, true", "3600000, false", "3600000, true" })
	void requestWhoseTimeIsOverBeforeTheOutputHasItIsNeverSent(long leave, boolean full) throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line, (spec) -> spec);
		ManualTimer timer = new ManualTimer();
		try (Peer peer = new Peer(server, 8 * 1024)) {
			Session session = (Session) this.fixture.firstOpened();
			SessionRequests requests = requests(session, Requests.DEFAULTS, timer);
			int sent = full ? fill(session) : 0;
			byte[] payload = "late?".getBytes(UTF_8);
			CompletableFuture<Object> late = requests.ask(payload, payload, null, LONG, Duration.ofMillis(leave), false,
					(completion) -> {
						timer.runNext();
						session.outbox().offer(payload, completion, true);
					});

			assertNotSent(late, "the thread that asks did not run");
			session.send("next");
			assertThat(peer.bytes(sent * (BLOCK.length() + 1))).hasSize(sent * (BLOCK.length() + 1));
			assertThat(peer.line()).isEqualTo("next");
		}
	}

	@Test
	void requestWhoseTimeIsOverBeforeItWaitsForItsTurnIsNeverSent() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line, (spec) -> spec);
		ManualTimer timer = new ManualTimer();
		timer.atOnce(SHORT.toNanos());
		try (Peer peer = new Peer(server)) {
			Session session = (Session) this.fixture.firstOpened();
			SessionRequests requests = requests(session, Requests.DEFAULTS.order(RequestOrder.ONE_AT_A_TIME), timer);
			byte[] payload = "late?".getBytes(UTF_8);
			CompletableFuture<Object> late = requests.ask(payload, payload, null, LONG, SHORT, false, (completion) -> {
			});

			assertNotSent(late, "another request was under way");
			byte[] next = "next?".getBytes(UTF_8);
			CompletableFuture<Object> unused = requests.ask(next, next, null, LONG, LONG, false, (completion) -> {
			});
			assertThat(peer.line()).isEqualTo("next?");
		}
	}

	private static SessionRequests requests(Session session, Requests settings, ManualTimer timer) {
		RequestContext context = new RequestContext(null, settings, new Counters(), Runnable::run, timer);
		return new SessionRequests(session, context, new PendingRequests(context), false, null, false);
	}

	private static void assertNotSent(CompletableFuture<?> request, String why) {
		assertThat(request).isCompletedExceptionally();
		assertThat(request).failsWithin(Patience.limit())
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessageContaining(why);
	}

	@Test
	void requestWaitsForRoomNoLongerThanItsTimeout() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(4)));
		try (Peer peer = new Peer(server, 8 * 1024)) {
			SocketSession session = this.fixture.firstOpened();
			int sent = fill(session);
			CompletableFuture<CompletableFuture<Object>> patient = new CompletableFuture<>();
			Thread asker = new Thread(() -> patient.complete(session.ask("patient?", LONG)));
			asker.start();
			Awaitility.await().until(() -> asker.getState() == Thread.State.WAITING);

			assertThat(session.ask("late?", SHORT)).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(RequestNotSentException.class);

			assertThat(peer.bytes(sent * (BLOCK.length() + 1))).isNotEmpty();
			assertThat(peer.line()).isEqualTo("patient?");
			peer.send("here\n");
			assertThat(Patience.await(Patience.await(patient))).isEqualTo("here");
		}
	}

	/** So many blocks wait in front of it that the system takes no byte of it. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestThatWasAdmittedAfterItHasWaitedForRoomIsTakenBack(boolean cancelled) throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(16).bytes(1024 * 1024))
					.options(SocketOptions.DEFAULT.sendBuffer(16 * 1024)));
		try (Peer peer = new Peer(server, 8 * 1024)) {
			SocketSession session = this.fixture.firstOpened();
			int sent = fill(session, 16);
			CompletableFuture<CompletableFuture<Object>> admitted = new CompletableFuture<>();
			Thread asker = new Thread(
					() -> admitted.complete(session.ask("late?", cancelled ? LONG : Duration.ofSeconds(2))));
			asker.start();
			// Or its time is over, since the machine stood still.
			Awaitility.await().until(() -> admitted.isDone() || asker.getState() == Thread.State.WAITING);
			// Not all that waits in front of it.
			int read = peer.bytes(4 * BLOCK.length()).length;

			CompletableFuture<Object> late = Patience.await(admitted);
			if (cancelled) {
				assertThat(late.cancel(false)).isTrue();
			}
			else {
				assertThat(late).failsWithin(Patience.limit())
					.withThrowableThat()
					.withCauseInstanceOf(RequestNotSentException.class);
			}
			CompletableFuture<Object> last = session.ask("last?", LONG);
			assertThat(peer.bytes(sent * (BLOCK.length() + 1) - read)).isNotEmpty();
			assertThat(peer.line()).isEqualTo("last?");
			peer.send("here\n");
			assertThat(Patience.await(last)).isEqualTo("here");
		}
	}

	@Test
	void eventLoopDoesNotWaitAfterAThreadThatWaitsForRoom() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			SocketSession session = this.fixture.opened.get(0);
			for (int i = 0; i < 4; i++) {
				session.trySend("full");
			}
			Thread asker = new Thread(() -> session.ask("thread?", LONG));
			asker.start();
			Awaitility.await().until(() -> asker.getState() == Thread.State.WAITING);
			return session.ask("loop?", LONG).thenApply((reply) -> "got " + reply);
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(4)));
		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(peer.bytes(4 * 5)).isNotEmpty();
			assertThat(peer.line()).isEqualTo("thread?");
			assertThat(peer.line()).isEqualTo("loop?");
			peer.send("1\n2\n");
			assertThat(peer.line()).isEqualTo("got 2");
		}
	}

	@Test
	void requestThatFindsNoRoomFails() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line, (spec) -> spec.outbound((o) -> o.capacity(4)));
		try (Peer peer = new Peer(server, 8 * 1024)) {
			SocketSession session = this.fixture.firstOpened();
			fill(session);
			assertThat(session.ask("?", LONG)).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(OutboundFullException.class);
			assertThat(session.info().requests()).isZero();
			assertThat(peer.localPort()).isPositive();
		}
	}

	/** The sum of both limits is more than an {@code int} can be. */
	@Test
	void replyIsReadAfterAnInboxThatIsFullOfBytesOnly() throws Exception {
		SocketServer server = this.fixture
			.lines((line) -> line.equals("go") ? this.fixture.opened.get(0).ask("k:?", LONG).join() : "ok",
					(spec) -> spec
						.inbound((i) -> i.capacity(Integer.MAX_VALUE).bytes(1024).overflow(InboundOverflow.BLOCK))
						.correlator((line) -> line.toString().startsWith("k:") ? "k" : null));
		try (Peer peer = new Peer(server)) {
			peer.send("go\n" + "1234567\n".repeat(200));
			assertThat(peer.line()).isEqualTo("k:?");
			peer.send("k:!\n");
			assertThat(peer.line()).isEqualTo("k:!");
		}
	}

	@Every.OffLoopMode
	void timeoutSaysThatTheInboxIsFull(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			Patience.hold(this.release);
			return "ok";
		}, (spec) -> spec.execution((e) -> e.mode(mode))
			.inbound((i) -> i.bytes(1024).overflow(InboundOverflow.BLOCK))
			.correlator((line) -> line.toString().startsWith("k:") ? "k" : null));
		try (Peer peer = new Peer(server)) {
			Session session = (Session) this.fixture.firstOpened();
			peer.send("busy\n");
			Awaitility.await().until(() -> session.info().pendingInbound() == 1);
			peer.send("1234567\n".repeat(400) + "k:!\n");
			Awaitility.await().until(() -> !session.input().isReading());

			// A request has the session read on, which may take longer than that.
			Awaitility.await()
				.untilAsserted(() -> assertThat(RequestInTime.failure(SHORT, (time) -> session.ask("k:?", time)))
					.isInstanceOf(TimeoutException.class)
					.hasMessageContaining("more waits for its handler than inbound.capacity or inbound.bytes allow"));
			this.release.countDown();
			Awaitility.await().until(() -> server.statistics().repliesDropped() == 1);
		}
	}

	@Every.OffLoopMode
	void replyToARequestOfAPauseIsReadBehindIt(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			Patience.hold(this.release);
			return "ok";
		}, (spec) -> spec.execution((e) -> e.mode(mode))
			.inbound((i) -> i.capacity(2).overflow(InboundOverflow.BLOCK))
			.correlator((line) -> line.toString().startsWith("k:") ? "k" : null));
		try (Peer peer = new Peer(server)) {
			Session session = (Session) this.fixture.firstOpened();
			peer.send("1\n2\n3\n");
			Awaitility.await().until(() -> !session.input().isReading());
			session.pauseReads();
			CompletableFuture<Object> reply = session.ask("k:?", LONG);
			assertThat(peer.line()).isEqualTo("k:?");
			peer.send("k:!\n");
			session.resumeReads();

			assertThat(Patience.await(reply)).isEqualTo("k:!");
		}
		finally {
			this.release.countDown();
		}
	}

}
