package dev.socketserver.demo;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How a client was without a server for a while. All in microseconds since the epoch.
 *
 * @param lost when it saw the end of its connection
 * @param begun when it began to connect, for the last time
 * @param connected when it was connected
 * @param opened when its session opened at a node
 * @param called when the node's handler was called
 * @param bound when the session had the identity
 * @param replied when the client had the reply
 */
record RecipeGap(long lost, long begun, long connected, long opened, long called, long bound, long replied) {

	private static final Map<String, ToLongFunction<RecipeGap>> PARTS = parts();

	private static Map<String, ToLongFunction<RecipeGap>> parts() {
		Map<String, ToLongFunction<RecipeGap>> parts = new LinkedHashMap<>();
		parts.put("lost to attempt", (gap) -> gap.begun - gap.lost);
		parts.put("attempt to connected", (gap) -> gap.connected - gap.begun);
		parts.put("connected to session", (gap) -> gap.opened - gap.connected);
		parts.put("session to handler", (gap) -> gap.called - gap.opened);
		parts.put("identity", (gap) -> gap.bound - gap.called);
		parts.put("reply", (gap) -> gap.replied - gap.bound);
		parts.put("without a connection", (gap) -> gap.connected - gap.lost);
		parts.put("all", (gap) -> gap.replied - gap.lost);
		return parts;
	}

	/**
	 * Returns how long a part took that 99 of 100 gaps did not exceed, in milliseconds.
	 */
	static double p99(List<RecipeGap> gaps) {
		long[] all = sorted(gaps, PARTS.get("all"));
		return millis(all, 0.99);
	}

	/** Describes the parts of gaps, in milliseconds. */
	static String described(List<RecipeGap> gaps) {
		StringBuilder described = new StringBuilder(gaps.size() + " gaps, ms at 50 %, 99 %, 100 %:");
		PARTS.forEach((name, part) -> {
			long[] sorted = sorted(gaps, part);
			described.append("%n  %-22s %8.1f %8.1f %8.1f".formatted(name, millis(sorted, 0.5), millis(sorted, 0.99),
					millis(sorted, 1)));
		});
		return described.toString();
	}

	private static long[] sorted(List<RecipeGap> gaps, ToLongFunction<RecipeGap> part) {
		long[] sorted = gaps.stream().mapToLong(part).toArray();
		Arrays.sort(sorted);
		return sorted;
	}

	private static double millis(long[] sorted, double share) {
		return sorted[Math.max(0, (int) Math.ceil(sorted.length * share) - 1)] / 1000.0;
	}

}
