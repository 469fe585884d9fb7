package dev.socketserver.reconnect;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.client.Correlator;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for replies on one connection, in the order in which they are
 * sent. Guarded by its monitor, for which nobody waits longer than for a look-up; the
 * correlator, which is the application's, is called without it.
 */
public final class PendingAsks {

	private final @Nullable Correlator correlator;

	private final ClientLedger ledger;

	/** Where replies come in order; those that nobody waits for keep their places. */
	private ArrayDeque<Place> inOrder = new ArrayDeque<>();

	/**
	 * So many places behind those are kept for requests that were given up; each place
	 * knows how many there are right before it. There is nothing else to keep of them: a
	 * server may never reply, and be asked for days.
	 */
	private int givenUpLast;

	/** So many were given up since their requests were last left out. */
	private int givenUp;

	/** Where replies have keys. */
	private final Map<Object, Ask> byKey = new HashMap<>();

	private boolean closed;

	/**
	 * Creates the requests of a connection.
	 * @param correlator tells whose reply it is; {@code null} if they come in order
	 * @param ledger counts
	 */
	public PendingAsks(@Nullable Correlator correlator, ClientLedger ledger) {
		this.correlator = correlator;
		this.ledger = ledger;
	}

	/**
	 * Asks a correlator for a key.
	 * @param correlator the application's
	 * @param payload a request, or what was received
	 * @return the key, or {@code null}
	 * @throws IllegalArgumentException if the correlator is for payloads of another type:
	 * the cast that has failed in it would not tell whose fault that is
	 */
	public static @Nullable Object key(Correlator correlator, Object payload) {
		try {
			return correlator.key(payload);
		}
		catch (ClassCastException ex) {
			throw new IllegalArgumentException("The correlator does not take a " + payload.getClass().getTypeName()
					+ ": it gets what is asked and what is received, as the client's payload says", ex);
		}
	}

	/** A request is about to be sent, behind all before. */
	synchronized void add(Ask ask) {
		if (this.closed) {
			return;
		}
		ask.sentOn(this);
		Object key = ask.key();
		if (key != null) {
			this.byKey.put(key, ask);
		}
		else {
			this.inOrder.add(new Place(ask, this.givenUpLast));
			this.givenUpLast = 0;
		}
		if (ask.isOver()) {
			// Given up before it could tell us.
			gaveUp(ask);
		}
	}

	/** The last request that was added was not sent after all. */
	synchronized void remove(Ask ask) {
		if (ask.sentOn() != this) {
			return;
		}
		ask.sentOn(null);
		Object key = ask.key();
		Place last = this.inOrder.peekLast();
		if (key != null) {
			this.byKey.remove(key, ask);
		}
		else if (last != null && last.ask == ask) {
			this.inOrder.removeLast();
			this.givenUpLast += last.givenUpBefore;
		}
		else if (this.givenUpLast > 0) {
			// It was given up meanwhile.
			this.givenUpLast--;
		}
	}

	/**
	 * The connection has ended before all of a request was known to have left, which will
	 * be sent on the next one. But over TLS the server may have had it, and its reply may
	 * be among what was received before and is still being handled: it keeps its place,
	 * or the request behind it would get that reply.
	 */
	synchronized void goesBack(Ask ask) {
		if (ask.sentOn() == this) {
			ask.sentOn(null);
		}
	}

	/** Nobody waits for a reply any more; in order, its place stays. */
	synchronized void gaveUp(Ask ask) {
		Object key = ask.key();
		if (key != null) {
			this.byKey.remove(key, ask);
		}
		else if (++this.givenUp > this.inOrder.size() / 2) {
			// Not each time, since that takes a look at all.
			leaveOutGivenUp();
		}
	}

	/** Under the monitor. */
	private void leaveOutGivenUp() {
		ArrayDeque<Place> left = new ArrayDeque<>();
		int places = 0;
		for (Place place : this.inOrder) {
			places += place.givenUpBefore;
			if (place.ask.isOver()) {
				places++;
			}
			else {
				place.givenUpBefore = places;
				places = 0;
				left.add(place);
			}
		}
		this.inOrder = left;
		this.givenUpLast += places;
		this.givenUp = 0;
	}

	/**
	 * Takes what was received, if it is a reply. On the session's lane.
	 * @param payload what was received
	 * @return whether it was; it may have come too late for anybody
	 */
	public boolean take(Object payload) {
		if (this.correlator == null) {
			return takeOldest((ask) -> deliver(ask, payload));
		}
		Object key = key(this.correlator, payload);
		if (key == null) {
			return false;
		}
		Ask ask;
		synchronized (this) {
			ask = this.byKey.remove(key);
		}
		deliver(ask, payload);
		return true;
	}

	private void deliver(@Nullable Ask ask, Object payload) {
		if (ask == null || ask.isOver()) {
			this.ledger.countReplyDropped();
		}
		else {
			ask.replied(payload);
		}
	}

	/**
	 * Frames were received that nobody can read. Where replies come in order they were
	 * the replies to the oldest requests: were those to wait on, each would get the reply
	 * to the one behind it.
	 * @param frames how many
	 * @param reason what those are told whose replies they were
	 */
	public void lost(int frames, Exception reason) {
		boolean found = true;
		for (int i = 0; i < frames && found; i++) {
			found = takeOldest((ask) -> {
				if (ask != null) {
					ask.failed(reason);
				}
			});
		}
	}

	/**
	 * Takes the oldest of the places in order.
	 * @param then is given the request, without the monitor; {@code null} if it was given
	 * up
	 * @return {@code false} if there is none
	 */
	private boolean takeOldest(Consumer<@Nullable Ask> then) {
		Ask oldest = null;
		synchronized (this) {
			Place first = this.inOrder.peek();
			if (first == null) {
				if (this.givenUpLast == 0) {
					return false;
				}
				this.givenUpLast--;
			}
			else if (first.givenUpBefore > 0) {
				first.givenUpBefore--;
			}
			else {
				oldest = this.inOrder.remove().ask;
			}
		}
		then.accept(oldest);
		return true;
	}

	synchronized int size() {
		return (int) waiting().count();
	}

	/**
	 * Returns when those requests whose replies are waited for now have them, or none
	 * waits any more.
	 * @return completes then; never fails
	 */
	public synchronized CompletableFuture<?> answered() {
		return CompletableFuture.allOf(waiting().map(Ask::reply).toArray(CompletableFuture[]::new))
			.handle((replies, failure) -> null);
	}

	/** Those on this connection whose replies are waited for. Under the monitor. */
	private Stream<Ask> waiting() {
		return Stream.concat(this.inOrder.stream().map((place) -> place.ask), this.byKey.values().stream())
			.filter((ask) -> ask.sentOn() == this && !ask.isOver());
	}

	/**
	 * The connection has ended, and everything it received was handled.
	 * @param failure what those are told who still wait
	 */
	public void close(Throwable failure) {
		List<Ask> waiting;
		synchronized (this) {
			this.closed = true;
			waiting = waiting().toList();
			this.inOrder.clear();
			this.givenUpLast = 0;
			this.byKey.clear();
		}
		waiting.forEach((ask) -> ask.failed(failure));
	}

	/** Whose reply is the next. Guarded by the monitor of those it is one of. */
	private static final class Place {

		private final Ask ask;

		/** How many places are kept right before this one. */
		private int givenUpBefore;

		Place(Ask ask, int givenUpBefore) {
			this.ask = ask;
			this.givenUpBefore = givenUpBefore;
		}

	}

}
