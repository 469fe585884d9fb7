package dev.socketserver.engine.input;

import java.util.Arrays;

import dev.socketserver.engine.state.SessionState;
import dev.socketserver.framing.FrameInput;

/**
 * Bytes of one session that were received and not yet decoded. They are in an array of
 * the session, which exists only while there are some, and which is charged to it. On the
 * loop, if not stated otherwise.
 */
final class KeptBytes {

	private static final byte[] NOTHING = new byte[0];

	private final SessionState state;

	/** The bytes are in {@code [start, end)}. */
	private byte[] array = NOTHING;

	private int start;

	private int end;

	KeptBytes(SessionState state) {
		this.state = state;
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
	void keepRest(FrameInput input) {
		int rest = input.remaining();
		if (rest == 0) {
			clear();
		}
		else if (input.array() == this.array) {
			this.start = input.position();
		}
		else {
			add(input.array(), input.position(), rest);
		}
	}

	/** Keeps some bytes more. */
	void add(byte[] source, int offset, int length) {
		int before = count();
		if (this.array.length - this.end < length) {
			byte[] target = (this.array.length >= before + length) ? this.array
					: new byte[Math.max(before + length, before * 2)];
			System.arraycopy(this.array, this.start, target, 0, before);
			if (target != this.array) {
				this.state.charge(target.length - this.array.length);
			}
			this.array = target;
			this.start = 0;
			this.end = before;
		}
		System.arraycopy(source, offset, this.array, this.end, length);
		this.end += length;
	}

	/** Keeps nothing any more. */
	void clear() {
		if (this.array != NOTHING) {
			this.state.charge(-this.array.length);
		}
		this.array = NOTHING;
		this.start = 0;
		this.end = 0;
	}

	byte[] copy() {
		return Arrays.copyOfRange(this.array, this.start, this.end);
	}

	/** Adds to a detail what they show, if they are the first of the session. */
	String explain(String detail, FirstFrame first, boolean proxied) {
		return first.explain(detail, this.array, this.start, this.end, proxied);
	}

}
