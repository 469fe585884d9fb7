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
	DNS,

	/**
	 * Text between STX and ETX, 0x02 and 0x03, and behind these one byte, the LRC. The
	 * payload is the text and that byte.
	 */
	STX_ETX,

	/**
	 * memcached's text protocol, in both directions: lines, and behind {@code set},
	 * {@code add}, {@code replace}, {@code append}, {@code prepend}, {@code cas},
	 * {@code ms}, {@code VALUE} and {@code VA} as many bytes as the line says.
	 */
	MEMCACHED,

	/**
	 * IEC 60870-5-104: 0x68, and a length of one byte. The payload is the whole frame, in
	 * which the length is set when it is sent. What comes before 0x68 is dropped.
	 */
	IEC104,

	/**
	 * DL/T 645: a frame that begins with 0x68, has its length at offset 9, and ends with
	 * a check sum and 0x16. The payload is all of it, and its length is set when it is
	 * sent. 0xFE in front of a frame is ignored, other bytes are dropped.
	 */
	DLT645,

	/**
	 * M-Bus, EN 13757-2: 0xE5, short frames that begin with 0x10, and frames with a
	 * length that begin with 0x68. The payload is the whole frame, which is sent as it
	 * is.
	 */
	M_BUS,

	/**
	 * ONC-RPC over TCP, RFC 5531, section 11: a fragment behind its mark, whose highest
	 * bit says that it is the last. The payload has the mark in front, in which the
	 * length is set when it is sent.
	 */
	ONC_RPC,

	/**
	 * SIP over TCP, RFC 3261, section 18.3: header lines, and as many bytes as
	 * {@code Content-Length} or {@code l} says. Line ends in front of a message are
	 * ignored.
	 */
	SIP,

	/**
	 * RELP, the protocol in which rsyslog repeats what was not acknowledged: a
	 * transaction number, a command, the length of the data, and the data. The payload is
	 * all of it without the length, which is set when it is sent.
	 */
	RELP;

	/** Created when it is first used, since most applications use no preset. */
	private @Nullable Framing framing;

	/**
	 * Returns the type word.
	 * @return the name in lower case, with a hyphen for each underscore
	 */
	public String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
	 * Whether frames have a checksum, whose place is known: its type is then enough to
	 * have it verified and written. Without one it is a part of the payload.
	 * @return the value
	 */
	public boolean hasChecksum() {
		return switch (this) {
			case JT808, FIX, STX_ETX, DLT645, M_BUS -> true;
			default -> false;
		};
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
