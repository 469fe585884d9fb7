package dev.socketserver.autoconfigure.settings;

import java.util.List;

import dev.socketserver.autoconfigure.lifecycle.SetUpAttempt;
import org.jspecify.annotations.Nullable;

/**
 * What is in force. Immutable.
 *
 * @param version how often it was changed, from 1
 * @param configured what the properties say
 * @param made the servers and clients that were made of it
 */
record InForce(long version, Configured configured, SetUpAttempt made) {

	/** Returns what is in force before the start of the application. */
	static InForce nothing(Configured configured) {
		return new InForce(0, configured, SetUpAttempt.none());
	}

	/** Returns what the properties have made of an entry, and each bean after that. */
	List<?> steps(SettingsEntry entry) {
		return this.made.steps(entry.section(), entry.name());
	}

	/**
	 * Returns what the properties have made of an entry, before any bean has changed it.
	 * @return a specification, or {@code null} if there is no such entry
	 */
	@Nullable Object described(SettingsEntry entry) {
		List<?> steps = steps(entry);
		return steps.isEmpty() ? null : steps.get(0);
	}

	/** Returns what is in force after a change, or after the start. */
	InForce next(Configured configured, SetUpAttempt made) {
		return new InForce(this.version + 1, configured,
				this.made.followedBy(made, (section, name) -> configured.has(new SettingsEntry(section, name))));
	}

}
