package dev.socketserver.framing.codec;

import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.bytes.EscapeCodec;
import org.jspecify.annotations.Nullable;

/**
 * Frames between a start and an end.
 *
 * <pre>
 * BEFORE DECODE, start 02, end 03          AFTER DECODE
 * +----+------+----+-----+----+----+      +------+----+
 * | 02 | "ab" | 03 | "x" | 02 | 03 |   →  | "ab" | "" |
 * +----+------+----+-----+----+----+      +------+----+
 * </pre>
 *
 * The {@code x} between two frames is dropped, or closes the session without
 * {@code resync}. With {@code restart}, a start within a frame drops what is in front of
 * it.
 */
public final class StartEndFraming implements PlainFraming {

	/** In front of a start, or in a frame. */
	private static final byte BETWEEN = 0;

	/** The same, but bytes since the last frame were dropped, and are counted. */
	private static final byte IN_GAP = 1;

	/** The end of the last frame, which was dropped, is also the start of the next. */
	private static final byte STARTED = 2;

	private final byte[] start;

	private final byte[] end;

	private final boolean resync;

	private final boolean restart;

	private final boolean same;

	/** Whether what is found as an end may be something else. */
	private final boolean ambiguous;

	/** Where a decoder is behind a frame. */
	private final byte afterFrame;

	/** Finds ends; with {@link #restart} starts too. */
	private final DelimiterSearch ends;

	public StartEndFraming(byte[] start, byte[] end, boolean resync, boolean restart, @Nullable EscapeCodec escape) {
		this.start = start;
		this.end = end;
		this.resync = resync;
		this.restart = restart;
		this.same = Arrays.equals(start, end);
		this.ambiguous = this.same || restart;
		this.afterFrame = (this.same && !resync) ? STARTED : BETWEEN;
		this.ends = new DelimiterSearch(ends(), escape);
	}

	/**
	 * Whether the end of one frame may also be the start of the next, so that the bytes
	 * after it are already in that frame.
	 */
	public static boolean sharesEnds(Framing framing) {
		return WrappedFraming.innermost(framing) instanceof StartEndFraming found && found.same && !found.resync;
	}

	/**
	 * Whether every frame begins with these bytes, but its payload does not contain them.
	 */
	public static boolean putsInFront(Framing framing, byte[] prefix) {
		return WrappedFraming.innermost(framing) instanceof StartEndFraming found
				&& Bytes.startsWith(found.start, prefix);
	}

	@Override
	public String type() {
		return "start-end";
	}

	/** What is in front of a payload. */
	public byte[] start() {
		return this.start;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public List<byte[]> ends() {
		return this.restart ? List.of(this.end, this.start) : List.of(this.end);
	}

	@Override
	public void before(int length, FrameOutput out) {
		out.write(this.start);
	}

	@Override
	public void after(FrameOutput out) {
		out.write(this.end);
	}

	private final class Decoder extends SteppingDecoder {

		private final int maxFrameBytes;

		/**
		 * At how many bytes after the start no end begins, as earlier searches have
		 * found.
		 */
		private int searched;

		/** One field for both, since it is written for each frame. */
		private byte place = BETWEEN;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			if (this.place == STARTED) {
				return end(in, in.position());
			}
			return start(in) && end(in, in.position() + StartEndFraming.this.start.length);
		}

		/** Whether a frame has started at the position, to which it may have to move. */
		private boolean start(FrameInput in) throws FramingException {
			byte[] start = StartEndFraming.this.start;
			int matching = Bytes.matching(in.array(), in.position(), in.limit(), start);
			if (matching == start.length) {
				return true;
			}
			if (matching < in.remaining()) {
				if (!StartEndFraming.this.resync) {
					throw new FramingException("a frame must start with " + ByteValues.format(start) + ", but its byte "
							+ matching + " is " + ByteValues.one(in.array()[in.position() + matching]));
				}
				// Not more than one byte at a time: in a switch framing, the next may
				// begin a frame of another case.
				in.skip(in.position() + 1);
				if (this.place != IN_GAP) {
					this.place = IN_GAP;
					in.dropped(DropReason.SYNC, 1);
				}
			}
			return false;
		}

		private boolean end(FrameInput in, int payload) throws FramingException {
			int found = StartEndFraming.this.ends.find(in.array(), payload + this.searched, in.limit());
			if (found < 0) {
				this.searched = DelimiterSearch.undecided(found) - payload;
				check(this.searched);
				return false;
			}
			this.searched = 0;
			int next = found + StartEndFraming.this.end.length;
			if (StartEndFraming.this.ambiguous && isNoEnd(in, payload, found, next)) {
				return false;
			}
			check(found - payload);
			this.place = StartEndFraming.this.afterFrame;
			in.frame(payload, found, next);
			return true;
		}

		/** Whether what was found is a start, or an end together with a start. */
		private boolean isNoEnd(FrameInput in, int payload, int found, int next) throws FramingException {
			if (StartEndFraming.this.same && found == payload) {
				// This was an end together with the start of the next frame: begin there.
				in.skip((this.place == STARTED) ? next : found);
				return true;
			}
			if (StartEndFraming.this.restart && startsAt(in, found)) {
				check(found - payload);
				in.skip(found);
				in.dropped(DropReason.RESTART, 1);
				return true;
			}
			return false;
		}

		private boolean startsAt(FrameInput in, int index) {
			byte[] start = StartEndFraming.this.start;
			return Bytes.matching(in.array(), index, in.limit(), start) == start.length;
		}

		private void check(int length) throws FramingException {
			if (length > this.maxFrameBytes) {
				throw new FrameTooLargeException("frame without an end after " + this.maxFrameBytes + " bytes",
						this.maxFrameBytes);
			}
		}

	}

}
