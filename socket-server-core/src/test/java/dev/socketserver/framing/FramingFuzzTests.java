package dev.socketserver.framing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever bytes are received, a framing reports frames or refuses them, and the same in
 * pieces as at once. The corpus beside the resources of the tests, and what is received
 * in transcripts, runs in every build, and is what the fuzzer begins with.
 */
class FramingFuzzTests {

	private static final int MAX = 64;

	/** The first byte of an input selects one of these. */
	private static final List<Framing> FRAMINGS = framings();

	private static List<Framing> framings() {
		List<Framing> all = new ArrayList<>();
		for (FramingPreset preset : FramingPreset.values()) {
			all.add(preset.framing());
		}
		all.add(Framing.line());
		all.add(Framings.line().ending(LineEnding.CRLF).strict(true).build());
		all.add(Framings.line().loneCarriageReturn(true).build());
		all.add(Framing.delimiter(";", "\\r\\n"));
		all.add(Framing.startEnd("hex:0203", "hex:0302"));
		all.add(Framing.lengthField().build());
		all.add(Framings.delimiter().delimiters(";").keep(true).rejectEmbedded(true).build());
		all.add(Framings.line().onBad(OnBad.SKIP).build());
		all.add(Framings.line().loneCarriageReturn(true).onBad(OnBad.SKIP).build());
		all.add(Framings.delimiter().delimiters(";", "\\r\\n").escape(Escape.mark('\\', 0)).onBad(OnBad.SKIP).build());
		all.add(Framings.startEnd().start("hex:0203").end("hex:0302").resync(false).onBad(OnBad.SKIP).build());
		all.add(Framings.extending(FramingPreset.JT808.framing()).onBad(OnBad.SKIP).build());
		all.add(Framings.extending(FramingPreset.SLIP.framing()).onBad(OnBad.SKIP).build());
		all.add(Framings.delimiter().delimiters(";", "\\r\\n").after(2).onBad(OnBad.SKIP).build());
		all.add(Framings.startEnd().start("hex:0203").end("hex:0302").restart(true).after(1).build());
		all.add(Framings.startEnd()
			.start("hex:02")
			.end("hex:03")
			.restart(true)
			.escape(Escape.mark('\\', 0))
			.after(2)
			.onBad(OnBad.SKIP)
			.build());
		all.add(Framings.fixed().size(4).sync("hex:0203").build());
		all.add(Framings.lengthField()
			.offset(2)
			.width(2)
			.mask("hex:0fff")
			.after(1)
			.sync("hex:0203")
			.onBad(OnBad.SKIP)
			.build());
		all.add(Framings.switching()
			.when("hex:02..03", Framing.fixed(4))
			.when("hex:0203", Framing.startEnd("hex:0203", "hex:0302"))
			.when("hex:00", SwitchBuilder.REFUSE)
			.when("a", Framing.line())
			.otherwise(SwitchBuilder.DROP)
			.build());
		all.add(Framings.counted().word(1).when("a", "set").build());
		all.add(Framings.counted().ending(LineEnding.LF).after(";").build());
		all.add(Framings.checked(Framing.startEnd("hex:02", "hex:03"))
			.check(1, (source, from, to) -> new byte[] { (byte) (to - from) })
			.reply("hex:15")
			.build());
		all.add(Framings.checked(Framing.line()).type("xor8").form(Form.HEX).onBad(FrameChecksum.OnBad.SKIP).build());
		all.add(Framings.checked(Framings.startEnd().start("hex:02").end("hex:0203").after(2).build())
			.type("sum16")
			.at(-2)
			.onBad(FrameChecksum.OnBad.SKIP)
			.reply("hex:15")
			.build());
		all.add(Framings.checked(Framings.lengthField().offset(1).width(1).sync("hex:02").build())
			.type("sum8")
			.from(0)
			.onBad(FrameChecksum.OnBad.SKIP)
			.build());
		all.add(Framings.checked(FramingPreset.JT808.framing())
			.type("xor8")
			.strip(false)
			.onBad(FrameChecksum.OnBad.PASS)
			.build());
		all.add(Framings.checked(Framing.fixed(6)).type("adler32").onBad(FrameChecksum.OnBad.CLOSE).build());
		return List.copyOf(all);
	}

	/**
	 * The first byte selects the framing, the second says how large the pieces are, and
	 * the rest is the stream.
	 */
	@MethodSource("dev.socketserver.framing.TranscriptInputsTests#inputs")
	@FuzzTest(maxDuration = "60s")
	void sameInPiecesAsAtOnce(byte[] input) {
		if (input.length < 2) {
			return;
		}
		Framing framing = FRAMINGS.get((input[0] & 0xFF) % FRAMINGS.size());
		byte[] stream = Arrays.copyOfRange(input, 2, input.length);
		int piece = 1 + (input[1] & 0x1F);
		int[] pieces = new int[stream.length / piece];
		Arrays.fill(pieces, piece);

		assertThat(FrameInputs.outcome(framing, MAX, stream, pieces)).as(framing.toString())
			.isEqualTo(FrameInputs.outcome(framing, MAX, stream));
	}

}
