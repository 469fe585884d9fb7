package dev.socketserver.netty.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

import dev.socketserver.RejectReason;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Peer;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer may cancel a handshake with user_canceled and close_notify (RFC 8446, section
 * 6.1). The engine of the JVM is then no longer in a handshake, which is not to say that
 * it is done: the peer has shown nothing.
 */
class CancelledHandshakeTests {

	private static final byte[] CANCEL = { 0x15, 3, 3, 0, 2, 1, 90, 0x15, 3, 3, 0, 2, 1, 0 };

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@ParameterizedTest
	@EnumSource
	void opensNoSession(ClientAuth clientAuth) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> line,
				(spec) -> spec.tls(new Tls(Certificates.TRUSTED.bundle("localhost"), clientAuth, Duration.ofSeconds(30),
						Map.of(), Tls.DEFAULT_CLIENT_HELLO_BYTES)));
		int port = ClientFixture.address(server).getPort();

		try (Peer peer = new Peer(port, 0)) {
			peer.send(ClientHelloTests.record("localhost", "TLSv1.2")).send(CANCEL).rest();
		}
		try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
			cancelWithTls13(peer);
		}

		Awaitility.await().until(() -> server.statistics().accepted() == 2 && server.statistics().pending() == 0);
		assertThat(this.fixture.servers.opened).isEmpty();
		// A connection is refused when it is pending no more.
		Awaitility.await().untilAsserted(() -> {
			assertThat(server.statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.FAILURE, 2L));
			assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.TLS_FAILED, 2L));
		});
	}

	/** Where alerts are encrypted as soon as the server has answered. */
	private static void cancelWithTls13(Socket socket) throws IOException {
		SSLEngine engine = Certificates.credulous().createSSLEngine();
		engine.setUseClientMode(true);
		wrap(engine, socket);
		InputStream in = socket.getInputStream();
		ByteBuffer application = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
		while (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
			if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
				engine.getDelegatedTask().run();
			}
			else {
				byte[] header = in.readNBytes(5);
				int length = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
				ByteBuffer record = ByteBuffer.allocate(header.length + length);
				engine.unwrap(record.put(header).put(in.readNBytes(length)).flip(), application);
			}
		}
		engine.closeOutbound();
		while (!engine.isOutboundDone()) {
			wrap(engine, socket);
		}
		in.readAllBytes();
	}

	private static void wrap(SSLEngine engine, Socket socket) throws IOException {
		ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		engine.wrap(ByteBuffer.allocate(0), out);
		socket.getOutputStream().write(out.array(), 0, out.position());
	}

	@Test
	void ofAServerConnectsNoClient() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.host("localhost")
						.connectTimeout(Duration.ofSeconds(30))
						.tls(new ClientTls(Certificates.TRUSTED.bundle("localhost"), null)));
			try (Socket socket = server.accept()) {
				socket.getOutputStream().write(CANCEL);
				socket.getInputStream().readAllBytes();
			}
			Awaitility.await().until(() -> client.statistics().failed().containsKey(ConnectFailure.TLS));
			assertThat(this.fixture.events).isEmpty();
			assertThat(client.statistics().handshakes()).doesNotContainKey(TlsOutcome.SUCCESS);
		}
	}

}
