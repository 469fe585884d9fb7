package dev.socketserver.netty.channel;

import java.io.IOException;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Sessions that were closed for a flood, which goes on. */
class FloodTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Transport
	void isNotReadOnWhereNothingIsInFlight(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.transport(transport).framing(Framing.line()).limits((l) -> l.frame(1024)));

		try (Peer peer = new Peer(server)) {
			Thread sender = flood(peer);
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
			sender.join();
		}
		// One read for which it was closed, and 64 KB, rounded up to whole reads;
		// io_uring has begun others meanwhile.
		int reads = (transport == SocketTransport.IO_URING) ? 8 : 3;
		assertThat(server.statistics().bytesReceived()).isLessThan(reads * 64 * 1024);
	}

	@Every.Transport
	void givesBackItsPermit(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.transport(transport)
					.framing(Framing.line())
					.limits((l) -> l.frame(1024))
					.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			Thread sender = flood(peer);
			Awaitility.await().until(() -> server.statistics().opened() == 1);
			Awaitility.await().until(() -> server.statistics().active() == 0);
			sender.join();
		}
	}

	/** The reply that is in flight is not destroyed, and then the flood is cut off. */
	@Tag("long")
	@Every.Transport
	void replyBeforeItArrives(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line.repeat(200_000),
				(spec) -> spec.transport(transport).framing(Framing.line()).requestsPerSession(1));

		try (Peer peer = new Peer(server)) {
			peer.send("0123456789\n");
			Thread sender = flood(peer);
			assertThat(peer.line()).hasSize(2_000_000);
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
			sender.join();
		}
	}

	private static Thread flood(Peer peer) {
		byte[] flood = new byte[64 * 1024];
		Thread sender = new Thread(() -> {
			try {
				while (true) {
					peer.send(flood);
				}
			}
			catch (IOException ex) {
				// The flood was cut off.
			}
		});
		sender.start();
		return sender;
	}

}
