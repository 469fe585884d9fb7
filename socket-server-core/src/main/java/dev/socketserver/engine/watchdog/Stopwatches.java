package dev.socketserver.engine.watchdog;

/**
 * How long a frame, the first frame or a write of one session has been under way, summed
 * up from what each check of the loop finds. Exists only while one of them is under way.
 * On the loop.
 */
final class Stopwatches {

	private static final long NONE = -1;

	private long checkedAt;

	/** {@link #NONE} from when the peer is not read until it is checked again. */
	private long firstFrame;

	/**
	 * The place in the input, counted from its beginning, at which the incomplete frame
	 * begins.
	 */
	private long frameStart = NONE;

	private long frame;

	/**
	 * What {@code Connection.unwritten} and {@code SessionState.messagesSent} said at the
	 * last check: if neither has changed, the socket took nothing.
	 */
	private long unwritten = NONE;

	private long sent;

	private long write;

	/**
	 * Creates stopwatches that stand at zero.
	 * @param since when what they measure began
	 */
	Stopwatches(long since) {
		this.checkedAt = since;
	}

	/**
	 * Begins a check.
	 * @param now the time
	 * @param most the greatest time to count: if the loop did not run for longer, no
	 * other session caused that
	 * @return how much time to count
	 */
	long elapsed(long now, long most) {
		long elapsed = Math.max(0, Math.min(now - this.checkedAt, most));
		this.checkedAt = now;
		return elapsed;
	}

	/** The peer is not read from: it may begin anew when it is. */
	void inputRests() {
		this.firstFrame = NONE;
		this.frameStart = NONE;
	}

	/** There is no frame yet; returns for how long. */
	long firstFrame(long elapsed) {
		this.firstFrame = (this.firstFrame != NONE) ? this.firstFrame + elapsed : 0;
		return this.firstFrame;
	}

	/** A frame is not whole yet; returns for how long. */
	long frame(long start, long elapsed) {
		this.frame = (start == this.frameStart) ? this.frame + elapsed : 0;
		this.frameStart = start;
		return this.frame;
	}

	void noFrame() {
		this.frameStart = NONE;
	}

	/** The socket has not taken everything; returns for how long it took nothing. */
	long write(long unwritten, long sent, long elapsed) {
		boolean same = unwritten == this.unwritten && sent == this.sent;
		this.write = same ? this.write + elapsed : 0;
		this.unwritten = unwritten;
		this.sent = sent;
		return this.write;
	}

	void noWrite() {
		this.unwritten = NONE;
	}

}
