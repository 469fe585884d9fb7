package dev.socketserver.engine.log;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogText}.
 */
class LogTextTests {

	@ParameterizedTest
	@ValueSource(ints = { 0, '\t', '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028, 0x2029, 0x202e, 0x2066,
			0xfeff, 0xd800, 0xdc00, 0x34f, 0x115f, 0x180b, 0x3164, 0xfe00, 0xfe0e, 0xffa0 })
	void whatTerminalsAndReadersObeyIsEscaped(int character) {
		assertThat(LogText.of("a" + (char) character + "b")).isEqualTo("a" + String.format("\\u%04x", character) + "b");
	}

	/** A language tag, of which nothing is seen, and others with two halves. */
	@ParameterizedTest
	@ValueSource(strings = { "\udb40\udd00", "\udb40\uddef", "\udb40\udc01", "\udb40\udc41", "\ud834\udd73",
			"\udbff\udffd", "\ud83f\udffe" })
	void whatIsNotSeenIsEscapedWhole(String character) {
		assertThat(LogText.of("a" + character + "b"))
			.isEqualTo(String.format("a\\u%04x\\u%04xb", (int) character.charAt(0), (int) character.charAt(1)));
	}

	@Test
	void noControlCharacterComesThrough() {
		for (char next = 0; next < Character.MAX_VALUE; next++) {
			String shown = LogText.of(String.valueOf(next));
			assertThat(
					shown.chars().noneMatch((each) -> Character.isISOControl(each) || each == 0x2028 || each == 0x2029))
				.as("%x", (int) next)
				.isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "größer als 3 \\ 'x'", "\ud83d\ude00 and \u4e2d\u6587", "\u2764\ufe0f" })
	void ordinaryTextIsLeftAlone(String text) {
		assertThat(LogText.of(text)).isEqualTo(text);
	}

	@Test
	void longTextIsAborted() {
		assertThat(LogText.of("x".repeat(200))).isEqualTo("x".repeat(200));
		assertThat(LogText.of("x".repeat(10_000))).isEqualTo("x".repeat(200) + "... (10000 characters)");
		assertThat(LogText.of("x".repeat(199) + "\ud83d\ude00")).startsWith("x".repeat(199) + "\\ud83d...");
	}

	@Test
	void nothingIsNothing() {
		assertThat(LogText.of(null)).isEmpty();
	}

}
