package dev.socketserver.engine.stats;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;

/**
 * Counts what happens at a server, or on the connections of a client, each fact at one
 * place. Logs, metrics and endpoints are views of it. Safe for use by several threads.
 */
public final class Counters implements ServerStatistics, RequestStatistics {

	// Connections, and the socket that they come by.

	private final LongAdder accepted = new LongAdder();

	private final Map<RejectReason, LongAdder> rejected = adders(RejectReason.class);

	private final LongAdder abandoned = new LongAdder();

	private final Map<TlsOutcome, LongAdder> handshakes = adders(TlsOutcome.class);

	private final Map<TlsOutcome, LongAdder> handshakeNanos = adders(TlsOutcome.class);

	private final LongAdder listenersReplaced = new LongAdder();

	private volatile int maxSessions;

	// Sessions.

	private final LongAdder opened = new LongAdder();

	private final Map<CloseReason, LongAdder> closed = adders(CloseReason.class);

	private final Map<CloseReason, LongAdder> lifetime = adders(CloseReason.class);

	// What comes in, and what handlers do with it.

	private final LongAdder bytesReceived = new LongAdder();

	private final LongAdder bytesDiscarded = new LongAdder();

	private final LongAdder messagesReceived = new LongAdder();

	private final LongAdder inboundDropped = new LongAdder();

	private final LongAdder inboundDiscarded = new LongAdder();

	private final LongAdder messagesHandled = new LongAdder();

	private final Map<HandlerOutcome, LongAdder> handlerCalls = adders(HandlerOutcome.class);

	private final Map<HandlerOutcome, LongAdder> handlerNanos = adders(HandlerOutcome.class);

	private final LongAdder stuckCalls = new LongAdder();

	private final LongAdder stuckReturned = new LongAdder();

	// Requests to peers.

	private final Map<RequestOutcome, LongAdder> requests = adders(RequestOutcome.class);

	private final Map<RequestOutcome, LongAdder> requestNanos = adders(RequestOutcome.class);

	private final LongAdder repliesDropped = new LongAdder();

	// What goes out.

	private final LongAdder bytesSent = new LongAdder();

	private final LongAdder messagesSent = new LongAdder();

	private final LongAdder outboundRefused = new LongAdder();

	private final LongAdder outboundDropped = new LongAdder();

	private final LongAdder outboundFailed = new LongAdder();

	private final LongAdder outboundFailedBytes = new LongAdder();

	@Override
	public Map<RequestOutcome, Long> requests() {
		return sums(RequestOutcome.class, this.requests);
	}

	@Override
	public Map<RequestOutcome, Long> requestNanos() {
		return sums(RequestOutcome.class, this.requestNanos);
	}

	@Override
	public long repliesDropped() {
		return this.repliesDropped.sum();
	}

	@Override
	public void countRequest(RequestOutcome outcome, long nanos) {
		increment(this.requestNanos, outcome, nanos);
		increment(this.requests, outcome, 1);
	}

	@Override
	public void countReplyDropped() {
		this.repliesDropped.increment();
	}

	/** A connection was taken from the operating system. */
	public void countAccepted() {
		this.accepted.increment();
	}

	/**
	 * An accepted connection was refused.
	 * @param reason why
	 */
	public void countRejected(RejectReason reason) {
		increment(this.rejected, reason, 1);
	}

	/** An accepted connection has ended that had not become a session yet. */
	public void countAbandoned() {
		this.abandoned.increment();
	}

	/**
	 * A TLS handshake ended.
	 * @param outcome how
	 * @param nanos how long it had taken
	 */
	public void countHandshake(TlsOutcome outcome, long nanos) {
		increment(this.handshakeNanos, outcome, nanos);
		increment(this.handshakes, outcome, 1);
	}

	/** A lost listening socket was replaced by another on the same port. */
	public void countListenerReplaced() {
		this.listenersReplaced.increment();
	}

	public void countOpened() {
		this.opened.increment();
	}

	public void countClosed(CloseReason reason, long lifetimeNanos) {
		increment(this.lifetime, reason, lifetimeNanos);
		increment(this.closed, reason, 1);
	}

	public void countReceived(int bytes) {
		this.bytesReceived.add(bytes);
	}

	/** Bytes that were received, if any, will be part of no frame. */
	public void countBytesDiscarded(int bytes) {
		if (bytes > 0) {
			this.bytesDiscarded.add(bytes);
		}
	}

	public void countMessagesReceived(int count) {
		this.messagesReceived.add(count);
	}

	public void countInboundDropped(int count) {
		this.inboundDropped.add(count);
	}

	/** Frames, if any, were read that no handler will be given: the session ends. */
	public void countInboundDiscarded(int count) {
		if (count > 0) {
			this.inboundDiscarded.add(count);
		}
	}

	/** A handler was given frames, and has returned or taken them. */
	public void countHandled(int count) {
		this.messagesHandled.add(count);
	}

	/** Calls of a handler have ended. */
	public void countCalls(HandlerOutcome outcome, int count, long nanos) {
		increment(this.handlerNanos, outcome, nanos);
		increment(this.handlerCalls, outcome, count);
	}

	/** A call of a handler lasts too long. */
	public void countStuck() {
		this.stuckCalls.increment();
	}

	/** A call that was counted as stuck has returned, or is not looked at any more. */
	public void stuckReturned() {
		this.stuckReturned.increment();
	}

	public void countSent(int messages, int bytes) {
		this.messagesSent.add(messages);
		this.bytesSent.add(bytes);
	}

	/** A send was refused for want of room. */
	public void countOutboundRefused() {
		this.outboundRefused.increment();
	}

