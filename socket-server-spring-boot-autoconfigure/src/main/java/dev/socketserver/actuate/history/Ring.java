package dev.socketserver.actuate.history;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of one server or client at the last {@value #POINTS} samples. Its memory is
 * given at once and never grows. Not safe for use by several threads.
 */
final class Ring {

	/** Fifteen minutes of samples. */
	static final int POINTS = 180;

	private final List<String> names;

	private final long[] points;

	/** Counters at the last sample: of these, a point has the growth since then. */
	private final long[] last;

	private long samples;

	/**
	 * Creates a ring.
	 * @param names the names of the figures: the first is a value of a moment, the others
	 * are counters
	 */
	Ring(List<String> names) {
		this.names = names;
		this.points = new long[POINTS * names.size()];
		this.last = new long[names.size()];
	}

	/**
	 * Adds a sample, in place of the oldest if there are enough.
	 * @param figures the figures as they are now, in the order of their names
	 */
	void add(long... figures) {
		int place = place(this.samples);
		for (int i = 0; i < figures.length; i++) {
			// Nothing is known of the time before the first sample. A server of the same
			// name may have begun again.
			long before = (i == 0) ? 0 : (this.samples == 0) ? figures[i] : this.last[i];
			this.points[place + i] = Math.max(0, figures[i] - before);
			this.last[i] = figures[i];
		}
		this.samples++;
	}

	private int place(long sample) {
		return (int) (sample % POINTS) * this.names.size();
	}

	/**
	 * Returns the last points.
	 * @param wanted how many at most
	 * @return the values of each figure by its name, the oldest first; of counters, by
	 * how much they have grown since the sample before
	 */
	Map<String, long[]> last(int wanted) {
		int count = (int) Math.min(Math.min(wanted, POINTS), this.samples);
		Map<String, long[]> values = new LinkedHashMap<>();
		for (int figure = 0; figure < this.names.size(); figure++) {
			long[] of = new long[count];
			for (int i = 0; i < count; i++) {
				of[i] = this.points[place(this.samples - count + i) + figure];
			}
			values.put(this.names.get(figure), of);
		}
		return values;
	}

}
