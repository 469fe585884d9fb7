package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeaderBlockFramingTests {

	private static final Framing FRAMING = Framing.headerBlock();

	private static List<String> decode(String text, int... pieces) throws FramingException {
		return FrameInputs.decode(FRAMING.decoder(100), text.getBytes(), pieces);
	}

	private static void everySplitGives(String text, String... blocks) throws FramingException {
		for (int first = 0; first <= text.length(); first++) {
			for (int second = 0; first + second <= text.length(); second++) {
				assertThat(decode(text, first, second)).containsExactly(blocks);
			}
		}
	}

	private static String encode(String payload) {
		return new String(FrameInputs.encode(FRAMING, payload));
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		everySplitGives("Content-Length: 3\n\nabca\n\n", "Content-Length: 3\n\nabc", "a\n\n");
		assertThat("Content-Length: 3\n\nabc").hasSize(22);
	}

	@Test
	void headersMayBeWrittenInAnyWay() throws FramingException {
		everySplitGives("A: b\r\ncOnTent-LENGTH:\t 2 \r\nC:\r\n\r\n\n\nX\r\n\r\n\r\n",
				"A: b\r\ncOnTent-LENGTH:\t 2 \r\nC:\r\n\r\n\n\n", "X\r\n\r\n", "\r\n");
		everySplitGives("Content-Lengths: 9\n\nXContent-Length: 9\n\n", "Content-Lengths: 9\n\n",
				"XContent-Length: 9\n\n");
		everySplitGives("Content-Length: 1\nContent-Length: 01\n\n!", "Content-Length: 1\nContent-Length: 01\n\n!");
	}

	@Test
	void anotherHeaderMaySayTheLength() throws FramingException {
		Framing size = Framings.headerBlock().lengthHeader("size").build();
		assertThat(FrameInputs.decode(size.decoder(100), "Content-Length: 5\nSIZE:1\n\n!".getBytes()))
			.containsExactly("Content-Length: 5\nSIZE:1\n\n!");
		for (String name : List.of("", "a b", "a:", "Content-Length,l", "a/b", "(a)", "L\u00e4nge", "a\n")) {
			assertThatExceptionOfType(InvalidFramingException.class)
				.isThrownBy(() -> Framings.headerBlock().lengthHeader(name).build())
				.withMessageContaining("length-header is " + (name.isEmpty() ? "empty" : name) + ", but must be");
		}
	}

	@Test
	void halfABlockAtTheEndIsNone() throws FramingException {
		assertThat(decode("Content-Length: 3\n\nab")).containsExactly("left over: 21");
		assertThat(decode("A: b\n")).containsExactly("left over: 5");
	}

	@ParameterizedTest
	@CsvSource({ "x, has 0x78 where a decimal digit was expected", "-1, has 0x2d where", "1 2, has 0x20 where",
			"'', has 0 digits", "1234567890123456789, has 19 digits", "'1\nContent-Length: 2', headers say 1 and 2" })
	void badLengthIsRefused(String value, String message) {
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decode("Content-Length: " + value + "\n\n"))
			.withMessageContaining(message);
	}

	/** Who skips such a header ends the block elsewhere. */
	@ParameterizedTest
	@ValueSource(strings = { "Content-Length : 1\n\n!", "A: b\r\ncontent-length\t:1\r\n\r\n!" })
	void blankInFrontOfTheColonIsRefused(String block) {
		assertThatExceptionOfType(FramingException.class).isThrownBy(() -> decode(block))
			.withMessageContaining("has a blank in front of its colon");
		assertThatIllegalArgumentException().isThrownBy(() -> encode(block))
			.withMessage("a block cannot be sent: the Content-Length header has a blank in front of its colon");
	}

	@Test
	void tooLongIsRefusedAsSoonAsItIsKnownToBe() {
		assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> decode("Content-Length: 100\n\n"))
			.withMessage("block of 121 bytes announced, limits.frame is 100 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> decode("Content-Length: 999999999999999999\n\n"));
		assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> decode("A: b\n".repeat(21)))
			.withMessage("more than 100 bytes of headers, limits.frame is 100 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> decode("x".repeat(101)));
	}

	@Test
	void headersBeyondTheLimitAreNotChecked() {
		String wrong = "A: b\n".repeat(20) + "Content-Length: x\n\n";
		for (int first = 0; first <= wrong.length(); first++) {
			int cut = first;
			assertThatExceptionOfType(FrameTooLargeException.class).as("cut at %s", cut)
				.isThrownBy(() -> FrameInputs.decode(Framing.headerBlock().decoder(100), wrong.getBytes(), cut))
				.withMessageContaining("more than 100 bytes of headers");
		}
	}

	@Test
	void whatIsSentHasTheRightLength() {
		assertThat(encode("A: b\nContent-Length: 02\n\nxy")).isEqualTo("A: b\nContent-Length: 02\n\nxy");
		assertThat(encode("A: b\ncontent-length: 9 \nC: d\n\nxy")).isEqualTo("A: b\ncontent-length: 2 \nC: d\n\nxy");
		assertThat(encode("A: b\r\n\r\nxy")).isEqualTo("A: b\r\nContent-Length: 2\r\n\r\nxy");
		assertThat(encode("A: b\n\nxy")).isEqualTo("A: b\nContent-Length: 2\n\nxy");
		assertThat(encode("A: b\n\n")).isEqualTo("A: b\n\n");
		assertThat(encode("{}")).isEqualTo("Content-Length: 2\r\n\r\n{}");
		assertThat(encode("")).isEqualTo("Content-Length: 0\r\n\r\n");
		assertThatIllegalArgumentException().isThrownBy(() -> encode("Content-Length: x\n\n"))
			.withMessageContaining("has 0x78");
	}

	@Test
	void aWrongLengthThatIsSaidTwiceIsNotSent() {
		Framing framing = Framing.headerBlock();
		String twice = "Content-Length: 3\nContent-Length: 3\n\n";
		assertThat(FrameInputs.encode(framing, twice + "abc")).asString().isEqualTo(twice + "abc");
		// Setting one would make two that differ.
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encode(framing, twice + "abcd"))
			.withMessage("a block cannot be sent: it has several Content-Length headers, and 4 bytes behind them");
	}

	@Test
	void theLengthMayHaveSeveralNames() throws FramingException {
		Framing sip = Framings.headerBlock().lengthHeader("Content-Length", "l").build();

		assertThat(FrameInputs.decode(sip.decoder(100), "l: 1\r\n\r\naCONTENT-LENGTH:2\n\nbcla: 9\n\n".getBytes()))
			.containsExactly("l: 1\r\n\r\na", "CONTENT-LENGTH:2\n\nbc", "la: 9\n\n");
		assertThat(FrameInputs.decode(sip.decoder(100), "L: 1\nContent-Length: 1\n\na".getBytes())).hasSize(1);
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(sip.decoder(100), "l: 1\nContent-Length: 2\n\na".getBytes()))
			.withMessage("two Content-Length or l headers say 1 and 2");
		assertThat(FrameInputs.encode(sip, "l: 9\n\na")).asString().isEqualTo("l: 1\n\na");
		assertThat(FrameInputs.encode(sip, "a: b\n\na")).asString().isEqualTo("a: b\nContent-Length: 1\n\na");
	}

}
