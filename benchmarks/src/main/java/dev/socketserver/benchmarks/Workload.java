package dev.socketserver.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is asked of a server in one visit.
 *
 * @param connections how many connections
 * @param inFlight how many lines are under way on each
 * @param lineBytes the length of a line, with its end
 */
record Workload(int connections, int inFlight, int lineBytes) {

	private static final Pattern FORM = Pattern.compile("(\\d{1,4})x(\\d{1,4})(?:x(\\d{1,5}))?");

	private static final int LINE_BYTES = 32;

	/** See load.c. */
	private static final int MIN_LINE_BYTES = 20;

	/** See load.c. */
	private static final int MAX_UNDER_WAY = 64 * 1024;

	private static final int MESSAGES_ONE_BY_ONE = 200_000;

	private static final int MAX_MESSAGES = 1_000_000;

	Workload {
		if (connections < 1 || inFlight < 1 || lineBytes < MIN_LINE_BYTES || lineBytes * inFlight > MAX_UNDER_WAY) {
			throw new BenchmarkException(connections + " connections with " + inFlight + " lines of " + lineBytes
					+ " bytes: there must be one connection, one line of " + MIN_LINE_BYTES + " bytes, and at most "
					+ MAX_UNDER_WAY + " bytes on each");
		}
	}

	/**
	 * Reads workloads.
	 * @param text for each its connections, lines in flight and, if not 32, bytes of a
	 * line, separated by {@code x}; commas between them
	 * @return the workloads
	 * @throws BenchmarkException if the text is anything else
	 */
	static List<Workload> parse(String text) {
		List<Workload> workloads = new ArrayList<>();
		for (String each : text.split(",", -1)) {
			Matcher matcher = FORM.matcher(each);
			if (!matcher.matches()) {
				throw new BenchmarkException("A workload is written as 64x16 (connections, lines in flight on each) "
						+ "or 64x16x1024 (and bytes of a line), not '" + each + "'");
			}
			workloads.add(new Workload(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)),
					(matcher.group(3) != null) ? Integer.parseInt(matcher.group(3)) : LINE_BYTES));
		}
		return workloads;
	}

	/**
	 * Returns how many messages make a visit long enough to be measured, a second or so,
	 * and short enough that the next server finds the machine as this one did.
	 * @return the number of messages
	 */
	int defaultMessages() {
		return (int) Math.min((long) MESSAGES_ONE_BY_ONE * this.inFlight, MAX_MESSAGES);
	}

	@Override
	public String toString() {
		return this.connections + ((this.connections == 1) ? " connection, " : " connections, ") + this.inFlight
				+ " in flight, " + this.lineBytes + "-byte lines";
	}

}
