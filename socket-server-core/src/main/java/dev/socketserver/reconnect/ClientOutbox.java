package dev.socketserver.reconnect;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.OutboundFullException;
import dev.socketserver.OutboundOverflow;
import dev.socketserver.SessionSpec;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.session.Completion;
import dev.socketserver.session.IoThread;
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

	private @Nullable Connection connection;

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
			if (failure != null) {
				ask.gaveUp();
				withdraw(message);
			}
		});
		add(message);
	}

	private void add(Message message) {
		List<Message> dropped = new ArrayList<>(0);
		Exception refusal;
		this.lock.lock();
		try {
			refusal = admit(message, dropped);
			if (refusal == null) {
				handOver();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (refusal != null) {
			message.completion.refused(refusal);
		}
		for (Message old : dropped) {
			old.completion.completed(full());
		}
	}

	/** Returns why it is not admitted, if it is not. Under the lock. */
	private @Nullable Exception admit(Message message, List<Message> dropped) {
		if (this.refusing != null) {
			return new ClientClosedException(this.name, this.refusing);
		}
		if (this.blocked.isEmpty() && fits(message)) {
			enqueue(message);
			return null;
		}
		switch (this.limits.overflow()) {
			case BLOCK -> {
				if (!(Thread.currentThread() instanceof IoThread)) {
					return await(message);
				}
			}
			case DROP_OLDEST -> {
				while (!fits(message)) {
					Message oldest = this.waiting.poll();
					if (oldest == null) {
						break;
					}
					gone(oldest);
					this.ledger.countDropped();
					dropped.add(oldest);
				}
				if (fits(message)) {
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
		return full();
	}

	private OutboundFullException full() {
		return (pending() >= this.limits.capacity())
				? new OutboundFullException("Client '" + this.name + "'", "outbound.capacity", this.limits.capacity())
				: new OutboundFullException("Client '" + this.name + "'", "outbound.bytes", this.limits.bytes());
	}

	private boolean fits(Message message) {
		int others = count();
		return others < this.limits.capacity()
				&& (others == 0 || this.bytes + message.payload.length <= this.limits.bytes());
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

	private void gone(Message message) {
		this.bytes -= message.payload.length;
		this.memory.add(-message.payload.length);
	}

	/** Waits until it is admitted, and returns why it was not, if it was not. */
	private @Nullable Exception await(Message message) {
		Waiter waiter = new Waiter(message, this.lock.newCondition());
		this.blocked.add(waiter);
		while (waiter.open) {
			try {
				waiter.condition.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				if (waiter.open) {
					this.blocked.remove(waiter);
					// Those behind it may be shorter.
					admitBlocked();
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
		boolean emptied = false;
		this.lock.lock();
		try {
			if (this.waiting.remove(message)) {
				gone(message);
				this.ledger.countUndelivered(1);
				admitBlocked();
				handOver();
				emptied = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (emptied) {
			tellIfEmpty();
		}
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
			handOver();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Sends nothing more on the connection.
	 * @param then is called when it has given everything back: now, or on its loop
	 */
	public void detach(Runnable then) {
		boolean now;
		this.lock.lock();
		try {
			this.connection = null;
			now = this.handed.isEmpty();
			if (now) {
				takeBack();
			}
			else {
				this.whenReturned = then;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (now) {
			then.run();
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
		catch (RuntimeException | OutOfMemoryError ex) {
			// The framing of the moment refuses it, or there is no memory.
			failure = (ex instanceof Exception exception) ? exception : new IllegalStateException(ex);
		}
		if (taken) {
			return;
		}
		this.handed.removeLastOccurrence(message);
		this.handedBytes -= message.payload.length;
		if (message.ask != null) {
			to.asks().remove(message.ask);
		}
		if (failure != null) {
			gone(message);
			this.ledger.countUndelivered(1);
			message.completion.completed(failure);
		}
		else {
			// It is closing: what waits will have another.
			this.waiting.addFirst(message);
			this.connection = null;
		}
	}

	/** On the loop of the connection. */
	private void completed(Message message, @Nullable Exception failure) {
		Runnable then = null;
		this.lock.lock();
		try {
			this.handed.removeFirstOccurrence(message);
			this.handedBytes -= message.payload.length;
			if (failure == null) {
				gone(message);
				this.ledger.countDelivered();
				admitBlocked();
				handOver();
			}
			else {
				this.returned.add(message);
				this.ledger.countRepeated();
			}
			if (this.handed.isEmpty() && (failure != null || this.whenReturned != null)) {
				takeBack();
				then = this.whenReturned;
				this.whenReturned = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (failure == null) {
			message.completion.completed(null);
			tellIfEmpty();
		}
		if (then != null) {
			then.run();
		}
	}

	/** What came back is the first to be sent again. */
	private void takeBack() {
		for (Message last = this.returned.pollLast(); last != null; last = this.returned.pollLast()) {
			this.waiting.addFirst(last);
		}
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
			this.lock.unlock();
		}
		tellIfEmpty();
	}

	private void refuse(ClientState state) {
		this.refusing = state;
		for (Waiter waiter = this.blocked.poll(); waiter != null; waiter = this.blocked.poll()) {
			waiter.end(new ClientClosedException(this.name, state));
		}
	}

	private void tellIfEmpty() {
		Runnable then = null;
		this.lock.lock();
		try {
			if (count() == 0) {
				then = this.whenEmpty;
				this.whenEmpty = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (then != null) {
			then.run();
		}
	}

	/**
	 * Fails everything that waits: there will be no connection. The last one has given
	 * everything back.
	 * @param state what the client is doing
	 */
	public void failAll(ClientState state) {
		List<Message> failed;
		this.lock.lock();
		try {
			refuse(state);
			this.whenEmpty = null;
			failed = new ArrayList<>(this.waiting);
			this.waiting.clear();
			failed.forEach(this::gone);
			this.ledger.countUndelivered(failed.size());
		}
		finally {
			this.lock.unlock();
		}
		for (Message message : failed) {
			message.completion.completed(new ClientClosedException(this.name, state));
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

	long pendingBytes() {
		this.lock.lock();
		try {
			return this.bytes;
		}
		finally {
			this.lock.unlock();
		}
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

		/** Ends the connection, whose server reads too slowly. */
		void slow();

	}

	/** A payload that was accepted, or is to be. */
	private final class Message implements Completion {

		private final byte[] payload;

		private final Completion completion;

		private final @Nullable Ask ask;

		Message(byte[] payload, Completion completion, @Nullable Ask ask) {
			this.payload = payload;
			this.completion = completion;
			this.ask = ask;
		}

		@Override
		public void completed(@Nullable Exception failure) {
			if (failure != null && this.ask != null) {
				PendingAsks connection = this.ask.sentOn();
				if (connection != null) {
					connection.remove(this.ask);
				}
			}
			ClientOutbox.this.completed(this, failure);
		}

	}

	/** A sender that waits for room. Guarded by the lock. */
	private static final class Waiter {

		private final Message message;

		private final Condition condition;

		private boolean open = true;

		private @Nullable Exception refusal;

		Waiter(Message message, Condition condition) {
			this.message = message;
			this.condition = condition;
		}

		void end(@Nullable Exception refused) {
			this.open = false;
			this.refusal = refused;
			this.condition.signal();
		}

	}

}
