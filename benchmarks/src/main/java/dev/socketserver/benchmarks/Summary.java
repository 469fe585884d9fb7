package dev.socketserver.benchmarks;

import java.util.stream.DoubleStream;

/**
 * The range of a value over the rounds.
 */
public record Summary(double min, double median, double max) {

	/**
	 * Summarizes values.
	 * @param values at least one
	 * @return their range
	 */
	public static Summary of(DoubleStream values) {
		double[] sorted = values.sorted().toArray();
		int middle = sorted.length / 2;
		double median = (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		return new Summary(sorted[0], median, sorted[sorted.length - 1]);
	}

}
