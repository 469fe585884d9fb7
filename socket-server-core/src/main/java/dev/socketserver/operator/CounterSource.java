package dev.socketserver.operator;

import dev.socketserver.SessionStatistics;

/**
 * The numbers behind the statistics of a server or a client of this engine. Any thread.
 */
public interface CounterSource {

	/**
	 * Returns the numbers that statistics are made of.
	 * @param statistics the statistics of a server or client of this engine
	 * @return their source
	 * @throws ClassCastException if they are statistics of something else
	 */
	static CounterSource of(SessionStatistics statistics) {
		return (CounterSource) statistics;
	}

	/**
	 * Returns what a counter has counted that has one number.
	 * @param counter the counter
	 * @return the number
	 */
	long sum(Counter counter);

	/**
	 * Returns what a counter has counted of a constant.
	 * @param counter the counter
	 * @param label one of its {@link Counter#labels()}
	 * @return the number
	 */
	long sum(Counter counter, Enum<?> label);

	/**
	 * Returns how long the events took that a {@link Counter#isTimed() timed} counter has
	 * counted of a constant.
	 * @param counter the counter
	 * @param label one of its {@link Counter#labels()}
	 * @return the duration of all together, in nanoseconds
	 */
	long nanos(Counter counter, Enum<?> label);

	/**
	 * Adds a recorder of single events. Without one, they are only counted.
	 * @param recorder the recorder
	 */
	void addRecorder(DurationRecorder recorder);

	/**
	 * Removes a recorder.
	 * @param recorder one that was added
	 */
	void removeRecorder(DurationRecorder recorder);

}
