package dev.socketserver.settings;

/**
 * Learns of each attempt to change settings when it has ended, whatever came of it. Beans
 * of this type are called on the thread that has made the change.
 */
@FunctionalInterface
public interface SettingsListener {

	/**
	 * An attempt has ended.
	 * @param attempt what was to be changed, and what came of it
	 */
	void ended(SettingsRecord attempt);

}
