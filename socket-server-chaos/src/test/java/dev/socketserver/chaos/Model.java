package dev.socketserver.chaos;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the servers must have counted, by the actions that were played: the reference that
 * the counters of the application are compared with. An action that had no effect is a
 * number that is too small. Safe for use by several threads.
 */
final class Model {

	private final Map<String, LongAdder> expected = new ConcurrentHashMap<>();

	/**
	 * Notes that a server will have counted something once more.
	 * @param server its name
	 * @param counter the counter, such as {@code closed.PEER_RESET}
	 */
	void expect(String server, String counter) {
		this.expected.computeIfAbsent(server + "." + counter, (key) -> new LongAdder()).increment();
	}

	Map<String, Long> expected() {
		Map<String, Long> sums = new TreeMap<>();
		this.expected.forEach((key, sum) -> sums.put(key, sum.sum()));
		return sums;
	}

}
