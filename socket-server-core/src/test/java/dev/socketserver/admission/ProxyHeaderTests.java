package dev.socketserver.admission;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

import dev.socketserver.address.Addresses;
import dev.socketserver.admission.ProxyHeader.State;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

class ProxyHeaderTests {

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	private static final String TCP4 = "c0000207 c6336409 d431 01bb";

	private static final String TCP6 = "20010db8000000000000000000000007 20010db8000000000000000000000009 d431 01bb";

	private final ProxyHeader header = new ProxyHeader();

	private static byte[] hex(String text) {
		return HexFormat.of().parseHex(text.replace(" ", ""));
	}

	private static byte[] v1(String line) {
		return line.replace("\\r", "\r").replace("\\n", "\n").getBytes(ISO_8859_1);
	}

	private static byte[] v2(String rest) {
		return hex(SIGNATURE + rest);
	}

	/** Reads, and expects the decision at the last byte and not before. */
	private State read(byte[] bytes) {
		for (int i = 0; i < bytes.length - 1; i++) {
			assertThat(this.header.add(bytes[i])).as("behind byte %s", i).isEqualTo(State.MORE);
		}
		return this.header.add(bytes[bytes.length - 1]);
	}

	private String addresses() {
		return Addresses.format(this.header.source()) + " > " + Addresses.format(this.header.destination());
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.7 198.51.100.9 54321 443, TCP4, 192.0.2.7:54321 > 198.51.100.9:443",
			"255.255.255.255 0.0.0.0 65535 0, TCP4, 255.255.255.255:65535 > 0.0.0.0:0",
			"2001:db8::7 2001:DB8:0:0:0:0:0:9 1 2, TCP6, [2001:db8::7]:1 > [2001:db8::9]:2",
			"::ffff:192.0.2.7 ::1 1 2, TCP6, 192.0.2.7:1 > [::1]:2" })
	void versionOneReportsAddresses(String rest, String family, String expected) {
		assertThat(read(v1("PROXY " + family + " " + rest + "\r\n"))).isEqualTo(State.PROXIED);
		assertThat(addresses()).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROXY UNKNOWN\\r\\n", "PROXY UNKNOWN 1 2 3 4\\r\\n", "PROXY UNKNOWN \u00ff\\r\\n",
			"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\\r\\n" })
	void versionOneMayNotKnow(String line) {
		assertThat(read(v1(line))).isEqualTo(State.LOCAL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\\n", "PROXY \\n", "PROXY \\r\\n",
			"PROXY TCP4\\r\\n", "PROXY  TCP4 192.0.2.7 198.51.100.9 1 2\\r\\n",
			"PROXY TCP4 192.0.2.7 198.51.100.9 1 2 \\r\\n", "PROXY TCP4 192.0.2.7 198.51.100.9 1 2 3\\r\\n",
			"PROXY TCP4 192.0.2.7 198.51.100.9 1\\r\\n", "PROXY TCP4  198.51.100.9 1 2\\r\\n",
			"PROXY TCP4 192.0.2.7 198.51.100.9 65536 2\\r\\n", "PROXY TCP4 192.0.2.7 198.51.100.9 -1 2\\r\\n",
			"PROXY TCP4 192.0.2.7 198.51.100.9 +1 2\\r\\n", "PROXY TCP4 192.0.2.7 198.51.100.9 01 2\\r\\n",
			"PROXY TCP4 192.0.2.7 198.51.100.9 123456 2\\r\\n", "PROXY TCP4 192.0.2.07 198.51.100.9 1 2\\r\\n",
			"PROXY TCP4 192.0.2.256 198.51.100.9 1 2\\r\\n", "PROXY TCP4 ::1 198.51.100.9 1 2\\r\\n",
			"PROXY TCP6 192.0.2.7 ::1 1 2\\r\\n", "PROXY TCP6 fe80::1%eth0 ::1 1 2\\r\\n",
			"PROXY TCP6 [::1] ::1 1 2\\r\\n", "PROXY TCP4 localhost 198.51.100.9 1 2\\r\\n",
			"PROXY UDP4 192.0.2.7 198.51.100.9 1 2\\r\\n", "PROXY tcp4 192.0.2.7 198.51.100.9 1 2\\r\\n",
			"PROXY UNKNOWNS\\r\\n", "PROXY TCP4\t192.0.2.7 198.51.100.9 1 2\\r\\n",
			"PROXY TCP4 \u0661.0.2.7 198.51.100.9 1 2\\r\\n", "PROXY TCP4 192.0.2.7 198.51.100.9 \u00b2 2\\r\\n" })
	void refusesWhatIsNoLine(String line) {
		assertThat(read(v1(line))).isEqualTo(State.INVALID);
		assertThat(this.header.problem()).isNotBlank();
	}

	@Test
	void refusesALineThatDoesNotEndInTime() {
		byte[] longest = v1("PROXY UNKNOWN " + "x".repeat(91) + "\\r\\n");
		assertThat(longest).hasSize(107);
		assertThat(read(longest)).isEqualTo(State.LOCAL);

		ProxyHeader longer = new ProxyHeader();
		byte[] bytes = v1("PROXY UNKNOWN " + "x".repeat(93));
		for (int i = 0; i < 106; i++) {
			assertThat(longer.add(bytes[i])).isEqualTo(State.MORE);
		}
		assertThat(longer.add(bytes[106])).isEqualTo(State.INVALID);
		assertThat(longer.problem()).contains("107");
	}

	@ParameterizedTest
	@CsvSource({ "21 11 000c " + TCP4 + ", 192.0.2.7:54321 > 198.51.100.9:443",
			"21 21 0024 " + TCP6 + ", [2001:db8::7]:54321 > [2001:db8::9]:443",
			"21 11 0013 " + TCP4 + "ff 0004 01020304, 192.0.2.7:54321 > 198.51.100.9:443",
			"21 11 000f " + TCP4 + "04 0000, 192.0.2.7:54321 > 198.51.100.9:443",
			// A TLV of TLVs of which one claims more than there is: not looked at.
			"21 11 0012 " + TCP4 + "20 0003 20ffff, 192.0.2.7:54321 > 198.51.100.9:443" })
	void versionTwoReportsAddresses(String rest, String expected) {
		assertThat(read(v2(rest))).isEqualTo(State.PROXIED);
		assertThat(addresses()).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "20 00 0000", "20 11 000c " + TCP4, "20 11 0000", "20 77 0001 ff", "21 00 0000",
			"21 00 0003 010203", "21 12 000c " + TCP4, "21 22 0024 " + TCP6 })
	void versionTwoMayHaveNoAddressOfASession(String rest) {
		assertThat(read(v2(rest))).isEqualTo(State.LOCAL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "31", "32" })
	void versionTwoMayHaveAPath(String family) {
		assertThat(read(v2("21" + family + "00d8" + "2f".repeat(216)))).isEqualTo(State.LOCAL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "11 11 000c", "31 11 000c", "22 11 000c", "2f 11 000c", "21 11 000b", "21 21 0023",
			"21 12 000b", "21 22 0023", "21 31 00d7", "21 32 00d7", "21 01 0000", "21 10 000c", "21 13 000c",
			"21 41 000c", "21 ff ffff", "21 11 0ff1", "21 11 ffff", "20 00 ffff", "21 00 0ff1" })
	void refusesABlockBeforeAnyOfItsContentComes(String start) {
		assertThat(read(v2(start))).isEqualTo(State.INVALID);
		assertThat(this.header.problem()).isNotBlank();
	}

	@ParameterizedTest
	@ValueSource(strings = { "21 11 0013 " + TCP4 + "03 0004 %s", "21 21 0032 " + TCP6 + "01 0004 68322e30 03 0004 %s",
			"21 11 001b " + TCP4 + "03 0004 %s 20 0005 0103000401", "21 00 0007 03 0004 %s",
			// Inside another TLV: that checksum is not this header's.
			"21 11 001a " + TCP4 + "ea 0004 03000401 03 0004 %s" })
	void checksTheChecksum(String rest) {
		CRC32C crc = new CRC32C();
		crc.update(v2(rest.formatted("00000000")));
		long right = crc.getValue();

		assertThat(read(v2(rest.formatted("%08x".formatted(right))))).isIn(State.PROXIED, State.LOCAL);
		for (int bit = 0; bit < Integer.SIZE; bit++) {
			ProxyHeader other = new ProxyHeader();
			byte[] bytes = v2(rest.formatted("%08x".formatted(right ^ (1L << bit))));
			for (int i = 0; i < bytes.length - 1; i++) {
				other.add(bytes[i]);
			}
			assertThat(other.add(bytes[bytes.length - 1])).isEqualTo(State.INVALID);
			assertThat(other.problem()).isEqualTo("a wrong checksum");
		}
	}

	/** Computed by another implementation, so that one mistake is not made twice. */
	@Test
	void knowsTheChecksumThatOthersCompute() {
		assertThat(read(v2("21 11 0013 " + TCP4 + "03 0004 0ddb98b5"))).isEqualTo(State.PROXIED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "21 11 000f " + TCP4 + "03 0000", "21 11 0014 " + TCP4 + "03 0005 0000000000" })
	void aChecksumHasFourBytes(String rest) {
		assertThat(read(v2(rest))).isEqualTo(State.INVALID);
	}

	@ParameterizedTest
	@ValueSource(strings = { "21 11 000f " + TCP4 + "02ffff", "21 11 000d " + TCP4 + "00",
			"21 11 0011 " + TCP4 + "04 0000 0400", "21 11 0011 " + TCP4 + "03 0004 6162", "21 21 0025 " + TCP6 + "00",
			"21 12 000d " + TCP4 + "00", "21 11 0012 " + TCP4 + "20 ffff 20ffff" })
	void refusesTlvsThatDoNotFillTheirBlock(String rest) {
		assertThat(read(v2(rest))).isEqualTo(State.INVALID);
		assertThat(this.header.problem()).isEqualTo("a TLV that does not fit");
	}

	/** What follows a local command means nothing. */
	@Test
	void aLocalHeaderIsNotChecked() {
		assertThat(read(v2("20 00 0007 03 0004 00000001"))).isEqualTo(State.LOCAL);
	}

	@Test
	void skipsWhatFollowsTheAddresses() {
		byte[] longest = Arrays.copyOf(v2("21 11 0ff0" + TCP4), ProxyHeader.MAX_BYTES);

		assertThat(read(longest)).isEqualTo(State.PROXIED);
		assertThat(addresses()).isEqualTo("192.0.2.7:54321 > 198.51.100.9:443");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "\\r\\n\\r\\n\\r", "PROXX", "\\n", "p", "PROXY\\r", "\\rP", "PR\\r" })
	void seesAtTheFirstOtherByteThatThereIsNone(String text) {
		byte[] bytes = v1(text);

		assertThat(read(bytes)).isEqualTo(State.ABSENT);
		assertThat(this.header.isRecognised()).isFalse();
		assertThat(this.header.held()).isEqualTo(bytes);
	}

	@Test
	void recognisesAHeaderByAllOfItsSignature() {
		assertThat(this.header.isEmpty()).isTrue();
		byte[] start = v2("");
		IntStream.range(0, start.length).forEach((i) -> {
			assertThat(this.header.isRecognised()).isFalse();
			this.header.add(start[i]);
		});
		assertThat(this.header.isRecognised()).isTrue();
		assertThat(this.header.isEmpty()).isFalse();
	}

	@Property
	void anyBytesEndInADecisionWithinBounds(@ForAll("almostHeaders") byte[] bytes) {
		ProxyHeader any = new ProxyHeader();
		State state = State.MORE;
		int read = 0;
		while (state == State.MORE && read < bytes.length) {
			state = any.add(bytes[read++]);
		}
		assertThat(read).isLessThanOrEqualTo(ProxyHeader.MAX_BYTES);
		switch (state) {
			case MORE -> assertThat(read).isEqualTo(bytes.length).isLessThan(ProxyHeader.MAX_BYTES);
			case PROXIED -> {
				assertThat(any.source()).isNotEqualTo(new InetSocketAddress(0));
				assertThat(any.destination().getAddress()).isNotNull();
			}
			case ABSENT -> assertThat(any.held()).isEqualTo(Arrays.copyOf(bytes, read)).hasSizeLessThanOrEqualTo(12);
			case INVALID -> assertThat(any.problem()).matches("[a-zA-Z0-9 ,]+");
			case LOCAL -> assertThat(any.isRecognised()).isTrue();
		}
	}

	/** True headers and starts of such, often with one byte changed, and more behind. */
	@Provide
	Arbitrary<byte[]> almostHeaders() {
		Arbitrary<byte[]> starts = Arbitraries.of(v1("PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\\r\\n"),
				v1("PROXY TCP6 2001:db8::7 ::1 54321 443\\r\\n"), v1("PROXY UNKNOWN\\r\\n"), v1("PROXY "),
				v2("21 11 000c" + TCP4), v2("21 21 0024" + TCP6), v2("20 00 0000"), v2(""), new byte[0]);
		Arbitrary<byte[]> tails = Arbitraries.bytes().array(byte[].class).ofMaxSize(5_000);
		Arbitrary<Integer> places = Arbitraries.integers().between(0, 60);
		return starts.flatMap((start) -> tails.flatMap((tail) -> places.map((place) -> {
			byte[] bytes = Arrays.copyOf(start, start.length + tail.length);
			System.arraycopy(tail, 0, bytes, start.length, tail.length);
			if (place < bytes.length && tail.length > 0 && tail[0] > 0) {
				bytes[place] = tail[0];
			}
			return bytes;
		})));
	}

}
