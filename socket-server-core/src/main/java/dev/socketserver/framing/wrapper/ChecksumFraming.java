package dev.socketserver.framing.wrapper;

import java.util.Arrays;
import java.util.function.Supplier;

import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.OnBad;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.framing.checksum.ChecksumForm;
import dev.socketserver.framing.checksum.ChecksumPlace;
import dev.socketserver.framing.checksum.ChecksumRule;
import dev.socketserver.framing.codec.SteppingDecoder;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * A checksum somewhere in each frame, which is verified and written.
 *
 * <pre>
 * BEFORE DECODE, a line, xor8, hex          AFTER DECODE
 * +------+------+----+                     +------+
 * | "ab" | "03" | 0A |                  ↔  | "ab" |
 * +------+------+----+                     +------+
 *
 * BEFORE DECODE, start 02, end 03, after 1, lrc8      AFTER DECODE
 * +----+------+----+----+                            +------+
 * | 02 | "ab" | 03 | 3A |                         ↔  | "ab" |
 * +----+------+----+----+                            +------+
 * </pre>
 *
 * What is covered is looked at before it is escaped, and after a length was set.
 */
public final class ChecksumFraming extends WrappedFraming {

	private final ChecksumRule rule;

	private final FrameChecksum checksum;

	private final ChecksumForm form;

	private final ChecksumPlace place;

	private final boolean strip;

	private final FrameShape shape;

	/** How many bytes of an end are between the payload and the checksum behind it. */
	private final int end;

	/**
	 * From which byte of a payload on the checksum may be at a fixed distance from its
	 * end and cover what is before it, as most do. Such a frame is verified in a shorter
	 * way. {@link Integer#MAX_VALUE} if this is another place.
	 */
	private final int usualFrom;

	/** Such a checksum covers nothing but the payload, which is sent as it is. */
	private final boolean coversPayload;

	/** Finds a frame within one that is wrong; {@code null} to go on behind that. */
	private final @Nullable Supplier<Recovery> within;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one
	 * @param rule what the checksum is, and what becomes of wrong frames
	 */
	public ChecksumFraming(Framing framing, ChecksumRule rule) {
		this(framing, rule,
				(WrappedFraming.find(framing, EscapedFraming.class) == null) ? Recovery.within(framing) : null);
	}

	private ChecksumFraming(Framing framing, ChecksumRule rule, @Nullable Supplier<Recovery> within) {
		super(framing);
		this.rule = rule;
		this.checksum = rule.checksum();
		this.form = rule.form();
		this.place = rule.place();
		this.strip = rule.strip();
		this.within = within;
		this.shape = new FrameShape(framing);
		this.end = (this.place.at() < 0 && this.place.at() + this.shape.after() >= 0) ? this.shape.end().length : 0;
		Integer from = this.place.from();
		boolean usual = this.place.at() < 0 && this.place.to() == null && this.end == 0
				&& (from == null || (from >= 0 && this.shape.hasFrontBefore()));
		this.coversPayload = usual && from == null && this.shape.isSentAsItIs();
		this.usualFrom = usual ? this.shape.free() : Integer.MAX_VALUE;
	}

