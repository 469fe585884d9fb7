package dev.socketserver.framing.wrapper;

import java.util.Arrays;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.codec.DescribedLengthFraming;
import dev.socketserver.framing.codec.FixedFraming;
import dev.socketserver.framing.codec.LengthFieldFraming;
import dev.socketserver.framing.codec.LengthLayout;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * What a framing puts around a payload before that is escaped, as a checksum may cover
 * it.
 */
final class FrameShape {

	private final Framing core;

	private final @Nullable LengthLayout layout;

	private final @Nullable OnSend onSend;

	/** How many bytes are behind the end of a frame. */
	private final int after;

	private final byte[] start;

	private final byte[] end;

	/** Where the length is in a payload; negative if it is not there. */
	private final int lengthAt;

	/** How many bytes of a payload are the sync, which may be stripped. */
	private final int sync;

	FrameShape(Framing framing) {
		this.core = WrappedFraming.innermost(framing);
		DescribedLengthFraming described = (this.core instanceof DescribedLengthFraming found) ? found : null;
		this.layout = (described != null) ? described.layout() : null;
		this.onSend = (described != null) ? described.onSend() : null;
		this.after = AfterEndFraming.of(framing);
		this.start = (this.core instanceof StartEndFraming found) ? found.start() : new byte[0];
		CollectedOutput out = new CollectedOutput();
		if (this.after > 0 && this.core instanceof PlainFraming plain) {
			plain.after(out);
		}
		this.end = out.toByteArray();
		LengthLayout layout = this.layout;
		SyncFraming synced = WrappedFraming.find(framing, SyncFraming.class);
		this.lengthAt = (layout != null && layout.lengthInPayload()) ? layout.offset() - layout.strip() : -1;
		this.sync = (synced != null) ? synced(synced.sync().length, layout) : 0;
	}

	/** How many bytes of a sync are left in a payload. */
	private static int synced(int length, @Nullable LengthLayout layout) {
		if (layout == null) {
			return length;
		}
		return (layout.strip() >= 0) ? Math.max(0, length - layout.strip()) : 0;
	}

	/** Where the length is in a payload; negative if it is not there. */
	int lengthAt() {
		return this.lengthAt;
	}

	/** Whether bytes of a payload are neither its length nor the sync. */
	boolean isFree(int at, int width) {
		LengthLayout layout = this.layout;
		return at >= this.sync && (layout == null || this.lengthAt < 0 || at + width <= this.lengthAt
				|| at >= this.lengthAt + layout.codec().narrowest());
	}

	/** From where on all bytes of a payload are neither its length nor the sync. */
	int free() {
		LengthLayout layout = this.layout;
		return (layout == null || this.lengthAt < 0) ? this.sync
				: Math.max(this.sync, this.lengthAt + layout.codec().narrowest());
	}

	/** Whether what is stripped in front of a payload is always just before it. */
	boolean hasFrontBefore() {
		return this.start.length == 0;
	}

	int after() {
		return this.after;
	}

	/** The end in front of the bytes that are behind it; empty if there are none. */
	byte[] end() {
		return this.end;
	}

	/** Whether the end of a frame is always the same. */
	boolean hasOneEnd() {
		return this.core instanceof StartEndFraming || this.core.ends().size() <= 1;
	}

	/** How many bytes each payload has; -1 if there are any sizes. */
	int size() {
		return (this.core instanceof FixedFraming fixed) ? (int) fixed.shortestBytes() : -1;
	}

	/** How many bytes in front of a payload are stripped at most. */
	int mostInFront() {
		if (this.layout == null) {
			return (this.core instanceof LengthFieldFraming) ? Integer.BYTES : this.start.length;
		}
		return (this.layout.strip() >= 0) ? this.layout.strip() : this.layout.codec().widest();
	}

	/** Whether a length is put in front of payloads after they were escaped. */
	boolean putsLengthInFront() {
		return this.core instanceof LengthFieldFraming || this.onSend == OnSend.PREPEND;
	}

	/** Whether payloads are whole, and nothing in them is set. */
	boolean isSentAsItIs() {
		return !setsLength() && lead() == 0 && trail() == 0;
	}

	/** Whether a length is set within payloads. */
	boolean setsLength() {
		return this.onSend == OnSend.PATCH;
	}

	/**
	 * How many bytes at the start of a payload that is sent as it is are stripped where
	 * it is received.
	 */
	int lead() {
		return (this.onSend == OnSend.NONE) ? mostInFront() : 0;
	}

	/** How many at its end. */
	int trail() {
		return (this.layout != null && this.onSend == OnSend.NONE && this.layout.strip() != 0)
				? this.layout.tail().length : 0;
	}

	/** What is put in front of a payload of so many bytes. */
	byte[] front(int length) {
		if (this.start.length > 0) {
			return this.start;
		}
		CollectedOutput out = new CollectedOutput();
		if (putsLengthInFront() && this.core instanceof PlainFraming plain) {
			plain.before(length, out);
		}
		return out.toByteArray();
	}

	/** How many bytes are in front of a payload that was received. */
	int front(int from, int start) {
		// The end of the frame before may be the start of this one.
		return (this.start.length > 0) ? this.start.length : start - from;
	}

	/** Sets the length within a payload, which may make that longer or shorter. */
	byte[] withLength(byte[] payload) {
		CollectedOutput out = new CollectedOutput();
		this.core.encode(payload, out);
		byte[] frame = out.toByteArray();
		int tail = (this.layout != null) ? this.layout.tail().length : 0;
		return (tail > 0) ? Arrays.copyOf(frame, frame.length - tail) : frame;
	}

}
