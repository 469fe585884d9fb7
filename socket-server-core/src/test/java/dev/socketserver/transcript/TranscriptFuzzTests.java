package dev.socketserver.transcript;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Any text is a transcript or refused, and what is written of a transcript reads back as
 * the same.
 */
class TranscriptFuzzTests {

	@FuzzTest(maxDuration = "60s")
	void readsBackWhatItWrites(byte[] input) {
		Transcript transcript;
		try {
			transcript = Transcript.parse(new String(input, UTF_8));
		}
		catch (InvalidTranscriptException ex) {
			return;
		}
		String written = transcript.toString();

		assertThat(Transcript.parse(written).toString()).isEqualTo(written);
	}

}
