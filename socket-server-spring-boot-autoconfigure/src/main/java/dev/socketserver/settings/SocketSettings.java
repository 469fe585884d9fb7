package dev.socketserver.settings;

import java.util.List;

import dev.socketserver.SocketServer;
import dev.socketserver.client.SocketClient;

/**
 * The settings of all servers and clients: what is in force and where it is from, and
 * changes while they run. A bean; safe for use by several threads.
 */
public interface SocketSettings {

	/**
	 * Returns the settings of a server that are in force.
	 * @param server the server
	 * @return all of them, by key
	 */
	List<Setting> of(SocketServer server);

	/**
	 * Returns the settings of a client that are in force.
	 * @param client the client
	 * @return all of them, by key
	 */
	List<Setting> of(SocketClient client);

	/**
	 * Returns how often settings were changed.
	 * @return 1 at the start, and one more for each change that was made
	 */
	long version();

	/**
	 * Compares the environment, as it is now, with what is in force. Changes nothing.
	 * @return the changes
	 */
	SettingsPlan plan();

	/**
	 * Makes the changes of a plan, as {@code code}.
	 * @param plan the plan; what the environment does not say any more is left out
	 * @param most the greatest verdict of the changes that are made
	 * @return what was made and what was left, when all is through
	 * @throws SettingsRefusedException if the application could not start with what the
	 * environment says; nothing was done
	 * @throws SettingsConflictException if another change is under way, a server that
	 * would change is starting or draining, or one cannot listen with its new settings
	 */
	default SettingsOutcome apply(SettingsPlan plan, Verdict most) {
		return apply(plan, most, "code");
	}

	/**
	 * Makes the changes of a plan.
	 * @param plan the plan; what the environment does not say any more is left out
	 * @param most the greatest verdict of the changes that are made
	 * @param by who makes them, for the history
	 * @return what was made and what was left, when all is through. Waits for drains
	 * @throws SettingsRefusedException if the application could not start with what the
	 * environment says; nothing was done
	 * @throws SettingsConflictException if another change is under way, a server that
	 * would change is starting or draining, or one cannot listen with its new settings
	 */
	SettingsOutcome apply(SettingsPlan plan, Verdict most, String by);

	/**
	 * Returns the last twenty changes.
	 * @return the changes, the oldest first
	 */
	List<SettingsRecord> history();

	/**
	 * Returns how many changes the environment has that are not in force. They are
	 * counted at most every two seconds, and not while a change is under way. Nothing is
	 * made of them: what only a {@link #plan} finds wrong is no change more.
	 * @return the number
	 */
	int pending();

}
