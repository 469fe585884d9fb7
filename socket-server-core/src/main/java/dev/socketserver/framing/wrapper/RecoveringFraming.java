package dev.socketserver.framing.wrapper;

import java.util.function.Supplier;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.codec.SteppingDecoder;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * Drops a bad frame, and goes on with the next one.
 *
 * <pre>
 * BEFORE DECODE, limit 3                   AFTER DECODE
 * +------+----+--------+----+-----+----+  +------+-----+
 * | "ab" | 0A | "cdef" | 0A | "g" | 0A | →| "ab" | "g" |
 * +------+----+--------+----+-----+----+  +------+-----+
 * </pre>
 */
public final class RecoveringFraming extends WrappedFraming {

	private final Supplier<Recovery> recoveries;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one
	 * @param recoveries how it finds the next frame behind each bad one
	 */
	public RecoveringFraming(Framing framing, Supplier<Recovery> recoveries) {
		super(framing);
		this.recoveries = recoveries;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	private final class Decoder extends SteppingDecoder {

		private final int maxFrameBytes;

		/** A new one behind each bad frame, of which it knows nothing. */
		private FrameDecoder decoder;

		/** The way to the next frame; {@code null} while no frame was bad. */
		private @Nullable Recovery recovery;

		/** Where a frame began that may turn out to be bad. */
		private int begin;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
			this.decoder = RecoveringFraming.this.framing.decoder(maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			if (this.recovery != null) {
				if (!this.recovery.complete(in)) {
					return false;
				}
				this.recovery = null;
			}
			this.begin = in.position();
			return SteppingDecoder.step(this.decoder, in);
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			this.begin = in.position();
			return this.recovery == null && this.decoder.last(in);
		}

		@Override
		public boolean recover(FrameInput in) {
			// What was found as a frame, and was refused for its escapes, is behind
			// already.
			if (in.position() == this.begin) {
				this.recovery = RecoveringFraming.this.recoveries.get();
			}
			this.decoder = RecoveringFraming.this.framing.decoder(this.maxFrameBytes);
			return true;
		}

	}

}
