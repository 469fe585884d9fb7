package dev.socketserver.settings;

import java.util.List;

/**
 * What the environment says now and is not in force yet.
 *
 * @param version the version that is in force
 * @param changes the changes, by entry and key
 */
public record SettingsPlan(long version, List<SettingsChange> changes) {

	public SettingsPlan {
		changes = List.copyOf(changes);
	}

}
