package dev.socketserver.benchmarks;

import java.util.HashMap;
import java.util.Map;

/**
 * The result of one visit.
 *
 * @param messages how many messages were answered, all of them correctly
 * @param elapsed how long that took, in nanoseconds
 * @param cpu the CPU time of the server meanwhile, user and system, in nanoseconds
 * @param p50 the latency that half of the replies stayed below, in nanoseconds
 * @param p99 the latency that 99 % of the replies stayed below, in nanoseconds
 * @param p999 the latency that 99.9 % of the replies stayed below, in nanoseconds
 * @param switches how often threads of the server were switched meanwhile
 */
record Measurement(long messages, long elapsed, long cpu, long p50, long p99, long p999, long switches) {

	/**
	 * Parses what the load generator prints.
	 * @param line pairs of key and value
	 * @return the measurement
	 */
	static Measurement parse(String line) {
		Map<String, Long> values = new HashMap<>();
		for (String pair : line.strip().split(" ")) {
			int sign = pair.indexOf('=');
			values.put(pair.substring(0, sign), Long.valueOf(pair.substring(sign + 1)));
		}
		return new Measurement(value(values, "messages"), value(values, "elapsed"), value(values, "cpu"),
				value(values, "p50"), value(values, "p99"), value(values, "p999"), value(values, "switches"));
	}

	private static long value(Map<String, Long> values, String key) {
		Long value = values.get(key);
		if (value == null) {
			throw new BenchmarkException("The load generator tells no '" + key + "'");
		}
		return value;
	}

	double cpuPerMessage() {
		return (double) this.cpu / this.messages;
	}

	double switchesPerThousand() {
		return this.switches * 1e3 / this.messages;
	}

	double messagesPerSecond() {
		return this.messages * 1e9 / this.elapsed;
	}

}
