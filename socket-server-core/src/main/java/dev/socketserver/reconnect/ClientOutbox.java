package dev.socketserver.reconnect;

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
import dev.socketserver.SessionSpec;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.session.Completion;
import dev.socketserver.session.IoThread;
import dev.socketserver.session.LongWait;
import dev.socketserver.session.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * What a client has to send, whether or not it is connected: admits or refuses, and hands
 * over to the connection of the moment, in order and not more than it will take up soon.
 * What was handed over stays here until the operating system has all of it; if the
 * connection ends before, it comes back, in front of everything else. Each outcome is
 * told exactly once.
 * <p>
 * All state is guarded by the lock, under which connections are called, which never wait;
 * outcomes are told without it.
 */
public final class ClientOutbox {

	/**
	 * As many bytes are with the connection at a time, if not more are in one payload: as
	 * many as it gives to the socket at once.
	 */
	private static final int WINDOW = 64 * 1024;

	/**
	 * How often those who wait look whether there is memory again, of which nobody tells
	 * them.
	 */
	private static final long MEMORY_LOOK_MILLIS = 250;

	private final String name;

	private final SessionSpec.Outbound limits;

	private final ClientLedger ledger;

	private final MemoryBudget memory;

	private final ReentrantLock lock = new ReentrantLock();

	/** To be handed over, the oldest first. */
	private final ArrayDeque<Message> waiting = new ArrayDeque<>();

	/** Handed over and not told about yet, in order. */
	private final ArrayDeque<Message> handed = new ArrayDeque<>();

	/** Those of the connection that were given back, until it has nothing any more. */
	private final ArrayDeque<Message> returned = new ArrayDeque<>();

	/** Senders that wait for room, in order. */
	private final ArrayDeque<Waiter> blocked = new ArrayDeque<>();

	/** Bytes of everything here. */
	private long bytes;

	private long handedBytes;

	/** Handing over is on the stack: what completes at once must not begin it again. */
	private boolean handing;

	/** What became of payloads, to be told without the lock. */
	private final ArrayDeque<Runnable> untold = new ArrayDeque<>(4);

	private @Nullable Connection connection;

	/** The connection is closing: what waits will have another. */
	private boolean ending;

	/** Is told when the connection has given everything back. */
	private @Nullable Runnable whenReturned;

	/** Is told when everything has been sent. */
	private @Nullable Runnable whenEmpty;

	/** What those are told who come now; {@code null} while something can be sent. */
	private @Nullable ClientState refusing = ClientState.STOPPED;

	/**
	 * Creates an outbox, which refuses everything until it is {@link #open() opened}.
	 * @param name the client's name
	 * @param limits what may wait
	 * @param ledger counts
	 * @param memory what all may hold
	 */
	public ClientOutbox(String name, SessionSpec.Outbound limits, ClientLedger ledger, MemoryBudget memory) {
		this.name = name;
		this.limits = limits;
		this.ledger = ledger;
		this.memory = memory;
		ledger.outbox(this);
	}

	/** Admits from now on. */
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
	 * Adds a payload, refuses it, or waits for room, as the policy has it. Nobody waits
	 * on an I/O thread.
	 * @param payload the payload
	 * @param completion is told the outcome, also that of a refusal
	 */
	public void send(byte[] payload, Completion completion) {
		add(new Message(payload, completion, null));
	}

