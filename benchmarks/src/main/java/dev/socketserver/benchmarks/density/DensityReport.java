package dev.socketserver.benchmarks.density;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import dev.socketserver.benchmarks.Summary;

/**
 * Writes the results of a run as Markdown.
 */
final class DensityReport {

	private static final double MEBI = 1024 * 1024;

	private static final double MICRO = 1e3;

	private static final double MILLI = 1e6;

	private final DensityOptions options;

	private final List<String> lines = new ArrayList<>();

	DensityReport(DensityOptions options) {
		this.options = options;
	}

	/**
	 * Adds what the steps have shown.
	 * @param steps at least two steps
	 */
	void steps(List<Step> steps) {
		Step last = steps.get(steps.size() - 1);
		add("# %,.0f idle sessions%s on one port", last.total(), this.options.tls() ? " of TLS" : "");
		add("");
		add("%d processes, Java %s, %d cores, a heap of %d MB each; %s. Each session has an idle timeout and an identity, "
				+ "and is listed. Memory is the proportional set size, after a garbage collection.",
				this.options.processes(), Runtime.version(), Runtime.getRuntime().availableProcessors(),
				this.options.heapMegabytes(), this.options.cores());
		add("");
		add("| sessions | memory of the processes, MB | live heap, MB | CPU of all, ms/s | memory of the kernel, MB | memory of the machine, MB |");
		add("| ---: | ---: | ---: | ---: | ---: | ---: |");
		for (Step step : steps) {
			add("| %,.0f | %,.0f | %,.0f | %,.1f | %,.0f | %,.0f |", step.total(),
					DoubleStream.of(step.memory()).sum() / MEBI, DoubleStream.of(step.heap()).sum() / MEBI,
					DoubleStream.of(step.cpu()).sum() / MILLI, step.kernel() / MEBI, step.machine() / MEBI);
		}
		add("");
		add("The line through the steps of each process, by least squares, minimum / **median** / maximum over the processes:");
		add("");
		add("| | for each session | without sessions |");
		add("| --- | ---: | ---: |");
		add("| memory | %s bytes | %s MB |", range("%,.0f", Step.perSession(steps, Step::memory), 1),
				range("%,.0f", Step.withoutSessions(steps, Step::memory), MEBI));
		add("| live heap | %s bytes | %s MB |", range("%,.0f", Step.perSession(steps, Step::heap), 1),
				range("%,.1f", Step.withoutSessions(steps, Step::heap), MEBI));
		add("| CPU time in a second | %s ns | %s ms |", range("%,.0f", Step.perSession(steps, Step::cpu), 1),
				range("%,.2f", Step.withoutSessions(steps, Step::cpu), MILLI));
		add("");
		add("In the kernel, both ends of a session take %,.0f bytes. With its part of a process and of its peers, it takes "
				+ "%,.0f bytes of the machine, on which other programs run as well.",
				Step.perSessionOfMachine(steps, Step::kernel), Step.perSessionOfMachine(steps, Step::machine));
	}

	/**
	 * Adds what broadcasts have shown.
	 * @param sessions how many sessions have received each
	 * @param ours the CPU time of each session, by rounds
	 * @param connections how many connections of programs in C have received each
	 * @param theirs the CPU time of each connection, by rounds
	 */
	void broadcasts(long sessions, List<Double> ours, long connections, List<Double> theirs) {
		add("");
		add("A line of %d bytes to all, %d rounds, minimum / **median** / maximum:", Density.LINE.length() + 1,
				ours.size());
		add("");
		add("| | receivers | CPU of a delivery, µs | × C |");
		add("| --- | ---: | ---: | ---: |");
		add("| C, a loop of `send` | %,d | %s | 1.00 |", connections,
				range("%,.2f", Summary.of(theirs.stream().mapToDouble(Double::doubleValue)), MICRO));
		add("| Socket Server, `broadcast` | %,d | %s | %s |", sessions,
				range("%,.2f", Summary.of(ours.stream().mapToDouble(Double::doubleValue)), MICRO),
				range("%.2f", Summary
					.of(IntStream.range(0, ours.size()).mapToDouble((round) -> ours.get(round) / theirs.get(round))),
						1));
	}

	private void add(String format, Object... values) {
		this.lines.add(String.format(Locale.ROOT, format, values));
	}

	private static String range(String format, Summary summary, double unit) {
		return String.format(Locale.ROOT, format + " / **" + format + "** / " + format, summary.min() / unit,
				summary.median() / unit, summary.max() / unit);
	}

	@Override
	public String toString() {
		return String.join("\n", this.lines) + "\n";
	}

}
