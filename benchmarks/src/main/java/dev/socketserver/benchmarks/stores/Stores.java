package dev.socketserver.benchmarks.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import dev.socketserver.fixtures.PostgresServer;

/**
 * Measures the messages that a bridge stores in PostgreSQL in a second, beside a loop of
 * JDBC batches by hand, which receives them by Netty or not at all, and the letters that
 * a mailbox delivers, beside a loop by hand that selects and sends: with 1, 8 and 64
 * sessions. The two take turns in one process. The table is also written to
 * {@code target/benchmarks/stores.md}.
 * <p>
 * Arguments: the rounds, the seconds of each measurement, and the numbers of sessions.
 */
public final class Stores {

	private final int rounds;

	private final double seconds;

	private final List<Integer> sessions;

	private Stores(int rounds, double seconds, List<Integer> sessions) {
		this.rounds = rounds;
		this.seconds = seconds;
		this.sessions = sessions;
	}

	/**
	 * Runs the benchmark.
	 * @param arguments rounds, 15 by default; seconds, 1 by default; numbers of sessions
	 * @throws Exception if a database or a server does not do what it is to do
	 */
	public static void main(String[] arguments) throws Exception {
		int rounds = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 15;
		double seconds = (arguments.length > 1) ? Double.parseDouble(arguments[1]) : 1;
		List<Integer> sessions = new ArrayList<>();
		for (int i = 2; i < arguments.length; i++) {
			sessions.add(Integer.parseInt(arguments[i]));
		}
		new Stores(rounds, seconds, sessions.isEmpty() ? List.of(1, 8, 64) : sessions).run();
		// Spring and the driver may have left threads.
		System.exit(0);
	}

	private void run() throws Exception {
		StringBuilder report = new StringBuilder("""
				| | sessions | by hand, in a second | ours | ours of by hand: min / median / max |
				| --- | ---: | ---: | ---: | ---: |
				""");
		try (PostgresServer database = PostgresServer.durable();
				StoringApplication application = new StoringApplication(database)) {
			for (int each : this.sessions) {
				report.append(
						row("messages stored", each, new BatchLoop(database, each), new BridgeLoad(application, each)));
			}
			for (int each : this.sessions) {
				report.append(row("messages received and stored", each, new NettyStore(database, each),
						new BridgeLoad(application, each)));
			}
			for (int each : this.sessions) {
				report.append(row("letters delivered", each, new LetterLoop(application, each),
						new MailboxLoad(application, each)));
			}
		}
		System.out.println(report);
		Path folder = Files.createDirectories(Path.of("target", "benchmarks"));
		Files.writeString(folder.resolve("stores.md"), report);
	}

	private String row(String what, int count, Load byHand, Load ours) throws Exception {
		List<Double> theirRates = new ArrayList<>();
		List<Double> ourRates = new ArrayList<>();
		List<Double> ratios = new ArrayList<>();
		// The first two rounds are for the compiler.
		for (int round = -2; round < this.rounds; round++) {
			boolean first = Math.floorMod(round, 2) == 0;
			double one = rate(first ? byHand : ours);
			double other = rate(first ? ours : byHand);
			if (round >= 0) {
				theirRates.add(first ? one : other);
				ourRates.add(first ? other : one);
				ratios.add(ourRates.get(round) / theirRates.get(round));
			}
		}
		Collections.sort(ratios);
		String row = String.format(Locale.ROOT, "| %s | %d | %,.0f | %,.0f | %.2f / **%.2f** / %.2f |%n", what, count,
				median(theirRates), median(ourRates), ratios.get(0), median(ratios), ratios.get(ratios.size() - 1));
		System.out.print(row);
		return row;
	}

	private double rate(Load load) throws IOException, SQLException, InterruptedException {
		load.prepare();
		long before = System.nanoTime();
		int done = load.run(before + (long) (this.seconds * 1e9));
		return done * 1e9 / (System.nanoTime() - before);
	}

	private static double median(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
	}

	/** What is measured. */
	interface Load {

		/** Does what is not measured. */
		void prepare() throws IOException, SQLException;

		/**
		 * Does as much as can be done in time.
		 * @param end when to stop
		 * @return how many messages or letters
		 */
		int run(long end) throws IOException, SQLException, InterruptedException;

	}

}
