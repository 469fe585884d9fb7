package dev.socketserver.engine.input;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.DatagramDrop;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the frames of one session, each of which ends within the datagram in which it
 * has begun. The end of a datagram is the end of its input, as that of a stream is. What
 * is no whole frame is dropped with the rest of its datagram, unless the framing finds a
 * way behind it, and the session goes on. On the loop.
 *
 * <pre>
 * DATAGRAM           FRAMING            DECODED       DROPPED
 * +--------------+
 * | one LF two   |   line               one, two
 * |              |   delimiter LF       one           two: UNFRAMED
 * +--------------+
 * </pre>
 */
public final class DatagramDecoder implements FrameDecoder {

	private final Supplier<FrameDecoder> decoders;

	private final Consumer<DatagramDrop> dropped;

	private final boolean whole;

	private FrameDecoder decoder;

	/** Nothing was decoded of the datagram that has arrived last. */
	private boolean fresh;

	/** Why what is in front of the position was no frame; absent if it was one. */
	private @Nullable DatagramDrop bad;

	/** A frame was refused just now, and the framing goes on behind it. */
	private boolean recovers;

	/** Of the datagram that has arrived last; 0 before the first. */
	private int number;

	/**
	 * Creates the decoder of a session.
	 * @param decoders makes decoders of a stream that know nothing of what was decoded
	 * before
	 * @param decoder decodes a stream
	 * @param whole whether a datagram is a frame
	 * @param dropped is notified of each datagram of which something is dropped
	 */
	public DatagramDecoder(Supplier<FrameDecoder> decoders, FrameDecoder decoder, boolean whole,
			Consumer<DatagramDrop> dropped) {
		this.decoders = decoders;
		this.decoder = decoder;
		this.whole = whole;
		this.dropped = dropped;
	}

	/** A datagram has arrived, and is decoded next. */
	public void begin() {
		this.fresh = true;
		this.bad = null;
		this.number = (this.number == Integer.MAX_VALUE) ? 1 : this.number + 1;
	}

	/**
	 * Returns the number of the datagram that is being decoded.
	 * @return the number, from 1 on; numbers return after all others
	 */
	public int number() {
		return this.number;
	}

	@Override
	public boolean next(FrameInput in) throws FramingException {
		boolean first = this.fresh;
		this.fresh = false;
		if (first && in.remaining() == 0) {
			return empty(in);
		}
		try {
			int before = droppedIn(in);
			if (in.remaining() > 0 && (this.decoder.next(in) || (in.remaining() > 0 && completed(in)))) {
				this.bad = null;
				return true;
			}
			if (this.bad != null || in.remaining() > 0 || droppedIn(in) > before) {
				drop(in, (this.bad != null) ? this.bad : DatagramDrop.UNFRAMED);
			}
			return false;
		}
		catch (FramingException ex) {
			DatagramDrop reason = (ex instanceof FrameTooLargeException) ? DatagramDrop.TOO_LARGE
					: DatagramDrop.UNFRAMED;
			this.recovers = this.decoder.recover(in);
			if (this.recovers) {
				this.bad = reason;
				throw ex;
			}
			drop(in, reason);
			return false;
		}
	}

	/** Whether the framing has found a way behind the frame that was refused just now. */
	@Override
	public boolean recover(FrameInput in) {
		return this.recovers;
	}

	/**
	 * How much the framing has dropped, such as what is in front of a start, of what was
	 * decoded together.
	 */
	private static int droppedIn(FrameInput in) {
		Map<DropReason, Integer> dropped = in.takeDropped();
		if (dropped == null) {
			return 0;
		}
		dropped.forEach(in::dropped);
		return dropped.values().stream().mapToInt(Integer::intValue).sum();
	}

	/** Whether the end of the datagram completes a frame. */
	private boolean completed(FrameInput in) throws FramingException {
		int from = in.position();
		boolean found = this.decoder.last(in);
		if (in.position() == from) {
			return false;
		}
		// It has decoded the end of an input, and knows nothing of another.
		this.decoder = this.decoders.get();
		return found;
	}

	/** A datagram without bytes is an empty payload, unless it was to have a frame. */
	private boolean empty(FrameInput in) {
		if (this.whole) {
			in.frame(in.position(), in.position(), in.position());
		}
		else {
			this.dropped.accept(DatagramDrop.UNFRAMED);
		}
		return this.whole;
	}

	private void drop(FrameInput in, DatagramDrop reason) {
		this.bad = null;
		in.skip(in.limit());
		// It may have been in the midst of a frame.
		this.decoder = this.decoders.get();
		this.dropped.accept(reason);
	}

}
