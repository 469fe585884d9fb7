package dev.socketserver.repl.terminal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.socketserver.fixtures.Patience.timed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class TelnetDecoderTests {

	private final Lines lines = new Lines();

	private List<String> decode(Charset charset, byte[] bytes) throws InterruptedException {
		TelnetDecoder decoder = new TelnetDecoder(this.lines, charset);
		decoder.decode(bytes, bytes.length);
		decoder.end();
		return this.lines.texts;
	}

	/**
	 * One character is erased at a time, and typed again, so that whatever depends on the
	 * length of the line is done as often.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "ISO-8859-1", "GBK", "UTF-8" })
	void erasingCostsTheSameWhateverTheLengthOfTheLine(String name) throws Exception {
		Charset charset = Charset.forName(name);
		ByteArrayOutputStream typed = new ByteArrayOutputStream();
		typed.writeBytes("a".repeat(60_000).getBytes(charset));
		for (int i = 0; i < 200_000; i++) {
			typed.writeBytes("b\b\b".getBytes(charset));
		}
		typed.writeBytes("c\n".getBytes(charset));

		assertThat(timed(() -> assertThat(decode(charset, typed.toByteArray())).containsExactly("c")))
			.isLessThan(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@CsvSource({ "61 c3 a9 08 62, ab", "61 c3 08 62, ab", "61 f0 9f 98 80 08 62, ab", "61 f0 9f 98 08 62, ab",
			"61 08 08 08 62, b", "61 c3 0a 62, a\ufffd|b", "61 ff 62, ab" })
	void partOfACharacterCountsAsOne(String typed, String expected) throws Exception {
		byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(typed);
		assertThat(decode(UTF_8, bytes)).containsExactly(expected.split("\\|"));
	}

	@Test
	void aLineMayBeAsLongAsTheLongest() throws Exception {
		String longest = "\u00e9".repeat(TelnetDecoder.MAX_LINE);
		assertThat(decode(UTF_8, (longest + "\n" + longest + "x\n1\n").getBytes(UTF_8))).containsExactly(longest,
				"too long", "1");
	}

	@Test
	void whatIsErasedMakesRoom() throws Exception {
		String longest = "a".repeat(TelnetDecoder.MAX_LINE);
		assertThat(decode(ISO_8859_1, (longest + "\bb\n").getBytes(ISO_8859_1)))
			.containsExactly(longest.substring(1) + "b");
	}

	/** Keeps the lines. */
	private static final class Lines implements TelnetDecoder.Sink {

		private final List<String> texts = new ArrayList<>();

		@Override
		public void line(String line) {
			this.texts.add(line);
		}

		@Override
		public void tooLong() {
			this.texts.add("too long");
		}

		@Override
		public void interrupt() {
		}

		@Override
		public void end() {
		}

		@Override
		public void carriageReturns() {
		}

		@Override
		public boolean negotiated(boolean requested, int option) {
			return false;
		}

		@Override
		public void answer(int... bytes) {
		}

	}

}
