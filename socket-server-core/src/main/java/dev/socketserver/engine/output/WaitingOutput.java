package dev.socketserver.engine.output;

import java.io.InterruptedIOException;
import java.util.List;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the connection of one session, who waits for room after it, and whose
 * turn it is. Guarded by its monitor, if not stated otherwise.
 */
abstract class WaitingOutput extends WriteBatches implements Runnable {

	final SessionState session;

	/** How many of the bytes were charged to the session. */
	private long charged;

	/** Who waits for room; absent until somebody does. */
	private @Nullable RoomWaiters roomWaiters;

	/**
	 * How many writes have left, of all. The number overflows, so that only differences
	 * mean something.
	 */
	private int left;

	/**
	 * The value of {@link #left} at which everything that made the outbox congested has
	 * left.
	 */
	private int congestedUntil;

	/** Also read without the monitor. */
	volatile OutboxState state = OutboxState.OPEN;

	/**
	 * Set when a limit is reached; reset when half of it is free again, or when
	 * everything that waited then has left. Without the latter, senders that never wait
	 * would fill each gap and keep out those that do wait. Also read without the monitor.
	 */
	private volatile boolean congested;

	/** Also read without the monitor, where it may be outdated. */
	LoopTurn turn = LoopTurn.IDLE;

	WaitingOutput(SessionState session, Framing framing, Bounds<OutboundOverflow> bounds) {
		super(framing, bounds);
		this.session = session;
	}

	/**
	 * Returns why a write cannot be admitted now, or {@code null} if it can. Room that
	 * other senders wait for is no room.
	 */
	final @Nullable Exception refusal(int size) {
		if (this.state.isRefusing()) {
			return this.session.closedException(null);
		}
		if (fits(size) && !othersWait()) {
			return null;
		}
		return (writes() >= this.bounds.capacity())
				? new OutboundFullException(this.session.id(), "outbound.capacity", this.bounds.capacity())
				: new OutboundFullException(this.session.id(), "outbound.bytes", this.bounds.bytes());
	}

	/** What marks the end of a frame, if a tap has to know that. */
	final @Nullable Completion mark() {
		TapPoint tap = this.session.tapped();
		return (tap != null && tap.framed()) ? Completion.NOBODY : null;
	}

	/** Adds a write, whatever the limits. */
	final void append(Object payload, @Nullable Completion completion, boolean droppable) {
		encode(payload, (completion != null) ? completion : mark(), droppable);
		if (completion instanceof Revocable revocable) {
			revocable.admitted();
		}
		noteCongestion();
		settle();
	}

	/** Updates what is charged to the session, if that differs by enough to count. */
	final void settle() {
		long held = held();
		if (MemoryHolder.differs(held, this.charged)) {
			settle(held);
		}
	}

	private long held() {
		return bytes() + ((this.roomWaiters != null) ? this.roomWaiters.bytes() : 0);
	}

	/** Updates what is charged to the session. */
	final void settleAll() {
		settle(held());
	}

	private void settle(long held) {
		long before = this.charged;
		if (held != before) {
			this.charged = held;
			this.session.charge(held - before);
		}
	}

	/**
	 * Whether a write that is added now has a batch of its own, out of which it can be
	 * taken back: not while the socket is idle, which is about to be given it.
	 */
	final boolean mayBeTakenBack(@Nullable Completion completion) {
		return this.turn == LoopTurn.IN_FLIGHT && completion instanceof Revocable;
	}

	/** A limit may have been reached. */
	final void noteCongestion() {
		if (!this.congested && isFull()) {
			this.congested = true;
			this.congestedUntil = this.left + writes();
		}
	}

	/** Whether a caller that can wait should wait before it adds more. Any thread. */
	public final boolean congested() {
		return this.congested && !useGrant();
	}

	/** The connection is gone: nobody has to wait for room. */
	final List<Runnable> roomForAll() {
		this.congested = false;
		return (this.roomWaiters != null) ? this.roomWaiters.takeNotified() : List.of();
	}

	/** Whether a limit was reached, and room is not back yet. Any thread. */
	final boolean isCongested() {
		return this.congested;
	}

	private synchronized boolean useGrant() {
		return this.roomWaiters != null && this.roomWaiters.useGrant();
	}

	/**
	 * Asks to be notified when there is room, or when this caller is next in turn: it may
	 * then add one write.
	 * @param waiter is called once, on the loop, unless this returns {@code false}
	 * @return {@code false} if the outbox is not congested
	 */
	public final synchronized boolean awaitRoom(Runnable waiter) {
		if (!this.congested) {
			return false;
		}
		roomWaiters().add(waiter);
		return true;
	}

	private RoomWaiters roomWaiters() {
		RoomWaiters made = this.roomWaiters;
		if (made == null) {
			made = new RoomWaiters();
			this.roomWaiters = made;
		}
		return made;
	}

	/** Admits those who wait as far as there is room; returns whether it did. */
	final boolean admitBlocked() {
		boolean admitted = this.roomWaiters != null && this.roomWaiters.admit(this);
		if (admitted) {
			noteCongestion();
		}
		return admitted;
	}

	/** Whether senders wait for room: nobody may overtake them. */
	final boolean othersWait() {
		return this.roomWaiters != null && this.roomWaiters.hasSenders();
	}

