package dev.socketserver.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the sentences of the documentation are short. Code, tables and headings are
 * not counted, an item of a list ends a sentence, and code within a sentence is one word.
 */
class SentencesTests {

	private static final int LONGEST = 35;

	private static final double MEAN = 15;

	/** A sign that ends a sentence, and what may stand between it and the next one. */
	private static final Pattern END = Pattern.compile("(?<=[.!?:][)*\"]{0,3})\\s+(?=[\"*(]*[\\p{Lu}\\p{N}`])");

	private static final Pattern ITEM = Pattern.compile("\\s*([-*]|\\d+\\.) .*");

	@ParameterizedTest
	@MethodSource("pages")
	void noSentenceIsLong(String page) {
		assertThat(sentences(page)).as(page).allMatch((sentence) -> words(sentence) <= LONGEST);
	}

	@ParameterizedTest
	@MethodSource("pages")
	void sentencesAreShortInTheMean(String page) {
		assertThat(sentences(page).stream().mapToInt(SentencesTests::words).average().orElseThrow()).as(page)
			.isLessThanOrEqualTo(MEAN);
	}

	@Test
	void sentencesAreDistinguished() {
		List<String> lines = List.of("# A heading", "", "One of `code.With()` two", "lines. Another, e.g. this: a list",
				"", "- an item", "  of two lines", "- a second", "", "| a | table |", "", "```java", "code();", "```",
				"The [end](page.md#here).");

		assertThat(sentences(lines)).containsExactly("One of `code` two lines.", "Another, e.g. this: a list",
				"an item of two lines", "a second", "The end.");
	}

	static Stream<String> pages() {
		return Documentation.pages();
	}

	private static List<String> sentences(String page) {
		return sentences(Documentation.lines(page));
	}

	static List<String> sentences(List<String> lines) {
		List<String> sentences = new ArrayList<>();
		StringBuilder paragraph = new StringBuilder();
		boolean code = false;
		for (String line : Stream.concat(lines.stream(), Stream.of("")).toList()) {
			boolean fence = line.strip().startsWith("```");
			code ^= fence;
			boolean prose = !code && !fence && !line.isBlank() && !line.matches("\\s*([|#]|<!--|!\\[).*");
			if (!prose || ITEM.matcher(line).matches()) {
				END.splitAsStream(plain(paragraph)).filter((sentence) -> !sentence.isBlank()).forEach(sentences::add);
				paragraph.setLength(0);
			}
			if (prose) {
				paragraph.append(line.replaceFirst("^\\s*([-*]|\\d+\\.) ", "").strip()).append(' ');
			}
		}
		return sentences;
	}

	private static String plain(CharSequence paragraph) {
		return paragraph.toString()
			.replaceAll("`[^`]*`", "`code`")
			.replaceAll("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
			.strip();
	}

	private static int words(String sentence) {
		return (int) Pattern.compile("\\s+").splitAsStream(sentence).filter((word) -> word.matches(".*\\w.*")).count();
	}

}
