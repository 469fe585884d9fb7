package dev.socketserver.mailbox.store;

/**
 * The right to send a letter, and to say what became of that. It ends when another has
 * claimed the letter.
 *
 * @param recipient whom the letter is for
 * @param key its key
 * @param token the token it was claimed with
 * @param holder who has claimed it
 * @param attempt the number of the attempt, from 1
 */
public record Claim(Recipient recipient, String key, long token, String holder, int attempt) {

	/**
	 * Returns how many attempts the letter has had when this one is over.
	 * @param attempted whether the letter may have left; else it was none
	 * @return the number
	 */
	public int attempts(boolean attempted) {
		return attempted ? this.attempt : this.attempt - 1;
	}

}
