package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LengthFieldFramingTests {

	private static FrameDecoder decoder() {
		return Framing.lengthField().build().decoder(1000);
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		byte[] bytes = { 0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 0 };
		assertThat(FrameInputs.decode(decoder(), bytes)).containsExactly("abc", "");
		assertThat(FrameInputs.encode(Framing.lengthField().build(), "abc", "")).isEqualTo(bytes);
	}

	@Test
	void everySplitGivesTheSameFrames() throws FramingException {
		byte[] bytes = FrameInputs.encode(Framing.lengthField().build(), "one", "", "\u00e4\n\n", "x".repeat(300));
		for (int first = 0; first <= bytes.length; first++) {
			assertThat(FrameInputs.decode(decoder(), bytes, first)).containsExactly("one", "", "\u00e4\n\n",
					"x".repeat(300));
		}
	}

	@Test
	void impossibleLengthsAreRefusedFromTheHeaderAlone() {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(decoder(), new byte[] { 0x7F, -1, -1, -1 }))
			.withMessageContaining("2147483647")
			.withMessageContaining("1000");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(decoder(), new byte[] { 0, 0, 3, -23 }));
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(decoder(), new byte[] { -128, 0, 0, 0 }))
			.withMessageContaining("negative");
	}

	@Test
	void halfAFrameAtTheEndIsNoFrame() throws FramingException {
		assertThat(FrameInputs.decode(decoder(), new byte[] { 0, 0, 0, 2, 'a' })).containsExactly("left over: 5");
	}

}
