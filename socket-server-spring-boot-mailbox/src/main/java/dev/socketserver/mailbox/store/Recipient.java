package dev.socketserver.mailbox.store;

import dev.socketserver.spi.IdText;

/**
 * Whom letters are for.
 *
 * @param type what kind of identity
 * @param id the identity itself
 */
public record Recipient(String type, String id) {

	/** More would not fit into a column with an index. */
	private static final int MOST = 255;

	/**
	 * Checks both.
	 * @throws IllegalArgumentException if the type has a colon, both are too long, or
	 * they may seem to be others
	 */
	public Recipient {
		if (type.isEmpty() || type.indexOf(':') >= 0) {
			throw new IllegalArgumentException(
					"The type of an identity must be a word without a colon, not '" + type + "'");
		}
		if (type.length() + id.length() >= MOST) {
			throw new IllegalArgumentException("An identity with letters has at most " + (MOST - 1)
					+ " characters, not " + (type.length() + id.length()));
		}
		String problem = IdText.problem(type + ":" + id);
		if (problem != null) {
			throw new IllegalArgumentException("An identity with letters must not have " + problem);
		}
	}

	/**
	 * Reads an identity as stores and endpoints write it.
	 * @param text type and id, with a colon between them
	 * @return the identity
	 * @throws IllegalArgumentException if it is none
	 */
	public static Recipient of(String text) {
		int colon = text.indexOf(':');
		if (colon <= 0) {
			throw new IllegalArgumentException("An identity is written type:id, not '" + text + "'");
		}
		return new Recipient(text.substring(0, colon), text.substring(colon + 1));
	}

	@Override
	public String toString() {
		return this.type + ":" + this.id;
	}

}
