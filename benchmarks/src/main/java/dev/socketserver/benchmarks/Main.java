package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Runs the benchmarks, prints the report and writes it to {@code report.md}, with a
 * picture in {@code plot.svg}.
 */
public final class Main {

	/**
	 * Set if Maven runs this: when Maven is killed, it does not end the programs that it
	 * runs.
	 */
	private static final String END_WITH_PARENT = "benchmarks.end-with-parent";

	private Main() {
	}

	/**
	 * Runs the benchmarks. Ends the JVM with status 1 if they cannot run, or a server has
	 * failed.
	 * @param arguments see {@code --help}
	 * @throws IOException if a process cannot be run, or a file not be written
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (List.of(arguments).contains("--help")) {
			System.out.print(Options.USAGE);
			return;
		}
		if (Boolean.getBoolean(END_WITH_PARENT)) {
			ProcessHandle.current().parent().ifPresent(Main::endWith);
		}
		try {
			Options options = Options.parse(List.of(arguments));
			Results results = new Benchmark(options, System.out).run();
			Report report = new Report(options, results);
			Path file = options.output().resolve("report.md");
			Files.writeString(file, report.toMarkdown());
			Path plot = options.output().resolve("plot.svg");
			Files.writeString(plot, new Plot(options, results).toSvg());
			System.out.println();
			System.out.print(report.toMarkdown());
			System.out.println();
			System.out.println("Written to " + file.toAbsolutePath() + " and " + plot.toAbsolutePath());
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	private static void endWith(ProcessHandle parent) {
		CompletableFuture<?> unused = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
	}

}
