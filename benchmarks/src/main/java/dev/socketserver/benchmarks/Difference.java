package dev.socketserver.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How much more one server needs than another, when both are measured once in each of
 * several rounds.
 *
 * @param mean the mean of the differences
 * @param error the standard error of the mean; NaN if there was only one round
 * @param share the mean as a fraction of what the other server needs
 */
record Difference(double mean, double error, double share) {

	private static final double PERCENT = 100;

	/**
	 * Compares values of two servers.
	 * @param ours the values of the one, for each round
	 * @param theirs the values of the other, for the same rounds; at least one
	 * @return the difference
	 */
	static Difference of(List<Double> ours, List<Double> theirs) {
		double[] differences = IntStream.range(0, ours.size())
			.mapToDouble((i) -> ours.get(i) - theirs.get(i))
			.toArray();
		int count = differences.length;
		double mean = IntStream.range(0, count).mapToDouble((i) -> differences[i]).average().orElseThrow();
		double squares = IntStream.range(0, count).mapToDouble((i) -> Math.pow(differences[i] - mean, 2)).sum();
		double error = (count > 1) ? Math.sqrt(squares / (count - 1) / count) : Double.NaN;
		double theirMean = theirs.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
		return new Difference(mean, error, mean / theirMean);
	}

	@Override
	public String toString() {
		String text = String.format(Locale.ROOT, "%,.0f", this.mean);
		if (!Double.isNaN(this.error)) {
			text += String.format(Locale.ROOT, " ± %,.0f", this.error);
		}
		return text + String.format(Locale.ROOT, " (%.1f %%)", PERCENT * this.share);
	}

}
