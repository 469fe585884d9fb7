package dev.socketserver.framing.wrapper;

import java.nio.charset.StandardCharsets;

import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.FrameChecksum.OnBad;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.FramingSamples;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.builder.CheckedBuilder;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ChecksumFramingTests {

	private static CheckedBuilder lines() {
		return Framings.checked(Framing.line()).type("xor8").form(Form.HEX);
	}

	private static CheckedBuilder behindEnd() {
		return Framings.checked(Framings.startEnd().start("hex:02").end("hex:03").after(1).build()).type("lrc8");
	}

	@Test
	void theDrawingsInTheJavadocAreTrue() throws FramingException {
		assertThat(FrameInputs.encodeHex(lines().build(), "6162")).isEqualTo("6162" + "3033" + "0a");
		assertThat(FrameInputs.decodeHexAtEverySplit(lines().build(), "6162 3033 0a")).containsExactly("6162");
		assertThat(FrameInputs.encodeHex(behindEnd().build(), "6162")).isEqualTo("02 6162 03 3a".replace(" ", ""));
		assertThat(FrameInputs.decodeHexAtEverySplit(behindEnd().build(), "02 6162 03 3a 02 6162 03 3a"))
			.containsExactly("6162", "6162");
	}

	@Test
	void aWrongFrameClosesIsSkippedOrPassed() {
		byte[] bytes = FrameInputs.hex("6162 3033 0a 6162 3034 0a 0a 6162 3033 0a");
		assertThat(FrameInputs.outcome(lines().build(), 10, bytes)).containsExactly("6162", "refused", "{CHECKSUM=1}");
		assertThat(FrameInputs.outcome(lines().onBad(OnBad.SKIP).build(), 10, bytes)).containsExactly("6162", "6162",
				"{CHECKSUM=2}");
		assertThat(FrameInputs.outcome(lines().onBad(OnBad.PASS).build(), 10, bytes)).containsExactly("6162",
				"61623034", "", "6162", "{CHECKSUM=2}");
	}

	@Test
	void aRefusalSaysWhatWasExpected() {
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(lines().build().decoder(10), "6162 3034 0a"))
			.withMessage("checksum: expected 03, was 04");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(behindEnd().build().decoder(10), "02 6162 03 00"))
			.withMessage("checksum: expected 3A, was 00");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(lines().build().decoder(10), "30 0a"))
			.withMessage("checksum: expected 2 bytes of it, was a frame with a payload of 1");
	}

	@Test
	void aSkippedFrameIsAnswered() throws FramingException {
		byte[] bytes = FrameInputs.hex("6162 3034 0a 6162 3033 0a");
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		assertThat(lines().onBad(OnBad.SKIP).reply("hex:15").build().decoder(10).next(in)).isTrue();
		assertThat(in.takeReplies()).containsExactly(0x15);
	}

	@Test
	void closingWinsOverAFramingThatGoesOn() {
		Framing framing = Framings.checked(Framings.line().onBad(FramingBuilder.OnBad.SKIP).build())
			.type("sum8")
			.build();
		assertThat(FrameInputs.outcome(framing, 4, FrameInputs.hex("616263646566 0a 6162c3 0a 6162c4 0a 6162c3 0a")))
			.containsExactly("6162", "refused", "{BAD=1, CHECKSUM=1}");
	}

	@Test
	void theNextFrameMayBeWithinAWrongOne() {
		Framing framing = Framings.checked(Framings.lengthField().offset(2).width(1).after(1).sync("hex:b562").build())
			.type("sum8")
			.from(2)
			.onBad(OnBad.SKIP)
			.build();
		byte[] bytes = FrameInputs.hex("b562 06 0102 b562 01 41 42 00");
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, 100, bytes, cut)).as("cut at %s", cut)
				.containsExactly("b5620141", "{SYNC=1, CHECKSUM=1}");
		}
	}

	@Test
	void soItIsWithAnEndInFrontOfTheChecksum() {
		Framing framing = behindEnd().onBad(OnBad.SKIP).build();
		byte[] bytes = FrameInputs.hex("02 61 02 6162 03 3a 02 6162 03 3a");
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, 100, bytes, cut)).as("cut at %s", cut)
				.containsExactly("6162", "6162", "{CHECKSUM=1}");
		}
	}

	@Test
	void aCaseOfASwitchGoesOnBehindTheFrame() {
		Framing framing = Framings.switching()
			.when("(", Framings.checked(Framing.startEnd("(", ")")).type("xor8").onBad(OnBad.SKIP).build())
			.otherwise(Framing.line())
			.build();
		assertThat(FrameInputs.outcome(framing, 10, "(ab()x\n(aba\u0002)".getBytes(StandardCharsets.ISO_8859_1)))
			.startsWith("78");
	}

	@Test
	void withoutStripItIsSetInPlace() throws FramingException {
		Framing framing = Framings.checked(Framing.lengthField().width(1).build())
			.type("sum16")
			.at(0)
			.from(3)
			.strip(false)
			.build();
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encodeHex(framing, "00"))
			.withMessage(
					"a payload of 1 bytes cannot be sent, it is too short for its checksum, which belongs at byte 0");
		assertThat(FrameInputs.outcome(framing, 100, FrameInputs.hex(FrameInputs.encodeHex(framing, "ffff0102"))))
			.containsExactly("00030102", "{}");
	}

	@Test
	void aLengthIsSetBeforeAndCountsIt() throws FramingException {
		Framing framing = Framings.checked(Framing.lengthField().width(2).build()).type("sum8").from(0).build();
		assertThat(FrameInputs.encodeHex(framing, "61")).isEqualTo("0002" + "61" + "63");
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "0002 61 63")).containsExactly("61");
		Framing varint = Framings.checked(Framing.lengthField().encoding(LengthEncoding.VARINT).width(2).build())
			.type("sum8")
			.from(0)
			.build();
		String frame = FrameInputs.encodeHex(varint, "00".repeat(127));
		assertThat(frame).startsWith("8001").endsWith("81");
		assertThat(FrameInputs.decodeHexAtEverySplit(varint, frame)).containsExactly("00".repeat(127));
	}

	@ParameterizedTest
	@CsvSource({ "3000, 127, 308001", "3000, 300, 30ad02", "308001, 5, 3006", "308000, 126, 307f" })
	void aLengthWithinThePayloadMayChangeItsWidth(String header, int size, String sent) throws FramingException {
		Framing inner = Framings.lengthField().offset(1).encoding(LengthEncoding.VARINT).build();
		for (boolean strip : new boolean[] { true, false }) {
			Framing framing = Framings.checked(inner).type("sum16").from(0).strip(strip).build();
			String text = "61".repeat(size - 1);
			String frame = FrameInputs.encodeHex(framing, header + text + (strip ? "" : "0000"));
			assertThat(frame).startsWith(sent + text);
			assertThat(FrameInputs.decodeHexAtEverySplit(framing, frame)).containsExactly(strip ? sent + text : frame);
		}
		Framing inFront = Framings.checked(Framings.lengthField().offset(2).encoding(LengthEncoding.VARINT).build())
			.type("sum8")
			.at(0)
			.from(1)
			.build();
		String frame = FrameInputs.encodeHex(inFront, header + "61".repeat(size));
		assertThat(FrameInputs.decodeHexAtEverySplit(inFront, frame)).hasSize(1);
	}

	@Test
	void aFrameWhoseChecksumWouldBeItsLengthIsTooShort() {
		Framing framing = Framings.checked(Framings.lengthField().offset(2).width(1).build())
			.type("sum8")
			.onBad(OnBad.SKIP)
			.build();
		assertThat(FrameInputs.outcome(framing, 100, FrameInputs.hex("000000 00000101"))).containsExactly("000001",
				"{CHECKSUM=1}");
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encodeHex(framing, "6768"))
			.withMessageContaining("too short for its checksum");
	}

	@Test
	void whatIsCoveredIsNotEscaped() throws FramingException {
		Framing framing = Framings.checked(FramingPreset.JT808.framing()).type("xor8").build();
		assertThat(FrameInputs.encodeHex(framing, "7e00")).isEqualTo("7e 7d02 00 7d02 7e".replace(" ", ""));
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, "7e 7d02 00 7d02 7e")).containsExactly("7e00");
	}

	@Test
	void framesOfMeterBusHaveTheirOwn() throws FramingException {
		Framing framing = Framings.checked(FramingPreset.M_BUS.framing()).type("sum8").build();
		String received = "10 5b 01 5c 16 e5 68 03 03 68 53 01 51 a5 16";
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, received)).containsExactly("105b0116", "e5",
				"68030368530151" + "16");
		assertThat(FrameInputs.encodeHex(framing, "105b0116")).isEqualTo("105b015c16");
	}

	@Test
	void framesWithinWrongFramesAreNotLookedAtWithoutEnd() throws FramingException {
		long[] covered = new long[1];
		FrameChecksum counting = new FrameChecksum() {

			@Override
			public int length() {
				return 1;
			}

			@Override
			public long of(byte[] bytes, int from, int to) {
				covered[0] += to - from;
				return ~bytes[to];
			}

		};
		Framing framing = Framings.checked(Framing.lengthField().offset(2).width(2).sync("hex:0203").build())
			.type(counting)
			.onBad(OnBad.SKIP)
			.build();
		byte[] bytes = FrameInputs.hex("02037fff".repeat(100_000));
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		assertThat(framing.decoder(40_000).next(in)).isFalse();
		assertThat(in.remaining()).isLessThan(40_000);
		assertThat(covered[0]).isLessThan(20L * bytes.length);
	}

	@Test
	void anApplicationBringsItsOwn() {
		FrameChecksum length = new FrameChecksum() {

			@Override
			public int length() {
				return 1;
			}

			@Override
			public long of(byte[] bytes, int from, int to) {
				return 0x100 + to - from;
			}

		};
		assertThat(FrameInputs.encodeHex(Framings.checked(Framing.line()).type(length).build(), "6162"))
			.isEqualTo("6162020a");
	}

	@ParameterizedTest
	@CsvSource({ "skip", "pass" })
	void aSampleHasToBeRight(String onBad) {
		Framing framing = lines().onBad(onBad.equals("skip") ? OnBad.SKIP : OnBad.PASS).build();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> FramingSamples.check(framing, FrameInputs.hex("6162 3034 0a"), 10))
			.withMessageContaining("checksum: expected 03, was 04");
		FramingSamples.check(framing, FrameInputs.hex("6162 3033 0a"), 10);
	}

	@Test
	void thePayloadMayBeAsLongAsTheLimit() {
		Framing framing = lines().build();
		assertThat(FrameInputs.outcome(framing, 2, FrameInputs.hex("6162 3033 0a"))).containsExactly("6162", "{}");
		assertThat(FrameInputs.outcome(framing, 1, FrameInputs.hex("6162 3033 0a"))).containsExactly("refused", "{}");
	}

	@Test
	void impossiblePlacesAreRefused() {
		refused("checksum.at", Framings.checked(Framing.line()).type("crc32").at(-2));
		refused("checksum.at", Framings.checked(Framing.fixed(4)).type("sum8").at(4));
		refused("checksum.from", Framings.checked(Framing.line()).type("sum8").at(0));
		for (int at = 0; at <= 2; at++) {
			refused("checksum.at",
					Framings.checked(Framings.lengthField().offset(1).width(2).sync("hex:68").build())
						.type("sum8")
						.at(at)
						.from(3));
		}
		Framing synced = Framings.fixed().size(8).sync("hex:b562").build();
		for (int at : new int[] { 0, 1, -8, -7 }) {
			refused("checksum.at", Framings.checked(synced).type("fletcher16").at(at).from(4));
		}
		Framing built = Framings.checked(synced).type("fletcher16").at(2).from(4).build();
		assertThat(FrameInputs.encodeHex(built, "b562 0102 0304")).startsWith("b562");
		refused("checksum.to", Framings.checked(Framing.line()).type("sum8").at(3).from(5).to(4));
		refused("checksum.to", Framings.checked(Framing.line()).type("sum8").at(-1).from(-2).to(-2));
		refused("checksum.reply", lines().reply("x"));
		refused("checksum", Framings.checked(FramingPreset.MLLP.framing()).type("sum8"));
		refused("checksum", Framings.checked(Framing.raw()).type("sum8"));
		refused("checksum", Framings.checked(Framings.switching().when("a", Framing.line()).build()).type("sum8"));
		refused("checksum.type", Framings.checked(Framing.line()).form(Form.HEX));
		refused("checksum.at",
				Framings.checked(Framings.delimiter().delimiters(";", "\\r\\n").after(1).build()).type("sum8"));
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> lines().type("crc99"))
			.withMessageContaining("crc16-modbus");
	}

	private static void refused(String key, CheckedBuilder builder) {
		assertThatExceptionOfType(InvalidFramingException.class).as(key)
			.isThrownBy(builder::build)
			.satisfies((ex) -> assertThat(ex.key()).isEqualTo(key));
	}

}
