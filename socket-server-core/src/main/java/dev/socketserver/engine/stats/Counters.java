package dev.socketserver.engine.stats;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import dev.socketserver.CloseReason;
import dev.socketserver.DatagramDrop;
import dev.socketserver.SessionStatistics;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.framing.DropReason;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.operator.DurationRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in sessions, and has the numbers of all other {@link Counter}s.
 * Safe for use by several threads.
 */
public class Counters implements SessionStatistics, CounterSource {

	/** By counter, then by label. */
	private final LongAdder[][] numbers = new LongAdder[Counter.values().length][];

	/** Likewise; of counters that are not timed, without labels. */
	private final LongAdder[][] nanos = new LongAdder[Counter.values().length][];

	/** The recorders that were added. Guarded by this. */
	private final List<DurationRecorder> recorders = new ArrayList<>();

	/** Calls all of them; absent if there is none, so that nothing is done then. */
	private volatile @Nullable DurationRecorder recorder;

	/** Creates counters that have counted nothing. */
	public Counters() {
		for (Counter counter : Counter.values()) {
			int labels = counter.labels().size();
			this.numbers[counter.ordinal()] = adders(Math.max(labels, 1));
			this.nanos[counter.ordinal()] = adders(counter.isTimed() ? labels : 0);
		}
	}

	static LongAdder[] adders(int count) {
		LongAdder[] adders = new LongAdder[count];
		// No lambda, which would be one more class at the start.
		for (int i = 0; i < adders.length; i++) {
			adders[i] = new LongAdder();
		}
		return adders;
	}

	/**
	 * Counts one event.
	 * @param counter the counter, which has one number
	 */
	public final void count(Counter counter) {
		count(counter, 1);
	}

	/**
	 * Counts.
	 * @param counter the counter, which has one number
	 * @param value how much to add
	 */
	public final void count(Counter counter, long value) {
		this.numbers[counter.ordinal()][0].add(value);
	}

	/**
	 * Counts.
	 * @param counter the counter
	 * @param label the constant whose number is meant
	 * @param value how much to add
	 */
	final void count(Counter counter, Enum<?> label, long value) {
		this.numbers[counter.ordinal()][label.ordinal()].add(value);
	}

	/** Counts events that have taken some time, and reports their mean. */
	private void count(Counter counter, Enum<?> label, int count, long nanos) {
		this.nanos[counter.ordinal()][label.ordinal()].add(nanos);
		count(counter, label, count);
		DurationRecorder called = this.recorder;
		if (called != null) {
			called.record(label, nanos / count);
		}
	}

	@Override
	public final synchronized void addRecorder(DurationRecorder recorder) {
		this.recorders.add(recorder);
		recordersChanged();
	}

	@Override
	public final synchronized void removeRecorder(DurationRecorder recorder) {
		this.recorders.remove(recorder);
		recordersChanged();
	}

	private void recordersChanged() {
		List<DurationRecorder> all = List.copyOf(this.recorders);
		this.recorder = switch (all.size()) {
			case 0 -> null;
			case 1 -> all.get(0);
			default -> (outcome, nanos) -> all.forEach((each) -> each.record(outcome, nanos));
		};
	}

	@Override
	public final long sum(Counter counter) {
		return this.numbers[counter.ordinal()][0].sum();
	}

	@Override
	public final long sum(Counter counter, Enum<?> label) {
		return this.numbers[counter.ordinal()][label.ordinal()].sum();
	}

	@Override
	public final long nanos(Counter counter, Enum<?> label) {
		return this.nanos[counter.ordinal()][label.ordinal()].sum();
	}

	/** Returns what a counter has counted of all constants. */
	final long total(Counter counter) {
		long total = 0;
		for (LongAdder number : this.numbers[counter.ordinal()]) {
			total += number.sum();
		}
		return total;
	}

	/** Returns what a counter has counted, without entries of zero. */
	final <E extends Enum<E>> Map<E, Long> sums(Counter counter, Class<E> type) {
		return sums(this.numbers, counter, type);
	}

	private <E extends Enum<E>> Map<E, Long> nanos(Counter counter, Class<E> type) {
		return sums(this.nanos, counter, type);
	}

	private static <E extends Enum<E>> Map<E, Long> sums(LongAdder[][] numbers, Counter counter, Class<E> type) {
		Map<E, Long> sums = new EnumMap<>(type);
		for (E label : type.getEnumConstants()) {
			long sum = numbers[counter.ordinal()][label.ordinal()].sum();
			if (sum != 0) {
				sums.put(label, sum);
			}
		}
		return sums;
	}

