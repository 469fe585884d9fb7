package dev.socketserver.engine.connection;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.payload.LongText;
import dev.socketserver.payload.Payloads;

/**
 * Bytes on their way out: small pieces are gathered in one array that grows; long
 * payloads stay in the arrays that they were given in, and long text stays text. Used by
 * one thread at a time. Everything is in the heap, so that nothing has to be released,
 * whichever way a write ends.
 */
public final class OutputBytes implements FrameOutput {

	private static final byte[] NOTHING = {};

	private static final Object[] NO_PAYLOADS = {};

	private static final int[] NO_ENDS = {};

	/** Room for what a framing puts around a payload. */
	private static final int FRAMING_BYTES = 16;

	private static final int FIRST_PAYLOADS = 16;

	/** The pieces that were gathered. */
	private byte[] array;

	private int gathered;

	/**
	 * Long payloads, which are not copied: arrays, which are not changed, and
	 * {@link LongText}s.
	 */
	private Object[] payloads = NO_PAYLOADS;

	/** For each long payload, how many gathered bytes precede it. */
	private int[] ends = NO_ENDS;

	private int count;

	/** How many bytes there are, gathered or not; of some texts, it may be assumed. */
	private int size;

	/** How many characters of texts it is assumed of. */
	private int assumed;

	/** The payload that is being encoded. */
	private byte[] encoded = NOTHING;

	/**
	 * Creates an output to which nothing has been written.
	 * @param first what will be encoded first
	 * @param expectedBytes how much will be gathered, probably
	 */
	public OutputBytes(Object first, int expectedBytes) {
		int length = length(first);
		boolean stays = first instanceof LongText || length >= Payloads.LONG_BYTES;
		int least = stays ? FRAMING_BYTES : length + FRAMING_BYTES;
		this.array = new byte[Math.max(least, expectedBytes)];
	}

	/**
	 * Writes a payload as a frame. If that fails, nothing has changed.
	 * @param framing makes the frame
	 * @param payload the payload, as {@link Payloads} gives it
	 */
	public void encode(Framing framing, Object payload) {
		int gatheredBefore = this.gathered;
		int countBefore = this.count;
		int sizeBefore = this.size;
		try {
			if (payload instanceof LongText text) {
				encode(framing, text);
			}
			else {
				encode(framing, (byte[]) payload);
			}
		}
		catch (Throwable ex) {
			// Also checked exceptions: languages other than Java need not declare them.
			this.gathered = gatheredBefore;
			this.count = countBefore;
			this.size = sizeBefore;
			throw ex;
		}
		finally {
			this.encoded = NOTHING;
		}
	}

	private void encode(Framing framing, byte[] payload) {
		this.encoded = payload;
		framing.encode(payload, this);
	}

	private void encode(Framing framing, LongText text) {
		PlainFraming plain = PlainFraming.of(framing);
		if (plain == null) {
			encode(framing, text.bytes());
			return;
		}
		if (plain.needsLength() && text.measured() instanceof byte[] bytes) {
			encode(framing, bytes);
			return;
		}
		plain.before(text.length(), this);
		keep(text);
		plain.after(this);
		if (LongText.isAssumed(text)) {
			this.assumed += text.length();
		}
	}

	/** Whether the length of some text is only assumed. */
	public boolean assumes() {
		return this.assumed > 0;
	}

	/** Returns how many bytes there are at most, as {@link #mostBytes(Object)} does. */
	public long mostBytes() {
		return this.size + 2L * this.assumed;
	}

	/**
	 * Returns how many bytes a payload has at most: a character has three, if its text
	 * has not been measured.
	 */
	public static long mostBytes(Object payload) {
		return (LongText.isAssumed(payload) ? 3L : 1L) * length(payload);
	}

	/**
	 * Checks what is assumed of the lengths of texts, so that the size is right. If there
	 * is no memory for a text that is longer, some of them are still assumed.
	 * @param scratch what the sessions of the loop share
	 */
	public void measure(LoopScratch scratch) {
		for (int i = 0; assumes() && i < this.count; i++) {
			if (this.payloads[i] instanceof LongText text && LongText.isAssumed(text)) {
				measureOne(i, text, scratch.text());
			}
		}
	}

	private Object measureOne(int index, LongText text, ByteBuffer scratch) {
		Object measured = text.measured(scratch);
		this.size = Math.addExact(this.size, length(measured) - text.length());
		this.payloads[index] = measured;
		this.assumed -= text.length();
		return measured;
	}

	/**
	 * Returns how many bytes a payload has, as {@link Payloads} gives it, or is assumed
	 * to have.
	 */
	public static int length(Object payload) {
		return (payload instanceof LongText text) ? text.length() : ((byte[]) payload).length;
	}

	@Override
	public void writeByte(int value) {
		int at = extend(1);
		this.array[at] = (byte) value;
	}

	@Override
	public void writeInt(int value) {
		int at = extend(Integer.BYTES);
		this.array[at] = (byte) (value >> 24);
		this.array[at + 1] = (byte) (value >> 16);
		this.array[at + 2] = (byte) (value >> 8);
		this.array[at + 3] = (byte) value;
	}

	@Override
	public void write(byte[] bytes) {
		if (bytes == this.encoded && bytes.length >= Payloads.LONG_BYTES) {
			keep(bytes);
		}
		else {
			int at = extend(bytes.length);
			System.arraycopy(bytes, 0, this.array, at, bytes.length);
		}
	}

