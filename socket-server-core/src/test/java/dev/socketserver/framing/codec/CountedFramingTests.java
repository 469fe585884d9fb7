package dev.socketserver.framing.codec;

import java.util.Arrays;

import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.CountedBuilder;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CountedFramingTests {

	private static final Framing STORE = Framings.counted().word(4).when("set", "add").build();

	@Test
	void theDrawingInTheJavadocIsTrue() {
		assertThat(decode(Framings.counted().when("put").build(), "put 3\r\nabc\r\nget\r\n"))
			.isEqualTo("put 3\r\nabc|get|{}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			set a 0 0 2\\r\\n\\r\\n\\r\\nget a\\r\\n      | 'set a 0 0 2\\r\\n\\r\\n_get a_{}'
			add a 0 0 0 noreply\\r\\n\\r\\n              | 'add a 0 0 0 noreply\\r\\n_{}'
			\\t set  a 0\\t0   1 \\r\\nx\\r\\n             | '\\t set  a 0\\t0   1 \\r\\nx_{}'
			sets a 0 0 9\\r\\nse\\r\\n\\r\\n              | 'sets a 0 0 9_se__{}'
			SET a 0 0 9\\r\\na\\nb\\rc\\r\\r\\n            | 'SET a 0 0 9_a\\nb\\rc\\r_{}'
			set a 0 0 3\\r\\nab\\r\\nc                   | refused_{}
			set a 0 0 3\\r\\nabcd\\n                     | refused_{}
			set a 0 0\\r\\n                             | refused_{}
			set a 0 0 -1\\r\\n                          | refused_{}
			set a 0 0 3x\\r\\n                          | refused_{}
			set a 0 0 99\\r\\n                          | refused_{}
			set a 0 0 1234567890123456789\\r\\n          | refused_{}
			set a 0 0 3\\r\\nab                         | left over: 15_{}
			""")
	void aWordSaysHowManyBytesFollow(String received, String expected) {
		assertThat(decode(STORE, received.translateEscapes()).replace('|', '_')).isEqualTo(expected.translateEscapes());
	}

	@Test
	void wordsMayBeCountedFromTheEnd() {
		Framing framing = Framings.counted().word(-2).build();

		assertThat(decode(framing, "a 1 b\r\nx\r\n2 c\r\nyz\r\n")).isEqualTo("a 1 b\r\nx|2 c\r\nyz|{}");
		assertThat(decode(framing, "1\r\n")).isEqualTo("refused|{}");
		assertThat(decode(Framings.counted().word(0).build(), "1\r\n2\r\n\r\n")).isEqualTo("1\r\n2|refused|{}");
	}

	@Test
	void whatFollowsMayEndOtherwise() {
		Framing framing = Framings.counted().ending(LineEnding.LF).after(";;").build();

		assertThat(decode(framing, "2\nab;;0\n;;")).isEqualTo("2\nab|0\n|{}");
		assertThat(FrameInputs.encode(framing, "2\nab", "0\n")).asString().isEqualTo("2\nab;;0\n;;");
		assertThat(decode(Framings.counted().after(new byte[0]).build(), "2\r\nab0\r\n1\r\nc"))
			.isEqualTo("2\r\nab|0\r\n|1\r\nc|{}");
	}

	@Test
	void whatIsSentIsChecked() {
		assertThat(FrameInputs.encode(STORE, "set a 0 0 2\r\nab", "STORED", "VALUE a 0 1\r\nx\r\nEND")).asString()
			.isEqualTo("set a 0 0 2\r\nab\r\nSTORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "set a 0 0 2\r\nabc", "set a 0 0 2\r\na", "set a 0 0 0", "set a 0 0\r\n", "set a 0 0 x\r\n" })
	void aPayloadWhoseNumberDoesNotFitIsNotSent(String payload) {
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encode(STORE, payload))
			.withMessageStartingWith("a payload cannot be sent: ");
	}

	@Test
	void theLimitIsThatOfThePayload() throws FramingException {
		assertThat(FrameInputs.decode(STORE.decoder(15), "set a 0 0 2\r\nab\r\n".getBytes())).hasSize(1);
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(STORE.decoder(14), "set a 0 0 2\r\n".getBytes()))
			.withMessage("frame of 15 bytes announced, limits.frame is 14 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(STORE.decoder(14), "set a 0 0 999999999999\r\n".getBytes()));
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> FrameInputs.decode(STORE.decoder(4), "get a".getBytes()))
			.withMessage("line without an end after 4 bytes, limits.frame is 4 bytes");
	}

	@Test
	void whatCannotWorkIsRefused() {
		refused(Framings.counted().ending(LineEnding.NONE),
				"ending is none, but no line would ever end: use crlf or lf");
		refused(Framings.counted().when("set", "a b"), "when is a b, but must be one word, without blanks");
		refused(Framings.counted().when(""), "when is empty, but must be one word, without blanks");
	}

	private static void refused(CountedBuilder builder, String message) {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build).withMessage(message);
	}

	/** Decodes at once, cut in two at every place and in single bytes. */
	private static String decode(Framing framing, String text) {
		byte[] bytes = text.getBytes(ISO_8859_1);
		String outcome = outcome(framing, bytes);
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(outcome(framing, bytes, cut)).as("cut at %s", cut).isEqualTo(outcome);
		}
		int[] single = new int[bytes.length];
		Arrays.fill(single, 1);
		assertThat(outcome(framing, bytes, single)).as("byte by byte").isEqualTo(outcome);
		return outcome;
	}

	private static String outcome(Framing framing, byte[] bytes, int... pieces) {
		return String.join("|",
				FrameInputs.outcome(framing, 50, bytes, pieces).stream().map(CountedFramingTests::text).toList());
	}

	private static String text(String part) {
		return part.matches("([0-9a-f]{2})*") ? new String(FrameInputs.hex(part), ISO_8859_1) : part;
	}

}
