package dev.socketserver.framing.builder;

import java.util.List;
import java.util.regex.Pattern;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.codec.HeaderBlockFraming;

/**
 * Describes a {@code header-block} framing: header lines up to an empty line, followed by
 * as many bytes as one of the headers says, or by none if that header is missing. Lines
 * end with LF or CRLF. The payload is the whole block, as it was received;
 * {@code limits.frame} counts all of it.
 * <p>
 * With {@link #after}, a received block without a length header ends where these bytes
 * are found first, as in STOMP. They are not part of the payload.
 * <p>
 * A received block is refused if its length is no decimal number of 1 to 18 digits, if
 * there is a blank between the name and the colon (RFC 9112, section 5.1), or if several
 * length headers, of whichever name, differ (RFC 9112, section 6.3).
 * <p>
 * A payload that is a block with the right length is sent as it is. A wrong length is
 * corrected, and a missing one is added. A payload without an empty line is sent as the
 * bytes after the empty line, with a length header and CRLFs in front. Sending throws
 * {@link IllegalArgumentException} for lines that would be refused when they are
 * received, and for a wrong length in several headers.
 */
public final class HeaderBlockBuilder extends AbstractFramingBuilder<HeaderBlockBuilder> {

	/** The characters of a token (RFC 9110, section 5.6.2). */
	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private List<String> lengthHeaders = List.of("Content-Length");

	private byte[] after = {};

	HeaderBlockBuilder() {
	}

	/**
	 * {@code length-header}: the name of the header that says how many bytes follow the
	 * empty line. It is compared without regard to case. Default {@code Content-Length}.
	 * @param lengthHeaders the name, or several where a header has them, as
	 * {@code Content-Length} and {@code l} in SIP: each a token (RFC 9110, section
	 * 5.6.2). A block may have any of them, and the first is added to one that is sent
	 * without
	 * @return this builder
	 */
	public HeaderBlockBuilder lengthHeader(String... lengthHeaders) {
		this.lengthHeaders = List.of(lengthHeaders);
		return this;
	}

	/**
	 * {@code after}: what comes behind a block, and is not part of the payload. Default
	 * none.
	 * @param bytes the bytes, as {@link ByteValues} reads them; may be none
	 * @return this builder
	 */
	public HeaderBlockBuilder after(String bytes) {
		return after(ByteValues.parse(bytes));
	}

	/**
	 * {@code after}: as {@link #after(String)}.
	 * @param bytes the bytes; may be none
	 * @return this builder
	 */
	public HeaderBlockBuilder after(byte... bytes) {
		this.after = bytes.clone();
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(!this.lengthHeaders.isEmpty(), "length-header", "", "needs at least one");
		for (String lengthHeader : this.lengthHeaders) {
			InvalidFramingException.check(TOKEN.matcher(lengthHeader).matches(), "length-header", lengthHeader,
					"must be the name of one header: letters, digits and !#$%&'*+-.^_`|~");
		}
		return new HeaderBlockFraming(this.lengthHeaders, this.after);
	}

}