	/**
	 * A TLS handshake ended.
	 * @param outcome how
	 * @param nanos how long it had taken
	 */
	public void countHandshake(TlsOutcome outcome, long nanos) {
		count(Counter.HANDSHAKES, outcome, 1, nanos);
	}

	public void countClosed(CloseReason reason, long lifetimeNanos) {
		count(Counter.CLOSED, reason, 1, lifetimeNanos);
	}

	/** Bytes that were received, if any, will be part of no frame. */
	public void countBytesDiscarded(int bytes) {
		if (bytes > 0) {
			count(Counter.BYTES_DISCARDED, bytes);
		}
	}

	/**
	 * What a framing has dropped.
	 * @param reason why
	 * @param count how many, as the reason counts
	 */
	public void countFramesDropped(DropReason reason, int count) {
		count(Counter.FRAMES_DROPPED, reason, count);
	}

	/**
	 * Counts datagrams that were dropped.
	 * @param reason why
	 * @param count how many
	 */
	public void countDatagramsDropped(DatagramDrop reason, long count) {
		count(Counter.DATAGRAMS_DROPPED, reason, count);
	}

	/** Calls of a handler have ended. */
	public void countCalls(HandlerOutcome outcome, int count, long nanos) {
		count(Counter.HANDLER_CALLS, outcome, count, nanos);
	}

	public void countSent(int messages, int bytes) {
		count(Counter.BYTES_SENT, bytes);
		count(Counter.MESSAGES_SENT, messages);
	}

	/** Writes that had been accepted, if any, will never leave; a heartbeat is none. */
	public void countOutboundFailed(int writes, long bytes) {
		if (writes > 0) {
			count(Counter.OUTBOUND_FAILED, writes);
			count(Counter.OUTBOUND_FAILED_BYTES, bytes);
		}
	}

	/**
	 * A request has ended.
	 * @param outcome how
	 * @param nanos nanoseconds since it was made
	 */
	public void countRequest(RequestOutcome outcome, long nanos) {
		count(Counter.REQUESTS, outcome, 1, nanos);
	}

	// The total.

	@Override
	public Map<RequestOutcome, Long> requests() {
		return sums(Counter.REQUESTS, RequestOutcome.class);
	}

	@Override
	public Map<RequestOutcome, Long> requestNanos() {
		return nanos(Counter.REQUESTS, RequestOutcome.class);
	}

	@Override
	public long repliesDropped() {
		return sum(Counter.REPLIES_DROPPED);
	}

	@Override
	public Map<TlsOutcome, Long> handshakes() {
		return sums(Counter.HANDSHAKES, TlsOutcome.class);
	}

	@Override
	public Map<TlsOutcome, Long> handshakeNanos() {
		return nanos(Counter.HANDSHAKES, TlsOutcome.class);
	}

	@Override
	public Map<CloseReason, Long> closed() {
		return sums(Counter.CLOSED, CloseReason.class);
	}

	@Override
	public Map<CloseReason, Long> lifetimeNanos() {
		return nanos(Counter.CLOSED, CloseReason.class);
	}

	@Override
	public long bytesReceived() {
		return sum(Counter.BYTES_RECEIVED);
	}

	@Override
	public Map<DropReason, Long> framesDropped() {
		return sums(Counter.FRAMES_DROPPED, DropReason.class);
	}

	@Override
	public long messagesReceived() {
		return sum(Counter.MESSAGES_RECEIVED);
	}

	@Override
	public long inboundDropped() {
		return sum(Counter.INBOUND_DROPPED);
	}

	@Override
	public Map<HandlerOutcome, Long> handlerCalls() {
		return sums(Counter.HANDLER_CALLS, HandlerOutcome.class);
	}

	@Override
	public Map<HandlerOutcome, Long> handlerNanos() {
		return nanos(Counter.HANDLER_CALLS, HandlerOutcome.class);
	}

	@Override
	public long stuckCalls() {
		return sum(Counter.STUCK_CALLS);
	}

	@Override
	public long stuckSessions() {
		// The outflow first, so that it is never negative.
		long returned = sum(Counter.STUCK_RETURNED);
		return sum(Counter.STUCK_CALLS) - returned;
	}

	@Override
	public long bytesSent() {
		return sum(Counter.BYTES_SENT);
	}

	@Override
	public long messagesSent() {
		return sum(Counter.MESSAGES_SENT);
	}

	@Override
	public long outboundRefused() {
		return sum(Counter.OUTBOUND_REFUSED);
	}

	@Override
	public long outboundDropped() {
		return sum(Counter.OUTBOUND_DROPPED);
	}

}
