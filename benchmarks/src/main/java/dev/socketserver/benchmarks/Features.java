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

	private static final String STORED = "stored:64x16";

	private final Options options;

	private final Results results;

	/** What a request of a client with several connections costs. */
	private final Summary pool;

	/** What a line costs that Kafka stores, or why that is not known. */
	private final String bridge;

	private final List<String> lines = new ArrayList<>();

	private Features(Options options, Results results, Summary pool, String bridge) {
		this.options = options;
		this.results = results;
		this.pool = pool;
		this.bridge = bridge;
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
		// Each is warm before it is measured.
		List<String> all = new ArrayList<>(
				List.of("--servers", servers + ",one-method,eight-keys,eight-methods,eight-by-hand", "--reference",
						"with-none,one-method", "--workloads", LINES + "," + OTHERS, "--starts", "0", "--rounds", "9",
						"--warm-up", "8", "--messages", "100000", "--idle", "4000"));
		all.addAll(List.of(arguments));
		try {
			Options options = Options.parse(all);
			Results results = new Benchmark(options, System.out).run();
			Features table = new Features(options, results, PoolCost.measure(options), bridge(all));
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

	/**
	 * Measures the bridge in a run of its own, since its broker would disturb the others.
	 */
	private static String bridge(List<String> arguments) throws IOException, InterruptedException {
		List<String> own = new ArrayList<>(arguments);
		own.addAll(
				List.of("--servers", "acknowledging,storing", "--reference", "acknowledging", "--workloads", STORED));
		try {
			Results results = new Benchmark(Options.parse(own), System.out).run();
			return text(results.costRatio(workload(STORED), Contender.STORING, Contender.ACKNOWLEDGING));
		}
		catch (BenchmarkException ex) {
			System.err.println(ex.getMessage());
			return "not measured: " + String.valueOf(ex.getMessage()).lines().findFirst().orElse("");
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
			if (contender.id().startsWith("with-") && contender != Contender.WITH_NONE) {
				row(contender.title().replaceFirst(".*`, with ", ""), ratio("64x16", contender),
						ratio("64x1", contender), ratio(connects, contender, connects, Contender.WITH_NONE),
						bytes(contender));
			}
		}
		keys("eight keys of one method", Contender.EIGHT_KEYS);
		keys("eight methods, each with a key", Contender.EIGHT_METHODS);
		keys("eight methods, chosen by the handler itself", Contender.EIGHT_BY_HAND);
		row("bridge to Kafka: a line is acknowledged once it is stored (`virtual`)", this.bridge, null, null, null);
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
		Workload sixteen = workload("words:64x16");
		Workload one = workload("words:64x1");
		row(feature + " (`virtual`)", ratio(sixteen, contender, sixteen, Contender.ONE_METHOD),
				ratio(one, contender, one, Contender.ONE_METHOD), null, null);
	}

	private void row(String feature, @Nullable String... cells) {
		this.lines.add("| " + feature
				+ Stream.of(cells).map((cell) -> " | " + ((cell != null) ? cell : "–")).collect(Collectors.joining())
				+ " |");
	}

	/** Beside what has nothing else besides. */
	private @Nullable String ratio(String workload, Contender contender) {
		return switch (contender) {
			case WITH_FRAMES ->
				ratio(workload("frames:" + workload), contender, workload(workload), Contender.WITH_NONE);
			case WITH_TLS -> ratio(workload("tls:" + workload), contender, workload(workload), Contender.WITH_NONE);
			case WITH_HEARTBEATS ->
				ratio(workload("frames:" + workload), contender, workload("frames:" + workload), Contender.WITH_FRAMES);
			default -> ratio(workload(workload), contender, workload(workload), Contender.WITH_NONE);
		};
	}

	private @Nullable String ratio(Workload workload, Contender contender, Workload other, Contender reference) {
		if (!this.results.has(workload, contender) || !this.results.has(other, reference)) {
			return null;
		}
		return text(this.results.costRatio(workload, contender, other, reference));
	}

	private static String text(Summary summary) {
		return String.format(Locale.ROOT, "%.3f [%.2f–%.2f]", summary.median(), summary.min(), summary.max());
	}

	private @Nullable String bytes(Contender contender) {
		List<Rest> ours = this.results.rests(contender);
		List<Rest> theirs = this.results.rests(Contender.WITH_NONE);
		if (ours.isEmpty() || theirs.isEmpty()) {
			return null;
		}
		return String.format(Locale.ROOT, "%+,.0f", median(ours) - median(theirs));
	}

	private static double median(List<Rest> rests) {
		return Summary.of(rests.stream().mapToDouble(Rest::heapPerSession)).median();
	}

}
