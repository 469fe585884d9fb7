package dev.socketserver.engine.state;

import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.socketserver.CloseStatus;
import dev.socketserver.DatagramDrop;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.memory.MemoryAccount;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import dev.socketserver.operator.Counter;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one session share: which session it is, its connection, its
 * {@linkplain SessionEnd end}, what it holds of the memory limit, its figures, and where
 * it is tapped. The parts know this object, and not the session. One object, since each
 * would cost every idle session 16 bytes.
 */
public final class SessionState implements MemoryAccount {

	private static final AtomicLongFieldUpdater<SessionState> CHARGED = AtomicLongFieldUpdater
		.newUpdater(SessionState.class, "charged");

	private static final long ENDED = Long.MIN_VALUE;

	private static final int AGE_SHIFT = 24;

	private final SharedState shared;

	private final long number;

	private final Connection connection;

	private final LoopScratch scratch;

	/** Does what follows where a part has the session end, or hold less. */
	private final MemoryHolder holder;

	private final SessionEnd end = new SessionEnd();

	private final long openedNanos = System.nanoTime();

	/** How many bytes are held, or {@link #ENDED}. */
	private volatile long charged;

	/**
	 * Where the session is tapped; absent unless it is. Plain, since it is read for all
	 * that comes and goes: the loop writes it, and another thread may learn of it late.
	 */
	private @Nullable TapPoint tapped;

	/**
	 * The age of the session when its peer has sent something last, in units of 2^24
	 * nanoseconds, which are 17 ms: enough to know who has been silent for longest, and
	 * half as large as a time. Written on the loop.
	 */
	private int receivedAge;

	// Plain fields, each written by one thread and read by any. A reader may see a value
	// that is one batch old; that is good enough for statistics.

	private long bytesReceived;

	private long messagesReceived;

	private long bytesSent;

	private long messagesSent;

	/**
	 * Creates the state of a session that opens now.
	 * @param shared what it shares with the other sessions of its server or client
	 * @param number the number of the session
	 * @param connection the connection
	 * @param scratch what the sessions of the loop share
	 * @param holder ends the session, or reads less, where that is needed
	 */
	public SessionState(SharedState shared, long number, Connection connection, LoopScratch scratch,
			MemoryHolder holder) {
		this.shared = shared;
		this.number = number;
		this.connection = connection;
		this.scratch = scratch;
		this.holder = holder;
	}

	// Which session it is.

	/**
	 * Returns the session's number, from which its id is made.
	 * @return the number
	 */
	public long number() {
		return this.number;
	}

	/**
	 * Returns the session's id.
	 * @return the id
	 */
	public String id() {
		// In one step, since log lines of each call name it.
		return spec().name() + Diagnostics.ID_SEPARATOR + this.number;
	}

	/**
	 * Returns what the session is made from.
	 * @return the specification
	 */
	public SessionSpec spec() {
		return this.shared.spec();
	}

	/**
	 * Returns with which version of the settings the session has begun.
	 * @return the version
	 */
	public long version() {
		return this.shared.version();
	}

	/**
	 * Returns the messages by which the two sides show that they are there.
	 * @return the messages, or {@code null} if they have none
	 */
	public @Nullable HeartbeatMessages heartbeat() {
		return this.shared.heartbeat();
	}

	/**
	 * Returns what is around calls of user code.
	 * @return the diagnostics
	 */
	public Diagnostics diagnostics() {
		return this.shared.diagnostics();
	}

	/**
	 * Returns when the session began, by the clock of {@link System#nanoTime}.
	 * @return the time in nanoseconds
	 */
	public long openedNanos() {
		return this.openedNanos;
	}

	/**
	 * Returns the connection.
	 * @return the connection
	 */
	public Connection connection() {
		return this.connection;
	}

	/**
	 * Returns what the sessions of the loop share. On the loop.
	 * @return the buffers
	 */
	public LoopScratch scratch() {
		return this.scratch;
	}

	// How it ends.

	/**
	 * Returns why and how it ends.
	 * @return the end
	 */
	public SessionEnd end() {
		return this.end;
	}

	/**
	 * Has the session end at once. Any thread.
	 * @param status how it ends, unless that is settled already
	 */
	public void abort(CloseStatus status) {
		this.holder.abort(status);
	}

	/**
	 * Returns the exception for callers who are too late, or have waited without success.
	 * Any thread.
	 * @param cause why, or {@code null}
	 * @return the exception
	 */
	public SessionClosedException closedException(@Nullable Throwable cause) {
		return new SessionClosedException(id(), this.end.settled(), cause);
	}

	// What it holds of the memory limit. Any thread.

	/**
	 * Returns how many bytes are held for it, as far as they were charged.
	 * @return the number of bytes
	 */
	public long charged() {
		return Math.max(0, this.charged);
	}

	/**
	 * More is held, or less. Each part of the session that keeps bytes charges its own.
	 * @param difference how much more, in bytes
	 */
	@Override
	public void charge(long difference) {
		long before;
		do {
			before = this.charged;
			if (before == ENDED) {
				return;
			}
		}
		while (!CHARGED.compareAndSet(this, before, before + difference));
		this.shared.memory().chargeSession(difference);
		if (before >= MemoryHolder.STEP && before + difference < MemoryHolder.STEP) {
			this.shared.memory().emptied(this.holder);
		}
	}

	/** The session has ended: what it still holds goes with it. */
	public void chargeEnded() {
		long before = CHARGED.getAndSet(this, ENDED);
		if (before != ENDED) {
			this.shared.memory().chargeSession(-before);
		}
	}

