package dev.socketserver.spec;

/**
 * Which threads run a server's handler.
 */
public enum ExecutionMode {

	/**
	 * {@link #VIRTUAL} on Java 24 and later, where {@code synchronized} no longer pins a
	 * carrier thread (JEP 491); {@link #POOL} before.
	 */
	AUTO,

	/**
	 * A virtual thread each time a session has something to handle. Needs Java 21.
	 */
	VIRTUAL,

	/** A bounded pool of platform threads. */
	POOL,

	/**
	 * The I/O thread itself: for handlers that never block. A handler that does block
	 * stops every other session of that thread.
	 */
	EVENT_LOOP;

	private static final int FIRST_WITHOUT_PINNING = 24;

	/**
	 * Returns the mode that this one stands for on this JVM.
	 * @return this mode; for {@link #AUTO}, {@link #VIRTUAL} or {@link #POOL}
	 */
	public ExecutionMode resolve() {
		if (this != AUTO) {
			return this;
		}
		return (Runtime.version().feature() >= FIRST_WITHOUT_PINNING) ? VIRTUAL : POOL;
	}

}
