package dev.socketserver.netty.server;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that the figures of a server add up: what went in is counted somewhere when
 * nothing is under way, and never more than went in.
 */
@Tag("long")
@Tag("virtual-threads")
class CountersAddUpTests {

	private static final int PEERS = 4;

	private static final int ROUNDS = 12;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final AtomicLong connected = new AtomicLong();

	@Every.Way
	void figuresOfAMessageHandlerAddUp(ServerFixture.Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			if (line.startsWith("wrong")) {
				throw new IllegalArgumentException("as it was asked to");
			}
			return line;
		}, (spec) -> way.spec().apply(spec).limits((l) -> l.sessions(3).frame(1_000)));

		ServerStatistics counted = drive(server);

		assertThat(counted.handlerCalls().values().stream().mapToLong(Long::longValue).sum())
			.isEqualTo(counted.messagesHandled());
		assertThat(counted.handlerCalls()).containsOnlyKeys(HandlerOutcome.values());
		assertThat(counted.handlerNanos()).containsOnlyKeys(HandlerOutcome.values());
	}

	@Every.BlockingWay
	void figuresOfAConversationHandlerAddUp(ServerFixture.Way way) throws Exception {
		ConversationHandler<String, String> echo = (conversation) -> {
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				if (line.startsWith("wrong")) {
					throw new IllegalArgumentException("as it was asked to");
				}
				conversation.send(line);
			}
		};
		SocketServer server = this.fixture.conversations(echo,
				(spec) -> way.spec().apply(spec).limits((l) -> l.sessions(3).frame(1_000)));

		ServerStatistics counted = drive(server);

		assertThat(counted.handlerCalls().values().stream().mapToLong(Long::longValue).sum())
			.isEqualTo(counted.opened());
	}

	@Every.BlockingWay
	void figuresOfAStreamHandlerAddUp(ServerFixture.Way way) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out),
				(spec) -> way.spec().apply(spec).limits((l) -> l.sessions(3)));

		drive(server);
	}

	@Every.Way
	void bytesAreThoseOfFramesOrDiscarded(ServerFixture.Way way) throws Exception {
		SocketServer server = this.fixture
			.start(ServerHandler.function("closing", PayloadConverter.text(UTF_8), (text) -> {
				if (text.equals("!!")) {
					throw new IllegalStateException("as it was asked to");
				}
				return text;
			}), (spec) -> way.spec().apply(spec).framing(Framing.startEnd("\2", "\3")).limits((l) -> l.frame(10)));
		ServerStatistics counted = server.statistics();

		try (Peer peer = new Peer(server)) {
			peer.send("\2ab\3\2cd\3\2e").endOutput();
			peer.rest();
		}
		this.fixture.nextClosed();
		assertThat(counted.bytesReceived()).isEqualTo(10);
		assertThat(counted.bytesDiscarded()).as("half a frame at the end").isEqualTo(2);

		try (Peer peer = new Peer(server)) {
			peer.send("\2ab\3\2" + "c".repeat(49)).rest();
		}
		this.fixture.nextClosed();
		assertThat(counted.bytesReceived()).isEqualTo(64);
		assertThat(counted.bytesDiscarded()).as("too long").isEqualTo(52);
		assertThat(counted.messagesReceived()).isEqualTo(3);

		for (int i = 0; i < 20; i++) {
			try (Peer peer = new Peer(server)) {
				peer.send("\2ab\3\2!!\3\2cd\3\2e");
				if (i % 2 == 0) {
					peer.reset();
				}
				else {
					peer.endOutput();
				}
			}
			catch (SocketException ex) {
				assertThat(ex).as("the server was first").isNotNull();
			}
			this.fixture.nextClosed();
		}
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("\2!!\3").rest()).isEmpty();
			// After the end of the session's output.
			peer.send("\2ab\3");
		}
		this.fixture.nextClosed();
		server.stop();
		assertThat(counted.bytesDiscarded()).isGreaterThan(52);
		assertThat(counted.bytesReceived() - counted.bytesDiscarded()).isEqualTo(4 * counted.messagesReceived());
	}

	/**
	 * Has peers connect and leave in every manner, and looks at the figures meanwhile.
	 */
	private ServerStatistics drive(SocketServer server) throws Exception {
		ServerStatistics counted = server.statistics();
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService threads = Executors.newFixedThreadPool(PEERS + 1);
		try {
			Future<Long> looks = threads.submit(() -> lookUntil(counted, over));
			List<Callable<Void>> peers = new ArrayList<>();
			for (int i = 0; i < PEERS; i++) {
				int seed = i;
				peers.add(() -> {
					for (int round = 0; round < ROUNDS; round++) {
						visit(server, seed + round);
					}
					return null;
				});
			}
			for (Future<Void> peer : threads.invokeAll(peers)) {
				peer.get();
			}
			// With the place to itself, since all others who send "wrong" may be refused.
			await().until(() -> ((ManagedServer) server).admission().sessions().taken() == 0);
			visit(server, 3);
			await().atMost(Patience.limit())
				.untilAsserted(() -> assertThat(counted.accepted()).isEqualTo(this.connected.get()));
			server.stop();
			over.set(true);
			assertThat(looks.get()).isPositive();
		}
		finally {
			over.set(true);
			threads.shutdown();
		}
		expectBalance(counted);
		return counted;
	}

	private void visit(SocketServer server, int manner) throws IOException {
		// One that is refused is accepted nevertheless, and may not even see it connect.
		this.connected.incrementAndGet();
		try (Peer peer = new Peer(server)) {
			switch (manner % 5) {
				case 0 -> peer.ask("hello");
				case 1 -> peer.send("one\ntwo\nthree\nhalf").endOutput().rest();
				case 2 -> {
					peer.ask("x");
					peer.send("more\n".repeat(50)).reset();
				}
				case 3 -> peer.send("fine\nwrong\nand more\n").endOutput().rest();
				default -> peer.send("x".repeat(2_000) + "\n").endOutput().rest();
			}
		}
		catch (SocketException ex) {
			// Refused, or reset as it was asked to.
			assertThat(ex).hasMessageMatching("(?i).*(reset|broken|abort).*");
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("ended");
		}
	}

	/** The outcomes are read first: what begins meanwhile must not make them wrong. */
	private static long lookUntil(ServerStatistics counted, AtomicBoolean over) {
		long looks = 0;
		while (!over.get()) {
			atMost("I1", () -> counted.opened() + sum(counted.rejected()) + counted.abandoned(), counted::accepted);
			atMost("I2", () -> sum(counted.closed()), counted::opened);
			atMost("I7", () -> counted.messagesHandled() + counted.inboundDropped() + counted.inboundDiscarded(),
					counted::messagesReceived);
			assertThat(counted.active()).isNotNegative();
			assertThat(counted.pending()).isNotNegative();
			looks++;
		}
		return looks;
	}

	private static void atMost(String id, Supplier<Long> out, Supplier<Long> in) {
		long gone = out.get();
		assertThat(gone).as(id).isLessThanOrEqualTo(in.get());
	}

	private static void expectBalance(ServerStatistics counted) {
		assertThat(counted.accepted()).as("I1")
			.isEqualTo(counted.opened() + sum(counted.rejected()) + counted.abandoned());
		assertThat(counted.pending()).as("I1").isZero();
		assertThat(counted.opened()).as("I2").isEqualTo(sum(counted.closed())).isPositive();
		assertThat(counted.active()).as("I2").isZero();
		assertThat(counted.messagesReceived()).as("I7")
			.isEqualTo(counted.messagesHandled() + counted.inboundDropped() + counted.inboundDiscarded())
			.isPositive();
	}

	private static long sum(Map<?, Long> counts) {
		return counts.values().stream().mapToLong(Long::longValue).sum();
	}

	@Test
	void everyFigureIsWhatThePeerSaw() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			if (line.startsWith("wrong")) {
				throw new IllegalArgumentException("as it was asked to");
			}
			return line;
		}, (spec) -> spec.limits((l) -> l.sessions(1).frame(100)));
		ServerStatistics counted = server.statistics();

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("1234567")).hasSize(7);
			try (Peer refused = new Peer(server)) {
				assertThat(refused.sawReset()).isTrue();
			}
			catch (SocketException ex) {
				// Even before it had connected.
				assertThat(ex).isNotNull();
			}
		}
		awaitClosed(server, 1);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("fine\nwrong\nlost\n").rest()).isEqualTo("fine\n");
		}
		awaitClosed(server, 2);
		try (Peer peer = new Peer(server)) {
			peer.send("x".repeat(200)).rest();
		}
		awaitClosed(server, 3);
		server.stop();

		assertThat(counted.accepted()).isEqualTo(4);
		assertThat(counted.rejected()).containsOnly(Map.entry(RejectReason.LIMIT_SESSIONS, 1L));
		assertThat(counted.opened()).isEqualTo(3);
		assertThat(counted.closed()).containsOnly(Map.entry(CloseReason.PEER_CLOSED, 1L),
				Map.entry(CloseReason.HANDLER_ERROR, 1L), Map.entry(CloseReason.FRAME_TOO_LARGE, 1L));
		assertThat(counted.messagesReceived()).isEqualTo(4);
		assertThat(counted.messagesHandled()).isEqualTo(3);
		assertThat(counted.inboundDiscarded()).isEqualTo(1);
		assertThat(counted.handlerCalls()).containsOnly(Map.entry(HandlerOutcome.SUCCESS, 2L),
				Map.entry(HandlerOutcome.ERROR, 1L));
		assertThat(counted.messagesSent()).isEqualTo(2);
		assertThat(counted.bytesSent()).isEqualTo(8 + 5);
		assertThat(counted.bytesReceived()).isEqualTo(8 + 16 + 200);
	}

	@Test
	void whoIsNotifiedOfAStopFindsConnectionsCountedThatItHasCut() throws Exception {
		CompletableFuture<Long> abandoned = new CompletableFuture<>();
		this.fixture.listeners.add(new SocketServerListener() {

			@Override
			public void stopped(SocketServer server) {
				abandoned.complete(server.statistics().abandoned());
			}

		});
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		try (Socket pending = new Socket()) {
			pending.connect(server.localAddress());
			await().until(() -> server.statistics().pending() == 1);
			ServerOperations.of(server).beginStop(Duration.ofHours(1));
			assertThat(Patience.await(abandoned)).isOne();
		}
	}

	private static void awaitClosed(SocketServer server, long count) {
		await().untilAsserted(() -> assertThat(sum(server.statistics().closed())).isEqualTo(count));
		// The place is given back after that: the next peer is to find it free.
		await().until(() -> ((ManagedServer) server).admission().sessions().taken() == 0);
	}

	@Test
	void framesThatAreDroppedOrLeftAreCounted() throws Exception {
		CompletableFuture<String> go = new CompletableFuture<>();
		SocketServer server = this.fixture.lines((line) -> go,
				(spec) -> spec.inbound((i) -> i.capacity(2).overflow(InboundOverflow.DROP_NEWEST)));
		ServerStatistics counted = server.statistics();

		try (Peer peer = new Peer(server)) {
			peer.send("x\n".repeat(10));
			await().untilAsserted(() -> assertThat(counted.messagesReceived()).isEqualTo(10));
			await().untilAsserted(() -> assertThat(counted.messagesHandled()).isEqualTo(1));
			server.sessions().forEach(SocketSession::abort);
		}
		this.fixture.nextClosed();

		assertThat(counted.messagesHandled()).isEqualTo(1);
		assertThat(counted.inboundDiscarded()).isPositive();
		assertThat(counted.messagesHandled() + counted.inboundDropped() + counted.inboundDiscarded()).isEqualTo(10);
	}

	@ParameterizedTest
	@MethodSource("endings")
	void aFrameOfWhichTheHandlerHasMoreIsDiscardedWithItsSession(Consumer<SocketServer> ending) throws Exception {
		SocketServer server = this.fixture.connections(inTwoPieces(new LongAdder()), CountersAddUpTests::dropping);
		ServerStatistics counted = server.statistics();

		try (Peer peer = new Peer(server)) {
			SocketSession session = pausedBetweenPieces(server, peer);
			// The handler has returned when something after its call is reported.
			CompletableFuture<Void> returned = new CompletableFuture<>();
			session.send("held", (failure) -> returned.complete(null));
			Patience.await(returned);
			ending.accept(server);
		}
		this.fixture.nextClosed();

		assertThat(counted.messagesHandled()).isEqualTo(1);
		assertThat(counted.inboundDiscarded()).isEqualTo(1);
		assertThat(counted.messagesReceived()).isEqualTo(2);
	}

	static Stream<Named<Consumer<SocketServer>>> endings() {
		return Stream.of(Named.of("abort", (server) -> server.sessions().forEach(SocketSession::abort)),
				Named.of("stop", SocketServer::stop));
	}

	@Test
	void timeOfAHandlerIsThatOfAllItsPieces() throws Exception {
		LongAdder spent = new LongAdder();
		SocketServer server = this.fixture.connections(inTwoPieces(spent), CountersAddUpTests::dropping);
		ServerStatistics counted = server.statistics();

		try (Peer peer = new Peer(server)) {
			SocketSession session = pausedBetweenPieces(server, peer);
			session.resumeReads();
			await().until(() -> counted.messagesHandled() == 2);
		}

		await().untilAsserted(() -> assertThat(counted.handlerNanos().get(HandlerOutcome.SUCCESS))
			.isGreaterThanOrEqualTo(spent.sum()));
	}

	private static SocketSession pausedBetweenPieces(SocketServer server, Peer peer) throws Exception {
		assertThat(peer.send("abcd").bytes(4)).asString().isEqualTo("more");
		peer.send("efgh");
		SocketSession session = ServerFixture.session(server);
		await().until(() -> session.info().readsPaused());
		return session;
	}

	private static ServerSpec.Builder dropping(ServerSpec.Builder spec) {
		return spec.framing(Framing.fixed(4))
			.limits((l) -> l.frame(4))
			.inbound((i) -> i.overflow(InboundOverflow.DROP_OLDEST));
	}

	/**
	 * Leaves a byte of the first frame, so that the second is more than it may be given
	 * at once, and pauses after the first piece of that, for which it takes its time.
	 */
	private static ConnectionHandler<Integer> inTwoPieces(LongAdder spent) {
		return (calls, data, session) -> {
			if (calls == null) {
				data.position(data.limit() - 1);
				session.send("more");
				return 1;
			}
			data.position(data.limit());
			if (calls == 1) {
				long since = System.nanoTime();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
				spent.add(System.nanoTime() - since);
				session.pauseReads();
			}
			return calls + 1;
		};
	}

	@Test
	void everySendIsSentOrFailedOrRefused() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null, (spec) -> spec.framing(Framing.line())
			.outbound((o) -> o.capacity(50).bytes(64 * 1024 * 1024).overflow(OutboundOverflow.FAIL)));
		ServerStatistics counted = server.statistics();
		AtomicLong sent = new AtomicLong();
		AtomicLong failed = new AtomicLong();
		List<CompletableFuture<?>> outcomes = new ArrayList<>();

		try (Peer peer = new Peer(server, 4096)) {
			peer.send("x\n");
			SocketSession session = ServerFixture.session(server);
			byte[] payload = new byte[256 * 1024];
			for (int i = 0; i < 200; i++) {
				outcomes.add(session.send(payload).handle((nothing, failure) -> {
					((failure == null) ? sent : failed).incrementAndGet();
					return null;
				}));
			}
			session.abort();
		}
		this.fixture.nextClosed();
		Patience.await(CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)));

		assertThat(counted.messagesSent()).as("I8").isEqualTo(sent.get());
		assertThat(counted.outboundRefused()).isPositive();
		assertThat(counted.outboundFailed()).isPositive();
		assertThat(counted.outboundFailed() + counted.outboundRefused()).as("I8").isEqualTo(failed.get());
		assertThat(counted.bytesSent()).as("I9").isEqualTo(sent.get() * (256 * 1024 + 1));
		assertThat(counted.outboundFailedBytes()).as("I9").isEqualTo(counted.outboundFailed() * (256 * 1024 + 1));
	}

	@Test
	void theSendThatIsTooMuchForAPeerIsCountedAlsoWhereItEndsTheSession() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec
			.outbound((o) -> o.capacity(50).bytes(64 * 1024 * 1024).overflow(OutboundOverflow.CLOSE)));
		ServerStatistics counted = server.statistics();
		List<CompletableFuture<?>> outcomes = new ArrayList<>();

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = ServerFixture.session(server);
			assertThat(session.remoteAddress().getPort()).isEqualTo(peer.localPort());
			byte[] payload = new byte[256 * 1024];
			for (int i = 0; i < 200 && counted.outboundRefused() == 0; i++) {
				outcomes.add(session.send(payload));
			}
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SLOW_CONSUMER);
		assertThat(counted.outboundRefused()).isEqualTo(1);
		assertThat(counted.messagesSent() + counted.outboundFailed() + counted.outboundRefused()).as("I8")
			.isEqualTo(outcomes.size());
	}

}
