package dev.socketserver.settings;

import java.time.Instant;
import java.util.List;

/**
 * An attempt to change settings.
 *
 * @param version the version that was in force after it
 * @param at when it ended; of one that was made, when it was in force
 * @param by who made it: the name of a user, {@code actuator}, {@code refresh} or
 * {@code code}
 * @param outcome how it ended
 * @param changes the changes that were made, or else those that were to be made
 */
public record SettingsRecord(long version, Instant at, String by, Outcome outcome, List<SettingsChange> changes) {

	public SettingsRecord {
		changes = List.copyOf(changes);
	}

	/** How a change of settings ended. */
	public enum Outcome {

		/** It was made. */
		APPLIED,

		/** A start would have failed with it, so nothing was done. */
		REFUSED,

		/** A server could not listen; what was done was taken back. */
		FAILED

	}

}
