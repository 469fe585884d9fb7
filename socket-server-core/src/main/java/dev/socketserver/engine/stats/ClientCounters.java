package dev.socketserver.engine.stats;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a client. Each event is counted at one place: here what happens between
 * connections, and in the {@link Counters} of its sessions what happens on them.
 */
public final class ClientCounters implements ClientStatistics, RequestStatistics {

	private final Counters sessions = new Counters();

	private final LongAdder attempts = new LongAdder();

	private final LongAdder connected = new LongAdder();

	private final LongAdder cancelled = new LongAdder();

	private final Map<ConnectFailure, LongAdder> failed = Counters.adders(ConnectFailure.class);

	private final Map<RequestOutcome, LongAdder> requests = Counters.adders(RequestOutcome.class);

	private final Map<RequestOutcome, LongAdder> requestNanos = Counters.adders(RequestOutcome.class);

	private final LongAdder accepted = new LongAdder();

	private final LongAdder delivered = new LongAdder();

	private final LongAdder undelivered = new LongAdder();

	private final LongAdder outboundDropped = new LongAdder();

	private final LongAdder repeated = new LongAdder();

	private final LongAdder outboundRefused = new LongAdder();

	private final LongAdder repliesDropped = new LongAdder();

	private final LongAdder receivedDropped = new LongAdder();

	/** Asked for what waits now, which is not counted here. */
	private volatile @Nullable Pending pending;

	/**
	 * Sets who is asked for what waits now.
	 * @param pending tells it
	 */
	public void pending(Pending pending) {
		this.pending = pending;
	}

	/**
	 * Returns the counters of the client's connections.
	 * @return the counters of all sessions of the client
	 */
	public Counters sessions() {
		return this.sessions;
	}

	/** Counts an attempt that begins. */
	public void countAttempt() {
		this.attempts.increment();
	}

	/** Counts an attempt that has succeeded. */
	public void countConnected() {
		this.connected.increment();
	}

	/** Counts an attempt that was given up, since it is not wanted any more. */
	public void countCancelled() {
		this.cancelled.increment();
	}

	/**
	 * Counts an attempt that has failed.
	 * @param reason why
	 */
	public void countFailed(ConnectFailure reason) {
		Counters.increment(this.failed, reason, 1);
	}

	public void countRequest(RequestOutcome outcome, long nanos) {
		Counters.increment(this.requestNanos, outcome, nanos);
		Counters.increment(this.requests, outcome, 1);
	}

	public void countAccepted() {
		this.accepted.increment();
	}

	public void countDelivered() {
		this.delivered.increment();
	}

	public void countUndelivered(int count) {
		this.undelivered.add(count);
	}

	public void countDropped() {
		this.outboundDropped.increment();
	}

	public void countRepeated() {
		this.repeated.increment();
	}

	public void countRefused() {
		this.outboundRefused.increment();
	}

	public void countReplyDropped() {
		this.repliesDropped.increment();
	}

	public void countReceivedDropped() {
		this.receivedDropped.increment();
	}

	@Override
	public long attempts() {
		return this.attempts.sum();
	}

	@Override
	public long connected() {
		return this.connected.sum();
	}

	@Override
	public Map<ConnectFailure, Long> failed() {
		return Counters.sums(ConnectFailure.class, this.failed);
	}

	@Override
	public long cancelled() {
		return this.cancelled.sum();
	}

	@Override
	public Map<CloseReason, Long> closed() {
		return this.sessions.closed();
	}

	@Override
	public Map<CloseReason, Long> lifetimeNanos() {
		return this.sessions.lifetimeNanos();
	}

	@Override
	public long bytesReceived() {
		return this.sessions.bytesReceived();
	}

	@Override
	public long bytesSent() {
		return this.sessions.bytesSent();
	}

	@Override
	public long messagesReceived() {
		return this.sessions.messagesReceived();
	}

	@Override
	public long messagesSent() {
		return this.sessions.messagesSent();
	}

	@Override
	public long inboundDropped() {
		return this.sessions.inboundDropped() + this.receivedDropped.sum();
	}

	@Override
	public long accepted() {
		return this.accepted.sum();
	}

	@Override
	public long delivered() {
		return this.delivered.sum();
	}

	@Override
	public long undelivered() {
		return this.undelivered.sum();
	}

	@Override
	public long outboundDropped() {
		return this.outboundDropped.sum();
	}

	@Override
	public long repeated() {
		return this.repeated.sum();
	}

	@Override
	public long outboundRefused() {
		return this.outboundRefused.sum() + this.sessions.outboundRefused();
	}

	@Override
	public int pending() {
		Pending counted = this.pending;
		return (counted != null) ? counted.pending() : 0;
	}

	@Override
	public long pendingBytes() {
		Pending counted = this.pending;
		return (counted != null) ? counted.pendingBytes() : 0;
	}

	@Override
	public int pendingReplies() {
		Pending counted = this.pending;
		return (counted != null) ? counted.pendingReplies() : 0;
	}

	@Override
	public Map<RequestOutcome, Long> requests() {
		return Counters.sums(RequestOutcome.class, this.requests);
	}

	@Override
	public Map<RequestOutcome, Long> requestNanos() {
		return Counters.sums(RequestOutcome.class, this.requestNanos);
	}

	@Override
	public long repliesDropped() {
		return this.repliesDropped.sum();
	}

	@Override
	public Map<HandlerOutcome, Long> handlerCalls() {
		return this.sessions.handlerCalls();
	}

	@Override
	public Map<HandlerOutcome, Long> handlerNanos() {
		return this.sessions.handlerNanos();
	}

	@Override
	public long stuckCalls() {
		return this.sessions.stuckCalls();
	}

	@Override
	public long stuckSessions() {
		return this.sessions.stuckSessions();
	}

	@Override
	public Map<TlsOutcome, Long> handshakes() {
		return this.sessions.handshakes();
	}

	@Override
	public Map<TlsOutcome, Long> handshakeNanos() {
		return this.sessions.handshakeNanos();
	}

	/** As consoles show it: the main figures, each as it is when it is read. */
	@Override
	public String toString() {
		return "ClientStatistics[attempts=" + attempts() + ", connected=" + connected() + ", failed=" + failed()
				+ ", closed=" + closed() + ", bytesReceived=" + bytesReceived() + ", bytesSent=" + bytesSent()
				+ ", messagesReceived=" + messagesReceived() + ", messagesSent=" + messagesSent() + ", accepted="
				+ accepted() + ", delivered=" + delivered() + ", undelivered=" + undelivered() + ", pending="
				+ pending() + ", pendingReplies=" + pendingReplies() + ", requests=" + requests() + "]";
	}

	/** Tells what waits now. Any thread. */
	public interface Pending {

		/**
		 * Returns how many payloads have not left.
		 * @return the number of payloads
		 */
		int pending();

		/**
		 * Returns how many bytes have not left.
		 * @return the number of bytes
		 */
		long pendingBytes();

		/**
		 * Returns how many requests wait for their replies.
		 * @return the number of requests
		 */
		int pendingReplies();

	}

}
