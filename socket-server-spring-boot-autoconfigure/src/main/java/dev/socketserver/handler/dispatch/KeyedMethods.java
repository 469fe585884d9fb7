package dev.socketserver.handler.dispatch;

import java.util.Map;

import dev.socketserver.handler.key.KeyPart;
import org.jspecify.annotations.Nullable;

/**
 * Methods by the part of a frame that is their key: found in one pass over the key, and
 * without making a text of it. An array that is at most half full; who is found at a
 * place of another is at the next.
 *
 * @param <F> what a frame is
 */
final class KeyedMethods<F> {

	/** So many bytes are packed into one number without loss. */
	private static final int PACKED = Long.BYTES;

	/** Spreads packed keys over the array: 2^64 divided by the golden ratio. */
	private static final long SPREAD = 0x9E3779B97F4A7C15L;

	private final KeyPart<F> part;

	private final @Nullable Place[] places;

	private final int longest;

	/**
	 * Makes the table.
	 * @param part where the key of a frame is
	 * @param methods the methods by their keys
	 */
	KeyedMethods(KeyPart<F> part, Map<String, KeyedMethod> methods) {
		this.part = part;
		this.places = new @Nullable Place[Integer.highestOneBit(Math.max(1, methods.size())) * 4];
		int longest = 0;
		for (Map.Entry<String, KeyedMethod> method : methods.entrySet()) {
			int[] symbols = part.symbols(method.getKey());
			long packed = 0;
			int all = 0;
			for (int symbol : symbols) {
				packed = packed(packed, symbol);
				all |= symbol;
			}
			int index = index(packed);
			while (this.places[index] != null) {
				index = after(index);
			}
			this.places[index] = new Place(packed, symbols.length, isExact(symbols.length, all), symbols,
					method.getValue());
			longest = Math.max(longest, symbols.length);
		}
		this.longest = longest;
	}

	/**
	 * Returns the method for a frame.
	 * @param frame the frame
	 * @return the method; {@code null} if none has a key of these symbols
	 */
	@Nullable KeyedMethod find(F frame) {
		long packed = 0;
		int all = 0;
		int length = 0;
		int symbol = this.part.symbol(frame, 0);
		while (symbol >= 0) {
			packed = packed(packed, symbol);
			all |= symbol;
			length++;
			if (length > this.longest) {
				return null;
			}
			symbol = this.part.symbol(frame, length);
		}
		if (symbol == KeyPart.NONE) {
			return null;
		}
		boolean exact = isExact(length, all);
		int index = index(packed);
		for (Place place = this.places[index]; place != null; place = this.places[index]) {
			boolean same = place.packed() == packed && place.length() == length;
			if (same && ((exact && place.exact()) || matches(frame, place.symbols()))) {
				return place.method();
			}
			index = after(index);
		}
		return null;
	}

	private boolean matches(F frame, int[] symbols) {
		for (int i = 0; i < symbols.length; i++) {
			if (this.part.symbol(frame, i) != symbols[i]) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether no other symbols that can be packed without loss are packed into the same
	 * number.
	 * @param all all symbols, or-ed
	 */
	private static boolean isExact(int length, int all) {
		return length <= PACKED && all <= 0xFF;
	}

	private static long packed(long packed, int symbol) {
		return Long.rotateLeft(packed, Byte.SIZE) ^ symbol;
	}

	private int index(long packed) {
		return (int) (packed * SPREAD >>> Integer.SIZE) & (this.places.length - 1);
	}

	private int after(int index) {
		return (index + 1) & (this.places.length - 1);
	}

	/**
	 * Returns the key of a frame as text.
	 * @param frame the frame
	 * @return the text, {@code null} for none
	 */
	@Nullable String key(F frame) {
		return this.part.text(frame);
	}

	/**
	 * A key with its method.
	 *
	 * @param packed the symbols as one number
	 * @param length how many symbols there are
	 * @param exact whether that is without loss
	 * @param symbols the symbols
	 * @param method the method
	 */
	private record Place(long packed, int length, boolean exact, int[] symbols, KeyedMethod method) {

	}

}