	public void countOutboundDropped(int count) {
		this.outboundDropped.add(count);
	}

	/** Writes that had been accepted, if any, will never leave; a heartbeat is none. */
	public void countOutboundFailed(int writes, long bytes) {
		if (writes > 0) {
			this.outboundFailed.add(writes);
			this.outboundFailedBytes.add(bytes);
		}
	}

	// What it came to, as ServerStatistics and SessionStatistics tell it.

	@Override
	public long accepted() {
		return this.accepted.sum();
	}

	@Override
	public Map<RejectReason, Long> rejected() {
		return sums(RejectReason.class, this.rejected);
	}

	@Override
	public long abandoned() {
		return this.abandoned.sum();
	}

	@Override
	public long pending() {
		// The outflow first, so that it is never negative.
		long gone = this.abandoned.sum() + this.opened.sum();
		for (LongAdder refused : this.rejected.values()) {
			gone += refused.sum();
		}
		return this.accepted.sum() - gone;
	}

	@Override
	public Map<TlsOutcome, Long> handshakes() {
		return sums(TlsOutcome.class, this.handshakes);
	}

	@Override
	public Map<TlsOutcome, Long> handshakeNanos() {
		return sums(TlsOutcome.class, this.handshakeNanos);
	}

	@Override
	public long listenersReplaced() {
		return this.listenersReplaced.sum();
	}

	/**
	 * A run begins.
	 * @param maxSessions how many sessions it may have at a time
	 */
	public void maxSessions(int maxSessions) {
		this.maxSessions = maxSessions;
	}

	@Override
	public int maxSessions() {
		return this.maxSessions;
	}

	@Override
	public long opened() {
		return this.opened.sum();
	}

	@Override
	public long active() {
		// The ended ones first: a session that opens and ends in between must not
		// make the result negative.
		long ended = this.closed.values().stream().mapToLong(LongAdder::sum).sum();
		return this.opened.sum() - ended;
	}

	@Override
	public Map<CloseReason, Long> closed() {
		return sums(CloseReason.class, this.closed);
	}

	@Override
	public Map<CloseReason, Long> lifetimeNanos() {
		return sums(CloseReason.class, this.lifetime);
	}

	@Override
	public long bytesReceived() {
		return this.bytesReceived.sum();
	}

	@Override
	public long bytesDiscarded() {
		return this.bytesDiscarded.sum();
	}

	@Override
	public long messagesReceived() {
		return this.messagesReceived.sum();
	}

	@Override
	public long inboundDropped() {
		return this.inboundDropped.sum();
	}

	@Override
	public long inboundDiscarded() {
		return this.inboundDiscarded.sum();
	}

	@Override
	public long messagesHandled() {
		return this.messagesHandled.sum();
	}

	@Override
	public Map<HandlerOutcome, Long> handlerCalls() {
		return sums(HandlerOutcome.class, this.handlerCalls);
	}

	@Override
	public Map<HandlerOutcome, Long> handlerNanos() {
		return sums(HandlerOutcome.class, this.handlerNanos);
	}

	@Override
	public long stuckCalls() {
		return this.stuckCalls.sum();
	}

	@Override
	public long stuckSessions() {
		// The outflow first, so that it is never negative.
		long returned = this.stuckReturned.sum();
		return this.stuckCalls.sum() - returned;
	}

	@Override
	public long bytesSent() {
		return this.bytesSent.sum();
	}

	@Override
	public long messagesSent() {
		return this.messagesSent.sum();
	}

	@Override
	public long outboundRefused() {
		return this.outboundRefused.sum();
	}

	@Override
	public long outboundDropped() {
		return this.outboundDropped.sum();
	}

	@Override
	public long outboundFailed() {
		return this.outboundFailed.sum();
	}

	@Override
	public long outboundFailedBytes() {
		return this.outboundFailedBytes.sum();
	}

	/**
	 * Creates counters.
	 * @param <E> the type of the constants
	 * @param type the constants, each of which gets one
	 * @return the counters, in a map that does not change
	 */
	public static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
		Map<E, LongAdder> adders = new EnumMap<>(type);
		for (E constant : type.getEnumConstants()) {
			adders.put(constant, new LongAdder());
		}
		return adders;
	}

	/**
	 * Reads counters.
	 * @param <E> the type of the constants
	 * @param type the constants
	 * @param adders the counters
	 * @return what they have counted; without entries of zero
	 */
	public static <E extends Enum<E>> Map<E, Long> sums(Class<E> type, Map<E, LongAdder> adders) {
		Map<E, Long> sums = new EnumMap<>(type);
		adders.forEach((constant, adder) -> {
			long sum = adder.sum();
			if (sum != 0) {
				sums.put(constant, sum);
			}
		});
		return sums;
	}

	/**
	 * Counts, unless there is no such counter.
	 * @param adders the counters
	 * @param key the constant
	 * @param value how much to add
	 */
	public static void increment(Map<?, LongAdder> adders, Object key, long value) {
		LongAdder adder = adders.get(key);
		if (adder != null) {
			adder.add(value);
		}
	}

	/** As consoles show it: the main figures, each as it is when it is read. */
	@Override
	public String toString() {
		return "ServerStatistics[accepted=" + accepted() + ", rejected=" + rejected() + ", active=" + active()
				+ ", opened=" + opened() + ", closed=" + closed() + ", bytesReceived=" + bytesReceived()
				+ ", bytesSent=" + bytesSent() + ", messagesReceived=" + messagesReceived() + ", messagesHandled="
				+ messagesHandled() + ", messagesSent=" + messagesSent() + ", handlerCalls=" + handlerCalls() + "]";
	}

}
