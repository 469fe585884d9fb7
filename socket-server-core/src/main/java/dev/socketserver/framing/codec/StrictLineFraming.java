package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LineEnding;

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

	private final DelimiterFraming lines;

	public StrictLineFraming(LineEnding ending) {
		this.lines = new DelimiterFraming(List.of(ending.text().getBytes(StandardCharsets.US_ASCII)), false, null);
	}

	@Override
	public String type() {
		return "line";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.lines, maxFrameBytes);
	}

	@Override
	public List<byte[]> ends() {
		return this.lines.ends();
	}

	@Override
	public void after(FrameOutput out) {
		this.lines.after(out);
	}

	private static final class Decoder extends DelimiterFraming.Decoder {

		Decoder(DelimiterFraming lines, int maxFrameBytes) {
			super(lines, maxFrameBytes);
		}

		@Override
		public boolean last(FrameInput in) {
			// The beginning of an ending is not part of the line.
			in.frame(in.position(), in.position() + searched(), in.limit());
			return true;
		}

		@Override
		FramingException tooLarge(int maxFrameBytes) {
			return LineFraming.tooLarge(maxFrameBytes);
		}

	}

}
