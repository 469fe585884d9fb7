package dev.socketserver.netty.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLSocket;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.gate.Offence;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A ban is in force before its peer can see why. Here the line of the audit log that
 * comes before each ban takes its time, unless the peer has seen the end meanwhile.
 */
class BanInForceTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final CountDownLatch seen = new CountDownLatch(1);

	private final AppenderBase<ILoggingEvent> slow = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			try {
				BanInForceTests.this.seen.await(500, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	};

	private final Logger audit = (Logger) LoggerFactory.getLogger("dev.socketserver.audit");

	@BeforeEach
	void begin() {
		this.slow.start();
		this.audit.addAppender(this.slow);
	}

	@AfterEach
	void end() {
		this.audit.detachAppender(this.slow);
	}

	private SocketServer server(Offence reason, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines(String::toUpperCase,
				(builder) -> spec.apply(builder.limits((limits) -> limits.frame(50))
					.ban((ban) -> ban.offences(1).exempt(List.of()).reasons(Set.of(reason)))));
	}

	/** Reads until the end, and connects at once. */
	private void isBannedAtTheEnd(SocketServer server, Peer peer) {
		try {
			peer.rest();
		}
		catch (IOException ex) {
			// A reset is an end, too.
		}
		this.seen.countDown();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
			try (Peer again = new Peer(Objects.requireNonNull(server.localAddress()).getPort(), 0)) {
				again.ask("x");
			}
		});
		assertThat(server.statistics().rejected()).containsKey(RejectReason.BANNED);
	}

	@Every.Transport
	void forAFrameThatIsTooLong(SocketTransport transport) throws Exception {
		SocketServer server = server(Offence.FRAME_TOO_LARGE, (spec) -> spec.transport(transport));
		try (Peer peer = new Peer(server)) {
			isBannedAtTheEnd(server, peer.send("x".repeat(100) + "\n"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "LOGIN_FAILED", "RATE_EXCEEDED" })
	void forTooManyMessages(Offence reason) throws Exception {
		SocketServer server = server(reason,
				(spec) -> spec.login((login) -> login.messages(2))
					.rate((rate) -> rate.messages(Rate.messages("1/h"))
						.messagesBurst((reason == Offence.RATE_EXCEEDED) ? 1 : 100)
						.onExceeded(OnExceeded.CLOSE)));
		try (Peer peer = new Peer(server)) {
			isBannedAtTheEnd(server, peer.send("a\nb\nc\n"));
		}
	}

	@Test
	void forAHandshakeThatFails() throws Exception {
		SocketServer server = server(Offence.TLS_FAILED,
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		try (Peer peer = new Peer(Objects.requireNonNull(server.localAddress()).getPort(), 0)) {
			isBannedAtTheEnd(server, peer.send(hello()));
		}
	}

	/** A listener is notified when the ban is in force. */
	@Test
	void forWhatIsNoHandshake() throws Exception {
		CompletableFuture<Peer> connected = new CompletableFuture<>();
		CompletableFuture<Boolean> answered = new CompletableFuture<>();
		SocketServerListener listener = new SocketServerListener() {

			@Override
			public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
				try {
					answered.complete(connected.join().hasInput());
				}
				catch (IOException ex) {
					answered.completeExceptionally(ex);
				}
			}

		};
		try (NettySocketServers servers = new NettySocketServers(List.of(listener))) {
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerFixture.messages("test", (payload, session) -> payload))
				.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
				.build());
			server.start();
			try (Peer peer = new Peer(Objects.requireNonNull(server.localAddress()).getPort(), 0)) {
				connected.complete(peer);
				// A handshake that does not begin with a ClientHello.
				peer.send(new byte[] { 22, 3, 1, 0, 4, 2, 0, 0, 0 });
				assertThat(Patience.await(answered)).isFalse();
				assertThat(peer.bytes(7)).as("an alert").startsWith(21).endsWith(2, 10);
				assertThat(peer.rest()).isEmpty();
			}
		}
	}

	@Every.Transport
	void forARecordThatIsBroken(SocketTransport transport) throws Exception {
		SocketServer server = server(Offence.PROTOCOL_ERROR, (spec) -> spec.transport(transport)
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		int port = Objects.requireNonNull(server.localAddress()).getPort();
		try (Socket tcp = new Socket(InetAddress.getLoopbackAddress(), port)) {
			SSLSocket tls = (SSLSocket) Certificates.TRUSTED.client()
				.getSocketFactory()
				.createSocket(tcp, "localhost", port, false);
			tls.getOutputStream().write("x\n".getBytes(StandardCharsets.UTF_8));
			assertThat(tls.getInputStream().readNBytes(2)).asString().isEqualTo("X\n");
			byte[] record = new byte[5 + 40];
			record[0] = 23;
			record[1] = 3;
			record[2] = 3;
			record[4] = 40;
			tcp.getOutputStream().write(record);
			assertThat(tcp.getInputStream().read()).as("the record of an alert").isPositive();
			this.seen.countDown();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
				try (Socket again = new Socket(InetAddress.getLoopbackAddress(), port)) {
					SSLSocket second = (SSLSocket) Certificates.TRUSTED.client()
						.getSocketFactory()
						.createSocket(again, "localhost", port, false);
					second.startHandshake();
				}
			});
		}
		assertThat(server.statistics().rejected()).containsKey(RejectReason.BANNED);
	}

	/** A ClientHello of TLS 1.2, which has no cipher suite that the server knows. */
	private static byte[] hello() {
		byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 4 + 2];
		hello[0] = 22;
		hello[1] = 3;
		hello[2] = 1;
		hello[4] = (byte) (hello.length - 5);
		hello[5] = 1;
		hello[8] = (byte) (hello.length - 9);
		hello[9] = 3;
		hello[10] = 3;
		// The session's id is empty; one suite, one compression.
		hello[45] = 2;
		hello[46] = (byte) 0xfe;
		hello[47] = (byte) 0xed;
		hello[48] = 1;
		return hello;
	}

}
