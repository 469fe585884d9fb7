package dev.socketserver.repl.terminal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/**
 * A line while it is typed. Bytes are decoded as they are received, so that the last
 * character can be erased at the same cost in any charset and at any length of the line.
 * Bytes that mean nothing become replacement characters. Not safe for use by several
 * threads.
 */
final class TypedLine {

	/** More bytes than a character has in any charset. */
	private static final int MAX_CHARACTER = 16;

	private final CharsetDecoder decoder;

	/** The first bytes of a character of which more are to follow. */
	private final ByteBuffer incomplete = ByteBuffer.allocate(MAX_CHARACTER);

	private final CharBuffer decoded = CharBuffer.allocate(2 * MAX_CHARACTER);

	private final StringBuilder text = new StringBuilder();

	TypedLine(Charset charset) {
		this.decoder = charset.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);
	}

	void append(byte next) {
		this.incomplete.put(next);
		decode(!this.incomplete.hasRemaining());
	}

	/** Erases the last character, which may have several bytes, or be incomplete. */
	void erase() {
		if (this.incomplete.position() > 0) {
			this.incomplete.clear();
		}
		else if (!this.text.isEmpty()) {
			this.text.setLength(this.text.offsetByCodePoints(this.text.length(), -1));
		}
	}

	/** Returns the number of complete characters, in units of UTF-16. */
	int length() {
		return this.text.length();
	}

	boolean isEmpty() {
		return this.text.isEmpty() && this.incomplete.position() == 0;
	}

	/** Ends the line and begins the next one. */
	String end() {
		decode(true);
		String line = this.text.toString();
		clear();
		return line;
	}

	void clear() {
		this.decoder.reset();
		this.incomplete.clear();
		this.text.setLength(0);
		if (this.text.capacity() > 1024) {
			this.text.trimToSize();
		}
	}

	private void decode(boolean last) {
		this.incomplete.flip();
		this.decoder.decode(this.incomplete, this.decoded, last);
		if (last) {
			this.decoder.flush(this.decoded);
			this.decoder.reset();
		}
		this.incomplete.compact();
		this.text.append(this.decoded.flip());
		this.decoded.clear();
	}

}
