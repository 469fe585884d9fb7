package dev.socketserver.framing.builder;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.codec.DelimiterFraming;
import dev.socketserver.framing.codec.LineFraming;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.framing.wrapper.RejectingFraming;

/**
 * Describes a {@code line} framing: each line of text is a frame, without its line end.
 * Empty lines are frames, too, and so is a last line that has no line end before the
 * stream ends. A payload that is sent is not searched for line ends, unless there is an
 * {@link #escape}, which must not contain a line end itself, or
 * {@link #rejectEmbedded(boolean) embedded} is {@code reject}.
 */
public final class LineBuilder extends AbstractFramingBuilder<LineBuilder> {

	private LineEnding ending = LineEnding.LF;

	private boolean strict;

	private boolean loneCarriageReturn;

	private boolean rejectEmbedded;

	LineBuilder() {
	}

	/**
	 * {@code ending}: what is sent at the end of a line. Default {@link LineEnding#LF}.
	 * @param ending the ending; {@link LineEnding#NONE} not together with {@link #strict}
	 * @return this builder
	 */
	public LineBuilder ending(LineEnding ending) {
		this.ending = ending;
		return this;
	}

	/**
	 * {@code strict}: whether a received line ends with {@link #ending} only, and all
	 * other bytes are part of the line. Default {@code false}: both LF and CRLF end a
	 * line.
	 * @param strict the value; not together with {@link #loneCarriageReturn}
	 * @return this builder
	 */
	public LineBuilder strict(boolean strict) {
		this.strict = strict;
		return this;
	}

	/**
	 * {@code lone-cr}: whether a CR also ends a line, with or without an LF after it. The
	 * line is handled as soon as the CR has arrived; the LF is looked for in front of the
	 * next line. If another framing takes over after the CR, the LF is its first byte.
	 * Default {@code false}.
	 * @param loneCarriageReturn the value; not together with {@link #strict}
	 * @return this builder
	 */
	public LineBuilder loneCarriageReturn(boolean loneCarriageReturn) {
		this.loneCarriageReturn = loneCarriageReturn;
		return this;
	}

	/**
	 * {@code embedded}: whether a payload to be sent that contains a line end is refused,
	 * after it was escaped: nothing of it is sent, and sending fails with a
	 * {@link dev.socketserver.payload.PayloadException}. Default {@code false}, for
	 * {@code allow}.
	 * @param reject {@code true} for {@code reject}
	 * @return this builder
	 */
	public LineBuilder rejectEmbedded(boolean reject) {
		this.rejectEmbedded = reject;
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
		PlainFraming lines = this.strict ? DelimiterFraming.lines(this.ending)
				: LineFraming.of(this.ending, this.loneCarriageReturn);
		return this.rejectEmbedded ? new RejectingFraming(lines, ends(), false, null) : lines;
	}

	private List<byte[]> ends() {
		return (this.strict || this.loneCarriageReturn) ? ownBytes() : List.of(new byte[] { '\n' });
	}

}
