package dev.socketserver.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The results of all visits, by workload, server and round. Not safe for use by several
 * threads.
 */
final class Results {

	private final Map<Workload, Map<Contender, List<Measurement>>> measurements = new HashMap<>();

	private final Map<Contender, List<Double>> starts = new EnumMap<>(Contender.class);

	private final Map<Contender, List<Rest>> rests = new EnumMap<>(Contender.class);

	/**
	 * Adds the result of a visit. In each round, every server is visited once with each
	 * workload.
	 */
	void add(Workload workload, Contender contender, Measurement measurement) {
		this.measurements.computeIfAbsent(workload, (key) -> new EnumMap<>(Contender.class))
			.computeIfAbsent(contender, (key) -> new ArrayList<>())
			.add(measurement);
	}

	/**
	 * Whether a server was visited with a workload, so that there are results.
	 */
	boolean has(Workload workload, Contender contender) {
		return !of(workload, contender).isEmpty();
	}

	/**
	 * Returns how a value varied over the rounds.
	 */
	Summary summary(Workload workload, Contender contender, ToDoubleFunction<Measurement> value) {
		return Summary.of(of(workload, contender).stream().mapToDouble(value));
	}

	/**
	 * Returns what a message cost a server, as a multiple of what it cost another server
	 * in the same round, since whatever else the machine did in that time has affected
	 * both.
	 */
	Summary costRatio(Workload workload, Contender contender, Contender reference) {
		return costRatio(workload, contender, workload, reference);
	}

	/**
	 * The same with another workload for the other server.
	 */
	Summary costRatio(Workload workload, Contender contender, Workload other, Contender reference) {
		List<Measurement> ours = of(workload, contender);
		List<Measurement> theirs = of(other, reference);
		return Summary.of(IntStream.range(0, ours.size())
			.mapToDouble((round) -> ours.get(round).cpuPerMessage() / theirs.get(round).cpuPerMessage()));
	}

	/**
	 * Adds the CPU time of a start, in milliseconds. In each round, every server is
	 * started once.
	 */
	void add(Contender contender, double startMillis) {
		this.starts.computeIfAbsent(contender, (key) -> new ArrayList<>()).add(startMillis);
	}

	/**
	 * Returns the CPU time of the starts of a server.
	 * @return one for each time that it was started, in milliseconds
	 */
	List<Double> starts(Contender contender) {
		return this.starts.getOrDefault(contender, List.of());
	}

	/**
	 * Returns how much more CPU time a start took than that of another server in the same
	 * round, in milliseconds.
	 */
	Difference startDifference(Contender contender, Contender reference) {
		return Difference.of(starts(contender), starts(reference));
	}

	/**
	 * Adds the result for the idle sessions of a server.
	 */
	void add(Contender contender, Rest rest) {
		this.rests.computeIfAbsent(contender, (key) -> new ArrayList<>()).add(rest);
	}

	/**
	 * Returns the results for the idle sessions of a server.
	 * @return one for each time that it was started for this
	 */
	List<Rest> rests(Contender contender) {
		return this.rests.getOrDefault(contender, List.of());
	}

	private List<Measurement> of(Workload workload, Contender contender) {
		return this.measurements.getOrDefault(workload, Map.of()).getOrDefault(contender, List.of());
	}

}
