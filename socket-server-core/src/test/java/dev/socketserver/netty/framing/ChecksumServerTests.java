package dev.socketserver.netty.framing;

import java.util.List;
import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.FrameChecksum.OnBad;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.CheckedBuilder;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Checksums that are verified and written, over sockets. The sums were computed by hand:
 * 61 ^ 62 is 03, and 3C ^ 61 ^ 62 ^ 3E is 01.
 */
class ChecksumServerTests {

	/** A right frame, one of which a byte was changed, and another right one. */
	private static final String RIGHT_WRONG_RIGHT = "ab03\nac03\nab03\n";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private static CheckedBuilder lines() {
		return Framings.checked(Framing.line()).type("xor8").form(Form.HEX);
	}

	private SocketServer server(Way way, Framing framing) {
		return this.fixture.start(
				ServerHandler.function("checked", PayloadConverter.text(ISO_8859_1), (text) -> "<" + text + ">"),
				(spec) -> way.spec().apply(spec).framing(framing));
	}

	private static String received(Peer peer, int count) throws Exception {
		return new String(peer.bytes(count), ISO_8859_1);
	}

	@Every.Way
	void aWrongFrameIsSkippedAndAnswered(Way way) throws Exception {
		SocketServer server = server(way, lines().onBad(OnBad.SKIP).reply("NAK\\n").build());
		for (boolean bytewise : List.of(false, true)) {
			try (Peer peer = new Peer(server)) {
				if (bytewise) {
					peer.sendByteByByte(RIGHT_WRONG_RIGHT);
				}
				else {
					peer.send(RIGHT_WRONG_RIGHT);
				}
				String all = received(peer, 2 * 7 + 4);
				// The answer to a wrong frame has no place among those of the handler.
				assertThat(all.replace("NAK\n", "")).isEqualTo("<ab>01\n<ab>01\n");
				assertThat(all).contains("NAK\n");
			}
			this.fixture.nextClosed();
		}
		assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.CHECKSUM, 2L));
		assertThat(server.statistics().messagesReceived()).isEqualTo(4);
	}

	@Every.Way
	void aWrongFrameIsPassedOnWithItsChecksum(Way way) throws Exception {
		SocketServer server = server(way, lines().onBad(OnBad.PASS).build());
		try (Peer peer = new Peer(server)) {
			peer.send(RIGHT_WRONG_RIGHT);
			// 3C ^ 61 ^ 63 ^ 30 ^ 33 ^ 3E is 03.
			assertThat(received(peer, 7 + 9 + 7)).isEqualTo("<ab>01\n<ac03>03\n<ab>01\n");
			assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.CHECKSUM, 1L));
		}
	}

	@Every.Way
	void aWrongFrameClosesTheSessionBehindThoseBefore(Way way) throws Exception {
		SocketServer server = server(way, lines().build());
		try (Peer peer = new Peer(server)) {
			peer.send(RIGHT_WRONG_RIGHT);
			assertThat(received(peer, 7)).isEqualTo("<ab>01\n");
			assertThat(this.fixture.nextClosed())
				.isEqualTo(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "checksum: expected 02, was 03"));
			assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.CHECKSUM, 1L));
		}
	}

	@Every.Transport
	void aFrameWithinAWrongOneIsFound(SocketTransport transport) throws Exception {
		Framing framing = Framings.checked(Framings.lengthField().offset(1).width(1).sync("(").build())
			.type("sum8")
			.from(2)
			.onBad(OnBad.SKIP)
			.build();
		SocketServer server = this.fixture.start(
				ServerHandler.function("checked", PayloadConverter.text(ISO_8859_1), (text) -> text),
				(spec) -> spec.transport(transport).framing(framing));
		try (Peer peer = new Peer(server)) {
			// What seems to have five bytes is a bracket, and a frame behind it.
			peer.send(new byte[] { '(', 5, 'x', '(', 2, 'a', 'a' });
			assertThat(peer.bytes(4)).containsExactly('(', 2, 'a', 'a');
			await().atMost(Patience.limit()).until(() -> server.statistics().framesDropped().size() == 1);
			assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.CHECKSUM, 1L));
		}
	}

}
