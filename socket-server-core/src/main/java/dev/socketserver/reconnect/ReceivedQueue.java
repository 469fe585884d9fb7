package dev.socketserver.reconnect;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec;
import dev.socketserver.client.Received;
import dev.socketserver.session.IoThread;
import dev.socketserver.session.LongWait;
import dev.socketserver.session.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * What a client without a handler has received and nobody has taken yet. The inbound
 * limits are for payloads only, and so is the memory limit: a payload for which there is
 * no room waits before it is added, and its connection with it. What is told of
 * connections always has room; but where too much waits, connections on which nothing
 * came are forgotten. Safe for use by several threads.
 */
public final class ReceivedQueue {

	/**
	 * Where so much waits, connections of which nothing was received are not kept any
	 * more: somebody has asked once, and never came back.
	 */
	private static final int MOST_KEPT = 10_000;

	/**
	 * So much may wait whatever others hold: replies do not wait until somebody receives
	 * a greeting.
	 */
	private static final int ALWAYS_BYTES = 8 * 1024;

	/** How often is looked whether there is memory again, of which nobody tells. */
	private static final long MEMORY_LOOK_MILLIS = 250;

	private final String name;

	private final SessionSpec.Inbound limits;

	private final ClientLedger ledger;

	private final MemoryBudget memory;

	private final ScheduledExecutorService timer;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<Received> entries = new ArrayDeque<>();

	private int payloads;

	/** Those of the payloads, as far as they are text or bytes. */
	private long bytes;

	/** Somebody has asked: from then on everything is kept. */
	private boolean asked;

	/** The client stops: nobody is made to wait any more. */
	private boolean closing;

	/** Nothing more comes. */
	private boolean closed;

	/** For which there is no room; absent if there is none. */
	private @Nullable Waiting waiting;

	/** Somebody will look whether there is memory again. */
	private boolean looking;

	/**
	 * Creates a queue.
	 * @param name the client's name
	 * @param limits how many payloads may wait, and what happens to more
	 * @param ledger counts
	 * @param memory what all may hold
	 * @param timer looks whether they hold less
	 */
	public ReceivedQueue(String name, SessionSpec.Inbound limits, ClientLedger ledger, MemoryBudget memory,
			ScheduledExecutorService timer) {
		this.name = name;
		this.limits = limits;
		this.ledger = ledger;
		this.memory = memory;
		this.timer = timer;
	}

