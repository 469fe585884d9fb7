package dev.socketserver.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What all visits found, by workload, server and round. Not for several threads.
 */
final class Results {

	private final Map<Workload, Map<Contender, List<Measurement>>> measurements = new HashMap<>();

	private final Map<Contender, List<Rest>> rests = new EnumMap<>(Contender.class);

	/**
	 * Adds what a visit found. In a round every server is visited once with a workload.
	 */
	void add(Workload workload, Contender contender, Measurement measurement) {
		this.measurements.computeIfAbsent(workload, (key) -> new EnumMap<>(Contender.class))
			.computeIfAbsent(contender, (key) -> new ArrayList<>())
			.add(measurement);
	}

	/**
	 * Whether a server was visited with a workload; else there is nothing to tell.
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
	 * Returns what a message cost a server, as a multiple of what it cost another in the
	 * same round: whatever else the machine did meanwhile met both.
	 */
	Summary costRatio(Workload workload, Contender contender, Contender reference) {
		List<Measurement> ours = of(workload, contender);
		List<Measurement> theirs = of(workload, reference);
		return Summary.of(IntStream.range(0, ours.size())
			.mapToDouble((round) -> ours.get(round).cpuPerMessage() / theirs.get(round).cpuPerMessage()));
	}

	/**
	 * Adds what was found of a server whose sessions rest.
	 */
	void add(Contender contender, Rest rest) {
		this.rests.computeIfAbsent(contender, (key) -> new ArrayList<>()).add(rest);
	}

	/**
	 * Returns what was found of a server whose sessions rest.
	 * @return as many as it was started for that
	 */
	List<Rest> rests(Contender contender) {
		return this.rests.getOrDefault(contender, List.of());
	}

	private List<Measurement> of(Workload workload, Contender contender) {
		return this.measurements.getOrDefault(workload, Map.of()).getOrDefault(contender, List.of());
	}

}
