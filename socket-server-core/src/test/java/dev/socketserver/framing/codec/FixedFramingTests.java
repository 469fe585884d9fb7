package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FixedFramingTests {

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		assertThat(FrameInputs.decode(Framing.fixed(3).decoder(3), "abcdefgh".getBytes())).containsExactly("abc", "def",
				"left over: 2");
		assertThat(FrameInputs.decodeHexAtEverySplit(Framing.fixed(3), "616263646566")).containsExactly("616263",
				"646566");
		assertThat(FrameInputs.encode(Framing.fixed(3), "abc", "def")).asString().isEqualTo("abcdef");
	}

	@Test
	void payloadOfAnotherSizeIsNotSent() {
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encode(Framing.fixed(3), "ab"))
			.withMessage("a payload of 2 bytes cannot be sent, a frame has 3");
	}

	@Test
	void sizeBeyondTheLimitIsRefused() {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(Framing.fixed(3).decoder(2), new byte[1]))
			.withMessage("every frame has 3 bytes, limits.frame is 2 bytes");
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(() -> Framing.fixed(0))
			.withMessage("size is 0, but must be at least 1");
	}

}
