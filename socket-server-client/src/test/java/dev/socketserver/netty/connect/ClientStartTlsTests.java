package dev.socketserver.netty.connect;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients whose connection is encrypted on request. */
class ClientStartTlsTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** What the handler of the client was called with, and how its sessions ended. */
	private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

	private final List<CloseStatus> closed = new CopyOnWriteArrayList<>();

	private String next() throws InterruptedException {
		return Patience.next(this.seen);
	}

	/** Asks for TLS, and then goes on. */
	private final class Asking implements SessionHandler {

		@Override
		public void opened(SocketSession session) {
			session.send("STARTTLS");
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			if (payload.equals("go ahead")) {
				session.startTls().thenRun(() -> session.send("a"));
			}
			ClientStartTlsTests.this.seen.add(payload + " " + session.secure());
			return null;
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			ClientStartTlsTests.this.closed.add(status);
			ClientStartTlsTests.this.seen.add("closed");
		}

	}

	private SocketClient client(int port, SessionHandler handler, SocketTransport transport) {
		return this.fixture.start(port,
				(spec) -> onRequest(spec).handler(ServerFixture.messages("asking", handler))
					.transport(transport)
					.reconnect(new Reconnect(Duration.ofMinutes(1), Duration.ofMinutes(1), 0)));
	}

	private static ClientSpec.Builder onRequest(ClientSpec.Builder spec) {
		return spec.connectTimeout(Duration.ofHours(1))
			.tls(new ClientTls(
					new TlsBundle("client", Certificates.material(List.of(), List.of(Certificates.TRUSTED.trust()))),
					"localhost", TlsMode.ON_REQUEST));
	}

	private SocketServer mail() {
		SessionHandler handler = (payload, session) -> {
			if (payload.equals("STARTTLS")) {
				session.startTls();
				return "go ahead";
			}
			return payload + " " + session.secure();
		};
		return this.fixture.servers.start(ServerFixture.messages("mail", handler),
				(spec) -> spec.ssl((ssl) -> ssl.bundle(Certificates.TRUSTED.bundle("localhost"))
					.handshakeTimeout(Duration.ofHours(1))
					.mode(TlsMode.ON_REQUEST)));
	}

	@Every.Transport
	void encryptsWhatFollowsTheReply(SocketTransport transport) throws Exception {
		SocketClient client = client(ClientFixture.address(mail()).getPort(), new Asking(), transport);

		assertThat(next()).isEqualTo("go ahead false");
		assertThat(next()).isEqualTo("a true true");
		assertThat(client.statistics().handshakes().toString()).contains("SUCCESS=1");
		assertThat(client.session().orElseThrow().secure()).isTrue();
	}

	/** As a login in the opening does. */
	@Test
	void theOpeningMayAskAndThenAskForTls() throws Exception {
		SessionHandler handler = TestHandler.of((payload, session) -> {
			this.seen.add(String.valueOf(payload));
			return null;
		}).opened((session) -> {
			Object hello = session.ask("hello", Duration.ofHours(1)).join();
			Object reply = session.ask("STARTTLS", Duration.ofHours(1)).join();
			this.seen.add(hello + ", " + reply);
			session.startTls().thenRun(() -> session.send("b"));
		});
		this.fixture.start(ClientFixture.address(mail()).getPort(),
				(spec) -> onRequest(spec).handler(ServerFixture.messages("login", handler))
					.execution((block) -> block.mode(ExecutionMode.POOL)));

		assertThat(next()).isEqualTo("hello false, go ahead");
		assertThat(next()).isEqualTo("b true");
	}

	@Every.Transport
	void clearBytesBehindTheReplyAreNeverHandled(SocketTransport transport) throws Exception {
		replyOf("go ahead\nEVIL\n", "", transport);

		assertThat(this.closed).containsExactly(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "data behind STARTTLS"));
	}

	@Every.Transport
	void textInPlaceOfAHandshakeIsDataBehind(SocketTransport transport) throws Exception {
		replyOf("go ahead\n", "EVIL\n", transport);

		assertThat(this.closed).containsExactly(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "data behind STARTTLS"));
	}

	/** Waits for the end of a session with a server that replies like this. */
	private void replyOf(String reply, String later, SocketTransport transport) throws Exception {
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			client(listening.getLocalPort(), new Asking(), transport);
			try (Socket accepted = listening.accept()) {
				InputStream in = accepted.getInputStream();
				assertThat(new String(in.readNBytes(9), UTF_8)).isEqualTo("STARTTLS\n");
				accepted.getOutputStream().write(reply.getBytes(UTF_8));
				if (!later.isEmpty()) {
					// The first byte of a ClientHello.
					assertThat(in.read()).isEqualTo(22);
					accepted.getOutputStream().write(later.getBytes(UTF_8));
				}
				assertThat(next()).isEqualTo("go ahead false");
				assertThat(next()).isEqualTo("closed");
			}
		}
	}

	@Test
	void aHandshakeThatDoesNotEndEndsTheSession() throws Exception {
		Duration time = Patience.stretched(Duration.ofMillis(700));
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.fixture.start(listening.getLocalPort(),
					(spec) -> onRequest(spec)
						.handler(new ServerHandler.Messages("asking", PayloadConverter.text(UTF_8), false,
								(ignored) -> new Asking()))
						.connectTimeout(time)
						.reconnect(new Reconnect(Duration.ofMinutes(1), Duration.ofMinutes(1), 0)));
			try (Socket accepted = listening.accept()) {
				accepted.getInputStream().readNBytes(9);
				accepted.getOutputStream().write("go ahead\n".getBytes(UTF_8));
				assertThat(next()).isEqualTo("go ahead false");
				assertThat(next()).isEqualTo("closed");
			}
		}
		assertThat(this.closed).containsExactly(CloseStatus.of(CloseReason.TLS_FAILED,
				"the TLS handshake was not complete after " + time.toMillis() + " ms"));
	}

}
