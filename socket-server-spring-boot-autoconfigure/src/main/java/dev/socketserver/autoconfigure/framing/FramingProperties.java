package dev.socketserver.autoconfigure.framing;

import java.util.List;

import dev.socketserver.autoconfigure.properties.StrictKeys;
import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The keys of a framing block, of which the known keys and the configuration metadata are
 * made, too: those that all types have, those of one type, or of several. Bytes are texts
 * here, which are read as they are written. (The annotation processor of Spring Boot
 * finds a description by the beginning of a name, so that end has to come before ending.)
 */
@StrictKeys(value = {}, blank = true)
public sealed interface FramingProperties {

	/** The block that the metadata describes. */
	String BLOCK = "socket.server-defaults.framing";

	/**
	 * Keys of all types.
	 *
	 * @param type Type of the framing: line, length-field, delimiter, start-end, fixed,
	 * header-block, counted, switch or raw, a preset such as mllp or syslog, or the name
	 * of a Framing bean.
	 * @param skip Bytes that are ignored in front of a frame, in any order and number.
	 * @param escape How bytes of a payload are escaped: a list of from and to, or mark
	 * and mask.
	 * @param samples Samples of real frames. Each must be exactly one frame whose payload
	 * is the same when it is sent and received again, or the application does not start.
	 * @param switchable Whether a handler may change the framing of a session.
	 * @param onBad What becomes of a session that has received a frame which is
	 * impossible or too long. To skip it is possible with line, delimiter, start-end, fix
	 * and sync.
	 */
	@ConfigurationProperties(BLOCK)
	record Common(@Nullable String type, @Nullable String skip, @Nullable Escape escape, @Nullable List<String> samples,
			@Nullable Boolean switchable, @Nullable OnBad onBad) implements FramingProperties {

	}

	/**
	 * Keys of line and counted.
	 *
	 * @param ending For line and counted: what is sent at the end of a line. For counted
	 * also what ends a line that is received, by default crlf.
	 */
	@ConfigurationProperties(BLOCK)
	record Ended(@Nullable String ending) implements FramingProperties {

	}

	/**
	 * Keys of line.
	 *
	 * @param strict For line: whether only the configured ending ends a line.
	 * @param loneCr For line: whether a CR without an LF ends a line too.
	 */
	@ConfigurationProperties(BLOCK)
	record Line(@Nullable Boolean strict, @Nullable Boolean loneCr) implements FramingProperties {

	}

	/**
	 * Keys of length-field.
	 *
	 * @param offset For length-field: number of bytes in front of the length.
	 * @param width For length-field: number of bytes, or digits, of the length.
	 * @param encoding For length-field: how the length is written.
	 * @param byteOrder For length-field: order of the bytes of a binary length.
	 * @param mask For length-field: bits of a binary length field that are the length. By
	 * default, all of them.
	 * @param adjust For length-field: number to add to the value, offset and width to get
	 * the length of the frame.
	 * @param strip For length-field: number of bytes at the start of a frame that are not
	 * part of the payload. By default, those of the length if its offset is 0, otherwise
	 * none.
	 * @param terminator For length-field: bytes with which the frame must end, within its
	 * length. For a decimal or hexadecimal length without a width, the bytes that end its
	 * digits.
	 * @param zero For length-field: what to do with a frame that has nothing after its
	 * length.
	 * @param onSend For length-field: what to do with the length when a frame is sent. By
	 * default, it is put in front of the payload if its offset is 0, otherwise it is
	 * overwritten in the header.
	 */
	@ConfigurationProperties(BLOCK)
	record LengthField(@Nullable Integer offset, @Nullable Integer width, @Nullable LengthEncoding encoding,
			@Nullable ByteOrder byteOrder, @Nullable String mask, @Nullable Integer adjust, @Nullable Integer strip,
			@Nullable String terminator, @Nullable ZeroLength zero,
			@Nullable OnSend onSend) implements FramingProperties {

	}

	/**
	 * Keys of delimiter.
	 *
	 * @param delimiters For delimiter: delimiters, each of which ends a frame. The first
	 * one ends the frames that are sent.
	 * @param keep For delimiter: whether the delimiter is part of the payload.
	 */
	@ConfigurationProperties(BLOCK)
	record Delimiter(@Nullable List<String> delimiters, @Nullable Boolean keep) implements FramingProperties {

	}

	/**
	 * Keys of start-end.
	 *
	 * @param start For start-end: bytes in front of a payload.
	 * @param end For start-end: bytes after a payload.
	 * @param resync For start-end: whether to drop bytes between an end and the next
	 * start; otherwise they close the session.
	 * @param restart For start-end: whether a start within a frame begins a new one.
	 */
	@ConfigurationProperties(BLOCK)
	record StartEnd(@Nullable String start, @Nullable String end, @Nullable Boolean resync,
			@Nullable Boolean restart) implements FramingProperties {

	}

	/**
	 * Keys of line, delimiter and start-end.
	 *
	 * @param embedded For line, delimiter and start-end: what to do with a payload to be
	 * sent that contains a delimiter.
	 */
	@ConfigurationProperties(BLOCK)
	record Delimited(@Nullable Embedded embedded) implements FramingProperties {

	}

