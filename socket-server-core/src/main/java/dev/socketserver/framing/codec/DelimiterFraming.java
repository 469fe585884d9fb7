package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.bytes.EscapeCodec;
import org.jspecify.annotations.Nullable;

/**
 * Frames that end with one of several delimiters, among them lines of text with one
 * ending only, of which the last needs none.
 *
 * <pre>
 * BEFORE DECODE, delimiters ; and 0D0A     AFTER DECODE
 * +-------+-----+-----+------+------+     +-------+----+-----+
 * | "one" | ";" | ";" | "b"  | 0D0A |  →  | "one" | "" | "b" |
 * +-------+-----+-----+------+------+     +-------+----+-----+
 *
 * BEFORE DECODE, delimiter ; kept          AFTER DECODE
 * +-------+-----+                         +--------+
 * | "one" | ";" |                      ↔  | "one;" |
 * +-------+-----+                         +--------+
 *
 * BEFORE DECODE, lines, ending crlf        AFTER DECODE
 * +-----+----+-----+------+-----+         +--------+-----+
 * | "a" | 0A | "b" | 0D0A | "c" |      →  | "a\nb" | "c" |
 * +-----+----+-----+------+-----+         +--------+-----+
 * </pre>
 */
public final class DelimiterFraming implements PlainFraming {

	private final List<byte[]> delimiters;

	private final boolean keep;

	private final boolean lines;

	private final DelimiterSearch search;

	public DelimiterFraming(List<byte[]> delimiters, boolean keep, @Nullable EscapeCodec escape) {
		this(delimiters, keep, escape, false);
	}

	private DelimiterFraming(List<byte[]> delimiters, boolean keep, @Nullable EscapeCodec escape, boolean lines) {
		this.delimiters = delimiters;
		this.keep = keep;
		this.lines = lines;
		this.search = new DelimiterSearch(delimiters, escape);
	}

	/** Returns a framing of lines with this ending only. */
	public static DelimiterFraming lines(LineEnding ending) {
		return new DelimiterFraming(List.of(ending.text().getBytes(StandardCharsets.US_ASCII)), false, null, true);
	}

	@Override
	public String type() {
		return this.lines ? "line" : "delimiter";
	}

	/** Finds delimiters. */
	public DelimiterSearch search() {
		return this.search;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public List<byte[]> ends() {
		return this.delimiters;
	}

	@Override
	public long shortestBytes() {
		return this.keep ? this.delimiters.stream().mapToInt((delimiter) -> delimiter.length).min().orElse(0) : 0;
	}

	@Override
	public boolean isPlain() {
		return !this.keep;
	}

	@Override
	public void after(FrameOutput out) {
		out.write(this.delimiters.get(0));
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		out.write(payload);
		if (!this.keep || !delimited(payload)) {
			after(out);
		}
	}

	private boolean delimited(byte[] payload) {
		for (byte[] delimiter : this.delimiters) {
			int start = payload.length - delimiter.length;
			if (start >= 0 && Bytes.equal(payload, start, delimiter)) {
				return true;
			}
		}
		return false;
	}

	private final class Decoder implements FrameDecoder {

		private final int maxFrameBytes;

		/**
		 * At how many bytes from the position on no delimiter begins, as earlier searches
		 * have found.
		 */
		private int searched;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			DelimiterSearch search = DelimiterFraming.this.search;
			int start = in.position();
			int found = search.find(in.array(), start + this.searched, in.limit());
			if (found < 0) {
				this.searched = DelimiterSearch.undecided(found) - start;
				check(this.searched);
				return false;
			}
			this.searched = 0;
			int next = found + search.lengthAt(in.array(), found, in.limit());
			int end = DelimiterFraming.this.keep ? next : found;
			check(end - start);
			in.frame(start, end, next);
			return true;
		}

		private void check(int length) throws FramingException {
			if (length > this.maxFrameBytes) {
				throw DelimiterFraming.this.lines ? LineFraming.tooLarge(this.maxFrameBytes)
						: new FrameTooLargeException("frame without a delimiter after " + this.maxFrameBytes + " bytes",
								this.maxFrameBytes);
			}
		}

		@Override
		public boolean last(FrameInput in) {
			if (DelimiterFraming.this.lines) {
				// The beginning of an ending is not part of the line.
				in.frame(in.position(), in.position() + this.searched, in.limit());
			}
			return DelimiterFraming.this.lines;
		}

	}

}
