package dev.socketserver.bridge.session;

/**
 * Ties messages of a session that are stored one behind the other. When one of them has
 * failed, the turn is over: a store that can must not store those behind it, since they
 * are stored again behind that one.
 * <p>
 * A store that commits several at once has the session learn of them at once, between
 * {@link #gather} and {@link #announce}: to wake a session takes longer than to store a
 * message. Any thread, if not stated otherwise.
 */
public final class Turn {

	/** Has the session look at what has ended. */
	private final Runnable announcement;

	private volatile boolean over;

	/** Used only by the thread that completes messages. */
	private boolean gathering;

	/** Creates a turn of which no session learns. */
	public Turn() {
		this(() -> {
		});
	}

	/**
	 * Creates a turn.
	 * @param announcement has the session look at what has ended
	 */
	public Turn(Runnable announcement) {
		this.announcement = announcement;
	}

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

	/**
	 * The calling thread is about to complete messages, of all turns that share it: the
	 * session is to learn of all of them at once. Only for a store that completes all
	 * messages on one thread.
	 */
	public void gather() {
		this.gathering = true;
	}

	/** The thread that gathers has completed what it had; does nothing if it does not. */
	public void announce() {
		if (this.gathering) {
			this.gathering = false;
			this.announcement.run();
		}
	}

	/** A message has been completed: by the thread that does that. */
	public void ended() {
		if (!this.gathering) {
			this.announcement.run();
		}
	}

}