	/**
	 * Returns why a checksum cannot have its place in the frames of this framing.
	 * @return the key and the reason; {@code null} if it can
	 */
	public @Nullable Problem problem() {
		int width = this.form.width();
		int front = this.shape.mostInFront();
		int size = this.shape.size();
		if (this.place.at() < 0 && this.place.at() + width > 0) {
			return new Problem("checksum.at", "a checksum of " + width + " bytes would reach behind the payload");
		}
		// With a byte in front to cover, only the place of the checksum itself matters.
		if (!new ChecksumPlace(this.place.at(), 0, null).isPossible(front + 1, size, this.end, width)) {
			return new Problem("checksum.at", "no frame has a place for it there");
		}
		int known = (size >= 0) ? this.place.index(size) : this.place.at();
		if (known >= 0 && !this.shape.isFree(known, width)) {
			return new Problem("checksum.at", "the length of a frame, or its sync, is there");
		}
		int behindEnd = this.place.at() + this.shape.after();
		if (this.place.at() < 0 && behindEnd < 0 && behindEnd + width > 0) {
			return new Problem("checksum.at", "the end of a frame would be within the checksum");
		}
		if (this.end > 0 && !this.shape.hasOneEnd()) {
			return new Problem("checksum.at", "it covers the end of a frame, and there are several delimiters");
		}
		Integer from = this.place.from();
		if (from != null && from < front && this.shape.putsLengthInFront()
				&& WrappedFraming.find(this.framing, EscapedFraming.class) != null) {
			return new Problem("checksum.from", "it covers the length, which counts the checksum as it is escaped");
		}
		if (!this.place.isPossible(front, size, this.end, width)) {
			return new Problem((this.place.to() != null) ? "checksum.to" : "checksum.from",
					"the checksum would cover nothing, or itself, in every frame");
		}
		return null;
	}

	/**
	 * Returns how many bytes of each frame a checksum has that is no part of payloads.
	 * @param framing any framing
	 * @return the number, 0 if there is none
	 */
	public static int stripped(Framing framing) {
		ChecksumFraming found = WrappedFraming.find(framing, ChecksumFraming.class);
		return (found != null && found.strip) ? found.form.width() : 0;
	}

