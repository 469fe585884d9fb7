package dev.socketserver.netty.framing;

import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A check sum behind the end of a frame is part of its payload, in both directions. */
class CheckSumTests {

	private static final Framing FRAMING = Framings.startEnd()
		.start("hex:02")
		.end("hex:03")
		.after(1)
		.restart(true)
		.build();

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Way
	void handlersReceiveAndSendIt(ServerFixture.Way way) throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("checked", PayloadConverter.text(ISO_8859_1), CheckSumTests::answer),
				(spec) -> way.spec().apply(spec).framing(FRAMING));

		try (Peer peer = new Peer(server)) {
			peer.send("\2ab\3c".repeat(100) + "\2lost\2\3\3");
			assertThat(new String(peer.bytes(505), ISO_8859_1)).isEqualTo("\2ok\3!".repeat(101));
			peer.sendByteByByte("\2ab\3\2\2ab\3\3");
			assertThat(new String(peer.bytes(10), ISO_8859_1)).isEqualTo("\2ok\3!".repeat(2));
			assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.RESTART, 1L));

			assertThatThrownBy(() -> Patience.await(this.fixture.firstOpened().send("")))
				.hasCauseInstanceOf(PayloadException.class);
			peer.send("\2none\3x");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		}
	}

	private static String answer(String payload) {
		return payload.startsWith("none") ? "" : "ok!";
	}

}
