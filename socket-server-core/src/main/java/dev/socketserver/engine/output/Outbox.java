package dev.socketserver.engine.output;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.memory.Charge;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.LongText;
import org.jspecify.annotations.Nullable;

/**
 * The output of one session. Admits or refuses each write by the overflow policy, gathers
 * what was admitted, and gives the socket one {@link WriteBatch} at a time. The outcome
 * of each write is told exactly once. {@link WriteBatches} holds and counts the writes
 * that wait, {@link BlockedSends} are senders that wait for room.
 * <p>
 * All state is guarded by this object's monitor, which is held while bytes are copied but
 * never while somebody waits; the socket, completions and waiters are called without it.
 * The one exception are replies that the loop adds on its own ({@link #addOnLoop}).
 */
public final class Outbox implements Runnable, WriteBatch.Owner {

	/**
	 * Lengths of texts are assumed while at most this part of the limit waits, as a
	 * divisor. Text may turn out to have three times as many bytes as was assumed, so
	 * that what waits exceeds the limit by a sixth at most.
	 */
	private static final int ASSUMING_PART = 12;

	private final SessionState session;

	private final Bounds<OutboundOverflow> bounds;

	private final WriteBatches queue;

	/** How many of the bytes were charged to the session. */
	private long charged;

	private @Nullable List<Runnable> roomWaiters;

	/** Senders that wait for room; absent until there is one. */
	private @Nullable BlockedSends blocked;

	/**
	 * Batches that were dropped, whose senders are to be told so on the loop; absent
	 * while there are none.
	 */
	private @Nullable ArrayDeque<WriteBatch> dropped;

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
	private volatile State state = State.OPEN;

	/** A batch is with the socket. */
	private boolean inFlight;

	/** {@link #run} will be called on the loop. */
	private boolean scheduled;

	/**
	 * The length of some text may be assumed. Set when such text is added, by the loop
	 * also without the monitor; reset by the loop alone, which never misses what it has
	 * set itself.
	 */
	private boolean assumes;

	/**
	 * Set when a limit is reached; reset when half of it is free again, or when
	 * everything that waited then has left. Without the latter, senders that never wait
	 * would fill each gap and keep out those that do wait. Also read without the monitor.
	 */
	private volatile boolean congested;

	/** Whoever has waited for room may send once, even if there is none again. */
	private boolean granted;

	/** {@link #run} is on the stack. Loop only. */
	private boolean writing;

	public Outbox(SessionState session, Framing framing, Bounds<OutboundOverflow> bounds) {
		this.session = session;
		this.bounds = bounds;
		this.queue = new WriteBatches(this, framing, bounds);
	}

	/** Has another framing encode what is added from now on. */
	public synchronized void framing(Framing next) {
		this.queue.framing(next);
	}

	/**
	 * Adds a write, refuses it, or waits for room, as the overflow policy says. An I/O
	 * thread never waits.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is told the outcome, also that of a refusal
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
	 * @param completion is told the outcome, also that of a refusal, or {@code null}
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	public boolean offer(Object payload, @Nullable Completion completion, boolean flush) {
		Exception refusal = admit(payload, completion, flush);
		if (refusal instanceof OutboundFullException && this.session.connection().isLoop() && !this.inFlight) {
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
				// behind the replies in it.
				this.queue.release();
			}
			refusal = refusal(OutputBytes.length(payload));
			if (refusal == null) {
				append(payload, completion, this.bounds.overflow() == OutboundOverflow.DROP_OLDEST);
				ask = flush && mustAskLoop();
			}
		}
		askLoop(ask);
		return refusal;
	}

	/**
	 * Adds bytes that are framed already, or drops them if there is no room: who does not
	 * read what was sent before would not read them either. On the loop.
	 * @param frames the bytes, copied
	 */
	public void answer(byte[] frames) {
		boolean ask = false;
		synchronized (this) {
			if (refusal(frames.length) == null) {
				this.queue.appendFramed(frames);
				noteCongestion();
				settle();
				ask = mustAskLoop();
			}
		}
		if (ask) {
			this.session.connection().execute(this);
		}
	}

