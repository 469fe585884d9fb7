package dev.socketserver.handler.key;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Finds the key of a frame, by which the method of a handler is chosen. Safe for use by
 * several threads.
 */
public interface Discriminator {

	/** Chooses by the class of the converted payload, and knows no keys of frames. */
	Discriminator TYPE = new Discriminator() {

		@Override
		public @Nullable String key(byte[] frame) {
			return null;
		}

		@Override
		public String impossible(String key) {
			return "with the discriminator 'type', the type of the parameter decides";
		}

		@Override
		public String toString() {
			return "type";
		}

	};

	/**
	 * Returns the key of a frame.
	 * @param frame the bytes of the frame, which must not be changed
	 * @return the key, as {@link #normalized} leaves it; {@code null} for none
	 * @throws Exception if code of the application fails
	 */
	@Nullable String key(byte[] frame) throws Exception;

	/**
	 * Returns why a frame can never have a key.
	 * @param key the key
	 * @return the reason, {@code null} if a frame may have it
	 */
	default @Nullable String impossible(String key) {
		return null;
	}

	/**
	 * Returns where keys are found without making a text of them.
	 * @return where they are, {@code null} if only {@link #key} finds them
	 */
	default @Nullable KeyBytes bytes() {
		return null;
	}

	/**
	 * Returns a key as it is compared: one of bytes in lower case.
	 * @param key the key
	 * @return the key to compare
	 */
	static String normalized(String key) {
		return (key.startsWith("0x") || key.startsWith("0X")) ? key.toLowerCase(Locale.ROOT) : key;
	}

}
