package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Clients whose handlers read the connection themselves, and what servers may do to
 * clients of any kind.
 */
@Tag("virtual-threads")
class ClientHandlerFormsTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private SocketServer echo() {
		return this.fixture.servers.lines((line) -> "<" + line + ">", (spec) -> spec);
	}

	@Every.OffLoopMode
	void streamsBeginAnewOnEachConnection(ExecutionMode mode) {
		SocketClient client = this.fixture.start(echo(), (spec) -> spec.execution((e) -> e.mode(mode))
			.handler(ServerHandler.stream("streams", (in, out, session) -> {
				out.write((session.id() + "\n").getBytes(StandardCharsets.UTF_8));
				out.flush();
				byte[] reply = in.readNBytes(session.id().length() + 3);
				this.seen.add(new String(reply, StandardCharsets.UTF_8).strip());
				if (in.read() < 0) {
					this.seen.add("end");
				}
			})));
		Awaitility.await().until(() -> this.seen.equals(List.of("<it-1>")));
		assertThatIllegalStateException().isThrownBy(() -> client.ask("what?", Duration.ofSeconds(1)))
			.withMessageContaining("its handler reads the connection itself");
		client.reconnect();
		Awaitility.await().until(() -> this.seen.contains("<it-2>"));
		assertThat(client.statistics().connected()).isEqualTo(2);
	}

	/** As its session does. */
	@Test
	void whoTakesBytesAsTheyComeCannotAsk() {
		ConnectionHandler<?> handler = (state, data, session) -> state;
		SocketClient client = this.fixture.start(echo(),
				(spec) -> spec.framing(Framing.raw()).handler(ServerHandler.connection("bytes", handler)));
		assertThatIllegalStateException().isThrownBy(() -> client.ask("what?", Duration.ofSeconds(1)))
			.withMessageContaining("its handler reads the connection itself");
	}

	@Every.OffLoopMode
	void conversationsBeginAnewOnEachConnection(ExecutionMode mode) {
		SocketClient client = this.fixture.start(echo(),
				(spec) -> spec.execution((e) -> e.mode(mode))
					.handler(ServerHandler.<String>conversation("talk", PayloadConverter.text(StandardCharsets.UTF_8),
							(conversation) -> {
								conversation.session().send("hello " + conversation.session().id());
								String line = conversation.receive();
								while (line != null) {
									this.seen.add(line);
									line = conversation.receive();
								}
							})));
		client.send("by the client");
		Awaitility.await().until(() -> this.seen.contains("<hello it-1>") && this.seen.contains("<by the client>"));
		client.reconnect();
		Awaitility.await().until(() -> this.seen.contains("<hello it-2>"));
	}

	@Test
	void bytesAreReceivedAsTheyCome() {
		SocketServer server = echo();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.byHand(PayloadConverter.bytes()).framing(Framing.raw()));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		client.send("raw\n".getBytes(StandardCharsets.UTF_8));
		StringBuilder received = new StringBuilder();
		while (received.length() < "<raw>\n".length()) {
			Received.Payload piece = (Received.Payload) ClientFixture.next(client);
			received.append(new String((byte[]) piece.payload(), StandardCharsets.UTF_8));
		}
		assertThat(received).hasToString("<raw>\n");
	}

	/** What was sent before the end of the server's output is received before that. */
	@Test
	void serverThatEndsItsOutputIsLostAfterItsLastWord() {
		SocketServer server = this.fixture.servers.lines((line) -> line,
				(spec) -> spec.requestsPerSession(1).farewell("bye"));
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		client.send("only");
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("only"));
		assertThat(ClientFixture.next(client)).isInstanceOfSatisfying(Received.Disconnected.class,
				(lost) -> assertThat(lost.status().reason()).isEqualTo(CloseReason.PEER_CLOSED));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		// A connection that the server has not accepted yet is reset when it stops.
		Awaitility.await().until(() -> server.statistics().opened() == 2);

		server.stop();
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("bye"));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
	}

	@Test
	void frameThatIsTooLargeEndsTheConnectionAndNotTheClient() {
		SocketServer server = echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec.limits((l) -> l.frame(100)));
		client.send("x".repeat(200));
		Awaitility.await().until(() -> client.statistics().closed().getOrDefault(CloseReason.FRAME_TOO_LARGE, 0L) == 1);
		Awaitility.await().until(() -> client.statistics().connected() == 2);
	}

	@Test
	void garbageEndsTheConnectionAndNotTheClient() {
		SocketServer server = this.fixture.servers.lines((line) -> null, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec.framing(Framing.lengthField().build()));
		Awaitility.await().until(() -> !this.fixture.servers.opened.isEmpty());
		SocketSession session = this.fixture.servers.opened.get(0);
		session.send("that is no length of a frame that anybody would send");
		Awaitility.await().until(() -> client.statistics().closed().size() == 1);
		assertThat(client.statistics().closed().keySet()).containsAnyOf(CloseReason.FRAME_TOO_LARGE,
				CloseReason.PROTOCOL_ERROR);
		Awaitility.await().until(() -> client.statistics().connected() >= 2);
	}

	/** Each connection begins with the framing of the client. */
	@Every.Mode
	void framingThatTheHandlerChangesIsThatOfTheConnection(ExecutionMode mode) throws Exception {
		SessionHandler upgrading = TestHandler.of((payload, session) -> {
			if (payload.equals("ok")) {
				session.framing(Framing.lengthField().build());
			}
			this.seen.add((String) payload);
			return null;
		}).opened((session) -> {
			session.send("upgrade");
		});
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			server.setSoTimeout(Patience.millis());
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.execution((e) -> e.mode(mode))
						.framing(Framings.line().switchable(true).build())
						.handler(ServerFixture.messages("upgrading", upgrading)));
			for (int connection = 1; connection <= 2; connection++) {
				try (Socket peer = server.accept()) {
					assertThat(read(peer, 8)).isEqualTo("upgrade\n");
					peer.getOutputStream().write("ok\n\0\0\0\2hi".getBytes(StandardCharsets.US_ASCII));
					List<String> all = Collections.nCopies(connection, List.of("ok", "hi"))
						.stream()
						.flatMap(List::stream)
						.toList();
					Awaitility.await().untilAsserted(() -> assertThat(this.seen).isEqualTo(all));
					client.send("hello");
					assertThat(read(peer, 9)).isEqualTo("\0\0\0\5hello");
				}
			}
		}
	}

	private static String read(Socket peer, int length) throws IOException {
		return new String(peer.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
	}

}
