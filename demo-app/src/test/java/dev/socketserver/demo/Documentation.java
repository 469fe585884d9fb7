package dev.socketserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of the project, for tests that read its documentation.
 */
final class Documentation {

	static final Path ROOT = root();

	private Documentation() {
	}

	/**
	 * Returns the lines of a file.
	 * @param path the path from the project's root
	 * @return the lines
	 */
	static List<String> lines(String path) {
		try {
			return Files.readAllLines(ROOT.resolve(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns a file as text.
	 * @param path the path from the project's root
	 * @return the text
	 */
	static String text(String path) {
		return String.join("\n", lines(path));
	}

	/**
	 * Returns the first two columns of the tables in a file, where the first is code.
	 * @param path the path from the project's root
	 * @return the second cells by the first, without quotes
	 */
	static Map<String, String> table(String path) {
		return table(lines(path));
	}

	/**
	 * As {@link #table(String)}, of a part of the file.
	 * @param path the path from the project's root
	 * @param from the heading of the part
	 * @param to the heading after it
	 * @return the second cells by the first, without quotes
	 */
	static Map<String, String> table(String path, String from, String to) {
		List<String> lines = lines(path);
		return table(lines.subList(lines.indexOf(from), lines.indexOf(to)));
	}

	private static Map<String, String> table(List<String> lines) {
		Map<String, String> table = new LinkedHashMap<>();
		for (String line : lines) {
			if (line.startsWith("| `")) {
				String[] cells = line.split(" ?\\| ?");
				table.put(cells[1].replace("`", ""), cells[2]);
			}
		}
		return table;
	}

	/**
	 * Returns the pages.
	 * @return paths from the project's root
	 */
	static Stream<String> pages() {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			return Stream.concat(Stream.of("README.md"),
					docs.map((file) -> ROOT.relativize(file).toString())
						.filter((file) -> file.endsWith(".md"))
						.sorted()
						.toList()
						.stream());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path root() {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.isDirectory(directory.resolve("docs"))) {
			directory = directory.getParent();
		}
		return directory;
	}

}
