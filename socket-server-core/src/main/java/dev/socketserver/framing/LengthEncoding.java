package dev.socketserver.framing;

/**
 * How a length field is written.
 */
public enum LengthEncoding {

	/**
	 * A binary number. Four and eight bytes are signed, as in most languages: what would
	 * be negative is refused as such.
	 */
	BINARY,

	/** Decimal digits in ASCII, with leading zeros. */
	DECIMAL,

	/** Hexadecimal digits in ASCII, with leading zeros; sent in upper case. */
	HEX,

	/** Two decimal digits a byte, the higher in the upper four bits. */
	BCD,

	/**
	 * Seven bits a byte, the lowest first, the top bit set in all bytes but the last:
	 * Protocol Buffers, MQTT.
	 */
	VARINT

}
