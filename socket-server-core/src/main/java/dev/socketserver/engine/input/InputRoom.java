package dev.socketserver.engine.input;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.socketserver.CloseStatus;
import dev.socketserver.DatagramDrop;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Overflow;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the handler of one session, and how much more may be decoded: what the
 * handler has room for, what the rate of the peer allows, and how many requests the
 * session may still have. While requests wait for replies, decoding goes beyond both, by
 * as many bytes as the input may hold. The frames that wait are on the lane, or in a
 * {@code BlockingInput}; here they are counted, and charged to the session.
 */
public final class InputRoom {

	private static final AtomicIntegerFieldUpdater<InputRoom> FRAMES = AtomicIntegerFieldUpdater
		.newUpdater(InputRoom.class, "frames");

	private static final AtomicLongFieldUpdater<InputRoom> BYTES = AtomicLongFieldUpdater.newUpdater(InputRoom.class,
			"bytes");

	private static final int ANY_NUMBER = Integer.MAX_VALUE;

	private static final VarHandle HANDLED = field("handled", char.class);

	private static final VarHandle AWAITED = field("awaited", boolean.class);

	/**
	 * Room for one frame only, so that the framing can change after it before the next is
	 * decoded.
	 */
	private static final Bounds<InboundOverflow> ONE_FRAME = new Bounds<>(1, Integer.MAX_VALUE, InboundOverflow.BLOCK);

	private final SessionState session;

	private final Bounds<InboundOverflow> bounds;

	private final FrameSteps steps;

	private volatile int frames;

	/**
	 * How many of the frames have been handled; they are taken off only together with the
	 * others of their read.
	 */
	private volatile char handled;

	private volatile long bytes;

	/** Absent until what waits is worth to be charged. */
	private volatile @Nullable Charge charge;

	/** The I/O thread has stopped reading, and is to be notified when there is room. */
	private volatile boolean awaited;

	/** Absent unless the session has to log in, or its peer has a rate. */
	private volatile @Nullable SessionGate gate;

	/** How many more frames are handed on, or {@link #ANY_NUMBER}. Only on the loop. */
	private int requestsLeft;

	/**
	 * Creates the room of a session.
	 * @param session is charged for what waits
	 * @param bounds how much may wait for the handler
	 * @param steps what may change between two frames
	 * @param requests how many frames are to be handled at most, 0 for any number
	 */
	InputRoom(SessionState session, Bounds<InboundOverflow> bounds, FrameSteps steps, int requests) {
		this.session = session;
		this.bounds = bounds;
		this.steps = steps;
		this.requestsLeft = (requests > 0) ? requests : ANY_NUMBER;
	}

