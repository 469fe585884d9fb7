package dev.socketserver.engine.requests;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.client.Correlator;
import dev.socketserver.engine.handlers.Correlation;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.operator.Counter;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.RequestOrder;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for replies on one connection, in the order in which they were
 * sent. Guarded by its own monitor, which is held for short times only: the correlator,
 * which is code of the application, is called without it.
 */
public final class PendingRequests {

	private final @Nullable Correlator correlator;

	private final Counters counters;

	/** The requests if replies arrive in order. */
	private final ReplySlots inOrder = new ReplySlots();

	/** The requests if replies have keys. */
	private final Map<Object, Request> byKey = new LinkedHashMap<>();

	/**
	 * Whether a reply is expected. Read without the monitor, for each payload that is
	 * received: a request is here before it is sent, so its reply never arrives before
	 * this.
	 */
	private volatile boolean expectsReplies;

	/**
	 * Whether a request was given up whose reply has a key: it keeps no place. Set before
	 * the field above is cleared for it, and never cleared.
	 */
	private volatile boolean lateByKey;

	private boolean closed;

	/** What requests fail with that have left; absent while replies may come. */
	private @Nullable Throwable unanswered;

	/** Absent unless one request is under way at a time. */
	private final @Nullable CurrentTurn turn;

	/**
	 * Creates the object for one connection, without requests, which follow each other as
	 * is set.
	 * @param context what the requests share
	 */
	public PendingRequests(RequestContext context) {
		this.correlator = context.correlator();
		this.counters = context.counters();
		this.turn = (context.requests().order() == RequestOrder.ONE_AT_A_TIME)
				? new CurrentTurn(context.requests().late().toMillis(), context.timer()) : null;
	}

	/**
	 * Creates the object for one connection, without requests.
	 * @param correlator determines which reply belongs to which request; {@code null} if
	 * replies arrive in order
	 * @param counters counts replies that are not awaited
	 */
	public PendingRequests(@Nullable Correlator correlator, Counters counters) {
		this.correlator = correlator;
		this.counters = counters;
		this.turn = null;
	}

	/**
	 * Returns whose turn it is.
	 * @return the turns, or {@code null} if any number of requests may be under way
	 */
	public @Nullable RequestTurns turns() {
		return (this.turn != null) ? this.turn.turns() : null;
	}

	/**
	 * Whether the reply to a request is found by its key. Such a request is added before
	 * it is sent, since no other may have the key. Another one is added when the output
	 * admits it: requests have their replies in that order.
	 * @param ask the request
	 * @return {@code false} if it has its reply after all that were added before
	 */
	public boolean isFoundByKey(Request ask) {
		return key(ask) != null;
	}

	/**
	 * Adds a request that is about to be sent, after all others.
	 * @param ask the request
	 * @return {@code false} if the connection is at its end: there will be no reply
	 * @throws KeyInUseException if another request with the same key still waits
	 */
	public synchronized boolean add(Request ask) {
		if (this.closed) {
			return false;
		}
		Object key = key(ask);
		if (key != null) {
			Request other = this.byKey.putIfAbsent(key, ask);
			if (other != null && !other.isOver()) {
				throw new KeyInUseException();
			}
			this.byKey.put(key, ask);
		}
		else {
			this.inOrder.add(ask);
			if (this.turn != null) {
				this.turn.begin(ask);
			}
		}
		noteExpected();
		ask.sentOn(this);
		if (ask.isOver()) {
			// It was given up before this object could be notified of that.
			gaveUp(ask);
		}
		return true;
	}

	/**
	 * Whether the connection is at its end.
	 * @return {@code true} if no reply will arrive
	 */
	synchronized boolean isClosed() {
		return this.closed;
	}

	/**
	 * Removes a request with its slot, since it was not sent: no reply will arrive.
	 * @param ask the request
	 */
	public synchronized void withdraw(Request ask) {
		if (ask.sentOn() != this) {
			return;
		}
		ask.sentOn(null);
		Object key = key(ask);
		if (key != null) {
			this.byKey.remove(key, ask);
			noteExpected();
			return;
		}
		this.inOrder.remove(ask);
		noteExpected();
		turnEnded();
	}

	/**
	 * Returns by which key the reply to a request is found here: a client may have got a
	 * correlator since.
	 */
	private @Nullable Object key(Request ask) {
		return (this.correlator != null) ? ask.key() : null;
	}

	/** The turn ends with the last slot. Under the monitor. */
	private void turnEnded() {
		if (this.turn != null && this.inOrder.isEmpty()) {
			this.turn.end();
		}
	}

	/** Does not expect the late reply to a request any more. */
	private synchronized void forget(Request ask) {
		if (this.turn != null && this.turn.isOf(ask)) {
			this.inOrder.clear();
			noteExpected();
			turnEnded();
		}
	}

	/**
	 * Whether a reply is expected: a request waits, or was given up and keeps its slot.
	 * @return whether one is
	 */
	public boolean expectsReplies() {
		return this.expectsReplies;
	}

	/**
	 * Whether a reply may arrive: one is expected, or a request was given up whose reply
	 * has a key, and would be taken for a message.
	 * @return {@code false} if what is received cannot be a reply
	 */
	boolean mayReceiveReplies() {
		return this.expectsReplies || this.lateByKey;
	}

	/** Under the monitor, after each change. */
	private void noteExpected() {
		boolean expects = !this.inOrder.isEmpty() || !this.byKey.isEmpty();
		if (expects != this.expectsReplies) {
			this.expectsReplies = expects;
		}
	}

	/**
	 * Returns how many requests were given up whose replies may still arrive.
	 * @return the number of their slots
	 */
	public synchronized int staleSlots() {
		return this.inOrder.stale();
	}

