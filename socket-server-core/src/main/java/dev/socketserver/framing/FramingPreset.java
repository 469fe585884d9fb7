package dev.socketserver.framing;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Framings of well-known protocols, each with its own type word.
 */
public enum FramingPreset {

	/**
	 * RFC 6587: a message begins with its length in decimal digits and a blank. If it
	 * begins with anything but a digit from 1 to 9, it ends with LF instead. Both kinds
	 * may come on one connection. The payload is the message. Messages that are sent
	 * begin with a length.
	 */
	SYSLOG,

	/** HL7's MLLP: a message between 0x0B and 0x1C 0x0D. */
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

	/**
	 * ISO 8583: a message after a 2-byte big-endian length that does not count itself.
	 */
	ISO8583,

	/** JT/T 808: a message between two bytes 0x7E, which are escaped within it. */
	JT808,

	/**
	 * SLIP, RFC 1055: a packet ends with 0xC0, which is escaped within it. Empty frames
	 * are ignored.
	 */
	SLIP,

	/**
	 * FIX: a message begins with {@code 8=…}, then {@code 9=} and the length of the body,
	 * and ends with {@code 10=} and a check sum. The payload is the whole message, which
	 * is sent as it is.
	 */
	FIX,

	/**
	 * Protocol Buffers as {@code writeDelimitedTo} writes them: a message after its
	 * length, which is a varint.
	 */
	PROTOBUF,

	/** DNS over TCP, RFC 1035: a message after its 2-byte length. */
	DNS;

	/** Created when it is first used, since most applications use no preset. */
	private @Nullable Framing framing;

	/**
	 * Returns the type word.
	 * @return the name in lower case
	 */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns the framing.
	 * @return the framing, always the same; its {@linkplain Framing#type() type} is the
	 * preset's word
	 */
	public synchronized Framing framing() {
		if (this.framing == null) {
			this.framing = make();
		}
		return this.framing;
	}

	private Framing make() {
		return switch (this) {
			case SYSLOG -> syslog();
			case MLLP -> named(FramingBuilder.startEnd().start("hex:0b").end("hex:1c0d"));
			case MODBUS -> named(FramingBuilder.lengthField().offset(4).width(2));
			case SMPP -> named(FramingBuilder.lengthField().adjust(-4));
			case ISO8583, DNS -> named(FramingBuilder.lengthField().width(2));
			case JT808 -> named(FramingBuilder.startEnd()
				.start("hex:7e")
				.end("hex:7e")
				.escape(Escape.pairs(Escape.pair("hex:7e", "hex:7d02"), Escape.pair("hex:7d", "hex:7d01"))));
			case SLIP -> named(FramingBuilder.delimiter()
				.delimiters("hex:c0")
				.skip("hex:c0")
				.escape(Escape.pairs(Escape.pair("hex:c0", "hex:dbdc"), Escape.pair("hex:db", "hex:dbdd"))));
			case FIX -> new FixFraming();
			case PROTOBUF -> named(FramingBuilder.lengthField().encoding(LengthEncoding.VARINT).width(5));
		};
	}

	private Framing named(FramingBuilder<?> builder) {
		return builder.type(word()).build();
	}

	private Framing syslog() {
		Framing counted = new NonEmptyFraming(
				FramingBuilder.lengthField().encoding(LengthEncoding.DECIMAL).terminator(" ").build());
		SwitchBuilder builder = FramingBuilder.switching();
		for (int digit = 1; digit <= 9; digit++) {
			builder.when(Integer.toString(digit), counted);
		}
		return named(builder.otherwise(Framing.line()).sending(counted));
	}

	/** RFC 6587, section 3.4.1: a length begins with a digit other than 0. */
	private static final class NonEmptyFraming extends WrappedFraming {

		NonEmptyFraming(Framing framing) {
			super(framing);
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			if (payload.length == 0) {
				throw new IllegalArgumentException("an empty payload cannot be sent: no message of syslog is empty");
			}
			super.encode(payload, out);
		}

	}

	/**
	 * Finds a preset.
	 * @param word a type word
	 * @return the preset, or {@code null} if no preset has this word
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
