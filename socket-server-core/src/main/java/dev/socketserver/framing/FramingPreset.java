package dev.socketserver.framing;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Framings of well-known protocols, by a word of their own.
 */
public enum FramingPreset {

	/**
	 * RFC 6587: a message begins with its length in decimal digits and a blank, or, if
	 * with anything but a digit from 1 to 9, ends with LF. Both may come on one
	 * connection. The payload is the message.
	 */
	SYSLOG,

	/** HL7's MLLP: 0x0B, the message, 0x1C 0x0D. */
	MLLP,

	/**
	 * Modbus/TCP: a 2-byte length at offset 4. The payload is the whole frame, with its
	 * 7-byte header, in which the length is set when it is sent.
	 */
	MODBUS,

	/**
	 * SMPP: a 4-byte length that counts itself. The payload begins with the command id.
	 */
	SMPP,

	/** ISO 8583 behind a 2-byte big-endian length that does not count itself. */
	ISO8583,

	/** JT/T 808: between two bytes 0x7E, which are escaped within. */
	JT808,

	/** SLIP, RFC 1055: ends with 0xC0, which is escaped within. Empty frames are none. */
	SLIP,

	/**
	 * FIX: {@code 8=…}, {@code 9=} and the length of the body, {@code 10=} and a check
	 * sum. The payload is the whole message, sent as it is.
	 */
	FIX,

	/** Protocol Buffers as {@code writeDelimitedTo} writes them: a varint in front. */
	PROTOBUF,

	/** DNS over TCP, RFC 1035: a 2-byte length in front. */
	DNS;

	/**
	 * Returns the type word.
	 * @return the name in lower case
	 */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns the framing.
	 * @return the framing; its {@linkplain Framing#type() type} is the preset's word
	 */
	public Framing framing() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Finds a preset.
	 * @param word a type word
	 * @return the preset, or {@code null} if the word is none of theirs
	 */
	public static @Nullable FramingPreset of(String word) {
		for (FramingPreset preset : values()) {
			if (preset.word().equals(word)) {
				return preset;
			}
		}
		return null;
	}

}
