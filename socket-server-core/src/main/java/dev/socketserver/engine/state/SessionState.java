package dev.socketserver.engine.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionClosedException;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.engine.tap.Tappable;
import org.jspecify.annotations.Nullable;

/**
 * The state of one session, for all of its parts: its connection, how it ends, who has
 * paused it, and its figures. The parts read it and claim transitions; what follows from
 * a transition is decided by the session, which extends this class so that the two are
 * one object.
 */
public abstract class SessionState extends MemoryHolder implements Tappable {

	private static final VarHandle PAUSES;

	static {
		try {
			PAUSES = MethodHandles.lookup().findVarHandle(SessionState.class, "pauses", byte.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** A pause that the application asked for. */
	protected static final byte BY_APPLICATION = 1;

	/** A pause that an operator asked for. */
	protected static final byte BY_OPERATOR = 2;

	private static final int AGE_SHIFT = 24;

	private final Connection connection;

	private final SessionEnd end = new SessionEnd();

	private final long openedNanos = System.nanoTime();

	/**
	 * Who has paused reads: no frame is to be handled until all of them have resumed.
	 */
	private volatile byte pauses;

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
	 * @param connection the connection
	 */
	protected SessionState(Connection connection) {
		this.connection = connection;
	}

	// What the session shares with others.

	/**
	 * Returns the session's number, from which its id is made.
	 * @return the number
	 */
	public abstract long number();

	/**
	 * Returns what is counted of all sessions of the server or client. Any thread.
	 * @return the counters
	 */
	public abstract Counters counters();

	/**
	 * Returns what is around calls of user code. Any thread.
	 * @return the diagnostics
	 */
	public abstract Diagnostics diagnostics();

	/**
	 * Returns what the sessions of the loop share. On the loop.
	 * @return the buffers
	 */
	public abstract LoopScratch scratch();

	/**
	 * Returns the connection.
	 * @return the connection
	 */
	public final Connection connection() {
		return this.connection;
	}

	/**
	 * Returns when the session began, by the clock of {@link System#nanoTime}.
	 * @return the time in nanoseconds
	 */
	public final long openedNanos() {
		return this.openedNanos;
	}

	/**
	 * Returns where the session is tapped. Any thread.
	 * @return the place, or {@code null} if nobody taps it
	 */
	public final @Nullable TapPoint tapped() {
		return this.tapped;
	}

	/**
	 * Says where the session is tapped. On the loop.
	 * @param point the place, or {@code null}
	 */
	protected final void tapped(@Nullable TapPoint point) {
		this.tapped = point;
	}

	/**
	 * Says where the session is tapped, and notifies a new sink if the session is over:
	 * either that is seen here, or {@link #notifyTapClosed()} sees the sink, or both. On
	 * the loop.
	 * @param point the place
	 * @param sink the new sink at that place
	 */
	protected final void tapped(TapPoint point, TapSink sink) {
		this.tapped = point;
		VarHandle.fullFence();
		if (this.end.isOver()) {
			sink.closed(this.end.status().reason());
		}
	}

	/** Notifies whoever taps the session that it is over. */
	protected final void notifyTapClosed() {
		VarHandle.fullFence();
		TapPoint point = this.tapped;
		if (point != null) {
			point.closed(this.end.status().reason());
		}
	}

	// How it ends.

	/**
	 * Returns why and how it ends.
	 * @return the end
	 */
	public final SessionEnd end() {
		return this.end;
	}

	/**
	 * Settles how the session ends, if it is not settled yet. Nothing else happens: the
	 * caller sees to the end. Any thread.
	 * @param status how it ends
	 * @return whether it is settled by this
	 */
	public final boolean end(CloseStatus status) {
		return this.end.close(status);
	}

	/**
	 * Returns how the session ends.
	 * @return the status, or {@code null} if that is not settled
	 */
	public final @Nullable CloseStatus status() {
		return this.end.settled();
	}

	/**
	 * Whether no further frame is to be handled. Any thread.
	 * @return {@code true} once it is stopped or closed
	 */
	public final boolean closing() {
		return !this.end.handlesMore();
	}

	@Override
	public final boolean isAborted() {
		return this.end.isAborted();
	}

	/**
	 * Whether the connection is gone, or about to be since a write has failed. Any
	 * thread.
	 * @return {@code true} from then on
	 */
	public final boolean lost() {
		return this.end.isGone();
	}

	/**
	 * Notes that the connection is gone, or about to be since a write has failed. The
	 * first failure counts. On the loop.
	 * @param failure why it broke, or {@code null} if it was closed
	 */
	public final void lost(@Nullable Throwable failure) {
		this.end.lost(failure);
	}

	/**
	 * Returns the exception for callers who come too late, or have waited in vain. Any
	 * thread.
	 * @param cause why, or {@code null}
	 * @return the exception
	 */
	public final SessionClosedException closedException(@Nullable Throwable cause) {
		return new SessionClosedException(id(), this.end.settled(), cause);
	}

	// Whether it is read.

	/**
	 * Whether no frame is to be handled for now. Any thread.
	 * @return {@code true} while somebody has paused reads
	 */
	public final boolean readsPaused() {
		return this.pauses != 0;
	}

	/**
	 * Notes a pause of one who may.
	 * @param whom who pauses
	 * @return who had paused before
	 */
	protected final int addPause(byte whom) {
		return (byte) PAUSES.getAndBitwiseOr(this, whom);
	}

	/**
	 * Notes that one who may has resumed.
	 * @param whom who resumes
	 * @return who had paused before
	 */
	protected final int removePause(byte whom) {
		return ((this.pauses & whom) != 0) ? (byte) PAUSES.getAndBitwiseAnd(this, (byte) ~whom) : 0;
	}

	/**
	 * Has the connection read, or not, as far as memory allows. On the loop.
	 * @param on whether more is wanted
	 */
	public abstract void reading(boolean on);

	/**
	 * Whether the peer is read from: not while the inbox is full. Any thread.
	 * @return {@code false} while nothing is read
	 */
	public abstract boolean isReading();

	/**
	 * Whether the handler takes nothing of a full read buffer. Any thread.
	 * @return {@code true} from then on
	 */
	public abstract boolean stalled();

	// Its figures. On other threads than the one that counts them these may be one batch
	// old.

	/**
	 * Counts bytes that were read. On the loop.
	 * @param count how many
	 */
	public final void countReceived(int count) {
		this.receivedAge = (int) ((System.nanoTime() - this.openedNanos) >>> AGE_SHIFT);
		this.bytesReceived += count;
		counters().countReceived(count);
	}

	/**
	 * Counts frames that were decoded. On the loop.
	 * @param count how many
	 */
	public final void countMessagesReceived(int count) {
		this.messagesReceived += count;
		counters().countMessagesReceived(count);
	}

	/**
	 * Counts what has left. On the loop.
	 * @param messages how many messages
	 * @param bytes how many bytes they had
	 */
	public final void countSent(int messages, int bytes) {
		this.messagesSent += messages;
		this.bytesSent += bytes;
		counters().countSent(messages, bytes);
	}

	/**
	 * Returns how many bytes were received.
	 * @return the number of bytes
	 */
	public final long bytesReceived() {
		return this.bytesReceived;
	}

	/**
	 * Returns since when the peer has been silent, by the clock of
	 * {@link System#nanoTime}. Any thread.
	 * @return the time in nanoseconds, that of the opening if it has sent nothing
	 */
	public final long silentSince() {
		return this.openedNanos + ((long) this.receivedAge << AGE_SHIFT);
	}

	/**
	 * Returns how many messages were received.
	 * @return the number of messages
	 */
	public final long messagesReceived() {
		return this.messagesReceived;
	}

	/**
	 * Returns how many bytes were sent.
	 * @return the number of bytes
	 */
	public final long bytesSent() {
		return this.bytesSent;
	}

	/**
	 * Returns how many messages were sent.
	 * @return the number of messages
	 */
	public final long messagesSent() {
		return this.messagesSent;
	}

	/**
	 * Logs a failure, unless there have been many of the kind and type. Its class may be
	 * user code, so that asking for its message may throw.
	 * @param kind what failed, among that of all sessions
	 * @param what what failed
	 * @param failure the failure
	 */
	public abstract void logFailure(String kind, String what, Throwable failure);

}
