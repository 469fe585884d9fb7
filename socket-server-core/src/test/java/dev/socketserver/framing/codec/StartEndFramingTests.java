package dev.socketserver.framing.codec;

import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.StartEndBuilder;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StartEndFramingTests {

	private static final Framing STX_ETX = Framing.startEnd("hex:02", "hex:03");

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(STX_ETX, "02 6162 03 78 02 03")).containsExactly("6162", "");
		assertThat(FrameInputs.encodeHex(STX_ETX, "6162", "")).isEqualTo("026162030203");
	}

	@Test
	void droppedBytesAreNotKept() throws FramingException {
		FrameDecoder decoder = Framing.startEnd("abcd", "z").decoder(10);
		FrameInput in = new FrameInput();
		byte[] garbage = "x".repeat(1000).concat("xxabc").getBytes();
		in.reset(garbage, 0, garbage.length);
		assertThat(decoder.next(in)).isFalse();
		assertThat(in.remaining()).isEqualTo(3);
	}

	@Test
	void aStartWithinAFrameIsPayload() throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(STX_ETX, "02 41 02 42 03")).containsExactly("410242");
	}

	@Test
	void aLongStartIsFoundWhereverItBegins() throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(Framing.startEnd("aab", "\\r\\n"),
				FrameInputs.hexOf("aaaab1\r\n\r\naa2aab3\r\r\n")))
			.containsExactly(FrameInputs.hexOf("1"), FrameInputs.hexOf("3\r"));
	}

	@Test
	void withoutResyncBytesBetweenFramesAreRefused() throws FramingException {
		Framing strict = Framings.startEnd().start("ab").end("z").resync(false).build();
		assertThat(FrameInputs.decode(strict.decoder(9), "ab1zab2z".getBytes(), 1, 4)).containsExactly("1", "2");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(strict.decoder(9), "ab1zaX".getBytes()))
			.withMessage("a frame must start with hex:6162, but its byte 1 is 0x58");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(strict.decoder(9), "\r\n".getBytes()))
			.withMessageContaining("its byte 0 is 0x0d");
	}

	@Test
	void betweenEqualStartsAndEndsNothingIsNoFrame() throws FramingException {
		Framing flags = Framing.startEnd("hex:7e", "hex:7e");
		assertThat(FrameInputs.decodeHexAtEverySplit(flags, "7e 41 7e 7e 42 7e 7e 7e 7e 43 7e")).containsExactly("41",
				"42", "43");
		// Joined in the middle of a frame.
		assertThat(FrameInputs.decodeHexAtEverySplit(flags, "40 7e 7e 42 7e")).containsExactly("42");
		assertThat(FrameInputs.decodeHexAtEverySplit(flags, "7e 41 7e 00 7e 42 7e")).containsExactly("41", "42");
	}

	@Test
	void withoutResyncOneFlagMayEndOneFrameAndStartTheNext() throws FramingException {
		Framing hdlc = Framings.startEnd().start("hex:7e").end("hex:7e").resync(false).build();
		assertThat(FrameInputs.decodeHexAtEverySplit(hdlc, "7e 41 7e 42 7e 7e 43 7e")).containsExactly("41", "42",
				"43");
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(hdlc.decoder(9), "41 7e"))
			.withMessageContaining("must start with hex:7e");
	}

	@Test
	void longerFrameIsRefusedAsSoonAsItIsKnownToBe() throws FramingException {
		assertThat(FrameInputs.decodeHex(STX_ETX.decoder(3), "02 414243 03")).containsExactly("414243");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(STX_ETX.decoder(3), "02 41424344"))
			.withMessage("frame without an end after 3 bytes, limits.frame is 3 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(STX_ETX.decoder(3), "02 41424344 03"));
	}

	@Test
	void halfAFrameAtTheEndIsNoFrame() throws FramingException {
		assertThat(FrameInputs.decodeHex(STX_ETX.decoder(3), "02 41")).containsExactly("left over: 2");
		assertThat(FrameInputs.decodeHex(STX_ETX.decoder(3), "02 41 03 44")).containsExactly("41");
	}

	@Test
	void startAndEndAreNeeded() {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Framing.startEnd("", "a"))
			.withMessage("start is empty, but must have at least one byte");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framing.startEnd(new byte[1], new byte[0]))
			.withMessage("end is empty, but must have at least one byte");
	}

	@Test
	void anEndThatMayBeAStartAllowsNothingInFrontOfFrames() {
		StartEndBuilder hdlc = Framings.startEnd().start("~").end("~").resync(false);
		Framing extended = Framings.extending(hdlc.build()).switchable(true).build();
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> hdlc.skip("\\0").build())
			.withMessageContaining("skip is hex:00, but would take the first bytes of a payload");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.extending(extended).skip("\\0").build())
			.withMessageContaining("skip is hex:00");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.switching().when("~", extended).otherwise(Framing.line()).build())
			.withMessageContaining("cases is start-end, but");
	}

	@Test
	void aStartBeginsAnewWithRestart() {
		Framing framing = Framings.startEnd().start("((").end(")").restart(true).build();

		assertThat(restarted(framing, "((ab((cd)x((e)")).containsExactly("6364", "65", "{RESTART=1, SYNC=1}");
		assertThat(restarted(framing, "((((((a)")).containsExactly("61", "{RESTART=2}");
		assertThat(restarted(framing, "(((a)")).containsExactly("2861", "{}");
		assertThat(restarted(framing, "((a(b)((c(")).containsExactly("612862", "left over: 4", "{}");
	}

	@Test
	void aStartThatIsEscapedOrBehindTheEndBeginsNothing() {
		Framing escaped = Framings.startEnd()
			.start("(")
			.end(")")
			.restart(true)
			.escape(Escape.mark('\\', 0))
			.after(1)
			.build();

		assertThat(restarted(escaped, "(a\\((b\\(c)()(d)x")).containsExactly("62286328", "6478", "{RESTART=1, SYNC=1}");
		assertThat(FrameInputs.encodeHex(escaped, "28282828")).isEqualTo("285c285c285c282928");
	}

	@Test
	void aLongFrameIsTooLongAlthoughAStartFollows() {
		byte[] bytes = "(abcdef(g)".getBytes();
		Framing framing = Framings.startEnd().start("(").end(")").restart(true).build();
		Framing skipping = Framings.startEnd().start("(").end(")").restart(true).onBad(OnBad.SKIP).build();
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, 5, bytes, cut)).containsExactly("refused", "{}");
			assertThat(FrameInputs.outcome(skipping, 5, bytes, cut)).containsExactly("67", "{BAD=1}");
		}
	}

	@Test
	void withRestartAPayloadWithTheStartIsRefused() {
		Framing framing = Framings.startEnd().start("((").end(")").restart(true).rejectEmbedded(true).build();

		assertThat(FrameInputs.encode(framing, "(a")).asString().isEqualTo("(((a)");
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encode(framing, "a((b"))
			.withMessageContaining("has a delimiter at byte 1");
	}

	@ParameterizedTest
	@CsvSource({ "~,~", "(,()", ")(,)" })
	void startAndEndMustDifferForARestart(String start, String end) {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.startEnd().start(start).end(end).restart(true).build())
			.withMessage("restart is true, but start and end begin alike, so that a start within a frame could not be "
					+ "told from its end: use different ones");
	}

	private static List<String> restarted(Framing framing, String text) {
		byte[] bytes = text.getBytes();
		List<String> outcome = FrameInputs.outcome(framing, 100, bytes);
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, 100, bytes, cut)).as("cut at %s", cut).isEqualTo(outcome);
		}
		int[] single = new int[bytes.length];
		Arrays.fill(single, 1);
		assertThat(FrameInputs.outcome(framing, 100, bytes, single)).isEqualTo(outcome);
		return outcome;
	}

}
