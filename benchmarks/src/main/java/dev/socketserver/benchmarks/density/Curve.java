package dev.socketserver.benchmarks.density;

import java.util.List;

/**
 * How something grows with a number.
 *
 * @param what what grows
 * @param format how its values are written
 * @param points at least two points, in order
 */
record Curve(String what, String format, List<Point> points) {

	/**
	 * Returns the exponent of the power that is nearest to the curve: 1 where it grows in
	 * proportion, 0 where it does not grow.
	 * @return the exponent
	 */
	double exponent() {
		return Slope.of(this.points.stream().mapToDouble((point) -> Math.log(point.x())).toArray(),
				this.points.stream().mapToDouble((point) -> Math.log(Math.max(point.y(), Double.MIN_NORMAL))).toArray())
			.perUnit();
	}

	/**
	 * A point of a curve.
	 *
	 * @param x the number, which is positive
	 * @param y what was measured
	 */
	record Point(double x, double y) {

	}

}
