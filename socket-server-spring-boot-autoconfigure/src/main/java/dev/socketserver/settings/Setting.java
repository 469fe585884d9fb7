package dev.socketserver.settings;

import org.jspecify.annotations.Nullable;

/**
 * A setting of a server or client that is in force.
 *
 * @param key the key within the entry, such as {@code timeouts.idle}
 * @param value the value as it is configured, or as it is documented if nothing sets it;
 * {@code ******} for a password, secret or token; {@code null} if there is none
 * @param from what sets it
 * @param property the full name of the property, or {@code null} if it has none
 * @param origin where the property is written, or the name of the bean that has changed
 * the value; {@code null} if that is not known
 * @param onChange what a change of the key does
 */
public record Setting(String key, @Nullable String value, Source from, @Nullable String property,
		@Nullable String origin, Verdict onChange) {

	/** What sets a value. */
	public enum Source {

		/** Nothing: it is the default. */
		BUILT_IN,

		/** A property of the server or client itself. */
		ENTRY,

		/** A property of {@code socket.server-defaults}. */
		DEFAULTS,

		/** A bean that changes specifications, after the properties. */
		CUSTOMIZER,

		/** The application, which has registered the server or client itself. */
		CODE

	}

}
