package dev.socketserver.netty;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that log lines of handlers name server and session, by {@link LogContext}.
 */
@Tag("virtual-threads")
class LogContextTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final Noting handler = new Noting();

	@Every.Way
	void everyCallOfAMessageHandlerHasIt(ServerFixture.Way way) throws Exception {
		expectEveryCall(way.spec());
	}

	@Test
	void everyCallOnAnExecutorOfTheApplicationHasItAndNothingStays() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			executor.submit(() -> {
				MDC.put("mine", "kept");
				MDC.put(LogContext.SERVER, "another");
			}).get();

			expectEveryCall((spec) -> spec.execution((e) -> e.executor(executor)));

			assertThat(executor.submit(MDC::getCopyOfContextMap).get()).containsOnly(Map.entry("mine", "kept"),
					Map.entry(LogContext.SERVER, "another"));
		}
		finally {
			executor.shutdown();
		}
	}

	private void expectEveryCall(UnaryOperator<ServerSpec.Builder> spec) throws Exception {
		SocketServer server = this.fixture.start(ServerFixture.messages("noting", this.handler), spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("fine")).isEqualTo("fine");
			assertThat(peer.ask("wrong")).isEqualTo("recovered");
		}
		this.fixture.nextClosed();

		assertThat(this.handler.calls).extracting(LoggedCall::name)
			.containsExactlyInAnyOrder("opened", "received fine", "sent", "received wrong", "failed", "closed");
		assertThat(this.handler.calls).allSatisfy((call) -> assertThat(call.context())
			.contains(Map.entry(LogContext.SERVER, "test"), Map.entry(LogContext.SESSION, "test-1")));
	}

	@Every.Mode
	void everyCallOfAClientsHandlerNamesTheClient(ExecutionMode mode) throws Exception {
		Map<String, String> answers = Map.of("wrong", "wrong", "recovered", "fine");
		SocketServer server = this.fixture.lines(answers::get, (spec) -> spec);
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers, List::of)) {
			SocketClient client = clients.register(ClientSpec.builder("mine")
				.port(server.localAddress().getPort())
				.execution((e) -> e.mode(mode))
				.handler(ServerFixture.messages("noting", this.handler))
				.build());
			client.start();
			client.send("wrong");
			Awaitility.await().until(() -> this.handler.calls.size() == 5);
		}
		Awaitility.await().until(() -> this.handler.calls.size() == 6);

		assertThat(this.handler.calls).extracting(LoggedCall::name)
			.containsExactly("opened", "received wrong", "failed", "received fine", "sent", "closed");
		assertThat(this.handler.calls).allSatisfy((call) -> assertThat(call.context())
			.contains(Map.entry(LogContext.CLIENT, "mine"), Map.entry(LogContext.SESSION, "mine-1"))
			.doesNotContainKey(LogContext.SERVER));
	}

	@Every.BlockingWay
	void theOneCallOfAStreamHandlerHasIt(ServerFixture.Way way) throws Exception {
		BlockingQueue<LoggedCall> calls = this.handler.calls;
		SocketServer server = this.fixture.streams((in, out, session) -> {
			calls.add(LoggedCall.of("handle"));
			session.send("x".getBytes(UTF_8), (failure) -> calls.add(LoggedCall.of("sent")));
			in.read();
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(new String(peer.bytes(1), UTF_8)).isEqualTo("x");
		}
		this.fixture.nextClosed();

		expectAll("handle", "sent");
	}

	@Every.BlockingWay
	void theOneCallOfAConversationHandlerHasIt(ServerFixture.Way way) throws Exception {
		BlockingQueue<LoggedCall> calls = this.handler.calls;
		SocketServer server = this.fixture.conversations((conversation) -> {
			calls.add(LoggedCall.of("handle"));
			conversation.receive();
			calls.add(LoggedCall.of("received"));
		}, way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("x\n").rest();
		}
		this.fixture.nextClosed();

		expectAll("handle", "received");
	}

	private void expectAll(String... names) {
		assertThat(this.handler.calls).extracting(LoggedCall::name).containsExactlyInAnyOrder(names);
		assertThat(this.handler.calls).allSatisfy((call) -> assertThat(call.context())
			.contains(Map.entry(LogContext.SERVER, "test"), Map.entry(LogContext.SESSION, "test-1")));
	}

	@Every.Way
	void sessionsThatShareAThreadDoNotShareIt(ServerFixture.Way way) throws Exception {
		List<String> sessions = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.start(ServerHandler.function("lines", PayloadConverter.text(UTF_8),
				(line) -> line + MDC.get(LogContext.SESSION)), way.spec());

		try (Peer one = new Peer(server); Peer two = new Peer(server)) {
			for (int i = 0; i < 10; i++) {
				sessions.add(one.ask("1:"));
				sessions.add(two.ask("2:"));
			}
		}

		// Which of the two was the first to become a session is not known.
		assertThat(sessions.stream().distinct().sorted()).satisfiesAnyOf(
				(names) -> assertThat(names).isEqualTo(List.of("1:test-1", "2:test-2")),
				(names) -> assertThat(names).isEqualTo(List.of("1:test-2", "2:test-1")));
	}

	@Every.Way
	void whatAHandlerLeavesThereIsNotForTheNextSession(ServerFixture.Way way) throws Exception {
		SocketServer server = this.fixture
			.start(ServerHandler.function("leaving", PayloadConverter.text(UTF_8), (line) -> {
				String found = String.valueOf(MDC.get("user"));
				MDC.put("user", line);
				return found;
			}), way.spec());

		for (int i = 0; i < 20; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("secret of " + i)).isEqualTo("null");
			}
		}
	}

	@Test
	void whatAHandlerTakesAwayIsBackAfterwards() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			executor.submit(() -> MDC.put("mine", "kept")).get();
			SocketServer server = this.fixture
				.start(ServerHandler.function("clearing", PayloadConverter.text(UTF_8), (line) -> {
					MDC.clear();
					return line;
				}), (spec) -> spec.execution((e) -> e.executor(executor)));

			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("x")).isEqualTo("x");
			}
			this.fixture.nextClosed();

			assertThat(executor.submit(MDC::getCopyOfContextMap).get()).containsOnly(Map.entry("mine", "kept"));
		}
		finally {
			executor.shutdown();
		}
	}

	@Test
	void thereIsNoneWhereItIsNotWanted() throws Exception {
		NettySocketServers servers = new NettySocketServers(List::of,
				EngineSpec.defaults().eventLoopThreads(1).logContext(false), () -> null, List::of);
		try {
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8),
						(line) -> String.valueOf(MDC.get(LogContext.SESSION))))
				.build());
			server.start();
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("x")).isEqualTo("null");
			}
		}
		finally {
			servers.close();
		}
	}

	/** What a call found. */
	record LoggedCall(String name, Map<String, String> context) {

		static LoggedCall of(String name) {
			Map<String, String> context = MDC.getCopyOfContextMap();
			return new LoggedCall(name, (context != null) ? Map.copyOf(context) : Map.of());
		}

	}

	private static final class Noting implements SessionHandler {

		private final BlockingQueue<LoggedCall> calls = new LinkedBlockingQueue<>();

		@Override
		public void opened(SocketSession session) {
			this.calls.add(LoggedCall.of("opened"));
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			this.calls.add(LoggedCall.of("received " + payload));
			if (payload.equals("wrong")) {
				throw new IllegalStateException("wrong");
			}
			session.send(payload, (failure) -> this.calls.add(LoggedCall.of("sent")));
			return null;
		}

		@Override
		public @Nullable Object failed(Exception failure, SocketSession session) {
			this.calls.add(LoggedCall.of("failed"));
			return "recovered";
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			this.calls.add(LoggedCall.of("closed"));
		}

	}

}
