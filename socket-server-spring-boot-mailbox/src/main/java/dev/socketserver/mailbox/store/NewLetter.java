package dev.socketserver.mailbox.store;

import java.time.Duration;

import dev.socketserver.spi.IdText;

/**
 * A letter that is to be stored.
 *
 * @param recipient whom it is for
 * @param key what distinguishes it from others
 * @param payload its bytes
 * @param ttl how long it may wait
 */
public record NewLetter(Recipient recipient, String key, byte[] payload, Duration ttl) {

	private static final int MOST = 255;

	/**
	 * Checks the key.
	 * @throws IllegalArgumentException if it is too long, or empty, or may seem to be
	 * another
	 */
	public NewLetter {
		if (key.isEmpty() || key.length() > MOST) {
			throw new IllegalArgumentException(
					"The key of a letter has 1 to " + MOST + " characters, not " + key.length());
		}
		String problem = IdText.problem(key);
		if (problem != null) {
			throw new IllegalArgumentException("The key of a letter must not have " + problem);
		}
	}

	/**
	 * Whether there may be a letter with a key.
	 * @param key the key
	 * @return {@code false} if no letter can have it
	 */
	public static boolean isKey(String key) {
		return !key.isEmpty() && key.length() <= MOST && IdText.problem(key) == null;
	}

}
