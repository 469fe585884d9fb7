package dev.socketserver.framing.wrapper;

import java.util.stream.Stream;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class RejectingFramingTests {

	private static final Framing LINE = Framings.line().rejectEmbedded(true).build();

	private static final Framing STRICT = Framings.line()
		.ending(LineEnding.CRLF)
		.strict(true)
		.rejectEmbedded(true)
		.build();

	private static final Framing LONE_CR = Framings.line().loneCarriageReturn(true).rejectEmbedded(true).build();

	private static final Framing DELIMITER = Framings.delimiter().delimiters("aa", ";").rejectEmbedded(true).build();

	private static final Framing KEEP = Framings.delimiter()
		.delimiters(";", "\\r\\n")
		.keep(true)
		.rejectEmbedded(true)
		.build();

	private static final Framing START_END = Framings.startEnd().start("(").end("))").rejectEmbedded(true).build();

	private static final Framing ESCAPED = Framings.delimiter()
		.delimiters(";")
		.escape(Escape.mark('\\', 0))
		.rejectEmbedded(true)
		.build();

	static Stream<Arguments> sent() {
		return Stream.of(arguments(LINE, "a\rb", "a\rb\n"), arguments(STRICT, "a\nb\r", "a\nb\r\r\n"),
				arguments(LONE_CR, "ab", "ab\n"), arguments(DELIMITER, "ab", "abaa"), arguments(KEEP, "a\r\n", "a\r\n"),
				arguments(KEEP, "a\r", "a\r;"), arguments(START_END, "a(b)c", "(a(b)c))"),
				arguments(ESCAPED, "a;b", "a\\;b;"));
	}

	@ParameterizedTest
	@MethodSource("sent")
	void whatHasNoDelimiterIsSent(Framing framing, String payload, String sent) {
		assertThat(FrameInputs.encode(framing, payload)).asString().isEqualTo(sent);
	}

	static Stream<Arguments> refused() {
		return Stream.of(arguments(LINE, "a\nb"), arguments(LINE, "a\n"), arguments(LINE, "\r\nb"),
				arguments(STRICT, "a\r\nb"), arguments(LONE_CR, "a\rb"), arguments(LONE_CR, "a\nb"),
				arguments(DELIMITER, "a;b"), arguments(DELIMITER, "ba"), arguments(KEEP, "a;b;"),
				arguments(KEEP, "a;\r\n"), arguments(START_END, "a))"), arguments(START_END, "a)"));
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatHasOneIsRefused(Framing framing, String payload) {
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encode(framing, payload))
			.withMessageContaining("has a delimiter at byte 1, and embedded is reject");
	}

	@Test
	void aSwitchAndSkippedBytesChangeNothing() {
		Framing around = Framings.switching().when("#", LINE).otherwise(LINE).skip("hex:00").build();
		assertThatExceptionOfType(UnframeablePayloadException.class)
			.isThrownBy(() -> FrameInputs.encode(around, "#\nb"));
	}

}
