package dev.socketserver.framing;

/**
 * Describes a {@code header-block} framing: header lines up to an empty line, then as
 * many bytes as one of the headers says; none if that header is missing. Lines end with
 * LF or CRLF. The payload is the whole block, as it was received.
 * <p>
 * A payload that is a block with the right length is sent as it is. If the length is
 * wrong it is corrected, if it is missing it is added, and a payload without an empty
 * line is sent as the bytes behind the empty line, with a length header in front.
 */
public final class HeaderBlockBuilder extends FramingBuilder<HeaderBlockBuilder> {

	private String lengthHeader = "Content-Length";

	HeaderBlockBuilder() {
	}

	/**
	 * {@code length-header}: the name of the header that says how many bytes follow the
	 * empty line. Upper and lower case are the same. Default {@code Content-Length}.
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
