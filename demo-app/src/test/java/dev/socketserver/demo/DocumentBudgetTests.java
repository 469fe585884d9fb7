package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what is to be read before the code stays short enough to be read.
 */
class DocumentBudgetTests {

	@ParameterizedTest
	@CsvSource({ "ARCHITECTURE.md, 15", "CHANGELOG.md, 8", "docs/performance.md, 10" })
	void aPageStaysWithinItsBudget(String page, int kilobytes) throws IOException {
		assertThat(Files.size(Documentation.ROOT.resolve(page))).isLessThanOrEqualTo(kilobytes * 1_024L);
	}

	/** The rows of a table are looked up, not read. */
	@Test
	void aDecisionHasOneShortPage() throws IOException {
		try (Stream<Path> pages = Files.list(Documentation.ROOT.resolve("docs/decisions"))) {
			assertThat(pages).hasSizeGreaterThanOrEqualTo(8)
				.allSatisfy((page) -> assertThat(Files.readAllLines(page)).hasSizeGreaterThanOrEqualTo(7)
					.filteredOn((line) -> !line.startsWith("|"))
					.hasSizeLessThanOrEqualTo(30));
		}
	}

	@Test
	void aRecipeHasThreeSteps() {
		List<String> lines = Documentation.lines("CONTRIBUTING.md");
		List<Integer> recipes = IntStream.range(0, lines.size())
			.filter((line) -> lines.get(line).startsWith("## To add"))
			.boxed()
			.toList();
		assertThat(recipes).hasSize(6).allSatisfy((from) -> {
			List<String> steps = lines.subList(from + 1, lines.size())
				.stream()
				.takeWhile((line) -> !line.startsWith("## "))
				.filter((line) -> line.matches("\\d\\. .*"))
				.toList();
			assertThat(steps).hasSize(3);
		});
	}

}
