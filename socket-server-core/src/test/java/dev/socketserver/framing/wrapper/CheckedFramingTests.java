package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.FrameCheck;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.CheckedBuilder;
import dev.socketserver.framing.builder.Framings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CheckedFramingTests {

	private static final FrameCheck SUM = (source, from, to) -> {
		byte sum = 0;
		for (int i = from; i < to; i++) {
			sum += source[i];
		}
		return new byte[] { sum };
	};

	private static CheckedBuilder lines() {
		return Framings.checked(Framing.line()).check(1, SUM);
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		assertThat(FrameInputs.encodeHex(lines().build(), "6162")).isEqualTo("6162c30a");
		assertThat(FrameInputs.decodeHexAtEverySplit(lines().build(), "6162c30a 6363c60a")).containsExactly("6162",
				"6363");
	}

	@Test
	void aWrongFrameIsRefused() {
		assertThat(FrameInputs.outcome(lines().build(), 10, FrameInputs.hex("6162c30a 6162c40a 6162c30a")))
			.containsExactly("6162", "refused", "{}");
		assertThat(FrameInputs.outcome(lines().build(), 10, FrameInputs.hex("0a"))).as("shorter than its check")
			.containsExactly("refused", "{}");
	}

	@Test
	void orItIsAnsweredAndDropped() throws FramingException {
		Framing answering = lines().reply("hex:15").build();
		byte[] bytes = FrameInputs.hex("6162c40a 0a 6162c30a");
		assertThat(FrameInputs.outcome(answering, 10, bytes)).containsExactly("6162", "{BAD=2}");

		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		assertThat(answering.decoder(10).next(in)).isTrue();
		assertThat(in.takeReplies()).containsExactly(0x15, 0x15);
	}

	@Test
	void theSessionMayGoOnBehindIt() {
		assertThat(FrameInputs.outcome(lines().onBad(OnBad.SKIP).build(), 10, FrameInputs.hex("6162c40a 6162c30a")))
			.containsExactly("6162", "{BAD=1}");
	}

	@Test
	void theLimitIsThatOfThePayload() throws FramingException {
		assertThat(FrameInputs.decodeHex(lines().build().decoder(2), "6162c30a")).containsExactly("6162");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decodeHex(lines().build().decoder(1), "6162c30a"))
			.withMessageContaining("1 byte");
	}

	@Test
	void whatCannotWorkIsRefused() {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.checked(Framing.line()).build())
			.withMessageContaining("check");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.checked(Framing.line()).check(0, SUM).build())
			.withMessageContaining("check");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> FrameInputs.encodeHex(Framings.checked(Framing.line()).check(2, SUM).build(), "61"))
			.withMessage("the check returned 1 instead of 2 bytes");
	}

}
