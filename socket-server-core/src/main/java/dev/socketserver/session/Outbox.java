package dev.socketserver.session;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.OutboundFullException;
import dev.socketserver.OutboundOverflow;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * What a session has to send: admits or refuses each write, encodes it behind those
 * before, and gives the socket one chunk at a time, made of everything gathered
 * meanwhile. Each write's outcome is told exactly once.
 * <p>
 * All state is guarded by this object's monitor, which is held for copying bytes and
 * never for waiting. The socket, completions and waiters are called without it.
 */
final class Outbox implements Runnable {

	/**
	 * A chunk is handed over when it has grown to this, so that memory comes back in
	 * steps.
	 */
	private static final int CHUNK_BYTES = 64 * 1024;

	private final Session session;

	private final Wire wire;

	private final Framing framing;

	private final int maxWrites;

	private final int maxBytes;

	private final OutboundOverflow overflow;

	private @Nullable Chunk filling;

	/** Full chunks in front of the one being filled; absent while there are none. */
	private @Nullable ArrayDeque<Chunk> full;

	private @Nullable List<Runnable> roomWaiters;

	/** Senders that wait for room, in order; absent until there is one. */
	private @Nullable ArrayDeque<Blocked> blocked;

	/** Chunks that were dropped, to be told on the loop; absent while there are none. */
	private @Nullable ArrayDeque<Chunk> dropped;

	private int writes;

	private long bytes;

	/** Those of the writes that may still be dropped, and their bytes. */
	private int droppableWrites;

	private long droppableBytes;

	/** How many writes have left. It overflows, so that only differences count. */
	private int left;

	/** The number that have left when all that made the outbox congested have. */
	private int congestedUntil;

	private State state = State.OPEN;

	/** A chunk is with the socket. */
	private boolean inFlight;

	/** {@link #run} will be called on the loop. */
	private boolean scheduled;

	/**
	 * Over a limit, until half of it has been sent, or all that was there then: those who
	 * never wait must not keep out those who do. Also read without the monitor.
	 */
	private volatile boolean congested;

	/** Somebody has waited for room, and may go on although there is none again. */
	private boolean granted;

	/** {@link #run} is on the stack. Loop only. */
	private boolean writing;

	Outbox(Session session, Wire wire, Framing framing, ServerSpec.Outbound limits) {
		this.session = session;
		this.wire = wire;
		this.framing = framing;
		this.maxWrites = limits.capacity();
		this.maxBytes = limits.bytes();
		this.overflow = limits.overflow();
	}

	/**
	 * Adds a write, refuses it, or waits for room, as the policy has it. Nobody waits on
	 * an I/O thread.
	 * @param payload the payload, copied
	 * @param completion is told the outcome, also that of a refusal
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	boolean send(byte[] payload, Completion completion, boolean flush) {
		boolean waits = this.overflow == OutboundOverflow.BLOCK && !(Thread.currentThread() instanceof IoThread);
		return waits ? offerWaiting(payload, completion) : offer(payload, completion, flush);
	}

	/**
	 * Adds a write, or refuses it. Never waits.
	 * @param payload the payload, copied
	 * @param completion is told the outcome, also that of a refusal, or {@code null}
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	boolean offer(byte[] payload, @Nullable Completion completion, boolean flush) {
		Exception refusal;
		boolean ask = false;
		synchronized (this) {
			refusal = refusal(payload.length);
			if (refusal == null) {
				append(payload, completion, this.overflow == OutboundOverflow.DROP_OLDEST);
				ask = flush && mustAskLoop();
			}
		}
		if (ask) {
			this.wire.execute(this);
		}
		return refusal == null || overflowed(refusal, payload, completion, flush);
	}

	/**
	 * Adds bytes that are framed already, or drops them if there is no room: a peer that
	 * does not read misses nothing. On the loop.
	 * @param frames the bytes, copied
	 */
	void answer(byte[] frames) {
		boolean ask = false;
		synchronized (this) {
			if (refusal(frames.length) == null) {
				Chunk chunk = new Chunk(this.wire.buffer(frames.length));
				chunk.buffer.write(frames);
				chunk.writes = 1;
				enqueue(chunk);
				noteCongestion();
				ask = mustAskLoop();
			}
		}
		if (ask) {
			this.wire.execute(this);
		}
	}

