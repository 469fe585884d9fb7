package dev.socketserver.framing;

import java.nio.ByteOrder;

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
public interface LengthFieldBuilder extends FramingBuilder<LengthFieldBuilder> {

	/**
	 * {@code offset}: how many bytes of a frame come before the length field. Default 0.
	 * @param offset the number
	 * @return this builder
	 */
	LengthFieldBuilder offset(int offset);

	/**
	 * {@code width}: how many bytes the length field has, 1 to 8, or at most has as a
	 * varint; for decimal and hexadecimal text the number of digits, 1 to 10. Default 4,
	 * or up to 10 digits for text that is ended by a {@link #terminator}.
	 * @param width the number
	 * @return this builder
	 */
	LengthFieldBuilder width(int width);

	/**
	 * {@code encoding}: how the length is represented. Default
	 * {@link LengthEncoding#BINARY}.
	 * @param encoding the value
	 * @return this builder
	 */
	LengthFieldBuilder encoding(LengthEncoding encoding);

	/**
	 * {@code byte-order}: the byte order of a binary length. Default
	 * {@link ByteOrder#BIG_ENDIAN}.
	 * @param byteOrder the value
	 * @return this builder
	 */
	LengthFieldBuilder byteOrder(ByteOrder byteOrder);

	/**
	 * {@code mask}: the bits of a binary length field that are the length, from its
	 * lowest one on. The others mean something else: they are not read, stay as they are
	 * with {@link OnSend#PATCH}, and are zero with {@link OnSend#PREPEND}. Default all
	 * bits.
	 * @param mask the bits of the number, the highest byte first, as {@link ByteValues}
	 * reads them, such as {@code hex:7fff}
	 * @return this builder
	 */
	LengthFieldBuilder mask(String mask);

	/**
	 * {@code mask}: as {@link #mask(String)}.
	 * @param mask the bits of the number, the highest byte first
	 * @return this builder
	 */
	LengthFieldBuilder mask(byte[] mask);

	/**
	 * {@code sync}: bytes with which every frame begins. What comes before them is
	 * dropped, and counted as {@link DropReason#SYNC}. They are in front of the length,
	 * and part of the frame. Default none.
	 * @param sync the bytes, as {@link ByteValues} reads them; at most {@link #offset}
	 * many
	 * @return this builder
	 */
	LengthFieldBuilder sync(String sync);

	/**
	 * {@code sync}: as {@link #sync(String)}.
	 * @param sync the bytes
	 * @return this builder
	 */
	LengthFieldBuilder sync(byte[] sync);

	/**
	 * {@code adjust}: what is added to value, offset and width to get the length of the
	 * frame. Negative if the value also counts the length field, or bytes in front of it;
	 * positive if it does not count all bytes after it. Default 0.
	 * @param adjust the number of bytes
	 * @return this builder
	 */
	LengthFieldBuilder adjust(int adjust);

	/**
	 * {@code strip}: how many bytes at the start of a frame are not part of the payload.
	 * The default is the length field if it is at offset 0, else none.
	 * @param strip the number
	 * @return this builder
	 */
	LengthFieldBuilder strip(int strip);

	/**
	 * {@code after}: the number of bytes at the end of the frame that the value does not
	 * count, such as a check sum. They are part of the payload, in both directions.
	 * Default 0.
	 * @param bytes the number
	 * @return this builder
	 */
	LengthFieldBuilder after(int bytes);

	/**
	 * {@code after}: bytes that must be at the end of every frame, and that the value
	 * does not count. They are not part of the payload, and are added when it is sent.
	 * Only if the payload is the whole frame, with {@link OnSend#NONE} and nothing
	 * stripped, they are part of it. Default none.
	 * @param bytes the bytes, such as the {@code ,} of a netstring
	 * @return this builder
	 */
	LengthFieldBuilder after(byte[] bytes);

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
	LengthFieldBuilder terminator(String terminator);

	/**
	 * {@code terminator}: as {@link #terminator(String)}.
	 * @param terminator the bytes
	 * @return this builder
	 */
	LengthFieldBuilder terminator(byte[] terminator);

	/**
	 * {@code zero}: what to do with a frame whose value is zero, or that has nothing
	 * after its length field but {@code after} and terminator. Default
	 * {@link ZeroLength#FRAME}.
	 * @param zero the value
	 * @return this builder
	 */
	LengthFieldBuilder zero(ZeroLength zero);

	/**
	 * {@code on-send}: how the length is set when a frame is sent. Default
	 * {@link OnSend#PREPEND} with offset 0, else {@link OnSend#PATCH}; but
	 * {@link OnSend#NONE} if {@link #strip} removes more than these could restore.
	 * @param onSend the value
	 * @return this builder
	 */
	LengthFieldBuilder onSend(OnSend onSend);

	/**
	 * How a length field is written.
	 */
	public enum LengthEncoding {

		/**
		 * A binary number. With four or eight bytes it is signed, as in most languages,
		 * and negative lengths are refused.
		 */
		BINARY,

		/** Decimal digits in ASCII, with leading zeros. */
		DECIMAL,

		/** Hexadecimal digits in ASCII, with leading zeros; sent in upper case. */
		HEX,

		/** Two decimal digits in each byte, the first in the upper four bits. */
		BCD,

		/**
		 * A varint: seven bits in each byte, the lowest first, with the top bit set in
		 * all bytes but the last, as in Protocol Buffers and MQTT.
		 */
		VARINT

	}

	/**
	 * How the length is set when a frame is sent.
	 */
	public enum OnSend {

		/** The length is put in front of the payload. */
		PREPEND,

		/**
		 * The payload contains the header already; the length in it is overwritten with
		 * the right one.
		 */
		PATCH,

		/** The payload is the whole frame, sent as it is. */
		NONE

	}

	/**
	 * What to do with a frame that has nothing after its length field.
	 */
	public enum ZeroLength {

		/** It is a frame like any other. */
		FRAME,

		/** It is dropped: with it, a peer only shows that it is still there. */
		IGNORE,

		/** It is dropped, and the same bytes are sent back. */
		ECHO

	}

}
