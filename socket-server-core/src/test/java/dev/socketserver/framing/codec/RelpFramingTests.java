package dev.socketserver.framing.codec;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RelpFramingTests {

	private static final Framing RELP = FramingPreset.RELP.framing();

	private static byte[] bytes(String text) {
		return text.replace('|', '\n').getBytes();
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		byte[] two = bytes("1 open 3 a=b|2 close 0|");
		for (int split = 0; split <= two.length; split++) {
			assertThat(FrameInputs.decode(RELP.decoder(10), two.clone(), split)).containsExactly("1 open a=b",
					"2 close");
		}
		assertThat(FrameInputs.encode(RELP, "1 open a=b")).isEqualTo(bytes("1 open 3 a=b|"));
		assertThat(FrameInputs.encode(RELP, "2 close")).isEqualTo(bytes("2 close 0|"));
		assertThat(FrameInputs.encode(RELP, "2 close ")).isEqualTo(bytes("2 close 0|"));
	}

	@ParameterizedTest
	@CsvSource({ "x, 'the first byte of the transaction number is 0x78, where a decimal digit was expected'",
			"1|, 'behind a word is 0x0a, where a blank was expected'",
			"1234567890, the transaction number is longer than 9",
			"1 2, 'the first byte of the command is 0x32, where a letter was expected'",
			"1 abcdefghijklmnopqrstuvwxyzabcdefg, the command is longer than 32", "1 open x, first byte of the length",
			"1 open 1234567890, the length is longer than 9",
			"1 open 1|, 'behind the length is 0x0a, where a blank was expected'",
			"1 open 0x, 'behind the data is 0x78, where 0x0a was expected'",
			"1 open 1 ab, 'behind the data is 0x62, where 0x0a was expected'",
			"1 open 999999999 a, frame of 1000000006 bytes announced", "1 open 94 a, limits.frame is 99 bytes",
			"1 open 0 x, behind the data is 0x78" })
	void whatIsNoFrameIsRefused(String frame, String expected) {
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(RELP.decoder(99), bytes(frame)))
			.withMessageContaining(expected);
	}

	@ParameterizedTest
	@CsvSource({ "'', it has no command", "1, it has no command", "'1 ', it has no command",
			"open, the first byte of the transaction number", "1 open|, behind a word is 0x0a",
			"1  open, the first byte of the command is 0x20" })
	void aPayloadWithoutNumberOrCommandIsNotSent(String payload, String expected) {
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encode(RELP, payload.replace('|', '\n')))
			.withMessageStartingWith("a payload cannot be sent: ")
			.withMessageContaining(expected);
	}

	@Test
	void neitherAnEscapeNorADigitToSkipIsAccepted() {
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.extending(RELP).escape(Escape.mark('%', 0)).build())
			.withMessageContaining("the number and the command of a payload would be escaped, too");
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> Framings.extending(RELP).skip("0").build())
			.withMessageContaining("would take 0x30, with which a transaction number may begin");
	}

}
