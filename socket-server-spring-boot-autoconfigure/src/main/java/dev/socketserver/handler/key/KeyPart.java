package dev.socketserver.handler.key;

import org.jspecify.annotations.Nullable;

/**
 * Where the key of a frame is, if it is a part of the frame. Then a method is found
 * without a text for each message. A symbol is a byte or a character, as a positive
 * number. Safe for use by several threads.
 *
 * @param <F> what a frame is
 */
public interface KeyPart<F> {

	/** Comes behind the last symbol of a key. */
	int END = -1;

	/** The frame has no key. */
	int NONE = -2;

	/**
	 * Returns a symbol of the key of a frame.
	 * @param frame the frame, which must not be changed
	 * @param index the index in the key, from 0 on and not beyond the end
	 * @return the symbol, {@link #END} or {@link #NONE}
	 */
	int symbol(F frame, int index);

	/**
	 * Returns the symbols of a key. A frame with others may have the same key, as with
	 * digits in upper case.
	 * @param key a key that frames may have
	 * @return the symbols
	 */
	int[] symbols(String key);

	/**
	 * Returns the key of a frame as text.
	 * @param frame the frame
	 * @return the text as it is compared, {@code null} for none
	 */
	@Nullable String text(F frame);

}