	/**
	 * Refuses the writes of all senders that wait for room, since nothing more is
	 * admitted. Any thread.
	 */
	public final synchronized void refuseBlocked() {
		if (this.roomWaiters != null) {
			this.roomWaiters.refuse(this.session.closedException(null));
			settle();
		}
	}

	/**
	 * Whether the loop must be asked to come by: it was not asked yet, and does not come
	 * anyway.
	 */
	final boolean mustAskLoop() {
		if (this.turn != LoopTurn.IDLE) {
			return false;
		}
		this.turn = LoopTurn.SCHEDULED;
		return true;
	}

	/**
	 * Asks the loop to come by, after what it is doing now: what is admitted until then
	 * leaves in the same write.
	 */
	final void askLoop(boolean ask) {
		if (ask) {
			this.session.connection().executeLater(this);
		}
	}

	/**
	 * A batch has left, or never will.
	 * @return those who have waited for room
	 */
	final List<Runnable> sent(WriteBatch batch) {
		ended(batch);
		this.left += batch.writes();
		List<Runnable> waiters = roomMade();
		admitBlocked();
		settle();
		return waiters;
	}

	/** Returns those who have waited for room, if there is enough again. */
	private List<Runnable> roomMade() {
		if (isHalfEmpty() || this.left - this.congestedUntil >= 0) {
			this.congested = false;
			return (this.roomWaiters != null) ? this.roomWaiters.grant() : List.of();
		}
		return List.of();
	}

	/**
	 * Takes back a write of which nothing has been given to the socket. Its completion is
	 * not notified, unless its sender waits for room: then the write is refused. Any
	 * thread.
	 * @param completion the completion of the write
	 * @param why what a sender that waits for room is refused with
	 * @return whether nothing of the write will leave
	 */
	public final boolean takeBack(Revocable completion, Exception why) {
		List<Runnable> waiters = List.of();
		boolean ask;
		synchronized (this) {
			boolean refused = this.roomWaiters != null && this.roomWaiters.refuse(completion, why);
			if (!refused && !remove(completion)) {
				return false;
			}
			if (!refused) {
				waiters = roomMade();
			}
			ask = admitBlocked() && mustAskLoop();
			settle();
		}
		askLoop(ask);
		waiters.forEach(this.session.connection()::execute);
		return true;
	}

	/** A number that changes whenever something has left. On the loop. */
	public final int left() {
		return this.left;
	}

	/** How many writes have not left. Any thread. */
	public final synchronized int pendingWrites() {
		return writes();
	}

	/** How many bytes have not left. Any thread. */
	public final synchronized long pendingBytes() {
		return bytes();
	}

	/**
	 * Whether a batch is with the socket. On other threads than the loop this may be
	 * outdated.
	 */
	public final boolean inFlight() {
		return this.turn == LoopTurn.IN_FLIGHT;
	}

	/** Has another framing encode what is added from now on. */
	public final synchronized void framing(Framing next) {
		encodeWith(next);
	}

	/** Adds a write, or waits for room. Not on an I/O thread. */
	final boolean offerWaiting(Object payload, Completion completion) {
		BlockedSend waiting = null;
		Exception refusal;
		boolean ask = false;
		synchronized (this) {
			refusal = refusal(OutputBytes.length(payload));
			Exception revoked = (completion instanceof Revocable revocable) ? revocable.revoked() : null;
			if (refusal instanceof OutboundFullException && revoked != null) {
				refusal = revoked;
			}
			else if (refusal instanceof OutboundFullException) {
				WriteBatch batch = encoded(payload, completion);
				waiting = roomWaiters().add(batch, completion);
				settle();
			}
			else if (refusal == null) {
				append(payload, completion, mayBeTakenBack(completion));
				ask = mustAskLoop();
			}
		}
		askLoop(ask);
		if (waiting != null) {
			refusal = await(waiting);
		}
		if (refusal != null) {
			completion.refused(refusal);
		}
		return refusal == null;
	}

	/** Waits until a write is admitted, and returns why it was not, if it was not. */
	private @Nullable Exception await(BlockedSend waiting) {
		try {
			waiting.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			withdraw(waiting);
		}
		return waiting.refusal();
	}

	private void withdraw(BlockedSend waiting) {
		boolean ask = false;
		synchronized (this) {
			if (this.roomWaiters != null && this.roomWaiters.remove(waiting)) {
				waiting.refuse(new InterruptedIOException(
						"Interrupted while waiting for the peer of session " + this.session.id() + " to read"));
				// Senders after it may have shorter writes, which fit.
				ask = admitBlocked() && mustAskLoop();
				settle();
			}
		}
		askLoop(ask);
	}

	/**
	 * Adds bytes that are framed already, or drops them if there is no room: who does not
	 * read what was sent before would not read them either. On the loop.
	 * @param frames the bytes, copied
	 */
	public final void answer(byte[] frames) {
		boolean ask = false;
		synchronized (this) {
			if (refusal(frames.length) == null) {
				appendFramed(frames);
				noteCongestion();
				settle();
				ask = mustAskLoop();
			}
		}
		if (ask) {
			this.session.connection().execute(this);
		}
	}

}
