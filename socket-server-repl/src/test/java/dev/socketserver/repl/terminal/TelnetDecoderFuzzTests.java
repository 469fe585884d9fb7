package dev.socketserver.repl.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever is typed at a console, one byte at a time or all at once: the same lines, no
 * longer than they may be, and one end.
 */
class TelnetDecoderFuzzTests {

	@FuzzTest(maxDuration = "60s")
	void sameByteByByteAsAtOnce(byte[] input) throws InterruptedException {
		List<String> atOnce = decoded(input, input.length);

		assertThat(decoded(input, 1)).isEqualTo(atOnce);
		assertThat(atOnce.stream().filter("end"::equals)).hasSize(1);
	}

	private static List<String> decoded(byte[] input, int step) throws InterruptedException {
		Seen seen = new Seen();
		TelnetDecoder decoder = new TelnetDecoder(seen, UTF_8);
		for (int from = 0; from < input.length; from += step) {
			byte[] part = Arrays.copyOfRange(input, from, Math.min(input.length, from + step));
			decoder.decode(part, part.length);
		}
		decoder.end();
		return seen.calls;
	}

	/** Records its notifications. */
	private static final class Seen implements TelnetDecoder.Sink {

		private final List<String> calls = new ArrayList<>();

		@Override
		public void line(String line) {
			assertThat(line.length()).isLessThanOrEqualTo(TelnetDecoder.MAX_LINE);
			this.calls.add("line " + line);
		}

		@Override
		public void tooLong() {
			this.calls.add("too long");
		}

		@Override
		public void interrupt() {
			this.calls.add("interrupt");
		}

		@Override
		public void end() {
			this.calls.add("end");
		}

		@Override
		public void carriageReturns() {
			this.calls.add("carriage returns");
		}

		@Override
		public boolean negotiated(boolean requested, int option) {
			this.calls.add("negotiated " + requested + " " + option);
			return false;
		}

		@Override
		public void answer(int... bytes) {
			this.calls.add("answer " + Arrays.toString(bytes));
		}

	}

}
