package dev.socketserver.benchmarks.start;

import java.nio.file.Path;
import java.util.List;

import dev.socketserver.benchmarks.Arguments;
import dev.socketserver.benchmarks.BenchmarkException;

/**
 * The options of a run.
 *
 * @param rounds how often each application is started
 * @param output the directory for the report, for logs, jars and stored classes
 */
record StartOptions(int rounds, Path output) {

	private static final String USAGE = """
			Starts an application alone, with a server and with a web server, and measures what these add.

			  --rounds n      starts of each (default: 15)
			  --output dir    for the report, logs, jars and stored classes (default: target/benchmarks)
			""";

	/**
	 * Parses a command line.
	 * @param arguments pairs of name and value
	 * @return the options
	 * @throws BenchmarkException if an argument is unknown or wrong
	 */
	static StartOptions parse(List<String> arguments) {
		int rounds = 15;
		Path output = Path.of("target", "benchmarks");
		Arguments given = new Arguments(arguments, USAGE);
		while (given.next()) {
			switch (given.name()) {
				case "--rounds" -> rounds = given.number(1);
				case "--output" -> output = Path.of(given.value());
				case "--help" -> throw new BenchmarkException(USAGE);
				default -> throw given.unknown();
			}
		}
		return new StartOptions(rounds, output);
	}

}
