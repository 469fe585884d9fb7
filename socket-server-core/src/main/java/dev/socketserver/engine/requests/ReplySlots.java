package dev.socketserver.engine.requests;

import java.util.ArrayDeque;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection whose replies arrive in order. Each has a slot, which
 * stays when the request is given up, since its reply may still arrive. Guarded by the
 * monitor of its {@link PendingRequests}.
 */
final class ReplySlots {

	private ArrayDeque<Slot> inOrder = new ArrayDeque<>();

	/**
	 * How many requests after the last of {@link #inOrder} were given up. Those between
	 * others are counted by the {@link Slot} that follows them. Only their number is
	 * kept, since a server that never replies may be asked for days.
	 */
	private int givenUpLast;

	/** How many requests were added. */
	private long added;

	/** How many requests were given up since {@link #leaveOutGivenUp()} last ran. */
	private int givenUp;

	/** Adds a request behind all others. */
	void add(Request ask) {
		ask.number(++this.added);
		this.inOrder.add(new Slot(ask, this.givenUpLast));
		this.givenUpLast = 0;
	}

	/** Removes the slot of a request. */
	void remove(Request ask) {
		if (!removeSlot(ask)) {
			// It was given up before, and is only counted.
			removeCounted(ask);
		}
	}

	private boolean removeSlot(Request ask) {
		Slot removed = null;
		for (Slot slot : this.inOrder) {
			if (removed != null) {
				slot.givenUpBefore += removed.givenUpBefore;
				this.inOrder.remove(removed);
				return true;
			}
			if (slot.ask == ask) {
				removed = slot;
			}
		}
		if (removed == null) {
			return false;
		}
		this.inOrder.removeLast();
		this.givenUpLast += removed.givenUpBefore;
		return true;
	}

	private void removeCounted(Request ask) {
		for (Slot slot : this.inOrder) {
			if (slot.ask.number() > ask.number()) {
				slot.givenUpBefore -= (slot.givenUpBefore > 0) ? 1 : 0;
				return;
			}
		}
		this.givenUpLast -= (this.givenUpLast > 0) ? 1 : 0;
	}

	/** A request was given up: its slot stays. */
	void gaveUp() {
		if (++this.givenUp > this.inOrder.size() / 2) {
			// Not each time, since that goes through all requests.
			leaveOutGivenUp();
		}
	}

	private void leaveOutGivenUp() {
		ArrayDeque<Slot> left = new ArrayDeque<>();
		int slots = 0;
		for (Slot slot : this.inOrder) {
			slots += slot.givenUpBefore;
			if (slot.ask.isGivenUp()) {
				slots++;
			}
			else {
				slot.givenUpBefore = slots;
				slots = 0;
				left.add(slot);
			}
		}
		this.inOrder = left;
		this.givenUpLast += slots;
		this.givenUp = 0;
	}

	/**
	 * A reply has arrived: takes the first slot, of which there must be one.
	 * @return its request, or {@code null} if that was given up
	 */
	@Nullable Request take() {
		Slot first = this.inOrder.peek();
		if (first == null) {
			this.givenUpLast--;
			return null;
		}
		if (first.givenUpBefore > 0) {
			first.givenUpBefore--;
			return null;
		}
		return this.inOrder.remove().ask;
	}

	/** Whether no reply may arrive. */
	boolean isEmpty() {
		return this.inOrder.isEmpty() && this.givenUpLast == 0;
	}

	/** Returns how many requests have slots, with some of those that were given up. */
	int count() {
		return this.inOrder.size() + this.givenUpLast;
	}

	/** Returns how many slots are those of requests that were given up. */
	int stale() {
		int stale = this.givenUpLast;
		for (Slot slot : this.inOrder) {
			stale += slot.givenUpBefore + (slot.ask.isOver() ? 1 : 0);
		}
		return stale;
	}

	/** Returns the requests, with some of those that were given up. */
	Stream<Request> requests() {
		return this.inOrder.stream().map((slot) -> slot.ask);
	}

	/** Expects no reply any more. */
	void clear() {
		this.inOrder.clear();
		this.givenUpLast = 0;
	}

	/** The slot of a request. */
	private static final class Slot {

		private final Request ask;

		/** How many requests right before this one were given up. */
		private int givenUpBefore;

		Slot(Request ask, int givenUpBefore) {
			this.ask = ask;
			this.givenUpBefore = givenUpBefore;
		}

	}

}
