package dev.socketserver.framing;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ByteValuesTests {

	@ParameterizedTest
	@CsvSource({ "hex:0d0a, 0d0a", "hex:0D 0A, 0d0a", "hex:, ''", "'', ''", "\\r\\n, 0d0a", "\\0, 00", "\\t, 09",
			"a\\\\b, 615c62", "\\x1C\\r, 1c0d", "12, 3132", "é, c3a9", "hexagon, 6865786167 6f6e" })
	void readsHexadecimalAndText(String text, String hex) {
		assertThat(ByteValues.parse(text)).isEqualTo(FrameInputs.hex(hex));
	}

	@ParameterizedTest
	@ValueSource(strings = { "hex:0", "hex:0g", "a\\", "\\q", "\\x", "\\x1", "\\xzz" })
	void namesWhatItCannotRead(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> ByteValues.parse(text)).withMessageContaining(text);
	}

	@Test
	void writesWhatItReads() {
		byte[] bytes = "\u0000\r\nabc\u00ff".getBytes(StandardCharsets.ISO_8859_1);
		assertThat(ByteValues.format(bytes)).isEqualTo("hex:000d0a616263ff");
		assertThat(ByteValues.parse(ByteValues.format(bytes))).isEqualTo(bytes);
	}

}
