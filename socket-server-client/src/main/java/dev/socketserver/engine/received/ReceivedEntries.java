package dev.socketserver.engine.received;

import java.util.Objects;

import dev.socketserver.client.Received;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.EntryKind;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a {@link ReceivedQueue}, how much that is, and what is dropped of it.
 * Guarded by the lock of the queue.
 */
final class ReceivedEntries {

	/**
	 * With this many entries, connections without payloads are not kept any more: the
	 * application does not call {@code receive}, it seems, or not any longer.
	 */
	private static final int MOST_KEPT = 10_000;

	/**
	 * This much may wait however scarce memory is, so that a greeting that no caller
	 * receives does not hold up the replies after it.
	 */
	private static final int ALWAYS_BYTES = 8 * 1024;

	private final Bounds<InboundOverflow> bounds;

	private final ClientCounters counters;

	private final MemoryBudget memory;

	/** Charged while the client is not stopped. */
	private final Waiting<Received> entries;

	ReceivedEntries(Bounds<InboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
		this.entries = new Waiting<>(new Payloads(), Charge.exact(memory));
	}

	// What is received and sent.

	void add(Received entry) {
		this.entries.add(entry);
	}

	/** Takes the oldest, if there is one. */
	@Nullable Received poll() {
		return this.entries.poll();
	}

	boolean isEmpty() {
		return this.entries.isEmpty();
	}

	/** The client was started, perhaps again. */
	void opened() {
		if (!keepsAll() && this.entries.peekLast() instanceof Received.Closed) {
			this.entries.pollLast();
		}
		this.entries.chargeTo(Charge.exact(this.memory));
	}

	/**
	 * The client has stopped. Perhaps no caller will ever receive what is here, so it
	 * does not count against others.
	 */
	void closed() {
		this.entries.chargeTo(null);
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
		this.entries.pollLast();
		return true;
	}

	// How much may be here.

	/** Whether so many times as much waits as may, or more. */
	boolean isFull(int times) {
		return this.bounds.isFull(this.entries.count(), this.entries.bytes(), times);
	}

	/**
	 * Whether the memory of all servers and clients leaves room for a payload here. Only
	 * half of it does: what waits here is reduced only by calls of {@code receive}, and
	 * until then sessions would be aborted for it.
	 * @param counted how many bytes of the payload are counted in that memory already
	 */
	boolean hasMemory(Object payload, int counted) {
		int size = size(payload);
		return this.entries.bytes() + size <= ALWAYS_BYTES
				|| this.memory.used() + size - counted <= this.memory.limit() / 2;
	}

	/** Whether connections without payloads are kept, and the ends of runs. */
	private boolean keepsAll() {
		return this.entries.size() < MOST_KEPT;
	}

	/**
	 * Drops the oldest payloads until the limits have room for another; and if memory is
	 * scarce, until those that are left and the other are no more bytes than before.
	 */
	void makeRoom(Object payload, boolean scarce) {
		long most = scarce ? Math.max(this.entries.bytes(), ALWAYS_BYTES) - size(payload) : Long.MAX_VALUE;
		while ((isFull(1) || this.entries.bytes() > most) && this.entries.dropOldest() != null) {
			this.counters.count(Counter.INBOUND_DROPPED);
		}
		forgetEmpty();
	}

	/**
	 * Forgets the oldest connections if none of their payloads is left, and the oldest
	 * ends of runs, unless these are kept.
	 */
	private void forgetEmpty() {
		while (!keepsAll() && this.entries.size() > 1) {
			Received first = this.entries.poll();
			if (first instanceof Received.Closed) {
				continue;
			}
			if (!(first instanceof Received.Connected && this.entries.peek() instanceof Received.Disconnected)) {
				this.entries.addFirst(Objects.requireNonNull(first));
				return;
			}
			this.entries.poll();
		}
	}

	/** The size of a payload; 0 for objects of other types, whose size is unknown. */
	static int size(Object payload) {
		if (payload instanceof byte[] array) {
			return array.length;
		}
		return (payload instanceof CharSequence text) ? text.length() : 0;
	}

	/** Only payloads count, and are dropped. */
	private static final class Payloads implements EntryKind<Received> {

		@Override
		public long bytes(Received entry) {
			return (entry instanceof Received.Payload payload) ? size(payload.payload()) : 0;
		}

		@Override
		public int count(Received entry) {
			return isDroppable(entry) ? 1 : 0;
		}

		@Override
		public boolean isDroppable(Received entry) {
			return entry instanceof Received.Payload;
		}

	}

}
