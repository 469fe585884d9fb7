package dev.socketserver.handler.key;

import java.util.Locale;

import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key of a frame, by which the method of a handler is chosen. Safe for use by
 * several threads.
 */
public interface Discriminator {

	/** Chooses by the class of the converted payload, and knows no keys of frames. */
	Discriminator TYPE = new Discriminator() {

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
	 * Returns the key of a frame, by default what {@link #bytes} finds. Each has one of
	 * the two.
	 * @param frame the bytes of the frame, which must not be changed
	 * @return the key, as {@link #normalized} leaves it; {@code null} for none
	 * @throws Exception if code of the application fails
	 */
	default @Nullable String key(byte[] frame) throws Exception {
		KeyPart<byte[]> part = bytes();
		return (part != null) ? part.text(frame) : null;
	}

	/**
	 * Returns why a frame can never have a key.
	 * @param key the key
	 * @return the reason, {@code null} if a frame may have it
	 */
	default @Nullable String impossible(String key) {
		return null;
	}

	/**
	 * Returns which bytes of a frame are its key.
	 * @return where they are, {@code null} if only {@link #key} finds keys
	 */
	default @Nullable KeyPart<byte[]> bytes() {
		return null;
	}

	/**
	 * Returns where keys are in frames that are text already.
	 * @param reader makes the text of a frame, or something else
	 * @return where they are, {@code null} if keys are not found in what it makes
	 */
	default @Nullable KeyPart<String> text(PayloadConverter<?> reader) {
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
