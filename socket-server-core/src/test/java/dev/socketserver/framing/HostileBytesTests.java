package dev.socketserver.framing;

import java.time.Duration;

import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.socketserver.fixtures.Patience.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Bytes made to be expensive. What is linear takes a moment; what looks at everything
 * again for each byte takes many minutes.
 */
class HostileBytesTests {

	private static final int LENGTH = 500_000;

	/** Many times as long as any of these takes. */
	private static final Duration LIMIT = Duration.ofSeconds(30);

	/** A framing, and bytes that it never makes a frame of. */
	static Arguments[] endless() {
		Escape slip = Escape.pairs(Escape.pair("hex:c0", "hex:dbdc"), Escape.pair("hex:db", "hex:dbdd"));
		return new Arguments[] { endless("line", Framing.line(), "x"),
				endless("strict line", Framings.line().ending(LineEnding.CRLF).strict(true).build(), "\r"),
				endless("lone CR", Framings.line().loneCarriageReturn(true).build(), "x"),
				endless("near-delimiters", Framing.delimiter("aaaaaaab", "aaaaaaac"), "a"),
				endless("delimiters that begin alike", Framing.delimiter("ab", "ac", "ad", "bb"), "aa"),
				endless("escapes", Framings.delimiter().delimiters("hex:c0").escape(slip).build(), "\u00db\u00dc"),
				endless("backslashes", Framings.delimiter().delimiters(";").escape(Escape.mark('\\', 0)).build(),
						"\\;"),
				endless("what follows an end", Framings.startEnd().start("(").end(")").after(LENGTH).build(), "()"),
				endless("no end", Framing.startEnd("(", "))"), "(x)"),
				endless("a line of counted", Framings.counted().build(), "1 \r"),
				endless("what is counted", Framings.counted().when("x").build(), "x 99999\r"),
				endless("header lines", Framing.headerBlock(), "Content-Length:0\r\n"),
				endless("one header line", Framing.headerBlock(), "Content-Length"),
				endless("length", Framing.lengthField().build(), "\0\u0010"),
				endless("fixed", Framing.fixed(2 * LENGTH), "x"), endless("switch",
						Framings.switching().when("xy", Framing.line()).otherwise(Framing.line()).build(), "x") };
	}

	private static Arguments endless(String name, Framing framing, String repeated) {
		return arguments(Named.of(name, framing), repeated);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("endless")
	void aFrameThatNeverEndsIsCheckedOnce(Framing framing, String repeated) throws Exception {
		byte[] bytes = filled(repeated);
		FrameDecoder decoder = framing.decoder(4 * LENGTH);
		FrameInput in = new FrameInput();
		assertThat(timed(() -> {
			for (int received = 1; received <= bytes.length; received++) {
				in.reset(bytes, in.position(), received);
				if (decoder.next(in)) {
					throw new AssertionError("A frame after " + received + " bytes");
				}
			}
			return in;
		})).isLessThan(LIMIT);
		assertThat(in.remaining()).isPositive();
	}

	/** A framing, and bytes that are dropped. */
	static Arguments[] dropped() {
		return new Arguments[] { endless("skipped", Framings.line().skip("\\0").build(), "\0"),
				endless("resync", Framing.startEnd("(((a", ")"), "(((b"),
				endless("restarts", Framings.startEnd().start("(").end(")").restart(true).build(), "("),
				endless("gaps", Framings.fixed().size(9).sync("(((a").build(), "(((b"),
				endless("false lengths", Framings.lengthField().offset(2).width(1).sync("((").onBad(OnBad.SKIP).build(),
						"((x"),
				endless("bytes of no case",
						Framings.switching().when("xy", Framing.line()).otherwise(SwitchBuilder.DROP).build(), "xx"),
				endless("flags", Framing.startEnd("hex:7e", "hex:7e"), "~"),
				endless("SLIP", FramingPreset.SLIP.framing(), "\u00c0"),
				endless("wrong checksums of lines", skipping(Framing.line(), "crc32"), "x\n"),
				endless("wrong checksums behind lengths", skipping(Framing.lengthField().width(1).build(), "crc16-arc"),
						"\u0003abc"),
				// Within each frame another may begin.
				endless("wrong checksums of frames within frames",
						skipping(Framings.lengthField().offset(1).width(1).sync("(").build(), "sum8"), "(\u0002"),
				endless("wrong checksums of fixed frames", skipping(Framings.fixed().size(4).sync("(").build(), "sum8"),
						"(((y"),
				endless("ignored", Framing.lengthField().zero(ZeroLength.IGNORE).build(), "\0"),
				endless("ignored in a switch",
						Framings.switching()
							.when("\\0", Framing.lengthField().zero(ZeroLength.IGNORE).skip("\\n").build())
							.build(),
						"\0") };
	}

	private static Framing skipping(Framing framing, String checksum) {
		return Framings.checked(framing).type(checksum).onBad(FrameChecksum.OnBad.SKIP).build();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("dropped")
	void whatIsDroppedIsNotKept(Framing framing, String repeated) throws Exception {
		byte[] bytes = filled(repeated);
		FrameInput in = new FrameInput();
		FrameDecoder decoder = framing.decoder(100);
		assertThat(timed(() -> {
			for (int received = 1; received <= bytes.length; received++) {
				in.reset(bytes, in.position(), received);
				if (FrameInputs.next(decoder, in) || in.remaining() > 4) {
					throw new AssertionError("A frame or " + in.remaining() + " kept after " + received + " bytes");
				}
			}
			in.reset(bytes, 0, bytes.length);
			return assertThat(FrameInputs.next(framing.decoder(100), in)).isFalse();
		})).isLessThan(LIMIT);
		assertThat(in.remaining()).isLessThan(5);
	}

	/** A framing, and bytes that are one empty frame. */
	static Arguments[] empty() {
		return new Arguments[] { endless("line", Framing.line(), "\n"),
				endless("strict line", Framings.line().ending(LineEnding.CRLF).strict(true).build(), "\r\n"),
				endless("lone CR", Framings.line().loneCarriageReturn(true).build(), "\r"),
				endless("delimiter", Framing.delimiter(";", "--"), "--"),
				endless("start-end", Framing.startEnd("(", ")"), "()"),
				endless("length", Framing.lengthField().width(2).build(), "\0\0"),
				endless("varint", FramingPreset.PROTOBUF.framing(), "\0"),
				endless("escaped", Framings.delimiter().delimiters(";").escape(Escape.mark('\\', 0)).build(), ";") };
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("empty")
	void veryManyEmptyFramesAreFrames(Framing framing, String frame) throws Exception {
		byte[] bytes = filled(frame);
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		FrameDecoder decoder = framing.decoder(100);
		assertThat(timed(() -> {
			int frames = 0;
			while (decoder.next(in)) {
				frames += (in.frameEnd() == in.frameStart()) ? 1 : 0;
			}
			return assertThat(frames).isEqualTo(bytes.length / frame.length());
		})).isLessThan(LIMIT);
	}

	private static byte[] filled(String repeated) {
		byte[] bytes = new byte[LENGTH / repeated.length() * repeated.length()];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) repeated.charAt(i % repeated.length());
		}
		return bytes;
	}

}
