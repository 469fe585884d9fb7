package dev.socketserver.autoconfigure;

import java.util.List;

import dev.socketserver.framing.LengthEncoding;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.OnSend;
import dev.socketserver.framing.ZeroLength;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Declares the keys of a framing block, of which the known keys and the configuration
 * metadata are made. Nothing is bound to it: a framing is a word or a block, may contain
 * others, and has bytes that no conversion may trim. {@link FramingBlock} reads the
 * values. (The annotation processor of Spring Boot finds a description by the beginning
 * of a name, so that end has to come before ending.)
 *
 * @param type Type of the framing: line, length-field, delimiter, start-end, fixed,
 * header-block, switch or raw, a preset such as mllp or syslog, or the name of a Framing
 * bean.
 * @param skip Bytes that are ignored before a frame, each for itself.
 * @param escape How bytes of a payload are escaped: a list of from and to, or mark and
 * mask.
 * @param samples Bytes of real frames. Each must be exactly one frame, and its payload
 * the same when it is sent and received again; else the application does not start.
 * @param switchable Whether a handler may change the framing of a session.
 * @param start For start-end: what stands in front of a payload.
 * @param end For start-end: what stands behind a payload.
 * @param resync For start-end: whether bytes between an end and the next start are
 * dropped; otherwise they close the session.
 * @param ending For line: what is sent behind a line.
 * @param strict For line: whether only the configured ending ends a line.
 * @param loneCr For line: whether a CR without an LF ends a line too.
 * @param delimiters For delimiter: what ends a frame. The first ends what is sent.
 * @param keep For delimiter: whether the delimiter is part of the payload.
 * @param offset For length-field: how many bytes stand in front of the length.
 * @param width For length-field: how many bytes, or digits, the length has.
 * @param encoding For length-field: how the length is written.
 * @param byteOrder For length-field: order of the bytes of a binary length.
 * @param adjust For length-field: what to add to value, offset and width to get the
 * length of the frame.
 * @param strip For length-field: how many bytes at the start of a frame are not part of
 * the payload. By default the length at offset 0, else none.
 * @param after For length-field: how many bytes behind those that the length counts
 * belong to the frame, or which bytes.
 * @param terminator For length-field: bytes that must end the frame, within its length.
 * Behind a decimal or hexadecimal length without width, the bytes that end its digits.
 * @param zero For length-field: what becomes of a frame with nothing behind its length.
 * @param onSend For length-field: what becomes of the length when a frame is sent. By
 * default it is put in front of the payload at offset 0, else overwritten in its header.
 * @param size For fixed: how many bytes a frame has.
 * @param lengthHeader For header-block: name of the header that says how many bytes
 * follow.
 * @param cases For switch: list of a prefix and a framing. The first prefix that a frame
 * begins with decides.
 * @param otherwise For switch: framing of frames that begin in another way.
 */
@ConfigurationProperties("socket.server-defaults.framing")
record FramingProperties(@Nullable String type, @Nullable String skip, @Nullable Escape escape,
		@Nullable List<String> samples, @Nullable Boolean switchable, @Nullable String start, @Nullable String end,
		@Nullable Boolean resync, @Nullable LineEnding ending, @Nullable Boolean strict, @Nullable Boolean loneCr,
		@Nullable List<String> delimiters, @Nullable Boolean keep, @Nullable Integer offset, @Nullable Integer width,
		@Nullable LengthEncoding encoding, @Nullable ByteOrder byteOrder, @Nullable Integer adjust,
		@Nullable Integer strip, @Nullable String after, @Nullable String terminator, @Nullable ZeroLength zero,
		@Nullable OnSend onSend, @Nullable Integer size, @Nullable String lengthHeader, @Nullable List<Case> cases,
		@Nullable String otherwise) {

	/** The order of the bytes of a number. */
	enum ByteOrder {

		/** The highest first. */
		BIG,

		/** The lowest first. */
		LITTLE

	}

	/**
	 * How bytes of a payload are escaped, unless it is a list.
	 *
	 * @param mark Byte in front of an escaped one.
	 * @param mask Bits of the escaped byte that are turned over.
	 */
	record Escape(@Nullable String mark, @Nullable String mask) {

	}

	/**
	 * An element of escape, if it is a list.
	 *
	 * @param from Byte of the payload.
	 * @param to Bytes sent in its place.
	 */
	record Pair(@Nullable String from, @Nullable String to) {

	}

	/**
	 * A case of a switch.
	 *
	 * @param prefix What a frame begins with.
	 * @param framing How it is delimited, a word or a block.
	 */
	record Case(@Nullable String prefix, @Nullable String framing) {

	}

}
