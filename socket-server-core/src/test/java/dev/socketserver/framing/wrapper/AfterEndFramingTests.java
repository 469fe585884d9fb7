package dev.socketserver.framing.wrapper;

import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.FrameLimits;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AfterEndFramingTests {

	private static final Framing CHECKED = Framings.startEnd().start("hex:02").end("hex:03").after(1).build();

	@Test
	void whatFollowsTheEndIsAtTheEndOfThePayload() throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(CHECKED, "0241420302 020303 0203ff 02430302"))
			.containsExactly("414202", "03", "ff", "4302");
		assertThat(FrameInputs.encodeHex(CHECKED, "414202", "03", "ff")).isEqualTo("02414203020203030203ff");
	}

	@Test
	void aDelimiterMayBeFollowedToo() throws FramingException {
		Framing framing = Framings.delimiter().delimiters("*", "hex:0d0a").after(2).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "61 2a 2a2a 62 0d0a 0d0a 2a 3132"))
			.containsExactly("612a2a", "620d0a", "3132");
		assertThat(FrameInputs.encodeHex(framing, "612a2a", "3132")).isEqualTo("612a2a2a2a3132");
	}

	@Test
	void anIncompleteFrameIsNone() throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(CHECKED, "02414203")).containsExactly("left over: 4");
	}

	@Test
	void anEscapeDoesNotTouchThem() throws FramingException {
		Escape escape = Escape.pairs(Escape.pair("hex:02", "hex:1bf2"), Escape.pair("hex:03", "hex:1bf3"),
				Escape.pair("hex:1b", "hex:1bfb"));
		Framing described = Framings.startEnd().start("hex:02").end("hex:03").after(2).escape(escape).build();
		Framing extended = Framings.extending(Framings.delimiter().delimiters(";").after(2).build())
			.escape(Escape.pairs(Escape.pair("+", "++")))
			.build();

		assertThat(FrameInputs.encodeHex(described, "02031b0203")).isEqualTo("021bf21bf31bfb030203");
		assertThat(FrameInputs.decodeHexAtEverySplit(described, "021bf21bf31bfb030203")).containsExactly("02031b0203");
		assertThat(FrameInputs.decodeHexAtEverySplit(described, "02031b1b 02031bf2")).containsExactly("1b1b", "1bf2");
		assertThat(FrameInputs.encodeHex(extended, "2b2b2b")).isEqualTo("2b2b3b2b2b");
		assertThat(FrameInputs.decodeHexAtEverySplit(extended, "2b2b3b2b2b")).containsExactly("2b2b2b");
	}

	@Test
	void onlyWhatIsInFrontOfThemIsSearchedForDelimiters() {
		Framing rejecting = Framings.startEnd().start("hex:02").end("hex:03").after(1).rejectEmbedded(true).build();

		assertThat(FrameInputs.encodeHex(rejecting, "4103")).isEqualTo("02410303");
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encodeHex(rejecting, "034141"));
	}

	@Test
	void aPayloadThatIsShorterCannotBeSent() {
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encodeHex(CHECKED, ""))
			.withMessage("a payload of 0 bytes cannot be sent, its last 1 belong behind the end of a frame");
	}

	@Test
	void theLimitIsThatOfThePayload() {
		assertThat(FrameInputs.outcome(CHECKED, 3, FrameInputs.hex("0241420303"))).containsExactly("414203", "{}");
		assertThat(FrameInputs.outcome(CHECKED, 3, FrameInputs.hex("024142430303"))).containsExactly("refused", "{}");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(CHECKED.decoder(3), "0241424303"))
			.withMessage("frame without an end after 2 bytes, limits.frame is 3 bytes");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> FrameLimits.check(Framings.delimiter().delimiters(";").after(9).build(), 8))
			.withMessage("after is 9, but no frame would ever be accepted, as limits.frame is 8 bytes");
	}

	@Test
	void behindABadFrameItsCheckSumIsDroppedToo() {
		Framing framing = Framings.delimiter().delimiters(";").after(2).onBad(OnBad.SKIP).build();
		byte[] bytes = "abcdefgh;;;ab;12".getBytes();
		List<String> expected = List.of("61623132", "{BAD=1}");

		assertThat(FrameInputs.outcome(framing, 6, bytes)).isEqualTo(expected);
		assertThat(FrameInputs.outcome(framing, 6, bytes, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))
			.isEqualTo(expected);
	}

	@Test
	void whatCannotBeCombinedIsRefused() {
		refused(Framings.delimiter().delimiters(";").keep(true).after(1), "after is 1, but keep is true");
		refused(Framings.delimiter().delimiters(";").after(-1), "after is -1, but must not be negative");
		refused(Framings.delimiter().delimiters("\\r\\n").after(1).skip("\\r\\n"),
				"would take 0x0d, with which a delimiter begins, but not the bytes of 'after' behind it");
		refused(Framings.startEnd().start("~").end("~").resync(false).after(1),
				"after is 1, but an end may also be the start of the next frame");
		refused(Framings.switching().when("hex:02", CHECKED).escape(Escape.pairs(Escape.pair("+", "++"))),
				"'after' bytes of a case would be escaped");
	}

	private static void refused(FramingBuilder<?> builder, String message) {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build)
			.withMessageContaining(message);
	}

}
