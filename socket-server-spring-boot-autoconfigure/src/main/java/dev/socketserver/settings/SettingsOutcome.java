package dev.socketserver.settings;

import java.util.List;

/**
 * What became of a plan.
 *
 * @param version the version that is in force now
 * @param applied the changes that were made
 * @param left the changes that were not made: they stand above what was allowed, or need
 * another start of the application
 */
public record SettingsOutcome(long version, List<SettingsChange> applied, List<SettingsChange> left) {

	public SettingsOutcome {
		applied = List.copyOf(applied);
		left = List.copyOf(left);
	}

}
