package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Text that is encoded only when it is written to the buffer of the socket, without an
 * array of its own, since the memory for that array is most of the cost of encoding long
 * text. Only text with as many bytes as characters, so that its length is known before it
 * is encoded.
 */
public final class LongText {

	/**
	 * Shorter text is cheaper to encode and copy into one array with what leaves together
	 * with it.
	 */
	static final int LEAST_BYTES = 192;

	/**
	 * Longer text leaves in several pieces, and would be encoded again for each of them.
	 */
	private static final int MOST_BYTES = 16 * 1024;

	/** The first version of Java that has memory segments. */
	private static final int FIRST_JAVA = 22;

	private final String text;

	private LongText(String text) {
		this.text = text;
	}

	/**
	 * Whether this JVM may have what is needed. Only its version is looked at, since
	 * trying takes time.
	 */
	static boolean possible() {
		return Runtime.version().feature() >= FIRST_JAVA;
	}

	/** Whether a text is long enough, and not too long. */
	static boolean fits(String text) {
		return text.length() >= LEAST_BYTES && text.length() <= MOST_BYTES;
	}

	/**
	 * Wraps a text.
	 * @param text the text, for which {@link #fits} is true
	 * @return {@code null} if the text has more bytes than characters, or this JVM lacks
	 * what is needed
	 */
	static @Nullable LongText of(String text) {
		return (TextSegments.size(text) == text.length()) ? new LongText(text) : null;
	}

	/**
	 * Returns how many bytes the text has.
	 * @return the number
	 */
	public int length() {
		return this.text.length();
	}

	/**
	 * Returns the bytes of the text.
	 * @return the bytes, in a new array
	 */
	public byte[] bytes() {
		return this.text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Writes the whole text, if there is room for it and one more byte.
	 * @param target the buffer, in which the byte behind the text may change, too
	 * @return whether there was room
	 */
	public boolean writeTo(ByteBuffer target) {
		if (target.remaining() <= length()) {
			return false;
		}
		TextSegments.write(this.text, target);
		target.position(target.position() + length());
		return true;
	}

}
