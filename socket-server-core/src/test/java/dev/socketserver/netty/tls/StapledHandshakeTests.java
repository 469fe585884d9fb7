package dev.socketserver.netty.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.KeyManager;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.tls.TlsBundle;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server of a JVM that is configured to staple OCSP responses: a handshake waits until
 * the responder answers, or for an hour.
 */
class StapledHandshakeTests {

	@Test
	void responderThatDoesNotAnswerHoldsUpNoSession() throws Exception {
		try (Responder responder = new Responder();
				OtherJvm jvm = new OtherJvm(List.of(), responder.options(), Program.class)) {
			int port = Integer.parseInt(jvm.next());
			try (Peer session = new Peer(port, 0, Certificates.credulous()); Peer peer = new Peer(port, 0)) {
				assertThat(session.ask("x")).isEqualTo("x");
				responder.silent.set(true);
				peer.send(ClientHelloTests.record("localhost"));
				Patience.next(responder.asked);

				assertThat(session.ask("x")).isEqualTo("x");
			}
		}
	}

	/** Breaks off whatever it is asked, or says nothing. */
	private static final class Responder implements AutoCloseable {

		private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final AtomicBoolean silent = new AtomicBoolean();

		private final BlockingQueue<Socket> asked = new LinkedBlockingQueue<>();

		Responder() throws IOException {
			Thread thread = new Thread(this::accept);
			thread.setDaemon(true);
			thread.start();
		}

		List<String> options() {
			return List.of("-Djdk.tls.server.enableStatusRequestExtension=true",
					"-Djdk.tls.stapling.responseTimeout=3600000",
					"-Djdk.tls.stapling.responderURI=http://127.0.0.1:" + this.socket.getLocalPort());
		}

		private void accept() {
			try {
				while (true) {
					Socket request = this.socket.accept();
					if (this.silent.get()) {
						this.asked.add(request);
					}
					else {
						request.close();
					}
				}
			}
			catch (IOException ex) {
				// It is closed.
			}
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
			Opened.closeAll(this.asked);
		}

	}

	/** Serves with one event loop. */
	static final class Program {

		private Program() {
		}

		public static void main(String[] args) throws Exception {
			NettySocketServers servers = new NettySocketServers(List::of, EngineSpec.defaults().eventLoopThreads(1),
					() -> null, List::of);
			SocketServer server = servers.register(ServerSpec.builder("program")
				.handler(ServerHandler.function("same", PayloadConverter.text(UTF_8), (line) -> line))
				.tls(Certificates.patient(new TlsBundle("chain", Certificates.material(List.of(keys()), List.of()))))
				.build());
			server.start();
			OtherJvm.say("" + Objects.requireNonNull(server.localAddress()).getPort());
		}

		/** Who has signed it is asked for only if its certificate is there. */
		private static KeyManager keys() throws Exception {
			X509Bundle root = authority("root").buildSelfSigned();
			X509Bundle intermediate = authority("intermediate").buildIssuedBy(root);
			return Certificates.keys(new CertificateBuilder().subject("CN=localhost").buildIssuedBy(intermediate));
		}

		private static CertificateBuilder authority(String name) {
			return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true);
		}

	}

}
