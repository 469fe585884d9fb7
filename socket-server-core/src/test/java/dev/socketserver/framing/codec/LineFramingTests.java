package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LineFramingTests {

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static FrameDecoder decoder() {
		return Framing.line().decoder(1000);
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		assertThat(FrameInputs.decode(decoder(), bytes("one\r\nb\n"))).containsExactly("one", "b");
	}

	@Test
	void everySplitGivesTheSameLines() throws FramingException {
		byte[] text = bytes("eins\r\n\r\n\nzw\u00f6lf \uD83D\uDE80\r\nlone\rcr\nlast");
		List<String> lines = List.of("eins", "", "", "zw\u00f6lf \uD83D\uDE80", "lone\rcr", "last");

		assertThat(FrameInputs.decode(decoder(), text)).isEqualTo(lines);
		for (int first = 0; first <= text.length; first++) {
			for (int second = 0; first + second <= text.length; second++) {
				assertThat(FrameInputs.decode(decoder(), text, first, second)).isEqualTo(lines);
			}
		}
	}

	@Test
	void halfALineEndAtTheEndIsNotPartOfTheLine() throws FramingException {
		assertThat(FrameInputs.decode(decoder(), bytes("abc\r"))).containsExactly("abc");
	}

	@Test
	void agreesWithANaiveModelOnRandomBytes() throws FramingException {
		Random random = new Random(42);
		String alphabet = "ab\n\n\r\u00e4";
		for (int round = 0; round < 2_000; round++) {
			String text = random.ints(random.nextInt(60), 0, alphabet.length())
				.mapToObj((i) -> alphabet.substring(i, i + 1))
				.collect(Collectors.joining()) + "end\n";
			byte[] bytes = bytes(text);
			int first = random.nextInt(bytes.length);
			int second = random.nextInt(bytes.length - first);

			assertThat(FrameInputs.decode(decoder(), bytes, first, second))
				.containsExactly(Arrays.stream(text.substring(0, text.length() - 1).split("\n", -1))
					.map((line) -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
					.toArray(String[]::new));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65 })
	void findsANewlineWhereverItIs(int length) throws FramingException {
		// 0x0B and 0x8A are what a careless eight-at-a-time search takes for a newline.
		String filler = "\u000b".repeat(length);
		assertThat(FrameInputs.decode(decoder(), bytes(filler + "\n" + filler + "\n"))).containsExactly(filler, filler);
	}

	@Test
	void longestLineIsExactlyTheLimitWithEitherEnd() throws FramingException {
		String longest = "x".repeat(10);
		for (String end : List.of("\n", "\r\n")) {
			byte[] text = bytes(longest + end);
			for (int split = 0; split <= text.length; split++) {
				assertThat(FrameInputs.decode(Framing.line().decoder(10), text, split)).containsExactly(longest);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "xxxxxxxxxxx", "xxxxxxxxxxx\n", "xxxxxxxxxxx\r\n", "xxxxxxxxxx\r\r\n" })
	void longerLineIsRefusedAsSoonAsItIsKnownToBe(String text) {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(Framing.line().decoder(10), bytes(text)))
			.withMessageContaining("10");
	}

	@Test
	void whatIsSentGetsALineFeed() throws FramingException {
		byte[] encoded = FrameInputs.encode(Framing.line(), "a", "", "\u00e4");
		assertThat(encoded).isEqualTo(bytes("a\n\n\u00e4\n"));
		assertThat(FrameInputs.decode(decoder(), encoded)).containsExactly("a", "", "\u00e4");
	}

	@Test
	void whatIsSentGetsTheEndingAskedFor() {
		assertThat(FrameInputs.encode(Framing.line("crlf"), "a", "")).isEqualTo(bytes("a\r\n\r\n"));
		assertThat(FrameInputs.encode(Framing.line("\r\n"), "a")).isEqualTo(bytes("a\r\n"));
		assertThat(FrameInputs.encode(Framing.line(LineEnding.NONE), "a", "b")).isEqualTo(bytes("ab"));
		assertThat(Framing.line("LF")).isSameAs(Framing.line());
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Framing.line("cr"))
			.withMessage("ending is cr, but must be one of lf, crlf, none");
	}

	private static void everySplitGives(Framing framing, String text, String... lines) throws FramingException {
		byte[] bytes = bytes(text);
		for (int first = 0; first <= bytes.length; first++) {
			for (int second = 0; first + second <= bytes.length; second++) {
				assertThat(FrameInputs.decode(framing.decoder(10), bytes, first, second)).containsExactly(lines);
			}
		}
	}

	@Test
	void theDrawingOfStrictLinesIsTrue() throws FramingException {
		Framing strict = Framings.line().ending(LineEnding.CRLF).strict(true).build();
		everySplitGives(strict, "a\nb\r\nc", "a\nb", "c");
		assertThat(FrameInputs.encode(strict, "a\nb", "c")).isEqualTo(bytes("a\nb\r\nc\r\n"));
	}

	@Test
	void strictTakesOnlyTheConfiguredEnding() throws FramingException {
		Framing lf = Framings.line().strict(true).build();
		everySplitGives(lf, "a\r\n\r\n\nb\r", "a\r", "\r", "", "b\r");
		Framing crlf = Framings.line().ending(LineEnding.CRLF).strict(true).build();
		everySplitGives(crlf, "\n\r\r\n\r\nb\r", "\n\r", "", "b");
		everySplitGives(crlf, "0123456789\r\n", "0123456789");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(crlf.decoder(10), bytes("0123456789\n")))
			.withMessageContaining("line without an end after 10 bytes");
	}

	@Test
	void theDrawingOfLinesThatEndWithALoneCarriageReturnIsTrue() throws FramingException {
		Framing lone = Framings.line().loneCarriageReturn(true).build();
		everySplitGives(lone, "a\rb\r\n\rc\n", "a", "b", "", "c");
		assertThat(FrameInputs.encode(lone, "a", "c")).isEqualTo(bytes("a\nc\n"));
	}

	@Test
	void aLineIsThereAsSoonAsItsCarriageReturnIs() throws FramingException {
		FrameDecoder decoder = Framings.line().loneCarriageReturn(true).build().decoder(10);
		FrameInput in = new FrameInput();
		in.reset(bytes("a\r"), 0, 2);
		assertThat(decoder.next(in)).isTrue();
		assertThat(decoder.next(in)).isFalse();
		in.reset(bytes("\n\nb"), 0, 3);
		assertThat(decoder.next(in)).isTrue();
		assertThat(in.frameEnd() - in.frameStart()).isZero();
		assertThat(decoder.next(in)).isFalse();
		assertThat(decoder.last(in)).isTrue();
		assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(
				() -> FrameInputs.decode(Framings.line().loneCarriageReturn(true).build().decoder(2), bytes("abc\r")));
	}

	@Test
	void whatCannotWorkIsNotBuilt() {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.line().strict(true).ending(LineEnding.NONE).build())
			.withMessageContaining("strict is true, but no line would ever end");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.line().strict(true).loneCarriageReturn(true).build())
			.withMessageContaining("lone-cr is true, but strict allows one ending only");
	}

}
