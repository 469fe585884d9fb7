package dev.socketserver.spec;

import java.util.function.Consumer;

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
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Threads with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private String name;

		private boolean serverDaemon;

		private boolean sessionDaemon;

		private Builder(Threads from) {
			this.name = from.name();
			this.serverDaemon = from.serverDaemon();
			this.sessionDaemon = from.sessionDaemon();
		}

		/**
		 * Sets {@link Threads#name()}.
		 * @param name the value
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = name;
			return this;
		}

		/**
		 * Sets {@link Threads#serverDaemon()}.
		 * @param serverDaemon the value
		 * @return this builder
		 */
		public Builder serverDaemon(boolean serverDaemon) {
			this.serverDaemon = serverDaemon;
			return this;
		}

		/**
		 * Sets {@link Threads#sessionDaemon()}.
		 * @param sessionDaemon the value
		 * @return this builder
		 */
		public Builder sessionDaemon(boolean sessionDaemon) {
			this.sessionDaemon = sessionDaemon;
			return this;
		}

		private Threads build() {
			return new Threads(this.name, this.serverDaemon, this.sessionDaemon);
		}

	}

}
