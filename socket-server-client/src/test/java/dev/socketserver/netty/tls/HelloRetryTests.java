package dev.socketserver.netty.tls;

import java.nio.ByteBuffer;
import java.util.Map;

import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer whose first ClientHello has nothing that takes long to compute, and whose second
 * one has: the server asks for a share of the only group that the peer has, which is of a
 * finite field.
 */
class HelloRetryTests {

	private static final int FFDHE2048 = 0x0100;

	private static final int UNKNOWN_GROUP = 0x0A0A;

	private static final byte HANDSHAKE = 22;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	private final SocketServer server = this.fixture.lines((line) -> line,
			(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));

	@Test
	void secondMessageIsNotComputedOnTheLoop() throws Exception {
		try (Peer session = new Peer(this.server); Peer peer = peer()) {
			peer.send(record(first())).send(record(second()));
			assertThat(peer.in().read()).isEqualTo(HANDSHAKE);
			Awaitility.await().until(HelloRetryTests::hasThreadOfHandshakes);
			assertThat(session.ask("x")).isEqualTo("x");
		}
	}

	private static boolean hasThreadOfHandshakes() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().equals("socket-server-tls"));
	}

	/** The JVM would compute both before it gives the thread back. */
	@Test
	void secondMessageInTheRecordOfTheFirstIsRefused() throws Exception {
		try (Peer peer = peer()) {
			peer.send(record(ByteBuffer.allocate(2048).put(first()).put(second()).flip()));
			// An alert: fatal, unexpected_message.
			assertThat(peer.rest()).isEqualTo("\u0015\u0003\u0003\u0000\u0002\u0002\n");
		}
		Awaitility.await().until(() -> this.server.statistics().rejected().equals(Map.of(RejectReason.TLS_FAILED, 1L)));
	}

	private Peer peer() throws Exception {
		return new Peer(ClientFixture.address(this.server).getPort(), 0);
	}

	private static ByteBuffer first() {
		return hello(UNKNOWN_GROUP, new byte[1]);
	}

	private static ByteBuffer second() {
		byte[] share = new byte[256];
		share[0] = 1;
		return hello(FFDHE2048, share);
	}

	/** A ClientHello that knows one group and has one share (RFC 8446, section 4.1.2). */
	private static ByteBuffer hello(int group, byte[] share) {
		ByteBuffer hello = ByteBuffer.allocate(1024).putInt(0).putShort((short) 0x0303).put(new byte[32]).put((byte) 0);
		hello.putShort((short) 2).putShort((short) 0x1301).putShort((short) 0x0100);
		hello.putShort((short) (33 + share.length));
		// supported_versions, supported_groups, signature_algorithms, key_share
		hello.putShort((short) 43).putShort((short) 3).put((byte) 2).putShort((short) 0x0304);
		hello.putShort((short) 10).putShort((short) 4).putShort((short) 2).putShort((short) FFDHE2048);
		hello.putShort((short) 13).putShort((short) 4).putShort((short) 2).putShort((short) 0x0403);
		hello.putShort((short) 51).putShort((short) (share.length + 6)).putShort((short) (share.length + 4));
		hello.putShort((short) group).putShort((short) share.length).put(share);
		return hello.putInt(0, 1 << 24 | hello.position() - 4).flip();
	}

	private static byte[] record(ByteBuffer messages) {
		int length = messages.remaining();
		return ByteBuffer.allocate(5 + length)
			.put(HANDSHAKE)
			.putShort((short) 0x0301)
			.putShort((short) length)
			.put(messages)
			.array();
	}

}
