package dev.socketserver.framing.wrapper;

import java.util.Arrays;

import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameCheck;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of each frame show that the others have arrived as they were sent. They
 * are verified, and are not part of the payload.
 *
 * <pre>
 * BEFORE DECODE, a line, check: the sum        AFTER DECODE
 * +------+----+----+                          +------+
 * | "ab" | C3 | 0A |                       ↔  | "ab" |
 * +------+----+----+                          +------+
 * </pre>
 */
public final class CheckedFraming extends WrappedFraming {

	private final int length;

	private final FrameCheck check;

	private final byte @Nullable [] reply;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one
	 * @param length how many bytes verify a frame
	 * @param check computes them
	 * @param reply what a peer is sent for a frame that is dropped because it is wrong;
	 * {@code null} to refuse such a frame
	 */
	public CheckedFraming(Framing framing, int length, FrameCheck check, byte @Nullable [] reply) {
		super(framing);
		this.length = length;
		this.check = check;
		this.reply = reply;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		int most = (int) Math.min(Integer.MAX_VALUE, (long) maxFrameBytes + this.length);
		return new Decoder(this.framing.decoder(most), maxFrameBytes);
	}

	@Override
	protected boolean encodesAsWrapped() {
		return false;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		byte[] bytes = this.check.of(payload, 0, payload.length);
		if (bytes.length != this.length) {
			throw new IllegalArgumentException(
					"the check returned " + bytes.length + " instead of " + this.length + " bytes");
		}
		this.framing.encode(Bytes.join(payload, bytes), out);
	}

	private boolean matches(byte[] array, int from, int to, int end) {
		return from <= to && Arrays.equals(this.check.of(array, from, to), Arrays.copyOfRange(array, to, end));
	}

	private final class Decoder extends WrappingDecoder {

		Decoder(FrameDecoder decoder, int maxFrameBytes) {
			super(decoder, maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			return find(in) && isRight(in);
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			return this.decoder.last(in) && isRight(in);
		}

		private boolean isRight(FrameInput in) throws FramingException {
			int to = in.frameEnd() - CheckedFraming.this.length;
			if (matches(in.array(), in.frameStart(), to, in.frameEnd())) {
				in.endFrameAt(to);
				return true;
			}
			if (CheckedFraming.this.reply == null) {
				throw new FramingException("the check of a frame is wrong");
			}
			in.reply(CheckedFraming.this.reply);
			in.dropped(DropReason.BAD, 1);
			return false;
		}

	}

}
