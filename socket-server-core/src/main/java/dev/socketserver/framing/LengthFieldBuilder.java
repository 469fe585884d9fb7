package dev.socketserver.framing;

import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * Describes a {@code length-field} framing: a number in each frame says how long the
 * frame is.
 *
 * <pre>
 * |&lt;--- offset ---&gt;|&lt;- width -&gt;|
 * +----------------+-----------+--------------------+-------+
 * | in front       | length    | counted            | after |
 * +----------------+-----------+--------------------+-------+
 * |&lt;---- value + offset + width + adjust ----&gt;|&lt;--- after -&gt;|
 * </pre>
 *
 * A frame has {@code value + offset + width + adjust} bytes, followed by those of
 * {@link #after}, where {@code value} is the number in the length field. With all keys at
 * their defaults, a frame is a 4-byte big-endian length, followed by that many bytes.
 */
public final class LengthFieldBuilder extends FramingBuilder<LengthFieldBuilder> {

	private int offset;

	private @Nullable Integer width;

	private LengthEncoding encoding = LengthEncoding.BINARY;

	private ByteOrder byteOrder = ByteOrder.BIG_ENDIAN;

	private int adjust;

	private @Nullable Integer strip;

	private int after;

	private byte[] afterBytes = {};

	private byte[] terminator = {};

	private ZeroLength zero = ZeroLength.FRAME;

	private @Nullable OnSend onSend;

	LengthFieldBuilder() {
	}

	/**
	 * {@code offset}: how many bytes of a frame come before the length field. Default 0.
	 * @param offset the number
	 * @return this builder
	 */
	public LengthFieldBuilder offset(int offset) {
		this.offset = offset;
		return this;
	}

	/**
	 * {@code width}: how many bytes the length field has, 1 to 8, or at most has as a
	 * varint; for decimal and hexadecimal text the number of digits, 1 to 10. Default 4,
	 * or up to 10 digits for text that is ended by a {@link #terminator}.
	 * @param width the number
	 * @return this builder
	 */
	public LengthFieldBuilder width(int width) {
		this.width = width;
		return this;
	}

	/**
	 * {@code encoding}: how the length is represented. Default
	 * {@link LengthEncoding#BINARY}.
	 * @param encoding the value
	 * @return this builder
	 */
	public LengthFieldBuilder encoding(LengthEncoding encoding) {
		this.encoding = encoding;
		return this;
	}

	/**
	 * {@code byte-order}: the byte order of a binary length. Default
	 * {@link ByteOrder#BIG_ENDIAN}.
	 * @param byteOrder the value
	 * @return this builder
	 */
	public LengthFieldBuilder byteOrder(ByteOrder byteOrder) {
		this.byteOrder = byteOrder;
		return this;
	}

	/**
	 * {@code adjust}: what is added to value, offset and width to get the length of the
	 * frame. Negative if the value also counts the length field, or bytes in front of it;
	 * positive if it does not count all bytes after it. Default 0.
	 * @param adjust the number of bytes
	 * @return this builder
	 */
	public LengthFieldBuilder adjust(int adjust) {
		this.adjust = adjust;
		return this;
	}

	/**
	 * {@code strip}: how many bytes at the start of a frame are not part of the payload.
	 * The default is the length field if it is at offset 0, else none.
	 * @param strip the number
	 * @return this builder
	 */
	public LengthFieldBuilder strip(int strip) {
		this.strip = strip;
		return this;
	}

	/**
	 * {@code after}: the number of bytes at the end of the frame that the value does not
	 * count, such as a check sum. They are part of the payload, in both directions.
	 * Default 0.
	 * @param bytes the number
	 * @return this builder
	 */
	public LengthFieldBuilder after(int bytes) {
		this.after = bytes;
		this.afterBytes = new byte[0];
		return this;
	}

	/**
	 * {@code after}: bytes that must be at the end of every frame, and that the value
	 * does not count. They are not part of the payload, and are added when it is sent.
	 * Only if the payload is the whole frame, with {@link OnSend#NONE} and nothing
	 * stripped, they are part of it. Default none.
	 * @param bytes the bytes, such as the {@code ,} of a netstring
	 * @return this builder
	 */
	public LengthFieldBuilder after(byte[] bytes) {
		this.after = bytes.length;
		this.afterBytes = bytes.clone();
		return this;
	}

	/**
	 * {@code terminator}: bytes that must end every frame, and that are within the length
	 * that value and {@link #adjust} give. They are not part of the payload, and are
	 * added when it is sent. Only if the payload is the whole frame, with
	 * {@link OnSend#NONE} and nothing stripped, they are part of it. Default none.
	 * <p>
	 * With a decimal or hexadecimal length and no {@link #width}, the terminator ends the
	 * digits instead, of which there may be 1 to 10, as in {@code "123 "}. It is then
	 * part of the length field.
	 * @param terminator the bytes, as {@link ByteValues} reads them
	 * @return this builder
	 */
	public LengthFieldBuilder terminator(String terminator) {
		return terminator(ByteValues.parse(terminator));
	}

	/**
	 * {@code terminator}: as {@link #terminator(String)}.
	 * @param terminator the bytes
	 * @return this builder
	 */
	public LengthFieldBuilder terminator(byte[] terminator) {
		this.terminator = terminator.clone();
		return this;
	}

	/**
	 * {@code zero}: what to do with a frame whose value is zero, or that has nothing
	 * after its length field but {@code after} and terminator. Default
	 * {@link ZeroLength#FRAME}.
	 * @param zero the value
	 * @return this builder
	 */
	public LengthFieldBuilder zero(ZeroLength zero) {
		this.zero = zero;
		return this;
	}

	/**
	 * {@code on-send}: how the length is set when a frame is sent. Default
	 * {@link OnSend#PREPEND} with offset 0, else {@link OnSend#PATCH}; but
	 * {@link OnSend#NONE} if {@link #strip} removes more than these could restore.
	 * @param onSend the value
	 * @return this builder
	 */
	public LengthFieldBuilder onSend(OnSend onSend) {
		this.onSend = onSend;
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.offset >= 0, "offset", this.offset, "must not be negative");
		InvalidFramingException.check(this.after >= 0, "after", this.after, "must not be negative");
		InvalidFramingException.check(this.strip == null || this.strip >= 0, "strip", this.strip,
				"must not be negative");
		boolean text = this.encoding == LengthEncoding.DECIMAL || this.encoding == LengthEncoding.HEX;
		InvalidFramingException.check(this.encoding == LengthEncoding.BINARY || this.byteOrder == ByteOrder.BIG_ENDIAN,
				"byte-order", "little", "only a binary length has an order of bytes");
		InvalidFramingException.check(escape() == null || !lengthInPayload(), "escape", "set",
				"the length is part of the payload, and what is escaped cannot be counted: strip it");
		boolean digitsEnd = text && this.width == null && this.terminator.length > 0;
		byte[] tail = digitsEnd ? this.afterBytes : tail();
		LengthCodec codec = codec(digitsEnd);
		OnSend onSend = onSend(digitsEnd);
		if (isDefault(tail, onSend)) {
			return LengthFieldFraming.INSTANCE;
		}
		return new DescribedLengthFraming(codec, this.offset, this.adjust, this.strip, this.after, tail, this.zero,
				onSend);
	}

	private boolean lengthInPayload() {
		return (this.strip != null) ? this.strip <= this.offset : this.offset > 0;
	}

	private byte[] tail() {
		InvalidFramingException.check(this.terminator.length == 0 || this.afterBytes.length == 0, "terminator",
				ByteValues.format(this.terminator), "'after' has bytes that end the frame already");
		return (this.terminator.length > 0) ? this.terminator : this.afterBytes;
	}

	private boolean isDefault(byte[] tail, OnSend onSend) {
		return this.offset == 0 && this.encoding == LengthEncoding.BINARY && width() == Integer.BYTES
				&& this.byteOrder == ByteOrder.BIG_ENDIAN && this.adjust == 0
				&& (this.strip == null || this.strip == Integer.BYTES) && this.after == 0 && tail.length == 0
				&& this.zero == ZeroLength.FRAME && onSend == OnSend.PREPEND;
	}

	private int width() {
		return (this.width != null) ? this.width : 4;
	}

	private LengthCodec codec(boolean digitsEnd) {
		return switch (this.encoding) {
			case BINARY -> new LengthCodec.Binary(widthUpTo(8), this.byteOrder);
			case DECIMAL -> digits(digitsEnd, 10);
			case HEX -> digits(digitsEnd, 16);
			case BCD -> new LengthCodec.Bcd(widthUpTo(8));
			case VARINT -> new LengthCodec.Varint(widthUpTo(8));
		};
	}

	private LengthCodec digits(boolean digitsEnd, int radix) {
		if (digitsEnd) {
			InvalidFramingException.check(Character.digit(this.terminator[0], radix) < 0, "terminator",
					ByteValues.format(this.terminator), "it begins with a digit, which cannot end digits");
			return new LengthCodec.Digits(10, radix, this.terminator);
		}
		return new LengthCodec.Digits(widthUpTo(10), radix, new byte[0]);
	}

	private int widthUpTo(int most) {
		int width = width();
		InvalidFramingException.check(width > 0 && width <= most, "width", width, "must be between 1 and " + most);
		return width;
	}

	private OnSend onSend(boolean digitsEnd) {
		if (this.onSend == null) {
			if (this.offset > 0) {
				return (this.strip == null || this.strip == 0) ? OnSend.PATCH : OnSend.NONE;
			}
			return (restores(digitsEnd)) ? OnSend.PREPEND : OnSend.NONE;
		}
		InvalidFramingException.check(this.onSend != OnSend.PREPEND || this.offset == 0, "on-send", "prepend",
				"the " + this.offset + " bytes in front of the length would be missing: use patch, or none");
		InvalidFramingException.check(this.onSend != OnSend.PREPEND || restores(digitsEnd), "on-send", "prepend",
				"strip takes away more than the length, which would be missing: use none, or another strip");
		InvalidFramingException.check(
				this.onSend != OnSend.PATCH || (this.strip != null && this.strip == 0)
						|| (this.strip == null && this.offset > 0),
				"on-send", "patch", "strip takes the length out of the payload: set strip to 0");
		return this.onSend;
	}

	/**
	 * Whether a payload becomes a whole frame again if a length is put in front of it.
	 */
	private boolean restores(boolean digitsEnd) {
		boolean known = !digitsEnd && this.encoding != LengthEncoding.VARINT;
		return this.strip == null || this.strip <= (known ? width() : 1);
	}

}
