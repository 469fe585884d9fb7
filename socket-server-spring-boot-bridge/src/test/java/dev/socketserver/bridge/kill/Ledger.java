package dev.socketserver.bridge.kill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What peers have learned of their messages, against what the store has. Messages are
 * called {@code <peer>-<number>}, and each peer counts from 0.
 */
final class Ledger {

	private final List<String> acknowledged = new ArrayList<>();

	/** A peer has an acknowledgment. */
	synchronized void acknowledged(String id) {
		this.acknowledged.add(id);
		notifyAll();
	}

	synchronized int size() {
		return this.acknowledged.size();
	}

	/** Waits until there are so many acknowledgments, and no moment longer. */
	synchronized void await(int size, Duration limit) throws InterruptedException {
		long begun = System.nanoTime();
		while (this.acknowledged.size() < size) {
			long left = limit.minusNanos(System.nanoTime() - begun).toMillis();
			if (left <= 0) {
				throw new AssertionError(
						this.acknowledged.size() + " acknowledgments within " + limit + ", not " + size);
			}
			wait(left);
		}
	}

	synchronized List<String> acknowledged() {
		return List.copyOf(this.acknowledged);
	}

	/**
	 * Compares what was acknowledged by now.
	 * @param stored what the store has
	 * @return what is wrong
	 */
	List<String> check(List<String> stored) {
		return check(acknowledged(), stored);
	}

	/**
	 * Compares.
	 * @param acknowledged what was acknowledged
	 * @param stored what the store has, in its order; of a message that was stored
	 * several times, the last one counts for the order
	 * @return what is wrong, nothing if all is as it should be
	 */
	static List<String> check(List<String> acknowledged, List<String> stored) {
		List<String> wrong = new ArrayList<>();
		Set<String> known = new HashSet<>(stored);
		for (String id : acknowledged) {
			if (!known.contains(id)) {
				wrong.add(id + " was acknowledged, and is not stored");
			}
		}
		Map<String, Integer> next = new HashMap<>();
		Set<String> seen = new HashSet<>();
		for (int i = stored.size() - 1; i >= 0; i--) {
			String id = stored.get(i);
			if (seen.add(id)) {
				int dash = id.lastIndexOf('-');
				String peer = id.substring(0, dash);
				int number = Integer.parseInt(id.substring(dash + 1));
				Integer behind = next.put(peer, number);
				if (behind != null && behind != number + 1) {
					wrong.add(id + " is stored in front of " + peer + "-" + behind);
				}
			}
		}
		return wrong;
	}

}
