package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs servers beside each other for minutes, with sessions that come and go, at a part
 * of what a core can do. Prints what has grown meanwhile, the pauses of the garbage
 * collector and the percentiles of replies. Whatever else the machine does meets all of
 * them. The rate of lines is found with the first server, and is the same for all. The
 * table is also written to {@code target/benchmarks/whole-run.md}.
 * <p>
 * Arguments: minutes, 60 by default; sessions of each server, 5,000; the part of a core
 * that they take together, 0.6; and servers, {@code netty-gathered} and {@code virtual}.
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

	/** How many lines a second all sessions of a server send. */
	private volatile double rate = 2_000;

	/** Of all servers, who begin to warm up and to be measured together. */
	private final CyclicBarrier together;

	/** The first finds the rate. */
	private final List<Contender> servers;

	private WholeRun(double minutes, int sessions, double load, List<Contender> servers) {
		this.minutes = minutes;
		this.sessions = sessions;
		this.load = load / servers.size();
		this.servers = servers;
		this.together = new CyclicBarrier(servers.size());
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
				(arguments.length > 2) ? Double.parseDouble(arguments[2]) : 0.6, servers)
			.run();
	}

	private void run() throws IOException, InterruptedException, ExecutionException {
		StringBuilder report = new StringBuilder(
				"""
						| server | lines/s | of a core | came and went | heap MB | threads | descriptors | direct MB | resident MB \
						| collections, ms, longest seen | p50 ms | p99 ms | p99.9 ms |
						| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
						""");
		Path folder = Files.createDirectories(Path.of("target", "benchmarks"));
		ExecutorService threads = Executors.newFixedThreadPool(this.servers.size());
		try {
			List<Future<String>> rows = new ArrayList<>();
			for (Contender each : this.servers) {
				rows.add(threads.submit(() -> run(each, folder)));
			}
			for (Future<String> each : rows) {
				report.append(each.get());
			}
		}
		finally {
			threads.shutdownNow();
		}
		System.out.println(report);
		Files.writeString(folder.resolve("whole-run.md"), report);
	}

	private String run(Contender contender, Path folder)
			throws IOException, InterruptedException, BrokenBarrierException, TimeoutException {
		List<Service> services = List.of(Service.LINES);
		try (RunningServer server = RunningServer.start(contender, services,
				Benchmark.command(contender, services, folder), folder);
				ServerFigures figures = new ServerFigures(server.pid());
				ComingPeers peers = new ComingPeers(server.port(Service.LINES), this.sessions, LIFE)) {
			this.together.await(5, TimeUnit.MINUTES);
			for (int second = 0; second < WARM_UP; second++) {
				double part = second(server, peers);
				if (contender == this.servers.get(0)) {
					this.rate = this.rate * Math.max(0.7, Math.min(1.5, this.load / Math.max(part, 0.01)));
				}
			}
			this.together.await(5, TimeUnit.MINUTES);
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
