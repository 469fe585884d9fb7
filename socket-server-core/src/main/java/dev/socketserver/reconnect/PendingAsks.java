package dev.socketserver.reconnect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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
	private ArrayDeque<Ask> inOrder = new ArrayDeque<>();

	/**
	 * So many places behind those are kept for requests that were given up; each request
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
			ask.givenUpBefore(this.givenUpLast);
			this.givenUpLast = 0;
			this.inOrder.add(ask);
		}
		if (ask.isOver()) {
			// Given up before it could tell us.
			gaveUp(ask);
		}
	}

	/** A request was not sent after all, or not as a whole. */
	synchronized void remove(Ask ask) {
		ask.sentOn(null);
		Object key = ask.key();
		if (key != null) {
			this.byKey.remove(key, ask);
		}
		else {
			removePlace(ask);
			ask.givenUp(false);
		}
	}

	/** Under the monitor. It was one of the last. */
	private void removePlace(Ask ask) {
		if (ask.isGivenUp() && this.givenUpLast > 0) {
			this.givenUpLast--;
			return;
		}
		Ask behind = null;
		for (Iterator<Ask> last = this.inOrder.descendingIterator(); last.hasNext();) {
			Ask each = last.next();
			if (each == ask) {
				last.remove();
				givenUpBefore(behind, each.givenUpBefore());
				return;
			}
			if (ask.isGivenUp() && each.givenUpBefore() > 0) {
				givenUpBefore(each, -1);
				return;
			}
			behind = each;
		}
	}

	/** Adds places before a request, or behind the last one. Under the monitor. */
	private void givenUpBefore(@Nullable Ask ask, int places) {
		if (ask != null) {
			ask.givenUpBefore(ask.givenUpBefore() + places);
		}
		else {
			this.givenUpLast += places;
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
		ArrayDeque<Ask> left = new ArrayDeque<>();
		int places = 0;
		for (Ask ask : this.inOrder) {
			places += ask.givenUpBefore();
			if (ask.isOver()) {
				ask.givenUp(true);
				places++;
			}
			else {
				ask.givenUpBefore(places);
				places = 0;
				left.add(ask);
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
			Ask first = this.inOrder.peek();
			int places = (first != null) ? first.givenUpBefore() : this.givenUpLast;
			if (places > 0) {
				givenUpBefore(first, -1);
			}
			else if (first == null) {
				return false;
			}
			else {
				oldest = this.inOrder.remove();
			}
		}
		then.accept(oldest);
		return true;
	}

	synchronized int size() {
		int waiting = this.byKey.size();
		for (Ask ask : this.inOrder) {
			waiting += ask.isOver() ? 0 : 1;
		}
		return waiting;
	}

	/**
	 * The connection has ended, and everything it received was handled.
	 * @param failure what those are told who still wait
	 */
	public void close(Throwable failure) {
		List<Ask> waiting;
		synchronized (this) {
			this.closed = true;
			waiting = new ArrayList<>(this.inOrder);
			waiting.addAll(this.byKey.values());
			this.inOrder.clear();
			this.givenUpLast = 0;
			this.byKey.clear();
		}
		waiting.forEach((ask) -> ask.failed(failure));
	}

}
