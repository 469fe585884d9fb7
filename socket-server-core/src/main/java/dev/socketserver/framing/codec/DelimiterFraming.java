package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.DelimiterSearch;
import dev.socketserver.framing.bytes.EscapeCodec;
import org.jspecify.annotations.Nullable;

/**
 * Frames that end with one of several delimiters.
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
 * </pre>
 */
public final class DelimiterFraming implements PlainFraming {

	private final List<byte[]> delimiters;

	private final boolean keep;

	private final DelimiterSearch search;

	public DelimiterFraming(List<byte[]> delimiters, boolean keep, @Nullable EscapeCodec escape) {
		this.delimiters = delimiters;
		this.keep = keep;
		this.search = new DelimiterSearch(delimiters, escape);
	}

	@Override
	public String type() {
		return "delimiter";
	}

	/** Finds delimiters. */
	public DelimiterSearch search() {
		return this.search;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this, maxFrameBytes);
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

	/** Finds the end of each frame. */
	static class Decoder implements FrameDecoder {

		private final DelimiterFraming framing;

		private final int maxFrameBytes;

		/**
		 * At how many bytes from the position on no delimiter begins, as earlier searches
		 * have found.
		 */
		private int searched;

		Decoder(DelimiterFraming framing, int maxFrameBytes) {
			this.framing = framing;
			this.maxFrameBytes = maxFrameBytes;
		}

		final int searched() {
			return this.searched;
		}

		@Override
		public final boolean next(FrameInput in) throws FramingException {
			DelimiterSearch search = this.framing.search;
			int start = in.position();
			int found = search.find(in.array(), start + this.searched, in.limit());
			if (found < 0) {
				this.searched = DelimiterSearch.undecided(found) - start;
				check(this.searched);
				return false;
			}
			this.searched = 0;
			int next = found + search.lengthAt(in.array(), found, in.limit());
			int end = this.framing.keep ? next : found;
			check(end - start);
			in.frame(start, end, next);
			return true;
		}

		private void check(int length) throws FramingException {
			if (length > this.maxFrameBytes) {
				throw tooLarge(this.maxFrameBytes);
			}
		}

		FramingException tooLarge(int maxFrameBytes) {
			return new FrameTooLargeException("frame without a delimiter after " + maxFrameBytes + " bytes",
					maxFrameBytes);
		}

	}

}
