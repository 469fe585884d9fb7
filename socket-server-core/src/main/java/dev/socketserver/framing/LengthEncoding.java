package dev.socketserver.framing;

/**
 * How a length field is written.
 */
public enum LengthEncoding {

	/**
	 * A binary number. With four or eight bytes it is signed, as in most languages, and
	 * negative lengths are refused.
	 */
	BINARY,

	/** Decimal digits in ASCII, with leading zeros. */
	DECIMAL,

	/** Hexadecimal digits in ASCII, with leading zeros; sent in upper case. */
	HEX,

	/** Two decimal digits in each byte, the first in the upper four bits. */
	BCD,

	/**
	 * A varint: seven bits in each byte, the lowest first, with the top bit set in all
	 * bytes but the last, as in Protocol Buffers and MQTT.
	 */
	VARINT

}
