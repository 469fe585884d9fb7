package dev.socketserver.mailbox;

/**
 * What has become of a letter. Each letter reaches exactly one of the final states, and
 * keeps it.
 */
public enum LetterState {

	/** It waits for its peer, for those before it, or for its next attempt. */
	WAITING(false),

	/** It is being sent: the peer may have it, and has not acknowledged it. */
	SENT(false),

	/** It was acknowledged. */
	DELIVERED(true),

	/** Its time was over before it was acknowledged. It is never sent afterwards. */
	EXPIRED(true),

	/** The application has cancelled it before it was sent. */
	CANCELLED(true),

	/** The peer has refused it, or has not acknowledged it in any of its attempts. */
	REFUSED(true);

	private final boolean last;

	LetterState(boolean last) {
		this.last = last;
	}

	/**
	 * Whether no other state follows.
	 * @return {@code false} for {@link #WAITING} and {@link #SENT}
	 */
	public boolean isFinal() {
		return this.last;
	}

}
