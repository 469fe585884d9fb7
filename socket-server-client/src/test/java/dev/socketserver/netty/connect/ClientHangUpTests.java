package dev.socketserver.netty.connect;

import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.RequestOrder;
import dev.socketserver.spec.connect.Reconnect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that a handler of a client waits for, while its server hangs up: they fail at
 * once, though nothing behind the call of the handler can be handled.
 */
@Tag("virtual-threads")
class ClientHangUpTests {

	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private final CompletableFuture<@Nullable Throwable> outcome = new CompletableFuture<>();

	private ServerSocket listening;

	@BeforeEach
	void listen() throws Exception {
		this.listening = new ServerSocket(0);
	}

	@AfterEach
	void close() throws Exception {
		this.listening.close();
	}

	/** Greets, and ends the connection when it was asked. */
	private void hangsUp(boolean resets) throws Exception {
		hangsUp("!hello\n!world\n", resets);
	}

	private void hangsUp(String greeting, boolean resets) throws Exception {
		try (Socket peer = this.listening.accept()) {
			peer.getOutputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
			StringBuilder line = new StringBuilder();
			while (line.indexOf("?") < 0) {
				int next = peer.getInputStream().read();
				assertThat(next).as("the end behind '%s'", line).isNotNegative();
				line.append((char) next);
			}
			if (resets) {
				peer.setSoLinger(true, 0);
			}
		}
	}

	private SocketClient start(SessionHandler handler, ExecutionMode mode) {
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(this.listening.getLocalPort())
			.reconnect(new Reconnect(LONG, LONG, 0))
			.execution((execution) -> execution.mode(mode))
			.correlator((payload) -> payload.toString().startsWith("!") ? null : payload)
			.handler(ServerFixture.messages(handler))
			.build());
		client.start();
		return client;
	}

	private CompletableFuture<Object> noted(CompletableFuture<Object> asked) {
		return asked.whenComplete((reply, failure) -> this.outcome.complete(failure));
	}

	private void assertFailed() {
		assertThat(this.outcome).succeedsWithin(Patience.limit()).isInstanceOf(SessionClosedException.class);
	}

	@ParameterizedTest
	@CsvSource({ "POOL, false", "POOL, true", "AUTO, false", "AUTO, true" })
	void requestThatTheOpeningWaitsForFails(ExecutionMode mode, boolean resets) throws Exception {
		start(opening((session) -> {
			noted(session.ask("a?", LONG)).join();
			return null;
		}), mode);
		hangsUp(resets);
		assertFailed();
	}

	/** What has arrived waits for the stage, and the end of the session for that. */
	@ParameterizedTest
	@CsvSource({ "EVENT_LOOP, false", "EVENT_LOOP, true", "POOL, false", "POOL, true" })
	void requestThatTheStageOfTheOpeningWaitsForFails(ExecutionMode mode, boolean resets) throws Exception {
		start(opening((session) -> {
			return noted(session.ask("a?", LONG)).thenAccept((reply) -> {
			});
		}), mode);
		hangsUp(resets);
		assertFailed();
	}

	@ParameterizedTest
	@CsvSource({ "POOL, false", "POOL, true" })
	void requestOfTheClientThatAMessageWaitsForFails(ExecutionMode mode, boolean resets) throws Exception {
		start((payload, session) -> {
			noted(this.fixture.client().ask("a?", LONG)).join();
			return null;
		}, mode);
		hangsUp(resets);
		assertFailed();
	}

	/** The second would be sent after the reply to the first. */
	@ParameterizedTest
	@CsvSource({ "POOL, false", "POOL, true" })
	void requestThatWaitsForItsTurnFails(ExecutionMode mode, boolean resets) throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(this.listening.getLocalPort())
			.reconnect(new Reconnect(LONG, LONG, 0))
			.execution((execution) -> execution.mode(mode))
			.requests((requests) -> requests.order(RequestOrder.ONE_AT_A_TIME))
			.handler(ServerFixture.messages(opening((session) -> {
				CompletableFuture<Object> first = session.ask("a?", LONG);
				CompletableFuture<Object> second = noted(session.ask("b?", LONG));
				asked.countDown();
				first.handle((reply, failure) -> failure).join();
				second.join();
				return null;
			})))
			.build());
		client.start();
		// Else the second may be asked of a session that has ended.
		Patience.await(asked);
		hangsUp("", resets);
		assertThat(this.outcome).succeedsWithin(Patience.limit()).isInstanceOf(RequestNotSentException.class);
	}

	private static SessionHandler opening(Function<SocketSession, @Nullable CompletionStage<?>> opening) {
		return new SessionHandler() {

			@Override
			public @Nullable Object received(Object payload, SocketSession session) {
				return null;
			}

			@Override
			public @Nullable CompletionStage<?> opening(SocketSession session) {
				return opening.apply(session);
			}

		};
	}

}
