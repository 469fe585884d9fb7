package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DelimiterFramingTests {

	private static final Framing SLIP = Framings.delimiter()
		.delimiters("hex:c0")
		.escape(Escape.pairs(Escape.pair("hex:c0", "hex:dbdc"), Escape.pair("hex:db", "hex:dbdd")))
		.build();

	private static List<String> decode(Framing framing, String text, int... pieces) throws FramingException {
		return FrameInputs.decode(framing.decoder(1000), text.getBytes(StandardCharsets.UTF_8), pieces);
	}

	private static List<String> decodeAtEverySplit(Framing framing, String text) throws FramingException {
		List<String> frames = decode(framing, text);
		for (int first = 0; first <= text.length(); first++) {
			for (int second = 0; first + second <= text.length(); second++) {
				assertThat(decode(framing, text, first, second)).isEqualTo(frames);
			}
		}
		return frames;
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		Framing several = Framing.delimiter(";", "hex:0d0a");
		assertThat(decodeAtEverySplit(several, "one;;b\r\n")).containsExactly("one", "", "b");
		assertThat(FrameInputs.encode(several, "one", "", "b")).asString().isEqualTo("one;;b;");
		Framing keeping = Framings.delimiter().delimiters(";").keep(true).build();
		assertThat(decodeAtEverySplit(keeping, "one;")).containsExactly("one;");
		assertThat(FrameInputs.encode(keeping, "one;")).asString().isEqualTo("one;");
	}

	@Test
	void keptDelimiterIsAddedOnlyWhereThereIsNone() {
		Framing keeping = Framings.delimiter().delimiters(";", "\\r\\n").keep(true).build();
		assertThat(FrameInputs.encode(keeping, "a;", "b\r\n", "c", "")).asString().isEqualTo("a;b\r\nc;;");
	}

	@Test
	void theDelimiterThatBeginsFirstEndsTheFrame() throws FramingException {
		Framing overlapping = Framing.delimiter("abc", "b", "\\r\\n", "\\n");
		assertThat(decodeAtEverySplit(overlapping, "1abc2b3ab4abab\r\n5\r\r\n6\n")).containsExactly("1", "2", "3a",
				"4a", "a", "", "5\r", "6");
	}

	@Test
	void nearlyADelimiterIsPayload() throws FramingException {
		assertThat(decodeAtEverySplit(Framing.delimiter("aab"), "aaab-aa-ab-aaaaab")).containsExactly("a",
				"-aa-ab-aaa");
	}

	@Test
	void unterminatedRestIsNoFrame() throws FramingException {
		assertThat(decode(Framing.delimiter(";"), "a;bc")).containsExactly("a", "left over: 2");
	}

	@Test
	void longestFrameIsExactlyTheLimit() throws FramingException {
		for (int split = 0; split <= 12; split++) {
			assertThat(FrameInputs.decode(Framing.delimiter("\\r\\n").decoder(10), "0123456789\r\n".getBytes(), split))
				.containsExactly("0123456789");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "01234567890", "01234567890\r\n", "0123456789\r\r\n" })
	void longerFrameIsRefusedAsSoonAsItIsKnownToBe(String text) {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(Framing.delimiter("\\r\\n").decoder(10), text.getBytes()))
			.withMessageContaining("without a delimiter after 10 bytes")
			.withMessageContaining("limits.frame");
	}

	@Test
	void escapedDelimiterEndsNothing() throws FramingException {
		Framing backslash = Framings.delimiter().delimiters(";").escape(Escape.mark('\\', 0)).build();
		assertThat(decodeAtEverySplit(backslash, "a\\;b;\\\\;c\\d;")).containsExactly("a;b", "\\", "cd");
		assertThat(FrameInputs.encode(backslash, "a;b", "\\", "cd")).asString().isEqualTo("a\\;b;\\\\;cd;");
	}

	@Test
	void doubledByteIsNoDelimiter() throws FramingException {
		// Telnet's IAC doubled, and IAC EOR after each record: RFC 885.
		Framing telnet = Framings.delimiter()
			.delimiters("hex:ffef")
			.escape(Escape.pairs(Escape.pair("hex:ff", "hex:ffff")))
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(telnet, "41 ffff ef ffef  ffffffff ffef ffef"))
			.containsExactly("41ffef", "ffff", "");
		assertThat(FrameInputs.encodeHex(telnet, "41ffef", "ffff", ""))
			.isEqualTo("41ffffefffef" + "ffffffffffef" + "ffef");
	}

	@Test
	void brokenEscapesAreRefused() {
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(SLIP.decoder(10), "41 db 00 c0"))
			.withMessage("broken escape: 0xdb at byte 1 of the payload is followed by 0x00, which is not an escape of "
					+ "this framing");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(SLIP.decoder(10), "41 db c0"))
			.withMessageContaining("0xdb at byte 1 of the payload is the last byte");
		Framing hdlc = Framings.delimiter().delimiters("hex:7e").escape(Escape.mark(0x7d, 0x20)).build();
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(hdlc.decoder(10), "41 7d 7e"))
			.withMessageContaining("broken escape");
	}

	@Test
	void theLimitCountsWhatIsUnescaped() throws FramingException {
		assertThat(FrameInputs.decodeHex(SLIP.decoder(4), "dbdc dbdc dbdc dbdc c0")).containsExactly("c0c0c0c0");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(SLIP.decoder(4), "4142434445 c0"))
			.withMessage("frame of 5 bytes, limits.frame is 4 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(SLIP.decoder(4), "414243444546474849"))
			.withMessageContaining("limits.frame is 4 bytes");
	}

	@Test
	void whatCannotWorkIsNotBuilt() {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(Framing::delimiter)
			.withMessage("delimiters is empty, but needs at least one");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Framing.delimiter("a", ""))
			.withMessageContaining("at least one byte");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Framing.delimiter("\\r\\n", "\\r"))
			.withMessageContaining("delimiters is hex:0d, but the delimiter hex:0d0a begins with it");
	}

}