	/**
	 * Returns a framing that goes on behind each wrong frame, as a case of a switch has
	 * to: within it another case may be decided.
	 * @param framing any framing
	 * @return that framing itself if it has no checksum
	 */
	public static Framing goingOnBehind(Framing framing) {
		return (framing instanceof ChecksumFraming found && found.within != null)
				? new ChecksumFraming(found.framing, found.rule, null) : framing;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	protected boolean encodesAsWrapped() {
		return false;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		int at = payload.length + (this.strip ? this.form.width() : 0) + this.place.at();
		if (this.coversPayload && at >= this.usualFrom) {
			byte[] whole = this.strip ? withRoom(payload, at, this.form.width()) : payload.clone();
			this.form.write(this.checksum.of(whole, 0, at), whole, at);
			this.framing.encode(whole, out);
		}
		else {
			encodeAnywhere(payload, out);
		}
	}

	private void encodeAnywhere(byte[] payload, FrameOutput out) {
		int lead = this.shape.lead();
		int added = this.strip ? this.form.width() : 0;
		int length = payload.length + added - lead - this.shape.trail();
		int textLength = length - this.shape.after();
		byte[] front = (lead > 0 || textLength < 0) ? new byte[0] : this.shape.front(textLength);
		int frontLength = (lead > 0) ? lead : front.length;
		if (textLength < 0 || !fits(frontLength, length)) {
			throw new UnframeablePayloadException("a payload of " + payload.length
					+ " bytes cannot be sent, it is too short for its checksum, which belongs at byte "
					+ this.place.at());
		}
		int at = lead + this.place.index(length);
		byte[] whole = (added > 0) ? withRoom(payload, at, added) : payload.clone();
		byte[] covered = this.shape.setsLength() ? this.shape.withLength(whole) : whole;
		int growth = covered.length - whole.length;
		if (growth != 0) {
			// The length is wider or narrower than the one that was there: what it counts
			// is the same, and its width is final.
			int moved = (at > this.shape.lengthAt()) ? at + growth : at;
			encodeAnywhere((added > 0) ? withoutRoom(covered, moved, added) : covered, out);
			return;
		}
		this.form.write(sum(covered, lead, lead + length, frontLength, lead, front), whole, at);
		this.framing.encode(whole, out);
	}

	private static byte[] withRoom(byte[] payload, int at, int added) {
		byte[] whole = Arrays.copyOf(payload, payload.length + added);
		if (at < payload.length) {
			System.arraycopy(payload, at, whole, at + added, payload.length - at);
			Arrays.fill(whole, at, at + added, (byte) 0);
		}
		return whole;
	}

	private static byte[] withoutRoom(byte[] whole, int at, int added) {
		byte[] payload = Arrays.copyOf(whole, whole.length - added);
		System.arraycopy(whole, at + added, payload, at, payload.length - at);
		return payload;
	}

	/** Whether a frame has the place, and is not too short for it. */
	private boolean fits(int front, int length) {
		int width = this.form.width();
		return this.place.fits(front, length, this.end, width) && this.shape.isFree(this.place.index(length), width);
	}

	/**
	 * Computes the checksum of a frame.
	 * @param array has the payload, from start to end
	 * @param frontLength how many bytes were stripped in front of it
	 * @param available how many of these are in the array
	 * @param front all of them, if they are not
	 */
	private long sum(byte[] array, int start, int end, int frontLength, int available, byte[] front) {
		int first = this.place.first(frontLength, end - start, this.end);
		int last = this.place.last(frontLength, end - start, this.end, this.form.width());
		if (this.end == 0 && (available >= frontLength || first >= frontLength)) {
			int frame = start - frontLength;
			return this.checksum.of(array, frame + first, frame + last);
		}
		byte[] whole = assembled(array, start, end, frontLength, available, front);
		return this.checksum.of(whole, first, last);
	}

	/** Puts a frame together of which parts were stripped, with its end in its place. */
	private byte[] assembled(byte[] array, int start, int end, int frontLength, int available, byte[] front) {
		byte[] frame = new byte[frontLength + end - start + this.end];
		System.arraycopy((available >= frontLength) ? array : front,
				(available >= frontLength) ? start - frontLength : 0, frame, 0, frontLength);
		int after = (this.end > 0) ? this.shape.after() : 0;
		int text = end - start - after;
		System.arraycopy(array, start, frame, frontLength, text);
		System.arraycopy(this.shape.end(), 0, frame, frontLength + text, this.end);
		System.arraycopy(array, start + text, frame, frontLength + text + this.end, after);
		return frame;
	}

	/**
	 * Why a checksum cannot have its place.
	 *
	 * @param key the key that says where
	 * @param reason the reason, as a clause
	 */
	public record Problem(String key, String reason) {

	}

	private final class Decoder extends SteppingDecoder {

		/**
		 * For each byte that has come, so many may be looked at again: who sends frames
		 * within frames would otherwise have us do as much as he likes.
		 */
		private static final int AGAIN = 16;

		private final int maxFrameBytes;

		private final long mostCredit;

		private FrameDecoder decoder;

		/** The way to a frame within one that was wrong; {@code null} while none was. */
		private @Nullable Recovery recovery;

		/**
		 * How many bytes may be looked at again, without those for what was seen since.
		 */
		private long credit;

		/** How many bytes have come since a frame was wrong. */
		private long seen;

		/** The frame that was refused last has a wrong checksum. */
		private boolean refused;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
			this.mostCredit = 4L * maxFrameBytes;
			this.credit = this.mostCredit;
			this.decoder = inner();
		}

		private FrameDecoder inner() {
			long most = (long) this.maxFrameBytes + stripped(ChecksumFraming.this);
			return ChecksumFraming.this.framing.decoder((int) Math.min(Integer.MAX_VALUE, most));
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			int before = in.position();
			boolean found = findFrame(in);
			if (ChecksumFraming.this.within != null) {
				this.seen += in.position() - before;
			}
			return found;
		}

		private boolean findFrame(FrameInput in) throws FramingException {
			if (this.recovery != null) {
				if (!this.recovery.complete(in)) {
					return false;
				}
				this.recovery = null;
			}
			this.refused = false;
			if (!SteppingDecoder.step(this.decoder, in, this.maxFrameBytes)) {
				return false;
			}
			if (isRight(in) || passes(in)) {
				return true;
			}
			lookWithin(in);
			return false;
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			this.refused = false;
			return this.recovery == null && this.decoder.last(in) && (isRight(in) || passes(in));
		}

		/** Whether the checksum is right, which is then taken out. */
		private boolean isRight(FrameInput in) throws FramingException {
			byte[] array = in.array();
			int start = in.frameStart();
			int end = in.frameEnd();
			Integer from = ChecksumFraming.this.place.from();
			int first = (from == null) ? start : in.frameFrom() + from;
			int at = end + ChecksumFraming.this.place.at();
			if (at - start < ChecksumFraming.this.usualFrom || first > at) {
				return isRightAnywhere(in, array, start, end);
			}
			return matches(in, array, end, at, ChecksumFraming.this.checksum.of(array, first, at));
		}

		private boolean isRightAnywhere(FrameInput in, byte[] array, int start, int end) throws FramingException {
			int length = end - start;
			int front = ChecksumFraming.this.shape.front(in.frameFrom(), start);
			if (!fits(front, length)) {
				wrong(in, "checksum: expected " + ChecksumFraming.this.form.width()
						+ " bytes of it, was a frame with a payload of " + length);
				return false;
			}
			int available = start - in.frameFrom();
			byte[] missing = (available >= front) ? array : ChecksumFraming.this.shape.front(length);
			long sum = ChecksumFraming.this.sum(array, start, end, front, available, missing);
			return matches(in, array, end, start + ChecksumFraming.this.place.index(length), sum);
		}

		private boolean matches(FrameInput in, byte[] array, int end, int at, long sum) throws FramingException {
			ChecksumForm form = ChecksumFraming.this.form;
			if (!form.matches(sum, array, at)) {
				wrong(in, "checksum: expected " + form.show(sum) + ", was " + form.show(array, at));
				return false;
			}
			if (ChecksumFraming.this.strip) {
				int behind = at + form.width();
				if (behind < end) {
					System.arraycopy(array, behind, array, at, end - behind);
				}
				in.endFrameAt(end - form.width());
			}
			return true;
		}

		private void wrong(FrameInput in, String detail) throws FramingException {
			in.dropped(DropReason.CHECKSUM, 1);
			if (ChecksumFraming.this.rule.onBad() == OnBad.CLOSE || in.refusesWrong()) {
				this.refused = true;
				throw new FramingException(detail);
			}
		}

		private boolean passes(FrameInput in) {
			if (ChecksumFraming.this.rule.onBad() == OnBad.PASS) {
				return true;
			}
			if (ChecksumFraming.this.rule.reply().length > 0) {
				in.reply(ChecksumFraming.this.rule.reply());
			}
			return false;
		}

		/** Goes on within the frame that was found, if one may be there. */
		private void lookWithin(FrameInput in) {
			int from = in.frameFrom();
			int length = in.position() - from;
			if (ChecksumFraming.this.within == null) {
				return;
			}
			this.credit = Math.min(this.mostCredit, this.credit + AGAIN * this.seen);
			this.seen = 0;
			if (this.credit < length) {
				return;
			}
			this.credit -= length;
			restore(in);
			in.reset(in.array(), from, in.limit());
			this.decoder = inner();
			this.recovery = ChecksumFraming.this.within.get();
			if (this.recovery.complete(in)) {
				this.recovery = null;
			}
		}

		/** Puts the bytes behind the end of a frame back to where they were. */
		private void restore(FrameInput in) {
			byte[] end = ChecksumFraming.this.shape.end();
			int after = ChecksumFraming.this.shape.after();
			int text = in.frameEnd() - after;
			if (after > 0) {
				System.arraycopy(in.array(), text, in.array(), text + end.length, after);
				System.arraycopy(end, 0, in.array(), text, end.length);
			}
		}

		@Override
		public boolean recover(FrameInput in) {
			return !this.refused && this.decoder.recover(in);
		}

	}

}
