package dev.socketserver.framing;

import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * Describes a {@code length-field} framing: a number in a frame says how long it is.
 *
 * <pre>
 * |&lt;------ offset ------>|&lt;-- width -->|                                           |
 * +----------------------+-------------+-----------------------+-------+------------+
 * | bytes in front of it | length      | bytes                 | after | terminator |
 * +----------------------+-------------+-----------------------+-------+------------+
 * |&lt;--------- value + offset + width + adjust --------->|
 *                                              (+ after, and less what the value counts)
 * </pre>
 *
 * The frame has {@code value + offset + width + adjust} bytes, and {@link #after} more if
 * that is set. With every key at its default that is a 4-byte big-endian length in front
 * of that many bytes.
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
	 * {@code offset}: how many bytes of a frame stand in front of the length. Default 0.
	 * @param offset the number
	 * @return this builder
	 */
	public LengthFieldBuilder offset(int offset) {
		this.offset = offset;
		return this;
	}

	/**
	 * {@code width}: how many bytes the length has, 1 to 8; for decimal and hexadecimal
	 * text how many digits, 1 to 10; for a varint at most how many bytes, 1 to 5. Default
	 * 4, and 10 for text that is ended by a {@link #terminator}.
	 * @param width the number
	 * @return this builder
	 */
	public LengthFieldBuilder width(int width) {
		this.width = width;
		return this;
	}

	/**
	 * {@code encoding}: how the length is written. Default {@link LengthEncoding#BINARY}.
	 * @param encoding the value
	 * @return this builder
	 */
	public LengthFieldBuilder encoding(LengthEncoding encoding) {
		this.encoding = encoding;
		return this;
	}

	/**
	 * {@code byte-order}: of a binary length. Default {@link ByteOrder#BIG_ENDIAN}.
	 * @param byteOrder the value
	 * @return this builder
	 */
	public LengthFieldBuilder byteOrder(ByteOrder byteOrder) {
		this.byteOrder = byteOrder;
		return this;
	}

	/**
	 * {@code adjust}: what to add to value, offset and width to get the frame's length.
	 * Negative where the value counts the length field or what is in front of it too,
	 * positive where it does not count all that is behind it. Default 0.
	 * @param adjust the number of bytes
	 * @return this builder
	 */
	public LengthFieldBuilder adjust(int adjust) {
		this.adjust = adjust;
		return this;
	}

	/**
	 * {@code strip}: how many bytes at the start of a frame are not part of the payload.
	 * Default the length field if it is at offset 0, else none.
	 * @param strip the number
	 * @return this builder
	 */
	public LengthFieldBuilder strip(int strip) {
		this.strip = strip;
		return this;
	}

	/**
	 * {@code after}: how many bytes the value does not count belong to the frame, at its
	 * end, such as a check sum. They are part of the payload, in both directions. Default
	 * 0.
	 * @param bytes the number
	 * @return this builder
	 */
	public LengthFieldBuilder after(int bytes) {
		this.after = bytes;
		this.afterBytes = new byte[0];
		return this;
	}

	/**
	 * {@code after}: bytes the value does not count that must stand at the end of a
	 * frame. They are not part of the payload, and sent behind it; with
	 * {@link OnSend#NONE} they are part of it. Default none.
	 * @param bytes the bytes, such as the {@code ,} of a netstring
	 * @return this builder
	 */
	public LengthFieldBuilder after(byte[] bytes) {
		this.after = bytes.length;
		this.afterBytes = bytes.clone();
		return this;
	}

	/**
	 * {@code terminator}: bytes that must end the frame and are within its length, as the
	 * value and {@link #adjust} say. They are not part of the payload, and sent behind
	 * it; with {@link OnSend#NONE} they are part of it. Default none.
	 * <p>
	 * With a decimal or hexadecimal length and no {@link #width} it ends the digits
	 * instead, of which there may be any number: {@code "123 "}. It counts as part of the
	 * length field then.
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
	 * {@code zero}: what a frame means that has nothing behind its length field but
	 * {@code after} and terminator, or whose value is zero. Default
	 * {@link ZeroLength#FRAME}.
	 * @param zero the value
	 * @return this builder
	 */
	public LengthFieldBuilder zero(ZeroLength zero) {
		this.zero = zero;
		return this;
	}

	/**
	 * {@code on-send}: what becomes of the length when a frame is sent. Default
	 * {@link OnSend#PREPEND} at offset 0, else {@link OnSend#PATCH}.
	 * @param onSend the value
	 * @return this builder
	 */
	public LengthFieldBuilder onSend(OnSend onSend) {
		this.onSend = onSend;
		return this;
	}

	@Override
	Framing create() {
		return LengthFieldFraming.INSTANCE;
	}

}
