package dev.socketserver.bridge.kill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What peers have learned of their messages, against what the store has. Messages are
 * called {@code <peer>-<number>}, and each peer counts from 0.
 */
final class Ledger {

	private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();

	/** A peer has an acknowledgment. */
	void acknowledged(String id) {
		this.acknowledged.add(id);
	}

	int size() {
		return this.acknowledged.size();
	}

	/**
	 * Compares.
	 * @param stored what the store has, in its order; of a message that was stored
	 * several times, the last one counts for the order
	 * @return what is wrong, nothing if all is as it should be
	 */
	List<String> check(List<String> stored) {
		List<String> wrong = new ArrayList<>();
		Set<String> known = new HashSet<>(stored);
		for (String id : this.acknowledged) {
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
