package dev.socketserver.benchmarks.engine;

import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.lane.Lane;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what it costs to put tasks into a {@link Lane} and to run them, on one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LaneBenchmark {

	private static final int SEVERAL = 16;

	private final Lane lane = new Lane(this::ready, new Nobody());

	private @Nullable Lane ready;

	private long ran;

	private void ready(Lane lane) {
		this.ready = lane;
	}

	private void runLane() {
		Lane due = this.ready;
		if (due != null) {
			this.ready = null;
			due.run();
		}
	}

	/**
	 * Runs one task, after which the lane is idle again.
	 * @return a value that depends on it, so that the JVM cannot skip the work
	 */
	@Benchmark
	public long one() {
		this.lane.submit(new Count());
		runLane();
		return this.ran;
	}

	/**
	 * Adds sixteen tasks before the lane runs.
	 * @return a value that depends on them, so that the JVM cannot skip the work
	 */
	@Benchmark
	@OperationsPerInvocation(SEVERAL)
	public long sixteen() {
		for (int i = 0; i < SEVERAL; i++) {
			this.lane.submit(new Count());
		}
		runLane();
		return this.ran;
	}

	private final class Count extends Lane.Task {

		@Override
		public void run() {
			LaneBenchmark.this.ran++;
		}

	}

	private static final class Nobody implements Lane.Owner {

		@Override
		public long sessionNumber() {
			return 1;
		}

		@Override
		public void batchEnded() {
		}

		@Override
		public void refused() {
		}

	}

}
