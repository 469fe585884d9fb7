package dev.socketserver.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes results as a report in Markdown.
 */
final class Report {

	private static final Pattern PEER = Pattern
		.compile(".*/(netty-transport|reactor-netty-core|vertx-core|mina-core|spring-integration-ip)-(\\d[^/]*)\\.jar");

	private static final double MICRO = 1e3;

	private final Options options;

	private final Results results;

	Report(Options options, Results results) {
		this.options = options;
		this.results = results;
	}

	String toMarkdown() {
		List<String> lines = new ArrayList<>();
		lines.add("# CPU time of a message");
		lines.add("");
		lines
			.add("Echo, every reply checked. CPU time is that of the server's process, user and system. Ratios are taken "
					+ "within a round. Three values are minimum / **median** / maximum over the rounds; single ones are medians.");
		lines.add("");
		lines.add("- Java " + Runtime.version() + " (" + System.getProperty("java.vm.vendor") + "); " + versions());
		lines.add("- " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", " + processor());
		lines.add("- rounds: " + this.options.rounds() + ", and " + this.options.warmUp() + " before them to warm up; "
				+ this.options.cores() + "; the load generator waits " + this.options.waiting().id());
		this.options.workloads().forEach((workload) -> addTable(lines, workload));
		if (this.options.starts() > 0) {
			addStarts(lines);
		}
		if (this.options.idle() > 0) {
			addRests(lines);
		}
		return lines.stream().collect(Collectors.joining("\n", "", "\n"));
	}

	private void addTable(List<String> lines, Workload workload) {
		lines.add("");
		lines.add(String.format(Locale.ROOT, "## %s; %,d a visit", workload, this.options.messages(workload)));
		lines.add("");
		List<Contender> visited = servers((contender) -> this.results.has(workload, contender));
		if (visited.isEmpty()) {
			lines.add("Not measured.");
			return;
		}
		List<String> head = new ArrayList<>(List.of("server"));
		List<Contender> references = this.options.references().stream().filter(visited::contains).toList();
		references.forEach((reference) -> head.add("× `" + reference.id() + "`"));
		head.addAll(List.of("CPU ns/" + workload.unit(), workload.unit() + "s/s", "p50 µs", "p99 µs", "p99.9 µs",
				"switches/1000"));
		lines.add(row(head));
		lines.add(row(head.stream().map((cell) -> cell.equals("server") ? "---" : "---:").toList()));
		visited.forEach((contender) -> lines.add(row(cells(workload, contender, references))));
	}

	private void addRests(List<String> lines) {
		lines.add("");
		lines.add(String.format(Locale.ROOT, "## %,d idle sessions%s", this.options.idle(),
				(this.options.idleService() == Service.TLS) ? " over TLS" : ""));
		lines.add("");
		lines.add("Live heap is what is left after collections.");
		lines.add("");
		lines.add(row(List.of("server", "live heap, bytes/session")));
		lines.add(row(List.of("---", "---:")));
		for (Contender contender : servers((each) -> !this.results.rests(each).isEmpty())) {
			List<Rest> rests = this.results.rests(contender);
			String problem = rests.stream().map(Rest::problem).filter(Objects::nonNull).findFirst().orElse(null);
			lines.add(row(List.of(contender.title(), (problem != null) ? "could not: " + problem
					: range("%,.0f", Summary.of(rests.stream().mapToDouble(Rest::heapPerSession))))));
		}
	}

	/** Starts differ so much that only the mean of many of them says something. */
	private void addStarts(List<String> lines) {
		lines.add("");
		lines.add(String.format(Locale.ROOT, "## %,d starts of each server", this.options.starts()));
		lines.add("");
		lines.add("CPU time of the whole process until the server listens. Differences are taken within a round, and "
				+ "are the mean ± its standard error.");
		lines.add("");
		List<Contender> started = servers((contender) -> !this.results.starts(contender).isEmpty());
		List<Contender> references = this.options.references().stream().filter(started::contains).toList();
		List<String> head = new ArrayList<>(List.of("server", "CPU ms"));
		references.forEach((reference) -> head.add("more than `" + reference.id() + "`, ms"));
		lines.add(row(head));
		lines.add(row(head.stream().map((cell) -> cell.equals("server") ? "---" : "---:").toList()));
		for (Contender contender : started) {
			List<String> cells = new ArrayList<>(List.of(contender.title(), range("%,.0f",
					Summary.of(this.results.starts(contender).stream().mapToDouble(Double::doubleValue)))));
			references.forEach((reference) -> cells.add(this.results.startDifference(contender, reference).toString()));
			lines.add(row(cells));
		}
	}

	private List<Contender> servers(Predicate<Contender> which) {
		return this.options.servers().stream().filter(which).toList();
	}

	private List<String> cells(Workload workload, Contender contender, List<Contender> references) {
		List<String> cells = new ArrayList<>();
		cells.add(contender.title());
		references
			.forEach((reference) -> cells.add(range("%.2f", this.results.costRatio(workload, contender, reference))));
		cells.add(range("%,.0f", this.results.summary(workload, contender, Measurement::cpuPerMessage)));
		cells.add(median("%,.0f", this.results.summary(workload, contender, Measurement::messagesPerSecond)));
		cells.add(median("%,.0f", this.results.summary(workload, contender, (visit) -> visit.p50() / MICRO)));
		cells.add(median("%,.0f", this.results.summary(workload, contender, (visit) -> visit.p99() / MICRO)));
		cells.add(median("%,.0f", this.results.summary(workload, contender, (visit) -> visit.p999() / MICRO)));
		cells.add(median("%,.0f", this.results.summary(workload, contender, Measurement::switchesPerThousand)));
		return cells;
	}

	private static String range(String format, Summary summary) {
		return String.format(Locale.ROOT, format + " / **" + format + "** / " + format, summary.min(), summary.median(),
				summary.max());
	}

	private static String median(String format, Summary summary) {
		return String.format(Locale.ROOT, format, summary.median());
	}

	private static String row(List<String> cells) {
		return "| " + String.join(" | ", cells) + " |";
	}

	private static String versions() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(PEER::matcher)
			.filter(Matcher::matches)
			.map((matcher) -> matcher.group(1) + " " + matcher.group(2))
			.sorted()
			.collect(Collectors.joining(", "));
	}

	private static String processor() {
		int count = Runtime.getRuntime().availableProcessors();
		String model = "unknown processor";
		try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
			model = lines.filter((line) -> line.startsWith("model name"))
				.findFirst()
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.orElse(model);
		}
		catch (IOException ex) {
			// The report can do without the model.
		}
		return model + ", " + count + ((count == 1) ? " core" : " cores");
	}

}
