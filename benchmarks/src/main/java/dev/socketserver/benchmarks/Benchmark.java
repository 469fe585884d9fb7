package dev.socketserver.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * One run: starts all servers, visits them in turn for several rounds, and ends them.
 */
final class Benchmark {

	/** The same for all; more than any of them needs. */
	private static final String HEAP = "-Xmx512m";

	private final Options options;

	private final PrintStream out;

	Benchmark(Options options, PrintStream out) {
		this.options = options;
		this.out = out;
	}

	/**
	 * Runs it. No server is left when this returns or throws.
	 * @return what was found
	 * @throws BenchmarkException if a server does not do what it is to do
	 * @throws IOException if a process cannot be run
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	Results run() throws IOException, InterruptedException {
		if (!System.getProperty("os.name").equals("Linux")) {
			throw new BenchmarkException("The benchmarks need Linux: they compare servers on epoll");
		}
		Path directory = Files.createDirectories(this.options.output());
		LoadGenerator load = new LoadGenerator(Program.compile("load", directory), this.options.cores(),
				this.options.visitSeconds());
		List<RunningServer> servers = new ArrayList<>();
		try {
			for (Contender contender : this.options.servers()) {
				servers.add(RunningServer.start(contender,
						this.options.cores().forServer(command(contender, directory)), directory));
			}
			return visit(servers, load);
		}
		finally {
			servers.forEach(RunningServer::close);
		}
	}

	/**
	 * Returns what runs a server.
	 * @param contender the server
	 * @param directory where a program in C is compiled to; exists
	 * @return the command, which prints {@code port N} and ends with its standard input
	 * @throws IOException if the directory cannot be written to
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	static List<String> command(Contender contender, Path directory) throws IOException, InterruptedException {
		if (!contender.isJava()) {
			return List.of(Program.compile("echo", directory).file().toString());
		}
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP, "-cp",
				System.getProperty("java.class.path"), ServerMain.class.getName(), contender.id());
	}

	private Results visit(List<RunningServer> servers, LoadGenerator load) throws IOException, InterruptedException {
		Results results = new Results();
		for (int round = 1 - this.options.warmUp(); round <= this.options.rounds(); round++) {
			// Another one begins each time: nobody is always visited behind the same.
			Collections.rotate(servers, -1);
			for (Workload workload : this.options.workloads()) {
				StringBuilder line = new StringBuilder(
						(round > 0) ? "round " + round + " of " + this.options.rounds() : "warm-up")
					.append(", ")
					.append(workload)
					.append("; CPU ns/message:");
				for (RunningServer server : servers) {
					Measurement measurement = visit(server, workload, load);
					line.append(String.format(Locale.ROOT, " %s %,.0f", server.contender().id(),
							measurement.cpuPerMessage()));
					if (round > 0) {
						results.add(workload, server.contender(), measurement);
					}
				}
				this.out.println(line);
			}
		}
		return results;
	}

	private Measurement visit(RunningServer server, Workload workload, LoadGenerator load)
			throws IOException, InterruptedException {
		try {
			return load.visit(server.port(), server.pid(), workload, this.options.messages(workload));
		}
		catch (BenchmarkException ex) {
			throw server.failure("fails with " + workload + ": " + ex.getMessage(), ex);
		}
	}

}
