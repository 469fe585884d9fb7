package dev.socketserver.framing.bytes;

import java.util.BitSet;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Finds the first of several sequences of bytes, except within escapes. Checks each byte
 * at most as often as the longest sequence has bytes. Immutable.
 */
public final class DelimiterSearch {

	private final byte[][] delimiters;

	private final @Nullable EscapeCodec escape;

	/** The first bytes of all delimiters and escapes. */
	private final BitSet first = new BitSet(256);

	/** The only byte in {@link #first}, or negative if there are several. */
	private final int onlyFirst;

	public DelimiterSearch(List<byte[]> delimiters, @Nullable EscapeCodec escape) {
		this.delimiters = delimiters.toArray(new byte[0][]);
		this.escape = escape;
		for (byte[] delimiter : delimiters) {
			this.first.set(delimiter[0] & 0xFF);
		}
		if (escape != null) {
			for (int value = 0; value < 256; value++) {
				if (escape.protectsFrom(value)) {
					this.first.set(value);
				}
			}
		}
		this.onlyFirst = (this.first.cardinality() == 1) ? this.first.nextSetBit(0) : -1;
	}

	/**
	 * Finds a delimiter.
	 * @param from where to begin: at the start of a payload, or where an earlier search
	 * ended
	 * @return the index at which it begins, or the {@linkplain #undecided(int)
	 * complement} of the first at which one may still begin
	 */
	public int find(byte[] array, int from, int limit) {
		for (int index = from; index < limit; index++) {
			if (this.onlyFirst >= 0) {
				index = ByteSearch.find(array, index, limit, (byte) this.onlyFirst);
				if (index < 0) {
					break;
				}
			}
			else if (!this.first.get(array[index] & 0xFF)) {
				continue;
			}
			int escaped = escaped(array, index, limit);
			if (escaped > 0) {
				index += escaped - 1;
				continue;
			}
			boolean undecided = escaped < 0;
			for (byte[] delimiter : this.delimiters) {
				int matching = Bytes.matching(array, index, limit, delimiter);
				if (matching == delimiter.length) {
					return index;
				}
				undecided |= matching == limit - index;
			}
			if (undecided) {
				return ~index;
			}
		}
		return ~limit;
	}

	private int escaped(byte[] array, int index, int limit) {
		return (this.escape != null && this.escape.protectsFrom(array[index] & 0xFF))
				? this.escape.protectedLength(array, index, limit) : 0;
	}

	/**
	 * Returns the first index at which a delimiter may still begin, from the result of a
	 * search that found none.
	 */
	public static int undecided(int notFound) {
		return ~notFound;
	}

	/** Returns the length of the delimiter that was found at an index. */
	public int lengthAt(byte[] array, int index, int limit) {
		for (byte[] delimiter : this.delimiters) {
			if (Bytes.matching(array, index, limit, delimiter) == delimiter.length) {
				return delimiter.length;
			}
		}
		throw new IllegalArgumentException("No delimiter at " + index);
	}

}
