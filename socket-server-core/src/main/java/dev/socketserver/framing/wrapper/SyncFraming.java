package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.codec.WrappedFraming;

/**
 * Every frame begins with the same bytes, and what comes before them is dropped.
 *
 * <pre>
 * BEFORE DECODE, sync b562, size 4         AFTER DECODE
 * +-----+----------+-----+----------+     +----------+----------+
 * | "x" | B5620141 | "y" | B5620242 |  →  | B5620141 | B5620242 |
 * +-----+----------+-----+----------+     +----------+----------+
 * </pre>
 */
public final class SyncFraming extends WrappedFraming {

	private final byte[] sync;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one, of whose frames these bytes are the first
	 * @param sync the bytes, at least one
	 */
	public SyncFraming(Framing framing, byte[] sync) {
		super(framing);
		this.sync = sync;
	}

	/** The bytes with which every frame begins. */
	public byte[] sync() {
		return this.sync;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.framing.decoder(maxFrameBytes), maxFrameBytes);
	}

	private final class Decoder extends WrappingDecoder {

		/** Bytes since the last frame were dropped, and are counted. */
		private boolean inGap;

		Decoder(FrameDecoder decoder, int maxFrameBytes) {
			super(decoder, maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			byte[] sync = SyncFraming.this.sync;
			int matching = Bytes.matching(in.array(), in.position(), in.limit(), sync);
			if (matching == sync.length) {
				this.inGap = false;
				return find(in);
			}
			if (matching < in.remaining()) {
				// Not more than one byte at a time: in a switch framing, the next may
				// begin a frame of another case.
				in.skip(in.position() + 1);
				if (!this.inGap) {
					this.inGap = true;
					in.dropped(DropReason.SYNC, 1);
				}
			}
			return false;
		}

	}

}
