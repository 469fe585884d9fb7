package dev.socketserver.framing.wrapper;

import java.util.List;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.bytes.EscapeCodec;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * Refuses payloads in which a peer would find the end of a frame before theirs. Frames
 * that are received are those of the wrapped framing.
 */
public final class RejectingFraming extends WrappedFraming {

	private final DelimiterSearch search;

	/** What is sent behind a payload. */
	private final byte[] after;

	/** Whether a payload may end with a delimiter, which is then part of it. */
	private final boolean keep;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one
	 * @param ends what must not be in a payload
	 * @param keep whether delimiters are part of payloads
	 * @param escape protects delimiters in payloads, which were escaped; or {@code null}
	 */
	public RejectingFraming(PlainFraming framing, List<byte[]> ends, boolean keep, @Nullable EscapeCodec escape) {
		super(framing);
		this.search = new DelimiterSearch(ends, escape);
		this.keep = keep;
		CollectedOutput out = new CollectedOutput();
		framing.after(out);
		this.after = out.toByteArray();
	}

	@Override
	protected boolean encodesAsWrapped() {
		// The bytes of a payload are read.
		return false;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		// With what follows: the end of a payload may be the beginning of a delimiter.
		byte[] sent = Bytes.join(payload, this.after);
		int found = this.search.find(sent, 0, sent.length);
		if (found >= 0 && found < payload.length && !endsPayload(payload, sent, found)) {
			throw new UnframeablePayloadException("a payload for framing '" + type() + "' has a delimiter at byte "
					+ found + ", and embedded is reject: nothing of it is sent");
		}
		this.framing.encode(payload, out);
	}

	private boolean endsPayload(byte[] payload, byte[] sent, int found) {
		return this.keep && found + this.search.lengthAt(sent, found, sent.length) == payload.length;
	}

}
