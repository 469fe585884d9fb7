package dev.socketserver.benchmarks.density;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import dev.socketserver.benchmarks.Summary;

/**
 * What is measured while the number of sessions stays the same. The arrays have a value
 * for each process.
 *
 * @param sessions the numbers of sessions
 * @param memory the bytes of memory of the processes
 * @param heap the bytes of their live heap
 * @param cpu the nanoseconds of CPU time that they use in a second
 * @param kernel the bytes of memory that the kernel has for its own objects, among them
 * the sockets of both ends
 * @param machine the bytes of memory that the machine has not available, among them those
 * of these processes, of the kernel, of peers and of whatever else runs
 */
record Step(double[] sessions, double[] memory, double[] heap, double[] cpu, double kernel, double machine) {

	double total() {
		return DoubleStream.of(this.sessions).sum();
	}

	/**
	 * Returns what each session adds to a process.
	 * @param steps at least two steps
	 * @param figure what is looked at
	 * @return the range over the processes of the slopes
	 */
	static Summary perSession(List<Step> steps, Function<Step, double[]> figure) {
		return Summary.of(slopes(steps, figure).stream().mapToDouble(Slope::perUnit));
	}

	/**
	 * Returns what a process needs without sessions, according to the slopes.
	 * @param steps at least two steps
	 * @param figure what is looked at
	 * @return the range over the processes
	 */
	static Summary withoutSessions(List<Step> steps, Function<Step, double[]> figure) {
		return Summary.of(slopes(steps, figure).stream().mapToDouble(Slope::base));
	}

	private static List<Slope> slopes(List<Step> steps, Function<Step, double[]> figure) {
		return IntStream.range(0, steps.get(0).sessions().length)
			.mapToObj((process) -> Slope.of(steps.stream().mapToDouble((step) -> step.sessions()[process]).toArray(),
					steps.stream().mapToDouble((step) -> figure.apply(step)[process]).toArray()))
			.toList();
	}

	/**
	 * Returns what each session, with both of its ends, adds to the whole machine.
	 * @param steps at least two steps
	 * @param figure what is looked at
	 * @return the bytes
	 */
	static double perSessionOfMachine(List<Step> steps, ToDoubleFunction<Step> figure) {
		return Slope.of(steps.stream().mapToDouble(Step::total).toArray(), steps.stream().mapToDouble(figure).toArray())
			.perUnit();
	}

}
