package dev.socketserver.framing;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Describes a {@code line} framing: text lines without their ends. An empty line is a
 * frame, and so is an unterminated last line before the end of the stream.
 */
public final class LineBuilder extends FramingBuilder<LineBuilder> {

	private LineEnding ending = LineEnding.LF;

	private boolean strict;

	private boolean loneCarriageReturn;

	LineBuilder() {
	}

	/**
	 * {@code ending}: what is sent behind a line. Default {@link LineEnding#LF}.
	 * @param ending the ending
	 * @return this builder
	 */
	public LineBuilder ending(LineEnding ending) {
		this.ending = ending;
		return this;
	}

	/**
	 * {@code strict}: whether only {@link #ending} ends a line that is received, so that
	 * the other bytes are part of it. Default {@code false}: LF and CRLF both do.
	 * @param strict the value
	 * @return this builder
	 */
	public LineBuilder strict(boolean strict) {
		this.strict = strict;
		return this;
	}

	/**
	 * {@code lone-cr}: whether a CR ends a line too, with or without an LF behind it. The
	 * line is there as soon as the CR is. Default {@code false}.
	 * @param loneCarriageReturn the value
	 * @return this builder
	 */
	public LineBuilder loneCarriageReturn(boolean loneCarriageReturn) {
		this.loneCarriageReturn = loneCarriageReturn;
		return this;
	}

	@Override
	List<byte[]> ownBytes() {
		return this.strict ? List.of(this.ending.text().getBytes(StandardCharsets.US_ASCII))
				: List.of(new byte[] { '\n' }, new byte[] { '\r' });
	}

	@Override
	Framing create() {
		Escape escape = escape();
		InvalidFramingException.check(escape == null || !escape.sends('\n') && !escape.sends('\r'), "escape", "set",
				"has a line end in it, which would end the line: use another, or type delimiter");
		InvalidFramingException.check(!this.strict || this.ending != LineEnding.NONE, "strict", this.strict,
				"no line would ever end with ending none");
		InvalidFramingException.check(!this.strict || !this.loneCarriageReturn, "lone-cr", this.loneCarriageReturn,
				"strict allows one ending only");
		if (this.strict) {
			return new StrictLineFraming(this.ending);
		}
		if (this.loneCarriageReturn) {
			return new LoneCarriageReturnFraming(this.ending);
		}
		return (this.ending == LineEnding.LF) ? LineFraming.INSTANCE : new LineFraming(this.ending);
	}

}
