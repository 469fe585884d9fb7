package dev.socketserver.engine.received;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import dev.socketserver.CloseStatus;
import dev.socketserver.client.Received;
import dev.socketserver.engine.lane.LongWait;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Overflow;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a client without a handler, until the application receives it. The
 * inbound limits and the memory limit are for payloads only: a payload for which there is
 * no room waits outside of the queue, and its connection is not read meanwhile. There is
 * always room for the beginnings and ends of connections, except that connections without
 * payloads are forgotten when very much waits. Safe for use by several threads.
 */
public final class ReceivedQueue {

	/**
	 * How often the queue checks whether there is memory again, since nothing signals
	 * that.
	 */
	private static final long MEMORY_CHECK_MILLIS = 250;

	private final String name;

	private final Bounds<InboundOverflow> bounds;

	private final ClientCounters counters;

	private final ScheduledExecutorService timer;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ReceivedEntries entries;

	private ReceivedState state = ReceivedState.OPEN;

	/** The payloads for which there is no room: one of each connection at most. */
	private final Waiting<Late> late;

	/** The connections that there are. */
	private final Set<Object> connections = new HashSet<>(2);

	/** The timer will check whether there is memory again. */
	private boolean checking;

	/**
	 * Creates a queue.
	 * @param name the client's name
	 * @param bounds how many payloads may wait, and what happens to more
	 * @param counters the counters of the client
	 * @param memory the memory for waiting bytes of all servers and clients
	 * @param timer used to check now and then whether there is memory again
	 */
	public ReceivedQueue(String name, Bounds<InboundOverflow> bounds, ClientCounters counters, MemoryBudget memory,
			ScheduledExecutorService timer) {
		this.name = name;
		this.bounds = bounds;
		this.counters = counters;
		this.late = new Waiting<>((each) -> ReceivedEntries.size(each.payload()), Charge.exact(memory));
		this.entries = new ReceivedEntries(bounds, counters, memory);
		this.timer = timer;
	}

	/**
	 * Other settings are in force: adds the payloads that wait, as far as there is room
	 * now.
	 * @param limits how many payloads may wait, and what happens to more
	 */
	public void reconfigure(Inbound limits) {
		locked(() -> this.bounds.resize(limits.capacity(), limits.bytes(), limits.overflow()));
		goOn();
	}

