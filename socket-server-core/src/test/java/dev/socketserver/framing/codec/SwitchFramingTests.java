package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SwitchFramingTests {

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		Framing framing = Framings.switching().when("\\0", Framing.fixed(2)).otherwise(Framing.line()).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "0031 61 0a 0032")).containsExactly("0031", "61", "0032");
		assertThat(FrameInputs.encodeHex(framing, "0031", "61", "0032")).isEqualTo("0031610a0032");
	}

	@Test
	void theFirstCaseThatFitsIsTaken() throws FramingException {
		Framing framing = Framings.switching()
			.when("ab", Framing.fixed(4))
			.when("a", Framing.fixed(2))
			.otherwise(Framing.line())
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, FrameInputs.hexOf("ab12acb\nab34"))).containsExactly(
				FrameInputs.hexOf("ab12"), FrameInputs.hexOf("ac"), FrameInputs.hexOf("b"), FrameInputs.hexOf("ab34"));
	}

	@Test
	void whatFitsNoCaseIsRefused() throws FramingException {
		Framing framing = Framings.switching().when("ab", Framing.fixed(3)).build();
		assertThat(FrameInputs.decode(framing.decoder(9), "ab1a".getBytes())).containsExactly("ab1", "left over: 1");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(framing.decoder(9), "ab1xy".getBytes()))
			.withMessage("a frame begins with 0x78 0x79, and no case has that prefix");
	}

	@Test
	void singleBytesLeadBackToTheNextCase() throws FramingException {
		Framing framing = Framings.switching()
			.when("hex:7878", Framing.lengthField().offset(2).width(1).build())
			.otherwise(Framing.fixed(1))
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "ff 78 00 7878 01 41 0a 7878 00")).containsExactly("ff",
				"78", "00", "78780141", "0a", "787800");
	}

	@Test
	void whatIsNotAFrameOfACaseDecidesAnew() throws FramingException {
		Framing pings = Framing.lengthField().width(2).zero(ZeroLength.IGNORE).build();
		Framing framing = Framings.switching().when("\\0", pings).otherwise(Framing.line()).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "0000 41 0a 0001 42 0000 0000 43 0a"))
			.containsExactly("41", "42", "43");
	}

	@Test
	void afterEachByteThatIsDroppedItDecidesAnew() throws FramingException {
		Framing skipping = Framings.switching()
			.when("$", Framing.fixed(3))
			.otherwise(Framings.line().skip("\\r\\n$").build())
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(skipping, FrameInputs.hexOf("\r\n$12\n$34a\n$56")))
			.containsExactly(FrameInputs.hexOf("$12"), FrameInputs.hexOf("$34"), FrameInputs.hexOf("a"),
					FrameInputs.hexOf("$56"));
		Framing resyncing = Framings.switching()
			.when("$", Framing.fixed(3))
			.otherwise(Framing.startEnd("((", ")"))
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(resyncing, FrameInputs.hexOf("x$12y(((a)(((b)")))
			.containsExactly(FrameInputs.hexOf("$12"), FrameInputs.hexOf("(a"), FrameInputs.hexOf("(b"));
	}

	@Test
	void aLineEndDoesNotGoOnAfterAFrameOfAnotherCase() throws FramingException {
		Framing framing = Framings.switching()
			.when("\\0", Framing.fixed(2))
			.otherwise(Framings.line().loneCarriageReturn(true).build())
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "61 0d 0031 0a 62 0d 0a 0032")).containsExactly("61",
				"0031", "", "62", "0032");
	}

	@Test
	void theEndOfTheStreamMayCompleteAFrame() throws FramingException {
		Framing framing = Framings.switching().when("ab", Framing.fixed(3)).otherwise(Framing.line()).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "41 0a 42")).containsExactly("41", "42");
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "41 0a 61")).containsExactly("41", "61");
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "41 0a 6162")).containsExactly("41", "left over: 2");
	}

	@Test
	void aPayloadWithoutAPrefixFollowsOtherwiseOrTheFirstCase() {
		Framing first = Framings.switching().when("(", Framing.startEnd("(", ")")).when("[", Framing.fixed(2)).build();
		assertThat(FrameInputs.encode(first, "a", "[]")).asString().isEqualTo("(a)[]");
	}

	@Test
	void aPayloadThatHasLostItsPrefixFollowsTheCaseThatPutsItBack() {
		Framing framing = Framings.switching()
			.when("hex:7878", Framing.lengthField().offset(2).width(1).adjust(2).terminator("hex:0d0a").build())
			.when("(", Framing.startEnd("(", ")"))
			.build();

		assertThat(FrameInputs.encode(framing, "0123BP05")).asString().isEqualTo("(0123BP05)");
	}

	@Test
	void whatCannotWorkIsNotBuilt() {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Framings.switching().build())
			.withMessageContaining("cases is empty");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.switching().when("", Framing.line()).build())
			.withMessageContaining("cases[0].prefix is empty");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.switching().when("a", Framing.line()).when("ab", Framing.line()).build())
			.withMessageContaining("cases[1].prefix is hex:6162, but case 0 takes every frame that begins so");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.switching().when("a", Framing.raw()).build())
			.withMessageContaining("raw, but has no frames");
	}

	@Test
	void atTheEndAShorterPrefixThatCameWholeDecides() throws FramingException {
		Framing framing = Framings.switching()
			.when("ab", Framing.fixed(4))
			.when("a", Framing.fixed(1))
			.otherwise(Framing.fixed(3))
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, FrameInputs.hexOf("xyza")))
			.containsExactly(FrameInputs.hexOf("xyz"), FrameInputs.hexOf("a"));
		Framing lines = Framings.switching().when("ab", Framing.fixed(4)).when("a", Framing.line()).build();
		assertThat(FrameInputs.decode(lines.decoder(9), "a".getBytes())).containsExactly("a");
	}

	@Test
	void atTheEndTheCaseIsChosenAnewAfterADroppedByte() throws FramingException {
		Framing framing = Framings.switching()
			.when("hex:004142", Framing.fixed(4))
			.when("A", Framing.fixed(2))
			.otherwise(Framings.line().skip("hex:00").build())
			.build();

		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "0041")).containsExactly("left over: 2");
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "0043")).containsExactly("43");
	}

	@Test
	void aPrefixMayHaveAnyBytes() throws FramingException {
		Framing modbus = Framings.switching()
			.when("hex:..03", Framing.fixed(8))
			.when("hex: .. 10", Framings.lengthField().offset(6).width(1).after(2).build())
			.build();

		assertThat(FrameInputs.decodeHexAtEverySplit(modbus, "1103006b00037687 1110000100020400 0a010245f2"))
			.containsExactly("1103006b00037687", "11100001000204000a010245f2");
		assertThat(FrameInputs.encodeHex(modbus, "0103006b00037687")).isEqualTo("0103006b00037687");
		assertThat(FrameInputs.encodeHex(modbus, "111000010002ff000a010245f2")).isEqualTo("11100001000204000a010245f2");
	}

	/** As {@code docs/framing.md} says of TN3270. */
	@Test
	void commandsOfTelnetMayComeBetweenRecords() throws FramingException {
		Framing framing = Framings.switching()
			.when("hex:fffa", Framings.delimiter().delimiters("hex:fff0").keep(true).build())
			.when("hex:ff", Framing.fixed(3))
			.otherwise(Framings.delimiter()
				.delimiters("hex:ffef")
				.escape(Escape.pairs(Escape.pair("hex:ff", "hex:ffff")))
				.build())
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "fffd18 fffa1801fff0 fffb19 0000ffff01ffef fffa1801fff0"))
			.containsExactly("fffd18", "fffa1801fff0", "fffb19", "0000ff01", "fffa1801fff0");
		assertThat(FrameInputs.encodeHex(framing, "fffb18", "fffa18004942fff0", "0000ff01"))
			.isEqualTo("fffb18fffa18004942fff00000ffff01ffef");
	}

	@Test
	void whatIsRefusedIsNamed() {
		Framing framing = Framings.switching()
			.when("hex:16..01", SwitchBuilder.REFUSE)
			.when("#", Framing.line())
			.otherwise(SwitchBuilder.DROP)
			.build();

		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(framing.decoder(100), "16030100a5010000a1"))
			.withMessage("a frame begins with 0x16 0x03 0x01 0x00 0xa5 0x01 0x00 0x00, which is refused");
		assertThat(FrameInputs.outcome(framing, 9, FrameInputs.hex("160302"))).containsExactly("{SWITCH=3}");
	}

	@Test
	void whatIsDroppedIsCountedByteByByte() {
		Framing framing = Framings.switching()
			.when("(", Framing.startEnd("(", ")"))
			.when("hex:78..78", SwitchBuilder.DROP)
			.when("hex:..03", Framing.fixed(3))
			.otherwise(SwitchBuilder.DROP)
			.build();
		byte[] bytes = FrameInputs.hex("6162 286129 78037803 01 286229 7803 31");
		List<String> expected = List.of("61", "780301", "62", "780331", "{SWITCH=4}");

		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, 9, bytes, cut)).as("cut at %s", cut).isEqualTo(expected);
		}
	}

	@Test
	void whatIsSentFollowsCasesWithAFraming() {
		Framing framing = Framings.switching()
			.when("a", SwitchBuilder.REFUSE)
			.when("b", Framing.fixed(2))
			.when("c", Framing.line())
			.otherwise(SwitchBuilder.DROP)
			.build();

		assertThat(FrameInputs.encode(framing, "ab", "cd", "xy")).asString().isEqualTo("abcd\nxy");
	}

	@Test
	void aCaseThatIsNeverChosenIsRefused() {
		refused("cases[1].prefix is hex:4103, but case 0 takes every frame that begins so", "hex:..03", "hex:4103");
		refused("cases[1].prefix is hex:41..03, but case 0 takes every frame that begins so", "A", "hex:41..03");
		assertThat(Framings.switching()
			.when("hex:4103", Framing.line())
			.when("hex:..03", Framing.fixed(2))
			.when("hex:....", Framing.line())
			.build()
			.type()).isEqualTo("switch");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.switching().when("a", SwitchBuilder.REFUSE).build())
			.withMessage("cases is refuse, but needs one case with a framing: nothing would be received or sent");
		assertThatIllegalArgumentException().isThrownBy(() -> Framings.switching().when("hex:.03", Framing.line()))
			.withMessageContaining("hex:.03");
		assertThatIllegalArgumentException().isThrownBy(() -> Framings.switching().when("hex:0..3", Framing.line()))
			.withMessage("'hex:0..3' has something else than pairs of hexadecimal digits or dots after hex:");
	}

	private static void refused(String message, String... prefixes) {
		SwitchBuilder builder = Framings.switching();
		for (String prefix : prefixes) {
			builder.when(prefix, Framing.line());
		}
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build)
			.withMessageStartingWith(message);
	}

}
