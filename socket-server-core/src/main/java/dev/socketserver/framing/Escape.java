package dev.socketserver.framing;

import java.util.Arrays;
import java.util.List;

/**
 * An escape: how a framing sends those bytes of a payload that would otherwise have a
 * meaning for it, such as a start, an end or the mark of an escape. Immutable.
 * <p>
 * With a <em>mark</em>, the mark itself, and every byte that is part of a start, end or
 * delimiter of the framing, is sent as two bytes: the mark, and the byte with the bits of
 * the mask inverted. In any byte that is received after a mark, these bits are inverted
 * back. HDLC and PPP have mark {@code 0x7d} and mask {@code 0x20}. With mask 0, the byte
 * after a mark is taken literally, as after a backslash, and is not part of a delimiter.
 * <p>
 * With <em>pairs</em>, each pair gives a byte of the payload and the bytes that are sent
 * for it: JT/T 808 writes {@code 7e} as {@code 7d 02} and {@code 7d} as {@code 7d 01}.
 *
 * <pre>
 * PAYLOAD               ON THE WIRE, pairs      ON THE WIRE, mark 7d mask 20
 * +----+----+----+      +----+------+------+    +----+------+------+
 * | 31 | 7E | 7D |  ↔   | 31 | 7D02 | 7D01 |    | 31 | 7D5E | 7D5D |
 * +----+----+----+      +----+------+------+    +----+------+------+
 * </pre>
 */
public final class Escape {

	private static final String KEY = "escape";

	private final List<Pair> pairs;

	private final int mark;

	private final int mask;

	private Escape(List<Pair> pairs, int mark, int mask) {
		this.pairs = pairs;
		this.mark = mark;
		this.mask = mask;
	}

	/**
	 * Creates an escape with a mark.
	 * @param mark the byte in front of each escaped one, 0 to 255
	 * @param mask the bits of the escaped byte that are inverted, 0 to 255
	 * @return the escape
	 * @throws InvalidFramingException if one of them is not a byte; whether the mark fits
	 * a framing is checked when that is built
	 */
	public static Escape mark(int mark, int mask) {
		InvalidFramingException.check(mark >= 0 && mark <= 0xFF, "escape.mark", mark, "must be one byte");
		InvalidFramingException.check(mask >= 0 && mask <= 0xFF, "escape.mask", mask, "must be one byte");
		return new Escape(List.of(), mark, mask);
	}

	/**
	 * Creates an escape with pairs.
	 * @param pairs at least one. The bytes that are sent for one begin with a byte that
	 * is escaped itself, and those of no pair begin with those of another
	 * @return the escape
	 * @throws InvalidFramingException if escaped bytes could not be read back
	 */
	public static Escape pairs(Pair... pairs) {
		return pairs(List.of(pairs));
	}

	/**
	 * Creates an escape with pairs.
	 * @param pairs at least one. The bytes that are sent for one begin with a byte that
	 * is escaped itself, and those of no pair begin with those of another
	 * @return the escape
	 * @throws InvalidFramingException if escaped bytes could not be read back
	 */
	public static Escape pairs(List<Pair> pairs) {
		InvalidFramingException.check(!pairs.isEmpty(), KEY, "", "needs at least one pair, or mark and mask");
		for (Pair pair : pairs) {
			InvalidFramingException.check(pairs.stream().anyMatch((other) -> other.from() == pair.first()), KEY, pair,
					"the first byte of 'to', " + ByteValues.one(pair.first())
							+ ", is not escaped itself: without a pair for it, a payload that has it cannot be told from an escape");
			for (Pair other : pairs) {
				InvalidFramingException.check(other == pair || other.from() != pair.from(), KEY, pair,
						"there is another pair for the same byte");
				InvalidFramingException.check(other == pair || !other.startsWith(pair.to), KEY, pair,
						"another 'to' begins with the same bytes");
			}
		}
		return new Escape(List.copyOf(pairs), -1, 0);
	}

	/**
	 * Creates a pair for {@link #pairs}.
	 * @param from the byte of the payload, as {@link ByteValues} reads it
	 * @param to the bytes sent in its place, as {@link ByteValues} reads them
	 * @return the pair
	 */
	public static Pair pair(String from, String to) {
		return pair(ByteValues.parse(from), ByteValues.parse(to));
	}

	/**
	 * Creates a pair for {@link #pairs}.
	 * @param from the byte of the payload
	 * @param to the bytes sent in its place, at least two
	 * @return the pair
	 * @throws InvalidFramingException if the first is not one byte, or the others are
	 * fewer than two
	 */
	public static Pair pair(byte[] from, byte[] to) {
		InvalidFramingException.check(from.length == 1, "escape.from", ByteValues.format(from),
				"must be one byte, the payload's; 'to' is what is sent for it");
		InvalidFramingException.check(to.length > 1, "escape.to", ByteValues.format(to),
				"must be at least two bytes, those sent for 'from'");
		return new Pair(from[0], to.clone());
	}

	/**
	 * Returns the pairs.
	 * @return the pairs; none if there is a mark
	 */
	public List<Pair> allPairs() {
		return this.pairs;
	}

	/**
	 * Whether a byte may be part of an escape sequence.
	 * @param value the byte
	 * @return {@code false} if no escape sequence has it
	 */
	public boolean sends(int value) {
		return this.mark >= 0 && this.mask == 0 || this.pairs.stream().anyMatch((pair) -> pair.sends((byte) value));
	}

	/**
	 * Returns the mark.
	 * @return the mark, or a negative number if there are pairs
	 */
	public int mark() {
		return this.mark;
	}

	/**
	 * Returns the mask.
	 * @return the bits that are inverted; 0 if there are pairs
	 */
	public int mask() {
		return this.mask;
	}

	/**
	 * A byte of the payload, and the bytes that are sent in its place. Immutable.
	 */
	public static final class Pair {

		private final byte from;

		private final byte[] to;

		Pair(byte from, byte[] to) {
			this.from = from;
			this.to = to;
		}

		/**
		 * Returns the byte of the payload.
		 * @return the byte
		 */
		public byte from() {
			return this.from;
		}

		/**
		 * Returns the bytes that are sent in its place.
		 * @return the array itself, which must not be changed
		 */
		public byte[] to() {
			return this.to;
		}

		byte first() {
			return this.to[0];
		}

		boolean sends(byte value) {
			for (byte sent : this.to) {
				if (sent == value) {
					return true;
				}
			}
			return false;
		}

		boolean startsWith(byte[] bytes) {
			return this.to.length >= bytes.length && Arrays.equals(this.to, 0, bytes.length, bytes, 0, bytes.length);
		}

		@Override
		public String toString() {
			return ByteValues.one(this.from) + " → " + ByteValues.format(this.to);
		}

	}

}
