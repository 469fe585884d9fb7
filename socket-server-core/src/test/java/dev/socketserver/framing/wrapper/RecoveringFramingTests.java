package dev.socketserver.framing.wrapper;

import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** With {@code on-bad: skip} a bad frame is dropped, and the next one is found. */
class RecoveringFramingTests {

	private static final int MAX = 4;

	@Test
	void aLongLineIsDropped() {
		assertThat(outcome(Framings.line(), "a\ntoolong\nb\r\nlongtoo\r\nc\n")).containsExactly("a", "b", "c",
				"{BAD=2}");
		assertThat(outcome(Framings.line().ending(LineEnding.CRLF).strict(true), "tool\nong\r\nb\r\n"))
			.containsExactly("b", "{BAD=1}");
		assertThat(outcome(Framings.line().loneCarriageReturn(true), "toolong\rb\rtoolong\r\nc\n\ntoolong\nd\r"))
			.containsExactly("b", "c", "", "d", "{BAD=3}");
	}

	@Test
	void theEndOfTheStreamWithinABadLineIsNoLine() {
		assertThat(outcome(Framings.line(), "a\ntoolong")).containsExactly("a", "{BAD=1}");
		assertThat(outcome(Framings.line().ending(LineEnding.CRLF).strict(true), "a\r\ntoolong\r")).containsExactly("a",
				"left over: 1", "{BAD=1}");
	}

	@Test
	void aFrameWithoutADelimiterIsDroppedUpToTheNext() {
		assertThat(outcome(Framings.delimiter().delimiters(";", "--"), "a;toolong-;b--toolong--c;"))
			.containsExactly("a", "b", "c", "{BAD=2}");
		assertThat(outcome(Framings.delimiter().delimiters(";").escape(Escape.mark('\\', 0)),
				"a\\;b;to\\;olong\\;long;c;"))
			.containsExactly("a;b", "c", "{BAD=1}");
		assertThat(outcome(Framings.extending(FramingPreset.SLIP.framing()), "\u00c0toolong\u00c0a\u00c0\u00c0b\u00c0"))
			.containsExactly("a", "b", "{BAD=1}");
	}

	@Test
	void aFrameWithABrokenEscapeIsDropped() {
		assertThat(
				outcome(Framings.extending(FramingPreset.SLIP.framing()), "a\u00c0b\u00db\u00dc\u00dbx\u00c0c\u00c0"))
			.containsExactly("a", "c", "{BAD=1}");
		assertThat(outcome(Framings.extending(FramingPreset.JT808.framing()), "~a~~b}x~~c~~toolong~~d~"))
			.containsExactly("a", "c", "d", "{BAD=2}");
	}

	@Test
	void readingGoesOnAtTheNextStart() {
		assertThat(outcome(Framings.startEnd().start("((").end(")"), "((a)((toolong)((b)((long((c)"))
			.containsExactly("a", "b", "c", "{BAD=2}");
		assertThat(outcome(Framings.startEnd().start("((").end(")").resync(false), "((a)xx(((b)((c)"))
			.containsExactly("a", "(b", "c", "{BAD=1}");
		assertThat(outcome(Framings.startEnd().start("~").end("~").resync(false), "~a~b~toolong~c~d~"))
			.containsExactly("a", "b", "c", "d", "{BAD=1}");
	}

	@Test
	void withoutTheKeyABadFrameIsRefused() {
		assertThat(FrameInputs.outcome(Framing.line(), MAX, "a\ntoolong\nb\n".getBytes(ISO_8859_1)))
			.containsExactly("61", "refused", "{}");
	}

	@Test
	void framingsThatCannotFindTheNextFrameDoNotHaveTheKey() {
		for (FramingBuilder<?> builder : List.of(Framings.lengthField(), Framings.lengthField().offset(1),
				Framings.fixed().size(1), Framings.headerBlock(), Framings.extending(FramingPreset.SYSLOG.framing()),
				Framings.extending(Framing.raw()), Framings.switching().when("a", Framing.line()))) {
			assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> builder.onBad(OnBad.SKIP).build())
				.withMessageStartingWith(
						"on-bad is skip, but the next frame could not be found behind a bad frame of '")
				.withMessageContaining("it can with line, delimiter, start-end, fix, or a sync");
		}
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.switching().when("a", Framings.line().onBad(OnBad.SKIP).build()).build())
			.withMessage("cases is line, but on-bad of it is skip, but where its next frame begins another case may "
					+ "be decided: use close");
	}

	/** Decodes text at once, cut in two at every place and in single bytes. */
	private static List<String> outcome(FramingBuilder<?> builder, String text) {
		Framing framing = builder.onBad(OnBad.SKIP).build();
		byte[] bytes = text.getBytes(ISO_8859_1);
		List<String> outcome = FrameInputs.outcome(framing, MAX, bytes);
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, MAX, bytes, cut)).as("cut at %s", cut).isEqualTo(outcome);
		}
		int[] single = new int[bytes.length];
		Arrays.fill(single, 1);
		assertThat(FrameInputs.outcome(framing, MAX, bytes, single)).as("byte by byte").isEqualTo(outcome);
		return outcome.stream().map(RecoveringFramingTests::text).toList();
	}

	private static String text(String part) {
		return part.matches("([0-9a-f]{2})*") ? new String(FrameInputs.hex(part), ISO_8859_1) : part;
	}

}
