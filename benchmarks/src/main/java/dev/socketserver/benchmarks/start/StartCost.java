package dev.socketserver.benchmarks.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
				"Medians of %d starts of each, which took turns; in brackets what is added to Spring Boot alone. "
						+ "The share is the median of those within a round. Java %s.",
				this.options.rounds(), Runtime.version()));
		measure("without stored classes", (kind) -> List.of());
		measure(StoredClasses.TITLE, (kind) -> StoredClasses.use(file(kind, "stored")));
		return String.join("\n", this.report) + "\n";
	}

	private void measure(String title, Function<StartKind, List<String>> jvm) throws IOException, InterruptedException {
		List<Round> rounds = new ArrayList<>();
		for (int i = 0; i < this.options.rounds(); i++) {
			rounds.add(new Round(start(StartKind.BARE, jvm.apply(StartKind.BARE)),
					start(StartKind.SERVER, jvm.apply(StartKind.SERVER)),
					start(StartKind.WEB, jvm.apply(StartKind.WEB))));
		}
		this.report.add("");
		this.report.add("| " + title + " | CPU time, ms | classes |");
		this.report.add("| --- | ---: | ---: |");
		row("Spring Boot alone", (figure) -> String.format(Locale.ROOT, "%,.0f",
				median(rounds, (round) -> figure.applyAsDouble(round.bare()))));
		row("with this starter and one server", (figure) -> added(rounds, Round::server, figure));
		row("with `spring-boot-starter-web`", (figure) -> added(rounds, Round::web, figure));
		row("what a server adds, as a share of what a web server adds", (figure) -> share(rounds, figure));
	}

	private void row(String title, Function<ToDoubleFunction<Start>, String> cell) {
		this.report.add("| " + title + " | " + cell.apply(Start::cpu) + " | " + cell.apply(Start::classes) + " |");
	}

	private static String added(List<Round> rounds, Function<Round, Start> start, ToDoubleFunction<Start> figure) {
		return String.format(Locale.ROOT, "%,.0f (+%,.0f)",
				median(rounds, (round) -> figure.applyAsDouble(start.apply(round))),
				median(rounds, (round) -> round.added(start.apply(round), figure)));
	}

	private static String share(List<Round> rounds, ToDoubleFunction<Start> figure) {
		Summary share = Summary.of(rounds.stream()
			.mapToDouble((round) -> round.added(round.server(), figure) / round.added(round.web(), figure)));
		return String.format(Locale.ROOT, "%.1f %% [%.1f–%.1f]", PERCENT * share.median(), PERCENT * share.min(),
				PERCENT * share.max());
	}

	private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
		return Summary.of(rounds.stream().mapToDouble(figure)).median();
	}

	private Start start(StartKind kind, List<String> jvm) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		command.addAll(List.of("-cp", this.libraries.classPath(kind), StartedApplication.class.getName(),
				String.valueOf(kind == StartKind.SERVER)));
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
	private record Round(Start bare, Start server, Start web) {

		double added(Start start, ToDoubleFunction<Start> figure) {
			return figure.applyAsDouble(start) - figure.applyAsDouble(this.bare);
		}

	}

}
