package dev.socketserver.framing.bytes;

import dev.socketserver.framing.ByteValues;

/**
 * The bytes with which a frame begins, some of which may have any value: {@code hex:..03}
 * is any byte, and then 3. Immutable.
 */
public final class Prefix {

	private static final String HEX = "hex:";

	private static final String ANY = "..";

	/** Those of any value are 0. */
	private final byte[] bytes;

	/** Whether a byte may have any value. */
	private final boolean[] any;

	private final boolean exact;

	private Prefix(byte[] bytes, boolean[] any, boolean exact) {
		this.bytes = bytes;
		this.any = any;
		this.exact = exact;
	}

	/**
	 * Creates a prefix whose bytes all have one value.
	 * @param bytes the bytes
	 * @return the prefix
	 */
	public static Prefix of(byte[] bytes) {
		return new Prefix(bytes.clone(), new boolean[bytes.length], true);
	}

	/**
	 * Reads a prefix.
	 * @param text the bytes, as {@link ByteValues} reads them; after {@code hex:} two
	 * dots stand for any byte
	 * @return the prefix
	 * @throws IllegalArgumentException if it cannot be read
	 */
	public static Prefix parse(String text) {
		if (!hasAny(text)) {
			return of(ByteValues.parse(text));
		}
		String pairs = text.substring(HEX.length()).replace(" ", "");
		boolean[] any = new boolean[pairs.length() / 2];
		StringBuilder digits = new StringBuilder(HEX);
		for (int i = 0; i < any.length; i++) {
			String pair = pairs.substring(2 * i, 2 * i + 2);
			any[i] = pair.equals(ANY);
			digits.append(any[i] ? "00" : pair);
		}
		digits.append(pairs.substring(2 * any.length));
		try {
			return new Prefix(ByteValues.parse(digits.toString()), any, false);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"'" + text + "' has something else than pairs of hexadecimal digits or dots after hex:", ex);
		}
	}

	/**
	 * Whether a text stands for bytes of which some may have any value.
	 * @param text the text
	 * @return whether there are dots after {@code hex:}
	 */
	public static boolean hasAny(String text) {
		return text.startsWith(HEX) && text.contains(ANY);
	}

	/** Returns the number of bytes. */
	public int length() {
		return this.bytes.length;
	}

	/** Whether no byte may have any value. */
	public boolean isExact() {
		return this.exact;
	}

	/** Returns the bytes, of which those of any value are 0. */
	public byte[] bytes() {
		return this.bytes;
	}

	/** Whether the first byte may have a value. */
	public boolean mayBeginWith(byte value) {
		return this.any[0] || this.bytes[0] == value;
	}

	/**
	 * Returns how many bytes of the prefix an array has from an index on, up to the first
	 * that differs.
	 */
	public int matching(byte[] array, int index, int limit) {
		if (this.exact) {
			return Bytes.matching(array, index, limit, this.bytes);
		}
		int count = 0;
		int most = Math.min(this.bytes.length, limit - index);
		while (count < most && (this.any[count] || array[index + count] == this.bytes[count])) {
			count++;
		}
		return count;
	}

	/** Whether everything that begins with another prefix begins with this one. */
	public boolean covers(Prefix other) {
		if (other.bytes.length < this.bytes.length) {
			return false;
		}
		for (int i = 0; i < this.bytes.length; i++) {
			if (!this.any[i] && (other.any[i] || this.bytes[i] != other.bytes[i])) {
				return false;
			}
		}
		return true;
	}

	/** As {@link #parse} reads it. */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(HEX);
		for (int i = 0; i < this.bytes.length; i++) {
			text.append(this.any[i] ? ANY : ByteValues.format(this.bytes[i]).substring(HEX.length()));
		}
		return text.toString();
	}

}
