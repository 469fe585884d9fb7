package dev.socketserver.spec;

import java.time.Duration;

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
 * @param abandon how long a stop waits for handlers that do not return, once their
 * sessions were aborted; default 2 s
 */
public record Threads(String name, boolean serverDaemon, boolean sessionDaemon, Duration abandon) {

	/** Threads that are called like the server, which keeps the JVM alive. */
	public static final Threads DEFAULT = new Threads("{name} server", false, true, Duration.ofSeconds(2));

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Threads {
		InvalidSpecException.check(!name.isBlank(), "threads.name", name, "must not be blank");
		InvalidSpecException.check(!abandon.isNegative(), "threads.abandon", abandon, "must not be negative");
	}

	/**
	 * Returns a copy with another {@link #name()}.
	 * @param name the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads name(String name) {
		return new Threads(name, this.serverDaemon, this.sessionDaemon, this.abandon);
	}

	/**
	 * Returns a copy with another {@link #serverDaemon()}.
	 * @param serverDaemon the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads serverDaemon(boolean serverDaemon) {
		return new Threads(this.name, serverDaemon, this.sessionDaemon, this.abandon);
	}

	/**
	 * Returns a copy with another {@link #sessionDaemon()}.
	 * @param sessionDaemon the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads sessionDaemon(boolean sessionDaemon) {
		return new Threads(this.name, this.serverDaemon, sessionDaemon, this.abandon);
	}

	/**
	 * Returns a copy with another {@link #abandon()}.
	 * @param abandon the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Threads abandon(Duration abandon) {
		return new Threads(this.name, this.serverDaemon, this.sessionDaemon, abandon);
	}

}
