package dev.socketserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the imports of all sources, which the formatter leaves alone: their order, and
 * that each is used. Checkstyle, which parses every file for that, would be a quarter of
 * what the build computes.
 */
class ImportsTests {

	private static final Pattern IMPORT = Pattern.compile("(?m)^import (static )?([\\w.]+)(\\.\\*)?;$");

	private static final Comparator<Import> ORDER = Comparator.comparingInt(Import::group).thenComparing(Import::name);

	@Test
	void areInOrderAndUsed() throws IOException {
		List<String> wrong = new ArrayList<>();
		List<Path> files = sources();
		files.forEach((file) -> wrong.addAll(check(file.toString(), text(file))));
		assertThat(files).hasSizeGreaterThan(1_000);
		assertThat(wrong).isEmpty();
	}

	@Test
	void violationsAreNamed() {
		String source = """
				import java.util.Map;
				import java.util.List;

				import javax.net.ssl.SSLContext;
				import org.junit.jupiter.api.*;

				import static java.util.Objects.requireNonNull;

				import org.springframework.context.ApplicationContext;

				/** See {@link List}. */
				class Map extends SSLContext { ApplicationContext context = requireNonNull(null); }
				""";
		assertThat(check("A", source)).containsExactly("A: java.util.List is not in its place",
				"A: there is no blank line before org.junit.jupiter.api.*", "A: org.junit.jupiter.api.* imports all",
				"A: org.springframework.context.ApplicationContext is not in its place");
		assertThat(check("B", "import java.util.List;\nimport java.util.Map;\n\nclass B { List<?> maps; }"))
			.containsExactly("B: java.util.Map is not used");
		assertThat(check("C", "import java.util.List;\n\nimport java.util.Map;\n\nclass C { List<Map> maps; }"))
			.containsExactly("C: there is a blank line before java.util.Map");
	}

	private static List<Path> sources() throws IOException {
		List<Path> files = new ArrayList<>();
		try (Stream<Path> modules = Files.list(Path.of(".."))) {
			for (Path module : modules.toList()) {
				for (String kind : List.of("main", "test")) {
					Path folder = module.resolve(Path.of("src", kind, "java"));
					if (Files.isDirectory(folder)) {
						try (Stream<Path> all = Files.walk(folder)) {
							all.filter((file) -> file.toString().endsWith(".java")).forEach(files::add);
						}
					}
				}
			}
		}
		return files;
	}

	private static String text(Path file) {
		try {
			return Files.readString(file).replace("\r\n", "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> check(String file, String source) {
		List<String> wrong = new ArrayList<>();
		int last = source.indexOf(";\n", source.lastIndexOf("\nimport ")) + 1;
		Matcher matcher = IMPORT.matcher(source).region(0, last);
		String code = IMPORT.matcher(source.substring(0, last)).replaceAll("") + source.substring(last);
		Import before = null;
		while (matcher.find()) {
			Import now = new Import(matcher.group(1) != null, matcher.group(2) + orEmpty(matcher.group(3)));
			boolean blank = source.startsWith("\n\n", Math.max(0, matcher.start() - 2));
			if (before != null && ORDER.compare(before, now) >= 0) {
				wrong.add(file + ": " + now.name + " is not in its place");
			}
			else if (before != null && blank != (before.group() != now.group())) {
				wrong.add(file + ": there is " + (blank ? "a" : "no") + " blank line before " + now.name);
			}
			if (matcher.group(3) != null) {
				wrong.add(file + ": " + now.name + " imports all");
			}
			else if (!has(code, now.simpleName())) {
				wrong.add(file + ": " + now.name + " is not used");
			}
			before = now;
		}
		return wrong;
	}

	/** Whether code has a word. A pattern for each import takes ten times as long. */
	private static boolean has(String code, String word) {
		int at = code.indexOf(word);
		while (at >= 0 && (isPartOfWord(code, at - 1) || isPartOfWord(code, at + word.length()))) {
			at = code.indexOf(word, at + 1);
		}
		return at >= 0;
	}

	private static boolean isPartOfWord(String code, int index) {
		return index >= 0 && index < code.length() && Character.isJavaIdentifierPart(code.charAt(index));
	}

	private static String orEmpty(String text) {
		return (text != null) ? text : "";
	}

	/**
	 * An import.
	 *
	 * @param isStatic whether it is of a member
	 * @param name what is imported
	 */
	private record Import(boolean isStatic, String name) {

		int group() {
			if (this.isStatic) {
				return 4;
			}
			if (this.name.startsWith("java.")) {
				return 0;
			}
			if (this.name.startsWith("javax.")) {
				return 1;
			}
			return this.name.startsWith("org.springframework.") ? 3 : 2;
		}

		String simpleName() {
			return this.name.substring(this.name.lastIndexOf('.') + 1);
		}

	}

}