	private static VarHandle field(String name, Class<?> type) {
		try {
			return MethodHandles.lookup().findVarHandle(InputRoom.class, name, type);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * Returns the limits of the session before its login, and its rate. Any thread.
	 * @return the gate, or {@code null} if there is none
	 */
	public @Nullable SessionGate gate() {
		return this.gate;
	}

	/**
	 * Returns the limits of the session before its login, and its rate. Any thread.
	 * @return the gate, made if there is none
	 */
	public synchronized SessionGate makeGate() {
		if (this.gate == null) {
			this.gate = new SessionGate();
		}
		return this.gate;
	}

	/**
	 * Returns the time until the session is logged in. Any thread.
	 * @return the phase, or {@code null} if there is none, or it is over
	 */
	public @Nullable LoginPhase login() {
		SessionGate present = this.gate;
		return (present != null) ? present.login() : null;
	}

	// What waits.

	/**
	 * Whether the policy drops frames: then a {@link FrameQueue} counts them, one at a
	 * time, and this always has room.
	 */
	boolean drops() {
		return this.bounds.overflow().drops();
	}

	/** What happens when as much waits as may. */
	private Overflow whenFull() {
		return Overflow.decide(this.bounds.overflow(), false);
	}

	/** How much may wait for the handler. */
	private Bounds<InboundOverflow> bounds() {
		return this.steps.oneAtATime() ? ONE_FRAME : this.bounds;
	}

	/**
	 * Whether more waits than may, and the policy is to close the session for that. I/O
	 * thread. A single frame may be longer than the limit.
	 */
	boolean overflowed() {
		if (whenFull() != Overflow.CLOSE) {
			return false;
		}
		return this.bounds.isExceeded(frames(), this.bytes);
	}

	/** Returns how many more frames may wait for the handler. I/O thread. */
	int frameRoom() {
		if (whenFull() != Overflow.WAIT) {
			return Integer.MAX_VALUE;
		}
		return this.steps.awaitsTls() ? 0 : bounds().room(this.frames, this.bytes);
	}

	/** Returns how many more bytes may wait for the handler. I/O thread. */
	long byteRoom() {
		return (whenFull() != Overflow.WAIT) ? Integer.MAX_VALUE : bounds().byteRoom(this.bytes);
	}

	/**
	 * Returns how many bytes may arrive beyond the room while replies are expected: about
	 * as many as there is room for. I/O thread.
	 * @param waits whether the peer has to wait for its rate
	 * @param beyond how many bytes have arrived while it had to
	 */
	private long extraRoom(boolean waits, int beyond) {
		if (!this.steps.mayDecodeAhead()) {
			return 0;
		}
		boolean blocks = whenFull() == Overflow.WAIT;
		boolean bounded = blocks && this.frames < (long) this.bounds.capacity() + this.bounds.bytes();
		long extra = bounded ? Math.max(0, 2L * this.bounds.bytes() - this.bytes) : 0;
		return waits ? Math.min(blocks ? extra : Long.MAX_VALUE, this.bounds.bytes() - (long) beyond) : extra;
	}

	/**
	 * Returns how many frames have not been handled. Any thread.
	 * @return the number
	 */
	public int frames() {
		// Read in this order, so that frames that are taken off in between are not
		// counted twice.
		int done = this.handled;
		return Math.max(0, this.frames - done);
	}

	/**
	 * Some frames of a read were handled; they are taken off when all of it are.
	 * Handler's thread.
	 * @param count how many of that read
	 */
	public void handled(int count) {
		HANDLED.setRelease(this, (char) count);
	}

	/** Frames were received. I/O thread. */
	void added(int count, long size) {
		if (drops()) {
			return;
		}
		BYTES.addAndGet(this, size);
		FRAMES.addAndGet(this, count);
		settle();
	}

	/**
	 * Updates what is charged to the session. Several threads may call this: the one that
	 * made the last change, or one that sees it, charges it, so that none is forgotten.
	 */
	private void settle() {
		Charge made = this.charge;
		if (made == null && this.bytes >= MemoryHolder.STEP) {
			made = makeCharge();
		}
		long held = -1;
		while (made != null && held != this.bytes) {
			held = this.bytes;
			made.settle(held);
		}
	}

	private synchronized Charge makeCharge() {
		Charge made = this.charge;
		if (made == null) {
			made = Charge.inSteps(this.session);
			this.charge = made;
		}
		return made;
	}

	/**
	 * Frames were handled. Handler's thread.
	 * @param count how many
	 * @param size how many bytes they had
	 * @return whether the I/O thread must be notified that there is room again
	 */
	public boolean taken(int count, long size) {
		BYTES.addAndGet(this, -size);
		FRAMES.addAndGet(this, -count);
		handled(0);
		settle();
		return this.awaited && rateWait() == 0 && mayGoOn();
	}

	/** The I/O thread stops reading, and is to be notified when there is room. */
	void stop() {
		this.awaited = true;
	}

	/** Whether the I/O thread has stopped reading. */
	boolean isAwaited() {
		return this.awaited;
	}

	/** The I/O thread goes on, whether or not there is room. */
	void goOn() {
		this.awaited = false;
	}

	/** Whether the I/O thread goes on, since there is room: once after each stop. */
	boolean mayGoOn() {
		return hasRoom() && AWAITED.compareAndSet(this, true, false);
	}

	/**
	 * Whether the I/O thread goes on, since the limits are others now: once after each
	 * stop.
	 */
	boolean goesOnByOtherLimits() {
		return frameRoom() > 0 && byteRoom() > 0 && AWAITED.compareAndSet(this, true, false);
	}

	private boolean hasRoom() {
		return !this.steps.awaitsTls() && bounds().isHalfEmpty(this.frames, this.bytes);
	}

	/** Returns how many nanoseconds the peer has to wait for its rate. */
	long rateWait() {
		SessionGate present = this.gate;
		return (present != null) ? present.waitNanos() : 0;
	}

	// How much may be decoded. On the loop.

	/** Reads the clock, if something depends on it. */
	long now() {
		SessionGate present = this.gate;
		return (present != null) ? present.time() : 0;
	}

	/**
	 * Whether there is room, however much the peer has sent: it has to wait only if more
	 * than it may send is there.
	 */
	boolean isLeft(@Nullable ReplyStage asked) {
		return frameRoom() > 0 || extra(asked, false) > 0;
	}

	/** Whether a frame may be decoded now. */
	boolean isThere(@Nullable ReplyStage asked) {
		return frames(asked, now()) > 0;
	}

	/** Returns how many frames may be decoded now. */
	int frames(@Nullable ReplyStage asked, long now) {
		int allowed = allowed(now);
		int room = Math.min(allowed, frameRoom());
		return Math.min((room == 0 && extra(asked, allowed == 0) > 0) ? Integer.MAX_VALUE : room, this.requestsLeft);
	}

	/** Frames are handed on; returns whether they are the last that are to be handled. */
	boolean handedOn(int count) {
		if (this.requestsLeft != ANY_NUMBER) {
			this.requestsLeft -= count;
		}
		return this.requestsLeft == 0;
	}

	/** Frames that were handed on will not be handled after all. */
	void notHandled(int count) {
		if (this.requestsLeft != ANY_NUMBER) {
			this.requestsLeft += count;
		}
	}

	/** Returns after how many bytes no further frame may be decoded. */
	long bytes(@Nullable ReplyStage asked, long now) {
		SessionGate present = this.gate;
		int allowed = (present != null) ? present.byteRoom(now) : Integer.MAX_VALUE;
		if (allowed == 0 || frameRoom() == 0) {
			// A batch that is read beyond the room is one of a full buffer at most.
			return extra(asked, allowed == 0);
		}
		return Math.min(allowed, byteRoom());
	}

	/** Returns the gate, if it checks each frame. */
	@Nullable SessionGate checking() {
		SessionGate present = this.gate;
		return (present != null && present.checksFrames()) ? present : null;
	}

	/** Checks a frame, as {@link ReplyStage#check} does. */
	@Nullable Object check(@Nullable ReplyStage asked, SessionGate checking, Object payload, FrameInput input, int consumed,
			long now) {
		Object checked = ReplyStage.check(asked, checking, payload, input, consumed, now);
		if (checked == null || checked instanceof CloseStatus) {
			unhandled(1, checked != null);
		}
		return checked;
	}

	/** Checks what is left of a batch that was matched; returns how many are handled. */
	int admit(ReplyStage asked, ReplyStage.Batch batch) {
		int admitted = asked.admit(batch, this.gate);
		unhandled(batch.count() - admitted, batch.refusal(admitted) != null);
		return admitted;
	}

	/** Frames are not handled, since the peer was too fast, or the session ends. */
	private void unhandled(int count, boolean ends) {
		if (count > 0) {
			this.session.connection().unhandled(ends ? DatagramDrop.REJECTED : DatagramDrop.PAUSED, count);
		}
	}

	/** Counts frames that were decoded and not checked. */
	void count(@Nullable ReplyStage asked, int count, int bytes, long now) {
		SessionGate present = this.gate;
		if (present == null || bytes == 0) {
			return;
		}
		if (asked != null) {
			asked.decoded(present, bytes, now);
		}
		present.count(count, bytes, now);
	}

	/** The framing has dropped bytes: the peer has sent them. */
	void dropped(int bytes) {
		SessionGate present = this.gate;
		if (present != null) {
			present.dropped(bytes);
		}
	}

	private int allowed(long now) {
		SessionGate present = this.gate;
		return (present != null) ? present.frameRoom(now) : Integer.MAX_VALUE;
	}

	private long extra(@Nullable ReplyStage asked, boolean waits) {
		return (asked != null && asked.expectsReplies()) ? extraRoom(waits, asked.beyond()) : 0;
	}

}
