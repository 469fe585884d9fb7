package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.Ready;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When a connection takes what is sent with its client: once its handler has signed on.
 */
@Tag("virtual-threads")
class ClientReadyTests {

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketClient.class);

	private final List<String> seen = new CopyOnWriteArrayList<>();

	/** Completes with the reply to a sign-on. */
	private final CompletableFuture<String> confirmation = new CompletableFuture<>();

	@Every.Mode
	void nothingLeavesBeforeTheSignOnIsConfirmed(ExecutionMode mode) {
		SocketServer server = server((line) -> line.equals("sign on") ? this.confirmation : null);
		SocketClient client = register(server, ready(Ready.OPENED),
				opening((session) -> session.ask("sign on", LONG).thenAccept((reply) -> this.seen.add("got " + reply))),
				mode);
		this.fixture.clients.expectStart("it");
		CompletableFuture<?> sent = client.send("record");
		CompletableFuture<Object> asked = client.ask("request", LONG);
		client.start();
		Awaitility.await().until(() -> this.seen.contains("sign on"));
		assertThat(client.state()).isEqualTo(ClientState.CONNECTING);
		assertThat(client.session()).isEmpty();
		assertThat(this.fixture.events).isEmpty();
		client.send("another");
		assertThat(sent).isNotDone();
		assertThat(this.seen).containsExactly("sign on");

		this.confirmation.complete("welcome");
		ClientFixture.await(client, ClientState.CONNECTED);
		Awaitility.await().until(() -> this.seen.size() == 5);
		assertThat(this.seen).containsExactly("sign on", "got welcome", "record", "request", "another");
		assertThat(sent).succeedsWithin(Patience.limit());
		assertThat(asked).isNotDone();
		assertThat(client.session()).isPresent();
		Awaitility.await().until(() -> this.fixture.events.equals(List.of("connected")));
	}

	@Every.Mode
	void signOnThatIsRefusedIsAFailureAndNothingHasLeft(ExecutionMode mode) {
		AtomicInteger times = new AtomicInteger();
		SocketServer server = server((line) -> !line.equals("sign on") ? null
				: (times.incrementAndGet() < 3) ? CompletableFuture.completedFuture("no") : this.confirmation);
		SocketClient client = register(server, ready(Ready.OPENED),
				opening((session) -> session.ask("sign on", LONG).thenAccept((reply) -> {
					if (reply.equals("no")) {
						throw new IllegalStateException("the sign-on was refused");
					}
				})), mode);
		this.fixture.clients.expectStart("it");
		CompletableFuture<?> sent = client.send("record");
		client.start();
		Awaitility.await().until(() -> client.failure() instanceof NotReadyException);
		// Not before: the failure is shown until a connection is ready.
		this.confirmation.complete("yes");
		assertThat(sent).succeedsWithin(Patience.limit());
		Awaitility.await().until(() -> this.seen.contains("record"));
		assertThat(this.seen).containsExactly("sign on", "sign on", "sign on", "record");
		assertThat(client.statistics().closed()).containsEntry(CloseReason.HANDLER_ERROR, 2L);
		assertThat(client.failure()).isNull();
		Awaitility.await().until(() -> this.fixture.events.equals(List.of("connected")));
	}

	@Test
	void failedOpeningThatTheHandlerAnswersIsNotReadyEither() {
		SocketServer server = server((line) -> null);
		AtomicInteger times = new AtomicInteger();
		SocketClient client = register(server, ready(Ready.OPENED), new Opening((session) -> {
			if (times.incrementAndGet() < 3) {
				throw new IllegalStateException("there is no password");
			}
			return null;
		}, (session, payload) -> {
		}) {

			@Override
			public Object failed(Exception failure, SocketSession session) {
				return "sorry";
			}

		}, ExecutionMode.AUTO);
		client.start();
		assertThat(client.send("record")).succeedsWithin(Patience.limit());
		Awaitility.await().until(() -> this.seen.contains("record"));
		assertThat(this.seen).containsExactly("sorry", "sorry", "record");
	}

	@Every.Mode
	void connectionThatIsNotReadyInTimeIsClosedAndAFailure(ExecutionMode mode) {
		SocketServer server = server((line) -> line.equals("sign on") ? this.confirmation : null);
		SocketClient client = register(server, (pool) -> pool.ready(Ready.OPENED).readyTimeout(Duration.ofMillis(50)),
				opening((session) -> session.ask("sign on", LONG).thenAccept((reply) -> {
				})), mode);
		client.start();
		CompletableFuture<?> sent = client.send("record");
		// On a busy machine, the time may be over before the request has left.
		Awaitility.await().until(() -> this.seen.contains("sign on"));
		Awaitility.await().until(() -> client.statistics().closed().getOrDefault(CloseReason.HANDLER_ERROR, 0L) >= 2);
		assertThat(client.failure()).isInstanceOf(NotReadyException.class)
			.hasMessage("not ready within 50 ms (ready = OPENED)");
		AttemptOutcome.Counts attempts = AttemptOutcome.Counts.of(client.statistics());
		assertThat(attempts.attempts(0, AttemptOutcome.NOT_READY)).isGreaterThanOrEqualTo(2);
		assertThat(attempts.attempts(0, AttemptOutcome.SUCCESS)).isZero();
		assertThat(client.state()).isNotEqualTo(ClientState.CONNECTED);
		assertThat(sent).isNotDone();
		assertThat(this.seen).containsOnly("sign on");
		assertThat(this.fixture.events).isEmpty();
		assertThat(client.lastClosed()).isNotNull();
	}

	@Test
	void saysOnceWhyAConnectionHasEndedBeforeItWasReady() {
		SocketServer server = server((line) -> null);
		SocketClient client = register(server, ready(Ready.HANDLER), opening((session) -> null), ExecutionMode.AUTO);
		client.start();
		Awaitility.await().until(() -> client.statistics().connected() == 1);
		ServerFixture.session(server).abort();
		Awaitility.await().until(() -> client.lastClosed() != null && client.failure() instanceof NotReadyException);
		CloseStatus last = Objects.requireNonNull(client.lastClosed()).status();
		assertThat(client.failure())
			.hasMessage("the connection has ended before it was ready: PEER_RESET, " + last.detail());
	}

	@Every.Mode
	void handlerSaysWhenItsConnectionIsReady(ExecutionMode mode) {
		SocketServer server = server((line) -> line.equals("hello") ? CompletableFuture.completedFuture("go") : null);
		SocketClient client = register(server, ready(Ready.HANDLER), new Opening((session) -> {
			session.send("hello");
			return null;
		}, (session, payload) -> {
			this.seen.add("got " + payload);
			session.ready();
			session.ready();
		}), mode);
		this.fixture.clients.expectStart("it");
		CompletableFuture<?> sent = client.send("record");
		client.start();
		assertThat(sent).succeedsWithin(Patience.limit());
		Awaitility.await().until(() -> this.seen.contains("record"));
		assertThat(this.seen).containsExactly("hello", "got go", "record");
	}

	/** It would wait for itself. */
	@Every.Mode
	void handlerCannotWaitForItsClientBeforeItIsReady(ExecutionMode mode) {
		SocketServer server = server((line) -> null);
		List<Throwable> thrown = new CopyOnWriteArrayList<>();
		SocketClient client = register(server, ready(Ready.OPENED), opening((session) -> {
			SocketClient own = this.fixture.client();
			List<CompletableFuture<?>> waits = List.of(own.send("one"), own.send("two").thenRun(() -> {
			}), own.ask("three", LONG), own.ask("four", String.class, LONG));
			for (CompletableFuture<?> wait : waits) {
				try {
					wait.join();
				}
				catch (IllegalStateException ex) {
					thrown.add(ex);
				}
			}
			waits.get(3).cancel(false);
			return null;
		}), mode);
		client.start();
		Awaitility.await().until(() -> this.seen.size() == 3);
		assertThat(this.seen).containsExactly("one", "two", "three");
		assertThat(thrown).hasSize(4);
		if (mode != ExecutionMode.EVENT_LOOP) {
			assertThat(thrown).allSatisfy((ex) -> assertThat(ex).hasMessageStartingWith(
					"Waiting before the " + "connection is ready for what is sent with the client would be in vain"));
		}
	}

	/** The thread of the connection has not come to it yet. */
	@Test
	void handlerMayWaitForItsClientOnceItHasSaidThatItIsReady() {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch waited = new CountDownLatch(1);
		CompletableFuture<Object> reply = new CompletableFuture<>();
		SocketServer server = this.fixture.echo();
		this.fixture.start(server,
				(spec) -> spec.pool((pool) -> pool.ready(Ready.HANDLER).readyTimeout(Patience.limit()))
					.framing(new HeldFraming(held, waited))
					.handler(ServerFixture.messages(opening((session) -> {
						session.send("hello");
						Patience.hold(held);
						session.ready();
						CompletableFuture<Object> asked = this.fixture.client().ask("request", Patience.limit());
						try {
							assertThatExceptionOfType(TimeoutException.class)
								.isThrownBy(() -> asked.get(0, TimeUnit.SECONDS));
							waited.countDown();
							reply.complete(asked.join());
						}
						catch (Throwable ex) {
							waited.countDown();
							reply.completeExceptionally(ex);
						}
						return null;
					}))));
		assertThat(reply).succeedsWithin(Patience.limit()).isEqualTo("request");
	}

	/** It answers who signs on, and hangs up. */
	@Test
	void connectionsThatDoNotOutlastTheirSignOnAreFailures() {
		SocketServer first = this.fixture.servers
			.start(ServerFixture.messages(new Opening((session) -> null, (session, line) -> {
				session.send("welcome");
				session.close();
			})), (spec) -> spec);
		SocketServer second = this.fixture.servers.echo("second", (spec) -> spec);
		int port = ClientFixture.address(first).getPort();
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.reconnect(new Reconnect(Duration.ofMillis(1), LONG, 0))
			.pool(ready(Ready.OPENED))
			// What the stage completes with would be sent, and answered.
			.handler(ServerFixture.messages(opening((session) -> session.ask("sign on", LONG).thenAccept((reply) -> {
			}))))
			.failOver((block) -> block.failBack(Duration.ofMillis(1))
				.addresses("127.0.0.1:" + port, "127.0.0.1:" + ClientFixture.address(second).getPort()))
			.build());
		client.start();
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.lines.messages(Level.WARN)).containsExactly(
					"'it' has connected to 127.0.0.1:%d 3 times in a row, and each connection ended soon, before a message was received: PEER_CLOSED"
						.formatted(port)));
		assertThat(client.addresses().get(0).failures()).isGreaterThanOrEqualTo(3);
		// The first is tried again now and then, and loses what is asked just then.
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(client.ask("one", LONG)).succeedsWithin(Patience.limit()).isEqualTo("second one"));
	}

	@Test
	void signOnThatIsRefusedIsOneLine() {
		SocketServer server = server((line) -> CompletableFuture.completedFuture("no"));
		SocketClient client = register(server, ready(Ready.OPENED),
				opening((session) -> session.ask("sign on", LONG).thenAccept((reply) -> {
					throw new IllegalStateException("the sign-on was refused");
				})), ExecutionMode.AUTO);
		client.start();
		Awaitility.await().until(() -> client.statistics().closed().getOrDefault(CloseReason.HANDLER_ERROR, 0L) > 2);
		assertThat(this.lines.messages(Level.ERROR)).isEmpty();
		assertThat(this.lines.messages(Level.WARN)).singleElement()
			.asString()
			.startsWith("'it' cannot connect to 127.0.0.1:" + ClientFixture.address(server).getPort()
					+ " and goes on trying: ")
			.endsWith(": the sign-on was refused");
		assertThat(this.lines.events()).noneMatch((line) -> line.getThrowableProxy() != null);
	}

	@Test
	void stopWhileAConnectionOpensEndsIt() {
		SocketServer server = server((line) -> this.confirmation);
		SocketClient client = register(server, ready(Ready.OPENED), opening((session) -> session.ask("sign on", LONG)),
				ExecutionMode.AUTO);
		client.start();
		Awaitility.await().until(() -> this.seen.contains("sign on"));
		client.disconnect();
		Awaitility.await().until(() -> client.statistics().closed().containsKey(CloseReason.OPERATOR_CLOSED));
		assertThat(client.failure()).isNull();
		client.reconnect();
		Awaitility.await().until(() -> this.seen.size() == 2);
		assertThat(client.stop()).succeedsWithin(Patience.limit());
		assertThat(client.failure()).isNull();
		Patience.within(() -> assertThat(this.fixture.events).containsOnly("closed"));
	}

	@Test
	void clientWhoseHandlerCannotSayThatItIsReadyIsInvalid() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it").port(1).pool(ready(Ready.HANDLER)).build())
			.withMessageContaining("needs a handler");
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(
				() -> ClientSpec.builder("it").port(1).handler(ServerHandler.stream("stream", (session, in, out) -> {
				})).pool(ready(Ready.OPENED)).build())
			.withMessageContaining("reads the connection itself");
	}

	/** The period may send a heartbeat before the connection signs on with one. */
	@Test
	void answerThatComesBeforeTheSignOnShowsThatTheServerIsReady() throws Exception {
		CountDownLatch answered = new CountDownLatch(1);
		UnaryOperator<Heartbeat> beats = (beat) -> beat.period(Duration.ofMillis(10))
			.timeout(Duration.ofHours(1))
			.message("PING")
			.reply("PONG")
			.replyTimeout(Duration.ofHours(1));
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(listener.getLocalPort(),
					(spec) -> spec.heartbeat(beats)
						.pool((pool) -> pool.ready(Ready.HEARTBEAT).readyTimeout(Duration.ofHours(1)))
						.handler(ServerFixture.messages(opening((session) -> {
							Patience.hold(answered);
							return null;
						}))));
			try (Socket server = listener.accept()) {
				server.setSoTimeout(Patience.millis());
				assertThat(server.getInputStream().readNBytes(5)).asString().isEqualTo("PING\n");
				server.getOutputStream().write("PONG\n".getBytes());
				Awaitility.await().until(() -> client.statistics().bytesReceived() == 5);
				answered.countDown();
				ClientFixture.await(client, ClientState.CONNECTED);
			}
			finally {
				answered.countDown();
			}
		}
	}

	private static UnaryOperator<ClientPool> ready(Ready ready) {
		return (pool) -> pool.ready(ready).readyTimeout(LONG);
	}

	/** A server that notes lines, and replies to some. */
	private SocketServer server(Function<String, @Nullable CompletableFuture<String>> replies) {
		return this.fixture.servers.lines((line) -> {
			this.seen.add(line);
			return replies.apply(line);
		}, (spec) -> spec);
	}

	private SocketClient register(SocketServer server, UnaryOperator<ClientPool> pool, SessionHandler handler,
			ExecutionMode mode) {
		return this.fixture.clients.register(ClientSpec.builder("it")
			.port(ClientFixture.address(server).getPort())
			.reconnect(ClientFixture.SOON)
			.drainTimeout(Duration.ofMillis(200))
			.pool(pool)
			.execution((e) -> e.mode(mode))
			.handler(ServerFixture.messages(handler))
			.build());
	}

	private static SessionHandler opening(Function<SocketSession, @Nullable CompletionStage<?>> opening) {
		return new Opening(opening, (session, payload) -> {
		});
	}

	/** Opens a session, and takes what is received. */
	private static class Opening implements SessionHandler {

		private final Function<SocketSession, @Nullable CompletionStage<?>> opening;

		private final BiConsumer<SocketSession, Object> received;

		Opening(Function<SocketSession, @Nullable CompletionStage<?>> opening,
				BiConsumer<SocketSession, Object> received) {
			this.opening = opening;
			this.received = received;
		}

		@Override
		public @Nullable CompletionStage<?> opening(SocketSession session) {
			return this.opening.apply(session);
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			this.received.accept(session, payload);
			return null;
		}

	}

	/** Lines; the first that comes is held up, with the thread of its connection. */
	private record HeldFraming(CountDownLatch held, CountDownLatch until) implements Framing {

		@Override
		public String type() {
			return "held";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			FrameDecoder lines = Framing.line().decoder(maxFrameBytes);
			return (in) -> {
				this.held.countDown();
				Patience.hold(this.until);
				return lines.next(in);
			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			Framing.line().encode(payload, out);
		}

	}

}
