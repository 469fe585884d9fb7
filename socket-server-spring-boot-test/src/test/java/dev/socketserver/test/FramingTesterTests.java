package dev.socketserver.test;

import dev.socketserver.framing.Framing;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FramingTester}.
 */
class FramingTesterTests {

	@Test
	void framesAreFoundHoweverTheyAreAborted() {
		FramingTester.of(Framing.startEnd("<", ">"))
			.encodes("hello", "<hello>")
			.decodes("<a>noise<b>", "a", "b")
			.carries("one", "", "three");
		FramingTester.of(Framing.line()).decodes("with\r\nwithout", "with", "without");
		FramingTester.of(Framing.lengthField().build()).carries("one", "two").maxFrameBytes(3).carries("one");
	}

	@Test
	void whatIsTooLongIsRefused() {
		FramingTester.of(Framing.line()).maxFrameBytes(3).refuses("four\n");
	}

	@Test
	void failuresSayWhatWasFound() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> FramingTester.of(Framing.line()).decodes("a\nb\n", "a", "c"))
			.withMessage("Expected the frames [\"a\", \"c\"] of [\"a\\nb\\n\"], but found the frames [\"a\", \"b\"]");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> FramingTester.of(Framing.line()).encodes("a", "a"))
			.withMessageContaining("but it was \"a\\n\"");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> FramingTester.of(Framing.startEnd("<", ">")).decodes("<half"))
			.withMessageContaining("is left");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> FramingTester.of(Framing.line()).refuses("fine\n"))
			.withMessageContaining("to be refused, but found the frame [");
	}

}
