package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client sends first on each connection: that of its handler, before all that
 * waits.
 */
@Tag("virtual-threads")
class ClientLoginTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** Who has to log in does so on each connection, before anything else. */
	@Test
	void whatTheHandlerSendsFirstIsFirst() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		SocketClient client = this.fixture.start(server, (spec) -> spec.handler(loggingIn((session) -> {
			session.send("login");
		})));
		Awaitility.await().until(() -> seen.contains("login"));
		for (int i = 1; i < 20; i++) {
			disconnect(client);
			client.send("a" + i);
			client.send("b" + i);
			client.reconnect();
			int count = 1 + 3 * i;
			Awaitility.await().until(() -> seen.size() == count);
			assertThat(seen.subList(count - 3, count)).containsExactly("login", "a" + i, "b" + i);
		}
	}

	/**
	 * Nor does who is still busy with the connection before, and sends now. That holds up
	 * a login for a second only.
	 */
	@Test
	void whatTheHandlerOfTheConnectionBeforeSendsIsNotFirst() throws Exception {
		this.fixture.undisturbed(Duration.ofMillis(100), this::sendsBehindTheLogin);
	}

	private void sendsBehindTheLogin() {
		this.fixture.servers.servers.remove("test");
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		AtomicBoolean over = new AtomicBoolean();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.handler(loggingIn((session) -> session.send("login"), () -> {
					if (over.get()) {
						return;
					}
					SocketClient own = this.fixture.client();
					long before = own.statistics().connected();
					own.reconnect();
					Awaitility.await()
						.atMost(Patience.limit())
						.until(() -> own.statistics().connected() > before && own.state() == ClientState.CONNECTED);
					own.send("late");
				})));
		try {
			Awaitility.await().until(() -> seen.contains("login"));
			for (int i = 1; i < 10; i++) {
				client.disconnect();
				int count = 1 + 2 * i;
				Awaitility.await().atMost(Patience.limit()).until(() -> seen.size() == count);
				assertThat(seen.subList(count - 2, count)).containsExactly("login", "late");
			}
		}
		finally {
			over.set(true);
		}
	}

	/** Without the login nothing else may leave. */
	@Every.Mode
	void whatWaitsDoesNotLeaveOnAConnectionWhoseHandlerFailsBeforeItsLogin(ExecutionMode mode) throws Exception {
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			listening.setSoTimeout(Patience.millis());
			CompletableFuture<SocketSession> opened = new CompletableFuture<>();
			SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
				.port(listening.getLocalPort())
				.reconnect(new Reconnect(Duration.ofHours(1), Duration.ofHours(1), 0))
				.execution((e) -> e.mode(mode))
				.handler(loggingIn((session) -> {
					opened.complete(session);
					if (session.id().equals("it-1")) {
						throw new IllegalStateException("there is no login yet");
					}
					session.send("login");
				}))
				.build());
			this.fixture.clients.expectStart("it");
			CompletableFuture<Void> sent = client.send("record");
			client.start();
			try (Socket first = listening.accept()) {
				first.setSoTimeout(Patience.millis());
				assertThat(first.getInputStream().readAllBytes()).asString(StandardCharsets.UTF_8).isEmpty();
			}
			awaitNotified(opened.join());
			client.reconnect();
			try (Socket second = listening.accept()) {
				second.setSoTimeout(Patience.millis());
				String both = "login\nrecord\n";
				assertThat(second.getInputStream().readNBytes(both.length())).asString(StandardCharsets.UTF_8)
					.isEqualTo(both);
			}
			assertThat(sent).succeedsWithin(Patience.limit());
			assertThat(client.statistics().closed()).containsEntry(CloseReason.HANDLER_ERROR, 1L);
		}
	}

	/** What it answers, at once or later, is first, as what it sends is. */
	@Every.Mode
	void whatWaitsLeavesAfterTheAnswerToAFailureBeforeTheLogin(ExecutionMode mode) {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		SessionHandler answering = TestHandler.of((payload, session) -> {
			throw new AssertionError("The server sends nothing");
		}).opened((session) -> {
			throw new IllegalStateException("there is no login yet");
		}).failed((failure, session) -> CompletableFuture.supplyAsync(() -> "guest"));
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(mode)).handler(ServerFixture.messages(answering)));
		Awaitility.await().until(() -> seen.contains("guest"));
		for (int i = 1; i < 10; i++) {
			disconnect(client);
			client.send("record");
			client.reconnect();
			int count = 1 + 2 * i;
			Awaitility.await().atMost(Patience.limit()).until(() -> seen.size() == count);
			assertThat(seen.subList(count - 2, count)).containsExactly("guest", "record");
		}
		assertThat(client.statistics().closed()).doesNotContainKey(CloseReason.HANDLER_ERROR);
	}

	@Test
	void handlerThatSendsWithTheClientFirstDoesNotWaitForItself() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.collecting(seen);
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(ClientFixture.address(server).getPort())
			.reconnect(ClientFixture.SOON)
			.outbound((o) -> o.capacity(1))
			.handler(loggingIn((session) -> this.fixture.client().send("login").join()))
			.build());
		client.start();
		client.send("waits");
		Awaitility.await().until(() -> seen.contains("waits") && seen.contains("login"));
	}

	private static void disconnect(SocketClient client) {
		SocketSession session = client.session().orElseThrow();
		client.disconnect();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		awaitNotified(session);
	}

	/**
	 * Waits until the handler was notified of the end: a login waits for that, but for a
	 * second only.
	 */
	private static void awaitNotified(SocketSession session) {
		assertThat(session.closed()).succeedsWithin(Patience.limit());
	}

	private static ServerHandler loggingIn(Consumer<SocketSession> login) {
		return loggingIn(login, () -> {
		});
	}

	private static ServerHandler loggingIn(Consumer<SocketSession> login, Runnable closed) {
		return new ServerHandler.Messages("handler", PayloadConverter.text(StandardCharsets.UTF_8), false,
				(spec) -> TestHandler.of((payload, session) -> {
					throw new AssertionError("The server sends nothing");
				}).opened((session) -> {
					login.accept(session);
				}).closed((session, status) -> {
					closed.run();
				}));
	}

}
