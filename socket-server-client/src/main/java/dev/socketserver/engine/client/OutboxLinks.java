package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import dev.socketserver.client.ClientState;
import dev.socketserver.client.Select;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client to which its {@link ClientOutbox} hands payloads over: each
 * is handed no more at a time than it will send soon. What a connection gives back is
 * handed over to another at once, ahead of all that waits.
 * <p>
 * Without keys a payload waits for any connection, and leaves on the one that is chosen
 * when there is room. With keys it waits for the connection of its key.
 * <p>
 * Guarded by the lock of the outbox. Connections are called while it is held, since they
 * never wait.
 */
final class OutboxLinks {

	/**
	 * While a connection has this many bytes or more, it is handed nothing. It is as many
	 * as a session gives to its socket at once.
	 */
	private static final int WINDOW = 64 * 1024;

	private static final Comparator<OutboxLink> FEWEST = Comparator
		.comparingInt((OutboxLink link) -> link.connection().requests().slots())
		.thenComparingLong(OutboxLink::handedBytes);

	private final ClientMessages messages;

	private final ClientCounters counters;

	private Select select = Select.ORDERED;

	/** Whether payloads leave in their order although connections take turns. */
	private boolean inOrder;

	private final @Nullable KeyBuckets keys;

	/** Run when there may be room for senders that wait. */
	private final Runnable roomAgain;

	/** In the order in which they were attached. */
	private final List<OutboxLink> all = new ArrayList<>(1);

	/** Which of them was handed the last payload. */
	private int last;

	/**
	 * {@link #handOver()} is running; a payload that completes during the call must not
	 * start it again.
	 */
	private boolean handing;

	/**
	 * Creates the object without connections.
	 * @param messages the messages
	 * @param counters the counters of the client
	 * @param spread how payloads are spread over connections; {@code null} where all are
	 * to leave in their order, on one at a time
	 * @param keys the connections of keys, if payloads have keys
	 * @param roomAgain run when there may be room for senders that wait
	 */
	OutboxLinks(ClientMessages messages, ClientCounters counters, @Nullable Select spread, @Nullable KeyBuckets keys,
			Runnable roomAgain) {
		this.messages = messages;
		this.counters = counters;
		this.keys = keys;
		this.roomAgain = roomAgain;
		spread(spread);
	}

	/**
	 * Spreads payloads in another way from now on.
	 * @param spread how; {@code null} where all are to leave in their order, on one
	 * connection at a time
	 */
	void spread(@Nullable Select spread) {
		this.select = (spread != null) ? spread : Select.ORDERED;
		this.inOrder = spread == null;
	}

	// Which there are.

	/**
	 * Returns what is known of a connection, or {@code null} if it was never attached.
	 */
	@Nullable OutboxLink of(ClientLink connection) {
		for (OutboxLink link : this.all) {
			if (link.connection() == connection) {
				return link;
			}
		}
		return null;
	}

	/**
	 * Returns how many bytes those have that are not over.
	 * @param open gets these connections
	 */
	long openBytes(Consumer<ClientLink> open) {
		long bytes = 0;
		for (OutboxLink link : this.all) {
			if (link.isOpen()) {
				open.accept(link.connection());
				bytes += link.handedBytes();
			}
		}
		return bytes;
	}

	/** Returns how many requests wait for replies on those, or to be handed over. */
	int requests() {
		int requests = 0;
		for (OutboxLink link : this.all) {
			requests += link.unsentRequests() + (link.isOpen() ? link.connection().requests().size() : 0);
		}
		return requests;
	}

	/** Whether one takes payloads. */
	boolean anyAttached() {
		return this.all.stream().anyMatch(OutboxLink::isAttached);
	}

	/** Whether there is none that takes or has payloads, and one is about to be over. */
	boolean onlyEnding() {
		boolean ending = false;
		for (OutboxLink link : this.all) {
			if (link.isAttached() || !link.noneHanded()) {
				return false;
			}
			ending |= link.state() == LinkState.ENDING;
		}
		return ending;
	}

	/** Returns the one that takes payloads and has most bytes of them. */
	@Nullable OutboxLink fullest() {
		return this.all.stream()
			.filter(OutboxLink::isAttached)
			.max(Comparator.comparingLong(OutboxLink::handedBytes))
			.orElse(null);
	}

