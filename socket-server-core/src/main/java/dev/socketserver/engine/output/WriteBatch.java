package dev.socketserver.engine.output;

import java.util.ArrayList;
import java.util.Arrays;

import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.waiting.EntryKind;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.LongText;
import org.jspecify.annotations.Nullable;

/**
 * Encoded writes that the socket is given together. Changed under the monitor of its
 * {@link WriteQueue} while it waits, unless the loop has {@linkplain WriteQueue#claim()
 * claimed} it, and on the loop afterwards.
 */
final class WriteBatch {

	/**
	 * The size from which nothing is added, so that a large output gives its memory back
	 * in steps.
	 */
	private static final int MAX_BYTES = 64 * 1024;

	/**
	 * What counts of batches that are not the newest: what may be dropped. The size of
	 * others may change while they wait, and the {@link WriteQueue} counts them.
	 */
	static final EntryKind<WriteBatch> OLDER = new EntryKind<>() {

		@Override
		public long bytes(WriteBatch batch) {
			return batch.droppable ? batch.bytes() : 0;
		}

		@Override
		public int count(WriteBatch batch) {
			return batch.droppable ? batch.writes : 0;
		}

		@Override
		public boolean isDroppable(WriteBatch batch) {
			return batch.droppable;
		}

	};

	private static final int[] NO_ENDS = {};

	private static final byte[] NOTHING = {};

	private final OutputBytes output;

	/** Of replies, which no caller waits for, there are none; then mostly absent. */
	private @Nullable ArrayList<Completion> completions;

	/** For each completion, the index after the last byte of its write. */
	private int[] ends = NO_ENDS;

	private int writes;

	/**
	 * How many of its bytes count while the connection has it, which measures text while
	 * it writes it.
	 */
	private int leavingBytes;

	/** Whether the one write in here may be dropped. */
	private boolean droppable;

	/** Whether it stands for the TLS handshake, and has no bytes. */
	private boolean handshake;

	/** Whether nothing is added to its first write: each leaves on its own. */
	private final boolean apart;

	/** Whether its one write is a heartbeat, which counts as no message. */
	private boolean beat;

	/** Why it was dropped, if it was. */
	private @Nullable Exception refusal;

	/**
	 * Creates a batch without a write.
	 * @param first what will be added first
	 * @param expectedBytes how much will be gathered in here, probably
	 * @param apart whether nothing is added to its first write
	 */
	WriteBatch(Object first, int expectedBytes, boolean apart) {
		this.output = new OutputBytes(first, expectedBytes);
		this.apart = apart;
	}

	/** Makes what stands for the TLS handshake in the output. */
	static WriteBatch handshake(Completion secured) {
		WriteBatch batch = new WriteBatch(NOTHING, 0, false);
		batch.handshake = true;
		// As if it had a byte, which has left when the handshake is done.
		batch.complete(secured, 1);
		return batch;
	}