	/** What happens to what is received. */
	ReceivedState state() {
		this.lock.lock();
		try {
			return this.state;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The client was started, perhaps again. */
	public void open() {
		locked(() -> {
			this.entries.opened();
			this.connections.clear();
			this.state = ReceivedState.OPEN;
		});
	}

	/**
	 * A connection was made. The application gets that of the first of several.
	 * @param connection the connection
	 * @param address the server's address
	 */
	public void connected(Object connection, InetSocketAddress address) {
		locked(() -> {
			this.connections.add(connection);
			if (this.connections.size() == 1) {
				add(new Received.Connected(address));
			}
		});
	}

	/**
	 * A connection ended. The application gets that of the last one. A payload that still
	 * waits for room is dropped. If the server has ended the connection in good order, no
	 * payload waits any more, since everything that it sent is handled before this is
	 * called.
	 * @param connection the connection
	 * @param status how it ended
	 */
	public void disconnected(Object connection, CloseStatus status) {
		List<Late> dropped = new ArrayList<>(1);
		locked(() -> {
			dropLate((each) -> each.from() == connection, dropped);
			boolean last = this.connections.remove(connection) && this.connections.isEmpty();
			if (last && !this.entries.forgetLast()) {
				add(new Received.Disconnected(status));
			}
		});
		dropped.forEach(ReceivedQueue::waitsNoMore);
	}

	private void dropLate(Predicate<Late> which, List<Late> dropped) {
		for (Late each = this.late.poll(which); each != null; each = this.late.poll(which)) {
			dropped.add(each);
			this.counters.count(Counter.INBOUND_DROPPED);
		}
	}

	/**
	 * Completes the future of a payload that waits no more. Called without the lock where
	 * possible, since this may run an executor of the application.
	 */
	private static void waitsNoMore(@Nullable Late freed) {
		if (freed != null) {
			freed.added().complete(null);
		}
	}

	/**
	 * The client is stopping. Payloads that are still received do not wait any more, so
	 * that the connection can end. They are kept unless memory is scarce or twice as much
	 * waits as the limits allow; then they are dropped.
	 */
	public void closing() {
		locked(() -> {
			if (this.state == ReceivedState.OPEN) {
				this.state = ReceivedState.CLOSING;
			}
		});
		goOn();
	}

	/** The client has stopped: nothing more is received unless it is started again. */
	public void closed() {
		List<Late> dropped = new ArrayList<>(1);
		locked(() -> {
			if (this.state != ReceivedState.CLOSED) {
				this.state = ReceivedState.CLOSED;
				dropLate((each) -> true, dropped);
				this.entries.closed();
				add(new Received.Closed());
			}
		});
		dropped.forEach(ReceivedQueue::waitsNoMore);
	}

	/** Under the lock. */
	private void add(Received entry) {
		if (this.state == ReceivedState.CLOSED && !(entry instanceof Received.Closed)) {
			// From a handler that was so late that the stop did not wait for it.
			return;
		}
		this.entries.add(entry);
		this.changed.signal();
	}

	/**
	 * A payload was received. On the lane of the session.
	 * @param from the connection
	 * @param payload the payload
	 * @param tooMany run if there is no room and the overflow policy is to close the
	 * connection
	 * @return {@code null} unless the payload has to wait; else a stage that completes
	 * when it does not wait any more, before which no other payload may be received
	 */
	public @Nullable CompletionStage<@Nullable Void> received(Object from, Object payload, Runnable tooMany) {
		this.lock.lock();
		try {
			if (this.state == ReceivedState.CLOSED) {
				return null;
			}
			boolean full = this.entries.isFull(1);
			boolean scarce = !this.entries.hasMemory(payload, 0);
			switch (Overflow.decide(this.bounds.overflow(), !full && !scarce)) {
				case ADMIT -> added(payload);
				case DROP -> this.counters.count(Counter.INBOUND_DROPPED);
				case REPLACE -> {
					this.entries.makeRoom(payload, scarce);
					added(payload);
				}
				case CLOSE -> {
					if (!full) {
						// A connection is not closed because others hold much memory.
						return addLater(from, payload);
					}
					this.counters.count(Counter.INBOUND_DROPPED);
					tooMany.run();
				}
				case WAIT, REFUSE -> {
					return addLater(from, payload);
				}
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Makes a payload wait, unless there is room for it now. */
	private @Nullable CompletionStage<@Nullable Void> addLater(Object from, Object payload) {
		// One that still waits is of an earlier connection, which no caller waits for any
		// more.
		List<Late> dropped = new ArrayList<>(1);
		dropLate((each) -> each.from() == from || !this.connections.contains(each.from()), dropped);
		dropped.forEach(ReceivedQueue::waitsNoMore);
		Late last = new Late(from, payload, new CompletableFuture<>());
		this.late.add(last);
		// A thread in receive that finds the queue empty takes it directly.
		this.changed.signal();
		Late added = addLate(false);
		if (added != null && added != last) {
			waitsNoMore(added);
		}
		return (added == last) ? null : last.added();
	}

	/** Adds the payloads that wait, as far as there is room for them now. */
	private void goOn() {
		Late freed;
		do {
			this.lock.lock();
			try {
				freed = addLate(false);
			}
			finally {
				this.lock.unlock();
			}
			waitsNoMore(freed);
		}
		while (freed != null);
	}

	/**
	 * Adds the payload that has waited longest, if there is room for it.
	 * @param anyway whether it needs no room, since somebody is about to take it
	 * @return the payload if it waits no more, so that its future is to be completed
	 */
	private @Nullable Late addLate(boolean anyway) {
		Late next = this.late.peek();
		if (next == null) {
			return null;
		}
		int size = ReceivedEntries.size(next.payload());
		boolean scarce = !anyway && !this.entries.hasMemory(next.payload(), size);
		if (!anyway && this.state == ReceivedState.OPEN) {
			if (this.entries.isFull(1)) {
				return null;
			}
			if (scarce) {
				checkLater();
				return null;
			}
		}
		this.late.poll();
		if (this.state != ReceivedState.OPEN && (scarce || this.entries.isFull(2))) {
			// While the client is stopping, payloads are read so that the connection can
			// end. They are not kept without limit, since a server may go on sending.
			this.counters.count(Counter.INBOUND_DROPPED);
		}
		else {
			added(next.payload());
		}
		return next;
	}

	private void checkLater() {
		if (!this.checking) {
			Future<?> unused = this.timer.schedule(this::checkAgain, MEMORY_CHECK_MILLIS, TimeUnit.MILLISECONDS);
			this.checking = true;
		}
	}

	private void checkAgain() {
		locked(() -> this.checking = false);
		goOn();
	}

	private void added(Object payload) {
		this.entries.add(new Received.Payload(payload));
		this.changed.signal();
	}

	/**
	 * Takes the next entry.
	 * @param timeout how long to wait for one
	 * @return the entry, or {@code null} if none arrived in that time, or if the thread
	 * was interrupted, whose interrupt flag is then set
	 * @throws IllegalStateException if nothing more will arrive, since
	 * {@link Received.Closed} was taken already, or if an I/O thread would have to wait
	 */
	public @Nullable Received take(Duration timeout) {
		Late freed = null;
		Received next;
		this.lock.lock();
		try {
			Taker taker = new Taker(TimeUnit.NANOSECONDS.convert(timeout));
			while (this.entries.isEmpty()) {
				freed = addLate(true);
				if (freed != null) {
					break;
				}
				if (this.state == ReceivedState.CLOSED) {
					throw new IllegalStateException(
							"Client '" + this.name + "' is stopped or closed: nothing more is received");
				}
				if (taker.left <= 0) {
					return null;
				}
				if (Thread.currentThread() instanceof IoThread) {
					throw new IllegalStateException("Client '" + this.name
							+ "' has received nothing, and waiting would block an I/O thread, perhaps the one that is "
							+ "to receive; do not wait, or use another execution mode");
				}
				LongWait.on(taker);
			}
			next = Objects.requireNonNull(this.entries.poll());
			if (next instanceof Received.Payload && freed == null) {
				freed = addLate(false);
			}
			if (next instanceof Received.Closed) {
				this.changed.signalAll();
			}
			else if (!this.entries.isEmpty()) {
				// Others may wait too, but each signal wakes only one.
				this.changed.signal();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		finally {
			this.lock.unlock();
		}
		waitsNoMore(freed);
		return next;
	}

	private void locked(Runnable task) {
		this.lock.lock();
		try {
			task.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Waits for the queue to change, for the time that is left. Under the lock. */
	private final class Taker implements ForkJoinPool.ManagedBlocker {

		private long left;

		Taker(long nanos) {
			this.left = nanos;
		}

		@Override
		public boolean block() throws InterruptedException {
			this.left = ReceivedQueue.this.changed.awaitNanos(this.left);
			return true;
		}

		@Override
		public boolean isReleasable() {
			return false;
		}

	}

	/**
	 * A payload for which there is no room.
	 *
	 * @param from the connection
	 * @param added completes when the payload waits no more, whether it was added or
	 * dropped
	 */
	private record Late(Object from, Object payload, CompletableFuture<@Nullable Void> added) {

	}

}
