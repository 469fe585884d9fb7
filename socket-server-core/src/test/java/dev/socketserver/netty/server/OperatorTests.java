package dev.socketserver.netty.server;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What operators do with sessions, and see of them, over sockets.
 */
@Tag("virtual-threads")
class OperatorTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Way
	void whatAnOperatorHoldsTheApplicationCannotResume(Way way) throws Exception {
		BlockingQueue<String> received = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.lines((line) -> {
			received.add(line);
			return line;
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("before");
			SocketSession session = ServerFixture.session(server);
			assertThat(SessionOperations.of(session).release()).isFalse();
			assertThat(SessionOperations.of(session).hold()).isTrue();
			assertThat(SessionOperations.of(session).hold()).isFalse();
			assertThat(session.info().readsPaused()).isTrue();

			peer.send("held\n");
			session.pauseReads();
			session.resumeReads();

			assertThat(session.info().readsPaused()).isTrue();
			Awaitility.await()
				.during(Duration.ofMillis(200))
				.atMost(Patience.stretched(Duration.ofSeconds(10)))
				.until(() -> received.size() == 1);
			assertThat(SessionOperations.of(session).release()).isTrue();
			assertThat(peer.line()).isEqualTo("held");
			assertThat(SessionOperations.of(session).release()).isFalse();
			assertThat(session.info().readsPaused()).isFalse();
		}
	}

	@Test
	void releaseLeavesThePauseOfTheApplication() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("before");
			SocketSession session = ServerFixture.session(server);
			session.pauseReads();
			assertThat(SessionOperations.of(session).hold()).isTrue();
			assertThat(SessionOperations.of(session).release()).isTrue();

			assertThat(session.info().readsPaused()).isTrue();
			peer.send("later\n");
			session.resumeReads();
			assertThat(peer.line()).isEqualTo("later");
		}
	}

	@Test
	void aHeldSessionStopsWithItsServer() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("before")).isEqualTo("before");
			SocketSession session = ServerFixture.session(server);
			SessionOperations.of(session).hold();
			peer.send("held\n");
			server.stop();

			assertThat(peer.rest()).isEmpty();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		}
	}

	@Test
	void aSessionThatIsClosingCannotBeHeld() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			session.close();
			assertThat(SessionOperations.of(session).hold()).isFalse();
			assertThat(peer.rest()).isEmpty();
			this.fixture.nextClosed();
			assertThat(SessionOperations.of(session).hold()).isFalse();
			assertThat(session.info().readsPaused()).isFalse();
		}
	}

	@Test
	void tryingToSendNeverWaits() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> release.await(),
				(spec) -> spec.outbound((o) -> o.bytes(1000).overflow(OutboundOverflow.BLOCK)));

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = ServerFixture.session(server);
			byte[] much = new byte[1 << 20];
			Future<?> refused = Awaitility.await()
				.until(() -> session.trySend(much), CompletableFuture::isCompletedExceptionally);

			assertThatThrownBy(refused::get).hasCauseInstanceOf(OutboundFullException.class);
			session.abort();
			assertThatThrownBy(() -> session.trySend(much).get()).hasCauseInstanceOf(SessionClosedException.class);
			assertThat(peer).isNotNull();
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void tryingToSendReportsWhenItHasLeft() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			Patience.await(ServerFixture.session(server).trySend("news"));
			assertThat(peer.line()).isEqualTo("news");
		}
	}

	@Test
	void aSessionThatHasEndedIsRemembered() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		assertThat(ServerOperations.of(server).endedSessions()).isEmpty();
		SocketSession session;
		int port;
		try (Peer peer = new Peer(server)) {
			port = peer.localPort();
			assertThat(peer.ask("hello")).isEqualTo("hello");
			session = ServerFixture.session(server);
			session.bind("device", "7", BindPolicy.REJECT);
			session.join("room");
			session.attributes().put("user", "ann");
			session.attributes().put("count", 3);
			session.attributes().put("long", "x".repeat(1000));
			session.attributes().put("state", CloseReason.MEMORY);
			session.attributes().put("big", new byte[1000]);
			session.attributes().put("balance", new BigDecimal("9.50"));
			session.attributes().put("serial", BigInteger.TEN.pow(20));
			LongAdder adder = new LongAdder();
			adder.add(7);
			session.attributes().put("adder", adder);
			Awaitility.await().until(() -> session.info().messagesSent() == 1);
		}
		Awaitility.await().until(() -> {
			// In this order: it leaves the one for the other.
			boolean open = server.session("test-1").isPresent();
			boolean remembered = ServerOperations.of(server)
				.endedSessions()
				.stream()
				.anyMatch((ended) -> ended.id().equals("test-1"));
			assertThat(open || remembered).isTrue();
			return !open;
		});

		EndedSession ended = ServerOperations.of(server).endedSessions().get(0);
		assertThat(ended.server()).isEqualTo("test");
		assertThat(ended.remoteAddress().getPort()).isEqualTo(port);
		assertThat(ended.localAddress()).isEqualTo(server.localAddress());
		assertThat(ended.openedAt()).isEqualTo(session.openedAt());
		assertThat(ended.endedAt()).isAfterOrEqualTo(ended.openedAt());
		assertThat(ended.principal()).isNull();
		assertThat(ended.attributes()).containsOnly(Map.entry("user", "ann"), Map.entry("count", 3),
				Map.entry("long", "x".repeat(256)), Map.entry("state", "MEMORY"), Map.entry("big", "byte[]"),
				Map.entry("balance", "9.50"), Map.entry("serial", "100000000000000000000"), Map.entry("adder", "7"));
		SessionInfo info = ended.info();
		assertThat(info.state()).isEqualTo(SessionInfo.State.CLOSED);
		assertThat(info.bound()).isEqualTo(Map.of("device", List.of("7")));
		assertThat(info.groups()).containsExactly("room");
		assertThat(List.of(info.bytesReceived(), info.bytesSent(), info.messagesReceived(), info.messagesSent()))
			.containsExactly(6L, 6L, 1L, 1L);
		assertThat(info.closed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED));
	}

	@Test
	void theTimeOfAHandlerIsThatOfItsCallsAndOfTheOneUnderWay() throws Exception {
		CompletableFuture<Void> release = new CompletableFuture<>();
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("wait")) {
				release.join();
			}
			return line;
		}, (spec) -> spec);
		try (Peer busy = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			assertThat(session.info().handlerTime()).isZero();
			busy.send("wait\n");
			Duration waited = Duration.ofMillis(100);
			Awaitility.await().until(() -> session.info().handlerTime().compareTo(waited) > 0);
			release.complete(null);
			assertThat(busy.line()).isEqualTo("wait");
			Awaitility.await().until(() -> session.info().handlerTime().equals(session.info().handlerTime()));
			Duration after = session.info().handlerTime();
			assertThat(after).isGreaterThan(waited);
			assertThat(busy.ask("more")).isEqualTo("more");
			Awaitility.await().until(() -> session.info().handlerTime().compareTo(after) > 0);
			session.close();
			assertThat(busy.rest()).isEmpty();
			this.fixture.nextClosed();
		}
		assertThat(ServerOperations.of(server).endedSessions().get(0).info().handlerTime())
			.isGreaterThan(Duration.ofMillis(100));
	}

	/** Whatever an application names, and whatever peers have it name. */
	@Test
	void whatIsRememberedHasABound() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		String longest = "\u00e9".repeat(60_000);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("hello")).isEqualTo("hello");
			SocketSession session = ServerFixture.session(server);
			for (int i = 0; i < 100; i++) {
				session.bind("type-" + i % 50 + longest, i + longest, BindPolicy.ALLOW);
				session.join(i + longest);
				session.attributes().put(i + longest, longest);
			}
			session.close(new CloseStatus(CloseReason.HANDLER_CLOSED, longest, null));
			assertThat(peer.rest()).isEmpty();
			this.fixture.nextClosed();
		}

		EndedSession ended = ServerOperations.of(server).endedSessions().get(0);
		SessionInfo info = ended.info();
		List<String> texts = new ArrayList<>(info.groups());
		info.bound().forEach((type, ids) -> {
			texts.add(type);
			texts.addAll(ids);
		});
		ended.attributes().forEach((key, value) -> texts.addAll(List.of(key, (String) value)));
		assertThat(texts).isNotEmpty().allMatch((text) -> text.length() == 256);
		assertThat(texts.stream().mapToInt(String::length).sum()).isLessThanOrEqualTo(8192 + 512);
		assertThat(info.closed().detail()).hasSize(1024);
		assertThat(info.messagesReceived()).isOne();
	}

	@Test
	void aRememberedSessionHasAFewOfManyShortNames() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			for (int i = 0; i < 100; i++) {
				session.bind("type-" + i % 2, "" + i, BindPolicy.ALLOW);
				session.join("" + i);
				session.attributes().put("" + i, i);
			}
			session.close();
			assertThat(peer.rest()).isEmpty();
			this.fixture.nextClosed();
		}

		EndedSession ended = ServerOperations.of(server).endedSessions().get(0);
		assertThat(ended.info().bound().values().stream().mapToInt(List::size).sum()).isEqualTo(64);
		assertThat(ended.info().groups()).hasSize(64);
		assertThat(ended.attributes()).hasSize(64);
	}

	@Test
	void theCauseOfAnEndIsNotKept() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			throw new IllegalStateException(line);
		}, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			peer.send("fail\n");
			assertThat(peer.rest()).isEmpty();
		}

		assertThat(this.fixture.nextClosed().cause()).isNotNull();
		CloseStatus kept = ServerOperations.of(server).endedSessions().get(0).info().closed();
		assertThat(kept)
			.isEqualTo(new CloseStatus(CloseReason.HANDLER_ERROR, "IllegalStateException in received", null));
	}

	@Test
	void nothingOfTheSessionStaysInMemory() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		WeakReference<Object> session = endedSession(server);

		this.fixture.opened.clear();
		Awaitility.await().atMost(Patience.limit()).until(() -> {
			System.gc();
			return session.get() == null;
		});
		assertThat(ServerOperations.of(server).endedSessions()).hasSize(1);
	}

	private WeakReference<Object> endedSession(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			session.attributes().put("itself", session);
			session.close();
			assertThat(peer.rest()).isEmpty();
			this.fixture.nextClosed();
			return new WeakReference<>(session);
		}
	}

	@Test
	void onlyTheLastAreRemembered() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		for (int i = 0; i < 110; i++) {
			new Peer(server).close();
			this.fixture.nextClosed();
		}

		assertThat(ServerOperations.of(server).endedSessions()).hasSize(100)
			.extracting(EndedSession::id)
			.doesNotHaveDuplicates();
		assertThat(ServerOperations.of(server).endedSessions().get(99).id()).isEqualTo("test-110");
	}

	@Test
	void aServerOfTheSameNameRemembersThoseOfTheOneBefore() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		new Peer(server).close();
		this.fixture.nextClosed();
		this.fixture.servers.remove("test");

		SocketServer successor = this.fixture.lines(Function.identity(), (spec) -> spec);
		assertThat(ServerOperations.of(successor).endedSessions()).extracting(EndedSession::id)
			.containsExactly("test-1");
	}

	@Test
	void serversOfNamesThatWereMadeUpAreForgotten() throws Exception {
		SocketServer server = this.fixture.lines(Function.identity(), (spec) -> spec);
		new Peer(server).close();
		this.fixture.nextClosed();
		this.fixture.servers.remove("test");
		for (int number = 1; number <= 100; number++) {
			this.fixture.servers
				.register(ServerSpec.builder("data-" + number).handler(server.spec().session().handler()).build());
			this.fixture.servers.remove("data-" + number);
		}

		SocketServer successor = this.fixture.lines(Function.identity(), (spec) -> spec);
		assertThat(ServerOperations.of(successor).endedSessions()).isEmpty();
		new Peer(successor).close();
		this.fixture.nextClosed();
		assertThat(ServerOperations.of(successor).endedSessions()).extracting(EndedSession::id)
			.containsExactly("test-2");
	}

	@Test
	void aFunctionReportsDetails() throws Exception {
		assertThat(details(this.fixture.lines(new DetailedFunction(), (spec) -> spec)))
			.isEqualTo(Map.of("of", "test-1"));
	}

	@Test
	void aHandlerOfStreamsReportsDetailsBesideItsCall() throws Exception {
		assertThat(details(this.fixture.streams(new DetailedStreams(), (spec) -> spec.framing(Framing.raw()))))
			.isEqualTo(Map.of("of", "test-1"));
	}

	@Test
	void aConversationReportsDetailsBesideItsCall() throws Exception {
		assertThat(details(this.fixture.conversations(new DetailedConversation(), (spec) -> spec)))
			.isEqualTo(Map.of("of", "test-1"));
	}

	@Test
	void aConnectionHandlerReportsDetailsWithItsState() throws Exception {
		assertThat(details(this.fixture.connections(new ConnectionHandler<Integer>() {

			@Override
			public Integer received(@Nullable Integer state, ByteBuffer data, SocketSession session) {
				int length = data.remaining();
				data.position(data.limit());
				session.send("x\n");
				return length;
			}

			@Override
			public Map<String, ?> details(@Nullable Integer state, SocketSession session) {
				return Map.of("last", String.valueOf(state));
			}

		}, (spec) -> spec))).isEqualTo(Map.of("last", "6"));
	}

	@Test
	void aHandlerThatReportsNothingHasNoDetails() throws Exception {
		assertThat(details(this.fixture.lines(Function.identity(), (spec) -> spec))).isEmpty();
	}

	private Map<String, @Nullable Object> details(SocketServer server) throws Exception {
		try (Peer peer = new Peer(server)) {
			peer.ask("hello");
			return Patience.await(SessionOperations.of(ServerFixture.session(server)).details());
		}
	}

	private static final class DetailedFunction implements Function<String, Object>, DetailedHandler {

		@Override
		public Object apply(String line) {
			return line;
		}

		@Override
		public Map<String, ?> details(SocketSession session) {
			return Map.of("of", session.id());
		}

	}

	private static final class DetailedStreams implements StreamHandler, DetailedHandler {

		@Override
		public void handle(InputStream in, OutputStream out, SocketSession session) throws Exception {
			in.transferTo(out);
		}

		@Override
		public Map<String, ?> details(SocketSession session) {
			return Map.of("of", session.id());
		}

	}

	private static final class DetailedConversation implements ConversationHandler<String, String>, DetailedHandler {

		@Override
		public void handle(Conversation<String, String> conversation) throws Exception {
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				conversation.send(line);
			}
		}

		@Override
		public Map<String, ?> details(SocketSession session) {
			return Map.of("of", session.id());
		}

	}

}