	/** Whether it stands for the TLS handshake. Nothing is joined with it. */
	boolean isHandshake() {
		return this.handshake;
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

	/** It is about to leave: it counts as it is now until it has left. */
	void leaving() {
		this.leavingBytes = bytes();
	}

	/** How many bytes it had when it was about to leave. */
	int leavingBytes() {
		return this.leavingBytes;
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
	boolean hasRoomFor(Object payload, @Nullable Completion completion) {
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

	/** Whether it is one write only, which has this completion. */
	boolean isOf(Completion completion) {
		ArrayList<Completion> notified = this.completions;
		return this.writes == 1 && notified != null && notified.get(0) == completion;
	}

	/** Whether one of its writes has this completion. */
	boolean has(Completion completion) {
		return this.completions != null && this.completions.contains(completion);
	}

	/** Its one write, whose sender has waited for room, was admitted. */
	void admitted() {
		ArrayList<Completion> notified = this.completions;
		if (notified != null) {
			notified.get(0).admitted();
		}
	}

	/** Whether somebody is notified of what becomes of a write in here. */
	private boolean isNotified() {
		return this.completions != null && !this.completions.isEmpty();
	}

	/**
	 * Whether so much can be added; never to a write that may be dropped, which stays
	 * alone in its batch.
	 */
	private boolean hasRoom(long more) {
		return !this.droppable && !this.apart && !isAlone() && this.output.mostBytes() + more <= MAX_BYTES;
	}

	/**
	 * Whether it is a heartbeat, which leaves alone, so that it is distinguished from a
	 * frame; or stands for the handshake.
	 */
	boolean isAlone() {
		return this.writes == 0 || this.beat;
	}

	/** How many of its writes are messages. */
	private int messages() {
		return this.beat ? 0 : this.writes;
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
	void addFramed(byte[] frames, @Nullable Completion completion) {
		this.output.write(frames);
		this.writes++;
		if (completion != null) {
			complete(completion, bytes());
		}
	}

	/** Adds a heartbeat, which is no write. */
	void addBeat(Framing framing, byte[] payload) {
		this.output.encode(framing, payload);
	}

	/**
	 * Adds a heartbeat that answers one of the peer: a write against the limits, since
	 * the peer decides how many there are, and no message.
	 */
	void addAnsweringBeat(Framing framing, byte[] payload) {
		this.output.encode(framing, payload);
		this.writes++;
		this.beat = true;
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
	 * Adds what another batch has, if there is room for it. Texts whose length is assumed
	 * are measured, since where the bytes of a write end depends on all those before it.
	 * If there is no memory for that, nothing else has changed.
	 * @return whether it was added
	 */
	boolean join(WriteBatch other, LoopScratch scratch) {
		this.output.measure(scratch);
		if (!hasRoom(other.bytes())) {
			return false;
		}
		other.output.measure(scratch);
		if (!hasRoom(other.bytes())) {
			return false;
		}
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
		return true;
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
		notifySenders(this.refusal, 0);
	}

	/** The connection has refused it, and goes on: as {@link #left}. On the loop. */
	void refused(SessionState session, Exception refusal) {
		session.counters().countOutboundFailed(messages(), bytes());
		notifySenders(refusal, -1);
	}

	/** All of it has left: counts it, and notifies who has sent it. On the loop. */
	void left(SessionState session) {
		session.countSent(messages(), bytes());
		notifySenders(null, 0);
	}

	/** Nothing of it has left, and never will: as {@link #left}. On the loop. */
	void unsent(SessionState session) {
		session.counters().countOutboundFailed(messages(), bytes());
		if (this.completions != null) {
			Exception failure = session.closedException(null);
			this.completions.forEach((completion) -> completion.neverLeft(failure));
		}
	}

	/**
	 * The connection failed before it had left as a whole: as {@link #left}. Of replies,
	 * which no caller waits for, it is not known where they end: they count as not left.
	 * On the loop.
	 * @param session whose batch it is
	 * @param failure why it failed
	 * @param taken how many bytes have left all the same
	 */
	void failed(SessionState session, Throwable failure, int taken) {
		int left = 0;
		while (this.completions != null && left < this.completions.size() && this.ends[left] <= taken) {
			left++;
		}
		int leftBytes = (left > 0) ? this.ends[left - 1] : 0;
		session.countSent(left, leftBytes);
		session.counters().countOutboundFailed(messages() - left, bytes() - leftBytes);
		notifySenders(session.closedException(failure), taken);
	}

	/**
	 * Reports what became of its writes.
	 * @param failure why not all of them have left, or {@code null}
	 * @param taken how many bytes have left all the same
	 */
	private void notifySenders(@Nullable Exception failure, int taken) {
		if (this.completions != null) {
			for (int i = 0; i < this.completions.size(); i++) {
				this.completions.get(i).completed((this.ends[i] > taken) ? failure : null);
			}
		}
	}

}
