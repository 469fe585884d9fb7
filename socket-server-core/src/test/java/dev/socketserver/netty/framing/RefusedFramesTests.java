package dev.socketserver.netty.framing;

import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What cannot be a frame ends the session; what came before it is answered. */
class RefusedFramesTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	static Stream<Arguments> refused() {
		return Stream.of(
				arguments(Named.of("a refused prefix",
						Framings.switching().when("hex:16..", SwitchBuilder.REFUSE).otherwise(Framing.line()).build()),
						"a\n", "\u0016\3\1", "0x16 0x03"),
				arguments(
						Named.of("two lengths that disagree",
								Framings.headerBlock().lengthHeader("Content-Length", "l").build()),
						"l: 1\r\n\r\na", "l: 1\r\nContent-Length: 2\r\n\r\nab", "length"),
				arguments(Named.of("no number", Framings.counted().when("set").build()), "a\r\n", "set many\r\n",
						"many"),
				arguments(Named.of("a wrong check",
						Framings.checked(Framing.line()).check(1, (bytes, from, to) -> new byte[] { 'x' }).build()),
						"ax\n", "ay\n", "check"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refused")
	void endsTheSessionWithAProtocolError(Framing framing, String good, String bad, String detail) throws Exception {
		SocketServer server = this.fixture.lines((text) -> null, (spec) -> spec.framing(framing));

		try (Peer peer = new Peer(server)) {
			peer.send(good + bad + good);
			assertThat(peer.rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).containsIgnoringCase(detail);
		assertThat(server.statistics().messagesReceived()).isOne();
		assertThat(server.statistics().framesDropped()).isEmpty();
	}

}