	/** Hands payloads over to one more. */
	void attach(OutboxLink next) {
		this.all.removeIf((link) -> link.connection() == next.connection());
		this.all.add(next);
		if (this.keys != null) {
			this.messages.link(next.waiting());
			List<ClientMessage> waiting = new ArrayList<>();
			this.messages.waiting().drain(waiting::add);
			waiting.forEach(this::place);
		}
		handOver();
	}

	/** Forgets one that is over, and has given back everything. */
	void remove(OutboxLink link) {
		this.all.remove(link);
		this.messages.unlink(link.waiting());
	}

	/** Fails what all have, and forgets them. */
	void failAll(ClientState state) {
		for (OutboxLink link : this.all) {
			link.leave(LinkState.DETACHED);
			link.whenLeft(null);
			link.takeAll().forEach((message) -> this.messages.fail(message, state, true));
		}
		this.messages.failWaiting(state);
		List.copyOf(this.all).forEach(this::remove);
	}

	// Where payloads wait.

	/** Puts one that was admitted where it waits. */
	void admit(ClientMessage message) {
		KeyBucket bucket = message.bucket();
		if (bucket != null) {
			bucket.opened(System.nanoTime());
		}
		place(message);
	}

	private void place(ClientMessage message) {
		OutboxLink link = (this.keys != null) ? linkOf(message, this.keys) : null;
		message.link(link);
		queue(link).add(message);
	}

	private @Nullable OutboxLink linkOf(ClientMessage message, KeyBuckets buckets) {
		KeyBucket bucket = message.bucket();
		if (bucket != null) {
			return buckets.link(bucket, this.all);
		}
		OutboxLink chosen = chosen(Long.MAX_VALUE);
		if (chosen != null) {
			noteChosen(chosen);
		}
		return chosen;
	}

	private Waiting<ClientMessage> queue(@Nullable OutboxLink link) {
		return (link != null) ? link.waiting() : this.messages.waiting();
	}

	// How payloads get to connections.

	/** Returns one that has fewer bytes than that, as chosen. */
	private @Nullable OutboxLink chosen(long window) {
		int count = this.all.size();
		OutboxLink chosen = null;
		for (int i = 0; i < count; i++) {
			int index = (this.select == Select.ROUND_ROBIN) ? (this.last + 1 + i) % count : i;
			OutboxLink link = this.all.get(index);
			if (link.isAttached() && link.handedBytes() < window
					&& (chosen == null || FEWEST.compare(link, chosen) < 0)) {
				chosen = link;
				if (this.select != Select.LEAST_WAITING) {
					break;
				}
			}
		}
		return chosen;
	}

	private void noteChosen(OutboxLink link) {
		if (this.select == Select.ROUND_ROBIN) {
			this.last = this.all.indexOf(link);
		}
	}

	/** Whether what leaves now could overtake what another connection has. */
	private boolean overtakes() {
		if (!this.inOrder || this.all.size() == 1) {
			return false;
		}
		for (OutboxLink link : this.all) {
			if (!link.isAttached() && !link.noneHanded()) {
				return true;
			}
		}
		return false;
	}

	/** Hands over as many as the connections will send soon. */
	void handOver() {
		if (this.handing || this.all.isEmpty()) {
			return;
		}
		this.handing = true;
		try {
			if (this.keys == null) {
				handToAny();
			}
			else {
				while (handToEach()) {
					// What one has given back at once is for others.
				}
			}
			for (OutboxLink link : this.all) {
				if (link.isAttached() && link.hasTurns() && source(link).stream().anyMatch(ClientMessage::isRequest)
						&& !overtakes()) {
					link.enterTurn();
				}
			}
		}
		finally {
			this.handing = false;
		}
	}

	private void handToAny() {
		for (OutboxLink to = chosen(WINDOW); to != null && !overtakes(); to = chosen(WINDOW)) {
			if (!handNext(to)) {
				return;
			}
		}
	}

	private boolean handToEach() {
		boolean any = false;
		for (OutboxLink to : this.all) {
			while (to.isAttached() && to.handedBytes() < WINDOW && handNext(to)) {
				any = true;
			}
		}
		return any;
	}

	/** Returns whether there was one to be handed over. */
	private boolean handNext(OutboxLink to) {
		// Requests in turn wait for it.
		ClientMessage next = to.hasTurns() ? source(to).poll((message) -> !message.isRequest()) : source(to).poll();
		if (next != null) {
			handOver(to, next);
		}
		return next != null;
	}

