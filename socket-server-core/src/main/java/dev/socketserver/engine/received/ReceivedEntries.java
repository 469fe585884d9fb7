package dev.socketserver.engine.received;

import java.util.ArrayDeque;
import java.util.Iterator;

import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.client.Received;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;

/**
 * What waits in a {@link ReceivedQueue}, and what is dropped of it. Guarded by the lock
 * of the queue.
 */
abstract class ReceivedEntries {

	/**
	 * With this many entries, connections without payloads are not kept any more: the
	 * application has called {@code receive} once, it seems, but does not do so any
	 * longer.
	 */
	private static final int MOST_KEPT = 10_000;

	/**
	 * The same for an application that has not called {@code receive} yet: perhaps it
	 * never will, as one that only asks, so its clients must not cost much.
	 */
	private static final int MOST_KEPT_UNASKED = 100;

	final Bounds<InboundOverflow> bounds;

	final ClientCounters counters;

	final MemoryBudget memory;

	final ArrayDeque<Received> entries = new ArrayDeque<>();

	int payloads;

	/**
	 * The length of all payloads in the queue; objects of other types than text and bytes
	 * count as 0.
	 */
	long bytes;

	/** The application has called {@code receive}; from then on much more is kept. */
	boolean asked;

	ReceivedState state = ReceivedState.OPEN;

	ReceivedEntries(Bounds<InboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
	}

	/** Whether twice, or more times, as much waits as may. */
	final boolean isFull(int times) {
		return this.bounds.isFull(this.payloads, this.bytes, times);
	}

	/** Whether connections without payloads are kept. */
	final boolean keepsAll() {
		return this.entries.size() < (this.asked ? MOST_KEPT : MOST_KEPT_UNASKED);
	}

	final boolean isFull() {
		return this.bounds.isFull(this.payloads, this.bytes);
	}

	final void removed(Object payload) {
		this.payloads--;
		this.bytes -= size(payload);
		if (this.state != ReceivedState.CLOSED) {
			this.memory.add(-size(payload));
		}
	}

	/** The size of a payload; 0 for objects of other types, whose size is unknown. */
	static int size(Object payload) {
		if (payload instanceof byte[] array) {
			return array.length;
		}
		return (payload instanceof CharSequence text) ? text.length() : 0;
	}

	/**
	 * Drops the oldest payloads until the queue is not full, and its payloads have no
	 * more bytes than the given number.
	 */
	final void dropOldest(long most) {
		while (this.payloads > 0 && (isFull() || this.bytes > most)) {
			dropOldestPayload();
		}
		forgetEmpty();
	}

	final void dropOldestPayload() {
		for (Iterator<Received> oldest = this.entries.iterator(); oldest.hasNext();) {
			if (oldest.next() instanceof Received.Payload dropped) {
				oldest.remove();
				removed(dropped.payload());
				this.counters.countReceivedDropped();
				break;
			}
		}
	}

	/**
	 * Forgets the oldest connections if none of their payloads is left, unless
	 * connections without payloads are kept.
	 */
	final void forgetEmpty() {
		while (!keepsAll() && this.entries.size() > 1) {
			Received first = this.entries.remove();
			if (!(first instanceof Received.Connected && this.entries.element() instanceof Received.Disconnected)) {
				this.entries.addFirst(first);
				return;
			}
			this.entries.remove();
		}
	}

}