	@Override
	public void write(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		int at = extend(length);
		System.arraycopy(bytes, offset, this.array, at, length);
	}

	/**
	 * Appends what another has. If there is no memory for it, nothing has changed.
	 * @param other the other, which was {@linkplain #measure measured} and stays as it is
	 */
	public void append(OutputBytes other) {
		other.checkMeasured();
		reserve(other.gathered);
		reservePayloads(other.count);
		int from = 0;
		for (int i = 0; i < other.count; i++) {
			write(other.array, from, other.ends[i] - from);
			keep(other.payloads[i]);
			from = other.ends[i];
		}
		write(other.array, from, other.gathered - from);
	}

	private void keep(Object payload) {
		int after = Math.addExact(this.size, length(payload));
		reservePayloads(1);
		this.payloads[this.count] = payload;
		this.ends[this.count] = this.gathered;
		this.count++;
		this.size = after;
	}

	private void reservePayloads(int more) {
		int after = this.count + more;
		if (after > this.payloads.length) {
			int length = Math.max(after, Math.max(FIRST_PAYLOADS, 2 * this.count));
			Object[] longer = Arrays.copyOf(this.payloads, length);
			this.ends = Arrays.copyOf(this.ends, length);
			this.payloads = longer;
		}
	}

	/** Makes room in the array; returns where it begins. */
	private int extend(int more) {
		int after = Math.addExact(this.size, more);
		int before = this.gathered;
		reserve(more);
		this.gathered = before + more;
		this.size = after;
		return before;
	}

	private void reserve(int more) {
		int before = this.gathered;
		int after = Math.addExact(before, more);
		if (after > this.array.length) {
			// Not more than the longest array: how much may be in here is limited
			// elsewhere.
			this.array = Arrays.copyOf(this.array, (int) Math.max(after, Math.min(2L * before, Integer.MAX_VALUE - 8)));
		}
	}

	/**
	 * Gives the memory back, since the bytes are held elsewhere or have left.
	 * {@link #size()} is still known.
	 */
	public void drop() {
		this.array = NOTHING;
		this.gathered = 0;
		this.payloads = NO_PAYLOADS;
		this.ends = NO_ENDS;
		this.count = 0;
	}

	/**
	 * Returns how many bytes were written, or are assumed to have been.
	 * @return the number
	 */
	public int size() {
		return this.size;
	}

	/** Returns how many of them were gathered. */
	public int gathered() {
		return this.gathered;
	}

	/**
	 * Copies bytes that were measured, unless they were {@linkplain #drop() dropped}.
	 * @param from the index of the first
	 * @param target gets as many of them as it has room for; with room for one byte more,
	 * which may change, text at their end needs no array of its own
	 */
	public void copyTo(int from, ByteBuffer target) {
		checkMeasured();
		copy(from, target);
	}

	/**
	 * Measures everything, and copies from the first byte on. If there is room for the
	 * most that texts may turn out to be, those that are as long as assumed are written
	 * only once. If there is no memory for a text that is longer, what the target has is
	 * meaningless.
	 * @param target gets as many bytes as it has room for; bytes after its new position
	 * may change, too
	 * @param scratch what the sessions of the loop share
	 */
	public void measureTo(ByteBuffer target, LoopScratch scratch) {
		if (target.remaining() < mostBytes() + LongText.TRAILING_BYTES) {
			measure(scratch);
		}
		copy(0, target);
	}

	private void copy(int from, ByteBuffer target) {
		int skip = from;
		int start = 0;
		for (int i = 0; i < this.count && target.hasRemaining(); i++) {
			int end = this.ends[i];
			skip = copy(this.array, start, end, skip, target);
			skip = (this.payloads[i] instanceof LongText text && LongText.isAssumed(text))
					? measureInto(i, text, target) : copy(this.payloads[i], skip, target);
			start = end;
		}
		copy(this.array, start, this.gathered, skip, target);
	}

	/** Measures a text where it is to be copied to. */
	private int measureInto(int index, LongText text, ByteBuffer target) {
		Object measured = measureOne(index, text, target);
		if (measured != text) {
			return copy(measured, 0, target);
		}
		target.position(target.position() + text.length());
		return 0;
	}

	private void checkMeasured() {
		if (assumes()) {
			throw new IllegalStateException("How long some text is has only been assumed");
		}
	}

	private static int copy(Object payload, int skip, ByteBuffer target) {
		int length = length(payload);
		if (skip >= length) {
			return skip - length;
		}
		if (!(payload instanceof LongText text)) {
			return copy((byte[]) payload, 0, length, skip, target);
		}
		return (skip == 0 && text.writeTo(target)) ? 0 : copy(text.bytes(), 0, length, skip, target);
	}

	/** Copies without what is to be skipped; returns how much is left to skip. */
	private static int copy(byte[] source, int start, int end, int skip, ByteBuffer target) {
		int first = start + skip;
		if (first >= end) {
			return first - end;
		}
		target.put(source, first, Math.min(end - first, target.remaining()));
		return 0;
	}

	/**
	 * Returns the bytes, which were measured, unless they were {@linkplain #drop()
	 * dropped}.
	 * @return an array that begins with them, and is not to be changed
	 */
	public byte[] array() {
		if (this.count == 0) {
			return this.array;
		}
		// One byte more, for text at the end.
		byte[] whole = new byte[this.size + 1];
		copyTo(0, ByteBuffer.wrap(whole));
		return whole;
	}

}
