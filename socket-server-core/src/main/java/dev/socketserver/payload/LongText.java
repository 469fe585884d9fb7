package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Text on its way out that has not become bytes: it does where it leaves, without an
 * array of its own, whose memory is most of what encoding long text costs. Only text that
 * has as many bytes as characters, so that its length is known before.
 */
public final class LongText {

	/** What is shorter is gathered with what leaves with it for less. */
	static final int LEAST_BYTES = 192;

	/** What is longer leaves in several pieces, for each of which it would be encoded. */
	private static final int MOST_BYTES = 16 * 1024;

	/** The first that has memory segments. */
	private static final int FIRST_JAVA = 22;

	private final String text;

	private LongText(String text) {
		this.text = text;
	}

	/**
	 * Whether this JVM may have a way. That is all it looks at: to find the way takes
	 * time.
	 */
	static boolean possible() {
		return Runtime.version().feature() >= FIRST_JAVA;
	}

	/** Whether text is long enough, and not too long. */
	static boolean fits(String text) {
		return text.length() >= LEAST_BYTES && text.length() <= MOST_BYTES;
	}

	/**
	 * Takes a text.
	 * @param text the text, which {@link #fits}
	 * @return {@code null} if it has other characters, or this JVM has no way
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
	 * @return the bytes, in an array of the caller's
	 */
	public byte[] bytes() {
		return this.text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Writes the whole text, if there is room for one byte more.
	 * @param target the buffer; the byte behind what is written may change too
	 * @return whether there was
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
