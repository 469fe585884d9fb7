package dev.socketserver.mailbox.delivery;

import dev.socketserver.mailbox.Letter;

/**
 * Is notified of what this node does with letters, on threads of the mailbox. What it
 * throws is logged.
 */
public interface LetterListener {

	/**
	 * A letter was stored. Its delivery does not wait for this: it may have been sent, or
	 * have reached its final state, before.
	 * @param letter the letter
	 */
	default void posted(Letter letter) {
	}

	/**
	 * A letter is about to be sent.
	 * @param letter the letter
	 */
	default void sent(Letter letter) {
	}

	/**
	 * A letter has reached its final state.
	 * @param letter the letter
	 */
	default void ended(Letter letter) {
	}

}
