package dev.socketserver.engine.client;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.engine.memory.MemoryAccount;
import dev.socketserver.engine.requests.RequestTurns;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has of the payloads of its client. Guarded by the lock of the
 * {@link ClientOutbox}, except for what is final.
 *
 * <pre>
 *   waiting ──hand──▶ handed ──takeHanded──▶
 *                       │
 *                       └──gaveBack──▶ returned ──takeReturned──▶
 * </pre>
 */
final class OutboxLink implements RequestTurns.InTurn {

	private final Listener listener;

	private final ClientLink connection;

	/** Those that wait for this connection, where payloads have keys. */
	private final Waiting<ClientMessage> waiting;

	/**
	 * Those that the connection has, in order; it has not reported their outcome yet.
	 * They are charged to its session.
	 */
	private final Waiting<ClientMessage> handed = new Waiting<>(ClientMessage::bytes, null);

	/**
	 * Those that the connection has failed to send. They stay here until it has given
	 * back all others, too.
	 */
	private final Waiting<ClientMessage> returned;

	private int buckets;

	private LinkState state = LinkState.ATTACHED;

	/** Run when the connection has sent, or given back, everything. */
	private @Nullable Runnable whenLeft;

	OutboxLink(Listener listener, ClientLink connection, MemoryAccount memory) {
		this.listener = listener;
		this.connection = connection;
		this.waiting = new Waiting<>(ClientMessage.WAITING, Charge.exact(memory));
		this.returned = new Waiting<>(ClientMessage::bytes, Charge.exact(memory));
	}

	ClientLink connection() {
		return this.connection;
	}

	Waiting<ClientMessage> waiting() {
		return this.waiting;
	}

	LinkState state() {
		return this.state;
	}

	/** Whether payloads are handed over. */
	boolean isAttached() {
		return this.state == LinkState.ATTACHED;
	}

	/** Whether it is not about to be over. */
	boolean isOpen() {
		return this.state.compareTo(LinkState.ENDING) < 0;
	}

	/** Takes no more payloads; one that is over already stays so. */
	void leave(LinkState next) {
		if (next.compareTo(this.state) > 0) {
			this.state = next;
		}
	}

	// Where messages are.

	/** The connection gets one, which it charges. */
	void hand(ClientMessage message) {
		this.handed.add(message);
		message.link(this);
	}

	/**
	 * Takes one that the connection has sent, or does not send.
	 * @return {@code false} if its outcome has been reported already
	 */
	boolean takeHanded(ClientMessage message) {
		return this.handed.remove(message);
	}

	/** The connection has ended before it had sent all of one. */
	void gaveBack(ClientMessage message) {
		takeHanded(message);
		message.broke();
		this.returned.add(message);
	}

	/**
	 * Returns the last that was given back, and forgets it; the first is the last one.
	 */
	@Nullable ClientMessage takeReturned() {
		return this.returned.pollLast();
	}

	/** Takes all of which the connection has not reported the outcome, or failed. */
	List<ClientMessage> takeAll() {
		List<ClientMessage> all = new ArrayList<>();
		this.returned.drain(all::add);
		this.handed.drain(all::add);
		return all;
	}

	/** Whether the connection has reported the outcome of all. */
	boolean noneHanded() {
		return this.handed.isEmpty();
	}

	/** Bytes of those that the connection has. */
	long handedBytes() {
		return this.handed.bytes();
	}

	/** How many requests it has given back, or are to be handed over to it. */
	int unsentRequests() {
		return (int) Stream.concat(this.waiting.stream(), this.returned.stream())
			.filter(ClientMessage::isRequest)
			.count();
	}

	/** How many buckets of keys it has. */
	int buckets() {
		return this.buckets;
	}

	void countBuckets(int more) {
		this.buckets += more;
	}

	// When it has left.

	/** Has a task run when nothing is handed over any more. */
	void whenLeft(@Nullable Runnable then) {
		this.whenLeft = then;
	}

	/** Whether somebody waits for that. */
	boolean isAwaited() {
		return this.whenLeft != null;
	}

	/** Returns the task that runs now, if there is one. */
	@Nullable Runnable takeWhenLeft() {
		Runnable then = this.whenLeft;
		this.whenLeft = null;
		return then;
	}

	// Requests in turn.

	/** Waits for the turn of a request, if requests are one at a time here. */
	void enterTurn() {
		RequestTurns turns = this.connection.requests().turns();
		if (turns != null) {
			turns.enter(this);
		}
	}

	/** Whether requests wait for their turn. */
	boolean hasTurns() {
		return this.connection.requests().turns() != null;
	}

	@Override
	public boolean begin() {
		return this.listener.begin(this);
	}

	/** The connection has reported the outcome of a message. On its loop. */
	void completed(ClientMessage message, @Nullable Exception failure) {
		this.listener.completed(message, this, failure);
	}

	/** Is notified of what the connection does, without the lock. */
	interface Listener {

		/**
		 * It is the turn of a request of the client on the connection.
		 * @return whether one is under way now
		 */
		boolean begin(OutboxLink link);

		/** The connection has reported the outcome of a message. On its loop. */
		void completed(ClientMessage message, OutboxLink by, @Nullable Exception failure);

	}

}
