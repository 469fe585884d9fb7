package dev.socketserver.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes what a long run has shown to {@code docs/reliability.md}, between two marks.
 */
final class Figures {

	private static final Path PAGE = Path.of("..", "docs", "reliability.md");

	private Figures() {
	}

	static void schedules(int count, Map<String, Long> kinds, long seconds) throws IOException {
		long actions = kinds.values().stream().mapToLong(Long::longValue).sum();
		write("schedules",
				"%,d schedules with %,d actions in %d minutes, 0 failures:\n\n| action | times |\n| --- | --- |\n%s"
					.formatted(count, actions, seconds / 60,
							kinds.entrySet()
								.stream()
								.map((entry) -> "| %s | %,d |".formatted(entry.getKey(), entry.getValue()))
								.collect(Collectors.joining("\n"))));
	}

	static void mutants(List<String> caught) throws IOException {
		write("mutants",
				caught.size() + " mutants, all caught:\n\n| mutant | caught by seed | because |\n| --- | --- | --- |\n"
						+ String.join("\n", caught));
	}

	static void soak(long minutes, int sessions, int schedules, String cluster, List<String> rows) throws IOException {
		write("soak",
				"%,d minutes with %,d sessions and %,d schedules, %s:\n\n| what | first | last | each hour | verdict |\n"
					.formatted(minutes, sessions, schedules, cluster) + "| --- | --- | --- | --- | --- |\n"
						+ String.join("\n", rows));
	}

	private static void write(String mark, String text) throws IOException {
		String begin = "<!-- " + mark + " -->\n";
		String end = "\n<!-- /" + mark + " -->";
		String page = Files.readString(PAGE);
		int from = page.indexOf(begin) + begin.length();
		int to = page.indexOf(end);
		Files.writeString(PAGE, page.substring(0, from) + text + page.substring(to));
	}

}
