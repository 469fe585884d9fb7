package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Text that is encoded only when it is written to the buffer of the socket, without an
 * array of its own, since the memory for that array is most of the cost of encoding long
 * text. Only text with as many bytes as characters, so that its length is known before it
 * is encoded. That can be assumed at first and checked before or while it is written:
 * whoever makes the text then need not read it, while it may be in none of the
 * processor's caches.
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
	static final int MOST_BYTES = 16 * 1024;

	/** How many bytes after a text change when it is measured. */
	public static final int TRAILING_BYTES = 2;

	/** Enough to measure any text in: a character has three bytes at most. */
	public static final int SCRATCH_BYTES = 3 * MOST_BYTES + TRAILING_BYTES;

	/** The first version of Java that has memory segments. */
	private static final int FIRST_JAVA = 22;

	private final String text;

	/** Who has assumed the length; absent once it is known. */
	private @Nullable Payloads assumedBy;

	private LongText(String text, @Nullable Payloads assumedBy) {
		this.text = text;
		this.assumedBy = assumedBy;
	}

	/**
	 * Whether this JVM may have what is needed. Only its version is checked, since trying
	 * takes time.
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
		return TextSegments.hasByteEach(text) ? new LongText(text, null) : null;
	}

	/**
	 * Wraps a text without reading it.
	 * @param text the text, for which {@link #fits} is true
	 * @param payloads is notified if the text has other bytes than assumed, and then
	 * encodes it
	 * @return the text, to be {@linkplain #measured(ByteBuffer) measured} before or while
	 * it is written
	 */
	static LongText assumed(String text, Payloads payloads) {
		return new LongText(text, payloads);
	}

	/**
	 * Whether something is a text whose length is only assumed. Such a text belongs to
	 * one thread at a time.
	 * @param payload any payload
	 * @return {@code false} also once a text was measured
	 */
	public static boolean isAssumed(Object payload) {
		return payload instanceof LongText text && text.assumedBy != null;
	}

	/**
	 * Finds out what was assumed.
	 * @return this text, whose length is known from now on, if it has as many bytes as
	 * characters; or else its bytes, in an array that is not changed
	 */
	public Object measured() {
		return (this.assumedBy != null) ? measured(TextSegments.hasByteEach(this.text)) : this;
	}

	/**
	 * Does the same in memory of the caller, and not in that which threads share. If the
	 * length was assumed until now and was right, the memory has the bytes of the text
	 * afterwards.
	 * @param scratch has room, from its position on, for three bytes for each character
	 * and {@value #TRAILING_BYTES} more; the position stays where it is
	 * @return as {@link #measured()} does
	 */
	public Object measured(ByteBuffer scratch) {
		return (this.assumedBy != null) ? measured(TextSegments.hasByteEach(this.text, scratch)) : this;
	}

	private Object measured(boolean asAssumed) {
		Payloads payloads = this.assumedBy;
		if (payloads != null && !asAssumed) {
			return payloads.notAsAssumed(this.text);
		}
		this.assumedBy = null;
		return this;
	}

	/**
	 * Returns how many bytes the text has, or is assumed to have.
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
		return (this.assumedBy != null) ? this.assumedBy.bytes(this.text)
				: this.text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Writes the whole text, whose length is known, if there is room for it and one more
	 * byte.
	 * @param target the buffer, in which the byte after the text may change, too
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