	/**
	 * Keys of length-field, delimiter, start-end, header-block and counted.
	 *
	 * @param after For length-field, delimiter and start-end: number of bytes of the
	 * frame that follow those which the length counts, or that follow its end. For
	 * length-field also these bytes themselves; for header-block and counted only these.
	 */
	@ConfigurationProperties(BLOCK)
	record After(@Nullable String after) implements FramingProperties {

	}

	/**
	 * Keys of length-field and fixed.
	 *
	 * @param sync For length-field and fixed: bytes with which each frame begins. What
	 * comes before them is dropped.
	 */
	@ConfigurationProperties(BLOCK)
	record Sync(@Nullable String sync) implements FramingProperties {

	}

	/**
	 * Keys of line, delimiter, start-end, length-field, fixed, and presets with a
	 * checksum.
	 *
	 * @param checksum Checksum of each frame, which is verified and written.
	 */
	@ConfigurationProperties(BLOCK)
	record Checked(@Nullable Checksum checksum) implements FramingProperties {

	}

	/**
	 * Keys of fixed.
	 *
	 * @param size For fixed: number of bytes of a frame.
	 */
	@ConfigurationProperties(BLOCK)
	record Fixed(@Nullable Integer size) implements FramingProperties {

	}

	/**
	 * Keys of header-block.
	 *
	 * @param lengthHeader For header-block: name of the header with the number of bytes
	 * that follow the headers, or several names that it has.
	 */
	@ConfigurationProperties(BLOCK)
	record HeaderBlock(@Nullable List<String> lengthHeader) implements FramingProperties {

	}

	/**
	 * Keys of counted.
	 *
	 * @param word For counted: which word of a line says how many bytes follow, 0 for the
	 * first, -1 for the last.
	 * @param when For counted: first words of the lines that are followed by bytes. By
	 * default, all lines are.
	 * @param ignoreCase For counted: whether the case of these words does not matter.
	 */
	@ConfigurationProperties(BLOCK)
	record Counted(@Nullable Integer word, @Nullable List<String> when,
			@Nullable Boolean ignoreCase) implements FramingProperties {

	}

	/**
	 * Keys of switch.
	 *
	 * @param cases For switch: list of cases, each with a prefix and a framing. The first
	 * case whose prefix a frame begins with decides.
	 * @param otherwise For switch: framing of frames that begin with none of the
	 * prefixes, or refuse, or drop.
	 */
	@ConfigurationProperties(BLOCK)
	record Switch(@Nullable List<Case> cases, @Nullable String otherwise) implements FramingProperties {

	}

	/** What happens to a payload to be sent that contains a delimiter. */
	enum Embedded {

		/** It is sent as it is. */
		ALLOW,

		/** It is refused, and nothing of it is sent. */
		REJECT

	}

	/**
	 * The checksum of a frame.
	 *
	 * @param type Which checksum frames have, such as crc16-modbus, or the name of a
	 * FrameChecksum bean.
	 * @param form How it is written.
	 * @param byteOrder Order of the bytes of its binary form.
	 * @param at Position of its first byte in the payload, negative from the end. By
	 * default, it is the last bytes.
	 * @param from Position in the frame of the first byte that it covers, negative from
	 * the end. By default, where the payload begins.
	 * @param to Position in the frame after the last byte that it covers, negative from
	 * the end. By default, where the checksum is.
	 * @param strip Whether the handler neither sees nor sends it.
	 * @param onBad What becomes of a frame whose checksum is wrong.
	 * @param reply Bytes sent for a frame that is skipped because its checksum is wrong.
	 */
	record Checksum(@Nullable String type, FrameChecksum.@Nullable Form form, @Nullable ByteOrder byteOrder,
			@Nullable Integer at, @Nullable Integer from, @Nullable Integer to, @Nullable Boolean strip,
			FrameChecksum.@Nullable OnBad onBad, @Nullable String reply) {

	}

	/** The order of the bytes of a number. */
	enum ByteOrder {

		/** The highest first. */
		BIG,

		/** The lowest first. */
		LITTLE;

		java.nio.ByteOrder javaOrder() {
			return (this == LITTLE) ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN;
		}

	}

	/**
	 * How bytes of a payload are escaped, unless it is a list.
	 *
	 * @param mark Byte in front of an escaped byte.
	 * @param mask Bits of the escaped byte that are inverted.
	 */
	record Escape(@Nullable String mark, @Nullable String mask) {

		/** Takes an empty mask as if it were not there. */
		public Escape {
			mask = Written.orNone(mask);
		}

	}

	/**
	 * The key escape, if it is a list.
	 *
	 * @param escape the elements
	 */
	@StrictKeys(value = {}, blank = true)
	record EscapeList(@Nullable List<Pair> escape) {

	}

	/**
	 * An element of escape, if it is a list.
	 *
	 * @param from Byte of the payload.
	 * @param to Bytes to send in its place.
	 */
	record Pair(@Nullable String from, @Nullable String to) {

	}

	/**
	 * A case of a switch.
	 *
	 * @param prefix What a frame begins with; two dots after hex: are any byte.
	 * @param framing How it is delimited, a word or a block, or refuse, or drop.
	 */
	record Case(@Nullable String prefix, @Nullable String framing) {

	}

}
