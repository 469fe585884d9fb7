package dev.socketserver.demo;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/README.md} lists all pages, that each begins with what it is
 * for, and that a long one has a reason there.
 */
class DocumentationIndexTests {

	private static final String INDEX = "docs/README.md";

	/** Three screens. */
	private static final int LONGEST = 2_400;

	@ParameterizedTest
	@MethodSource("pages")
	void aPageIsListed(String page) {
		assertThat(entries(page)).as(page).isNotEmpty();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void aPageBeginsWithWhatItIsForInTwoSentences(String page) {
		List<String> beginning = Documentation.lines(page)
			.stream()
			.skip(2)
			.takeWhile((line) -> !line.isBlank())
			.toList();

		assertThat(SentencesTests.sentences(beginning)).as(page).hasSizeGreaterThanOrEqualTo(2);
	}

	@Test
	void aLongPageHasAReason() {
		assertThat(pages().filter((page) -> words(page) > LONGEST)).isNotEmpty()
			.allSatisfy((page) -> assertThat(entries(page)).as(page)
				.anyMatch((entry) -> entry.contains(". Long, because ")));
	}

	/** Those for whoever uses the project. */
	static Stream<String> pages() {
		return Documentation.pages()
			.filter((page) -> page.startsWith("docs/") && !page.startsWith("docs/decisions/") && !page.equals(INDEX));
	}

	private static List<String> entries(String page) {
		String link = "](" + page.substring("docs/".length());
		return Documentation.lines(INDEX)
			.stream()
			.filter((line) -> line.contains(link + ")") || line.contains(link + "#"))
			.toList();
	}

	private static long words(String page) {
		return Stream.of(Documentation.text(page).strip().split("\\s+")).count();
	}

}
