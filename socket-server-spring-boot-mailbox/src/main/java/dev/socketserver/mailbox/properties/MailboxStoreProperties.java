package dev.socketserver.mailbox.properties;

import java.time.Duration;

import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.StrictKeys;
import dev.socketserver.autoconfigure.properties.Written;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where letters are, and how long they stay there.
 *
 * @param store Store of letters. By default, the one that the application has; with two
 * it must be set. A memory store loses letters with the process.
 * @param requireDurable Whether the start fails if the store would forget letters when it
 * is restarted; else there is a warning.
 * @param initializeSchema When to create the table of letters.
 * @param ttl How long a letter waits if the application does not say. A duration without
 * a unit is in milliseconds.
 * @param maxTtl Longest time that a letter may wait. A duration without a unit is in
 * milliseconds.
 * @param capacity Maximum number of letters of an identity that are not final.
 * @param keep How long final letters are kept. A duration without a unit is in
 * milliseconds.
 * @param poll How often to look for letters that others have posted. A duration without a
 * unit is in milliseconds.
 */
@ConfigurationProperties("socket.mailbox")
@StrictKeys("socket.mailbox")
public record MailboxStoreProperties(@Nullable Store store, @DefaultValue("true") boolean requireDurable,
		@DefaultValue("embedded") SchemaInitialization initializeSchema, @DefaultValue("1d") Duration ttl,
		@DefaultValue("7d") Duration maxTtl, @DefaultValue("100") int capacity, @DefaultValue("1h") Duration keep,
		@DefaultValue("5s") Duration poll) {

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofDays(365);

	private static final Duration DEFAULT_TTL = Duration.ofDays(1);

	/** Refuses values that cannot work. */
	public MailboxStoreProperties {
		positive("ttl", ttl);
		positive("max-ttl", maxTtl);
		positive("keep", keep);
		positive("poll", poll);
		if (capacity < 1) {
			throw invalid("capacity", capacity, "it must be at least 1");
		}
		if (ttl.compareTo(maxTtl) > 0) {
			String remedy = "Change one of the two";
			throw ttl.equals(DEFAULT_TTL)
					? new InvalidSocketPropertyException("socket.mailbox.max-ttl", maxTtl,
							"it must not be shorter than socket.mailbox.ttl, which is " + Written.of(ttl), remedy)
					: new InvalidSocketPropertyException("socket.mailbox.ttl", ttl,
							"it must not be longer than socket.mailbox.max-ttl, which is " + Written.of(maxTtl),
							remedy);
		}
	}

	private static void positive(String key, Duration duration) {
		String problem = problem(duration);
		if (problem != null) {
			throw invalid(key, duration, problem);
		}
	}

	/**
	 * Returns what is wrong with a time, of the store or of a server.
	 * @param duration the time
	 * @return the problem; {@code null} if there is none
	 */
	public static @Nullable String problem(Duration duration) {
		if (duration.compareTo(SHORTEST) < 0) {
			return "it must be at least 1 ms";
		}
		return (duration.compareTo(LONGEST) > 0) ? "it must not be longer than a year" : null;
	}

	private static InvalidSocketPropertyException invalid(String key, Object value, String problem) {
		return new InvalidSocketPropertyException("socket.mailbox." + key, value, problem,
				"Change socket.mailbox." + key);
	}

	/** Where letters are. */
	public enum Store {

		/** In the database of the application. */
		JDBC,

		/** In Redis. */
		REDIS,

		/** In memory, so that they are lost with the process. */
		MEMORY

	}

}
