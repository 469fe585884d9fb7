package dev.socketserver.mailbox.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;

/**
 * What posters, devices and nodes have seen of letters, which are numbered for each
 * device in the order in which they were posted; and what of it must not be. Safe for use
 * by several threads.
 */
final class LetterHistory {

	/** The expiry of each letter whose post has completed. */
	private final Map<Key, Instant> posted = new LinkedHashMap<>();

	private final Map<String, List<Receipt>> received = new HashMap<>();

	private final Map<Key, List<LetterState>> published = new HashMap<>();

	/** A post has completed. */
	synchronized void posted(String device, int number, Instant expiresAt) {
		this.posted.put(new Key(device, number), expiresAt);
	}

	/**
	 * A device has received a letter.
	 * @param connectedAt when it had begun to connect
	 */
	synchronized void received(String device, int number, Instant connectedAt) {
		this.received.computeIfAbsent(device, (key) -> new ArrayList<>()).add(new Receipt(number, connectedAt));
	}

	/** A node has published a final state. */
	synchronized void published(String device, int number, LetterState state) {
		this.published.computeIfAbsent(new Key(device, number), (key) -> new ArrayList<>()).add(state);
	}

	synchronized int receipts() {
		return this.received.values().stream().mapToInt(List::size).sum();
	}

	synchronized int posts() {
		return this.posted.size();
	}

	/**
	 * Says what must not be.
	 * @param stored what the store says in the end, by device and number
	 * @return a line for each violation
	 */
	synchronized List<String> violations(Map<Key, Letter> stored) {
		List<String> violations = new ArrayList<>();
		this.posted.keySet().stream().filter((key) -> !stored.containsKey(key)).forEach((key) -> {
			violations.add(key + " was posted, and is lost");
		});
		stored.forEach((key, letter) -> checkEnd(key, letter, violations));
		this.received.forEach((device, receipts) -> {
			int last = -1;
			for (Receipt receipt : receipts) {
				Key key = new Key(device, receipt.number());
				if (receipt.number() < last) {
					violations.add(key + " was received after " + last);
				}
				last = Math.max(last, receipt.number());
				Instant expiresAt = this.posted.get(key);
				if (expiresAt != null && receipt.connectedAt().isAfter(expiresAt)) {
					violations.add(key + " was sent after it had expired");
				}
			}
		});
		return violations;
	}

	private void checkEnd(Key key, Letter letter, List<String> violations) {
		if (!letter.state().isFinal()) {
			violations.add(key + " is " + letter.state() + " in the end");
		}
		boolean received = this.received.getOrDefault(key.device(), List.of())
			.stream()
			.anyMatch((receipt) -> receipt.number() == key.number());
		if (letter.state() == LetterState.DELIVERED && !received) {
			violations.add(key + " is DELIVERED, and was never received");
		}
		Set<LetterState> states = new HashSet<>(this.published.getOrDefault(key, List.of()));
		states.add(letter.state());
		if (states.size() > 1) {
			violations.add(key + " has several final states: " + states);
		}
	}

	/**
	 * A letter.
	 *
	 * @param device whom it is for
	 * @param number its number among those of the device
	 */
	record Key(String device, int number) {

		@Override
		public String toString() {
			return this.device + "/" + this.number;
		}

	}

	/**
	 * That a letter was received.
	 *
	 * @param number its number
	 * @param connectedAt when the device had begun to connect
	 */
	private record Receipt(int number, Instant connectedAt) {

	}

}
