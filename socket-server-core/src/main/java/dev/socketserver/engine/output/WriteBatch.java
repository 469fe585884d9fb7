package dev.socketserver.engine.output;

import java.util.ArrayList;
import java.util.Arrays;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.codec.HeartbeatFraming;
import dev.socketserver.payload.LongText;
import org.jspecify.annotations.Nullable;

/**
 * Encoded writes that the socket is given together. Changed under the monitor of its
 * {@link Outbox} while it waits, unless the loop has {@linkplain WriteBatches#claim()
 * claimed} it, and on the loop afterwards.
 */
final class WriteBatch implements Connection.WriteResult {

	/**
	 * The size from which nothing is added, so that a large output gives its memory back
	 * in steps.
	 */
	private static final int MAX_BYTES = 64 * 1024;

	private static final int[] NO_ENDS = {};

	private final Owner owner;

	private final OutputBytes output;

	/** Of replies, which nobody waits for, there are none; then mostly absent. */
	private @Nullable ArrayList<Completion> completions;

	/** For each completion, the index after the last byte of its write. */
	private int[] ends = NO_ENDS;

	private int writes;

	/** Whether the one write in here may be dropped. */
	private boolean droppable;

	/** Why it was dropped, if it was. */
	private @Nullable Exception refusal;

	/**
	 * Creates a batch without a write.
	 * @param owner is notified of what became of it
	 * @param first what will be added first
	 * @param expectedBytes how much will be gathered in here, probably
	 */
	WriteBatch(Owner owner, Object first, int expectedBytes) {
		this.owner = owner;
		this.output = new OutputBytes(first, expectedBytes);
	}

	/** What the socket is given. */
	OutputBytes output() {
		return this.output;
	}

	int writes() {
		return this.writes;
	}

	int bytes() {
		return this.output.size();
	}

	boolean droppable() {
		return this.droppable;
	}

	void droppable(boolean droppable) {
		this.droppable = droppable;
	}

	/**
	 * Whether a write can be added. Where somebody is notified when the bytes of a write
	 * have left, the length of none of them is assumed.
	 */
	boolean takes(Object payload, @Nullable Completion completion) {
		boolean notified = completion != null || isNotified();
		return hasRoom(OutputBytes.mostBytes(payload))
				&& !(notified && (this.output.assumes() || LongText.isAssumed(payload)));
	}

	/** Shows what is about to leave to those who tap the session. On the loop. */
	void showTo(TapPoint tap, LoopScratch scratch) {
		boolean marked = this.completions != null && this.completions.size() == this.writes;
		int frames = marked ? this.writes : TapPoint.UNKNOWN;
		// What is alone is one write, one answer of the framing, or a heartbeat.
		tap.sending(this.output, scratch, this.ends, (this.writes > 1) ? frames : TapPoint.ONE);
	}

	/** Whether it may be dropped, and is the write that has this completion. */
	boolean isOf(Completion completion) {
		return this.droppable && this.completions != null && this.completions.get(0) == completion;
	}

	/** Whether somebody is notified of what becomes of a write in here. */
	private boolean isNotified() {
		return this.completions != null && !this.completions.isEmpty();
	}

	/**
	 * Whether so much can be added; never to a write that may be dropped, which stays
	 * alone in its batch.
	 */
	boolean hasRoom(long more) {
		return !this.droppable && !isBeat() && this.output.mostBytes() + more <= MAX_BYTES;
	}

	/**
	 * Whether it is a heartbeat, which leaves alone, so that it is distinguished from a
	 * frame.
	 */
	private boolean isBeat() {
		return this.writes == 0;
	}

	/** Encodes a write. If that fails, nothing has changed. */
	void add(Framing framing, Object payload, @Nullable Completion completion) {
		if (completion != null) {
			reserve(1);
		}
		this.output.encode(framing, payload);
		this.writes++;
		if (completion != null) {
			complete(completion, bytes());
		}
	}

	/** Adds bytes that are framed already, as one write. */
	void addFramed(byte[] frames) {
		this.output.write(frames);
		this.writes++;
	}

	/** Adds a heartbeat, which is no write. */
	void addBeat(Framing framing) {
		this.output.encode(framing, HeartbeatFraming.BEAT);
	}

	private void complete(Completion completion, int end) {
		ArrayList<Completion> all = reserve(1);
		this.ends[all.size()] = end;
		all.add(completion);
	}

	/** Has memory for so many more completions, so that adding them cannot fail. */
	private ArrayList<Completion> reserve(int more) {
		ArrayList<Completion> all = this.completions;
		int needed = ((all != null) ? all.size() : 0) + more;
		if (needed > this.ends.length) {
			this.ends = Arrays.copyOf(this.ends, Math.max(needed, Math.max(4, 2 * this.ends.length)));
		}
		if (all == null) {
			all = new ArrayList<>(this.ends.length);
			this.completions = all;
		}
		all.ensureCapacity(this.ends.length);
		return all;
	}

	/**
	 * Adds what another batch has. If there is no memory for that, nothing has changed.
	 */
	void join(WriteBatch other) {
		int before = bytes();
		if (other.completions != null) {
			reserve(other.completions.size());
		}
		this.output.append(other.output);
		if (other.completions != null) {
			for (int i = 0; i < other.completions.size(); i++) {
				complete(other.completions.get(i), before + other.ends[i]);
			}
		}
		this.writes += other.writes;
	}

	/**
	 * It will never leave.
	 * @param refusal what {@link #notifyDropped} reports
	 * @return whether there is somebody to notify
	 */
	boolean drop(Exception refusal) {
		this.refusal = refusal;
		return isNotified();
	}

	/** Reports why it was dropped. On the loop. */
	void notifyDropped() {
		complete(this.refusal, 0);
	}

	/**
	 * Returns how many of its writes have left for sure when some of its bytes have: of
	 * replies, which nobody waits for, it is not known where they end.
	 * @param taken how many bytes have left
	 */
	int writesWithin(int taken) {
		int count = 0;
		while (this.completions != null && count < this.completions.size() && this.ends[count] <= taken) {
			count++;
		}
		return count;
	}

	/** Returns how many bytes {@link #writesWithin} have, with those between them. */
	int bytesWithin(int taken) {
		int count = writesWithin(taken);
		return (count > 0) ? this.ends[count - 1] : 0;
	}

	/**
	 * Reports what became of its writes. On the loop.
	 * @param failure why not all of them have left, or {@code null}
	 * @param taken how many bytes have left all the same
	 */
	void complete(@Nullable Exception failure, int taken) {
		if (this.completions != null) {
			for (int i = 0; i < this.completions.size(); i++) {
				this.completions.get(i).completed((this.ends[i] > taken) ? failure : null);
			}
		}
	}

	@Override
	public void done(@Nullable Throwable failure, int taken) {
		this.owner.done(this, failure, taken);
	}

	/** Whose batch it is. */
	interface Owner {

		/**
		 * A batch has left, or will never leave as a whole. On the loop.
		 * @param batch the batch
		 * @param failure why the bytes will not all leave, or {@code null} if they have
		 * @param taken how many bytes have left at least, if there is a failure
		 */
		void done(WriteBatch batch, @Nullable Throwable failure, int taken);

	}

}
