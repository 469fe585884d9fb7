package dev.socketserver.benchmarks.density;

/**
 * The straight line that is nearest to points, by least squares.
 *
 * @param perUnit by how much y grows with each unit of x
 * @param base y where x is 0
 */
record Slope(double perUnit, double base) {

	/**
	 * Finds the line.
	 * @param x the places of at least two points, not all the same
	 * @param y their values
	 * @return the line
	 */
	static Slope of(double[] x, double[] y) {
		double meanX = mean(x);
		double meanY = mean(y);
		double products = 0;
		double squares = 0;
		for (int i = 0; i < x.length; i++) {
			products += (x[i] - meanX) * (y[i] - meanY);
			squares += (x[i] - meanX) * (x[i] - meanX);
		}
		if (squares == 0) {
			throw new IllegalArgumentException("A slope needs points at two places at least");
		}
		double perUnit = products / squares;
		return new Slope(perUnit, meanY - perUnit * meanX);
	}

	private static double mean(double[] values) {
		double sum = 0;
		for (double value : values) {
			sum += value;
		}
		return sum / values.length;
	}

}
