package dev.socketserver.engine.client;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.lane.LongWait;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import org.jspecify.annotations.Nullable;

/**
 * The payloads that a client has to send, whether or not it is connected. It admits or
 * refuses each payload, and hands those that it has admitted over to the present
 * connection, in order, and no more at a time than the connection will send soon. A
 * payload stays here until the operating system has taken all of it; if the connection
 * ends before that, the payload is the next to be sent again. Each sender is told the
 * outcome exactly once.
 * <p>
 * All state is guarded by the lock. Connections are called while it is held, since they
 * never wait; senders are told outcomes after it is released.
 */
public final class ClientOutbox implements ClientCounters.Pending {

	/**
	 * While the connection has this many bytes or more, it is handed nothing. It is as
	 * many as a session gives to its socket at once.
	 */
	private static final int WINDOW = 64 * 1024;

	/**
	 * How often waiting senders check whether there is memory again, since nothing
	 * signals that.
	 */
	private static final long MEMORY_LOOK_MILLIS = 250;

	private final String name;

	private final Bounds<OutboundOverflow> bounds;

	private final ClientCounters counters;

	private final MemoryBudget memory;

	private final ReentrantLock lock = new ReentrantLock();

	/** Payloads to be handed over, the oldest first. */
	private final ArrayDeque<Message> waiting = new ArrayDeque<>();

	/**
	 * Payloads that the connection has, in order; it has not reported their outcome yet.
	 */
	private final ArrayDeque<Message> handed = new ArrayDeque<>();

	/**
	 * Payloads that the connection has failed to send. They stay here until it has given
	 * back all others, too.
	 */
	private final ArrayDeque<Message> returned = new ArrayDeque<>();

	/** Senders that wait for room, in order. */
	private final ArrayDeque<Waiter> blocked = new ArrayDeque<>();

	/** Bytes of all payloads that were admitted and are not settled. */
	private long bytes;

	private long handedBytes;

	/**
	 * {@link #handOver()} is running; a payload that completes during the call must not
	 * start it again.
	 */
	private boolean handing;

	/** Senders and others to be told something once the lock is released. */
	private final ArrayDeque<Runnable> untold = new ArrayDeque<>(4);

	private @Nullable Connection connection;

	/** The connection is closing; payloads wait for the next one. */
	private boolean ending;

	/** Run when the connection has given everything back. */
	private @Nullable Runnable whenReturned;

	/** Run when everything has been sent. */
	private @Nullable Runnable whenEmpty;

	/**
	 * The state for which senders are refused now; {@code null} while payloads are
	 * admitted.
	 */
	private @Nullable ClientState refusing = ClientState.STOPPED;

	/**
	 * Creates an outbox, which refuses everything until it is {@link #open() opened}.
	 * @param name the client's name
	 * @param bounds how much may wait, and what happens to more
	 * @param counters the counters of the client
	 * @param memory the memory for waiting bytes of all servers and clients
	 */
	public ClientOutbox(String name, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		this.name = name;
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
		counters.pending(this);
	}

