package dev.socketserver.framing.wrapper;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SyncFramingTests {

	private static final Framing FIXED = Framings.fixed().size(4).sync("hex:b562").build();

	/** As UBX has it: class, message, little-endian length, payload and check sum. */
	private static final Framing LENGTH = Framings.lengthField()
		.offset(4)
		.width(2)
		.byteOrder(ByteOrder.LITTLE_ENDIAN)
		.after(2)
		.sync("hex:b562")
		.build();

	private static final Framing RECOVERING = Framings.lengthField()
		.offset(2)
		.width(1)
		.sync("hex:b562")
		.onBad(OnBad.SKIP)
		.build();

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(FIXED, "78 b5620141 79 b5620242")).containsExactly("b5620141",
				"b5620242");
		assertThat(FrameInputs.encodeHex(FIXED, "b5620141")).isEqualTo("b5620141");
	}

	@Test
	void eachGapIsCountedOnce() {
		assertThat(outcome(FIXED, 9, "787878 b5620141 b5 b5620242 b5620343 62")).containsExactly("b5620141", "b5620242",
				"b5620343", "{SYNC=3}");
	}

	@Test
	void aSyncWithinAFrameBeginsNothing() {
		assertThat(outcome(FIXED, 9, "b562b562 b5620141")).containsExactly("b562b562", "b5620141", "{}");
		assertThat(outcome(LENGTH, 9, "00 b562 0501 0000 b562 b562 0500 0100 0f15 3a"))
			.containsExactly("b56205010000b562", "b562050001000f153a", "{SYNC=1}");
	}

	@Test
	void anImpossibleLengthClosesTheSession() {
		assertThat(outcome(LENGTH, 9, "b562 0501 ffff 0000")).containsExactly("refused", "{}");
	}

	@Test
	void aFalseLengthSwallowsNothing() {
		assertThat(outcome(RECOVERING, 9, "b562 02 4142 b562 f0 43 b562 01 44 b562 00")).containsExactly("b562024142",
				"b5620144", "b56200", "{BAD=1}");
		assertThat(outcome(RECOVERING, 9, "b562 ff b562 ff b562 ff b5b562 01 45")).containsExactly("b5620145",
				"{BAD=3}");
		// Of what is dropped behind a bad frame nothing is a gap of its own.
		assertThat(outcome(RECOVERING, 9, "b562 ff 010203 b562 01 45 00 b562 00")).containsExactly("b5620145", "b56200",
				"{SYNC=1, BAD=1}");
	}

	@Test
	void whatCannotBeCombinedIsRefused() {
		refused(Framings.lengthField().sync("hex:68"),
				"sync is hex:68, but is in front of the length, which begins at byte 0: set offset to 1 or more");
		refused(Framings.lengthField().offset(1).sync("hex:b562"), "set offset to 2 or more");
		refused(Framings.fixed().size(1).sync("hex:b562"),
				"sync is hex:b562, but has more bytes than a frame, which has 1");
		refused(Framings.fixed().size(5).sync("hex:b562").skip("hex:00b5"), "would take the first byte of every frame");
	}

	private static void refused(FramingBuilder<?> builder, String message) {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build)
			.withMessageContaining(message);
	}

	private static List<String> outcome(Framing framing, int max, String hex) {
		byte[] bytes = FrameInputs.hex(hex);
		List<String> outcome = FrameInputs.outcome(framing, max, bytes);
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, max, bytes, cut)).as("cut at %s", cut).isEqualTo(outcome);
		}
		int[] single = new int[bytes.length];
		Arrays.fill(single, 1);
		assertThat(FrameInputs.outcome(framing, max, bytes, single)).isEqualTo(outcome);
		return outcome;
	}

}
