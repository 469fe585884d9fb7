package dev.socketserver.bridge.session;

/**
 * Ties messages of a session that are stored one behind the other. When one of them has
 * failed, the turn is over: a store that can must not store those behind it, since they
 * are stored again behind that one. Any thread.
 */
public final class Turn {

	private volatile boolean over;

	/** A message was not stored. */
	public void end() {
		this.over = true;
	}

	/**
	 * Whether a message of this turn was not stored.
	 * @return {@code true} if none behind it is to be stored
	 */
	public boolean isOver() {
		return this.over;
	}

}
