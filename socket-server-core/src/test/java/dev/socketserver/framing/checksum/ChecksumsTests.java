package dev.socketserver.framing.checksum;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Adler32;
import java.util.zip.CRC32C;

import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ChecksumsTests {

	private static final byte[] DIGITS = "123456789".getBytes(StandardCharsets.US_ASCII);

	@ParameterizedTest
	@CsvSource({ "sum8, DD", "sum16, 01DD", "xor8, 31", "lrc8, 23", "crc8, F4", "crc16-arc, BB3D", "crc16-modbus, 4B37",
			"crc16-ccitt-false, 29B1", "crc16-xmodem, 31C3", "crc16-x25, 906E", "crc16-dnp, EA82", "crc32, CBF43926",
			"crc32c, E3069283", "fletcher16, 1EDE", "adler32, 091E01DE", "internet, F62A" })
	void everyChecksumHasItsCheckValue(String name, String value) {
		FrameChecksum checksum = Checksums.of(name);
		ChecksumForm form = new ChecksumForm(Form.HEX, ByteOrder.BIG_ENDIAN, checksum.length());
		assertThat(form.show(checksum.of(DIGITS, 0, DIGITS.length))).isEqualTo(value);

		byte[] within = "x123456789y".getBytes(StandardCharsets.US_ASCII);
		assertThat(form.show(checksum.of(within, 1, 10))).isEqualTo(value);
	}

	@Test
	void noOtherIsKnown() {
		assertThat(Checksums.names()).hasSize(16);
		assertThat(Checksums.of("crc16")).isNull();
	}

	@Test
	void longInputIsReducedInTime() {
		byte[] longest = new byte[1_000_000];
		Arrays.fill(longest, (byte) 0xFF);
		Adler32 adler = new Adler32();
		adler.update(longest);
		CRC32C crc = new CRC32C();
		crc.update(longest);
		assertThat(Checksums.of("adler32").of(longest, 0, longest.length)).isEqualTo(adler.getValue());
		assertThat(Checksums.of("crc32c").of(longest, 0, longest.length)).isEqualTo(crc.getValue());
	}

	@Test
	void digitsAreNeitherBlanksNorSigns() {
		ChecksumForm decimal = new ChecksumForm(Form.DECIMAL, ByteOrder.BIG_ENDIAN, 1);
		assertThat(decimal.width()).isEqualTo(3);
		assertThat(matches(decimal, 7, "007")).isTrue();
		assertThat(matches(decimal, 7, "  7")).isFalse();
		assertThat(matches(decimal, 7, "+07")).isFalse();
		assertThat(matches(decimal, 7, "263")).isFalse();
		ChecksumForm hex = new ChecksumForm(Form.HEX, ByteOrder.BIG_ENDIAN, 2);
		assertThat(matches(hex, 0xA1B2, "A1b2")).isTrue();
		assertThat(matches(hex, 0x1B2, " 1B2")).isFalse();
		ChecksumForm little = new ChecksumForm(Form.BINARY, ByteOrder.LITTLE_ENDIAN, 2);
		assertThat(little.show(0x1234)).isEqualTo("3412");
	}

	private static boolean matches(ChecksumForm form, long sum, String text) {
		return form.matches(sum, text.getBytes(StandardCharsets.US_ASCII), 0);
	}

}