	/**
	 * Adds a write if there is room and nobody waits for it, whatever the policy. Never
	 * waits.
	 * @param payload the payload, copied
	 */
	void addIfRoom(byte[] payload) {
		boolean ask = false;
		synchronized (this) {
			boolean behindOthers = this.blocked != null && !this.blocked.isEmpty();
			if (!behindOthers && refusal(payload.length) == null) {
				append(payload, null, false);
				ask = mustAskLoop();
			}
		}
		if (ask) {
			this.wire.execute(this);
		}
	}

	/** Does what the policy says instead of admitting a write. */
	private boolean overflowed(Exception refusal, byte[] payload, @Nullable Completion completion, boolean flush) {
		if (refusal instanceof OutboundFullException) {
			switch (this.overflow) {
				case DROP_OLDEST -> {
					return offerInsteadOfOlder(payload, completion, flush);
				}
				case DROP_NEWEST -> this.session.outboundDropped(1);
				case CLOSE -> this.session.slowConsumer();
				case FAIL, BLOCK -> {
				}
			}
		}
		if (completion != null) {
			completion.refused(refusal);
		}
		return false;
	}

	/** Adds a write in place of older ones, as far as that can make room. */
	private boolean offerInsteadOfOlder(byte[] payload, @Nullable Completion completion, boolean flush) {
		Exception refusal;
		boolean ask = false;
		boolean tell = false;
		int count = 0;
		synchronized (this) {
			refusal = refusal(payload.length);
			if (refusal == null || (refusal instanceof OutboundFullException
					&& fits(this.writes - this.droppableWrites, this.bytes - this.droppableBytes, payload.length))) {
				// First, because a framing may throw: nothing has been dropped then.
				append(payload, completion, true);
				if (refusal != null) {
					tell = this.dropped == null;
					count = dropOldest(payload.length, refusal);
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
			this.wire.execute(this::tellDropped);
		}
		if (ask) {
			this.wire.execute(this);
		}
		if (count > 0) {
			this.session.outboundDropped(count);
		}
		if (refusal != null && completion != null) {
			completion.refused(refusal);
		}
		return refusal == null;
	}

	/**
	 * Drops the oldest writes that may be dropped, until the newest, which was added just
	 * now, would find room.
	 * @return how many
	 */
	private int dropOldest(int size, Exception why) {
		Chunk newest = this.filling;
		if (newest == null || this.full == null) {
			return 0;
		}
		int count = 0;
		Iterator<Chunk> oldest = this.full.iterator();
		while (oldest.hasNext() && !fits(this.writes - newest.writes, this.bytes - newest.buffer.size(), size)) {
			Chunk chunk = oldest.next();
			if (chunk.droppable) {
				oldest.remove();
				count += chunk.writes;
				this.writes -= chunk.writes;
				this.bytes -= chunk.buffer.size();
				notDroppable(chunk);
				chunk.buffer.release();
				if (chunk.completions != null) {
					chunk.refusal = why;
					if (this.dropped == null) {
						this.dropped = new ArrayDeque<>();
					}
					this.dropped.add(chunk);
				}
			}
		}
		return count;
	}

	/** Tells those whose writes were dropped, in order. Loop. */
	private void tellDropped() {
		ArrayDeque<Chunk> told;
		synchronized (this) {
			told = this.dropped;
			this.dropped = null;
		}
		if (told != null) {
			told.forEach((chunk) -> chunk.complete(chunk.refusal));
		}
	}

	private boolean offerWaiting(byte[] payload, Completion completion) {
		Blocked waiting = null;
		Exception refusal;
		boolean ask = false;
		synchronized (this) {
			refusal = refusal(payload.length);
			boolean behindOthers = this.blocked != null && !this.blocked.isEmpty();
			if (refusal instanceof OutboundFullException || (refusal == null && behindOthers)) {
				waiting = new Blocked(encoded(payload, completion));
				if (this.blocked == null) {
					this.blocked = new ArrayDeque<>();
				}
				this.blocked.add(waiting);
			}
			else if (refusal == null) {
				append(payload, completion, false);
				ask = mustAskLoop();
			}
		}
		if (ask) {
			this.wire.execute(this);
		}
		if (waiting != null) {
			refusal = await(waiting);
		}
		if (refusal != null) {
			completion.refused(refusal);
		}
		return refusal == null;
	}

	/** Waits until a write is admitted, and returns why it was not, if it was not. */
	private @Nullable Exception await(Blocked waiting) {
		try {
			try {
				// A pool whose thread this is runs another meanwhile, if it can: what
				// our own does else must not depend on how fast a peer reads.
				ForkJoinPool.managedBlock(waiting);
			}
			catch (RejectedExecutionException ex) {
				waiting.block();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			withdraw(waiting);
		}
		Exception refusal = waiting.refusal;
		if (refusal != null) {
			waiting.chunk.buffer.release();
		}
		return refusal;
	}

	private void withdraw(Blocked waiting) {
		boolean ask = false;
		synchronized (this) {
			if (this.blocked != null && this.blocked.remove(waiting)) {
				waiting.refuse(new InterruptedIOException(
						"Interrupted while waiting for the peer of session " + this.session.id() + " to read"));
				// Those behind it may be shorter.
				ask = admitBlocked() && mustAskLoop();
			}
		}
		if (ask) {
			this.wire.execute(this);
		}
	}

	/** Admits those who wait as far as there is room; returns whether it did. */
	private boolean admitBlocked() {
		ArrayDeque<Blocked> waiting = this.blocked;
		boolean admitted = false;
		while (waiting != null && !waiting.isEmpty()
				&& fits(this.writes, this.bytes, waiting.element().chunk.buffer.size())) {
			Blocked first = waiting.remove();
			enqueue(first.chunk);
			noteCongestion();
			first.admit();
			admitted = true;
		}
		return admitted;
	}

	/** Nothing more is admitted. */
	private void refuseBlocked() {
		if (this.blocked != null) {
			this.blocked.forEach((waiting) -> waiting.refuse(closedException(null)));
			this.blocked = null;
		}
	}

	/**
	 * Adds a write whatever the limits. The caller looks at {@link #congested} before it
	 * produces another.
	 * @param payload the payload, copied
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return {@code false} if the session has closed
	 */
	boolean add(byte[] payload, boolean flush) {
		boolean ask;
		synchronized (this) {
			if (this.state.refusing()) {
				return false;
			}
			append(payload, null, false);
			ask = flush && mustAskLoop();
		}
		if (ask) {
			this.wire.execute(this);
		}
		return true;
	}

	private @Nullable Exception refusal(int size) {
		if (this.state.refusing()) {
			return closedException(null);
		}
		if (fits(this.writes, this.bytes, size)) {
			return null;
		}
		return (this.writes >= this.maxWrites)
				? new OutboundFullException(this.session.id(), "outbound.capacity", this.maxWrites)
				: new OutboundFullException(this.session.id(), "outbound.bytes", this.maxBytes);
	}

	/** Whether one more write is within the limits if so much is pending. */
	private boolean fits(int pendingWrites, long pendingBytes, int size) {
		return pendingWrites < this.maxWrites && (pendingWrites == 0 || pendingBytes + size <= this.maxBytes);
	}

	private SessionClosedException closedException(@Nullable Throwable cause) {
		return new SessionClosedException(this.session.id(), this.session.status(), cause);
	}

	/**
	 * Adds a write. What may be dropped has a chunk of its own, until it is to leave.
	 */
	private void append(byte[] payload, @Nullable Completion completion, boolean droppable) {
		Chunk chunk = this.filling;
		if (chunk != null && !droppable && chunk.hasRoom(payload.length)) {
			this.bytes += chunk.add(payload, completion);
			this.writes++;
		}
		else {
			Chunk next = encoded(payload, completion);
			next.droppable = droppable;
			enqueue(next);
		}
		noteCongestion();
	}

	/** Makes a chunk of a write. Nothing else changes, also if there is no memory. */
	private Chunk encoded(byte[] payload, @Nullable Completion completion) {
		Chunk chunk = new Chunk(this.wire.buffer(payload.length));
		try {
			chunk.add(payload, completion);
		}
		catch (RuntimeException | Error ex) {
			chunk.buffer.release();
			throw ex;
		}
		return chunk;
	}

	private void enqueue(Chunk chunk) {
		if (this.filling != null) {
			if (this.full == null) {
				this.full = new ArrayDeque<>();
			}
			this.full.add(this.filling);
		}
		this.filling = chunk;
		this.writes += chunk.writes;
		this.bytes += chunk.buffer.size();
		if (chunk.droppable) {
			this.droppableWrites += chunk.writes;
			this.droppableBytes += chunk.buffer.size();
		}
	}

	private void notDroppable(Chunk chunk) {
		if (chunk.droppable) {
			this.droppableWrites -= chunk.writes;
			this.droppableBytes -= chunk.buffer.size();
		}
	}

	private void noteCongestion() {
		if (!this.congested && (this.writes >= this.maxWrites || this.bytes >= this.maxBytes)) {
			this.congested = true;
			this.congestedUntil = this.left + this.writes;
		}
	}

	/** Whether producers that can wait should. Any thread. */
	boolean congested() {
		return this.congested && !useGrant();
	}

	private synchronized boolean useGrant() {
		boolean used = this.granted;
		this.granted = false;
		return used;
	}

	/**
	 * Asks to be told when there is room, or when it is this producer's turn: it may then
	 * go on with one write.
	 * @param waiter is called once, on the loop, unless this returns {@code false}
	 * @return {@code false} if the outbox is not congested
	 */
	synchronized boolean awaitRoom(Runnable waiter) {
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
	void flush() {
		boolean ask;
		synchronized (this) {
			ask = this.filling != null && mustAskLoop();
		}
		if (ask) {
			this.wire.execute(this);
		}
	}

	/**
	 * Whether the loop must be asked to come by: it has not been, and will not anyway.
	 */
	private boolean mustAskLoop() {
		if (this.scheduled || this.inFlight) {
			return false;
		}
		this.scheduled = true;
		return true;
	}

	/** Ends the output behind everything added so far. Any thread. */
	void shutdownOutput() {
		end(State.OUTPUT_ENDING);
	}

	/** Closes the connection behind everything added so far. Any thread. */
	void close() {
		end(State.CLOSING);
	}

	private void end(State ending) {
		boolean ask;
		synchronized (this) {
			if (this.state.compareTo(ending) >= 0) {
				return;
			}
			this.state = ending;
			refuseBlocked();
			ask = mustAskLoop();
		}
		if (ask) {
			this.wire.execute(this);
		}
	}

	/** Lets nothing more leave: the connection is about to be reset. Any thread. */
	synchronized void cut() {
		if (this.state.compareTo(State.CUT) < 0) {
			this.state = State.CUT;
			refuseBlocked();
		}
	}

	/** Gives chunks to the socket, one at a time, and ends what is to be ended. Loop. */
	@Override
	public void run() {
		if (this.writing) {
			return;
		}
		this.writing = true;
		try {
			for (Chunk chunk = take(); chunk != null; chunk = take()) {
				this.wire.write(chunk.buffer, chunk);
			}
		}
		finally {
			this.writing = false;
		}
	}

	/** Takes the next chunk, or does what comes behind the last one. */
	private @Nullable Chunk take() {
		State ending;
		synchronized (this) {
			this.scheduled = false;
			if (this.inFlight || this.state.compareTo(State.CUT) >= 0) {
				return null;
			}
			Chunk chunk = next();
			if (chunk != null) {
				chunk.size = chunk.buffer.size();
				this.inFlight = true;
				return chunk;
			}
			ending = this.state;
			this.state = ending.ended();
		}
		if (ending == State.CLOSING) {
			this.wire.close();
		}
		else if (ending == State.OUTPUT_ENDING) {
			this.wire.shutdownOutput();
		}
		return null;
	}

	/** Takes the oldest chunk, joined with those behind it that have room in it. */
	private @Nullable Chunk next() {
		Chunk chunk = poll();
		if (chunk == null) {
			return null;
		}
		for (Chunk more = peek(); more != null && chunk.hasRoom(more.buffer.size()); more = peek()) {
			if (!chunk.join(more)) {
				break;
			}
			poll();
			more.buffer.release();
		}
		return chunk;
	}

	private @Nullable Chunk peek() {
		Chunk chunk = (this.full != null) ? this.full.peek() : null;
		return (chunk != null) ? chunk : this.filling;
	}

	private @Nullable Chunk poll() {
		Chunk chunk = (this.full != null) ? this.full.poll() : null;
		if (chunk == null) {
			chunk = this.filling;
			this.filling = null;
		}
		if (chunk != null) {
			notDroppable(chunk);
			chunk.droppable = false;
		}
		return chunk;
	}

	/** A chunk has left or never will. Loop. */
	private void done(Chunk chunk, @Nullable Throwable failure) {
		List<Runnable> waiters;
		synchronized (this) {
			this.inFlight = false;
			waiters = sent(chunk);
		}
		if (failure == null) {
			this.session.sent(chunk.writes, chunk.size);
		}
		chunk.complete((failure != null) ? closedException(failure) : null);
		waiters.forEach(Runnable::run);
		run();
	}

	private List<Runnable> sent(Chunk chunk) {
		this.writes -= chunk.writes;
		this.bytes -= chunk.size;
		this.left += chunk.writes;
		boolean room = this.writes <= this.maxWrites / 2 && this.bytes <= this.maxBytes / 2;
		List<Runnable> waiters = List.of();
		if (room || this.left - this.congestedUntil >= 0) {
			this.congested = false;
			waiters = takeWaiters();
			this.granted |= !waiters.isEmpty();
		}
		admitBlocked();
		return waiters;
	}

	private List<Runnable> takeWaiters() {
		List<Runnable> waiters = this.roomWaiters;
		this.roomWaiters = null;
		return (waiters != null) ? waiters : List.of();
	}

	/**
	 * Fails everything that has not left: the connection is gone. Loop, after the socket
	 * has given back what it had.
	 */
	void closed() {
		List<Chunk> unsent = new ArrayList<>();
		List<Runnable> waiters;
		synchronized (this) {
			this.state = State.CLOSED;
			refuseBlocked();
			for (Chunk chunk = poll(); chunk != null; chunk = poll()) {
				this.writes -= chunk.writes;
				this.bytes -= chunk.buffer.size();
				unsent.add(chunk);
			}
			this.congested = false;
			waiters = takeWaiters();
		}
		tellDropped();
		for (Chunk chunk : unsent) {
			chunk.buffer.release();
			chunk.complete(closedException(null));
		}
		waiters.forEach(Runnable::run);
	}

	/**
	 * Whether the socket has something to take. Elsewhere than on the loop this may be
	 * outdated.
	 */
	boolean inFlight() {
		return this.inFlight;
	}

	/** A number that differs when more has left. On the loop. */
	int left() {
		return this.left;
	}

	synchronized int pendingWrites() {
		return this.writes;
	}

	synchronized long pendingBytes() {
		return this.bytes;
	}

	/** Is told what became of a write, by one of its methods, once. */
	@FunctionalInterface
	interface Completion {

		/**
		 * The write has left, or never will. On the loop.
		 * @param failure why not, or {@code null}
		 */
		void completed(@Nullable Exception failure);

		/**
		 * The write was not admitted. On the thread that offered it.
		 * @param refusal why not
		 */
		default void refused(Exception refusal) {
			completed(refusal);
		}

	}

	/** In order: each state refuses at least what the one before refuses. */
	private enum State {

		OPEN, OUTPUT_ENDING, OUTPUT_ENDED, CLOSING, CLOSE_BEGUN, CUT, CLOSED;

		boolean refusing() {
			return this != OPEN;
		}

		State ended() {
			return switch (this) {
				case OUTPUT_ENDING -> OUTPUT_ENDED;
				case CLOSING -> CLOSE_BEGUN;
				default -> this;
			};
		}

	}

	private final class Chunk implements Wire.WriteResult {

		private final OutputBuffer buffer;

		/** Absent for replies, which nobody waits for. */
		private @Nullable List<Completion> completions;

		private int writes;

		/** Set when the buffer is given away. */
		private int size;

		/** The one write in here may be dropped. */
		private boolean droppable;

		/** Why it was dropped, if it was. */
		private @Nullable Exception refusal;

		Chunk(OutputBuffer buffer) {
			this.buffer = buffer;
		}

		/** Whether more can be added, if only it is to be dropped no more than this. */
		boolean hasRoom(int more) {
			return !this.droppable && (long) this.buffer.size() + more <= CHUNK_BYTES;
		}

		/** Encodes a write, and returns how many bytes it has become. */
		int add(byte[] payload, @Nullable Completion completion) {
			int before = this.buffer.size();
			try {
				Outbox.this.framing.encode(payload, this.buffer);
			}
			catch (RuntimeException | Error ex) {
				this.buffer.truncate(before);
				throw ex;
			}
			this.writes++;
			if (completion != null) {
				completions().add(completion);
			}
			return this.buffer.size() - before;
		}

		private List<Completion> completions() {
			if (this.completions == null) {
				this.completions = new ArrayList<>(4);
			}
			return this.completions;
		}

		/** Takes what another chunk has; returns whether there was memory for it. */
		boolean join(Chunk other) {
			int before = this.buffer.size();
			try {
				this.buffer.append(other.buffer);
			}
			catch (OutOfMemoryError ex) {
				this.buffer.truncate(before);
				return false;
			}
			this.writes += other.writes;
			if (other.completions != null) {
				completions().addAll(other.completions);
			}
			return true;
		}

		void complete(@Nullable Exception failure) {
			if (this.completions != null) {
				this.completions.forEach((completion) -> completion.completed(failure));
			}
		}

		@Override
		public void done(@Nullable Throwable failure) {
			Outbox.this.done(this, failure);
		}

	}

	/**
	 * A write whose sender waits until it is admitted, or refused after all. Its
	 * completion is told by the sender if it was refused.
	 */
	private static final class Blocked implements ForkJoinPool.ManagedBlocker {

		private final Chunk chunk;

		private final CountDownLatch decided = new CountDownLatch(1);

		/** Written before, read after it is decided. */
		private @Nullable Exception refusal;

		Blocked(Chunk chunk) {
			this.chunk = chunk;
		}

		void admit() {
			this.decided.countDown();
		}

		void refuse(Exception refusal) {
			this.refusal = refusal;
			this.decided.countDown();
		}

		@Override
		public boolean block() throws InterruptedException {
			this.decided.await();
			return true;
		}

		@Override
		public boolean isReleasable() {
			return this.decided.getCount() == 0;
		}

	}

}
