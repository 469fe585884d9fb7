package dev.socketserver.engine.output;

import java.util.List;
import java.util.Objects;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.waiting.Room;
import org.jspecify.annotations.Nullable;

/**
 * Gives what waits in the {@link WriteQueue} of one session to the connection, one
 * {@link WriteBatch} at a time, and notifies the senders of what became of it. Knows how
 * the output ends, and ends it when everything has left.
 * <p>
 * The loop writes; any thread may ask it to write. All state is guarded by the monitor of
 * the queue; the connection, senders and waiters are called without it.
 */
public final class SocketWriter implements Runnable, Connection.WriteResult {

	/** The most that is reserved because the last batch was as large. */
	private static final int MOST_EXPECTED = 16 * 1024;

	private final SessionState session;

	private final WriteQueue queue;

	/** Also read without the monitor. */
	private volatile OutboxState state = OutboxState.OPEN;

	/** The loop was asked to write, and has not run yet. */
	private boolean loopComes;

	/**
	 * The batch that is with the connection, which reports its end. The loop takes no
	 * other until then. Also read without the monitor, where it may be outdated.
	 */
	private @Nullable WriteBatch leaving;

	/**
	 * How many bytes the last batch had: where replies arrive in batches, the next will
	 * be about as large, and need not grow to it.
	 */
	private char gatheredBefore;

	/** {@link #run} is on the stack. Loop only. */
	private boolean writing;

	/**
	 * Creates the writer of a session.
	 * @param session the state of the session
	 * @param queue what waits for the connection
	 */
	SocketWriter(SessionState session, WriteQueue queue) {
		this.session = session;
		this.queue = queue;
	}

	// How the output ends. Any thread.

	/** What is still admitted, and what follows when it has left. Any thread. */
	OutboxState state() {
		return this.state;
	}

	/** Ends the output after everything added so far. */
	public void shutdownOutput() {
		end(OutboxState.OUTPUT_ENDING);
	}

	/** Closes the connection after everything added so far. */
	public void close() {
		end(OutboxState.CLOSING);
	}

	/**
	 * Admits nothing but replies from now on, until {@link #repliesEnded} is called, and
	 * then closes the connection. Senders that wait for room are refused by
	 * {@link #refuseBlocked}.
	 * @return {@code false} if no reply is admitted any more, and it is to be closed as
	 * ever
	 */
	public boolean closeAfterReplies() {
		synchronized (this.queue) {
			this.state = this.state.advance(OutboxState.REPLYING);
			return this.state == OutboxState.REPLYING;
		}
	}

	/**
	 * Closes the connection, if the session was to be closed after replies: the last one
	 * was added.
	 */
	public void repliesEnded() {
		if (this.state == OutboxState.REPLYING) {
			close();
		}
	}

	private void end(OutboxState ending) {
		boolean ask;
		boolean securing;
		synchronized (this.queue) {
			OutboxState next = this.state.advance(ending);
			if (next == this.state) {
				return;
			}
			this.state = next;
			refuseBlocked();
			ask = mustAskLoop();
			securing = ending == OutboxState.CLOSING && this.leaving != null && this.leaving.isHandshake();
		}
		runOnLoop(ask);
		if (securing) {
			this.session.connection().execute(this::cancelHandshake);
		}
	}

	private void cancelHandshake() {
		Connection connection = this.session.connection();
		if (!connection.secure()) {
			connection.tlsStart().cancel();
		}
	}

	/**
	 * Admits and sends nothing more: the connection is about to be reset, or has failed.
	 */
	public void abort() {
		synchronized (this.queue) {
			this.state = OutboxState.ENDED;
			refuseBlocked();
		}
	}

	/** Refuses all senders that wait for room, since nothing more is admitted. */
	public void refuseBlocked() {
		synchronized (this.queue) {
			Room<WriteBatch> room = this.queue.room();
			if (room != null && room.hasSenders()) {
				room.refuseAll(this.session.closedException(null));
				this.queue.settle();
			}
		}
	}

	// When the loop writes. Any thread.

	/**
	 * Whether the loop must be asked to write: it was not asked yet, and does not write
	 * anyway when the batch that is with the connection has left. With the monitor, which
	 * the caller gives back before it asks.
	 */
	boolean mustAskLoop() {
		boolean ask = isIdle();
		this.loopComes |= ask;
		return ask;
	}

	/**
	 * Asks the loop to write, after what it is doing now: what is admitted until then
	 * leaves in the same write.
	 */
	void askLoop(boolean ask) {
		if (ask) {
			this.session.connection().executeLater(this);
		}
	}

	/** Asks the loop to write, now if this is the loop. */
	void runOnLoop(boolean ask) {
		if (ask) {
			this.session.connection().execute(this);
		}
	}

	/**
	 * Whether a batch is with the connection. On other threads than the loop this may be
	 * outdated.
	 * @return {@code true} until the socket has taken all of it, or never will
	 */
	public boolean inFlight() {
		return this.leaving != null;
	}

