package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.bytes.DelimiterSearch;

/**
 * Lines of text with one ending only.
 *
 * <pre>
 * BEFORE DECODE, ending crlf               AFTER DECODE
 * +-----+----+-----+------+-----+         +--------+-----+
 * | "a" | 0A | "b" | 0D0A | "c" |      →  | "a\nb" | "c" |
 * +-----+----+-----+------+-----+         +--------+-----+
 * </pre>
 */
public final class StrictLineFraming implements PlainFraming {

	private final byte[] ending;

	private final DelimiterSearch search;

	public StrictLineFraming(LineEnding ending) {
		this.ending = ending.text().getBytes(StandardCharsets.US_ASCII);
		this.search = new DelimiterSearch(List.of(this.ending), null);
	}

	@Override
	public String type() {
		return "line";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public void after(FrameOutput out) {
		out.write(this.ending);
	}

	private final class Decoder implements FrameDecoder {

		private final int maxFrameBytes;

		/**
		 * At how many bytes from the position on no ending begins, as earlier searches
		 * have found.
		 */
		private int searched;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			int start = in.position();
			int found = StrictLineFraming.this.search.find(in.array(), start + this.searched, in.limit());
			this.searched = ((found < 0) ? DelimiterSearch.undecided(found) : found) - start;
			if (this.searched > this.maxFrameBytes) {
				throw LineFraming.tooLarge(this.maxFrameBytes);
			}
			if (found < 0) {
				return false;
			}
			this.searched = 0;
			in.frame(start, found, found + StrictLineFraming.this.ending.length);
			return true;
		}

		@Override
		public boolean last(FrameInput in) {
			// The beginning of an ending is not part of the line.
			in.frame(in.position(), in.position() + this.searched, in.limit());
			return true;
		}

	}

}
