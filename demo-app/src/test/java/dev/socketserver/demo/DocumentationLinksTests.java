package dev.socketserver.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that links within the documentation lead somewhere, and that one can come from
 * the README to each page.
 */
class DocumentationLinksTests {

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]*)\\)");

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadSomewhere(String page) {
		for (String link : links(page)) {
			int hash = link.indexOf('#');
			Path file = Documentation.ROOT.resolve(page);
			if (hash != 0) {
				file = file.resolveSibling((hash < 0) ? link : link.substring(0, hash)).normalize();
			}
			assertThat(file).as("%s: %s", page, link).exists();
			if (hash >= 0) {
				assertThat(anchors(Documentation.ROOT.relativize(file).toString())).as("%s: %s", page, link)
					.contains(link.substring(hash + 1));
			}
		}
	}

	@Test
	void theReadmeLeadsToEachPage() {
		List<String> seen = new ArrayList<>(List.of("README.md"));
		for (int i = 0; i < seen.size(); i++) {
			Path page = Documentation.ROOT.resolve(seen.get(i));
			links(seen.get(i)).stream()
				.map((link) -> page.resolveSibling(link.replaceFirst("#.*", "")).normalize())
				.filter((file) -> file.toString().endsWith(".md") && Files.exists(file))
				.map((file) -> Documentation.ROOT.relativize(file).toString())
				.filter((other) -> !seen.contains(other))
				.distinct()
				.toList()
				.forEach(seen::add);
		}

		assertThat(seen).containsAll(pages().toList());
	}

	static Stream<String> pages() {
		return Stream.concat(Documentation.pages(), Stream.of("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"));
	}

	/** Those to files of the project. */
	private static List<String> links(String page) {
		List<String> links = new ArrayList<>();
		for (String line : prose(page)) {
			Matcher link = LINK.matcher(line);
			while (link.find()) {
				if (!link.group(1).matches("https?:.*")) {
					links.add(link.group(1));
				}
			}
		}
		return links;
	}

	/** As GitHub makes them of headings. */
	private static List<String> anchors(String page) {
		return prose(page).stream()
			.filter((line) -> line.matches("#+ .*"))
			.map((line) -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
			.map((heading) -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
			.toList();
	}

	private static List<String> prose(String page) {
		List<String> prose = new ArrayList<>();
		boolean code = false;
		for (String line : Documentation.lines(page)) {
			if (line.startsWith("```")) {
				code = !code;
			}
			else if (!code) {
				prose.add(line);
			}
		}
		return prose;
	}

}
