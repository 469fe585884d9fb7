package dev.socketserver.framing.codec;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DescribedLengthFramingTests {

	private static LengthFieldBuilder of(int width) {
		return Framing.lengthField().width(width);
	}

	private static LengthFieldBuilder of(LengthEncoding encoding, int width) {
		return of(width).encoding(encoding);
	}

	private static List<String> decode(LengthFieldBuilder builder, String hex) throws FramingException {
		return FrameInputs.decodeHexAtEverySplit(builder.build(), hex);
	}

	private static void refused(LengthFieldBuilder builder, String hex, String... message) {
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(builder.build().decoder(100), hex))
			.satisfies(
					(ex) -> assertThat(ex).isNotInstanceOf(FrameTooLargeException.class).message().contains(message));
	}

	private static void tooLarge(LengthFieldBuilder builder, String hex, String... message) {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(builder.build().decoder(100), hex))
			.satisfies((ex) -> assertThat(ex).message().contains(message).contains("limits.frame is 100 bytes"));
	}

	@Test
	void theDrawingsInTheJavadocAreTrue() throws FramingException {
		Framing inclusive = of(2).adjust(-2).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(inclusive, "0005 616263 0002")).containsExactly("616263", "");
		assertThat(FrameInputs.encodeHex(inclusive, "616263", "")).isEqualTo("00056162630002");
		Framing patched = of(2).offset(1).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(patched, "07 0003 616263")).containsExactly("070003616263");
		assertThat(FrameInputs.encodeHex(patched, "070003616263")).isEqualTo("070003616263");
		Framing netstring = Framing.lengthField()
			.encoding(LengthEncoding.DECIMAL)
			.terminator(":")
			.after(new byte[] { ',' })
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(netstring, FrameInputs.hexOf("3:abc,"))).containsExactly("616263");
		assertThat(FrameInputs.encode(netstring, "abc", "")).asString().isEqualTo("3:abc,0:,");
	}

	@Test
	void theDefaultIsNotMadeOfParts() {
		assertThat(Framing.lengthField().build()).isSameAs(of(4).strip(4).onSend(OnSend.PREPEND).build())
			.isInstanceOf(LengthFieldFraming.class);
		assertThat(Framing.lengthField().width(2).build()).isInstanceOf(DescribedLengthFraming.class);
	}

	@ParameterizedTest
	@CsvSource({ "1, 02, 02", "2, 0002, 0200", "3, 000002, 020000", "4, 00000002, 02000000",
			"5, 0000000002, 0200000000", "8, 0000000000000002, 0200000000000000" })
	void binaryLengthsHaveAnyWidthAndOrder(int width, String big, String little) throws FramingException {
		assertThat(decode(of(width), big + "4142")).containsExactly("4142");
		assertThat(decode(of(width).byteOrder(ByteOrder.LITTLE_ENDIAN), little + "4142")).containsExactly("4142");
		assertThat(FrameInputs.encodeHex(of(width).build(), "4142")).isEqualTo(big + "4142");
		assertThat(FrameInputs.encodeHex(of(width).byteOrder(ByteOrder.LITTLE_ENDIAN).build(), "4142"))
			.isEqualTo(little + "4142");
	}

	@Test
	void lengthsAreUnsignedWhereTheyFit() throws FramingException {
		byte[] payload = new byte[0x80FF];
		for (Framing framing : List.of(of(2).build(), of(LengthEncoding.VARINT, 3).build(),
				of(LengthEncoding.BCD, 3).build(), of(LengthEncoding.HEX, 4).build())) {
			byte[] bytes = FrameInputs.encode(framing, List.of(payload));
			FrameInput in = new FrameInput();
			in.reset(bytes, 0, bytes.length);
			assertThat(framing.decoder(0x80FF).next(in)).isTrue();
			assertThat(FrameInputs.frame(in)).isEqualTo(payload);
		}
	}

	@Test
	void textLengths() throws FramingException {
		assertThat(decode(of(LengthEncoding.DECIMAL, 4), FrameInputs.hexOf("0002AB0000"))).containsExactly("4142", "");
		assertThat(decode(of(LengthEncoding.HEX, 2), FrameInputs.hexOf("0aABCDEFGHIJ0A0123456789")))
			.containsExactly("4142434445464748494a", "30313233343536373839");
		assertThat(FrameInputs.encode(of(LengthEncoding.HEX, 4).build(), "0123456789")).asString()
			.isEqualTo("000A0123456789");
		assertThat(FrameInputs.encode(of(LengthEncoding.DECIMAL, 3).build(), "01")).asString().isEqualTo("00201");
		LengthFieldBuilder counted = Framing.lengthField().encoding(LengthEncoding.DECIMAL).terminator("\\r\\n");
		assertThat(decode(counted, FrameInputs.hexOf("2\r\nAB10\r\n0123456789"))).containsExactly("4142",
				"30313233343536373839");
	}

	@Test
	void binaryCodedDecimalLengths() throws FramingException {
		assertThat(decode(of(LengthEncoding.BCD, 2), "0011 4142434445464748494a4b"))
			.containsExactly("4142434445464748494a4b");
		assertThat(FrameInputs.encodeHex(of(LengthEncoding.BCD, 2).build(), "4142434445464748494a4b"))
			.isEqualTo("00114142434445464748494a4b");
	}

	@Test
	void variableLengths() throws FramingException {
		LengthFieldBuilder varint = of(LengthEncoding.VARINT, 4).offset(1);
		String body = "41".repeat(200);
		assertThat(decode(varint, "30 c801" + body + "c000")).containsExactly("30c801" + body, "c000");
		// The handler's own length may have another width than the right one.
		assertThat(FrameInputs.encodeHex(varint.build(), "3000" + body, "308001", "c000"))
			.isEqualTo("30c801" + body + "3000" + "c000");
	}

	@Test
	void theHandlersOwnLengthIsCorrected() {
		assertThat(FrameInputs.encodeHex(of(2).offset(1).adjust(-3).build(), "07ffff41")).isEqualTo("07000441");
		assertThat(FrameInputs.encodeHex(of(2).strip(0).onSend(OnSend.PATCH).build(), "000041")).isEqualTo("000141");
		assertThat(FrameInputs.encodeHex(of(2).offset(1).onSend(OnSend.NONE).build(), "07ffff41"))
			.isEqualTo("07ffff41");
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encodeHex(of(2).offset(1).build(), "0700"))
			.withMessageContaining("a payload of 2 bytes cannot be sent, its length belongs at byte 1 of it");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> FrameInputs.encodeHex(of(LengthEncoding.VARINT, 2).offset(1).build(), "07808080"))
			.withMessageContaining("its length cannot be set: the length has more than 2 bytes");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> FrameInputs.encodeHex(of(2).offset(1).adjust(1).build(), "070000"))
			.withMessageContaining("shorter than any frame");
	}

	@Test
	void payloadWithoutTheBytesAfterWhatIsCountedIsNotSent() {
		Framing framing = of(2).adjust(-2).after(2).build();
		assertThat(FrameInputs.encodeHex(framing, "abcd")).isEqualTo("0002abcd");
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encodeHex(framing, "ab"))
			.withMessageContaining("shorter than any frame");
	}

	@Test
	void payloadThatIsTooLongForItsLengthIsNotSent() {
		for (LengthFieldBuilder builder : List.of(of(1), of(LengthEncoding.DECIMAL, 2), of(LengthEncoding.BCD, 1),
				of(LengthEncoding.VARINT, 1), of(LengthEncoding.HEX, 2))) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> FrameInputs.encode(builder.build(), List.of(new byte[256])))
				.withMessageContaining("its length 256 does not fit");
		}
	}

	@Test
	void checkBytesAfterWhatIsCountedAreThePayloads() throws FramingException {
		Framing checked = of(1).after(2).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(checked, "01 41 c1c2 00 c3c4")).containsExactly("41c1c2", "c3c4");
		assertThat(FrameInputs.encodeHex(checked, "41c1c2", "c3c4")).isEqualTo("0141c1c2" + "00c3c4");
	}

	@Test
	void terminatorIsWithinTheLength() throws FramingException {
		LengthFieldBuilder counted = of(1).terminator("hex:0d0a");
		assertThat(decode(counted, "03 41 0d0a 02 0d0a")).containsExactly("41", "");
		assertThat(FrameInputs.encodeHex(counted.build(), "41", "")).isEqualTo("03410d0a020d0a");
		LengthFieldBuilder whole = of(1).offset(1).adjust(1).terminator("hex:ce").onSend(OnSend.NONE);
		assertThat(decode(whole, "0701 41 ce")).containsExactly("070141ce");
		assertThat(FrameInputs.encodeHex(whole.build(), "070141ce")).isEqualTo("070141ce");
	}

	@Test
	void wrongEndBytesAreRefused() {
		refused(of(1).terminator("hex:0d0a"), "03 41 0d0b", "a frame must end with hex:0d0a, but byte 3 of 4 is 0x0b");
		refused(of(1).after(new byte[] { 3 }), "01 41 00", "must end with hex:03, but byte 2 of 3 is 0x00");
	}

	@Test
	void impossibleLengthsAreRefused() {
		refused(of(4).adjust(-4), "80000000", "negative frame length -2147483648");
		refused(of(8), "ffffffffffffffff", "negative frame length -1");
		refused(of(2).adjust(-2), "0001", "impossible frame length 1", "a frame of 1 bytes", "less than 2");
		refused(of(2).adjust(-2), "0000", "impossible frame length 0");
		refused(of(1).terminator("hex:0d0a"), "01 0d", "impossible frame length 1", "less than 3");
		refused(of(1).offset(1).strip(4), "0001 41", "impossible frame length 1", "less than 4");
		refused(of(LengthEncoding.DECIMAL, 4), "30303a31", "decimal digit 3 of the length is 0x3a");
		refused(of(LengthEncoding.DECIMAL, 4), FrameInputs.hexOf("-001"), "decimal digit 1 of the length is 0x2d");
		refused(of(LengthEncoding.HEX, 2), FrameInputs.hexOf("0g"), "hexadecimal digit 2 of the length is 0x67");
		refused(of(LengthEncoding.BCD, 2), "001a", "byte 2 of the length is 0x1a, which is not two decimal digits");
		refused(of(LengthEncoding.VARINT, 3), "808080", "the length has more than 3 bytes");
		LengthFieldBuilder digits = Framing.lengthField().encoding(LengthEncoding.DECIMAL).terminator(" ");
		refused(digits, FrameInputs.hexOf("1x"), "decimal digit 2 of the length is 0x78");
		refused(digits, FrameInputs.hexOf(" 1"), "decimal digit 1 of the length is 0x20");
		// Not only when another byte arrives.
		refused(digits, FrameInputs.hexOf(" "), "decimal digit 1 of the length is 0x20");
		refused(digits, FrameInputs.hexOf("00000000001"), "no hex:20 behind the length, which has at most 10 digits");
	}

	@Test
	void lengthsBeyondTheLimitAreRefusedFromTheHeaderAlone() {
		tooLarge(of(1), "65", "frame of 101 bytes announced, length 101");
		tooLarge(of(4), "7fffffff", "2147483647");
		tooLarge(of(8), "7fffffffffffffff", "9223372036854775807");
		tooLarge(of(8).adjust(Integer.MAX_VALUE), "0000ffffffffffff", "announced");
		tooLarge(of(LengthEncoding.DECIMAL, 10), FrameInputs.hexOf("9999999999"), "9999999999");
		tooLarge(of(LengthEncoding.VARINT, 8), "ffffffffffffff7f", "announced");
		tooLarge(of(LengthEncoding.BCD, 8), "9999999999999999", "9999999999999999");
		tooLarge(of(2).offset(2), "0000 0061", "frame of 101 bytes announced, length 97");
	}

	@Test
	void emptyFramesAreFramesOrIgnoredOrEchoed() throws FramingException {
		assertThat(decode(of(2), "0000 0001 41 0000")).containsExactly("", "41", "");
		assertThat(decode(of(2).zero(ZeroLength.IGNORE), "0000 0001 41 0000")).containsExactly("41");
		assertThat(decode(of(2).adjust(-2).zero(ZeroLength.IGNORE), "0002 0003 41 0000")).containsExactly("41");
		assertThat(decode(of(1).offset(1).terminator("hex:ce").adjust(1).zero(ZeroLength.IGNORE), "0700ce 0801 41 ce"))
			.containsExactly("080141");
		assertThat(decode(of(1).after(1).zero(ZeroLength.IGNORE), "00c1 0141c2")).containsExactly("41c2");
		Framing echo = of(LengthEncoding.DECIMAL, 4).zero(ZeroLength.ECHO).build();
		byte[] bytes = "0000000000100000A".getBytes();
		FrameInput in = new FrameInput();
		FrameDecoder decoder = echo.decoder(10);
		in.reset(bytes, 0, bytes.length);
		assertThat(decoder.next(in)).isFalse();
		assertThat(in.takeReplies()).asString().isEqualTo("00000000");
		assertThat(in.takeReplies()).isNull();
		assertThat(in.remaining()).isEqualTo(9);
	}

	@Test
	void wrongEndOfAnIgnoredFrameIsRefusedToo() {
		refused(of(1).offset(1).terminator("hex:ce").adjust(1).zero(ZeroLength.IGNORE), "0700cf",
				"must end with hex:ce");
	}

	@Test
	void nothingIsAllocatedFromALengthAlone() throws FramingException {
		FrameDecoder decoder = of(8).build().decoder(Integer.MAX_VALUE);
		FrameInput in = new FrameInput();
		in.reset(FrameInputs.hex("000000007ffffff0"), 0, 8);
		assertThat(decoder.next(in)).isFalse();
		assertThat(in.remaining()).isEqualTo(8);
	}

	@Test
	void whatCannotWorkIsNotBuilt() {
		assertInvalid(of(0), "width is 0, but must be between 1 and 8");
		assertInvalid(of(9), "width is 9, but must be between 1 and 8");
		assertInvalid(of(LengthEncoding.DECIMAL, 11), "width is 11, but must be between 1 and 10");
		assertInvalid(of(2).offset(-1), "offset is -1, but must not be negative");
		assertInvalid(of(2).after(-1), "after is -1, but must not be negative");
		assertInvalid(of(2).strip(-1), "strip is -1, but must not be negative");
		assertInvalid(of(LengthEncoding.BCD, 2).byteOrder(ByteOrder.LITTLE_ENDIAN),
				"byte-order is little, but only a binary length has an order of bytes");
		assertInvalid(of(2).offset(1).onSend(OnSend.PREPEND), "on-send is prepend", "use patch, or none");
		assertInvalid(of(2).strip(3).onSend(OnSend.PREPEND), "on-send is prepend", "another strip");
		assertInvalid(of(2).offset(1).strip(3).onSend(OnSend.PATCH), "on-send is patch", "set strip to 0");
		assertInvalid(of(2).onSend(OnSend.PATCH), "on-send is patch", "set strip to 0");
		assertInvalid(of(2).after(new byte[] { 1 }).terminator("x"), "terminator is hex:78", "'after' has bytes");
		assertInvalid(Framing.lengthField().encoding(LengthEncoding.DECIMAL).terminator("0"), "begins with a digit");
	}

	private static void assertInvalid(LengthFieldBuilder builder, String... message) {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build)
			.satisfies((ex) -> assertThat(ex).message().contains(message))
			.satisfies(
					(ex) -> assertThat(ex.getMessage()).startsWith(ex.key() + " is " + ex.value()).endsWith(ex.rule()));
	}

	@Test
	void whatStripTakesAwayIsNotAskedFor() throws FramingException {
		LengthFieldBuilder body = of(1).offset(2).strip(3).adjust(2).terminator("hex:0d0a");
		assertThat(decode(body, "7878 02 4142 0d0a")).containsExactly("4142");
		assertThat(FrameInputs.encodeHex(body.build(), "7878024344" + "0d0a")).isEqualTo("78780243440d0a");
		byte[] sent = FrameInputs.encode(of(3).strip(4).adjust(1).build(), List.of(FrameInputs.hex("0100000041")));
		assertThat(HexFormat.of().formatHex(sent)).isEqualTo("0100000041");
	}

	@Test
	void aLengthWithinThePayloadCannotBeEscaped() {
		Escape escape = Escape.mark(0x7d, 0x20);
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framing.lengthField().offset(1).width(2).escape(escape).build())
			.withMessageContaining("escape is set, but the length is part of the payload");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framing.lengthField().strip(0).onSend(OnSend.PATCH).escape(escape).build())
			.withMessageContaining("escape is set");
	}

	@Test
	void onlyTheBitsOfTheMaskAreTheLength() throws FramingException {
		Framing framing = Framing.lengthField()
			.offset(1)
			.width(2)
			.byteOrder(ByteOrder.LITTLE_ENDIAN)
			.mask("hex:7fff")
			.build();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "01 0280 4142 01 0000")).containsExactly("0102804142",
				"010000");
		// On send the highest bit stays as it is.
		assertThat(FrameInputs.encodeHex(framing, "01 ff80 41", "01 ff7f 4142")).isEqualTo("010180410102004142");
		assertThatIllegalArgumentException().isThrownBy(() -> framing.encode(new byte[0x8003], new CollectedOutput()))
			.withMessageContaining("its length 32768 does not fit 15 bits");
	}

	@Test
	void inFrontOfAPayloadTheOtherBitsAreZero() throws FramingException {
		Framing framing = Framing.lengthField().mask("hex:7fffffff").build();

		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "80000001 41 00000000")).containsExactly("41", "");
		assertThat(FrameInputs.encodeHex(framing, "41")).isEqualTo("0000000141");
		assertThat(FrameInputs.outcome(framing, 9, FrameInputs.hex("ffffffff"))).containsExactly("refused", "{}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			hex:7ffe     | must be the lowest bits of the length
			hex:5f       | must be the lowest bits of the length
			hex:00       | must be the lowest bits of the length
			hex:7fffff   | has more bytes than the length, which has 2
			""")
	void aMaskIsOfTheLowestBits(String mask, String problem) {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framing.lengthField().width(2).mask(mask).build())
			.withMessageStartingWith("mask is " + mask + ", but ")
			.withMessageContaining(problem);
	}

	@Test
	void onlyABinaryLengthHasAMask() {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framing.lengthField().encoding(LengthEncoding.BCD).mask("hex:7f").build())
			.withMessage("mask is hex:7f, but only a binary length has bits");
	}

}
