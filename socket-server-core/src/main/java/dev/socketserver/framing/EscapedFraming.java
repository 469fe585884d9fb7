package dev.socketserver.framing;

/**
 * Undoes the escapes of the payloads that another framing finds, as {@link Escape} draws
 * them.
 */
final class EscapedFraming implements Framing {

	private final Framing framing;

	private final EscapeCodec escape;

	EscapedFraming(Framing framing, EscapeCodec escape) {
		this.framing = framing;
		this.escape = escape;
	}

	@Override
	public String type() {
		return this.framing.type();
	}

	@Override
	public boolean switchable() {
		return this.framing.switchable();
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		int escaped = (int) Math.min(Integer.MAX_VALUE, (long) maxFrameBytes * this.escape.longest());
		return new Decoder(this.framing.decoder(escaped), maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(this.escape.escape(payload), out);
	}

	private final class Decoder extends SteppingDecoder {

		private final FrameDecoder decoder;

		private final int maxFrameBytes;

		Decoder(FrameDecoder decoder, int maxFrameBytes) {
			this.decoder = decoder;
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		boolean step(FrameInput in) throws FramingException {
			boolean found;
			try {
				found = SteppingDecoder.step(this.decoder, in);
			}
			catch (FrameTooLargeException ex) {
				throw ex.withLimit(this.maxFrameBytes);
			}
			if (found) {
				unescape(in);
			}
			return found;
		}

		private void unescape(FrameInput in) throws FramingException {
			int end = EscapedFraming.this.escape.unescape(in.array(), in.frameStart(), in.frameEnd());
			int length = end - in.frameStart();
			if (length > this.maxFrameBytes) {
				throw new FrameTooLargeException("frame of " + length + " bytes", this.maxFrameBytes);
			}
			in.endFrameAt(end);
		}

		@Override
		public boolean last(FrameInput in) {
			try {
				if (!this.decoder.last(in)) {
					return false;
				}
				unescape(in);
				return true;
			}
			catch (FramingException ex) {
				// Cut short in an escape: no whole frame.
				return false;
			}
		}

	}

}