	/**
	 * Adds a request, which is not sent if nobody waits for its reply any more.
	 * @param payload the request
	 * @param ask waits for its reply
	 */
	public void ask(byte[] payload, Ask ask) {
		Message message = new Message(payload, (failure) -> {
			if (failure != null) {
				ask.failed(failure);
			}
		}, ask);
		CompletableFuture<?> unused = ask.reply().whenComplete((reply, failure) -> {
			if (!ask.hasReply()) {
				// It failed, or the application has given it a value of its own.
				ask.gaveUp();
				withdraw(message);
			}
			else if (ask.sentOn() == null) {
				// It had come back all the same.
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

	/** Gives the lock back, and tells what came about under it. */
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

	/** Returns why it is not admitted, if it is not. Under the lock. */
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
		OutboundFullException full = full();
		switch (this.limits.overflow()) {
			case BLOCK -> {
				if (!(Thread.currentThread() instanceof IoThread)) {
					return await(message);
				}
			}
			case DROP_OLDEST -> {
				if (fitsInsteadOfOlder(message)) {
					while (!fits(message) && !this.waiting.isEmpty()) {
						Message oldest = this.waiting.remove();
						this.ledger.countDropped();
						settle(oldest, full);
					}
					enqueue(message);
					return null;
				}
			}
			case CLOSE -> {
				if (this.connection != null) {
					this.connection.slow();
				}
			}
			case DROP_NEWEST, FAIL -> {
			}
		}
		this.ledger.countRefused();
		return full;
	}

	private OutboundFullException full() {
		if (count() >= this.limits.capacity()) {
			return full("outbound.capacity", this.limits.capacity());
		}
		return hasMemory() ? full("outbound.bytes", this.limits.bytes())
				: new OutboundFullException(
						"Client '" + this.name + "' may add nothing to what waits: more than half of "
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

	/** Whether it would if all was dropped that may be. */
	private boolean fitsInsteadOfOlder(Message message) {
		long sent = this.handedBytes;
		for (Message back : this.returned) {
			sent += back.payload.length;
		}
		return fits(message, this.handed.size() + this.returned.size(), sent);
	}

	private boolean fits(Message message, int others, long otherBytes) {
		return others < this.limits.capacity()
				&& (others == 0 || (otherBytes + message.payload.length <= this.limits.bytes() && hasMemory()));
	}

	/**
	 * Nobody can take away what waits here while there is no connection: were it more,
	 * sessions would be cut for it, for as long as that lasts. One payload finds room
	 * whatever others hold, so that nobody waits for them.
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
		this.memory.add(message.payload.length);
		this.ledger.countAccepted();
	}

	/** It is here no longer; what became of it is told when the lock is given back. */
	private void settle(Message message, @Nullable Exception failure) {
		message.settled = true;
		message.failure = failure;
		this.bytes -= message.payload.length;
		this.memory.add(-message.payload.length);
		this.untold.add(message);
	}

	/** It will never be sent. */
	private void settleUndelivered(Message message, Exception failure) {
		this.ledger.countUndelivered(1);
		settle(message, failure);
	}

	/** Waits until it is admitted, and returns why it was not, if it was not. */
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
					// Those behind it may be shorter.
					admitBlocked();
					handOver();
					return new InterruptedIOException(
							"Interrupted while waiting for room to send with client '" + this.name + "'");
				}
			}
		}
		return waiter.refusal;
	}

	/** Admits those who wait as far as there is room. */
	private void admitBlocked() {
		for (Waiter first = this.blocked.peek(); first != null && fits(first.message); first = this.blocked.peek()) {
			this.blocked.remove();
			enqueue(first.message);
			first.end(null);
		}
	}

	/** Nobody waits for a reply any more: what has not begun to leave does not. */
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

	// With connections.

	/**
	 * Sends on a connection from now on; the one before has given everything back.
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
	 * Sends nothing more on the connection.
	 * @param then is called when it has given everything back: now, or on its loop
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
		if (message.unwanted()) {
			settleUndelivered(message, unwanted());
			admitBlocked();
			return;
		}
		this.handed.add(message);
		this.handedBytes += message.payload.length;
		if (message.ask != null) {
			to.asks().add(message.ask);
		}
		boolean taken = false;
		Exception failure = null;
		try {
			taken = to.deliver(message.payload, message);
		}
		catch (Throwable ex) {
			// The framing of the moment refuses it, or there is no memory.
			failure = (ex instanceof Exception exception) ? exception : new IllegalStateException(ex);
		}
		if (taken) {
			if (message.broken) {
				message.broken = false;
				this.ledger.countRepeated();
			}
			return;
		}
		if (!this.handed.removeLastOccurrence(message)) {
			// It failed behind the write, which has come to something already.
			return;
		}
		this.handedBytes -= message.payload.length;
		if (message.ask != null) {
			to.asks().remove(message.ask);
		}
		if (failure != null) {
			settleUndelivered(message, failure);
			admitBlocked();
		}
		else {
			// It is closing: what waits will have another.
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
				// It was given up before.
				return;
			}
			this.handed.removeFirstOccurrence(message);
			this.handedBytes -= message.payload.length;
			if (failure == null) {
				this.ledger.countDelivered();
				settle(message, null);
				admitBlocked();
				handOver();
			}
			else {
				// The connection is lost, which it will tell. Given more, it might give
				// that back at once, and so for ever.
				this.connection = null;
				this.ending = true;
				message.broken = true;
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
	 * What came back is the first to be sent again, except requests that were given up
	 * while the connection had them.
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

	// At the end.

	/**
	 * Admits nothing more.
	 * @param state what those are told who come
	 * @param then is called when everything has been sent, unless {@link #failAll} is
	 * first: now, or on a loop
	 */
	public void close(ClientState state, Runnable then) {
		this.lock.lock();
		try {
			refuse(state);
			this.whenEmpty = then;
		}
		finally {
			unlock();
		}
	}

	private void refuse(ClientState state) {
		this.refusing = state;
		for (Waiter waiter = this.blocked.poll(); waiter != null; waiter = this.blocked.poll()) {
			waiter.end(new ClientClosedException(this.name, state));
		}
	}

	/**
	 * Fails everything that is here: there will be no connection. What a connection that
	 * is stuck gives back afterwards is nobody's any more.
	 * @param state what the client is doing
	 */
	public void failAll(ClientState state) {
		this.lock.lock();
		try {
			refuse(state);
			this.connection = null;
			this.whenEmpty = null;
			this.whenReturned = null;
			this.handedBytes = 0;
			failAll(this.handed, state);
			failAll(this.returned, state);
			failAll(this.waiting, state);
		}
		finally {
			unlock();
		}
	}

	private void failAll(Deque<Message> messages, ClientState state) {
		for (Message message = messages.poll(); message != null; message = messages.poll()) {
			settleUndelivered(message, new ClientClosedException(this.name, state));
		}
	}

	// What is there.

	int pending() {
		this.lock.lock();
		try {
			return count();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With what the handler has sent on the connection, which never was here. */
	long pendingBytes() {
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

	int pendingReplies() {
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
		 * @param completion is told, on the loop, when the operating system has all of
		 * it, or never will; in the order of the calls. Not if this returns {@code false}
		 * @return {@code false} if the connection is closing
		 */
		boolean deliver(byte[] payload, Completion completion);

		/**
		 * Returns the requests on the connection.
		 * @return the requests
		 */
		PendingAsks asks();

		/**
		 * Returns how many bytes the operating system has not taken yet, of what was
		 * delivered and of what the handler has sent itself.
		 * @return the number
		 */
		long pendingBytes();

		/** Ends the connection, whose server reads too slowly. */
		void slow();

	}

	/** A payload that was accepted, or is to be. Guarded by the lock. */
	private final class Message implements Completion, Runnable {

		private final byte[] payload;

		private final Completion completion;

		private final @Nullable Ask ask;

		/** A connection ended before all of it had left. */
		private boolean broken;

		/** What becomes of it is settled, as far as the sender is concerned. */
		private boolean settled;

		private @Nullable Exception failure;

		Message(byte[] payload, Completion completion, @Nullable Ask ask) {
			this.payload = payload;
			this.completion = completion;
			this.ask = ask;
		}

		/** Whether nobody waits for what it would come to. */
		boolean unwanted() {
			return this.ask != null && this.ask.isOver();
		}

		/** The connection tells what became of it. */
		@Override
		public void completed(@Nullable Exception failure) {
			if (failure != null && this.ask != null) {
				PendingAsks connection = this.ask.sentOn();
				if (connection != null) {
					connection.goesBack(this.ask);
				}
			}
			ClientOutbox.this.completed(this, failure);
		}

		/** Tells the sender what became of it. Without the lock. */
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

		/** Waits for the end, or until it is time to look at the memory. */
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
