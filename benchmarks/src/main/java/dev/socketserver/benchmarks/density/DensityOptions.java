package dev.socketserver.benchmarks.density;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.benchmarks.Arguments;
import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.Cores;

/**
 * The options of a run.
 *
 * @param processes how many processes share the port
 * @param least how many sessions each of them has at the first step
 * @param sessions how many it has at the last one
 * @param steps how many steps there are
 * @param senders how many programs in C send to as many connections as a process has
 * sessions; 0 to leave out broadcasts
 * @param rounds how often each of both broadcasts
 * @param warmUp how often each process gets a thousand sessions that end again, before
 * anything counts
 * @param rate how many sessions are opened in a second
 * @param restSeconds how long the CPU time of idle sessions is looked at
 * @param spareMegabytes how much memory of the machine is left free: no more sessions are
 * opened then
 * @param heapMegabytes the heap of each process
 * @param tls whether sessions are encrypted
 * @param limitMinutes how long the run may take
 * @param cores the core of the processes, and that of their peers
 * @param output the directory for the report, for logs and for the compiled programs
 */
record DensityOptions(int processes, int least, int sessions, int steps, int senders, int rounds, int warmUp, int rate,
		int restSeconds, int spareMegabytes, int heapMegabytes, boolean tls, int limitMinutes, Cores cores,
		Path output) {

	/** As many networks of addresses as peers have. */
	private static final int MOST_PROCESSES = 200;

	static final String USAGE = """
			Opens idle sessions, each with an idle timeout and an identity, and measures what they cost.

			  --processes n   processes that share one port (default: 2)
			  --sessions n    sessions of each of them at the end (default: 18000)
			  --least n       sessions of each of them at the first step (default: 5000)
			  --steps n       steps from the one to the other, 2 or more (default: 4)
			  --senders n     programs in C to compare broadcasts with, each with --sessions connections;
			                  0 leaves out broadcasts (default: 1)
			  --rounds n      broadcasts of each (default: 9)
			  --warm-up n     times that each process gets 1000 sessions that end, before all else (default: 10)
			  --rate n        sessions that are opened in a second (default: 2000)
			  --rest n        seconds for which the CPU time of idle sessions is looked at (default: 30)
			  --spare n       megabytes of memory that stay free: no more sessions are opened then (default: 2048)
			  --heap n        megabytes of the heap of each process (default: 128)
			  --service s     lines, or tls, for which --senders is 0 (default: lines)
			  --limit n       minutes that all of it may take (default: 30)
			  --cores s,l     the cores of the processes and of their peers, or 'none' (default: the first and the last)
			  --output dir    for the report, logs and programs (default: target/benchmarks)
			""";

	/**
	 * Parses a command line.
	 * @param arguments pairs of name and value
	 * @return the options
	 * @throws BenchmarkException if an argument is unknown or wrong
	 */
	static DensityOptions parse(List<String> arguments) {
		int processes = 2;
		int least = 5_000;
		int sessions = 18_000;
		int steps = 4;
		int senders = 1;
		int rounds = 9;
		int warmUp = 10;
		int rate = 2_000;
		int rest = 30;
		int spare = 2_048;
		int heap = 128;
		boolean tls = false;
		int limit = 30;
		String cores = "";
		Path output = Path.of("target", "benchmarks");
		Arguments given = new Arguments(arguments, USAGE);
		while (given.next()) {
			switch (given.name()) {
				case "--processes" -> processes = given.number(1, MOST_PROCESSES);
				case "--sessions" -> sessions = given.number(1);
				case "--least" -> least = given.number(1);
				case "--steps" -> steps = given.number(2);
				case "--senders" -> senders = given.number(0, MOST_PROCESSES);
				case "--rounds" -> rounds = given.number(1);
				case "--warm-up" -> warmUp = given.number(0);
				case "--rate" -> rate = given.number(1);
				case "--rest" -> rest = given.number(1);
				case "--spare" -> spare = given.number(0);
				case "--heap" -> heap = given.number(1);
				case "--service" -> tls = isTls(given.value());
				case "--limit" -> limit = given.number(1);
				case "--cores" -> cores = given.value();
				case "--output" -> output = Path.of(given.value());
				default -> throw given.unknown();
			}
		}
		if (least >= sessions) {
			throw new BenchmarkException("--least must be less than --sessions, which is " + sessions);
		}
		if (tls && senders > 0) {
			throw new BenchmarkException("--service tls needs --senders 0: what is compared with sends in the clear");
		}
		return new DensityOptions(processes, least, sessions, steps, senders, rounds, warmUp, rate, rest, spare, heap,
				tls, limit, Cores.parse(cores), output);
	}

	private static boolean isTls(String service) {
		return switch (service) {
			case "lines" -> false;
			case "tls" -> true;
			default -> throw new BenchmarkException("--service is lines or tls, not '" + service + "'");
		};
	}

	/**
	 * Returns how many sessions a process has at each step.
	 * @return the numbers, evenly from the least to the most
	 */
	List<Integer> counts() {
		List<Integer> counts = new ArrayList<>();
		for (int step = 0; step < this.steps; step++) {
			counts.add(this.least + (int) ((long) (this.sessions - this.least) * step / (this.steps - 1)));
		}
		return counts;
	}

}
