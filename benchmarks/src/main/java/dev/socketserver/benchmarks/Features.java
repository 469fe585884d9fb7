package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Measures what each feature costs alone, and writes one table of all to
 * {@code features.md}: the CPU time of a message as a multiple of that without it, within
 * a round, and the bytes of an idle session.
 */
public final class Features {

	private static final String LINES = "64x16,64x1";

	private static final String OTHERS = "frames:64x16,frames:64x1,tls:64x16,tls:64x1,connect:64,words:64x16,words:64x1";

	private static final Workload SIXTEEN = workload("64x16");

	private static final Workload ONE = workload("64x1");

	private final Options options;

	private final Results results;

	/** What a request of a client with several connections costs. */
	private final Summary pool;

	private final List<String> lines = new ArrayList<>();

	private Features(Options options, Results results, Summary pool) {
		this.options = options;
		this.results = results;
		this.pool = pool;
	}

	private static Workload workload(String text) {
		return Workload.parse(text).get(0);
	}

	/**
	 * Runs the measurement. Ends the JVM with status 1 if it cannot run.
	 * @param arguments options of the comparison of servers, such as {@code --rounds}
	 * @throws IOException if a process cannot be run, or a file not be written
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		String servers = Stream.of(Contender.values())
			.map(Contender::id)
			.filter((id) -> id.startsWith("with-"))
			.collect(Collectors.joining(","));
		// The reference has more workloads, and is compiled earlier than the others.
		List<String> all = new ArrayList<>(
				List.of("--servers", "event-loop," + servers + ",one-method,eight-keys,eight-methods,eight-by-hand",
						"--reference", "event-loop,one-method", "--workloads", LINES + "," + OTHERS, "--starts", "0",
						"--rounds", "9", "--warm-up", "8", "--messages", "100000", "--idle", "4000"));
		all.addAll(List.of(arguments));
		try {
			Options options = Options.parse(all);
			Results results = new Benchmark(options, System.out).run();
			Features table = new Features(options, results, PoolCost.measure(options));
			Path file = options.output().resolve("features.md");
			Files.writeString(file, table.toMarkdown());
			System.out.println();
			System.out.print(table.toMarkdown());
			System.out.println();
			System.out.println("Written to " + file.toAbsolutePath());
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	private String toMarkdown() {
		this.lines.clear();
		this.lines.add("# Cost of features");
		this.lines.add("");
		this.lines
			.add("Each alone, in `event-loop` on epoll; CPU time of the server's process. Ratios are medians of those "
					+ "within a round, in brackets their range.");
		this.lines.add("");
		this.lines.add("- Java " + Runtime.version() + "; " + System.getProperty("os.name") + " "
				+ System.getProperty("os.version"));
		this.lines.add("- rounds: " + this.options.rounds() + "; " + this.options.cores());
		this.lines.add("");
		this.lines
			.add("| feature | a message, 16 in flight | a message, 1 in flight | a connection that comes and goes "
					+ "| bytes of an idle session |");
		this.lines.add("| --- | ---: | ---: | ---: | ---: |");
		Workload connects = workload("connect:64");
		for (Contender contender : this.options.servers()) {
			if (contender.id().startsWith("with-")) {
				String kind = contender.offers(Service.FRAMES) ? "frames:" : "";
				row(contender.title().replaceFirst(".* with ", ""),
						ratio(workload(kind + "64x16"), contender, Contender.EVENT_LOOP),
						ratio(workload(kind + "64x1"), contender, Contender.EVENT_LOOP),
						ratio(connects, contender, Contender.EVENT_LOOP), bytes(contender));
			}
		}
		row("TLS 1.3", ratio(workload("tls:64x16"), SIXTEEN), ratio(workload("tls:64x1"), ONE), null, null);
		keys("eight keys of one method", Contender.EIGHT_KEYS);
		keys("eight methods, each with a key", Contender.EIGHT_METHODS);
		keys("eight methods, chosen by the handler itself", Contender.EIGHT_BY_HAND);
		this.lines.add("");
		this.lines.add(String.format(Locale.ROOT,
				"A request of a client with four connections instead of one, 64 in flight, costs %s of one.",
				text(this.pool)));
		return String.join("\n", this.lines) + "\n";
	}

	/**
	 * Beside one method without keys, in an application whose handlers run on virtual
	 * threads.
	 */
	private void keys(String feature, Contender contender) {
		row(feature + " (`virtual`)", ratio(workload("words:64x16"), contender, Contender.ONE_METHOD),
				ratio(workload("words:64x1"), contender, Contender.ONE_METHOD), null, null);
	}

	private void row(String feature, @Nullable String... cells) {
		this.lines.add("| " + feature
				+ Stream.of(cells).map((cell) -> " | " + ((cell != null) ? cell : "–")).collect(Collectors.joining())
				+ " |");
	}

	private @Nullable String ratio(Workload workload, Contender contender, Contender reference) {
		if (!this.results.has(workload, contender) || !this.results.has(workload, reference)) {
			return null;
		}
		return text(this.results.costRatio(workload, contender, reference));
	}

	private static String text(Summary summary) {
		return String.format(Locale.ROOT, "%.3f [%.2f–%.2f]", summary.median(), summary.min(), summary.max());
	}

	/**
	 * Of two workloads, which are not measured at the same time but in the same round.
	 */
	private @Nullable String ratio(Workload workload, Workload reference) {
		if (!this.results.has(workload, Contender.EVENT_LOOP)) {
			return null;
		}
		double ours = this.results.summary(workload, Contender.EVENT_LOOP, Measurement::cpuPerMessage).median();
		double theirs = this.results.summary(reference, Contender.EVENT_LOOP, Measurement::cpuPerMessage).median();
		return String.format(Locale.ROOT, "%.2f", ours / theirs);
	}

	private @Nullable String bytes(Contender contender) {
		List<Rest> ours = this.results.rests(contender);
		List<Rest> theirs = this.results.rests(Contender.EVENT_LOOP);
		if (ours.isEmpty() || theirs.isEmpty()) {
			return null;
		}
		return String.format(Locale.ROOT, "%+,.0f", median(ours) - median(theirs));
	}

	private static double median(List<Rest> rests) {
		return Summary.of(rests.stream().mapToDouble(Rest::heapPerSession)).median();
	}

}
