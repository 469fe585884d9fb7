package dev.socketserver.netty.ask;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.Thread.State;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.RequestInTime;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.RequestOrder;
import dev.socketserver.spec.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** One request of a session is under way at a time: for half-duplex peers. */
class RequestsInTurnTests {

	private static final Duration SHORT = Duration.ofMillis(50);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	private final ClientFixture clients = new ClientFixture();

	private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

	private SocketServer server(UnaryOperator<Requests> requests, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines((line) -> {
			this.handled.add(line);
			return "ok " + line;
		}, (builder) -> spec.apply(builder)
			.requests((block) -> requests.apply(block.order(RequestOrder.ONE_AT_A_TIME))));
	}

	private SocketServer server() {
		return server(UnaryOperator.identity(), UnaryOperator.identity());
	}

	/** Runs a test with a session of a server, and its peer. */
	private void ask(SocketServer server, Asking test) throws Exception {
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("ok before");
			test.run(this.fixture.firstOpened(), peer);
		}
	}

	/** Asks with a short timeout, and has the request leave before that. */
	private static CompletableFuture<Object> askInTime(SocketSession session, Peer peer, String request)
			throws Exception {
		return RequestInTime.ask(SHORT, peer::hasInput, (time) -> session.ask(request, time));
	}

	/** Asks, and checks that the peer is asked at once. */
	private static CompletableFuture<Object> ask(SocketSession session, Peer peer, String request) throws IOException {
		CompletableFuture<Object> reply = session.ask(request, Patience.limit());
		assertThat(peer.line()).isEqualTo(request);
		return reply;
	}

	private static void assertTimesOut(CompletableFuture<?> reply) {
		assertThat(reply).failsWithin(Patience.limit())
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(TimeoutException.class)
			.isNotInstanceOf(RequestNotSentException.class);
	}

	private static void assertNotSent(CompletableFuture<?> reply, String why) {
		assertThat(reply).failsWithin(Patience.limit())
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RequestNotSentException.class)
			.withMessageContaining(why);
	}

	@Every.Mode
	void aLostReplyCostsOneRequestOnly(ExecutionMode mode) throws Exception {
		SocketServer server = server(UnaryOperator.identity(), (spec) -> spec.execution((e) -> e.mode(mode)));
		ask(server, (session, peer) -> {
			CompletableFuture<Object> lost = askInTime(session, peer, "lost?");
			assertThat(peer.line()).isEqualTo("lost?");
			assertTimesOut(lost);
			for (int i = 0; i < 100; i++) {
				reply(peer, i + "!", ask(session, peer, i + "?"));
			}
		});
	}

	/** Sends a reply, and checks that it is that to a request. */
	private static void reply(Peer peer, String text, CompletableFuture<Object> request) throws IOException {
		peer.send(text + "\n");
		assertThat(request).succeedsWithin(Patience.limit()).isEqualTo(text);
	}

	@Test
	void manyLostRepliesCloseNoSession() throws Exception {
		ask(server(), (session, peer) -> {
			for (int i = 0; i < 70; i++) {
				ask(session, peer, "?").cancel(false);
			}
			reply(peer, "!", ask(session, peer, "next?"));
			assertThat(session.closed()).isNotDone();
		});
	}

	@Test
	void laterRequestsWaitInOrder() throws Exception {
		SocketServer server = server();
		ask(server, (session, peer) -> {
			List<CompletableFuture<Object>> replies = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				replies.add(session.ask(i + "?", Patience.limit()));
			}
			assertThat(session.info().requests()).isEqualTo(10);
			for (int i = 0; i < 10; i++) {
				assertThat(peer.line()).isEqualTo(i + "?");
				assertThat(replies.get(i)).isNotDone();
				reply(peer, i + "!", replies.get(i));
			}
			assertThat(session.info().requests()).isZero();
			assertThat(server.statistics().requests()).isEqualTo(Map.of(RequestOutcome.SUCCESS, 10L));
		});
	}

	@Test
	void whatWaitsIsSentAsItWasAsked() throws Exception {
		ask(server(), (session, peer) -> {
			byte[] request = { '1' };
			CompletableFuture<Object> first = session.ask(request, Patience.limit());
			request[0] = '2';
			CompletableFuture<Object> second = session.ask(request, Patience.limit());
			request[0] = '3';
			assertThat(peer.line()).isEqualTo("1");
			reply(peer, "one", first);
			assertThat(peer.line()).isEqualTo("2");
			reply(peer, "two", second);
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "POOL", "EVENT_LOOP" })
	void whatComesWithAReplyIsNoReplyToTheNext(ExecutionMode mode) throws Exception {
		SocketServer server = server(UnaryOperator.identity(), (spec) -> spec.execution((e) -> e.mode(mode)));
		ask(server, (session, peer) -> {
			for (int i = 0; i < 20; i++) {
				CompletableFuture<Object> first = session.ask("first?", Patience.limit());
				CompletableFuture<Object> second = session.ask("second?", Patience.limit());
				assertThat(peer.line()).isEqualTo("first?");
				peer.send("1\nmessage\n");
				assertThat(List.of(peer.line(), peer.line())).containsExactlyInAnyOrder("second?", "ok message");
				reply(peer, "2", second);
				assertThat(first).succeedsWithin(Patience.limit()).isEqualTo("1");
			}
		});
	}

	@Test
	void whatComesWhileNoneIsUnderWayIsAMessage() throws Exception {
		SocketServer server = server();
		ask(server, (session, peer) -> {
			CompletableFuture<Object> late = askInTime(session, peer, "late?");
			assertThat(peer.line()).isEqualTo("late?");
			assertTimesOut(late);
			Awaitility.await().until(() -> session.info().requests() == 0);
			assertThat(peer.ask("late!")).isEqualTo("ok late!");
			assertThat(server.statistics().repliesDropped()).isZero();
		});
	}

	@Test
	void aLateReplyIsDroppedAndTheNextRequestWaitsForIt() throws Exception {
		SocketServer server = server((requests) -> requests.late(Patience.limit()), UnaryOperator.identity());
		ask(server, (session, peer) -> {
			CompletableFuture<Object> late = askInTime(session, peer, "late?");
			CompletableFuture<Object> next = session.ask("next?", Patience.limit());
			assertThat(peer.line()).isEqualTo("late?");
			assertTimesOut(late);
			peer.send("late!\n");
			assertThat(peer.line()).isEqualTo("next?");
			peer.send("next!\nmessage\n");
			assertThat(next).succeedsWithin(Patience.limit()).isEqualTo("next!");
			assertThat(peer.line()).isEqualTo("ok message");
			assertThat(server.statistics().repliesDropped()).isOne();
			assertThat(this.handled).containsExactly("before", "message");
		});
	}

	/** The time for a late reply that has come is not the next request's. */
	@Test
	void theNextRequestHasAllItsTimeBehindALateReply() throws Exception {
		Duration late = Duration.ofMillis(500);
		SocketServer server = server((requests) -> requests.late(late), UnaryOperator.identity());
		ask(server, (session, peer) -> {
			CompletableFuture<Object> next = askBehindALateReply(server, session, peer);
			try (Peer other = new Peer(server)) {
				assertThat(other.ask("other")).isEqualTo("ok other");
				SocketSession another = server.sessions().filter((each) -> each != session).findFirst().orElseThrow();
				assertTimesOut(
						RequestInTime.ask(late.plus(SHORT), other::hasInput, (time) -> another.ask("later?", time)));
			}
			reply(peer, "next!", next);
			assertThat(this.handled).containsExactly("before", "other");
		});
	}

	/** Asks until the late reply comes before the time for it is over. */
	private static CompletableFuture<Object> askBehindALateReply(SocketServer server, SocketSession session, Peer peer)
			throws Exception {
		while (true) {
			assertTimesOut(askInTime(session, peer, "late?"));
			assertThat(peer.line()).isEqualTo("late?");
			CompletableFuture<Object> next = session.ask("next?", Patience.limit());
			peer.send("late!\n");
			assertThat(peer.line()).isEqualTo("next?");
			Awaitility.await().until(() -> next.isDone() || server.statistics().repliesDropped() == 1);
			if (!next.isDone()) {
				return next;
			}
		}
	}

	@Test
	void afterThatTimeTheNextRequestIsSent() throws Exception {
		SocketServer server = server((requests) -> requests.late(SHORT), UnaryOperator.identity());
		ask(server, (session, peer) -> {
			long begun = System.nanoTime();
			CompletableFuture<Object> late = askInTime(session, peer, "late?");
			CompletableFuture<Object> next = session.ask("next?", Patience.limit());
			assertThat(peer.line()).isEqualTo("late?");
			assertThat(peer.line()).isEqualTo("next?");
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(SHORT.multipliedBy(2));
			assertTimesOut(late);
			reply(peer, "next!", next);
		});
	}

	@Test
	void timeRunsFromAsk() throws Exception {
		SocketServer server = server();
		ask(server, (session, peer) -> {
			CompletableFuture<Object> first = session.ask("first?", Patience.limit());
			CompletableFuture<Object> second = session.ask("second?", SHORT);
			CompletableFuture<Object> third = session.ask("third?", Patience.limit());
			assertNotSent(second, "another request was under way");
			assertThat(peer.line()).isEqualTo("first?");
			reply(peer, "1", first);
			assertThat(peer.line()).isEqualTo("third?");
			reply(peer, "3", third);
			assertThat(server.statistics().requests())
				.isEqualTo(Map.of(RequestOutcome.SUCCESS, 2L, RequestOutcome.NOT_SENT, 1L));
		});
	}

	@ParameterizedTest
	@EnumSource
	void whatIsOverAtOnceSaysWhetherThePeerHasIt(RequestOrder order) throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line,
				(spec) -> spec.requests((requests) -> requests.order(order)));
		ask(server, (session, peer) -> {
			for (int i = 0; i < 50; i++) {
				CompletableFuture<Object> over = session.ask("over?", Duration.ZERO);
				assertThat(over).failsWithin(Patience.limit());
				boolean unsent = RequestInTime.wasNotSent(over);
				CompletableFuture<Object> next = session.ask("next?", Patience.limit());
				if (!unsent) {
					assertThat(peer.line()).isEqualTo("over?");
				}
				assertThat(peer.line()).isEqualTo("next?");
				peer.send((unsent || order == RequestOrder.ONE_AT_A_TIME) ? "!\n" : "?\n!\n");
				assertThat(next).succeedsWithin(Patience.limit()).isEqualTo("!");
			}
		});
	}

	@Test
	void whatWaitsIsBounded() throws Exception {
		SocketServer server = server(UnaryOperator.identity(),
				(spec) -> spec.outbound((outbound) -> outbound.capacity(2)));
		ask(server, (session, peer) -> {
			CompletableFuture<Object> first = ask(session, peer, "first?");
			CompletableFuture<Object> second = session.ask("second?", Patience.limit());
			CompletableFuture<Object> third = session.ask("third?", Patience.limit());
			CompletableFuture<Object> fourth = session.ask("fourth?", Patience.limit());
			assertThat(fourth).failsWithin(Patience.limit())
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(OutboundFullException.class)
				.withMessageContaining("outbound.capacity");
			second.cancel(false);
			reply(peer, "1", first);
			assertThat(peer.line()).isEqualTo("third?");
			reply(peer, "3", third);
		});
	}

	@Test
	void theEndOfASessionFailsWhatWaitsUnsent() throws Exception {
		SocketServer server = server();
		ask(server, (session, peer) -> {
			CompletableFuture<Object> first = session.ask("first?", Patience.limit());
			CompletableFuture<Object> second = session.ask("second?", Patience.limit());
			assertThat(peer.line()).isEqualTo("first?");
			session.close();
			assertNotSent(second, "the session ended before its turn");
			assertThat(first).failsWithin(Patience.limit());
			assertThat(peer.rest()).isEmpty();
		});
	}

	@Test
	void aStopWaitsForAllThatWait() throws Exception {
		SocketServer server = server();
		ask(server, (session, peer) -> {
			CompletableFuture<Object> first = session.ask("first?", Patience.limit());
			CompletableFuture<Object> second = session.ask("second?", Patience.limit());
			assertThat(peer.line()).isEqualTo("first?");
			CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> server.stop(Patience.limit()));
			Awaitility.await().until(() -> server.state() != ServerState.RUNNING);
			reply(peer, "1", first);
			assertThat(peer.line()).isEqualTo("second?");
			reply(peer, "2", second);
			assertThat(Patience.await(stopped)).isTrue();
		});
	}

	/** It waits for its turn no more, and the output does not have it yet. */
	@Test
	void aStopWaitsForTheRequestWhoseTurnBegins() throws Exception {
		Held framing = new Held(Framing.line(), new CountDownLatch(1), new CountDownLatch(1));
		ask(server(UnaryOperator.identity(), (spec) -> spec.framing(framing)), (session, peer) -> {
			CompletableFuture<Object> first = ask(session, peer, "first?");
			CompletableFuture<Object> held = session.ask("held?", Patience.limit());
			reply(peer, "1", first);
			framing.begun.await();
			Thread stopping = new Thread(() -> ((Session) session).stop(CloseStatus.of(CloseReason.SERVER_STOPPED)));
			stopping.start();
			Awaitility.await().until(() -> stopping.getState() == State.BLOCKED || !stopping.isAlive());
			framing.goOn.countDown();

			assertThat(peer.line()).isEqualTo("held?");
			reply(peer, "2", held);
			assertThat(peer.rest()).isEmpty();
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "POOL", "EVENT_LOOP" })
	void onlyWhatIsAcceptedIsAReply(ExecutionMode mode) throws Exception {
		SocketServer server = server((requests) -> requests.reply((line) -> line.toString().startsWith("!")),
				(spec) -> spec.execution((e) -> e.mode(mode)));
		ask(server, (session, peer) -> {
			for (int i = 0; i < 20; i++) {
				CompletableFuture<Object> first = session.ask("first?", Patience.limit());
				CompletableFuture<Object> second = session.ask("second?", Patience.limit());
				assertThat(peer.line()).isEqualTo("first?");
				peer.send("position\n!1\n!surplus\n");
				assertThat(List.of(peer.line(), peer.line(), peer.line())).containsExactlyInAnyOrder("ok position",
						"second?", "ok !surplus");
				reply(peer, "!2", second);
				assertThat(first).succeedsWithin(Patience.limit()).isEqualTo("!1");
			}
		});
	}

	@Test
	void aCorrelatorIsRefused() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> server(UnaryOperator.identity(), (spec) -> spec.correlator((payload) -> payload)))
			.withMessageContaining("requests");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it")
				.handler(ServerFixture.messages((payload, session) -> null))
				.correlator((payload) -> payload)
				.port(1)
				.requests((requests) -> requests.order(RequestOrder.ONE_AT_A_TIME))
				.build())
			.withMessageContaining("requests");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> Requests.DEFAULTS.late(Patience.limit()).check())
			.withMessageContaining("requestsLate");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> Requests.DEFAULTS.reply((payload) -> true).check())
			.withMessageContaining("requestsReply");
	}

	@Test
	void whatTheFramingRefusesFailsInItsTurn() throws Exception {
		ask(server(UnaryOperator.identity(), (spec) -> spec.framing(Framings.line().rejectEmbedded(true).build())),
				(session, peer) -> {
					CompletableFuture<Object> refused = session.ask("one\ntwo", Patience.limit());
					assertThat(refused).failsWithin(Patience.limit())
						.withThrowableThat()
						.withCauseInstanceOf(PayloadException.class);
					CompletableFuture<Object> next = session.ask("next?", Patience.limit());
					assertThat(peer.line()).isEqualTo("next?");
					peer.send("1\n");
					assertThat(next).succeedsWithin(Patience.limit()).isEqualTo("1");
				});
	}

	@Test
	void clientsAskInTurn() throws Exception {
		List<SocketSession> sessions = new CopyOnWriteArrayList<>();
		BlockingQueue<Object> messages = new LinkedBlockingQueue<>();
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.clients.start(listener.getLocalPort(),
					(spec) -> spec.requests((requests) -> requests.order(RequestOrder.ONE_AT_A_TIME))
						.handler(ServerFixture.messages((payload, session) -> {
							sessions.add(session);
							messages.add(payload);
							return null;
						})));
			try (Socket peer = listener.accept()) {
				BufferedReader in = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
				CompletableFuture<Object> lost = RequestInTime.ask(SHORT, in::ready,
						(time) -> client.ask("lost?", time));
				assertThat(in.readLine()).isEqualTo("lost?");
				CompletableFuture<Object> first = client.ask("first?", Patience.limit());
				CompletableFuture<Object> second = client.ask("second?", Patience.limit());
				CompletableFuture<Object> unsent = client.ask("unsent?", SHORT);
				assertTimesOut(lost);
				assertThat(in.readLine()).isEqualTo("first?");
				assertNotSent(unsent, "another request was under way");
				// What is no request does not wait for a turn.
				client.send("payload");
				assertThat(in.readLine()).isEqualTo("payload");
				peer.getOutputStream().write("1\nmessage\n".getBytes(UTF_8));
				assertThat(first).succeedsWithin(Patience.limit()).isEqualTo("1");
				assertThat(Patience.next(messages)).isEqualTo("message");
				assertThat(in.readLine()).isEqualTo("second?");
				// The handler's session and the client have one order.
				CompletableFuture<Object> third = sessions.get(0).ask("third?", Patience.limit());
				CompletableFuture<Object> fourth = client.ask("fourth?", Patience.limit());
				peer.getOutputStream().write("2\n".getBytes(UTF_8));
				assertThat(second).succeedsWithin(Patience.limit()).isEqualTo("2");
				assertThat(in.readLine()).isEqualTo("third?");
				peer.getOutputStream().write("3\n".getBytes(UTF_8));
				assertThat(third).succeedsWithin(Patience.limit()).isEqualTo("3");
				assertThat(in.readLine()).isEqualTo("fourth?");
				peer.getOutputStream().write("4\n".getBytes(UTF_8));
				assertThat(fourth).succeedsWithin(Patience.limit()).isEqualTo("4");
			}
		}
	}

	@Test
	void whatWaitsInAClientIsSentOnTheNextConnection() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.clients.start(listener.getLocalPort(),
					(spec) -> spec.requests((requests) -> requests.order(RequestOrder.ONE_AT_A_TIME)));
			CompletableFuture<Object> first;
			CompletableFuture<Object> second;
			try (Socket peer = listener.accept()) {
				BufferedReader in = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
				first = client.ask("first?", Patience.limit());
				second = client.ask("second?", Patience.limit());
				assertThat(in.readLine()).isEqualTo("first?");
			}
			try (Socket peer = listener.accept()) {
				BufferedReader in = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
				assertThat(in.readLine()).isEqualTo("second?");
				peer.getOutputStream().write("2\n".getBytes(UTF_8));
				assertThat(second).succeedsWithin(Patience.limit()).isEqualTo("2");
				assertThat(first).failsWithin(Patience.limit());
			}
		}
	}

	/** The handler has not been notified of the loss, and may wait for the reply. */
	@Test
	void whatIsAskedAfterALossFailsAtOnceAlthoughALateReplyIsWaitedFor() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.clients.start(listener.getLocalPort(), (spec) -> spec.requests(
					(requests) -> requests.order(RequestOrder.ONE_AT_A_TIME).late(Patience.limit().multipliedBy(10)))
				.handler(ServerFixture.messages((payload, session) -> {
					this.handled.add(payload.toString());
					this.clients.stick();
					return null;
				})));
			SocketSession session;
			try (Socket peer = listener.accept()) {
				peer.getOutputStream().write("message\n".getBytes(UTF_8));
				assertThat(Patience.next(this.handled)).isEqualTo("message");
				session = client.session().orElseThrow();
				BufferedReader in = new BufferedReader(new InputStreamReader(peer.getInputStream(), UTF_8));
				assertTimesOut(RequestInTime.ask(SHORT, in::ready, (time) -> session.ask("late?", time)));
				peer.setSoLinger(true, 0);
			}
			// The client may have another by now, as the system connects it.
			Awaitility.await().until(() -> client.session().filter(session::equals).isEmpty());
			assertNotSent(session.ask("next?", Patience.limit().multipliedBy(10)), "the session ended before its turn");
		}
	}

	private interface Asking {

		void run(SocketSession session, Peer peer) throws Exception;

	}

	/** Encodes a request when the test says so. */
	private record Held(Framing framing, CountDownLatch begun, CountDownLatch goOn) implements Framing {

		@Override
		public String type() {
			return "held";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return this.framing.decoder(maxFrameBytes);
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			if (new String(payload, UTF_8).equals("held?")) {
				this.begun.countDown();
				try {
					this.goOn.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			this.framing.encode(payload, out);
		}

	}

}
