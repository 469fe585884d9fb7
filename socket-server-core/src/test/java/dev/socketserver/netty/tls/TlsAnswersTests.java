package dev.socketserver.netty.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.ChannelDuplexHandler;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What TLS itself answers has no place in the outbox and its limits. A peer that asks for
 * answers (RFC 8446, section 4.6.3) and reads none must not have them wait for ever.
 */
class TlsAnswersTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@TempDir
	private Path directory;

	@Every.OneTransport
	void peerThatAsksForNewKeysAndReadsNoAnswerIsAborted(SocketTransport transport) throws Exception {
		assertThatRekeyingPeerIsAborted(transport);
	}

	@Every.OneTransport
	void itIsAbortedWhereTheApplicationHasHandlersToo(SocketTransport transport) throws Exception {
		this.fixture.customizers.add((pipeline, spec) -> pipeline.addLast(new ChannelDuplexHandler()));

		assertThatRekeyingPeerIsAborted(transport);
	}

	private void assertThatRekeyingPeerIsAborted(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.connections((state, data, session) -> {
			data.position(data.limit());
			return null;
		}, (spec) -> spec.transport(transport)
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
			.options(SocketOptions.DEFAULT.sendBuffer(4 * 1024))
			.timeouts((t) -> t.write(null)));
		int port = Objects.requireNonNull(server.localAddress()).getPort();
		Path limits = Files.writeString(this.directory.resolve("limits.security"),
				"jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^4\n");
		Process peer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.security.properties=" + limits, "-cp",
				System.getProperty("java.class.path"), Rekeying.class.getName(), String.valueOf(port))
			.inheritIO()
			.start();
		try {
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
			assertThat(status.detail()).startsWith("TLS: ");
			Patience.await(peer);
		}
		finally {
			peer.destroyForcibly();
		}
	}

	/**
	 * A peer in a JVM of its own, where a security property has it change keys with every
	 * few bytes, and ask the other end to do likewise.
	 */
	static final class Rekeying {

		private Rekeying() {
		}

		public static void main(String[] args) throws Exception {
			SSLSocketFactory tls = Certificates.credulous().getSocketFactory();
			Socket tcp = new Socket();
			tcp.setReceiveBufferSize(4 * 1024);
			tcp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
			SSLSocket socket = (SSLSocket) tls.createSocket(tcp, "127.0.0.1", 0, true);
			// That the limit above is for.
			socket.setEnabledCipherSuites(new String[] { "TLS_AES_128_GCM_SHA256" });
			socket.startHandshake();
			OutputStream out = socket.getOutputStream();
			byte[] some = new byte[16];
			try {
				while (true) {
					out.write(some);
				}
			}
			catch (IOException ex) {
				// The server has had enough.
			}
		}

	}

}
