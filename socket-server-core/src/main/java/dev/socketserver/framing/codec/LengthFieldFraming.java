package dev.socketserver.framing.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;

/**
 * A 4-byte big-endian length in front of that many bytes.
 *
 * <pre>
 * BEFORE DECODE                        AFTER DECODE
 * +----------+---------+----------+    +---------+----+
 * | 00000003 | "abc"   | 00000000 | →  | "abc"   | "" |
 * +----------+---------+----------+    +---------+----+
 * </pre>
 */
public final class LengthFieldFraming implements PlainFraming {

	public static final LengthFieldFraming INSTANCE = new LengthFieldFraming();

	private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private LengthFieldFraming() {
	}

	@Override
	public String type() {
		return "length-field";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> {
			if (in.remaining() < Integer.BYTES) {
				return false;
			}
			int length = (int) INTS.get(in.array(), in.position());
			if (length < 0) {
				throw new FramingException("negative frame length " + length);
			}
			if (length > maxFrameBytes) {
				throw new FrameTooLargeException("frame of " + length + " bytes announced", maxFrameBytes);
			}
			if (in.remaining() - Integer.BYTES < length) {
				return false;
			}
			int start = in.position() + Integer.BYTES;
			in.frame(start, start + length, start + length);
			return true;
		};
	}

	@Override
	public boolean needsLength() {
		return true;
	}

	@Override
	public void before(int length, FrameOutput out) {
		out.writeInt(length);
	}

}
