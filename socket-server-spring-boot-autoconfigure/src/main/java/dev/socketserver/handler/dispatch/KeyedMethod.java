package dev.socketserver.handler.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * The method for a key, or for the type of a payload.
 *
 * @param key the key, as it is compared, or the name of the type; {@code null} for none
 * @param method the index of the method, {@link #NONE} if there is none
 * @param payload the payload, if the frame had to be converted to find the method
 */
record KeyedMethod(@Nullable String key, int method, @Nullable Object payload) {

	/** Instead of the index of a method. */
	static final int NONE = -1;

	KeyedMethod(@Nullable String key, int method) {
		this(key, method, null);
	}

	boolean isMapped() {
		return this.method != NONE;
	}

}
