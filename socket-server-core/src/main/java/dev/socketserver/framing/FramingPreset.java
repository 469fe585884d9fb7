package dev.socketserver.framing;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Framings of well-known protocols, each with its own type word.
 */
public enum FramingPreset {

	/**
	 * RFC 6587, section 3.4: a message begins with its length, which has one to ten
	 * digits and no leading zero, followed by a blank and by the {@code <} of the message
	 * itself. If it begins otherwise, it ends with LF instead. Both kinds may come on one
	 * connection. The payload is the message; empty ones are dropped. Messages that are
	 * sent begin with a length.
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

	/** DNS over TCP, RFC 1035, section 4.2.2: a message after its 2-byte length. */
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
			this.framing = FramingProvider.BUILT_IN.preset(this);
		}
		return this.framing;
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
