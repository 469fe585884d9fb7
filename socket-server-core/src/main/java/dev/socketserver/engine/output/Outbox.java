package dev.socketserver.engine.output;

import java.util.List;

import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * The output of one session. Admits or refuses each write by the overflow policy, gathers
 * what was admitted, and gives the socket one {@link WriteBatch} at a time. The outcome
 * of each write is reported exactly once. {@link WriteBatches} holds and counts the
 * writes that wait, {@link RoomWaiters} wait for room.
 * <p>
 * Text that waits is charged by its characters until it is written, since looking for
 * what is not ASCII means reading it: so it may exceed the limit threefold. It is
 * measured before only where a framing needs its length, or a completion the place of its
 * end.
 * <p>
 * All state is guarded by this object's monitor, which is held while bytes are copied but
 * never while somebody waits; the socket, completions and waiters are called without it.
 * The one exception are replies that the loop adds on its own ({@link #addOnLoop}).
 */
public final class Outbox extends WaitingOutput {

	/** {@link #run} is on the stack. Loop only. */
	private boolean writing;

	/**
	 * Creates the outbox of a session.
	 * @param session the state of the session
	 * @param framing encodes what is added
	 * @param bounds how much may wait, and what happens to more
	 */
	public Outbox(SessionState session, Framing framing, Bounds<OutboundOverflow> bounds) {
		super(session, framing, bounds);
	}

	/**
	 * Adds a write, refuses it, or waits for room, as the overflow policy says. An I/O
	 * thread never waits.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is notified of the outcome, also that of a refusal
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	public boolean send(Object payload, Completion completion, boolean flush) {
		boolean waits = this.bounds.overflow() == OutboundOverflow.BLOCK
				&& !(Thread.currentThread() instanceof IoThread);
		return waits ? offerWaiting(payload, completion) : offer(payload, completion, flush);
	}

	/**
	 * Adds a write, or refuses it. Never waits.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is notified of the outcome, also that of a refusal, or
	 * {@code null}
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	public boolean offer(Object payload, @Nullable Completion completion, boolean flush) {
		Exception refusal = admit(payload, completion, flush);
		if (refusal instanceof OutboundFullException && this.session.connection().isLoop()
				&& this.turn != LoopTurn.IN_FLIGHT) {
			// What was gathered here has not been offered to the socket yet.
			run();
			refusal = admit(payload, completion, flush);
		}
		return refusal == null || overflowed(refusal, payload, completion, flush);
	}

	/** Adds a write if there is room; else returns why not. */
	private @Nullable Exception admit(Object payload, @Nullable Completion completion, boolean flush) {
		Exception refusal;
		boolean ask = false;
		boolean onLoop = this.session.connection().isLoop();
		synchronized (this) {
			if (onLoop) {
				// Ends the exclusive use of the newest batch, so that this write is added
				// after the replies in it.
				release();
			}
			refusal = refusal(OutputBytes.length(payload));
			if (refusal == null) {
				append(payload, completion,
						this.bounds.overflow() == OutboundOverflow.DROP_OLDEST || mayBeTakenBack(completion));
				ask = flush && mustAskLoop();
			}
		}
		askLoop(ask);
		return refusal;
	}

	/**
	 * Sends a heartbeat, unless something else is about to leave or the output has ended.
	 * It does not count as a message. On the loop.
	 */
	public void beat() {
		synchronized (this) {
			if (this.state.isRefusing() || this.turn != LoopTurn.IDLE || !isEmpty()) {
				return;
			}
			appendBeat();
			this.turn = LoopTurn.SCHEDULED;
		}
		run();
	}

	/**
	 * Adds a write if there is room, whatever the policy. Never waits.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 */
	public void addIfRoom(Object payload) {
		boolean ask = false;
		synchronized (this) {
			if (refusal(OutputBytes.length(payload)) == null) {
				append(payload, null, false);
				ask = mustAskLoop();
			}
		}
		askLoop(ask);
	}

	/** Does what the overflow policy says about a write that was not admitted. */
	private boolean overflowed(Exception refusal, Object payload, @Nullable Completion completion, boolean flush) {
		if (refusal instanceof OutboundFullException) {
			switch (this.bounds.overflow()) {
				case DROP_OLDEST -> {
					return offerInsteadOfOlder(payload, completion, flush);
				}
				case DROP_NEWEST -> this.session.counters().countOutboundDropped(1);
				case CLOSE -> {
					this.session.counters().countOutboundRefused();
					abortSlowConsumer();
				}
				case FAIL, BLOCK -> this.session.counters().countOutboundRefused();
			}
		}
		if (completion != null) {
			completion.refused(refusal);
		}
		return false;
	}

	/** If the session is ending already, what it has accepted still leaves. */
	void abortSlowConsumer() {
		CloseStatus slow = ExceededLimits.slowConsumer(this.session.spec());
		if (this.session.end().close(slow)) {
			this.session.abort(slow);
		}
	}

	/** Adds a write in place of older ones, as far as that can make room. */
	private boolean offerInsteadOfOlder(Object payload, @Nullable Completion completion, boolean flush) {
		Exception refusal;
		boolean ask = false;
		boolean notifies = false;
		int count = 0;
		synchronized (this) {
			refusal = refusal(OutputBytes.length(payload));
			if (refusal == null
					|| (refusal instanceof OutboundFullException && fitsInsteadOfOlder(OutputBytes.length(payload)))) {
				// Added before others are dropped: if the framing throws, nothing has
				// been lost.
				append(payload, completion, true);
				if (refusal != null) {
					notifies = !hasDropped();
					count = dropOldest(OutputBytes.length(payload), refusal);
					settle();
					notifies = notifies && hasDropped();
					refusal = null;
				}
				ask = flush && mustAskLoop();
			}
			else if (refusal instanceof OutboundFullException) {
				count = 1;
			}
		}
		if (notifies) {
			this.session.connection().execute(this::notifyDropped);
		}
		askLoop(ask);
		if (count > 0) {
			this.session.counters().countOutboundDropped(count);
		}
		if (refusal != null && completion != null) {
			completion.refused(refusal);
		}
		return refusal == null;
	}

	/** Notifies those whose writes were dropped, in order. Loop. */
	private void notifyDropped() {
		List<WriteBatch> batches;
		synchronized (this) {
			batches = takeDropped();
		}
		batches.forEach(WriteBatch::notifyDropped);
	}

	/**
	 * Adds a write whatever the limits. A caller that can wait checks {@link #congested}
	 * before it makes another.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is notified of the outcome, but not that it has not been added;
	 * or {@code null}
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return {@code false} if the session has closed
	 */
	public boolean add(Object payload, @Nullable Completion completion, boolean flush) {
		return add(payload, completion, flush, OutboxState.OPEN);
	}

	/**
	 * Adds a reply, as {@link #add} does, but also where the session closes after it.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return {@code false} if the session has closed
	 */
	public boolean addReply(Object payload, boolean flush) {
		return add(payload, null, flush, OutboxState.REPLYING);
	}

	private boolean add(Object payload, @Nullable Completion completion, boolean flush, OutboxState last) {
		boolean ask;
		synchronized (this) {
			if (this.state.compareTo(last) > 0) {
				return false;
			}
			append(payload, completion, false);
			ask = flush && mustAskLoop();
		}
		askLoop(ask);
		return true;
	}

	/**
	 * Adds a reply, as {@link #addReply} does, to leave with the next {@link #flush},
	 * which the caller makes soon. On the loop, and without the monitor for as long as no
	 * other thread adds something, and no tap has to know where frames end. So all
	 * replies to what was read at once can be added without a lock.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @return {@code false} if the session has closed
	 */
	public boolean addOnLoop(Object payload) {
		if (this.state.isRefusingReplies()) {
			return false;
		}
		if (mark() != null || !extend(payload)) {
			return addAndClaim(payload);
		}
		if (!isCongested() && isFull()) {
			synchronized (this) {
				noteCongestion();
			}
		}
		return true;
	}

	private synchronized boolean addAndClaim(Object payload) {
		if (this.state.isRefusingReplies()) {
			return false;
		}
		release();
		append(payload, null, false);
		claim();
		return true;
	}

	/** Has everything added so far leave. Any thread. */
	public void flush() {
		boolean ask;
		synchronized (this) {
			if (this.turn == LoopTurn.IN_FLIGHT) {
				// The socket is busy: what the loop has added will wait for a while, and
				// so is charged.
				settle();
			}
			ask = !isEmpty() && mustAskLoop();
		}
		if (ask) {
			this.session.connection().execute(this);
		}
	}

	/** Ends the output after everything added so far. Any thread. */
	public void shutdownOutput() {
		end(OutboxState.OUTPUT_ENDING);
	}

	/** Closes the connection after everything added so far. Any thread. */
	public void close() {
		end(OutboxState.CLOSING);
	}

	/**
	 * Admits nothing but replies from now on, until {@link #repliesEnded} is called, and
	 * then closes the connection. Senders that wait for room are refused by
	 * {@link #refuseBlocked}. Any thread.
	 * @return {@code false} if no reply is admitted any more, and it is to be closed as
	 * ever
	 */
	public synchronized boolean closeAfterReplies() {
		if (this.state == OutboxState.OPEN) {
			this.state = OutboxState.REPLYING;
		}
		return this.state == OutboxState.REPLYING;
	}

	/**
	 * Closes the connection, if the session was to be closed after replies: the last one
	 * was added. Any thread.
	 */
	public void repliesEnded() {
		if (this.state == OutboxState.REPLYING) {
			close();
		}
	}

	private void end(OutboxState ending) {
		boolean ask;
		synchronized (this) {
			OutboxState next = this.state.advance(ending);
			if (next == this.state) {
				return;
			}
			this.state = next;
			refuseBlocked();
			ask = mustAskLoop();
		}
		if (ask) {
			this.session.connection().execute(this);
		}
	}

	/**
	 * Admits and sends nothing more: the connection is about to be reset, or has failed.
	 * Any thread.
	 */
	public synchronized void abort() {
		if (!this.state.isSilent()) {
			this.state = OutboxState.ABORTED;
			refuseBlocked();
		}
	}

	/**
	 * Gives batches to the socket, one after the other, then ends the output if that was
	 * asked for. On the loop.
	 */
	@Override
	public void run() {
		if (this.writing) {
			return;
		}
		this.writing = true;
		try {
			for (WriteBatch batch = take(); batch != null; batch = take()) {
				TapPoint tap = this.session.tapped();
				if (tap != null) {
					batch.showTo(tap, this.session.scratch());
				}
				this.session.connection().write(batch.output(), batch);
			}
		}
		finally {
			this.writing = false;
		}
		if (this.turn == LoopTurn.IN_FLIGHT) {
			// The socket has not taken everything: the rest will wait for a while, and so
			// is charged.
			synchronized (this) {
				settleAll();
			}
		}
	}

	/** Takes the next batch; if there is none, ends the output if that was asked for. */
	private @Nullable WriteBatch take() {
		OutboxState ending;
		synchronized (this) {
			if (this.turn == LoopTurn.IN_FLIGHT) {
				return null;
			}
			this.turn = LoopTurn.IDLE;
			if (this.state.isSilent()) {
				return null;
			}
			WriteBatch batch = next(this.session.scratch());
			if (batch != null) {
				this.turn = LoopTurn.IN_FLIGHT;
				return batch;
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

	/** A batch has left, or will never leave as a whole. Loop. */
	@Override
	public void done(WriteBatch batch, @Nullable Throwable failure, int taken) {
		List<Runnable> waiters;
		if (failure != null) {
			// Before a sender is refused for it.
			this.session.end().lost(failure);
		}
		synchronized (this) {
			this.turn = LoopTurn.IDLE;
			if (failure != null) {
				// Before the batch gives back its room: a sender that went on would keep
				// the loop busy with writes that fail, and the loop would never come to
				// the end of the connection.
				abort();
			}
			waiters = sent(batch);
		}
		int left = (failure != null) ? batch.writesWithin(taken) : batch.writes();
		int leftBytes = (failure != null) ? batch.bytesWithin(taken) : batch.bytes();
		this.session.countSent(left, leftBytes);
		if (failure != null) {
			this.session.counters().countOutboundFailed(batch.writes() - left, batch.bytes() - leftBytes);
		}
		batch.complete((failure != null) ? this.session.closedException(failure) : null, taken);
		waiters.forEach(Runnable::run);
		run();
	}

	/**
	 * Fails everything that has not left, because the connection is gone. On the loop,
	 * after the socket has given back what it had.
	 */
	public void closed() {
		List<WriteBatch> unsent;
		List<Runnable> waiters;
		synchronized (this) {
			this.state = OutboxState.CLOSED;
			refuseBlocked();
			unsent = removeAll();
			settle();
			waiters = roomForAll();
		}
		notifyDropped();
		for (WriteBatch batch : unsent) {
			this.session.counters().countOutboundFailed(batch.writes(), batch.bytes());
			batch.complete(this.session.closedException(null), 0);
		}
		waiters.forEach(Runnable::run);
	}

}
