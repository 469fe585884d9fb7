package dev.socketserver.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.OutboundFullException;
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

	private @Nullable Chunk filling;

	/** Full chunks in front of the one being filled; absent while there are none. */
	private @Nullable ArrayDeque<Chunk> full;

	private @Nullable List<Runnable> roomWaiters;

	private int writes;

	private long bytes;

	private State state = State.OPEN;

	/** A chunk is with the socket. */
	private boolean inFlight;

	/** {@link #run} will be called on the loop. */
	private boolean scheduled;

	/** Over a limit, until half of it has been sent. Also read without the monitor. */
	private volatile boolean congested;

	/** {@link #run} is on the stack. Loop only. */
	private boolean writing;

	Outbox(Session session, Wire wire, Framing framing, ServerSpec.Outbound limits) {
		this.session = session;
		this.wire = wire;
		this.framing = framing;
		this.maxWrites = limits.capacity();
		this.maxBytes = limits.bytes();
	}

	/**
	 * Adds a write, or refuses it.
	 * @param payload the payload, copied
	 * @param completion is told the outcome, also that of a refusal, or {@code null}
	 * @param flush whether it is to leave soon; else it leaves with the next flush
	 * @return whether it was added
	 */
	boolean offer(byte[] payload, @Nullable Completion completion, boolean flush) {
		return offer(this.framing, payload, completion, flush);
	}

	/**
	 * Adds bytes that are framed already, or drops them if there is no room: a peer that
	 * does not read misses nothing.
	 * @param frames the bytes, copied
	 */
	void offerFramed(byte[] frames) {
		offer(Framing.raw(), frames, null, true);
	}

	private boolean offer(Framing framing, byte[] payload, @Nullable Completion completion, boolean flush) {
		Exception refusal;
		boolean ask = false;
		synchronized (this) {
			refusal = refusal(payload.length);
			if (refusal == null) {
				append(framing, payload, completion);
				ask = flush && mustAskLoop();
			}
		}
		if (ask) {
			this.wire.execute(this);
		}
		if (refusal != null && completion != null) {
			completion.refused(refusal);
		}
		return refusal == null;
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
			append(this.framing, payload, null);
			ask = flush && mustAskLoop();
		}
		if (ask) {
			this.wire.execute(this);
		}
		return true;
	}

	private @Nullable Exception refusal(int size) {
		if (this.state.refusing()) {
			return new SessionClosedException(this.session.id(), this.session.status(), null);
		}
		if (this.writes >= this.maxWrites) {
			return new OutboundFullException(this.session.id(), "outbound.capacity", this.maxWrites);
		}
		if (this.writes > 0 && this.bytes + size > this.maxBytes) {
			return new OutboundFullException(this.session.id(), "outbound.bytes", this.maxBytes);
		}
		return null;
	}

	private void append(Framing framing, byte[] payload, @Nullable Completion completion) {
		Chunk chunk = this.filling;
		if (chunk == null || (long) chunk.buffer.size() + payload.length > CHUNK_BYTES) {
			// First, because memory may be short: nothing has changed then.
			Chunk next = new Chunk(this.wire.buffer(payload.length));
			if (chunk != null) {
				if (this.full == null) {
					this.full = new ArrayDeque<>();
				}
				this.full.add(chunk);
			}
			chunk = next;
			this.filling = chunk;
		}
		int before = chunk.buffer.size();
		try {
			framing.encode(payload, chunk.buffer);
		}
		catch (RuntimeException | Error ex) {
			chunk.buffer.truncate(before);
			throw ex;
		}
		chunk.writes++;
		this.writes++;
		this.bytes += chunk.buffer.size() - before;
		if (completion != null) {
			chunk.add(completion);
		}
		if (this.writes >= this.maxWrites || this.bytes >= this.maxBytes) {
			this.congested = true;
		}
	}

	/** Whether producers that can wait should. Any thread. */
	boolean congested() {
		return this.congested;
	}

	/**
	 * Asks to be told when the outbox is no longer congested.
	 * @param waiter is called once, on the loop, unless this returns {@code false}
	 * @return {@code false} if it is not congested
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
			ask = mustAskLoop();
		}
		if (ask) {
			this.wire.execute(this);
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
			if (this.inFlight || this.state == State.CLOSED) {
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

	private @Nullable Chunk next() {
		Chunk chunk = (this.full != null) ? this.full.poll() : null;
		if (chunk == null) {
			chunk = this.filling;
			this.filling = null;
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
		chunk.complete(failure != null, failure);
		waiters.forEach(Runnable::run);
		run();
	}

	private List<Runnable> sent(Chunk chunk) {
		this.writes -= chunk.writes;
		this.bytes -= chunk.size;
		boolean room = this.writes <= this.maxWrites / 2 && this.bytes <= this.maxBytes / 2;
		if (!room) {
			return List.of();
		}
		this.congested = false;
		return takeWaiters();
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
			for (Chunk chunk = next(); chunk != null; chunk = next()) {
				this.writes -= chunk.writes;
				this.bytes -= chunk.buffer.size();
				unsent.add(chunk);
			}
			this.congested = false;
			waiters = takeWaiters();
		}
		for (Chunk chunk : unsent) {
			chunk.buffer.release();
			chunk.complete(true, null);
		}
		waiters.forEach(Runnable::run);
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

		OPEN, OUTPUT_ENDING, OUTPUT_ENDED, CLOSING, CLOSE_BEGUN, CLOSED;

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

		Chunk(OutputBuffer buffer) {
			this.buffer = buffer;
		}

		void add(Completion completion) {
			if (this.completions == null) {
				this.completions = new ArrayList<>(4);
			}
			this.completions.add(completion);
		}

		void complete(boolean failed, @Nullable Throwable cause) {
			if (this.completions != null) {
				Session session = Outbox.this.session;
				Exception failure = failed ? new SessionClosedException(session.id(), session.status(), cause) : null;
				this.completions.forEach((completion) -> completion.completed(failure));
			}
		}

		@Override
		public void done(@Nullable Throwable failure) {
			Outbox.this.done(this, failure);
		}

	}

}
