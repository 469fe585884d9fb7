package dev.socketserver.netty.connect;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Numbers;
import dev.socketserver.netty.RequestInTime;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsBundle;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Whose reply is whose, when not every reply gets to be one. */
class ClientRepliesTests {

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	private static final Duration SHORT = Duration.ofMillis(200);

	/** How many connections break. */
	private static final int BREAKS = Rounds.of("replies.breaks", 10, 400);

	/** Of each request: the buffers of both sockets, which are small, hold few. */
	private static final String PADDING = " " + "x".repeat(600);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines sessions = new LogLines(SocketClient.class);

	/** Reads so many lines, and answers them in one go. */
	private static void answer(Socket socket, int lines) throws IOException {
		BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
		StringBuilder replies = new StringBuilder();
		for (int i = 0; i < lines; i++) {
			replies.append('<').append(reader.readLine()).append(">\n");
		}
		socket.getOutputStream().write(replies.toString().getBytes(UTF_8));
	}

	@ParameterizedTest
	@CsvSource({ "DROP_NEWEST, true", "DROP_OLDEST, true", "DROP_NEWEST, false", "DROP_OLDEST, false" })
	void repliesAreNotAmongWhatIsDropped(InboundOverflow overflow, boolean byHand) throws Exception {
		SessionHandler handler = (payload, session) -> null;
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> {
				spec.inbound((inbound) -> inbound.capacity(4).overflow(overflow));
				return byHand ? spec : spec.handler(ServerFixture.messages(handler));
			});
			try (Socket socket = server.accept()) {
				int count = 200;
				List<CompletableFuture<Object>> asked = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					asked.add(client.ask(Integer.toString(i), LONG));
				}
				answer(socket, count);
				for (int i = 0; i < count; i++) {
					assertThat(Patience.await(asked.get(i))).isEqualTo("<" + i + ">");
				}
				assertThat(client.statistics().inboundDropped()).isZero();
				CompletableFuture<Object> next = client.ask("next", LONG);
				answer(socket, 1);
				assertThat(Patience.await(next)).isEqualTo("<next>");
			}
		}
	}

	/** Nothing is read when it asks. */
	@Test
	void handlerOfAFullInputMayWaitForAReply() throws Exception {
		CompletableFuture<Object> reply = new CompletableFuture<>();
		SessionHandler handler = (payload, session) -> {
			if (payload.equals("1")) {
				Awaitility.await().until(() -> !((Session) session).input().isReading());
				this.fixture.client().ask("k:?", LONG).thenAccept(reply::complete).join();
			}
			return null;
		};
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.fixture.start(server.getLocalPort(),
					(spec) -> spec.handler(ServerFixture.messages(handler))
						.inbound((inbound) -> inbound.capacity(1))
						.correlator((line) -> line.toString().startsWith("k:") ? "k" : null));
			try (Socket socket = server.accept()) {
				socket.getOutputStream().write("1\n2\n3\n".getBytes(UTF_8));
				BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
				assertThat(reader.readLine()).isEqualTo("k:?");
				socket.getOutputStream().write("k:!\n".getBytes(UTF_8));
				assertThat(Patience.await(reply)).isEqualTo("k:!");
			}
		}
	}

	@Test
	void stopWaitsForRepliesToWhatWasAsked() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec.drainTimeout(LONG));
			try (Socket socket = server.accept()) {
				CompletableFuture<Object> one = client.ask("one", LONG);
				CompletableFuture<Object> two = client.ask("two", LONG);
				BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
				assertThat(List.of(reader.readLine(), reader.readLine())).containsExactly("one", "two");
				CompletableFuture<@Nullable Void> stopped = client.stop();
				assertThat(client.ask("late", LONG)).failsWithin(Patience.limit())
					.withThrowableOfType(ExecutionException.class)
					.withCauseInstanceOf(ClientClosedException.class);
				socket.getOutputStream().write("<one>\n".getBytes(UTF_8));
				assertThat(Patience.await(one)).isEqualTo("<one>");
				assertThat(stopped).isNotDone();

				socket.getOutputStream().write("<two>\n".getBytes(UTF_8));
				assertThat(Patience.await(two)).isEqualTo("<two>");
				assertThat(reader.readLine()).isNull();
			}
		}
	}

	@Test
	void aRequestThatWasNotSentIsNotifiedFromOneWithoutAReply() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec);
			try (Socket socket = server.accept()) {
				Awaitility.await().until(() -> client.state() == ClientState.CONNECTED);
				InputStream in = socket.getInputStream();
				assertThat(RequestInTime.ask(SHORT, () -> in.available() > 0, (time) -> client.ask("sent", time)))
					.failsWithin(Patience.limit())
					.withThrowableOfType(ExecutionException.class)
					.havingCause()
					.isInstanceOf(TimeoutException.class)
					.isNotInstanceOf(RequestNotSentException.class)
					.withMessageMatching("No reply to client 'it' within \\d+ ms");

				assertThat(client.disconnect()).isTrue();
				Awaitility.await().until(() -> client.session().isEmpty());
				assertThat(client.ask("not sent", SHORT)).failsWithin(Patience.limit())
					.withThrowableOfType(ExecutionException.class)
					.havingCause()
					.isInstanceOf(RequestNotSentException.class);
				client.send("next");
				client.reconnect();
				try (Socket second = server.accept()) {
					assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).lines())
						.containsExactly("sent");
					assertThat(new BufferedReader(new InputStreamReader(second.getInputStream(), UTF_8)).readLine())
						.isEqualTo("next");
				}
			}
		}
	}

	@Test
	void keyOfARequestOfTheSessionFailsOneOfTheClientAndNothingElse() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			server.setSoTimeout(Patience.millis());
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.correlator((payload) -> payload.toString().substring(0, 1)));
			CompletableFuture<Object> clash;
			try (Socket socket = server.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				CompletableFuture<Object> ofSession = client.session().orElseThrow().ask("1?", LONG);
				clash = client.ask("1?", LONG);
				CompletableFuture<Object> other = client.ask("2?", LONG);
				socket.getOutputStream().write("2!\n1!\n".getBytes(UTF_8));
				assertThat(Patience.await(other)).isEqualTo("2!");
				assertThat(Patience.await(ofSession)).isEqualTo("1!");
				assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).lines().limit(2))
					.containsExactly("1?", "2?");
			}
			assertThat(clash).failsWithin(Patience.limit())
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(IllegalArgumentException.class);
			server.accept().close();
			assertThat(client.statistics().pending()).isZero();
		}
	}

	@Test
	void correlatorThatThrowsIsNamedAndNotTheHandler() throws Exception {
		List<Exception> failures = new CopyOnWriteArrayList<>();
		SessionHandler handler = TestHandler.quiet().failed((failure, session) -> {
			failures.add(failure);
			throw failure;
		});
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec.correlator((payload) -> {
				throw new IllegalStateException("expected");
			}).handler(ServerFixture.messages("switch", handler)));
			try (Socket socket = server.accept()) {
				socket.getOutputStream().write("0800\n".getBytes(UTF_8));
				Awaitility.await().until(() -> client.lastClosed() != null);
			}
			assertThat(client.lastClosed().status().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(client.lastClosed().status().detail()).isEqualTo("IllegalStateException in the correlator");
			assertThat(this.sessions.messages(Level.ERROR)).singleElement()
				.asString()
				.contains(": the correlator failed with what was received: java.lang.");
			assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
		}
	}

	@Test
	void handlerThatFailsIsNamedAlthoughThereIsACorrelator() throws Exception {
		SessionHandler handler = (payload, session) -> {
			throw new IllegalStateException("expected");
		};
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.correlator((payload) -> null).handler(ServerFixture.messages("switch", handler)));
			try (Socket socket = server.accept()) {
				socket.getOutputStream().write("0800\n".getBytes(UTF_8));
				Awaitility.await().until(() -> client.lastClosed() != null);
			}
			assertThat(client.lastClosed().status().detail()).isEqualTo("IllegalStateException in received");
			assertThat(this.sessions.messages(Level.ERROR)).singleElement()
				.asString()
				.contains(": handler 'switch' failed in received: ");
		}
	}

	@Test
	void stopWaitsForRepliesAsLongAsForAnythingElse() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.drainTimeout(Duration.ofMillis(200)));
			try (Socket socket = server.accept()) {
				CompletableFuture<Object> never = client.ask("never", LONG);
				assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine())
					.isEqualTo("never");

				Patience.await(client.stop());
				assertThat(never).failsWithin(Patience.limit())
					.withThrowableOfType(ExecutionException.class)
					.withCauseInstanceOf(SessionClosedException.class);
			}
		}
	}

	@Test
	void replyThatCannotBeReadIsNobodyElses() throws Exception {
		SessionHandler forgiving = TestHandler.quiet().failed((failure, session) -> null);
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec
				.handler(new ServerHandler.Messages("handler", new Numbers(), false, (session) -> forgiving)));
			try (Socket socket = server.accept()) {
				CompletableFuture<Object> first = client.ask("first", LONG);
				CompletableFuture<Object> second = client.ask("second", LONG);
				BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
				assertThat(reader.readLine()).isEqualTo("first");
				assertThat(reader.readLine()).isEqualTo("second");
				socket.getOutputStream().write("one\n2\n".getBytes(UTF_8));
				assertThat(Patience.await(second)).isEqualTo(2);
				assertThat(first).failsWithin(Patience.limit())
					.withThrowableThat()
					.withCauseInstanceOf(PayloadException.class);
			}
		}
	}

	/**
	 * Over TLS it is unknown which of the last requests have reached the server. Replies
	 * to them are still being handled when the connection is gone, and they go back.
	 */
	@Test
	void replyIsNobodyElsesWhenAConnectionBreaks() throws Exception {
		Queue<Object> news = new ConcurrentLinkedQueue<>();
		SessionHandler handler = (payload, session) -> {
			news.add(payload);
			return null;
		};
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(new KeyManager[] { Certificates.keys(Certificates.TRUSTED.sign("localhost")) }, null, null);
		try (ServerSocket server = context.getServerSocketFactory().createServerSocket()) {
			server.setReceiveBufferSize(4096);
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.host("localhost")
						.tls(new ClientTls(new TlsBundle("replies",
								Certificates.material(List.of(), List.of(Certificates.TRUSTED.trust()))), null))
						.connectTimeout(LONG)
						.reconnect(new Reconnect(Duration.ofMillis(1), Duration.ofMillis(1), 0))
						.options(SocketOptions.DEFAULT.sendBuffer(4096))
						.handler(ServerFixture.messages(handler)));
			Map<Integer, CompletableFuture<Object>> asked = new ConcurrentHashMap<>();
			AtomicBoolean over = new AtomicBoolean();
			Thread asking = new Thread(() -> {
				for (int i = 0; !over.get(); i++) {
					asked.put(i, client.ask(i + PADDING, LONG));
				}
			}, "asks");
			asking.setDaemon(true);
			asking.start();
			for (int i = 0; i < BREAKS; i++) {
				try (Socket socket = server.accept()) {
					answerOneByOne(socket, 5 + i % 40);
				}
			}
			over.set(true);
			Patience.await(client.stop());
			asking.join(Patience.millis());
			for (Map.Entry<Integer, CompletableFuture<Object>> ask : asked.entrySet()) {
				CompletableFuture<Object> outcome = ask.getValue()
					.handle((reply, failure) -> (failure != null) ? "none" : reply);
				assertThat(Patience.await(outcome)).isIn("<" + ask.getKey() + ">", "none");
			}
			assertThat(news).isEmpty();
		}
	}

	/** Leaves the rest unread, so that the client is reset. */
	private static void answerOneByOne(Socket socket, int lines) throws IOException {
		BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 512);
		for (int i = 0; i < lines; i++) {
			String number = String.valueOf(reader.readLine()).split(" ", 2)[0];
			socket.getOutputStream().write(("<" + number + ">\n").getBytes(UTF_8));
		}
	}

}
