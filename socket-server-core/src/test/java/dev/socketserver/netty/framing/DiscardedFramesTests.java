package dev.socketserver.netty.framing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Timeouts.OnFrame;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Behind an unfinished frame that was dropped, decoders begin anew: nothing is left of
 * what they knew of it.
 */
class DiscardedFramesTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

	static Stream<Arguments> unfinished() {
		return Stream.of(with("line", Framing.line(), "ab", "cd\n", "cd"),
				with("delimiter", Framing.delimiter("::"), "ab:", ":cd::", ":cd"),
				with("start-end", Framing.startEnd("(", ")"), "(ab", "(cd)", "cd"),
				with("restart", Framings.startEnd().start("((").end(")").restart(true).build(), "((ab(", "((cd)", "cd"),
				with("escape", Framings.startEnd().start("(").end(")").escape(Escape.mark('\\', 0)).build(), "(ab\\",
						"(cd)", "cd"),
				with("after", Framings.startEnd().start("(").end(")").after(2).build(), "(ab)x", "(cd)yz", "cdyz"),
				with("length-field", Framing.lengthField().width(2).build(), "\0\5ab", "\0\2cd", "cd"),
				with("varint", Framing.lengthField().encoding(LengthEncoding.VARINT).build(), "\u0081", "\2cd", "cd"),
				with("sync", Framings.lengthField().offset(2).width(1).sync("##").build(), "##\5ab", "##\2cd",
						"##\2cd"),
				with("counted", Framings.counted().when("set").build(), "set 4\r\nab", "get\r\n", "get"),
				with("header-block", Framing.headerBlock(), "A\r\nContent-Length: 4\r\n\r\nab", "A\r\n\r\n",
						"A\r\n\r\n"),
				with("switch", Framings.switching().when("#", Framing.fixed(4)).otherwise(Framing.line()).build(), "#a",
						"cd\n", "cd"),
				with("on-bad", Framings.line().onBad(OnBad.SKIP).build(), "ab", "cd\n", "cd"),
				with("checked",
						Framings.checked(Framing.line()).check(1, (bytes, from, to) -> new byte[] { 'x' }).build(),
						"ab", "cdx\n", "cd"),
				with("syslog", FramingPreset.SYSLOG.framing(), "9 <13>a", "<13>b\n", "<13>b"),
				with("stx-etx", FramingPreset.STX_ETX.framing(), "\2ab\3", "\2cd\3!", "cd!"));
	}

	private static Arguments with(String name, Framing framing, String unfinished, String next, String payload) {
		return arguments(Named.of(name, framing), unfinished, next, payload);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("unfinished")
	void theNextFrameIsWhole(Framing framing, String unfinished, String next, String payload) throws Exception {
		SessionHandler handler = (received, session) -> {
			this.calls.add((String) received);
			return null;
		};
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("calls", PayloadConverter.text(StandardCharsets.ISO_8859_1), false,
						(spec) -> handler),
				(spec) -> spec.framing(framing)
					.timeouts((block) -> block.frame(Duration.ofMillis(50)).onFrame(OnFrame.DISCARD)));

		try (Peer peer = new Peer(server)) {
			for (long round = 1; round <= 2; round++) {
				Map<DropReason, Long> dropped = Map.of(DropReason.TIMEOUT, round);
				peer.send(unfinished.getBytes(StandardCharsets.ISO_8859_1));
				Awaitility.await().until(() -> server.statistics().framesDropped().equals(dropped));
				peer.send(next.getBytes(StandardCharsets.ISO_8859_1));
				assertThat(Patience.next(this.calls)).isEqualTo(payload);
				assertThat(server.statistics().framesDropped()).isEqualTo(dropped);
			}
		}
		assertThat(this.calls).isEmpty();
	}

	/** Else two sides that echo would answer each other without end. */
	@Test
	void anAnswerIsStillKnownAsOne() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes),
				(spec) -> spec.framing(Framing.lengthField().width(1).zero(ZeroLength.ECHO).build())
					.timeouts((block) -> block.frame(Duration.ofMillis(50)).onFrame(OnFrame.DISCARD)));

		try (Peer peer = new Peer(server)) {
			peer.send("\7");
			Awaitility.await().until(() -> server.statistics().framesDropped().equals(Map.of(DropReason.TIMEOUT, 1L)));
			server.sessions().findFirst().orElseThrow().send(new byte[0]);
			assertThat(peer.bytes(1)).containsExactly(0);
			peer.send("\0\1a");
			assertThat(peer.bytes(2)).containsExactly(1, 'a');
		}
	}

}
