package dev.socketserver.benchmarks.density;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.benchmarks.BenchmarkException;
import dev.socketserver.benchmarks.LoadGenerator;
import dev.socketserver.benchmarks.Program;

/**
 * Opens idle sessions in processes that share a port, measures what one more costs, and
 * then sends a line to all of them, beside a loop in C.
 */
public final class Density {

	/** What is broadcast, without the end of the line. */
	static final String LINE = "tick 0001 abcdefghijklmnopqrstu";

	private static final int WARM_UP_SESSIONS = 1_000;

	private static final int WARM_UP_BROADCASTS = 5;

	private static final int SETTLE_SECONDS = 3;

	private final DensityOptions options;

	private final Population servers;

	private final Population senders;

	private Density(DensityOptions options) {
		this.options = options;
		this.servers = new Population(options, options.output());
		this.senders = new Population(options, options.output());
	}

	/**
	 * Runs the benchmark. Ends the JVM with status 1 if it cannot run, or takes too long.
	 * @param arguments see {@code --help}
	 * @throws IOException if a process cannot be looked at, or a file not be written
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		if (List.of(arguments).contains("--help")) {
			System.out.print(DensityOptions.USAGE);
			return;
		}
		try {
			DensityOptions options = DensityOptions.parse(List.of(arguments));
			endAfter(options.limitMinutes());
			Density density = new Density(options);
			DensityReport report = density.run();
			Path file = density.write(report);
			System.out.println();
			System.out.print(report);
			System.out.println();
			System.out.println("Written to " + file.toAbsolutePath());
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	/** All processes that this one has started end with it. */
	private static void endAfter(int minutes) {
		CompletableFuture<?> unused = CompletableFuture.runAsync(() -> {
			System.err.println("Not done after " + minutes + " minutes; see --limit");
			Runtime.getRuntime().halt(1);
		}, CompletableFuture.delayedExecutor(minutes, TimeUnit.MINUTES));
	}

	private DensityReport report(List<Step> steps) {
		DensityReport report = new DensityReport(this.options);
		report.steps(steps);
		return report;
	}

	private Path write(DensityReport report) throws IOException {
		return Files.writeString(this.options.output().resolve("density.md"), report.toString());
	}

	private DensityReport run() throws IOException, InterruptedException {
		Files.createDirectories(this.options.output());
		try {
			start();
			warmUp();
			DensityReport report = report(steps());
			if (this.options.senders() > 0) {
				broadcasts(report);
			}
			return report;
		}
		finally {
			this.senders.close();
			this.servers.close();
		}
	}

	private void start() throws IOException, InterruptedException {
		Program crowd = Program.compile("crowd", this.options.tls() ? LoadGenerator.WITH_TLS : List.of(),
				this.options.output());
		int port = 0;
		for (int i = 0; i < this.options.processes(); i++) {
			port = this.servers.add("server-" + i,
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
							"-Xms" + this.options.heapMegabytes() + "m", "-Xmx" + this.options.heapMegabytes() + "m",
							"-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
							DensityServer.class.getName(), String.valueOf(port), String.valueOf(this.options.tls())),
					crowd, i, "device");
		}
		Program fanout = Program.compile("fanout", List.of(), this.options.output());
		for (int i = 0; i < this.options.senders(); i++) {
			this.senders.add("sender-" + i, List.of(fanout.file().toString()), crowd, this.options.processes() + i,
					"-");
		}
		tell("%d processes share port %d", this.options.processes(), port);
	}

	/** Few sessions at a time, so that memory which they leave behind is little. */
	private void warmUp() throws IOException, InterruptedException {
		for (int i = 0; i < this.options.warmUp(); i++) {
			this.servers.open(Math.min(WARM_UP_SESSIONS, this.options.least()));
			for (int line = 0; line < WARM_UP_BROADCASTS; line++) {
				this.servers.broadcast(LINE);
			}
			this.servers.ask("listed");
			this.servers.closeConnections();
		}
		tell("warmed up");
	}

	private List<Step> steps() throws IOException, InterruptedException {
		List<Step> steps = new ArrayList<>();
		boolean room = true;
		for (int count : this.options.counts()) {
			if (room) {
				room = this.servers.open(count);
				steps.add(step());
				if (steps.size() > 1) {
					// A run that fails later leaves what it has found.
					write(report(steps));
				}
				tell("%,d sessions%s", this.servers.total(), room ? "" : ", and no memory for more; see --spare");
			}
		}
		if (steps.size() < 2) {
			throw new BenchmarkException("There is no slope with less than two steps; see --least and --spare");
		}
		return steps;
	}

	private Step step() throws IOException, InterruptedException {
		this.servers.await("listed", this.servers.total());
		double[] heap = this.servers.ask("collect");
		TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
		double[] cpu = this.servers.cpu();
		long start = System.nanoTime();
		TimeUnit.SECONDS.sleep(this.options.restSeconds());
		double[] later = this.servers.cpu();
		double seconds = (System.nanoTime() - start) / 1e9;
		for (int i = 0; i < cpu.length; i++) {
			cpu[i] = (later[i] - cpu[i]) / seconds;
		}
		return new Step(this.servers.ask("sessions"), this.servers.memory(), heap, cpu, MemoryFigures.ofKernel(),
				MemoryFigures.used());
	}

	private void broadcasts(DensityReport report) throws IOException, InterruptedException {
		this.senders.open(this.options.sessions());
		List<Double> ours = new ArrayList<>();
		List<Double> theirs = new ArrayList<>();
		for (int round = -1; round <= this.options.rounds(); round++) {
			// Another one begins each time. The first two rounds do not count.
			double their = (round % 2 == 0) ? this.senders.broadcast(LINE) : 0;
			double our = this.servers.broadcast(LINE);
			their = (round % 2 == 0) ? their : this.senders.broadcast(LINE);
			tell("broadcast %d: %,.0f ns for each of %,d, C %,.0f", round, our, this.servers.total(), their);
			if (round > 0) {
				ours.add(our);
				theirs.add(their);
			}
		}
		report.broadcasts(this.servers.total(), ours, this.senders.total(), theirs);
	}

	private static void tell(String format, Object... values) {
		System.out.println(String.format(Locale.ROOT, format, values));
	}

}