	/**
	 * Whether nearly all of the memory is in use.
	 * @return {@code true} while that is so
	 */
	public boolean isMemoryScarce() {
		return this.shared.memory().isScarce();
	}

	/**
	 * Whether the session may be read from. One that holds little always may: frames are
	 * often split in two on their way, and memory may stay scarce for as long as other
	 * sessions want it to.
	 * @return {@code false} if it holds much while memory is scarce
	 */
	public boolean mayHoldMore() {
		return charged() < MemoryHolder.STEP || !isMemoryScarce();
	}

	// Where it is tapped.

	/**
	 * Returns where the session is tapped. Any thread.
	 * @return the place, or {@code null} if it is not tapped
	 */
	public @Nullable TapPoint tapped() {
		return this.tapped;
	}

	/**
	 * Says where the session is tapped. On the loop.
	 * @param point the place, or {@code null}
	 */
	public void tapped(@Nullable TapPoint point) {
		this.tapped = point;
	}

	/**
	 * Says where the session is tapped, and notifies a new sink if the session is over:
	 * either that is seen here, or {@link #notifyTapClosed()} sees the sink, or both. On
	 * the loop.
	 * @param point the place
	 * @param sink the new sink at that place
	 */
	public void tapped(TapPoint point, TapSink sink) {
		this.tapped = point;
		VarHandle.fullFence();
		if (this.end.isOver()) {
			sink.closed(this.end.status().reason());
		}
	}

	/** Notifies whoever taps the session that it is over. */
	public void notifyTapClosed() {
		VarHandle.fullFence();
		TapPoint point = this.tapped;
		if (point != null) {
			point.closed(this.end.status().reason());
		}
	}

	// Its figures. On other threads than the one that counts them these may be one batch
	// old.

	/**
	 * Returns what is counted of all sessions of the server or client. Any thread.
	 * @return the counters
	 */
	public Counters counters() {
		return this.shared.counters();
	}

	/**
	 * Counts bytes that were read. On the loop.
	 * @param count how many
	 * @param now the time, by the clock of {@link System#nanoTime}
	 */
	public void countReceived(int count, long now) {
		// What has opened it may have been received a little earlier.
		this.receivedAge = (int) (Math.max(0, now - this.openedNanos) >>> AGE_SHIFT);
		this.bytesReceived += count;
		counters().count(Counter.BYTES_RECEIVED, count);
	}

	/**
	 * Counts frames that were decoded. On the loop.
	 * @param count how many
	 */
	public void countMessagesReceived(int count) {
		this.messagesReceived += count;
		counters().count(Counter.MESSAGES_RECEIVED, count);
	}

	/**
	 * Frames, if any, were dropped where they waited for the handler. Any thread.
	 * @param count how many
	 */
	public void countInboundDropped(int count) {
		counters().count(Counter.INBOUND_DROPPED, count);
		this.connection.unhandled(DatagramDrop.OVERFLOW, count);
	}

	/**
	 * Frames, if any, were read that no handler will be given: the session ends. Any
	 * thread.
	 * @param count how many
	 */
	public void countInboundDiscarded(int count) {
		if (count > 0) {
			counters().count(Counter.INBOUND_DISCARDED, count);
			this.connection.unhandled(DatagramDrop.REJECTED, count);
		}
	}

	/**
	 * Bytes, if any, are dropped that were not decoded: the session ends. On the loop.
	 * @param count how many, of one datagram if they came by UDP
	 */
	public void countUndecoded(int count) {
		if (count > 0) {
			counters().countBytesDiscarded(count);
			this.connection.unhandled(DatagramDrop.REJECTED, 1);
		}
	}

	/**
	 * Counts what a framing has dropped. On the loop.
	 * @param dropped how many for which reason, or {@code null} for none
	 */
	public void countFramesDropped(@Nullable Map<DropReason, Integer> dropped) {
		if (dropped != null) {
			dropped.forEach(counters()::countFramesDropped);
		}
	}

	/**
	 * Counts what has left. On the loop.
	 * @param messages how many messages
	 * @param bytes how many bytes they had
	 */
	public void countSent(int messages, int bytes) {
		// Bytes first, here and there: who has seen a message sees its bytes.
		this.bytesSent += bytes;
		this.messagesSent += messages;
		counters().countSent(messages, bytes);
	}

	/**
	 * Returns how many bytes were received.
	 * @return the number of bytes
	 */
	public long bytesReceived() {
		return this.bytesReceived;
	}

	/**
	 * Returns since when the peer has been silent, by the clock of
	 * {@link System#nanoTime}. Any thread.
	 * @return the time in nanoseconds, that of the opening if it has sent nothing
	 */
	public long silentSince() {
		return this.openedNanos + (Integer.toUnsignedLong(this.receivedAge) << AGE_SHIFT);
	}

	/**
	 * Returns the time at which the peer has sent something last, at the latest, by the
	 * clock of {@link System#nanoTime}. Any thread.
	 * @return the time in nanoseconds, that of the opening if it has sent nothing
	 */
	public long heardAt() {
		return (this.bytesReceived > 0) ? silentSince() + (1L << AGE_SHIFT) : this.openedNanos;
	}

	/**
	 * Returns how many messages were received.
	 * @return the number of messages
	 */
	public long messagesReceived() {
		return this.messagesReceived;
	}

	/**
	 * Returns how many bytes were sent.
	 * @return the number of bytes
	 */
	public long bytesSent() {
		return this.bytesSent;
	}

	/**
	 * Returns how many messages were sent.
	 * @return the number of messages
	 */
	public long messagesSent() {
		return this.messagesSent;
	}

}
