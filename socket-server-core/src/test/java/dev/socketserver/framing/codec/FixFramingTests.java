package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FixFramingTests {

	private static final Framing FIX = FramingPreset.FIX.framing();

	private static byte[] bytes(String message) {
		return message.replace('|', '\u0001').getBytes();
	}

	@Test
	void theDrawingInTheJavadocIsTrue() throws FramingException {
		String message = "8=FIX.4.4|9=5|35=0|10=163|";
		assertThat(sum("8=FIX.4.4|9=5|35=0|")).isEqualTo(163);
		byte[] two = bytes(message + message);
		for (int split = 0; split <= two.length; split++) {
			assertThat(FrameInputs.decode(FIX.decoder(26), two, split)).containsExactly(message.replace('|', '\u0001'),
					message.replace('|', '\u0001'));
		}
		assertThat(FrameInputs.encode(FIX, message.replace('|', '\u0001'))).isEqualTo(bytes(message));
	}

	private static int sum(String message) {
		int sum = 0;
		for (byte value : bytes(message)) {
			sum += value & 0xFF;
		}
		return sum % 256;
	}

	@ParameterizedTest
	@CsvSource({ "X, 'byte 0 of a message is 0x58, where 0x38 was expected'", "8|, ''",
			"8=FIX.4.4|35, byte 10 of a message is 0x33", "8=FIXFIXFIXFIXFIX, version of FIX does not end",
			"8=FIX.4.4|9=x, decimal digit 1 of the length is 0x78", "8=FIX.4.4|9=-, decimal digit 1",
			"8=FIX.4.4|9=00000000005|, at most 10 digits",
			"8=FIX.4.4|9=5|35=00|10=163|, 'byte 19 of a message is 0x01, where 0x31 was expected'",
			"8=FIX.4.4|9=5|35=0|10=1634, byte 25 of a message is 0x34",
			"8=FIX.4.4|9=9999999999|, message of 10000000029 bytes announced",
			"8=FIX.4.4|9=80|, limits.frame is 99 bytes" })
	void whatIsNoMessageIsRefused(String message, String expected) {
		assertThatExceptionOfType(FramingException.class)
			.isThrownBy(() -> FrameInputs.decode(FIX.decoder(99), bytes(message)))
			.withMessageContaining(expected);
	}

}