	/**
	 * Notes that all of a request has left.
	 * @param ask the request
	 */
	public void sent(Request ask) {
		ask.sent();
		Throwable failure;
		synchronized (this) {
			failure = (ask.sentOn() == this) ? this.unanswered : null;
		}
		if (failure != null) {
			ask.failed(failure);
		}
	}

	/**
	 * Fails the requests that have left, and those that would have had their turn after
	 * them, since no reply comes any more. A handler may wait for them, and with it all
	 * that would follow. The others fail when they have left, or go back.
	 * @param failure what they fail with
	 */
	void answersEnded(Throwable failure) {
		List<Request> left;
		List<RequestTurns.InTurn> unsent = (this.turn != null) ? this.turn.turns().close() : List.of();
		unsent.forEach(RequestTurns.InTurn::unsent);
		synchronized (this) {
			this.unanswered = failure;
			left = underWay().filter(Request::isSent).toList();
		}
		left.forEach((ask) -> ask.failed(failure));
	}

	/**
	 * Notes that the connection has ended before all of a request was known to have left,
	 * so that the request will be sent again on the next one. It keeps its slot here, as
	 * if it was given up: over TLS the server may have received it, and its reply may be
	 * among the payloads that are still being handled. Else the next request would get
	 * that reply.
	 */
	public synchronized void goesBack(Request ask) {
		if (ask.sentOn() == this) {
			ask.sentOn(null);
		}
	}

	/**
	 * Removes a request whose reply is not awaited any more. If replies arrive in order,
	 * its slot stays.
	 */
	synchronized void gaveUp(Request ask) {
		ask.givenUp();
		Object key = key(ask);
		if (key != null) {
			this.lateByKey = true;
			this.byKey.remove(key, ask);
			noteExpected();
		}
		else {
			this.inOrder.gaveUp();
		}
		if (this.turn != null) {
			this.turn.gaveUp(ask, () -> forget(ask));
		}
	}

	/**
	 * Takes a payload that was received, if it is a reply.
	 * @param payload what was received
	 * @return whether it was a reply, also if it arrived too late
	 */
	public boolean take(Object payload) {
		if (this.correlator == null) {
			return takeOldest(payload, null);
		}
		Object key = Correlation.key(this.correlator, payload);
		if (key == null) {
			return false;
		}
		Request ask;
		synchronized (this) {
			ask = this.byKey.remove(key);
			noteExpected();
		}
		if (ask == null && takeOldest(payload, null)) {
			// It was asked without a key: the client has had another correlator.
			return true;
		}
		deliver(ask, payload, null);
		return true;
	}

	/**
	 * Takes what was received as the reply to the oldest request, where replies arrive in
	 * order.
	 * @param frame what was received
	 * @param converter makes the payload of it, on the thread that completes the request;
	 * {@code null} if it is the payload
	 * @return whether a request waited, or had a slot
	 */
	boolean takeOldest(Object frame, @Nullable PayloadConverter<?> converter) {
		Request oldest;
		synchronized (this) {
			if (this.inOrder.isEmpty()) {
				return false;
			}
			oldest = this.inOrder.take();
			noteExpected();
			turnEnded();
		}
		deliver(oldest, frame, converter);
		return true;
	}

	private void deliver(@Nullable Request ask, Object payload, @Nullable PayloadConverter<?> converter) {
		if (ask == null || !ask.replied(payload, converter)) {
			this.counters.count(Counter.REPLIES_DROPPED);
		}
	}

	/**
	 * Returns for how many requests a reply may come, at once.
	 * @return the number, without those that wait for their turn, and with some that were
	 * given up
	 */
	public synchronized int slots() {
		return this.inOrder.count() + this.byKey.size();
	}

	/**
	 * Returns how many requests wait for their replies or for their turn.
	 * @return the number, without those that were given up
	 */
	public synchronized int size() {
		return (int) waiting().count();
	}

	/**
	 * Waits for the requests whose replies are awaited now.
	 * @return a future that completes when each of them has its reply or was given up; it
	 * never fails
	 */
	public synchronized CompletableFuture<?> answered() {
		return CompletableFuture.allOf(waiting().map(Request::reply).toArray(CompletableFuture[]::new))
			.handle((replies, failure) -> null);
	}

	/**
	 * Returns the requests that have waited longest.
	 * @param most how many at most
	 * @return the requests
	 */
	synchronized List<Request> oldest(int most) {
		return waiting().limit(most).toList();
	}

	/** Returns the requests that were not given up. Under the monitor. */
	private Stream<Request> waiting() {
		if (this.turn == null) {
			return underWay();
		}
		// One that begins may be in both.
		return Stream.concat(underWay(), this.turn.turns().requests().filter((ask) -> !ask.isOver())).distinct();
	}

	/** Returns those that do not wait for their turn. Under the monitor. */
	private Stream<Request> underWay() {
		return Stream.concat(this.inOrder.requests(), this.byKey.values().stream())
			.filter((ask) -> ask.sentOn() == this && !ask.isOver());
	}

	/**
	 * Fails all requests that still wait: the connection has ended, and everything that
	 * was received on it has been handled.
	 * @param failure what they fail with
	 */
	public void close(Throwable failure) {
		List<Request> waiting;
		// Those first: to them the end means another failure.
		List<RequestTurns.InTurn> unsent = (this.turn != null) ? this.turn.turns().close() : List.of();
		unsent.forEach(RequestTurns.InTurn::unsent);
		synchronized (this) {
			this.closed = true;
			// One that begins is refused, and fails as what was not sent.
			waiting = underWay().toList();
			this.inOrder.clear();
			this.byKey.clear();
			noteExpected();
		}
		waiting.forEach((ask) -> ask.ended(failure));
	}

}
