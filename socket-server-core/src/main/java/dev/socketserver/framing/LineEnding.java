package dev.socketserver.framing;

/**
 * What is sent at the end of a line.
 */
public enum LineEnding {

	/** LF, byte 0x0A. */
	LF("\n"),

	/** CR and LF, bytes 0x0D and 0x0A. */
	CRLF("\r\n"),

	/** Nothing: the handler itself sends the ends of lines. */
	NONE("");

	private final String text;

	LineEnding(String text) {
		this.text = text;
	}

	/**
	 * Returns the ending itself.
	 * @return the characters; empty for {@link #NONE}
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Finds an ending.
	 * @param ending its word in configuration ({@code lf}, {@code crlf}, {@code none}) in
	 * any case, or the ending itself
	 * @return the ending
	 * @throws IllegalArgumentException if there is no such ending
	 */
	public static LineEnding of(String ending) {
		for (LineEnding candidate : values()) {
			if (candidate.name().equalsIgnoreCase(ending) || candidate.text.equals(ending)) {
				return candidate;
			}
		}
		throw new InvalidFramingException("ending", ending, "must be one of lf, crlf, none");
	}

}
