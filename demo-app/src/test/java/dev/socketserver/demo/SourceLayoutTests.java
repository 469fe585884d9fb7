package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a room, which is a package, can be seen at a glance, and a file read in one
 * go. {@code docs/decisions/root-package.md} has the reason for the one exception.
 */
class SourceLayoutTests {

	private static final String ROOT_PACKAGE = "socket-server-core/src/main/java/dev/socketserver";

	@Test
	void aFolderHasAtMostTwentySources() throws IOException {
		Map<String, Long> folders = sources().collect(Collectors
			.groupingBy((file) -> Documentation.ROOT.relativize(file.getParent()).toString(), Collectors.counting()));
		folders.remove(ROOT_PACKAGE);

		assertThat(folders).hasSizeGreaterThan(50)
			// What framings of applications are written against is in one package.
			.allSatisfy((folder, files) -> assertThat(files)
				.isLessThanOrEqualTo(folder.equals(ROOT_PACKAGE + "/framing") ? 21 : 20));
	}

	/** Copies of the tree, ignore files and tools leave such folders out. */
	@Test
	void noFolderIsNamedAsABuildsOutput() throws IOException {
		assertThat(sources()).allSatisfy((file) -> assertThat(Documentation.ROOT.relativize(file).toString())
			.doesNotContain("/target/", "/build/", "/bin/", "/out/"));
	}

	@Test
	void aFileHasAtMostSevenHundredLines() throws IOException {
		assertThat(sources()).allSatisfy((file) -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(700));
	}

	@Test
	void theTableOfModulesIsComplete() throws IOException {
		String table = Files.readString(Documentation.ROOT.resolve("CONTRIBUTING.md"));

		assertThat(Pattern.compile("<module>(.*)</module>")
			.matcher(Files.readString(Documentation.ROOT.resolve("pom.xml")))
			.results()
			.map((module) -> module.group(1))).hasSizeGreaterThan(10)
			.allSatisfy((module) -> assertThat(table).contains("| `" + module + "` |"));
	}

	@Test
	void slowTestsExist() throws IOException {
		Set<String> tests;
		try (Stream<Path> files = Files.walk(Documentation.ROOT)) {
			tests = files.filter((file) -> file.toString().contains("/src/test/"))
				.map((file) -> "**/" + file.getFileName())
				.collect(Collectors.toSet());
		}

		assertThat(Files.readAllLines(Documentation.ROOT.resolve(".mvn/slow-tests.txt")))
			.filteredOn((line) -> !line.startsWith("#"))
			.isSorted()
			.isSubsetOf(tests);
	}

	private static Stream<Path> sources() throws IOException {
		List<Path> modules;
		try (Stream<Path> all = Files.list(Documentation.ROOT)) {
			modules = all.filter((module) -> module.getFileName().toString().startsWith("socket-server"))
				.map((module) -> module.resolve("src/main/java"))
				.filter(Files::isDirectory)
				.toList();
		}
		Stream<Path> sources = Stream.empty();
		for (Path module : modules) {
			sources = Stream.concat(sources, Files.walk(module));
		}
		return sources.filter((file) -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"));
	}

}