	/** Admits payloads from now on. */
	public void open() {
		this.lock.lock();
		try {
			this.refusing = null;
			this.whenEmpty = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Adds a payload, refuses it, or waits for room, as the overflow policy says. Never
	 * waits on an I/O thread.
	 * @param payload the payload
	 * @param completion told the outcome, also if the payload is refused
	 */
	public void send(byte[] payload, Completion completion) {
		add(new Message(payload, completion, null));
	}

	/**
	 * Adds a request. It is not sent if nobody waits for the reply any more when its turn
	 * comes.
	 * @param payload the request
	 * @param ask the waiting for its reply
	 */
	public void ask(byte[] payload, Request ask) {
		Message message = new Message(payload, (failure) -> {
			if (failure != null && !ask.isExpired()) {
				ask.failed(failure);
			}
		}, ask);
		CompletableFuture<?> unused = ask.reply().whenComplete((reply, failure) -> {
			if (!ask.hasReply()) {
				// The request failed, or the application has completed the future itself.
				// In that case this is the first who hears of it.
				ask.settle(RequestOutcome.CANCELLED);
				ask.gaveUp();
				withdraw(message);
			}
			else if (ask.sentOn() == null) {
				// A connection has given it back in the meantime.
				withdraw(message);
			}
		});
		add(message);
	}

	private void add(Message message) {
		Exception refusal;
		this.lock.lock();
		try {
			refusal = admit(message);
			if (refusal == null) {
				handOver();
			}
		}
		finally {
			unlock();
		}
		if (refusal != null) {
			message.completion.refused(refusal);
		}
	}

	/** Releases the lock, and then runs what is in {@link #untold}. */
	private void unlock() {
		Runnable first = null;
		List<Runnable> more = List.of();
		if (this.lock.getHoldCount() == 1) {
			if (this.whenEmpty != null && (count() == 0 || (this.ending && this.handed.isEmpty()))) {
				this.untold.add(this.whenEmpty);
				this.whenEmpty = null;
			}
			first = this.untold.poll();
			if (!this.untold.isEmpty()) {
				more = new ArrayList<>(this.untold);
				this.untold.clear();
			}
		}
		this.lock.unlock();
		if (first != null) {
			first.run();
			more.forEach(Runnable::run);
		}
	}

	/** Admits a message, or returns why it is refused. Under the lock. */
	private @Nullable Exception admit(Message message) {
		if (this.refusing != null) {
			return new ClientClosedException(this.name, this.refusing);
		}
		if (message.unwanted()) {
			return unwanted();
		}
		if (this.blocked.isEmpty() && fits(message)) {
			enqueue(message);
			return null;
		}
		OutboundFullException full = full(message);
		switch (this.bounds.overflow()) {
			case BLOCK -> {
				if (!(Thread.currentThread() instanceof IoThread)) {
					return await(message);
				}
			}
			case DROP_OLDEST -> {
				if (fitsInsteadOfOlder(message)) {
					while (!fits(message) && !this.waiting.isEmpty()) {
						Message oldest = this.waiting.remove();
						this.counters.countDropped();
						settle(oldest, full);
					}
					enqueue(message);
					return null;
				}
			}
			case CLOSE -> {
				// If others hold the memory, its server may read as fast as it can.
				if (this.connection != null && !hasRoom(message, count(), this.bytes)) {
					this.connection.slow();
				}
			}
			case DROP_NEWEST, FAIL -> {
			}
		}
		this.counters.countRefused();
		return full;
	}

	private OutboundFullException full(Message message) {
		if (count() >= this.bounds.capacity()) {
			return full("outbound.capacity", this.bounds.capacity());
		}
		return (!hasRoom(message, count(), this.bytes) || hasMemory()) ? full("outbound.bytes", this.bounds.bytes())
				: new OutboundFullException(
						"Client '" + this.name + "' cannot accept another payload: more than half of "
								+ "socket.limits.memory = " + this.memory.limit() + " is in use",
						"limits.memory");
	}

	private OutboundFullException full(String limit, long value) {
		return new OutboundFullException("Client '" + this.name + "' has reached " + limit + " = " + value
				+ ": it is not connected, or its server reads more slowly than it is written to", limit);
	}

	private boolean fits(Message message) {
		return fits(message, count(), this.bytes);
	}

	/**
	 * Whether a message would fit if all those that wait, and may be dropped, were
	 * dropped.
	 */
	private boolean fitsInsteadOfOlder(Message message) {
		long sent = this.handedBytes;
		for (Message back : this.returned) {
			sent += back.payload.length;
		}
		return fits(message, this.handed.size() + this.returned.size(), sent);
	}

	private boolean fits(Message message, int others, long otherBytes) {
		return hasRoom(message, others, otherBytes) && (others == 0 || hasMemory());
	}

	/** Whether the limits of this client have room, however much memory there is. */
	private boolean hasRoom(Message message, int others, long otherBytes) {
		return this.bounds.fits(others, otherBytes, message.payload.length);
	}

	/**
	 * Whether the memory of all servers and clients leaves room for more here. Only half
	 * of it does: what waits here cannot be reduced while there is no connection, and
	 * sessions would be cut for it during all that time. A single payload is admitted
	 * without asking, so that a client never depends on what others hold.
	 */
	private boolean hasMemory() {
		return this.memory.used() <= this.memory.limit() / 2;
	}

	private int count() {
		return this.waiting.size() + this.handed.size() + this.returned.size();
	}

	private void enqueue(Message message) {
		this.waiting.add(message);
		this.bytes += message.payload.length;
		message.charge();
		this.counters.countAccepted();
	}

	/**
	 * Removes a message from the counts; its sender is told the outcome once the lock is
	 * released.
	 */
	private void settle(Message message, @Nullable Exception failure) {
		message.settled = true;
		message.failure = failure;
		this.bytes -= message.payload.length;
		message.discharge();
		this.untold.add(message);
	}

	/** Settles a message that will never be sent. */
	private void settleUndelivered(Message message, Exception failure) {
		this.counters.countUndelivered(1);
		settle(message, failure);
	}

	/**
	 * Waits until a message is admitted, or returns why it is refused. Gives the lock
	 * back while it waits.
	 */
	private @Nullable Exception await(Message message) {
		Waiter waiter = new Waiter(message, this.lock.newCondition());
		this.blocked.add(waiter);
		while (waiter.open) {
			try {
				LongWait.on(waiter);
				if (waiter.open) {
					admitBlocked();
					handOver();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				if (waiter.open) {
					this.blocked.remove(waiter);
					// Senders behind this one may have shorter payloads, which fit.
					admitBlocked();
					handOver();
					return new InterruptedIOException(
							"Interrupted while waiting for room to send with client '" + this.name + "'");
				}
			}
		}
		return waiter.refusal;
	}

	/** Admits the messages of waiting senders, in order, as long as there is room. */
	private void admitBlocked() {
		for (Waiter first = this.blocked.peek(); first != null && fits(first.message); first = this.blocked.peek()) {
			this.blocked.remove();
			enqueue(first.message);
			first.end(null);
		}
	}

	/**
	 * Removes a request that was not handed over yet, since nobody waits for its reply
	 * any more.
	 */
	private void withdraw(Message message) {
		this.lock.lock();
		try {
			if (this.waiting.remove(message)) {
				settleUndelivered(message, unwanted());
			}
			else {
				Waiter waiter = this.blocked.stream()
					.filter((candidate) -> candidate.message == message)
					.findFirst()
					.orElse(null);
				if (waiter == null) {
					return;
				}
				this.blocked.remove(waiter);
				waiter.end(unwanted());
			}
			admitBlocked();
			handOver();
		}
		finally {
			unlock();
		}
	}

	private static Exception unwanted() {
		return new CancellationException("Nobody waits for the reply any more");
	}

	// What connections do.

	/**
	 * Sends on a connection from now on. The one before must have given everything back.
	 * @param next the connection
	 */
	public void attach(Connection next) {
		this.lock.lock();
		try {
			this.connection = next;
			this.ending = false;
			handOver();
		}
		finally {
			unlock();
		}
	}

	/**
	 * Hands nothing more to the connection.
	 * @param then run when the connection has given everything back: before this returns,
	 * or on its loop
	 */
	public void detach(Runnable then) {
		this.lock.lock();
		try {
			this.connection = null;
			this.ending = false;
			if (this.handed.isEmpty()) {
				takeBack();
				this.untold.add(then);
			}
			else {
				this.whenReturned = then;
			}
		}
		finally {
			unlock();
		}
	}

	/** Whether there is a connection to hand payloads over to, now or in a moment. */
	boolean isAttached() {
		this.lock.lock();
		try {
			return this.connection != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Under the lock. */
	private void handOver() {
		if (this.handing) {
			return;
		}
		this.handing = true;
		try {
			while (this.connection != null && this.handedBytes < WINDOW && !this.waiting.isEmpty()) {
				handOver(this.connection, this.waiting.remove());
			}
		}
		finally {
			this.handing = false;
		}
	}

	private void handOver(Connection to, Message message) {
		if (message.ask != null && !message.ask.begin()) {
			settleUndelivered(message, unwanted());
			admitBlocked();
			return;
		}
		this.handed.add(message);
		this.handedBytes += message.payload.length;
		// Before the connection charges it: a session might be cut in the moment in which
		// it is charged twice.
		message.discharge();
		if (message.ask != null) {
			to.asks().add(message.ask);
		}
		boolean repeated = message.broken;
		boolean taken = false;
		Exception failure = null;
		try {
			taken = to.deliver(message.payload, message);
		}
		catch (Throwable ex) {
			// The session's present framing cannot encode it, or there is no memory.
			failure = (ex instanceof Exception exception) ? exception : new IllegalStateException(ex);
		}
		if (!taken) {
			notTaken(to, message, failure);
		}
		else if (repeated) {
			this.counters.countRepeated();
		}
	}

	/**
	 * The connection has not taken a message.
	 * @param failure why it never will, or {@code null} if the connection is closing
	 */
	private void notTaken(Connection to, Message message, @Nullable Exception failure) {
		if (!this.handed.removeLastOccurrence(message)) {
			// It failed after the write, whose outcome has been reported already.
			return;
		}
		this.handedBytes -= message.payload.length;
		if (message.ask != null) {
			to.asks().remove(message.ask);
			if (!message.broken) {
				message.ask.notBegun();
			}
		}
		if (failure != null) {
			settleUndelivered(message, failure);
			admitBlocked();
		}
		else {
			// The connection is closing; the message waits for the next one.
			message.charge();
			this.waiting.addFirst(message);
			this.connection = null;
			this.ending = true;
		}
	}

	/** On the loop of the connection. */
	private void completed(Message message, @Nullable Exception failure) {
		this.lock.lock();
		try {
			if (message.settled) {
				// failAll has settled it before.
				return;
			}
			this.handed.removeFirstOccurrence(message);
			this.handedBytes -= message.payload.length;
			if (failure == null) {
				this.counters.countDelivered();
				settle(message, null);
				admitBlocked();
				handOver();
			}
			else {
				// The connection is lost, and will say so. If it were handed more before
				// that, it might give it back at once, again and again.
				this.connection = null;
				this.ending = true;
				message.broken = true;
				message.charge();
				this.returned.add(message);
			}
			if (this.handed.isEmpty() && (failure != null || this.whenReturned != null)) {
				takeBack();
				if (this.whenReturned != null) {
					this.untold.add(this.whenReturned);
					this.whenReturned = null;
				}
			}
		}
		finally {
			unlock();
		}
	}

	/**
	 * Puts what the connection has given back in front of what waits, except for requests
	 * that were given up meanwhile.
	 */
	private void takeBack() {
		for (Message last = this.returned.pollLast(); last != null; last = this.returned.pollLast()) {
			if (last.unwanted()) {
				settleUndelivered(last, unwanted());
			}
			else {
				this.waiting.addFirst(last);
			}
		}
		admitBlocked();
	}

	// What happens at the end.

	/**
	 * Admits no more payloads.
	 * @param state what the client is doing, for those who are refused
	 * @param then run when everything has been sent, unless {@link #failAll} comes first:
	 * before this returns, or on a loop
	 */
	public void close(ClientState state, Runnable then) {
		this.lock.lock();
		try {
			refuseAll(state);
			this.whenEmpty = then;
		}
		finally {
			unlock();
		}
	}

	/**
	 * Admits no more payloads. If a {@link #close} came before, it still tells when
	 * everything has been sent.
	 * @param state what the client is doing, for those who are refused
	 */
	public void refuse(ClientState state) {
		this.lock.lock();
		try {
			refuseAll(state);
		}
		finally {
			unlock();
		}
	}

	/** Under the lock. */
	private void refuseAll(ClientState state) {
		this.refusing = state;
		for (Waiter waiter = this.blocked.poll(); waiter != null; waiter = this.blocked.poll()) {
			waiter.end(new ClientClosedException(this.name, state));
		}
	}

	/**
	 * Fails all payloads, since there will be no connection for them. What a stuck
	 * connection gives back afterwards is ignored.
	 * @param state what the client is doing
	 */
	public void failAll(ClientState state) {
		this.lock.lock();
		try {
			refuseAll(state);
			this.connection = null;
			this.whenEmpty = null;
			this.whenReturned = null;
			this.handedBytes = 0;
			failAll(this.handed, state, true);
			failAll(this.returned, state, true);
			failAll(this.waiting, state, false);
		}
		finally {
			unlock();
		}
	}

	private void failAll(Deque<Message> messages, ClientState state, boolean begun) {
		for (Message message = messages.poll(); message != null; message = messages.poll()) {
			settleUndelivered(message, new ClientClosedException(this.name, state, begun || message.broken));
		}
	}

	// What waits now.

	@Override
	public int pending() {
		this.lock.lock();
		try {
			return count();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With what the handler has sent on the connection, which never was here. */
	@Override
	public long pendingBytes() {
		Connection current;
		long here;
		this.lock.lock();
		try {
			current = this.connection;
			here = (current != null) ? this.bytes - this.handedBytes : this.bytes;
		}
		finally {
			this.lock.unlock();
		}
		return (current != null) ? here + current.pendingBytes() : here;
	}

	@Override
	public int pendingReplies() {
		this.lock.lock();
		try {
			int asked = (this.connection != null) ? this.connection.asks().size() : 0;
			return asked + asks(this.waiting) + asks(this.returned);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static int asks(Deque<Message> messages) {
		return (int) messages.stream().filter((message) -> message.ask != null).count();
	}

	/** A connection, as the outbox sees it. */
	public interface Connection {

		/**
		 * Sends a payload, without waiting.
		 * @param payload the payload
		 * @param completion told the outcome, on the loop and in the order of the calls,
		 * when the operating system has taken all of the payload, or never will; never if
		 * this method returns {@code false}
		 * @return {@code false} if the connection is closing
		 */
		boolean deliver(byte[] payload, Completion completion);

		/**
		 * Returns the requests that wait for replies on this connection.
		 * @return the requests
		 */
		PendingRequests asks();

		/**
		 * Returns how many bytes the operating system has not taken yet, of what was
		 * delivered and of what the handler has sent itself.
		 * @return the number
		 */
		public long pendingBytes();

		/** Ends the connection, because the server reads too slowly. */
		void slow();

	}

	/** A payload that was admitted, or is waiting for that. Guarded by the lock. */
	private final class Message implements Completion, Runnable {

		private final byte[] payload;

		private final Completion completion;

		private final @Nullable Request ask;

		/** A connection has ended before all of this payload had left. */
		private boolean broken;

		/** The outcome is decided, and the sender was told it, or is about to be. */
		private boolean settled;

		/**
		 * Its bytes count as held by the client. Those that a connection has are charged
		 * to its session.
		 */
		private boolean charged;

		private @Nullable Exception failure;

		Message(byte[] payload, Completion completion, @Nullable Request ask) {
			this.payload = payload;
			this.completion = completion;
			this.ask = ask;
		}

		/** Whether this is a request for whose reply nobody waits any more. */
		boolean unwanted() {
			return this.ask != null && this.ask.isOver();
		}

		void charge() {
			this.charged = true;
			ClientOutbox.this.memory.add(this.payload.length);
		}

		void discharge() {
			if (this.charged) {
				this.charged = false;
				ClientOutbox.this.memory.add(-this.payload.length);
			}
		}

		/** Called by the connection with the outcome. */
		@Override
		public void completed(@Nullable Exception failure) {
			if (failure != null && this.ask != null) {
				PendingRequests connection = this.ask.sentOn();
				if (connection != null) {
					connection.goesBack(this.ask);
				}
			}
			ClientOutbox.this.completed(this, failure);
		}

		/** Tells the sender the outcome. Without the lock. */
		@Override
		public void run() {
			this.completion.completed(this.failure);
		}

	}

	/** A sender that waits for room. Guarded by the lock. */
	private static final class Waiter implements ForkJoinPool.ManagedBlocker {

		private final Message message;

		private final Condition condition;

		private boolean open = true;

		private @Nullable Exception refusal;

		Waiter(Message message, Condition condition) {
			this.message = message;
			this.condition = condition;
		}

		/**
		 * Waits until this sender is admitted or refused, or until it is time to look at
		 * the memory again.
		 */
		@Override
		public boolean block() throws InterruptedException {
			boolean unused = this.condition.await(MEMORY_LOOK_MILLIS, TimeUnit.MILLISECONDS);
			return true;
		}

		@Override
		public boolean isReleasable() {
			return !this.open;
		}

		void end(@Nullable Exception refused) {
			this.open = false;
			this.refusal = refused;
			this.condition.signal();
		}

	}

}