	private Waiting<ClientMessage> source(OutboxLink link) {
		return (this.keys != null) ? link.waiting() : this.messages.waiting();
	}

	/**
	 * It is the turn of a request on a connection.
	 * @return whether one is under way now
	 */
	boolean begin(OutboxLink link) {
		boolean begun = false;
		while (!begun && link.isAttached() && !overtakes()) {
			ClientMessage next = source(link).poll(ClientMessage::isRequest);
			if (next == null) {
				break;
			}
			handOver(link, next);
			begun = next.ask() != null && next.ask().sentOn() == link.connection().requests();
		}
		handOver();
		return begun;
	}

	private void handOver(OutboxLink to, ClientMessage message) {
		Request ask = message.ask();
		if (ask != null && !ask.begin()) {
			this.messages.undelivered(message, ClientMessages.unwanted());
			this.roomAgain.run();
			return;
		}
		noteChosen(to);
		to.hand(message);
		boolean repeated = message.isBroken();
		boolean taken = false;
		Exception failure = null;
		try {
			if (ask != null && to.connection().requests().isFoundByKey(ask)) {
				to.connection().requests().add(ask);
			}
			taken = to.connection().deliver(message.payload(), message);
		}
		catch (Throwable ex) {
			// The session's present framing cannot encode it, another request of the
			// session has its key, or there is no memory.
			Throwable why = RefusedPayloadException.of(ex);
			failure = (why instanceof Exception exception) ? exception : new IllegalStateException(why);
		}
		if (!taken) {
			notTaken(to, message, failure);
		}
		else if (repeated) {
			this.counters.count(Counter.CLIENT_REPEATED);
		}
	}

	/**
	 * A connection has not taken a message.
	 * @param failure why it never will, or {@code null} if the connection is closing
	 */
	private void notTaken(OutboxLink to, ClientMessage message, @Nullable Exception failure) {
		if (!to.takeHanded(message)) {
			// It failed after the write, and was reported then.
			return;
		}
		Request ask = message.ask();
		if (ask != null) {
			to.connection().requests().withdraw(ask);
			if (!message.isBroken()) {
				ask.notBegun();
			}
		}
		if (failure != null) {
			this.messages.undelivered(message, failure);
			this.roomAgain.run();
		}
		else {
			// The connection is closing; the message waits for another one.
			to.leave(LinkState.ENDING);
			message.link((this.keys != null) ? to : null);
			this.messages.waitsAgain(message, source(to));
			if (this.keys != null && to.noneHanded()) {
				left(to);
			}
		}
	}

	// How they get back.

	/** A connection has sent a message. */
	void sent(ClientMessage message, OutboxLink by) {
		this.messages.sent(message, by);
		leftIfAwaited(by);
	}

	private void leftIfAwaited(OutboxLink by) {
		if (!by.isAttached() && by.noneHanded() && by.isAwaited()) {
			left(by);
		}
	}

	/** A connection will never send a message, and goes on with others. */
	void refused(ClientMessage message, OutboxLink by, Exception refusal) {
		by.takeHanded(message);
		this.messages.undelivered(message, refusal);
		this.roomAgain.run();
		leftIfAwaited(by);
	}

	/** A connection has failed to send a message, and is lost. */
	void gaveBack(ClientMessage message, OutboxLink by) {
		// The connection is lost, and will say so. If it were handed more before that, it
		// might give it back at once, again and again.
		by.leave(LinkState.ENDING);
		by.gaveBack(message);
		if (by.noneHanded()) {
			left(by);
		}
	}

	/**
	 * A connection takes nothing more, and has sent or given back everything: that is
	 * sent first now, and its keys move.
	 */
	void left(OutboxLink link) {
		Deque<ClientMessage> back = new ArrayDeque<>();
		for (ClientMessage last = link.takeReturned(); last != null; last = link.takeReturned()) {
			if (last.unwanted()) {
				this.messages.undelivered(last, ClientMessages.unwanted());
			}
			else {
				back.addFirst(last);
			}
		}
		if (this.keys != null) {
			link.waiting().drain(back::add);
			this.keys.leave(link);
		}
		for (ClientMessage message : back) {
			message.link((this.keys != null) ? linkOf(message, this.keys) : null);
		}
		for (ClientMessage last = back.pollLast(); last != null; last = back.pollLast()) {
			this.messages.waitsAgain(last, queue(last.link()));
		}
		this.roomAgain.run();
	}

}
