package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that whoever looks for something in {@code ARCHITECTURE.md} finds the class for
 * it, and that it is there.
 */
class ArchitecturePageTests {

	private static final String PAGE = "ARCHITECTURE.md";

	/** In code quotes; what is after a dot is a member. */
	private static final Pattern NAMED = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.(\\w+))?`");

	/**
	 * In the first column of a table, or with the whole name; a star is for those below.
	 */
	private static final Pattern PACKAGE = Pattern.compile("`(?:dev\\.)?([a-z]+(?:\\.[a-z]+)*)(?:\\.\\*)?`");

	private static final Pattern WHOLE_PACKAGE = Pattern.compile("`dev\\.([a-z.]+)`");

	/** Members, and classes of others. */
	private static final List<String> NO_CLASSES_OF_OURS = List.of("Threshold", "Flood", "SslHandler", "System");

	@Test
	void everyClassThatIsNamedIsThere() throws IOException {
		Set<String> named = named();
		named.removeAll(NO_CLASSES_OF_OURS);

		Set<String> classes = sources().map(ArchitecturePageTests::name).collect(Collectors.toSet());
		assertThat(classes).hasSizeGreaterThan(100).containsAll(named);
	}

	@Test
	void everyMemberThatIsNamedIsThere() throws IOException {
		Set<String> named = named();
		// A name may be that of several classes, of tests for instance.
		Map<String, String> classes = sources().filter((file) -> named.contains(name(file)))
			.collect(Collectors.toMap(ArchitecturePageTests::name,
					(file) -> Documentation.text(Documentation.ROOT.relativize(file).toString()), String::concat));
		for (String line : Documentation.lines(PAGE)) {
			Matcher matcher = NAMED.matcher(line);
			while (matcher.find()) {
				String text = classes.get(matcher.group(1));
				if (text != null && matcher.group(2) != null) {
					Pattern member = Pattern.compile("\\b" + matcher.group(2) + "\\b");
					assertThat(member.matcher(text).find()).as(matcher.group()).isTrue();
				}
			}
		}
	}

	@Test
	void everyPackageThatIsNamedIsThere() throws IOException {
		TreeSet<String> named = new TreeSet<>();
		for (String line : Documentation.lines(PAGE)) {
			boolean row = line.startsWith("| `");
			Matcher matcher = (row ? PACKAGE : WHOLE_PACKAGE).matcher(row ? line.split("\\|")[1] : line);
			while (matcher.find()) {
				named.add(matcher.group(1).replaceFirst("^socketserver\\.?", ""));
			}
		}

		Set<String> packages = sources().map((file) -> file.getParent().toString().replace('/', '.'))
			.filter((name) -> name.contains(".main.java.dev.socketserver"))
			.map((name) -> name.replaceFirst(".*\\.main\\.java\\.dev\\.socketserver\\.?", ""))
			.collect(Collectors.toSet());
		assertThat(named).hasSizeGreaterThan(30);
		assertThat(packages).containsAll(named);
	}

	private static Set<String> named() {
		Set<String> named = new TreeSet<>();
		for (String line : Documentation.lines(PAGE)) {
			Matcher matcher = NAMED.matcher(line);
			while (matcher.find()) {
				named.add(matcher.group(1));
			}
		}
		return named;
	}

	private static Stream<Path> sources() throws IOException {
		List<Path> sources = new ArrayList<>();
		try (Stream<Path> modules = Files.list(Documentation.ROOT)) {
			// What is built, by others at the same time too, comes and goes.
			for (Path module : modules.map((module) -> module.resolve("src")).filter(Files::isDirectory).toList()) {
				try (Stream<Path> files = Files.walk(module)) {
					files.filter((file) -> file.toString().endsWith(".java")).forEach(sources::add);
				}
			}
		}
		return sources.stream();
	}

	private static String name(Path file) {
		return file.getFileName().toString().replace(".java", "");
	}

}
