package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the benchmarks, prints the report and writes it to {@code report.md}.
 */
public final class Main {

	private Main() {
	}

	/**
	 * Runs the benchmarks. Ends the JVM with status 1 if they cannot run, or a server
	 * does not do what it is to do.
	 * @param arguments see {@code --help}
	 * @throws IOException if a process cannot be run, or a file not be written
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (List.of(arguments).contains("--help")) {
			System.out.print(Options.USAGE);
			return;
		}
		try {
			Options options = Options.parse(List.of(arguments));
			Report report = new Report(options, new Benchmark(options, System.out).run());
			Path file = options.output().resolve("report.md");
			Files.writeString(file, report.toMarkdown());
			System.out.println();
			System.out.print(report.toMarkdown());
			System.out.println();
			System.out.println("Written to " + file.toAbsolutePath());
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

}