	/** The client begins anew. */
	public void open() {
		this.lock.lock();
		try {
			if (!this.asked && this.entries.peekLast() instanceof Received.Closed) {
				// Nobody has looked: it is as if it had not been started before.
				this.entries.removeLast();
			}
			if (this.closed) {
				this.closed = false;
				this.memory.add(this.bytes);
			}
			this.closing = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A connection was made.
	 * @param address the server's address
	 */
	public void connected(InetSocketAddress address) {
		add(new Received.Connected(address));
	}

	/**
	 * The connection ended. What waits is lost: only one that the server has ended waits
	 * for what had come.
	 * @param status how
	 */
	public void disconnected(CloseStatus status) {
		Waiting dropped;
		this.lock.lock();
		try {
			dropped = dropWaiting();
			if (!keepsAll() && this.entries.peekLast() instanceof Received.Connected) {
				// Nobody looks, perhaps never: the two cancel each other out.
				this.entries.removeLast();
			}
			else {
				add(new Received.Disconnected(status));
			}
		}
		finally {
			this.lock.unlock();
		}
		waitsNoMore(dropped);
	}

	private @Nullable Waiting dropWaiting() {
		Waiting dropped = this.waiting;
		if (dropped != null) {
			this.waiting = null;
			this.memory.add(-size(dropped.payload()));
			this.ledger.countReceivedDropped();
		}
		return dropped;
	}

	/**
	 * Where possible not under the lock: it may come to an executor of the application.
	 */
	private static void waitsNoMore(@Nullable Waiting freed) {
		if (freed != null) {
			freed.added().complete(null);
		}
	}

	/** Whether connections are told of on which nothing was received. */
	private boolean keepsAll() {
		return this.asked && this.entries.size() < MOST_KEPT;
	}

	/**
	 * The client stops: what still comes is taken, so that the connection can end, and
	 * kept as far as there is memory and no more than twice as much waits as may.
	 */
	public void closing() {
		this.lock.lock();
		try {
			this.closing = true;
		}
		finally {
			this.lock.unlock();
		}
		goOn();
	}

	/** Nothing more comes, unless the client is started again. */
	public void closed() {
		Waiting dropped = null;
		this.lock.lock();
		try {
			if (!this.closed) {
				this.closed = true;
				dropped = dropWaiting();
				// What nobody takes any more is to be nobody's burden.
				this.memory.add(-this.bytes);
				add(new Received.Closed());
			}
		}
		finally {
			this.lock.unlock();
		}
		waitsNoMore(dropped);
	}

	private void add(Received entry) {
		this.lock.lock();
		try {
			if (this.closed && !(entry instanceof Received.Closed)) {
				// A handler that was not waited for any longer comes to it after all.
				return;
			}
			this.entries.add(entry);
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A payload came. On the session's lane.
	 * @param payload the payload
	 * @param tooMany is called if the policy is to end the connection
	 * @return completes when the payload has been added, where it has to wait; nothing
	 * else may come before. {@code null} if there is nothing to wait for
	 */
	public @Nullable CompletionStage<@Nullable Void> received(Object payload, Runnable tooMany) {
		this.lock.lock();
		try {
			if (this.closed) {
				return null;
			}
			boolean full = isFull();
			boolean scarce = !hasMemory(payload, 0);
			if (!full && !scarce) {
				added(payload);
				return null;
			}
			switch (this.limits.overflow()) {
				case DROP_NEWEST -> this.ledger.countReceivedDropped();
				case DROP_OLDEST -> {
					dropOldest(scarce ? Math.max(this.bytes, ALWAYS_BYTES) - size(payload) : Long.MAX_VALUE);
					added(payload);
				}
				case CLOSE -> {
					if (!full) {
						// That others hold much ends no connection.
						return addLater(payload);
					}
					this.ledger.countReceivedDropped();
					tooMany.run();
				}
				case BLOCK -> {
					return addLater(payload);
				}
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Has a payload wait, unless there is room for it now. */
	private @Nullable CompletionStage<@Nullable Void> addLater(Object payload) {
		// Of a connection that was not waited for any longer.
		waitsNoMore(dropWaiting());
		Waiting last = new Waiting(payload, new CompletableFuture<>());
		this.waiting = last;
		this.memory.add(size(payload));
		// Whoever finds nothing to take takes it from here.
		this.changed.signal();
		return (addWaiting(false) != null) ? null : last.added();
	}

	/** Adds the payload that waits, if there is room for it now. */
	private void goOn() {
		Waiting freed;
		this.lock.lock();
		try {
			freed = addWaiting(false);
		}
		finally {
			this.lock.unlock();
		}
		waitsNoMore(freed);
	}

	/**
	 * Adds the payload that waits, if there is room for it.
	 * @param anyway somebody is about to take it, so that it needs none
	 * @return what does not wait any more, to be told of that
	 */
	private @Nullable Waiting addWaiting(boolean anyway) {
		Waiting next = this.waiting;
		if (next == null) {
			return null;
		}
		boolean scarce = !anyway && !hasMemory(next.payload(), size(next.payload()));
		if (!anyway && !this.closing) {
			if (isFull()) {
				return null;
			}
			if (scarce) {
				lookLater();
				return null;
			}
		}
		this.waiting = null;
		this.memory.add(-size(next.payload()));
		if (this.closing && (scarce || isFull(2))) {
			// It is read so that the connection can end, for as long as that takes: a
			// server may send all the time.
			this.ledger.countReceivedDropped();
		}
		else {
			added(next.payload());
		}
		return next;
	}

	private void lookLater() {
		if (!this.looking) {
			Future<?> unused = this.timer.schedule(this::lookAgain, MEMORY_LOOK_MILLIS, TimeUnit.MILLISECONDS);
			this.looking = true;
		}
	}

	private void lookAgain() {
		this.lock.lock();
		try {
			this.looking = false;
		}
		finally {
			this.lock.unlock();
		}
		goOn();
	}

	/**
	 * Whether all that waits in the application leaves room for a payload here. Nobody
	 * but who receives can take it away: were it more than half, sessions would be cut
	 * for it, for as long as that lasts.
	 * @param counted how much of the payload has been counted
	 */
	private boolean hasMemory(Object payload, int counted) {
		int size = size(payload);
		return this.bytes + size <= ALWAYS_BYTES || this.memory.used() + size - counted <= this.memory.limit() / 2;
	}

	private boolean isFull() {
		return isFull(1);
	}

	/** Whether so many times as much waits as may. */
	private boolean isFull(int times) {
		return this.payloads >= (long) times * this.limits.capacity()
				|| this.bytes >= (long) times * this.limits.bytes();
	}

	private void added(Object payload) {
		this.payloads++;
		this.bytes += size(payload);
		this.memory.add(size(payload));
		add(new Received.Payload(payload));
	}

	private void removed(Object payload) {
		this.payloads--;
		this.bytes -= size(payload);
		if (!this.closed) {
			this.memory.add(-size(payload));
		}
	}

	/** Of what a converter of the application has made nobody knows. */
	private static int size(Object payload) {
		if (payload instanceof byte[] array) {
			return array.length;
		}
		return (payload instanceof CharSequence text) ? text.length() : 0;
	}

	/**
	 * Drops until there is room for one more, and no more than so many bytes are left.
	 */
	private void dropOldest(long most) {
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
				this.ledger.countReceivedDropped();
				break;
			}
		}
	}

	/**
	 * Of a connection of which nothing is left there is nothing to tell, if nobody looks.
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

	/**
	 * Takes what happened next.
	 * @param timeout how long to wait for it
	 * @return what happened, or {@code null} if nothing did, or the thread was
	 * interrupted, whose flag is set then
	 * @throws IllegalStateException if nothing more will come, and that was taken, or an
	 * I/O thread would have to wait
	 */
	public @Nullable Received take(Duration timeout) {
		Waiting freed = null;
		Received next;
		this.lock.lock();
		try {
			this.asked = true;
			Taker taker = new Taker(nanos(timeout));
			while (this.entries.isEmpty()) {
				freed = addWaiting(true);
				if (freed != null) {
					break;
				}
				if (this.closed) {
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
			next = this.entries.remove();
			if (next instanceof Received.Payload payload) {
				removed(payload.payload());
				freed = (freed != null) ? freed : addWaiting(false);
			}
			if (next instanceof Received.Closed) {
				this.changed.signalAll();
			}
			else if (!this.entries.isEmpty()) {
				// Another may have waited when only one was told.
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

	private static long nanos(Duration timeout) {
		try {
			return timeout.toNanos();
		}
		catch (ArithmeticException ex) {
			return timeout.isNegative() ? 0 : TimeUnit.DAYS.toNanos(365);
		}
	}

	/** Waits until something changes, under the lock, and not longer than it may. */
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
	 * @param added completes when it waits no more
	 */
	private record Waiting(Object payload, CompletableFuture<@Nullable Void> added) {

	}

}
