package dev.socketserver.engine.stats;

import java.util.Map;

import dev.socketserver.DatagramDrop;
import dev.socketserver.DatagramStatistics;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.LoginOutcome;
import dev.socketserver.spec.gate.OnExceeded;

/**
 * Counts what happens at a server. Safe for use by several threads.
 */
public final class ServerCounters extends Counters implements ServerStatistics {

	private volatile int maxSessions;

	/**
	 * An accepted connection was refused.
	 * @param reason why
	 */
	public void countRejected(RejectReason reason) {
		count(Counter.REJECTED, reason, 1);
	}

	/**
	 * It is decided what has become of a login.
	 * @param outcome what
	 */
	public void countLogin(LoginOutcome outcome) {
		count(Counter.LOGINS, outcome, 1);
	}

	/**
	 * A peer has sent faster than it may.
	 * @param action what follows
	 */
	public void countRateExceeded(OnExceeded action) {
		count(Counter.RATE_EXCEEDED, action, 1);
	}

	@Override
	public long accepted() {
		return sum(Counter.ACCEPTED);
	}

	@Override
	public Map<RejectReason, Long> rejected() {
		return sums(Counter.REJECTED, RejectReason.class);
	}

	@Override
	public long abandoned() {
		return sum(Counter.ABANDONED);
	}

	@Override
	public long pending() {
		// The outflow first, so that it is never negative.
		long gone = sum(Counter.ABANDONED) + sum(Counter.OPENED) + total(Counter.REJECTED);
		return sum(Counter.ACCEPTED) - gone;
	}

	@Override
	public DatagramStatistics datagrams() {
		return new DatagramStatistics(sum(Counter.DATAGRAMS_RECEIVED), sum(Counter.DATAGRAMS_SENT),
				sums(Counter.DATAGRAMS_DROPPED, DatagramDrop.class));
	}

	@Override
	public long listenersReplaced() {
		return sum(Counter.LISTENERS_REPLACED);
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
		return sum(Counter.OPENED);
	}

	@Override
	public long active() {
		// The ended ones first: a session that opens and ends in between must not make
		// the result negative.
		long ended = total(Counter.CLOSED);
		return sum(Counter.OPENED) - ended;
	}

	@Override
	public long bytesDiscarded() {
		return sum(Counter.BYTES_DISCARDED);
	}

	@Override
	public long inboundDiscarded() {
		return sum(Counter.INBOUND_DISCARDED);
	}

	@Override
	public long messagesHandled() {
		return sum(Counter.MESSAGES_HANDLED);
	}

	@Override
	public long outboundFailed() {
		return sum(Counter.OUTBOUND_FAILED);
	}

	@Override
	public long outboundFailedBytes() {
		return sum(Counter.OUTBOUND_FAILED_BYTES);
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
