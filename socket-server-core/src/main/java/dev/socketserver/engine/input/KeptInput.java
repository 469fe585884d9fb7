package dev.socketserver.engine.input;

import dev.socketserver.framing.FrameInput;

/**
 * Bytes of one session that were received and not yet decoded. They are in an array of
 * the session, which exists only while there are some, and which is charged to it. On the
 * loop, if not stated otherwise.
 */
abstract class KeptInput {

	private static final byte[] NOTHING = new byte[0];

	private final ReceivingSession session;

	/** Bytes that were received and not yet decoded, in {@code [keptStart, keptEnd)}. */
	byte[] kept = NOTHING;

	int keptStart;

	int keptEnd;

	KeptInput(ReceivingSession session) {
		this.session = session;
	}

	/** The session. */
	final ReceivingSession session() {
		return this.session;
	}

	final void keepRest(FrameInput input) {
		int rest = input.remaining();
		if (rest == 0) {
			keepNothing();
		}
		else if (input.array() == this.kept) {
			this.keptStart = input.position();
		}
		else {
			keep(input.array(), input.position(), rest);
		}
	}

	final void keepNothing() {
		if (this.kept != NOTHING) {
			this.session.state().charge(-this.kept.length);
		}
		this.kept = NOTHING;
		this.keptStart = 0;
		this.keptEnd = 0;
	}

	final void keep(byte[] source, int offset, int length) {
		int before = this.keptEnd - this.keptStart;
		if (this.kept.length - this.keptEnd < length) {
			byte[] target = (this.kept.length >= before + length) ? this.kept
					: new byte[Math.max(before + length, before * 2)];
			System.arraycopy(this.kept, this.keptStart, target, 0, before);
			if (target != this.kept) {
				this.session.state().charge(target.length - this.kept.length);
			}
			this.kept = target;
			this.keptStart = 0;
			this.keptEnd = before;
		}
		System.arraycopy(source, offset, this.kept, this.keptEnd, length);
		this.keptEnd += length;
	}

	/**
	 * Returns how many bytes are kept. While the connection is read, they are the
	 * beginning of a frame. On other threads than the loop this may be outdated.
	 */
	public final int rest() {
		return this.keptEnd - this.keptStart;
	}

}
