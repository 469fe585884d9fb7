package dev.socketserver.engine.received;

import java.util.ArrayDeque;
import java.util.Iterator;

import dev.socketserver.client.Received;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.InboundOverflow;

/**
 * What waits in a {@link ReceivedQueue}, how much that is, and what is dropped of it.
 * Guarded by the lock of the queue.
 */
final class ReceivedEntries {

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

	/**
	 * This much may wait however scarce memory is, so that a greeting that no caller
	 * receives does not hold up the replies after it.
	 */
	private static final int ALWAYS_BYTES = 8 * 1024;

	private final Bounds<InboundOverflow> bounds;

	private final ClientCounters counters;

	private final MemoryBudget memory;

	private final ArrayDeque<Received> entries = new ArrayDeque<>();

	private int payloads;

	/**
	 * The length of all payloads in the queue; objects of other types than text and bytes
	 * count as 0.
	 */
	private long bytes;

	/** The bytes count against others: not while the client is stopped. */
	private boolean charged = true;

	/** The application has called {@code receive}; from then on much more is kept. */
	private boolean asked;

	ReceivedEntries(Bounds<InboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
	}

	// What is received and sent.

	void add(Received entry) {
		this.entries.add(entry);
	}

	void addPayload(Object payload) {
		this.payloads++;
		this.bytes += size(payload);
		this.memory.charge(size(payload));
		this.entries.add(new Received.Payload(payload));
	}

	/** Takes the oldest; there is one. */
	Received remove() {
		Received oldest = this.entries.remove();
		if (oldest instanceof Received.Payload taken) {
			removed(taken.payload());
		}
		return oldest;
	}

	boolean isEmpty() {
		return this.entries.isEmpty();
	}

	private void removed(Object payload) {
		this.payloads--;
		this.bytes -= size(payload);
		if (this.charged) {
			this.memory.charge(-size(payload));
		}
	}

	/** The application calls {@code receive}. */
	void ask() {
		this.asked = true;
	}

	/** The client was started, perhaps again. */
	void opened() {
		if (!this.asked && this.entries.peekLast() instanceof Received.Closed) {
			// Whoever calls receive for the first time now would take this for the end of
			// a client that runs.
			this.entries.removeLast();
		}
		if (!this.charged) {
			this.charged = true;
			this.memory.charge(this.bytes);
		}
	}

	/**
	 * The client has stopped. Perhaps no caller will ever receive what is here, so it
	 * does not count against others.
	 */
	void closed() {
		this.charged = false;
		this.memory.charge(-this.bytes);
	}

	/**
	 * Forgets a connection that ends, if it has brought nothing, and perhaps no caller
	 * will ever call {@code receive}.
	 * @return {@code false} if it is kept, so that its end is to be added
	 */
	boolean forgetLast() {
		if (keepsAll() || !(this.entries.peekLast() instanceof Received.Connected)) {
			return false;
		}
		this.entries.removeLast();
		return true;
	}

	// How much may be here.

	boolean isFull() {
		return this.bounds.isFull(this.payloads, this.bytes);
	}

	/** Whether twice as much waits as may, or more. */
	boolean isFullTwice() {
		return this.bounds.isFull(this.payloads, this.bytes, 2);
	}

	/**
	 * Whether the memory of all servers and clients leaves room for a payload here. Only
	 * half of it does: what waits here is reduced only by calls of {@code receive}, and
	 * until then sessions would be aborted for it.
	 * @param counted how many bytes of the payload are counted in that memory already
	 */
	boolean hasMemory(Object payload, int counted) {
		int size = size(payload);
		return this.bytes + size <= ALWAYS_BYTES || this.memory.used() + size - counted <= this.memory.limit() / 2;
	}

	/** Whether connections without payloads are kept. */
	private boolean keepsAll() {
		return this.entries.size() < (this.asked ? MOST_KEPT : MOST_KEPT_UNASKED);
	}

	/**
	 * Drops the oldest payloads until the limits have room for another; and if memory is
	 * scarce, until those that are left and the other are no more bytes than before.
	 */
	void makeRoom(Object payload, boolean scarce) {
		long most = scarce ? Math.max(this.bytes, ALWAYS_BYTES) - size(payload) : Long.MAX_VALUE;
		while (this.payloads > 0 && (isFull() || this.bytes > most)) {
			dropOldestPayload();
		}
		forgetEmpty();
	}

	private void dropOldestPayload() {
		for (Iterator<Received> oldest = this.entries.iterator(); oldest.hasNext();) {
			if (oldest.next() instanceof Received.Payload dropped) {
				oldest.remove();
				removed(dropped.payload());
				this.counters.countInboundDropped(1);
				break;
			}
		}
	}

	/**
	 * Forgets the oldest connections if none of their payloads is left, unless
	 * connections without payloads are kept.
	 */
	private void forgetEmpty() {
		while (!keepsAll() && this.entries.size() > 1) {
			Received first = this.entries.remove();
			if (!(first instanceof Received.Connected && this.entries.element() instanceof Received.Disconnected)) {
				this.entries.addFirst(first);
				return;
			}
			this.entries.remove();
		}
	}

	/** The size of a payload; 0 for objects of other types, whose size is unknown. */
	static int size(Object payload) {
		if (payload instanceof byte[] array) {
			return array.length;
		}
		return (payload instanceof CharSequence text) ? text.length() : 0;
	}

}
