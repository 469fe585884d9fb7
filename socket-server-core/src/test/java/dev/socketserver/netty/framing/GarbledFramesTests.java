package dev.socketserver.netty.framing;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.socketserver.SocketServer;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What stands between messages, and what only looks like one. */
class GarbledFramesTests {

	private static final String GOOD = "8=FIX.4.4|9=5|35=0|10=163|";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private static byte[] fix(String text) {
		return text.replace('|', '\u0001').getBytes(StandardCharsets.US_ASCII);
	}

	/** The standard has garbled messages ignored. */
	@ParameterizedTest
	@ValueSource(strings = { "8=FIX.4.4|9=4|35=0|10=163|", "8=FIX.4.4|9=9|35=0|10=163|", "8=FIX.4.4|9=x|35=0|10=163|",
			"8=FIX.4.4|9=9999999|35=0|10=163|", "\r\n", "9=5|" })
	void fixGoesOnAtTheNextMessage(String garbled) throws Exception {
		SocketServer server = this.fixture.lines((message) -> message,
				(spec) -> spec.framing(Framings.extending(FramingPreset.FIX.framing()).onBad(OnBad.SKIP).build()));
		try (Peer peer = new Peer(server)) {
			for (int i = 1; i <= 2; i++) {
				peer.send(fix(garbled + GOOD));
				assertThat(peer.bytes(GOOD.length())).isEqualTo(fix(GOOD));
				assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.BAD, (long) i));
			}
		}
	}

	@Test
	void aPingOfTeltonikaIsNoLength() throws Exception {
		Framing framing = Framings.switching()
			.when("\\0\\0\\0\\0", Framing.lengthField().offset(4).after(4).onSend(OnSend.NONE).build())
			.otherwise(Framing.lengthField().width(2).strip(0).onSend(OnSend.NONE).build())
			.skip("hex:ff")
			.build();
		SocketServer server = this.fixture.lines((payload) -> payload.length() + "|", (spec) -> spec.framing(framing));
		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { (byte) 0xff, 0, 1, 'x', (byte) 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 'y', 1, 2, 3, 4,
					(byte) 0xff });
			assertThat(peer.bytes(5)).isEqualTo("3|13|".getBytes(StandardCharsets.US_ASCII));
		}
	}

	@Test
	void theBodyOfAStompFrameMayHaveZeros() throws Exception {
		Framing framing = Framings.headerBlock().lengthHeader("content-length").after("\\0").skip("\\r\\n").build();
		SocketServer server = this.fixture.lines((frame) -> frame, (spec) -> spec.framing(framing));
		String counted = "SEND\ncontent-length:5\n\na\0b\0c";
		String text = "SEND\ndestination:/a\n\nhello";
		try (Peer peer = new Peer(server)) {
			peer.sendByteByByte(counted + "\0\n\n" + text + "\0" + "BEGIN\n\n\0");
			String answered = counted + "\0SEND\ndestination:/a\ncontent-length: 5\n\nhello\0BEGIN\n\n\0";
			assertThat(new String(peer.bytes(answered.length()), StandardCharsets.UTF_8)).isEqualTo(answered);
			peer.send("SEND\ncontent-length:1\n\nabc\0");
			assertThat(this.fixture.nextClosed().detail()).contains("must end with");
		}
	}

	@Test
	void theWordsOfCountedLinesMayBeWrittenInAnyCase() throws Exception {
		Framing framing = Framings.counted().when("PUB").ignoreCase(true).build();
		SocketServer server = this.fixture.lines((frame) -> frame.length() + "", (spec) -> spec.framing(framing));
		try (Peer peer = new Peer(server)) {
			peer.send("pub a 3\r\nx\r\n\r\nPuB a 1\r\ny\r\nPUBS\r\n");
			assertThat(new String(peer.bytes(11), StandardCharsets.UTF_8)).isEqualTo("12\r\n10\r\n4\r\n");
		}
	}

}
