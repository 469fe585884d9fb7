package dev.socketserver.spec;

/**
 * The names of a server's threads, and what keeps the JVM alive. All of these threads are
 * daemon threads; where a flag here is {@code false}, an extra thread that is not a
 * daemon runs for as long as the flag says, and does nothing.
 *
 * @param name how the threads that serve the server's sessions are named, where
 * <code>{name}</code> stands for the name of the server; default
 * <code>{name} server</code>
 * @param serverDaemon whether the JVM may exit while the server listens; default
 * {@code false}
 * @param sessionDaemon whether the JVM may exit while a session is open; default
 * {@code true}
 */
public record Threads(String name, boolean serverDaemon, boolean sessionDaemon) {

	/** Threads that are called like the server, which keeps the JVM alive. */
	public static final Threads DEFAULT = new Threads("{name} server", false, true);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Threads {
		InvalidSpecException.check(!name.isBlank(), "threads.name", name, "must not be blank");
	}

	/**
	 * Returns a copy with another {@link #name()}.
	 * @param name the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads name(String name) {
		return new Threads(name, this.serverDaemon, this.sessionDaemon);
	}

	/**
	 * Returns a copy with another {@link #serverDaemon()}.
	 * @param serverDaemon the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads serverDaemon(boolean serverDaemon) {
		return new Threads(this.name, serverDaemon, this.sessionDaemon);
	}

	/**
	 * Returns a copy with another {@link #sessionDaemon()}.
	 * @param sessionDaemon the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads sessionDaemon(boolean sessionDaemon) {
		return new Threads(this.name, this.serverDaemon, sessionDaemon);
	}

}
