package dev.socketserver.framing.builder;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.codec.HeaderBlockFraming;

/**
 * Describes a {@code header-block} framing: header lines up to an empty line, followed by
 * as many bytes as one of the headers says, or by none if that header is missing. Lines
 * end with LF or CRLF. The payload is the whole block, as it was received.
 * <p>
 * A payload that is a block with the right length is sent as it is. A wrong length is
 * corrected, and a missing one is added. A payload without an empty line is sent as the
 * bytes after the empty line, with a length header in front.
 */
public final class HeaderBlockBuilder extends AbstractFramingBuilder<HeaderBlockBuilder> {

	private String lengthHeader = "Content-Length";

	HeaderBlockBuilder() {
	}

	/**
	 * {@code length-header}: the name of the header that says how many bytes follow the
	 * empty line. It is compared without regard to case. Default {@code Content-Length}.
	 * @param lengthHeader the name
	 * @return this builder
	 */
	public HeaderBlockBuilder lengthHeader(String lengthHeader) {
		this.lengthHeader = lengthHeader;
		return this;
	}

	@Override
	Framing create() {
		boolean name = !this.lengthHeader.isEmpty()
				&& this.lengthHeader.chars().allMatch((value) -> value > ' ' && value < 0x7F && value != ':');
		InvalidFramingException.check(name, "length-header", "'" + this.lengthHeader + "'",
				"must be the name of a header, without a colon");
		return new HeaderBlockFraming(this.lengthHeader);
	}

}
