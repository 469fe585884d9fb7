package dev.socketserver.transcript;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import dev.socketserver.CloseReason;
import dev.socketserver.transcript.Transcript.Entry;
import dev.socketserver.transcript.Transcript.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Transcript}.
 */
class TranscriptTests {

	@Test
	void readsWhatPeopleWrite() {
		Transcript transcript = Transcript.parse("""
				# A line in capitals.

				> "Hello\\r\\n"
				  <   "HELLO\\n"
				! PEER_CLOSED
				""");

		assertThat(transcript.entries()).extracting(Entry::kind).containsExactly(Kind.RECEIVED, Kind.SENT, Kind.CLOSED);
		assertThat(transcript.entries()).extracting((entry) -> text(entry.payload()))
			.containsExactly("Hello\r\n", "HELLO\n", "");
		assertThat(transcript.entries()).extracting(Entry::line).containsExactly(3, 4, 5);
		assertThat(transcript.entries().get(2).reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(transcript).hasToString("> \"Hello\\r\\n\"\n< \"HELLO\\n\"\n! PEER_CLOSED\n");
	}

	@Test
	void namesSessionsWhereThereAreSeveral() {
		String text = "@ a-1\n> \"1\"\n@ a-2\n> \"2\"\n! IDLE_TIMEOUT\n@ a-1\n< \"3\"\n";

		Transcript transcript = Transcript.parse(text);

		assertThat(transcript.entries()).extracting(Entry::session).containsExactly("a-1", "a-2", "a-2", "a-1");
		assertThat(transcript).hasToString(text);
		assertThat(new Transcript(transcript.entries().subList(0, 1))).hasToString("> \"1\"\n");
	}

	@Test
	void writesEachByteSoThatItIsReadAgain() {
		byte[] bytes = new byte[256];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) i;
		}
		String text = new Transcript(List.of(Entry.payload(Kind.SENT, "", bytes, 0))).toString();

		assertThat(text).isASCII().startsWith("< \"\\0\\x01").contains("\\t\\n\\x0b\\x0c\\r", " !\\\"#", "[\\\\]");
		assertThat(Transcript.parse(text).entries().get(0).payload()).isEqualTo(bytes);
	}

	@Test
	void readsAnyBytesThatItHasWritten() {
		Random random = new Random(4711);
		for (int i = 0; i < 1000; i++) {
			byte[] bytes = new byte[random.nextInt(40)];
			random.nextBytes(bytes);
			String text = new Transcript(List.of(Entry.payload(Kind.RECEIVED, "", bytes, 0))).toString();

			assertThat(Transcript.parse(text).entries().get(0).payload()).isEqualTo(bytes);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '\0',
			value = { "? 'x';begins with one of # @ > < !, but this one with '?'", "> x;in double quotes",
					"> \";in double quotes", "> \"a\"b\";written \\\"", "> \"\\q\";begins one of",
					"> \"\\x4\";begins one of", "> \"\\\";begins one of", "> \"ä\";written \\xHH",
					"@;the id of a session", "! GONE;'GONE' is none" })
	void saysWhichLineIsWrong(String line, String problem) {
		assertThatExceptionOfType(InvalidTranscriptException.class).isThrownBy(() -> Transcript.parse("# one\n" + line))
			.withMessageStartingWith("Line 2 of the transcript: ")
			.withMessageContaining(problem);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

}
