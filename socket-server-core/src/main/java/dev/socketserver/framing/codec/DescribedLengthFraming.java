package dev.socketserver.framing.codec;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.LengthCodec;
import org.jspecify.annotations.Nullable;

/**
 * A length field of any kind, as {@link LengthFieldBuilder} describes it.
 *
 * <pre>
 * BEFORE DECODE, width 2, adjust -2        AFTER DECODE
 * +------+---------+------+               +---------+----+
 * | 0005 | "abc"   | 0002 |            ↔  | "abc"   | "" |
 * +------+---------+------+               +---------+----+
 *
 * BEFORE DECODE, offset 1, width 2         AFTER DECODE, patch on send
 * +----+------+-------+                   +----+------+-------+
 * | 07 | 0003 | "abc" |                ↔  | 07 | 0003 | "abc" |
 * +----+------+-------+                   +----+------+-------+
 *
 * BEFORE DECODE, decimal, terminator ":", after ","
 * +------+-------+-----+                  +-------+
 * | "3:" | "abc" | "," |               ↔  | "abc" |
 * +------+-------+-----+                  +-------+
 * </pre>
 */
public final class DescribedLengthFraming implements PlainFraming {

	/** Longer than any frame, and small enough for sums not to overflow. */
	private static final long HUGE = 1L << 40;

	private final LengthCodec codec;

	private final int offset;

	/** What is added to value, offset and width to get the length of the frame. */
	private final int adjust;

	/**
	 * How many bytes at the start are not in the payload; negative for all up to the end
	 * of the length field.
	 */
	private final int strip;

	/** How many bytes at the end the value does not count. */
	private final int after;

	/** The bytes that must end the frame. */
	private final byte[] tail;

	private final boolean keepTail;

	private final ZeroLength zero;

	private final OnSend onSend;

	public DescribedLengthFraming(LengthCodec codec, int offset, int adjust, @Nullable Integer strip, int after,
			byte[] tail, ZeroLength zero, OnSend onSend) {
		this.codec = codec;
		this.offset = offset;
		this.adjust = adjust;
		this.strip = (strip != null) ? strip : (offset == 0) ? -1 : 0;
		this.after = after;
		this.tail = tail;
		this.keepTail = onSend == OnSend.NONE && this.strip == 0;
		this.zero = zero;
		this.onSend = onSend;
	}

	@Override
	public String type() {
		return "length-field";
	}

	/**
	 * Whether a payload has the length in it.
	 */
	public boolean lengthInPayload() {
		return this.strip >= 0 && this.strip <= this.offset;
	}

	/**
	 * Returns how many bytes the longest payload has that is sent as an empty frame, or
	 * -1 if empty frames are not sent back.
	 */
	int mostBytesOfEcho() {
		if (this.zero != ZeroLength.ECHO) {
			return -1;
		}
		int uncounted = this.after + Math.max(0, this.adjust);
		return (this.onSend == OnSend.PREPEND) ? uncounted
				: this.offset + this.codec.widest() + uncounted + this.tail.length;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public boolean isPlain() {
		return this.onSend != OnSend.PATCH;
	}

	@Override
	public boolean needsLength() {
		return this.onSend == OnSend.PREPEND;
	}

	@Override
	public void before(int length, FrameOutput out) {
		if (this.onSend == OnSend.PREPEND) {
			out.write(this.codec.write(value(length)));
		}
	}

	@Override
	public void after(FrameOutput out) {
		if (this.onSend == OnSend.PREPEND) {
			out.write(this.tail);
		}
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (this.onSend == OnSend.PATCH) {
			patch(payload, out);
		}
		else {
			PlainFraming.super.encode(payload, out);
		}
	}

	private void patch(byte[] payload, FrameOutput out) {
		int width = -1;
		try {
			if (payload.length > this.offset) {
				width = this.codec.width(payload, this.offset, payload.length);
			}
		}
		catch (FramingException ex) {
			throw new IllegalArgumentException("a payload cannot be sent, its length cannot be set: " + ex.getMessage(),
					ex);
		}
		if (width < 0) {
			throw new IllegalArgumentException("a payload of " + payload.length
					+ " bytes cannot be sent, its length belongs at byte " + this.offset + " of it");
		}
		int rest = this.offset + width;
		out.write(payload, 0, this.offset);
		out.write(this.codec.write(value(payload.length - rest)));
		out.write(payload, rest, payload.length - rest);
		out.write(this.tail);
	}

	/** Returns the value for a number of bytes after the length field. */
	private long value(int bytes) {
		long counted = (long) bytes + this.tail.length - this.after;
		long value = counted - this.adjust;
		// If the length counts itself, the value might look valid although too little
		// follows.
		if (counted < 0 || value < 0) {
			throw new IllegalArgumentException(
					"a payload of " + bytes + " bytes behind the length is shorter than any frame");
		}
		return value;
	}

	private final class Decoder extends SteppingDecoder {

		private final DescribedLengthFraming framing = DescribedLengthFraming.this;

		private final int maxFrameBytes;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			DescribedLengthFraming framing = this.framing;
			byte[] array = in.array();
			int start = in.position();
			if (in.remaining() <= framing.offset) {
				return false;
			}
			int width = framing.codec.width(array, start + framing.offset, in.limit());
			if (width < 0) {
				return false;
			}
			long value = framing.codec.read(array, start + framing.offset, width);
			int header = framing.offset + width;
			long length = Math.min(value, HUGE) + header + framing.adjust + framing.after;
			boolean nothing = framing.zero != ZeroLength.FRAME && isEmpty(value, length, header);
			if (nothing) {
				length = Math.max(length, header);
			}
			int strip = (framing.strip < 0) ? width : framing.strip;
			int end = framing.keepTail ? 0 : framing.tail.length;
			check(value, length, header, nothing, strip + end);
			if (in.remaining() < length) {
				return false;
			}
			int next = start + (int) length;
			if (!nothing || length >= header + framing.tail.length) {
				checkTail(array, start, next);
			}
			if (nothing) {
				if (framing.zero == ZeroLength.ECHO) {
					in.reply(start, next);
				}
				in.skip(next);
				return false;
			}
			in.frame(start + strip, next - end, next);
			return true;
		}

		/**
		 * Whether the frame has nothing after the length field, except for the bytes that
		 * end every frame.
		 */
		private boolean isEmpty(long value, long length, int header) {
			return value == 0 || length == header + this.framing.tail.length
					|| length == (long) header + this.framing.after;
		}

		private void check(long value, long length, int header, boolean nothing, int stripped) throws FramingException {
			if (length - stripped > this.maxFrameBytes) {
				throw new FrameTooLargeException(
						"frame of " + ((value < HUGE) ? length - stripped + " bytes" : "more than " + HUGE + " bytes")
								+ " announced, length " + value,
						this.maxFrameBytes);
			}
			int least = nothing ? header
					: Math.max(header + Math.max(this.framing.after, this.framing.tail.length), stripped);
			if (length < least) {
				throw new FramingException("impossible frame length " + value + ": it would make a frame of " + length
						+ " bytes, and none has less than " + least);
			}
		}

		private void checkTail(byte[] array, int start, int next) throws FramingException {
			byte[] tail = this.framing.tail;
			int from = next - tail.length;
			int matching = Bytes.matching(array, from, next, tail);
			if (matching < tail.length) {
				throw new FramingException(
						"a frame must end with " + ByteValues.format(tail) + ", but byte " + (from + matching - start)
								+ " of " + (next - start) + " is " + ByteValues.one(array[from + matching]));
			}
		}

	}

}
