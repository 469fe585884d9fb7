package dev.socketserver.handler.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What to do with messages that no method is for. It may change while sessions are open:
 * the handlers of later sessions decide for earlier ones, too.
 */
final class Unmapped {

	private final OnUnmapped action;

	private volatile @Nullable Unmapped next;

	Unmapped(OnUnmapped action) {
		this.action = action;
	}

	void followedBy(@Nullable Unmapped next) {
		this.next = (next != this) ? next : null;
	}

	OnUnmapped action() {
		Unmapped last = this;
		for (Unmapped later = this.next; later != null; later = later.next) {
			last = later;
		}
		return last.action;
	}

}
