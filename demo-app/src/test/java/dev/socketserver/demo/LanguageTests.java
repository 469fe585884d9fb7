package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that nothing of what is published depends on the language of the machine, in
 * which {@code "line"} may become {@code "L\u0130NE"} and {@code 1.5} is {@code 1,5}.
 */
class LanguageTests {

	private static final Pattern DEPENDENT = Pattern
		.compile("to(Upper|Lower)Case\\(\\)|::to(Upper|Lower)Case|%[-+0-9]*(,[0-9]*|\\.[0-9]+)[dfeg]");

	private static final Pattern INDEPENDENT = Pattern.compile("Locale\\.ROOT");

	@Test
	void isOfNoMeaningForTheCode() throws IOException {
		List<String> dependent = new ArrayList<>();
		try (Stream<Path> modules = Files.list(Path.of(".."))) {
			for (Path module : modules.filter(LanguageTests::isPublished).toList()) {
				Path folder = module.resolve("src/main/java");
				try (Stream<Path> files = Files.walk(folder)) {
					for (Path file : files.filter((one) -> one.toString().endsWith(".java")).toList()) {
						Files.readAllLines(file)
							.stream()
							.filter((line) -> DEPENDENT.matcher(line).find() && !INDEPENDENT.matcher(line).find())
							.forEach((line) -> dependent.add(file + ": " + line.strip()));
					}
				}
			}
		}
		assertThat(dependent).isEmpty();
	}

	private static boolean isPublished(Path module) {
		return module.getFileName().toString().startsWith("socket-server-")
				&& !module.endsWith("socket-server-fixtures") && Files.isDirectory(module.resolve("src/main/java"));
	}

}
