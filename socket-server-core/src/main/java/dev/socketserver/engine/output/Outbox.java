package dev.socketserver.engine.output;

import java.io.InterruptedIOException;
import java.util.List;

import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.waiting.BlockedSend;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Overflow;
import dev.socketserver.engine.waiting.Room;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The output of one session, as the session sees it: admits or refuses each write by the
 * overflow policy, or has its sender wait for room. The outcome of each write is reported
 * exactly once. What was admitted is in the {@link WriteQueue}; the {@link SocketWriter}
 * gives it to the connection, and ends the output.
 * <p>
 * Text that waits is charged by its characters until it is written, since looking for
 * what is not ASCII means reading it: so it may exceed the limit threefold. It is
 * measured before only where a framing needs its length, or a completion the place of its
 * end.
 * <p>
 * All state is in the two parts, and guarded by the monitor of the queue, which is held
 * while bytes are copied but never while somebody waits; completions and waiters are
 * called without it. The one exception are replies that the loop adds on its own
 * ({@link #addOnLoop}).
 */
public final class Outbox {

	private final SessionState session;

	private final WriteQueue queue;

	private final SocketWriter writer;

	/**
	 * Creates the outbox of a session.
	 * @param session the state of the session
	 * @param framing encodes what is added
	 * @param bounds how much may wait, and what happens to more
	 */
	public Outbox(SessionState session, Framing framing, Bounds<OutboundOverflow> bounds) {
		this.session = session;
		this.queue = new WriteQueue(session, framing, bounds);
		this.writer = new SocketWriter(session, this.queue);
	}

	// What is admitted. Any thread, if not stated otherwise.

	/**
	 * Adds a write, refuses it, or waits for room, as the overflow policy says. An I/O
	 * thread never waits.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is notified of the outcome, also that of a refusal
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	public boolean send(Object payload, Completion completion, boolean flush) {
		if (!Room.mayWait(this.queue.policy())) {
			return offer(payload, completion, flush);
		}
		try {
			return offerWaiting(payload, completion);
		}
		catch (UnframeablePayloadException ex) {
			completion.refused(new RefusedPayloadException(ex));
			return false;
		}
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
		try {
			return offerNow(payload, completion, flush);
		}
		catch (UnframeablePayloadException ex) {
			if (completion == null) {
				throw ex;
			}
			completion.refused(new RefusedPayloadException(ex));
			return false;
		}
	}

	private boolean offerNow(Object payload, @Nullable Completion completion, boolean flush) {
		Overflow whenFull = Overflow.decide(this.queue.policy(), false);
		boolean replaces = whenFull == Overflow.REPLACE;
		Exception refusal = admit(payload, completion, flush, replaces);
		if (refusal instanceof OutboundFullException && this.session.connection().isLoop() && !this.writer.inFlight()) {
			// What was gathered here has not been offered to the socket yet.
			this.writer.run();
			refusal = admit(payload, completion, flush, replaces);
		}
		if (refusal == null) {
			return true;
		}
		if (refusal instanceof OutboundFullException) {
			if (replaces) {
				return offerInsteadOfOlder(payload, completion, flush);
			}
			noteRefusal();
			boolean drops = whenFull == Overflow.DROP;
			this.session.counters().count(drops ? Counter.OUTBOUND_DROPPED : Counter.OUTBOUND_REFUSED);
			if (whenFull == Overflow.CLOSE) {
				abortSlowConsumer();
			}
		}
		if (completion != null) {
			completion.refused(refusal);
		}
		return false;
	}

	/** Adds a write if there is room; else returns why not. */
	private @Nullable Exception admit(Object payload, @Nullable Completion completion, boolean flush,
			boolean droppable) {
		Exception refusal;
		boolean ask = false;
		boolean onLoop = this.session.connection().isLoop();
		synchronized (this.queue) {
			if (onLoop) {
				// Ends the exclusive use of the newest batch, so that this write is added
				// after the replies in it.
				this.queue.release();
			}
			refusal = refusal(OutputBytes.length(payload), completion);
			if (refusal == null) {
				append(payload, completion, droppable || mayBeTakenBack(completion));
				ask = flush && this.writer.mustAskLoop();
			}
		}
		this.writer.askLoop(ask);
		return refusal;
	}

	/**
	 * Returns why a write cannot be admitted now, or {@code null} if it can. Room that
	 * other senders wait for is no room.
	 */
	private @Nullable Exception refusal(int size, @Nullable Completion completion) {
		if (state().refusesSends()) {
			return this.session.closedException(null);
		}
		Exception revoked = (completion != null) ? completion.revoked() : null;
		if (revoked != null) {
			return revoked;
		}
		return this.queue.hasRoom(size) ? null : this.queue.full();
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
		synchronized (this.queue) {
			int size = OutputBytes.length(payload);
			refusal = refusal(size, completion);
			if (refusal == null || (refusal instanceof OutboundFullException && this.queue.fitsInsteadOfOlder(size))) {
				// Added before others are dropped: if the framing throws, nothing has
				// been lost.
				append(payload, completion, true);
				if (refusal != null) {
					notifies = !this.queue.hasDropped();
					count = this.queue.dropOldest(size, refusal);
					notifies = notifies && this.queue.hasDropped();
					refusal = null;
				}
				ask = flush && this.writer.mustAskLoop();
			}
			else if (refusal instanceof OutboundFullException) {
				count = 1;
			}
			// Before the loop, which may run at any moment, notifies their senders.
			this.session.counters().count(Counter.OUTBOUND_DROPPED, count);
		}
		if (notifies) {
			this.session.connection().execute(this.writer::notifyDropped);
		}
		this.writer.askLoop(ask);
		if (refusal != null && completion != null) {
			completion.refused(refusal);
		}
		return refusal == null;
	}

	/**
	 * Adds a write if there is room, whatever the policy. Never waits.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 */
	public void addIfRoom(Object payload) {
		if (admit(payload, null, true, false) instanceof OutboundFullException) {
			noteRefusal();
		}
	}

	/** Who goes on would be refused, too, unless all has left meanwhile. */
	private void noteRefusal() {
		synchronized (this.queue) {
			if (this.queue.writes() > 0) {
				this.queue.congested();
			}
		}
	}

	/**
	 * Adds an answer, or drops it if there is no room: who does not read what was sent
	 * before would not read it either. One with bytes of the peer that are no frame is
	 * dropped, too. On the loop.
	 * @param bytes the answer, copied
	 * @param framed whether it is framed already; else it is the payload of a heartbeat,
	 * which does not count as a message
	 */
	public void answer(byte[] bytes, boolean framed) {
		boolean ask = false;
		synchronized (this.queue) {
			if (refusal(bytes.length, null) == null
					&& (framed || HeartbeatMessages.reason(this.queue.framing(), bytes) == null)) {
				this.queue.appendAnswer(bytes, framed, mark());
				ask = this.writer.mustAskLoop();
			}
		}
		this.writer.runOnLoop(ask);
	}

	/**
	 * Sends a heartbeat, unless something else is about to leave or the output has ended.
	 * It does not count as a message. On the loop.
	 * @param payload its payload
	 * @return whether it was sent
	 */
	public boolean beat(byte[] payload) {
		synchronized (this.queue) {
			if (state().refusesSends() || !this.queue.isEmpty() || !this.writer.isIdle()) {
				return false;
			}
			this.queue.appendBeat(payload);
		}
		this.writer.run();
		return true;
	}

	/**
	 * Adds a write whatever the limits. A caller that can wait checks {@link #congested}
	 * before it makes another.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is notified of the outcome, but not that it has not been added;
	 * or {@code null}
	 * @return {@code false} if the session has closed, or the write was revoked
	 */
	public boolean add(Object payload, @Nullable Completion completion) {
		return add(payload, completion, true, OutboxState.OPEN);
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
		synchronized (this.queue) {
			if (state().compareTo(last) > 0 || (completion != null && completion.revoked() != null)) {
				return false;
			}
			append(payload, completion, mayBeTakenBack(completion));
			ask = flush && this.writer.mustAskLoop();
		}
		this.writer.askLoop(ask);
		return true;
	}

	/**
	 * Whether a reply would be added now, and can be framed. Any thread.
	 * @param reply the reply, as {@link dev.socketserver.payload.Payloads} gives it
	 * @return {@code false} if the session is closing
	 * @throws UnframeablePayloadException if the framing cannot have it
	 */
	public boolean wouldAdmit(Object reply) {
		synchronized (this.queue) {
			this.queue.check(reply);
			return !state().refusesSends();
		}
	}

	/**
	 * Adds the TLS handshake: what was added before leaves in the clear, and what is
	 * added from now on is encrypted. Any thread.
	 * @param reply a reply that leaves right before the handshake, or {@code null}; one
	 * that the outbox {@linkplain #wouldAdmit would admit}
	 * @param secured is notified of its outcome
	 */
	public void startTls(@Nullable Object reply, Completion secured) {
		boolean ask = false;
		boolean open;
		synchronized (this.queue) {
			open = !state().refusesSends();
			Object last = state().refusesReplies() ? null : reply;
			if (open || last != null) {
				if (this.session.connection().isLoop()) {
					this.queue.release();
				}
				if (last != null) {
					append(last, null, false);
				}
				if (open) {
					this.queue.appendHandshake(secured);
				}
				ask = this.writer.mustAskLoop();
			}
		}
		this.writer.askLoop(ask);
		if (!open) {
			secured.refused(this.session.closedException(null));
		}
	}

	/**
	 * Adds a reply, as {@link #addReply} does, to leave with the next
	 * {@linkplain SocketWriter#flush flush}, which the caller makes soon. On the loop,
	 * and without the monitor for as long as no other thread adds something, and no tap
	 * has to know where frames end. So all replies to what was read at once can be added
	 * without a lock.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @return {@code false} if the session has closed
	 */
	public boolean addOnLoop(Object payload) {
		if (state().refusesReplies()) {
			return false;
		}
		if (mark() != null || !this.queue.extend(payload)) {
			return addAndClaim(payload);
		}
		if (!this.queue.isCongested() && this.queue.isFull()) {
			synchronized (this.queue) {
				this.queue.noteCongestion();
			}
		}
		return true;
	}

	private boolean addAndClaim(Object payload) {
		synchronized (this.queue) {
			if (state().refusesReplies()) {
				return false;
			}
			this.queue.release();
			append(payload, null, false);
			this.queue.claim();
			return true;
		}
	}

	/** Adds a write, whatever the limits. */
	private void append(Object payload, @Nullable Completion completion, boolean droppable) {
		this.queue.encode(payload, (completion != null) ? completion : mark(), droppable, this.writer.expectedBytes());
		if (completion != null) {
			completion.admitted();
		}
	}

	/** What marks the end of a frame, if a tap has to know that. */
	private @Nullable Completion mark() {
		TapPoint tap = this.session.tapped();
		return (tap != null && tap.framed()) ? Completion.NONE : null;
	}

	/**
	 * Whether a write that is added now has a batch of its own, out of which it can be
	 * taken back: not while the socket is idle, which is about to be given it.
	 */
	private boolean mayBeTakenBack(@Nullable Completion completion) {
		return completion != null && completion.isRevocable() && (this.writer.inFlight() || this.queue.hasOlder());
	}

	/**
	 * Takes back a write of which nothing has been given to the socket. Its completion is
	 * not notified, unless its sender waits for room: then the write is refused. Any
	 * thread.
	 * @param completion the completion of the write
	 * @param why what a sender that waits for room is refused with
	 * @return whether nothing of the write will leave
	 */
	public boolean takeBack(Completion completion, Exception why) {
		List<Runnable> waiters = List.of();
		boolean ask;
		synchronized (this.queue) {
			Room<WriteBatch> room = this.queue.room();
			boolean refused = room != null && room.refuse((batch) -> batch.isOf(completion), why);
			if (!refused && !this.queue.remove(completion)) {
				// What waits at the end of the output never leaves, which is reported
				// later, too.
				return state() == OutboxState.ENDED && this.queue.has(completion);
			}
			if (!refused) {
				waiters = this.queue.roomMade(0);
			}
			ask = this.queue.admitSenders() && this.writer.mustAskLoop();
		}
		this.writer.askLoop(ask);
		waiters.forEach(this.session.connection()::execute);
		return true;
	}

	/**
	 * Has another framing encode what is added from now on.
	 * @param next the framing
	 */
	public void framing(Framing next) {
		synchronized (this.queue) {
			this.queue.encodeWith(next);
		}
	}

	/**
	 * Returns what encodes what is added now.
	 * @return the framing
	 */
	public Framing framing() {
		synchronized (this.queue) {
			return this.queue.framing();
		}
	}

	/**
	 * Returns how many writes have not left. Any thread.
	 * @return the number
	 */
	public int pendingWrites() {
		synchronized (this.queue) {
			return this.queue.writes();
		}
	}

	/**
	 * Returns how many bytes have not left. Any thread.
	 * @return the number
	 */
	public long pendingBytes() {
		synchronized (this.queue) {
			return this.queue.bytes();
		}
	}

	// Who waits for room. Any thread.

	/** More may wait now, or less: there may be room. Any thread. */
	public void limitsChanged() {
		List<Runnable> waiters;
		boolean ask;
		synchronized (this.queue) {
			waiters = this.queue.limitsChanged();
			ask = this.queue.admitSenders() && this.writer.mustAskLoop();
		}
		this.writer.askLoop(ask);
		waiters.forEach(this.session.connection()::execute);
	}

	/**
	 * Whether a caller that can wait should wait before it adds more. Any thread.
	 * @return {@code true} if it should
	 */
	public boolean congested() {
		Room<WriteBatch> room = this.queue.room();
		if (room == null || !room.isCongested()) {
			return false;
		}
		synchronized (this.queue) {
			return !room.useGrant();
		}
	}

	/**
	 * Asks to be notified when there is room, or when this caller is next in turn: it may
	 * then add one write.
	 * @param waiter is called once, on the loop, unless this returns {@code false}
	 * @return {@code false} if the outbox is not congested
	 */
	public boolean awaitRoom(Runnable waiter) {
		synchronized (this.queue) {
			Room<WriteBatch> room = this.queue.room();
			if (room == null || !room.isCongested()) {
				return false;
			}
			room.add(waiter);
			return true;
		}
	}

	/** Adds a write, or waits for room. Not on an I/O thread. */
	private boolean offerWaiting(Object payload, Completion completion) {
		BlockedSend<WriteBatch> waiting = null;
		Exception refusal;
		boolean ask = false;
		synchronized (this.queue) {
			refusal = refusal(OutputBytes.length(payload), completion);
			if (refusal instanceof OutboundFullException) {
				waiting = this.queue.awaitRoom(payload, completion);
			}
			else if (refusal == null) {
				append(payload, completion, mayBeTakenBack(completion));
				ask = this.writer.mustAskLoop();
			}
		}
		this.writer.askLoop(ask);
		if (waiting != null) {
			if (!waiting.await()) {
				withdraw(waiting);
			}
			refusal = waiting.refusal();
		}
		if (refusal != null) {
			completion.refused(refusal);
		}
		return refusal == null;
	}

	private void withdraw(BlockedSend<WriteBatch> waiting) {
		boolean ask = false;
		Exception refusal = new InterruptedIOException(
				"Interrupted while waiting for the peer of session " + this.session.id() + " to read");
		synchronized (this.queue) {
			Room<WriteBatch> room = this.queue.room();
			if (room != null && room.withdraw(waiting, refusal)) {
				// Senders after it may have shorter writes, which fit.
				ask = this.queue.admitSenders() && this.writer.mustAskLoop();
			}
		}
		this.writer.askLoop(ask);
	}

	/**
	 * Returns what gives this to the connection, and ends it.
	 * @return the writer
	 */
	public SocketWriter writer() {
		return this.writer;
	}

	private OutboxState state() {
		return this.writer.state();
	}

}
