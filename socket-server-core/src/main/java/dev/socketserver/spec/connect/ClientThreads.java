package dev.socketserver.spec.connect;

import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * The names of a client's threads, and what keeps the JVM alive.
 *
 * @param name how the threads that run the handler are named, where <code>{name}</code>
 * stands for the name of the client; default <code>{name} client</code>
 * @param clientDaemon whether the JVM may exit while the client is started; default
 * {@code false} for a client with a handler, which serves its connection as a server
 * does, and {@code true} for one without
 */
public record ClientThreads(String name, boolean clientDaemon) {

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientThreads {
		InvalidSpecException.check(!name.isBlank(), "threads.name", name, "must not be blank");
	}

	/**
	 * Collects components. Those that are not set have their defaults.
	 */
	public static final class Builder {

		private String name = "{name} client";

		/** The default depends on whether there is a handler. */
		private @Nullable Boolean clientDaemon;

		/**
		 * Sets {@link ClientThreads#name()}.
		 * @param name the value
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = name;
			return this;
		}

		/**
		 * Sets {@link ClientThreads#clientDaemon()}.
		 * @param clientDaemon the value
		 * @return this builder
		 */
		public Builder clientDaemon(boolean clientDaemon) {
			this.clientDaemon = clientDaemon;
			return this;
		}

		/**
		 * Creates the component.
		 * @param daemon the default of {@link ClientThreads#clientDaemon()}
		 * @return the component
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public ClientThreads build(boolean daemon) {
			return new ClientThreads(this.name, (this.clientDaemon != null) ? this.clientDaemon : daemon);
		}

	}

}
