package dev.socketserver.benchmarks.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.Summary;

/**
 * Measures what a server adds to the start of an application, as a share of what a web
 * server adds, without and with stored classes, and writes a table to
 * {@code start-cost.md}.
 */
public final class StartCost {

	private static final int SECONDS = 120;

	private static final double PERCENT = 100;

	private final StartOptions options;

	private final Libraries libraries;

	private final List<String> report = new ArrayList<>();

	private StartCost(StartOptions options) throws IOException {
		this.options = options;
		this.libraries = new Libraries(Files.createDirectories(options.output().resolve("start")));
	}

	/**
	 * Runs the measurement. Ends the JVM with status 1 if it cannot run.
	 * @param arguments {@code --rounds} and {@code --output}
	 * @throws IOException if a process cannot be run, or a file not be written
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		try {
			StartOptions options = StartOptions.parse(List.of(arguments));
			String report = new StartCost(options).run();
			Files.writeString(options.output().resolve("start-cost.md"), report);
			System.out.print(report);
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	private String run() throws IOException, InterruptedException {
		for (StartKind kind : StartKind.values()) {
			start(kind, StoredClasses.write(file(kind, "stored")));
		}
		this.report.add("# Cost of a start");
		this.report.add("");
		this.report.add(String.format(Locale.ROOT,
				"Medians of %d starts of each, which took turns. Shares are of what `spring-boot-starter-web` adds "
						+ "in the same round, in brackets their range. Java %s.",
				this.options.rounds(), Runtime.version()));
		measure("without stored classes", (kind) -> List.of());
		measure(StoredClasses.TITLE, (kind) -> StoredClasses.use(file(kind, "stored")));
		return String.join("\n", this.report) + "\n";
	}

	private void measure(String title, Function<StartKind, List<String>> jvm) throws IOException, InterruptedException {
		List<Round> rounds = new ArrayList<>();
		for (int i = 0; i < this.options.rounds(); i++) {
			Map<StartKind, Start> starts = new EnumMap<>(StartKind.class);
			for (StartKind kind : StartKind.values()) {
				starts.put(kind, start(kind, jvm.apply(kind)));
			}
			rounds.add(new Round(starts));
		}
		this.report.add("");
		this.report.add("| " + title + " | CPU time, ms | classes |");
		this.report.add("| --- | ---: | ---: |");
		row("Spring Boot alone",
				(figure) -> text(median(rounds, (round) -> figure.applyAsDouble(round.of(StartKind.BARE)))));
		row("a port of plain Netty adds", (figure) -> added(rounds, StartKind.NETTY, StartKind.BARE, figure));
		row("this starter and one server add", (figure) -> added(rounds, StartKind.SERVER, StartKind.BARE, figure));
		row("`spring-boot-starter-web` adds",
				(figure) -> text(median(rounds, (round) -> round.added(StartKind.WEB, StartKind.BARE, figure))));
		row("this starter and one server add to that",
				(figure) -> added(rounds, StartKind.WEB_AND_SERVER, StartKind.WEB, figure));
	}

	private void row(String title, Function<ToDoubleFunction<Start>, String> cell) {
		this.report.add("| " + title + " | " + cell.apply(Start::cpu) + " | " + cell.apply(Start::classes) + " |");
	}

	/** What one application has more than another, also as a share. */
	private static String added(List<Round> rounds, StartKind kind, StartKind base, ToDoubleFunction<Start> figure) {
		Summary share = Summary.of(rounds.stream()
			.mapToDouble(
					(round) -> round.added(kind, base, figure) / round.added(StartKind.WEB, StartKind.BARE, figure)));
		return String.format(Locale.ROOT, "%s, %.1f %% [%.1f–%.1f]",
				text(median(rounds, (round) -> round.added(kind, base, figure))), PERCENT * share.median(),
				PERCENT * share.min(), PERCENT * share.max());
	}

	private static String text(double value) {
		return String.format(Locale.ROOT, "%,.0f", value);
	}

	private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
		return Summary.of(rounds.stream().mapToDouble(figure)).median();
	}

	private Start start(StartKind kind, List<String> jvm) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		command.addAll(List.of("-cp", this.libraries.classPath(kind), StartedApplication.class.getName(), kind.name()));
		Path log = file(kind, "log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
				throw new BenchmarkException("An application has not started within " + SECONDS + " s: see " + log);
			}
			return Files.readAllLines(log, StandardCharsets.UTF_8)
				.stream()
				.filter((line) -> line.startsWith(Start.PREFIX))
				.map(Start::parse)
				.findFirst()
				.orElseThrow(() -> new BenchmarkException("An application has not started: see " + log));
		}
		finally {
			process.destroyForcibly();
		}
	}

	private Path file(StartKind kind, String suffix) {
		return this.options.output()
			.resolve("start")
			.resolve(kind.name().toLowerCase(Locale.ROOT) + "." + suffix)
			.toAbsolutePath();
	}

	/** One start of each application, one after the other. */
	private record Round(Map<StartKind, Start> starts) {

		Start of(StartKind kind) {
			return Objects.requireNonNull(this.starts.get(kind));
		}

		double added(StartKind kind, StartKind base, ToDoubleFunction<Start> figure) {
			return figure.applyAsDouble(of(kind)) - figure.applyAsDouble(of(base));
		}

	}

}
