package dev.socketserver.engine.input;

import java.util.Arrays;

import dev.socketserver.engine.state.SessionState;
import dev.socketserver.framing.FrameInput;

/**
 * Bytes of one session that were received and not yet decoded, in an array that is
 * charged to the session. There is one object for all sessions of which nothing is kept.
 * So each method that changes something returns what is kept then. On the loop, if not
 * stated otherwise.
 */
final class KeptBytes {

	/** Nothing is kept. */
	static final KeptBytes NONE = new KeptBytes(new byte[0]);

	/** The bytes are in {@code [start, end)}. */
	private byte[] array;

	private int start;

	private int end;

	private KeptBytes(byte[] array) {
		this.array = array;
	}

	/**
	 * Returns how many bytes are kept. On other threads than the loop this may be
	 * outdated.
	 */
	int count() {
		return this.end - this.start;
	}

	/** Has a decoder read them. */
	void readBy(FrameInput input) {
		input.reset(this.array, this.start, this.end);
	}

	/** Keeps what a decoder has left, in place of what was kept. */
	KeptBytes rest(FrameInput input, SessionState state) {
		int rest = input.remaining();
		if (rest == 0) {
			return none(state);
		}
		if (input.array() == this.array) {
			this.start = input.position();
			return this;
		}
		return with(input.array(), input.position(), rest, state);
	}

	/** Keeps some bytes more. */
	KeptBytes with(byte[] source, int offset, int length, SessionState state) {
		KeptBytes kept = (this == NONE) ? new KeptBytes(NONE.array) : this;
		kept.add(source, offset, length, state);
		return kept;
	}

	private void add(byte[] source, int offset, int length, SessionState state) {
		int before = count();
		if (this.array.length - this.end < length) {
			byte[] target = (this.array.length >= before + length) ? this.array
					: new byte[Math.max(before + length, before * 2)];
			System.arraycopy(this.array, this.start, target, 0, before);
			if (target != this.array) {
				state.charge(target.length - this.array.length);
			}
			this.array = target;
			this.start = 0;
			this.end = before;
		}
		System.arraycopy(source, offset, this.array, this.end, length);
		this.end += length;
	}

	/** Keeps nothing any more. */
	KeptBytes none(SessionState state) {
		if (this != NONE) {
			state.charge(-this.array.length);
		}
		return NONE;
	}

	byte[] copy() {
		return Arrays.copyOfRange(this.array, this.start, this.end);
	}

	/** Adds to a detail what they show, if they are the first of the session. */
	String explain(String detail, FirstFrame first, boolean proxied) {
		return first.explain(detail, this.array, this.start, this.end, proxied);
	}

}
