package dev.socketserver.netty.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What happens to handshakes while they wait for their turn on the only loop. */
class HandshakesInTurnsTests {

	private static final int PEERS = 90;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	private final List<Peer> peers = new ArrayList<>();

	private SocketServer server(SocketTransport transport) {
		return this.fixture.lines((line) -> line, (spec) -> spec.transport(transport)
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
	}

	private void begin(SocketServer server) throws Exception {
		byte[] hello = ClientHelloTests.record("localhost");
		for (int i = 0; i < PEERS; i++) {
			Peer peer = new Peer(ClientFixture.address(server).getPort(), 0);
			this.peers.add(peer);
			peer.send(hello);
		}
	}

	@AfterEach
	void close() throws IOException {
		Opened.closeAll(this.peers);
	}

	@Every.SoakTransport
	void serverMayStopAndStartAgain(SocketTransport transport) throws Exception {
		SocketServer server = server(transport);
		begin(server);
		Awaitility.await().until(() -> server.statistics().pending() > 0);

		server.stop();
		assertThat(server.statistics().pending()).isZero();
		server.start();
		try (Peer next = new Peer(server)) {
			assertThat(next.ask("x")).isEqualTo("x");
		}
		assertThat(server.statistics().opened()).isOne();
		assertThat(server.statistics().pending()).isZero();
	}

	@Every.SoakTransport
	void peersMayGoOrSendWhatTheyLike(SocketTransport transport) throws Exception {
		SocketServer server = server(transport);
		// More than what is kept.
		ByteBuffer records = ByteBuffer.allocate(64 * 1024);
		while (records.remaining() > 1005) {
			records.put((byte) 23).putShort((short) 0x0303).putShort((short) 1000).put(new byte[1000]);
		}
		try (Peer session = new Peer(server)) {
			begin(server);
			for (int i = 0; i < PEERS; i += 3) {
				this.peers.get(i).reset();
				this.peers.get(i + 1).endOutput();
				try {
					this.peers.get(i + 2).send(records.array());
				}
				catch (IOException ex) {
					// It was refused meanwhile.
				}
			}

			assertThat(session.ask("x")).isEqualTo("x");
			Awaitility.await()
				.until(() -> server.statistics().accepted() == PEERS + 1 && server.statistics().pending() == 0);
			assertThat(server.statistics().opened()).isOne();
			// Who was gone before its message was read has not begun. Both are counted
			// when a connection is pending no more.
			Awaitility.await()
				.untilAsserted(() -> assertThat(server.statistics().rejected().getOrDefault(RejectReason.TLS_FAILED, 0L)
						+ server.statistics().abandoned())
					.isEqualTo(PEERS));
			assertThat(server.statistics().rejected()).containsOnlyKeys(RejectReason.TLS_FAILED);
			assertThat(session.ask("y")).isEqualTo("y");
		}
	}

}
