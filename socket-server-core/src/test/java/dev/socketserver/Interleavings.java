package dev.socketserver;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import dev.socketserver.fixtures.Rounds;
import org.jetbrains.kotlinx.lincheck.CTestStructure;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.RandomExecutionGenerator;
import org.jetbrains.lincheck.datastructures.CTestConfiguration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.RandomProvider;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.verifier.LinearizabilityVerifier;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/**
 * Has Lincheck run what several threads may do to a model: a little with the profile
 * {@code all}, more with {@code soak}, and as much as {@code -Dinterleavings.scenarios}
 * and {@code -Dinterleavings.runs} say. {@code -Dinterleavings.seconds} ends a model's
 * run earlier, if it is not to have 300. The number of runs is printed.
 */
public final class Interleavings {

	/** How many scenarios: which thread does what. */
	private static final int SCENARIOS = Rounds.of("interleavings.scenarios", 4, 100);

	/** How many runs each scenario has. */
	private static final int RUNS = Rounds.of("interleavings.runs", 100, 1_000);

	private static final long NANOS = 1_000_000_000L * Long.getLong("interleavings.seconds", 300);

	private static final AtomicLong RAN = new AtomicLong();

	/** How many scenarios of a model were tried before. */
	private static volatile int tried;

	private Interleavings() {
	}

	/** Decides itself when which thread goes on. */
	public static void controlled(Class<?> model) {
		run(model, "controlled runs", ModelCheckingOptions::new);
	}

	/** Lets threads run as they do, for models that are too large to be controlled. */
	public static void stressed(Class<?> model) {
		run(model, "runs", StressOptions::new);
	}

	private static <O extends Options<O, ?>> void run(Class<?> model, String how, Supplier<O> options) {
		long before = RAN.get();
		long begin = System.nanoTime();
		// In portions, so that it can end in time.
		int portion = Math.min(SCENARIOS, 10);
		int done = 0;
		for (; done < SCENARIOS && System.nanoTime() - begin < NANOS; done += portion) {
			tried = done;
			options.get()
				.executionGenerator(Further.class)
				.threads(3)
				.actorsPerThread(3)
				.actorsBefore(1)
				.actorsAfter(0)
				.minimizeFailedScenario(false)
				.verifier(Counting.class)
				.iterations(portion)
				.invocationsPerIteration(RUNS)
				.check(model);
		}
		System.out.printf("%s: %,d %s of %,d scenarios in %d s%n", model.getName().replaceAll(".*\\.", ""),
				RAN.get() - before, how, done, (System.nanoTime() - begin) / 1_000_000_000);
	}

	/**
	 * Goes on where the last portion has ended: Lincheck makes the same scenarios each
	 * time, one after the other.
	 */
	public static final class Further extends RandomExecutionGenerator {

		public Further(CTestConfiguration configuration, CTestStructure structure, RandomProvider random) {
			super(configuration, structure, random);
			for (int i = 0; i < tried; i++) {
				nextExecution();
			}
		}

	}

	/** Counts the runs. */
	public static final class Counting implements Verifier {

		private final Verifier verifier;

		public Counting(Class<?> specification) {
			this.verifier = new LinearizabilityVerifier(specification);
		}

		@Override
		public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
			RAN.incrementAndGet();
			return this.verifier.verifyResults(scenario, results);
		}

	}

}
