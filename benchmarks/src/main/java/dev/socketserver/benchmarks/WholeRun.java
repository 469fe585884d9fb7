package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs servers one after the other, each for minutes with sessions that come and go, at a
 * part of what a core can do, and prints what has grown meanwhile, the pauses of the
 * garbage collector and the percentiles of replies. The rate of lines is found with the
 * first server, and is the same for all. The table is also written to
 * {@code target/benchmarks/whole-run.md}.
 * <p>
 * Arguments: minutes of each server, 60 by default; sessions, 5,000; the part of a core,
 * 0.6; and servers, {@code netty-gathered} and {@code virtual}.
 */
public final class WholeRun {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/** A session lasts so long. */
	private static final long LIFE = 100 * SECOND;

	/** So many seconds warm a server up, and find the rate. */
	private static final int WARM_UP = 30;

	private final double minutes;

	private final int sessions;

	private final double load;

	/** How many lines a second all sessions send. */
	private double rate = 2_000;

	private boolean rateIsFound;

	private WholeRun(double minutes, int sessions, double load) {
		this.minutes = minutes;
		this.sessions = sessions;
		this.load = load;
	}

	/**
	 * Runs the benchmark.
	 * @param arguments as the class has them
	 * @throws Exception if a server does not do what it is to do
	 */
	public static void main(String[] arguments) throws Exception {
		List<Contender> servers = new ArrayList<>();
		for (int i = 3; i < arguments.length; i++) {
			String id = arguments[i];
			servers.add(Stream.of(Contender.values())
				.filter((contender) -> contender.id().equals(id))
				.findFirst()
				.orElseThrow(() -> new BenchmarkException("There is no server '" + id + "'")));
		}
		if (servers.isEmpty()) {
			servers = List.of(Contender.NETTY_GATHERED, Contender.VIRTUAL);
		}
		new WholeRun((arguments.length > 0) ? Double.parseDouble(arguments[0]) : 60,
				(arguments.length > 1) ? Integer.parseInt(arguments[1]) : 5_000,
				(arguments.length > 2) ? Double.parseDouble(arguments[2]) : 0.6)
			.run(servers);
	}

	private void run(List<Contender> servers) throws IOException, InterruptedException {
		StringBuilder report = new StringBuilder(
				"""
						| server | lines/s | of a core | came and went | heap MB | threads | descriptors | direct MB | resident MB \
						| collections, ms, longest seen | p50 ms | p99 ms | p99.9 ms |
						| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
						""");
		Path folder = Files.createDirectories(Path.of("target", "benchmarks"));
		for (Contender each : servers) {
			String row = run(each, folder);
			System.out.print(row);
			report.append(row);
		}
		System.out.println(report);
		Files.writeString(folder.resolve("whole-run.md"), report);
	}

	private String run(Contender contender, Path folder) throws IOException, InterruptedException {
		List<Service> services = List.of(Service.LINES);
		try (RunningServer server = RunningServer.start(contender, services,
				Benchmark.command(contender, services, folder), folder);
				ServerFigures figures = new ServerFigures(server.pid());
				ComingPeers peers = new ComingPeers(server.port(Service.LINES), this.sessions, LIFE)) {
			for (int second = 0; second < WARM_UP; second++) {
				double part = second(server, peers);
				if (!this.rateIsFound) {
					this.rate *= Math.max(0.7, Math.min(1.5, this.load / Math.max(part, 0.01)));
				}
			}
			this.rateIsFound = true;
			ServerFigures.Figures before = figures.figures();
			ServerFigures.Pauses pausesBefore = figures.pauses();
			peers.reset();
			long longest = 0;
			double parts = 0;
			int seconds = (int) Math.max(1, this.minutes * 60);
			for (int second = 0; second < seconds; second++) {
				parts += second(server, peers);
				longest = Math.max(longest, figures.pauses().last());
			}
			ServerFigures.Pauses pauses = figures.pauses();
			ServerFigures.Figures after = figures.figures();
			return String.format(Locale.ROOT,
					"| %s | %,.0f | %.2f | %,d | %.0f → %.0f | %d → %d | %d → %d | %.0f → %.0f | %.0f → %.0f "
							+ "| %d, %d, %d | %.1f | %.1f | %.1f |%n",
					contender.id(), peers.answered() / (double) seconds, parts / seconds, peers.gone(), before.heap(),
					after.heap(), before.threads(), after.threads(), before.descriptors(), after.descriptors(),
					before.direct(), after.direct(), before.resident(), after.resident(),
					pauses.count() - pausesBefore.count(), pauses.millis() - pausesBefore.millis(), longest,
					peers.percentile(0.5), peers.percentile(0.99), peers.percentile(0.999));
		}
	}

	/**
	 * Has the peers run for a second; returns the part of a core that the server took.
	 */
	private double second(RunningServer server, ComingPeers peers) throws IOException {
		long cpu = server.cpu().toNanos();
		long time = System.nanoTime();
		peers.run(this.rate, SECOND);
		return (server.cpu().toNanos() - cpu) / (double) (System.nanoTime() - time);
	}

}
