package dev.socketserver.benchmarks.start;

/**
 * What a start took.
 *
 * @param cpu its CPU time, in milliseconds
 * @param classes the classes that the JVM had loaded
 */
record Start(double cpu, double classes) {

	private static final double NANOS = 1e6;

	/** What a started application prints in front of its numbers. */
	static final String PREFIX = "started: ";

	/** Parses what an application has printed. */
	static Start parse(String line) {
		String[] numbers = line.substring(PREFIX.length()).split(" ");
		return new Start(Long.parseLong(numbers[0]) / NANOS, Long.parseLong(numbers[1]));
	}

}
