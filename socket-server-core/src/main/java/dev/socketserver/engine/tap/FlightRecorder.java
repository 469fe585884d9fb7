package dev.socketserver.engine.tap;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.engine.memory.Exhaustion;

/**
 * Keeps the last frames of one session, in case it ends with an error. What it keeps
 * counts as memory of no session; where there is no room for it, it keeps less. Guarded
 * by its monitor, for which only the loop of the session and its end compete.
 */
public final class FlightRecorder implements TapSink {

	/** The most that it keeps, unless one frame is longer. */
	private static final int MOST_BYTES = 256 * 1024;

	private final Recordings recordings;

	private final TappedSession session;

	private final Deque<TapEntry> frames = new ArrayDeque<>();

	private long bytes;

	private boolean ended;

	FlightRecorder(Recordings recordings, Tappable session) {
		this.recordings = recordings;
		this.session = TappedSession.of(session);
	}

	@Override
	public boolean framed() {
		return true;
	}

	@Override
	public synchronized void add(boolean received, byte[] array, int offset, int length) {
		if (this.ended) {
			return;
		}
		int more = Recordings.size(length);
		long given = 0;
		while (!this.frames.isEmpty()
				&& (this.frames.size() >= this.recordings.frames() || this.bytes + more > MOST_BYTES)) {
			given += removeOldest();
		}
		while (!this.recordings.exchange(given, more)) {
			if (this.frames.isEmpty()) {
				return;
			}
			given = removeOldest();
		}
		this.bytes += more;
		// Without a look at the clock, which takes longer than the rest.
		boolean copied = Exhaustion.attempt(() -> this.frames.add(TapEntry.bytes(this.session, received,
				Arrays.copyOfRange(array, offset, offset + length), Instant.EPOCH)));
		if (!copied) {
			this.bytes -= more;
			this.recordings.release(more);
		}
	}

	/** Returns what it held of the memory. */
	private int removeOldest() {
		int size = Recordings.size(this.frames.remove().payload().length);
		this.bytes -= size;
		return size;
	}

	@Override
	public void unframed(byte[] array, int offset, int length) {
		if (!this.recordings.isMasked()) {
			add(true, array, offset, length);
		}
	}

	@Override
	public void dropped(long length) {
		// It keeps what it can.
	}

	/** Nothing is recorded any more. */
	@Override
	public synchronized void closed(CloseReason reason) {
		this.ended = true;
	}

	/** Memory is scarce: gives up what it has. */
	synchronized void giveUp() {
		while (!this.frames.isEmpty()) {
			this.recordings.release(removeOldest());
		}
	}

	/**
	 * Takes what was recorded.
	 * @param reason how the session has ended
	 * @return the frames and the end; what they hold of the memory is the caller's
	 */
	synchronized List<TapEntry> take(CloseReason reason) {
		this.ended = true;
		List<TapEntry> taken = new ArrayList<>(this.frames);
		this.frames.clear();
		this.bytes = 0;
		taken.add(TapEntry.end(this.session, reason));
		return taken;
	}

}
