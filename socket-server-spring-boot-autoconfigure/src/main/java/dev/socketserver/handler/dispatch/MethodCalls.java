package dev.socketserver.handler.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.SessionStatistics.HandlerOutcome;

/**
 * How often the methods of a handler were called, and how long that took. Nothing is
 * measured before somebody asks for it. A handler that takes the place of another with
 * the same methods goes on with its numbers. Safe for use by several threads.
 */
public final class MethodCalls {

	private static final int OUTCOMES = HandlerOutcome.values().length;

	/** The name for messages of which no method is called. */
	public static final String NONE = "none";

	private final List<String> names = new ArrayList<>();

	private volatile Measurements measurements;

	MethodCalls(List<MappedMethod> methods) {
		methods.forEach((method) -> this.names.add(method.name()));
		this.names.add(NONE);
		this.measurements = new Measurements(this.names.size() * OUTCOMES);
	}

	/**
	 * Goes on with the numbers of a handler, if that has the same methods; else measures
	 * from now on if those were measured.
	 */
	void follow(MethodCalls earlier) {
		if (this.names.equals(earlier.names)) {
			this.measurements = earlier.measurements;
		}
		else if (earlier.measurements.watched) {
			this.measurements.watched = true;
		}
	}

	/**
	 * Whether these are the numbers of another handler, which go on.
	 * @param earlier the calls of that handler
	 * @return {@code false} if both are measured each for itself
	 */
	public boolean continues(MethodCalls earlier) {
		return this.measurements == earlier.measurements;
	}

	/**
	 * Begins to measure.
	 * @return the names of the methods, at last {@link #NONE}
	 */
	public List<String> watch() {
		this.measurements.watched = true;
		return this.names.stream().distinct().toList();
	}

	/**
	 * Adds a recorder, which is called after each call, on its thread.
	 * @param recorder the recorder
	 */
	public void addRecorder(Recorder recorder) {
		this.measurements.recorders.add(recorder);
	}

	/**
	 * Removes a recorder.
	 * @param recorder the recorder
	 */
	public void removeRecorder(Recorder recorder) {
		this.measurements.recorders.remove(recorder);
	}

	/**
	 * Returns how many calls there were.
	 * @param method the name of the method
	 * @param outcome how they ended
	 * @return the number
	 */
	public long count(String method, HandlerOutcome outcome) {
		return sum(method, outcome, true);
	}

	/**
	 * Returns how long calls took.
	 * @param method the name of the method
	 * @param outcome how they ended
	 * @return the nanoseconds
	 */
	public long nanos(String method, HandlerOutcome outcome) {
		return sum(method, outcome, false);
	}

	/** Methods of one name, which differ in their parameters, are one. */
	private long sum(String method, HandlerOutcome outcome, boolean counts) {
		long sum = 0;
		for (int i = 0; i < this.names.size(); i++) {
			if (this.names.get(i).equals(method)) {
				Measured found = this.measurements.measured.get(index(i, outcome));
				sum += (counts ? found.count() : found.nanos()).sum();
			}
		}
		return sum;
	}

	private static int index(int method, HandlerOutcome outcome) {
		return method * OUTCOMES + outcome.ordinal();
	}

	/** Returns the time, or 0 if it is not measured. */
	long begin() {
		return this.measurements.watched ? System.nanoTime() : 0;
	}

	/** Counts a call, of which {@link #begin} has returned the beginning. */
	void end(long begun, int method, HandlerOutcome outcome) {
		if (begun == 0) {
			return;
		}
		long nanos = System.nanoTime() - begun;
		int row = (method >= 0) ? method : this.names.size() - 1;
		Measurements now = this.measurements;
		Measured found = now.measured.get(index(row, outcome));
		found.count().increment();
		found.nanos().add(nanos);
		for (Recorder recorder : now.recorders) {
			recorder.record(this.names.get(row), outcome, nanos);
		}
	}

	/** What handlers share that follow each other. */
	private static final class Measurements {

		/** By method and outcome; the last for no method. */
		private final List<Measured> measured = new ArrayList<>();

		private final List<Recorder> recorders = new CopyOnWriteArrayList<>();

		private volatile boolean watched;

		Measurements(int rows) {
			for (int i = 0; i < rows; i++) {
				this.measured.add(new Measured(new LongAdder(), new LongAdder()));
			}
		}

	}

	private record Measured(LongAdder count, LongAdder nanos) {

	}

	/** Is notified of each call. */
	@FunctionalInterface
	public interface Recorder {

		/**
		 * A call has ended.
		 * @param method the name of the method
		 * @param outcome how it ended
		 * @param nanos how long it took, in nanoseconds
		 */
		void record(String method, HandlerOutcome outcome, long nanos);

	}

}
