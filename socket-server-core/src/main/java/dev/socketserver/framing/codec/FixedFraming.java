package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;

/**
 * Frames of one size.
 *
 * <pre>
 * BEFORE DECODE, size 3        AFTER DECODE
 * +-------+-------+------+    +-------+-------+
 * | "abc" | "def" | "gh" | →  | "abc" | "def" |
 * +-------+-------+------+    +-------+-------+
 * </pre>
 */
public final class FixedFraming implements PlainFraming {

	private final int size;

	public FixedFraming(int size) {
		this.size = size;
	}

	@Override
	public String type() {
		return "fixed";
	}

	@Override
	public long shortestBytes() {
		return this.size;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> {
			if (this.size > maxFrameBytes) {
				throw new FrameTooLargeException("every frame has " + this.size + " bytes", maxFrameBytes);
			}
			if (in.remaining() < this.size) {
				return false;
			}
			int start = in.position();
			in.frame(start, start + this.size, start + this.size);
			return true;
		};
	}

	@Override
	public boolean needsLength() {
		return true;
	}

	@Override
	public void before(int length, FrameOutput out) {
		if (length != this.size) {
			throw new IllegalArgumentException(
					"a payload of " + length + " bytes cannot be sent, a frame has " + this.size);
		}
	}

}
