package dev.socketserver.engine.tap;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.socketserver.CloseStatus;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.transcript.Transcript;

/**
 * What all {@linkplain FlightRecorder recorders} keep, and what is kept of sessions that
 * have ended with an error. It counts in the memory that sessions may hold, and is a
 * quarter of that at most, so that it alone never makes memory scarce; while memory is
 * scarce nothing is recorded.
 */
public final class Recordings {

	/** What a frame needs besides its bytes. */
	private static final int FRAME = 96;

	/** How many sessions may wait for a mask that takes long. */
	private static final int MOST_WAITING = 100;

	private final int frames;

	private final MemoryBudget memory;

	private final TapMasks masks;

	/** Where masks are called. */
	private final Executor thread;

	private final Charge held;

	private final AtomicInteger waiting = new AtomicInteger();

	Recordings(int frames, MemoryBudget memory, TapMasks masks, Executor thread) {
		this.frames = frames;
		this.memory = memory;
		this.held = Charge.exact(memory);
		this.masks = masks;
		this.thread = thread;
	}

	/** How many frames each session keeps; 0 if nothing is recorded. */
	int frames() {
		return this.frames;
	}

	boolean isMasked() {
		return !this.masks.isEmpty();
	}

	static int size(int length) {
		return length + FRAME;
	}

	/**
	 * Gives room back and asks for other; returns whether there is.
	 */
	boolean exchange(long given, int bytes) {
		// A frame is mostly as long as the one that it replaces.
		if (given == bytes && !this.memory.isScarce()) {
			return true;
		}
		release(given);
		return reserve(bytes);
	}

	private boolean reserve(int bytes) {
		return !this.memory.isScarce() && this.held.addWithin(bytes, this.memory.limit() / 4);
	}

	/** Gives room back. */
	void release(long bytes) {
		this.held.add(-bytes);
	}

	/**
	 * A session has ended.
	 * @param recorder what has recorded it
	 * @param status how it has ended
	 * @param kept gets what was recorded, if that is to be shown; at once, or on the
	 * thread of the masks
	 */
	void ended(FlightRecorder recorder, CloseStatus status, Consumer<Recording> kept) {
		List<TapEntry> entries = recorder.take(status.reason());
		long bytes = entries.stream().mapToLong((entry) -> size(entry.payload().length)).sum() - FRAME;
		if (!isError(status) || entries.size() == 1) {
			release(bytes);
		}
		else if (this.masks.isEmpty()) {
			kept.accept(new Recording(TapEntry.transcript(entries), bytes));
		}
		else if (this.waiting.incrementAndGet() > MOST_WAITING) {
			this.waiting.decrementAndGet();
			release(bytes);
		}
		else {
			mask(entries, bytes, kept);
		}
	}

	private void mask(List<TapEntry> entries, long bytes, Consumer<Recording> kept) {
		try {
			this.thread.execute(() -> {
				this.waiting.decrementAndGet();
				List<TapEntry> masked = entries.stream()
					.map((entry) -> (entry.reason() != null) ? entry : this.masks.apply(entry))
					.filter((entry) -> entry != null)
					.toList();
				kept.accept(new Recording(TapEntry.transcript(masked), bytes));
			});
		}
		catch (RejectedExecutionException ex) {
			// The system has no thread now.
			this.waiting.decrementAndGet();
			release(bytes);
		}
	}

	/** Whether what was received before may be asked for. */
	private static boolean isError(CloseStatus status) {
		return switch (status.reason()) {
			case HANDLER_CLOSED, REQUESTS_DONE, REPLACED, ROTATED, OPERATOR_CLOSED, SERVER_STOPPED, SESSION_TIMEOUT ->
				false;
			// With a detail, the peer has closed within a frame.
			case PEER_CLOSED -> status.detail() != null;
			default -> true;
		};
	}

	/**
	 * What was recorded of a session.
	 *
	 * @param transcript the frames and the end
	 * @param bytes what is held for it, to be {@linkplain Recordings#release released}
	 */
	public record Recording(Transcript transcript, long bytes) {

	}

}
