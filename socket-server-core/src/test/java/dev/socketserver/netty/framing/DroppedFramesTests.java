package dev.socketserver.netty.framing;

import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What framings drop is counted, however the bytes arrive. */
class DroppedFramesTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void eachGapBetweenFramesIsCountedOnce() throws Exception {
		SocketServer server = echo(Framing.startEnd("\2", "\3"));

		try (Peer peer = new Peer(server)) {
			peer.send("xx\2a\3\2b\3yyy\2c\3z");
			assertThat(new String(peer.bytes(9), UTF_8)).isEqualTo("\2a\3\2b\3\2c\3");
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.SYNC, 3L)));

			peer.sendByteByByte("zz\2d\3");
			assertThat(new String(peer.bytes(3), UTF_8)).isEqualTo("\2d\3");
		}
		// The third one went on.
		assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.SYNC, 3L));
	}

	@Test
	void behindABadFrameTheSessionGoesOn() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.text(UTF_8), (text) -> text),
				(spec) -> spec.framing(Framings.line().onBad(OnBad.SKIP).build()).limits((l) -> l.frame(10)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a\n" + "x".repeat(100_000) + "\nb\n").line()).isEqualTo("a");
			assertThat(peer.line()).isEqualTo("b");
			assertThat(peer.sendByteByByte("12345678901\nc\n").line()).isEqualTo("c");
			assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.BAD, 2L));
			assertThat(server.statistics().messagesReceived()).isEqualTo(3);
			peer.send("12345678901").endOutput();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.BAD, 3L));
	}

	private SocketServer echo(Framing framing) {
		return this.fixture.start(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (text) -> text),
				(spec) -> spec.framing(framing));
	}

}
