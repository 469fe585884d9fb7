package dev.socketserver.event;

import java.util.List;

import dev.socketserver.settings.SettingsChange;

/**
 * Published when settings of servers and clients were changed while they run: once for
 * each change, when all of it is in force.
 *
 * @param version the version that is in force now
 * @param changes what was changed
 * @param by who has changed it: the name of a user, {@code actuator}, {@code refresh} or
 * {@code code}
 */
public record SocketSettingsChangedEvent(long version, List<SettingsChange> changes, String by) {

	public SocketSettingsChangedEvent {
		changes = List.copyOf(changes);
	}

}
