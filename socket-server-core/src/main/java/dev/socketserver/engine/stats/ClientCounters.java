package dev.socketserver.engine.stats;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to a client, and on its connections. Safe for use by several
 * threads.
 */
public final class ClientCounters extends Counters implements ClientStatistics, AttemptOutcome.Counts {

	/** By address, then by outcome. Replaced as a whole. */
	private volatile LongAdder[][] attempts;

	/** Asked for what waits now, which is not counted here. */
	private volatile @Nullable Pending pending;

	/** Creates the counters of a client with one address. */
	public ClientCounters() {
		this(1);
	}

	/**
	 * Creates the counters of a client.
	 * @param addresses how many addresses it has
	 */
	public ClientCounters(int addresses) {
		LongAdder[][] all = new LongAdder[addresses][];
		Arrays.setAll(all, (index) -> adders(AttemptOutcome.values().length));
		this.attempts = all;
	}

	/**
	 * The client has other addresses now.
	 * @param former for each of them its index before, or -1 if it is new
	 */
	public void addresses(int[] former) {
		LongAdder[][] before = this.attempts;
		LongAdder[][] all = new LongAdder[former.length][];
		Arrays.setAll(all,
				(index) -> (former[index] >= 0) ? before[former[index]] : adders(AttemptOutcome.values().length));
		this.attempts = all;
	}

	/**
	 * Sets who is asked for what waits now.
	 * @param pending returns it
	 */
	public void pending(Pending pending) {
		this.pending = pending;
	}

	/**
	 * Counts what has become of an attempt.
	 * @param address the index of its address
	 * @param outcome what that is
	 */
	public void countOutcome(int address, AttemptOutcome outcome) {
		LongAdder[][] all = this.attempts;
		// One that is not in the list any more is not shown.
		if (address < all.length) {
			all[address][outcome.ordinal()].increment();
		}
	}

	@Override
	public long attempts(int address, AttemptOutcome outcome) {
		LongAdder[][] all = this.attempts;
		return (address < all.length) ? all[address][outcome.ordinal()].sum() : 0;
	}

	/**
	 * Counts an attempt that has failed.
	 * @param reason why
	 */
	public void countFailed(ConnectFailure reason) {
		count(Counter.CONNECT_FAILED, reason, 1);
	}

	/**
	 * Counts a connection of which another takes the place.
	 * @param reason why
	 */
	public void countRotation(RotationReason reason) {
		count(Counter.ROTATIONS, reason, 1);
	}

	@Override
	public long attempts() {
		return sum(Counter.ATTEMPTS);
	}

	@Override
	public long connected() {
		return sum(Counter.CONNECTED);
	}

	@Override
	public Map<ConnectFailure, Long> failed() {
		return sums(Counter.CONNECT_FAILED, ConnectFailure.class);
	}

	@Override
	public long cancelled() {
		return sum(Counter.CANCELLED);
	}

	@Override
	public long accepted() {
		return sum(Counter.CLIENT_ACCEPTED);
	}

	@Override
	public long delivered() {
		return sum(Counter.CLIENT_DELIVERED);
	}

	@Override
	public long undelivered() {
		return sum(Counter.CLIENT_UNDELIVERED);
	}

	@Override
	public long outboundDropped() {
		return sum(Counter.CLIENT_DROPPED);
	}

	@Override
	public long repeated() {
		return sum(Counter.CLIENT_REPEATED);
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

	/** As consoles show it: the main figures, each as it is when it is read. */
	@Override
	public String toString() {
		return "ClientStatistics[attempts=" + attempts() + ", connected=" + connected() + ", failed=" + failed()
				+ ", closed=" + closed() + ", bytesReceived=" + bytesReceived() + ", bytesSent=" + bytesSent()
				+ ", messagesReceived=" + messagesReceived() + ", messagesSent=" + messagesSent() + ", accepted="
				+ accepted() + ", delivered=" + delivered() + ", undelivered=" + undelivered() + ", pending="
				+ pending() + ", pendingReplies=" + pendingReplies() + ", requests=" + requests() + "]";
	}

	/** Reports what waits now. Any thread. */
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
