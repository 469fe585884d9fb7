package dev.socketserver.framing.wrapper;

import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.EscapeCodec;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * Escapes the payloads of another framing, and unescapes those that it finds; see
 * {@link Escape}.
 */
public final class EscapedFraming extends WrappedFraming {

	private final EscapeCodec escape;

	/**
	 * The delimiters that are part of the payload, which ends with one of them and where
	 * it is not escaped; empty if delimiters are not part of it.
	 */
	private final List<byte[]> kept;

	/** How many bytes at the end of a payload are behind its end, and not escaped. */
	private final int after;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one
	 * @param escape how payloads are escaped
	 * @param kept the delimiters that are part of payloads
	 * @param after how many bytes at the end of payloads are behind the end of a frame
	 */
	public EscapedFraming(Framing framing, EscapeCodec escape, List<byte[]> kept, int after) {
		super(framing);
		this.escape = escape;
		this.kept = kept;
		this.after = after;
	}

	@Override
	public List<byte[]> ends() {
		return List.of();
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		int escaped = (int) Math.min(Integer.MAX_VALUE, (long) maxFrameBytes * this.escape.longest());
		return new Decoder(this.framing.decoder(escaped), maxFrameBytes);
	}

	@Override
	protected boolean encodesAsWrapped() {
		return false;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(escaped(payload), out);
	}

	private byte[] escaped(byte[] payload) {
		byte[] found = kept(payload, 0, payload.length);
		// Shorter ones are refused by the other framing.
		int end = payload.length - ((found != null) ? found.length : Math.min(this.after, payload.length));
		if (end < payload.length) {
			return Bytes.join(this.escape.escape(Arrays.copyOf(payload, end)),
					Arrays.copyOfRange(payload, end, payload.length));
		}
		byte[] escaped = this.escape.escape(payload);
		// Added also if the payload has none, since the end of what was escaped might
		// look like one.
		return this.kept.isEmpty() ? escaped : Bytes.join(escaped, this.kept.get(0));
	}

	/**
	 * Returns the longest delimiter at the end of a payload, since that is the one that
	 * began first.
	 */
	private byte @Nullable [] kept(byte[] array, int start, int end) {
		byte[] longest = null;
		for (byte[] delimiter : this.kept) {
			if (end - start >= delimiter.length && Bytes.equal(array, end - delimiter.length, delimiter)
					&& (longest == null || delimiter.length > longest.length)) {
				longest = delimiter;
			}
		}
		return longest;
	}

	private final class Decoder extends WrappingDecoder {

		Decoder(FrameDecoder decoder, int maxFrameBytes) {
			super(decoder, maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			boolean found = find(in);
			if (found) {
				unescape(in);
			}
			return found;
		}

		private void unescape(FrameInput in) throws FramingException {
			byte[] kept = EscapedFraming.this.kept(in.array(), in.frameStart(), in.frameEnd());
			int tail = (kept != null) ? kept.length : EscapedFraming.this.after;
			int from = in.frameEnd() - tail;
			int to = EscapedFraming.this.escape.unescape(in.array(), in.frameStart(), from);
			System.arraycopy(in.array(), from, in.array(), to, tail);
			int end = to + tail;
			int length = end - in.frameStart();
			if (length > this.maxFrameBytes) {
				throw new FrameTooLargeException("frame of " + length + " bytes", this.maxFrameBytes);
			}
			in.endFrameAt(end);
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			int before = in.position();
			try {
				if (!this.decoder.last(in)) {
					return false;
				}
				unescape(in);
				return true;
			}
			catch (FrameTooLargeException ex) {
				throw ex;
			}
			catch (FramingException ex) {
				// The stream ended within an escape, so the frame is not complete.
				in.reset(in.array(), before, in.limit());
				return false;
			}
		}

	}

}