	/**
	 * Sends a heartbeat, unless something else is about to leave or the output has ended.
	 * It does not count as a message. On the loop.
	 */
	public void beat() {
		synchronized (this) {
			if (this.state.refusing() || this.inFlight || this.scheduled || !this.queue.isEmpty()) {
				return;
			}
			this.queue.appendBeat();
			this.scheduled = true;
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
		if (this.session.end(slow)) {
			this.session.abort(slow);
		}
	}

	/** Adds a write in place of older ones, as far as that can make room. */
	private boolean offerInsteadOfOlder(Object payload, @Nullable Completion completion, boolean flush) {
		Exception refusal;
		boolean ask = false;
		boolean tell = false;
		int count = 0;
		synchronized (this) {
			refusal = refusal(OutputBytes.length(payload));
			if (refusal == null || (refusal instanceof OutboundFullException
					&& this.queue.fitsInsteadOfOlder(OutputBytes.length(payload)))) {
				// Added before others are dropped: if the framing throws, nothing has
				// been lost.
				append(payload, completion, true);
				if (refusal != null) {
					tell = this.dropped == null;
					count = dropOldest(OutputBytes.length(payload), refusal);
					tell = tell && this.dropped != null;
					refusal = null;
				}
				ask = flush && mustAskLoop();
			}
			else if (refusal instanceof OutboundFullException) {
				count = 1;
			}
		}
		if (tell) {
			this.session.connection().execute(this::tellDropped);
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

	/**
	 * Drops the oldest writes that may be dropped, until the newest would fit, which was
	 * added just now.
	 * @return how many
	 */
	private int dropOldest(int size, Exception why) {
		int count = 0;
		for (WriteBatch batch : this.queue.removeOldest(size)) {
			count += batch.writes();
			if (batch.drop(why)) {
				if (this.dropped == null) {
					this.dropped = new ArrayDeque<>();
				}
				this.dropped.add(batch);
			}
		}
		settle();
		return count;
	}

	/** Tells those whose writes were dropped, in order. Loop. */
	private void tellDropped() {
		ArrayDeque<WriteBatch> batches;
		synchronized (this) {
			batches = this.dropped;
			this.dropped = null;
		}
		if (batches != null) {
			batches.forEach(WriteBatch::tellDropped);
		}
	}

	private boolean offerWaiting(Object payload, Completion completion) {
		BlockedSend waiting = null;
		Exception refusal;
		boolean ask = false;
		synchronized (this) {
			refusal = refusal(OutputBytes.length(payload));
			if (refusal instanceof OutboundFullException) {
				WriteBatch batch = this.queue.encoded(payload, completion);
				if (this.blocked == null) {
					this.blocked = new BlockedSends();
				}
				waiting = this.blocked.add(batch);
				settle();
			}
			else if (refusal == null) {
				append(payload, completion, false);
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
			if (this.blocked != null && this.blocked.remove(waiting)) {
				waiting.refuse(new InterruptedIOException(
						"Interrupted while waiting for the peer of session " + this.session.id() + " to read"));
				// Senders behind it may have shorter writes, which fit.
				ask = admitBlocked() && mustAskLoop();
				settle();
			}
		}
		askLoop(ask);
	}

	/** Admits those who wait as far as there is room; returns whether it did. */
	private boolean admitBlocked() {
		boolean admitted = this.blocked != null && this.blocked.admit(this.queue);
		if (admitted) {
			noteCongestion();
		}
		return admitted;
	}

	/** Whether senders wait for room: nobody may overtake them. */
	private boolean othersWait() {
		return this.blocked != null && !this.blocked.isEmpty();
	}

	/**
	 * Refuses the writes of all senders that wait for room, since nothing more is
	 * admitted. Any thread.
	 */
	public synchronized void refuseBlocked() {
		if (this.blocked != null) {
			this.blocked.refuse(this.session.closedException(null));
			settle();
		}
	}

	/**
	 * Adds a write whatever the limits. A caller that can wait looks at
	 * {@link #congested} before it makes another.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param completion is told the outcome, but not that it has not been added; or
	 * {@code null}
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return {@code false} if the session has closed
	 */
	public boolean add(Object payload, @Nullable Completion completion, boolean flush) {
		return add(payload, completion, flush, State.OPEN);
	}

	/**
	 * Adds a reply, as {@link #add} does, but also where the session closes behind it.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return {@code false} if the session has closed
	 */
	public boolean addReply(Object payload, boolean flush) {
		return add(payload, null, flush, State.REPLYING);
	}

	private boolean add(Object payload, @Nullable Completion completion, boolean flush, State last) {
		boolean ask;
		// Before the loop would have to wait for it.
		Object outgoing = measuredUnlessSoon(payload);
		synchronized (this) {
			if (this.state.compareTo(last) > 0) {
				return false;
			}
			append(measuredUnlessSoon(outgoing), completion, false);
			ask = flush && mustAskLoop();
		}
		askLoop(ask);
		return true;
	}

	/**
	 * Adds a reply, as {@link #addReply} does, to leave with the next {@link #flush},
	 * which the caller makes soon. On the loop, and without the monitor for as long as no
	 * other thread adds something. So all replies to what was read at once can be added
	 * without a lock.
	 * @param payload the payload, as {@link dev.socketserver.payload.Payloads} gives it
	 * @return {@code false} if the session has closed
	 */
	public boolean addOnLoop(Object payload) {
		if (this.state.refusingReplies()) {
			return false;
		}
		Object outgoing = measuredUnlessSoon(payload);
		if (!this.queue.extend(outgoing)) {
			return addAndClaim(outgoing);
		}
		noteAssumption(outgoing);
		if (!this.congested && this.queue.isFull()) {
			synchronized (this) {
				noteCongestion();
			}
		}
		return true;
	}

	/**
	 * Measures a text whose length is assumed, unless it leaves with the next visit of
	 * the loop, little waits for that, and the framing need not know the length. Without
	 * the monitor, on other threads than the loop, this may be outdated.
	 */
	private Object measuredUnlessSoon(Object payload) {
		if (!(payload instanceof LongText text) || !LongText.isAssumed(text)) {
			return payload;
		}
		boolean soon = !this.inFlight && this.queue.bytes() + text.length() <= this.bounds.bytes() / ASSUMING_PART;
		return (soon && this.queue.mayAssume()) ? text : text.measured();
	}

	private synchronized boolean addAndClaim(Object payload) {
		if (this.state.refusingReplies()) {
			return false;
		}
		this.queue.release();
		append(payload, null, false);
		this.queue.claim();
		return true;
	}

	/**
	 * Asks the loop to come by, behind what it is doing now: what is admitted until then
	 * leaves in the same write.
	 */
	private void askLoop(boolean ask) {
		if (ask) {
			this.session.connection().executeLater(this);
		}
	}

	/**
	 * Returns why a write cannot be admitted now, or {@code null} if it can. Room that
	 * other senders wait for is no room.
	 */
	private @Nullable Exception refusal(int size) {
		if (this.state.refusing()) {
			return this.session.closedException(null);
		}
		if (this.queue.fits(size) && !othersWait()) {
			return null;
		}
		return (this.queue.writes() >= this.bounds.capacity())
				? new OutboundFullException(this.session.id(), "outbound.capacity", this.bounds.capacity())
				: new OutboundFullException(this.session.id(), "outbound.bytes", this.bounds.bytes());
	}

	private void append(Object payload, @Nullable Completion completion, boolean droppable) {
		this.queue.append(payload, completion, droppable);
		noteAssumption(payload);
		noteCongestion();
		settle();
	}

	/** Updates what is charged to the session, if that differs by enough to count. */
	private void settle() {
		long held = held();
		if (Charge.differs(held, this.charged)) {
			settle(held);
		}
	}

	private long held() {
		return this.queue.bytes() + ((this.blocked != null) ? this.blocked.bytes() : 0);
	}

	private void settle(long held) {
		long before = this.charged;
		if (held != before) {
			this.charged = held;
			this.session.charge().add(held - before);
		}
	}

	private void noteAssumption(Object payload) {
		if (LongText.isAssumed(payload)) {
			this.assumes = true;
		}
	}

	private void noteCongestion() {
		if (!this.congested && this.queue.isFull()) {
			this.congested = true;
			this.congestedUntil = this.left + this.queue.writes();
		}
	}

	/** Whether a caller that can wait should wait before it adds more. Any thread. */
	public boolean congested() {
		return this.congested && !useGrant();
	}

	private synchronized boolean useGrant() {
		boolean used = this.granted;
		this.granted = false;
		return used;
	}

	/**
	 * Asks to be told when there is room, or when this caller is next in turn: it may
	 * then add one write.
	 * @param waiter is called once, on the loop, unless this returns {@code false}
	 * @return {@code false} if the outbox is not congested
	 */
	public synchronized boolean awaitRoom(Runnable waiter) {
		if (!this.congested) {
			return false;
		}
		if (this.roomWaiters == null) {
			this.roomWaiters = new ArrayList<>(1);
		}
		this.roomWaiters.add(waiter);
		return true;
	}

	/** Has everything added so far leave. Any thread. */
	public void flush() {
		boolean ask;
		synchronized (this) {
			if (this.inFlight) {
				// The socket is busy: what the loop has added will wait for a while, and
				// so is charged.
				settle();
			}
			ask = !this.queue.isEmpty() && mustAskLoop();
		}
		if (ask) {
			this.session.connection().execute(this);
		}
	}

	/**
	 * Whether the loop must be asked to come by: it was not asked yet, and does not come
	 * anyway.
	 */
	private boolean mustAskLoop() {
		if (this.scheduled || this.inFlight) {
			return false;
		}
		this.scheduled = true;
		return true;
	}

	/** Ends the output behind everything added so far. Any thread. */
	public void shutdownOutput() {
		end(State.OUTPUT_ENDING);
	}

	/** Closes the connection behind everything added so far. Any thread. */
	public void close() {
		end(State.CLOSING);
	}

	/**
	 * Admits nothing but replies from now on, until {@link #repliesEnded} is called, and
	 * then closes the connection. Senders that wait for room are refused by
	 * {@link #refuseBlocked}. Any thread.
	 * @return {@code false} if no reply is admitted any more, and it is to be closed as
	 * ever
	 */
	public synchronized boolean closeBehindReplies() {
		if (this.state == State.OPEN) {
			this.state = State.REPLYING;
		}
		return this.state == State.REPLYING;
	}

	/**
	 * Closes the connection, if the session was to be closed behind replies: the last one
	 * was added. Any thread.
	 */
	public void repliesEnded() {
		if (this.state == State.REPLYING) {
			close();
		}
	}

	private void end(State ending) {
		boolean ask;
		synchronized (this) {
			// A session that closes behind its replies ends the output then anyway.
			if (this.state.compareTo(ending) >= 0 || (this.state == State.REPLYING && ending == State.OUTPUT_ENDING)) {
				return;
			}
			this.state = ending;
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
	public synchronized void cut() {
		if (this.state.compareTo(State.CUT) < 0) {
			this.state = State.CUT;
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
				this.session.connection().write(batch.output(), batch);
			}
		}
		finally {
			this.writing = false;
		}
		if (this.inFlight) {
			// The socket has not taken everything: the rest will wait for a while, and so
			// is charged.
			synchronized (this) {
				measureAll();
				noteCongestion();
				settle(held());
			}
		}
	}

	private void measureAll() {
		if (!this.assumes) {
			return;
		}
		try {
			this.queue.measureAll(this.session.scratch());
			this.assumes = false;
		}
		catch (OutOfMemoryError ex) {
			// It is assumed a while longer.
		}
	}

	/** Takes the next batch; if there is none, ends the output if that was asked for. */
	private @Nullable WriteBatch take() {
		State ending;
		synchronized (this) {
			this.scheduled = false;
			if (this.inFlight || this.state.compareTo(State.CUT) >= 0) {
				return null;
			}
			WriteBatch batch = this.queue.next(this.session.scratch());
			if (batch != null) {
				this.inFlight = true;
				// Texts may have turned out to be longer, where batches were joined.
				noteCongestion();
				return batch;
			}
			ending = this.state;
			this.state = ending.ended();
		}
		if (ending == State.CLOSING) {
			this.session.connection().close();
		}
		else if (ending == State.OUTPUT_ENDING) {
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
			this.session.lost(failure);
		}
		synchronized (this) {
			this.inFlight = false;
			if (failure != null) {
				// Before the batch gives back its room: a sender that went on would keep
				// the loop busy with writes that fail, and the loop would never come to
				// the end of the connection.
				cut();
			}
			waiters = sent(batch);
		}
		if (failure == null) {
			this.session.countSent(batch.writes(), batch.bytes());
		}
		else {
			this.session.counters().countOutboundFailed(batch.writes(), batch.bytes());
		}
		batch.complete((failure != null) ? this.session.closedException(failure) : null, taken);
		waiters.forEach(Runnable::run);
		run();
	}

	private List<Runnable> sent(WriteBatch batch) {
		this.queue.ended(batch);
		this.left += batch.writes();
		List<Runnable> waiters = List.of();
		if (this.queue.isHalfEmpty() || this.left - this.congestedUntil >= 0) {
			this.congested = false;
			waiters = takeWaiters();
			this.granted |= !waiters.isEmpty();
		}
		admitBlocked();
		settle();
		return waiters;
	}

	private List<Runnable> takeWaiters() {
		List<Runnable> waiters = this.roomWaiters;
		this.roomWaiters = null;
		return (waiters != null) ? waiters : List.of();
	}

	/**
	 * Fails everything that has not left, because the connection is gone. On the loop,
	 * after the socket has given back what it had.
	 */
	public void closed() {
		List<WriteBatch> unsent;
		List<Runnable> waiters;
		synchronized (this) {
			this.state = State.CLOSED;
			refuseBlocked();
			measureAll();
			unsent = this.queue.removeAll();
			settle();
			this.congested = false;
			waiters = takeWaiters();
		}
		tellDropped();
		for (WriteBatch batch : unsent) {
			this.session.counters().countOutboundFailed(batch.writes(), batch.bytes());
			batch.complete(this.session.closedException(null), 0);
		}
		waiters.forEach(Runnable::run);
	}

	/**
	 * Whether a batch is with the socket. On other threads than the loop this may be
	 * outdated.
	 */
	public boolean inFlight() {
		return this.inFlight;
	}

	/** A number that changes whenever something has left. On the loop. */
	public int left() {
		return this.left;
	}

	public synchronized int pendingWrites() {
		return this.queue.writes();
	}

	public synchronized long pendingBytes() {
		return this.queue.bytes();
	}

	/** The constants are in order: each refuses whatever the one before refuses. */
	private enum State {

		OPEN, REPLYING, OUTPUT_ENDING, OUTPUT_ENDED, CLOSING, CLOSE_BEGUN, CUT, CLOSED;

		boolean refusing() {
			return this != OPEN;
		}

		boolean refusingReplies() {
			return this != OPEN && this != REPLYING;
		}

		State ended() {
			return switch (this) {
				case OUTPUT_ENDING -> OUTPUT_ENDED;
				case CLOSING -> CLOSE_BEGUN;
				default -> this;
			};
		}

	}

}
