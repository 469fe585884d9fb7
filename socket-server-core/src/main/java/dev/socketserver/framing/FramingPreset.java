package dev.socketserver.framing;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Framings of well-known protocols, by a word of their own.
 */
public enum FramingPreset {

	/**
	 * RFC 6587: a message begins with its length in decimal digits and a blank, or, if it
	 * begins with anything but a digit from 1 to 9, ends with LF. Both may come on one
	 * connection. The payload is the message. What is sent has a length.
	 */
	SYSLOG(syslog()),

	/** HL7's MLLP: 0x0B, the message, 0x1C 0x0D. */
	MLLP(named(FramingBuilder.startEnd().start("hex:0b").end("hex:1c0d"), "mllp")),

	/**
	 * Modbus/TCP: a 2-byte length at offset 4. The payload is the whole frame, with its
	 * 7-byte header, in which the length is set when it is sent.
	 */
	MODBUS(named(FramingBuilder.lengthField().offset(4).width(2), "modbus")),

	/**
	 * SMPP: a 4-byte length that counts itself. The payload begins with the command id.
	 */
	SMPP(named(FramingBuilder.lengthField().adjust(-4), "smpp")),

	/** ISO 8583 behind a 2-byte big-endian length that does not count itself. */
	ISO8583(named(FramingBuilder.lengthField().width(2), "iso8583")),

	/** JT/T 808: between two bytes 0x7E, which are escaped within. */
	JT808(named(FramingBuilder.startEnd()
		.start("hex:7e")
		.end("hex:7e")
		.escape(Escape.pairs(Escape.pair("hex:7e", "hex:7d02"), Escape.pair("hex:7d", "hex:7d01"))), "jt808")),

	/** SLIP, RFC 1055: ends with 0xC0, which is escaped within. Empty frames are none. */
	SLIP(named(FramingBuilder.delimiter()
		.delimiters("hex:c0")
		.skip("hex:c0")
		.escape(Escape.pairs(Escape.pair("hex:c0", "hex:dbdc"), Escape.pair("hex:db", "hex:dbdd"))), "slip")),

	/**
	 * FIX: {@code 8=…}, {@code 9=} and the length of the body, {@code 10=} and a check
	 * sum. The payload is the whole message, sent as it is.
	 */
	FIX(new FixFraming()),

	/** Protocol Buffers as {@code writeDelimitedTo} writes them: a varint in front. */
	PROTOBUF(named(FramingBuilder.lengthField().encoding(LengthEncoding.VARINT).width(5), "protobuf")),

	/** DNS over TCP, RFC 1035: a 2-byte length in front. */
	DNS(named(FramingBuilder.lengthField().width(2), "dns"));

	private final Framing framing;

	FramingPreset(Framing framing) {
		this.framing = framing;
	}

	private static Framing named(FramingBuilder<?> builder, String word) {
		return builder.type(word).build();
	}

	private static Framing syslog() {
		Framing counted = FramingBuilder.lengthField().encoding(LengthEncoding.DECIMAL).terminator(" ").build();
		SwitchBuilder builder = FramingBuilder.switching();
		for (int digit = 1; digit <= 9; digit++) {
			builder.when(Integer.toString(digit), counted);
		}
		return named(builder.otherwise(Framing.line()).sending(counted), "syslog");
	}

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
		return this.framing;
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
