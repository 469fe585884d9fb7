package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be run once a lock is released, in order: senders and others that are to be
 * notified. Guarded by that lock.
 */
final class Notifications {

	private static final Runnable NONE = () -> {
	};

	private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(4);

	void add(Runnable notification) {
		this.waiting.add(notification);
	}

	/** Takes all; the caller runs them without the lock. */
	Runnable take() {
		Runnable first = this.waiting.poll();
		if (first == null || this.waiting.isEmpty()) {
			return (first != null) ? first : NONE;
		}
		List<Runnable> more = new ArrayList<>(this.waiting);
		this.waiting.clear();
		return () -> {
			first.run();
			more.forEach(Runnable::run);
		};
	}

}
