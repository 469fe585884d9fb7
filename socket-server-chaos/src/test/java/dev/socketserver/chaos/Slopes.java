package dev.socketserver.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

import dev.socketserver.chaos.Verdict.Baseline;

/**
 * Whether what a process holds grows: a line through what it has held when nothing was
 * under way, by least squares. What is loaded and pooled at first does not count.
 */
final class Slopes {

	private static final long MIB = 1024 * 1024;

	private static final double HOUR = 3_600;

	private final List<Sample> samples = new ArrayList<>();

	void add(double seconds, Baseline held) {
		this.samples.add(new Sample(seconds, held));
	}

	/**
	 * Returns rows of a table.
	 * @param problems where those go that grow
	 */
	List<String> rows(List<String> problems) {
		return List.of(row("heap after GC, KB", Baseline::heap, 1024, 8 * MIB, problems),
				row("direct memory, KB", Baseline::direct, 1024, 16 * MIB, problems),
				row("descriptors", Baseline::descriptors, 1, 8, problems),
				row("threads", Baseline::threads, 1, 16, problems));
	}

	private String row(String what, ToLongFunction<Baseline> of, long unit, long allowed, List<String> problems) {
		List<Sample> later = this.samples.subList(this.samples.size() / 4, this.samples.size());
		double slope = slope(later, of);
		double risen = slope * (later.get(later.size() - 1).seconds - later.get(0).seconds);
		if (risen > allowed) {
			problems.add(what + " has grown by " + Math.round(risen / unit));
		}
		return String.format(Locale.ROOT, "| %s | %,d | %,d | %+,.1f | %s |", what,
				of.applyAsLong(later.get(0).held) / unit, of.applyAsLong(later.get(later.size() - 1).held) / unit,
				slope * HOUR / unit, (risen > allowed) ? "grows" : "steady");
	}

	/** How much more there is each second. */
	static double slope(List<Sample> samples, ToLongFunction<Baseline> of) {
		double meanTime = samples.stream().mapToDouble(Sample::seconds).average().orElse(0);
		double mean = samples.stream().mapToLong((sample) -> of.applyAsLong(sample.held)).average().orElse(0);
		double above = 0;
		double below = 0;
		for (Sample sample : samples) {
			double time = sample.seconds - meanTime;
			above += time * (of.applyAsLong(sample.held) - mean);
			below += time * time;
		}
		return (below > 0) ? above / below : 0;
	}

	/**
	 * What was held at a time.
	 *
	 * @param seconds since the beginning
	 * @param held what was held
	 */
	record Sample(double seconds, Baseline held) {
	}

}