	/** Whether nothing is with the connection, nor about to be. With the monitor. */
	boolean isIdle() {
		return !this.loopComes && this.leaving == null;
	}

	/** How many bytes the next batch will have, probably. With the monitor. */
	int expectedBytes() {
		return this.gatheredBefore;
	}

	/** Has everything added so far leave. */
	public void flush() {
		if (this.queue.isClaimed() && this.session.connection().isLoop() && !inFlight()) {
			// The loop has added something, and nothing keeps it from writing that.
			run();
			return;
		}
		boolean ask;
		synchronized (this.queue) {
			if (inFlight()) {
				// The socket is busy: what the loop has added will wait for a while, and
				// so is charged.
				this.queue.settle();
			}
			ask = !this.queue.isEmpty() && mustAskLoop();
		}
		runOnLoop(ask);
	}

	// What leaves. On the loop.

	/**
	 * Gives batches to the socket, one after the other, then ends the output if that was
	 * asked for.
	 */
	@Override
	public void run() {
		if (this.writing) {
			return;
		}
		this.writing = true;
		try {
			WriteBatch batch = take();
			while (batch != null) {
				give(batch);
				batch = inFlight() ? null : take();
			}
		}
		finally {
			this.writing = false;
		}
	}

	private void give(WriteBatch batch) {
		if (batch.isHandshake()) {
			this.session.connection().tlsStart().begin(this);
			restWaits();
			return;
		}
		TapPoint tap = this.session.tapped();
		if (tap != null) {
			batch.showTo(tap, this.session.scratch());
		}
		this.session.connection().write(batch.output(), this);
	}

	/** Takes the next batch; if there is none, ends the output if that was asked for. */
	private @Nullable WriteBatch take() {
		OutboxState ending;
		synchronized (this.queue) {
			if (this.leaving != null) {
				return null;
			}
			this.loopComes = false;
			if (this.state == OutboxState.ENDED) {
				return null;
			}
			this.leaving = this.queue.next(this.session.scratch());
			if (this.leaving != null) {
				this.gatheredBefore = (char) Math.min(this.leaving.output().gathered(), MOST_EXPECTED);
				return this.leaving;
			}
			ending = this.state;
			this.state = ending.allLeft();
		}
		if (ending == OutboxState.CLOSING) {
			this.session.connection().close();
		}
		else if (ending == OutboxState.OUTPUT_ENDING) {
			this.session.connection().shutdownOutput();
		}
		return null;
	}

	/** The rest of the batch will wait for a while, and so is charged. */
	@Override
	public void restWaits() {
		if (inFlight()) {
			synchronized (this.queue) {
				this.queue.settleAll();
			}
		}
	}

	/** The batch has left, or will never leave as a whole. */
	@Override
	public void done(@Nullable Throwable failure, int taken) {
		if (failure != null) {
			// Before a sender is refused for it.
			this.session.end().lost(failure);
		}
		ended(failure, taken, null);
	}

	/** The batch was not taken, and what follows it may be. */
	@Override
	public void refused(Exception refusal) {
		ended(null, 0, refusal);
	}

	private void ended(@Nullable Throwable failure, int taken, @Nullable Exception refusal) {
		WriteBatch batch;
		List<Runnable> waiters;
		boolean goesOn;
		synchronized (this.queue) {
			batch = Objects.requireNonNull(this.leaving, "leaving");
			this.leaving = null;
			if (failure != null) {
				// Before the batch gives back its room: a sender that went on would keep
				// the loop busy with writes that fail, and the loop would never reach the
				// end of the connection.
				abort();
			}
			waiters = this.queue.ended(batch);
			// What is added from now on asks the loop.
			goesOn = !this.queue.isEmpty() || this.state != OutboxState.OPEN || !waiters.isEmpty();
		}
		if (failure != null) {
			batch.failed(this.session, failure, taken);
		}
		else if (refusal != null) {
			batch.refused(this.session, refusal);
		}
		else {
			batch.left(this.session);
		}
		waiters.forEach(Runnable::run);
		if (goesOn) {
			run();
		}
	}

	/** Notifies those whose writes were dropped, in order. */
	void notifyDropped() {
		List<WriteBatch> batches;
		synchronized (this.queue) {
			batches = this.queue.takeDropped();
		}
		batches.forEach(WriteBatch::notifyDropped);
	}

	/**
	 * Fails everything that has not left, because the connection is gone, after that has
	 * given back what it had.
	 */
	public void closed() {
		List<WriteBatch> unsent;
		List<Runnable> waiters;
		synchronized (this.queue) {
			abort();
			unsent = this.queue.removeAll();
			Room<WriteBatch> room = this.queue.room();
			waiters = (room != null) ? room.end() : List.of();
		}
		notifyDropped();
		unsent.forEach((batch) -> batch.unsent(this.session));
		waiters.forEach(Runnable::run);
	}

}
