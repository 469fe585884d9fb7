package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a reader finds the package of each of our types that a page names: in the
 * table of packages, since most examples are shown without imports.
 */
class PackagesTests {

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

	private static final Pattern ROW = Pattern.compile("\\| (?:`([a-z.]+)`)? ?\\| (.*) \\|");

	private static final Pattern CODE = Pattern.compile("`@?(\\w+)[^`]*`");

	private static final Pattern WORD = Pattern.compile("\\b[A-Z]\\w+");

	@Test
	void theTableHasThePackageOfEachTypeThatAPageNames() throws IOException {
		Map<String, Set<String>> types = types();
		Map<String, String> table = table();
		Map<String, String> missing = new TreeMap<>();
		Documentation.pages()
			.filter((page) -> !page.contains("/decisions/"))
			.forEach((page) -> names(page).forEach((name) -> {
				Set<String> packages = types.getOrDefault(name, Set.of());
				boolean ours = name.startsWith("Socket") || packages.stream().anyMatch(table::containsValue);
				if (!packages.isEmpty() && ours && !table.containsKey(name)) {
					missing.put(name, page);
				}
			}));

		assertThat(missing).isEmpty();
	}

	@Test
	void theTableIsRight() throws IOException {
		Map<String, Set<String>> types = types();
		Map<String, String> table = table();

		assertThat(table).hasSizeGreaterThan(50);
		table.forEach((name, room) -> assertThat(types.getOrDefault(name, Set.of())).as(name).contains(room));
	}

	/** The types by their simple names, but for those that are nested. */
	private static Map<String, String> table() {
		List<String> lines = Documentation.lines("docs/handlers.md");
		Map<String, String> table = new LinkedHashMap<>();
		String room = "";
		for (String line : lines.subList(lines.indexOf("## Packages"), lines.size())) {
			Matcher row = ROW.matcher(line);
			if (row.matches()) {
				room = (row.group(1) != null) ? row.group(1) : room;
				for (MatchResult type : CODE.matcher(row.group(2)).results().toList()) {
					table.put(type.group(1), room);
				}
			}
		}
		return table;
	}

	/** What a page names in its sentences and in its examples. */
	private static Set<String> names(String page) {
		Set<String> names = new TreeSet<>();
		String fence = "";
		for (String line : Documentation.lines(page)) {
			if (line.startsWith("```")) {
				fence = fence.isEmpty() ? line : "";
			}
			else if (fence.equals("```java")) {
				WORD.matcher(line).results().map(MatchResult::group).forEach(names::add);
			}
			else if (fence.isEmpty()) {
				CODE.matcher(line).results().map((code) -> code.group(1)).forEach(names::add);
			}
		}
		return names;
	}

	/** The packages of the public types of all modules that an application uses. */
	private static Map<String, Set<String>> types() throws IOException {
		Map<String, Set<String>> types = new TreeMap<>();
		for (String module : List.of("core", "repl", "spring-boot-autoconfigure", "spring-boot-test",
				"spring-boot-mailbox")) {
			Path sources = Documentation.ROOT.resolve("socket-server-" + module + "/src/main/java");
			try (Stream<Path> files = Files.walk(sources)) {
				for (Path file : files.filter((each) -> each.toString().endsWith(".java")).toList()) {
					String name = file.getFileName().toString().replace(".java", "");
					String code = Files.readString(file);
					Matcher room = PACKAGE.matcher(code);
					if (room.find() && code.matches("(?s).*\\npublic [\\w@ -]* " + name + "\\b.*")) {
						types.computeIfAbsent(name, (key) -> new TreeSet<>()).add(room.group(1));
					}
				}
			}
		}
		return types;
	}

}
