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

	private final LengthLayout layout;

	private final ZeroLength zero;

	private final OnSend onSend;

	private final boolean keepTail;

	public DescribedLengthFraming(LengthLayout layout, ZeroLength zero, OnSend onSend) {
		this.layout = layout;
		this.zero = zero;
		this.onSend = onSend;
		this.keepTail = onSend == OnSend.NONE && layout.strip() == 0;
	}

	@Override
	public String type() {
		return "length-field";
	}

	/** Where the length is in a frame. */
	public LengthLayout layout() {
		return this.layout;
	}

	/** What is done with the length when a payload is sent. */
	public OnSend onSend() {
		return this.onSend;
	}

	/** Whether a payload begins with the length. */
	public boolean beginsWithLength() {
		return this.layout.offset() == 0 && this.layout.lengthInPayload();
	}

	@Override
	public long shortestBytes() {
		int end = this.keepTail ? 0 : this.layout.tail().length;
		return this.layout.shortestBytes(end, this.zero == ZeroLength.FRAME);
	}

	/**
	 * Returns how many bytes the longest payload has that is sent as an empty frame, or
	 * -1 if empty frames are not sent back.
	 */
	public int mostBytesOfEcho() {
		if (this.zero != ZeroLength.ECHO) {
			return -1;
		}
		int uncounted = this.layout.after() + Math.max(0, this.layout.adjust());
		return (this.onSend == OnSend.PREPEND) ? uncounted
				: this.layout.offset() + this.layout.codec().widest() + uncounted + this.layout.tail().length;
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
			out.write(this.layout.codec().write(this.layout.value(length)));
		}
	}

	@Override
	public void after(FrameOutput out) {
		if (this.onSend == OnSend.PREPEND) {
			out.write(this.layout.tail());
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
		LengthCodec codec = this.layout.codec();
		int offset = this.layout.offset();
		int width = -1;
		try {
			if (payload.length > offset) {
				width = codec.width(payload, offset, payload.length);
			}
		}
		catch (FramingException ex) {
			throw new IllegalArgumentException("a payload cannot be sent, its length cannot be set: " + ex.getMessage(),
					ex);
		}
		if (width < 0) {
			throw new IllegalArgumentException("a payload of " + payload.length
					+ " bytes cannot be sent, its length belongs at byte " + offset + " of it");
		}
		int rest = offset + width;
		out.write(payload, 0, offset);
		out.write(codec.write(this.layout.value(payload.length - rest), payload, offset));
		out.write(payload, rest, payload.length - rest);
		out.write(this.layout.tail());
	}

	private final class Decoder extends SteppingDecoder {

		private final int maxFrameBytes;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			LengthLayout layout = DescribedLengthFraming.this.layout;
			byte[] array = in.array();
			int start = in.position();
			if (in.remaining() <= layout.offset()) {
				return false;
			}
			int field = start + layout.offset();
			int width = layout.codec().width(array, field, in.limit());
			if (width < 0) {
				return false;
			}
			long value = layout.codec().read(array, field, width);
			int header = layout.offset() + width;
			long length = layout.frameBytes(value, header);
			boolean nothing = DescribedLengthFraming.this.zero != ZeroLength.FRAME
					&& layout.isEmpty(value, length, header);
			if (nothing) {
				length = Math.max(length, header);
			}
			int strip = layout.stripped(width);
			int end = DescribedLengthFraming.this.keepTail ? 0 : layout.tail().length;
			check(value, length, header, nothing, strip + end);
			if (in.remaining() < length) {
				return false;
			}
			int next = start + (int) length;
			if (!nothing || length >= header + layout.tail().length) {
				checkTail(array, start, next);
			}
			if (nothing) {
				if (DescribedLengthFraming.this.zero == ZeroLength.ECHO) {
					in.reply(start, next);
				}
				in.skip(next);
				return false;
			}
			in.frame(start + strip, next - end, next);
			return true;
		}

		private void check(long value, long length, int header, boolean nothing, int stripped) throws FramingException {
			if (length - stripped > this.maxFrameBytes) {
				throw new FrameTooLargeException(
						"frame of " + ((value < LengthLayout.HUGE) ? length - stripped + " bytes"
								: "more than " + LengthLayout.HUGE + " bytes") + " announced, length " + value,
						this.maxFrameBytes);
			}
			long least = nothing ? header : Math.max(DescribedLengthFraming.this.layout.emptyBytes(header), stripped);
			if (length < least) {
				throw new FramingException("impossible frame length " + value + ": it would make a frame of " + length
						+ " bytes, and none has less than " + least);
			}
		}

		private void checkTail(byte[] array, int start, int next) throws FramingException {
			byte[] tail = DescribedLengthFraming.this.layout.tail();
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
