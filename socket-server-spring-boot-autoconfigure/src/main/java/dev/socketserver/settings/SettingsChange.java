package dev.socketserver.settings;

import org.jspecify.annotations.Nullable;

/**
 * A difference between what the environment says and what is in force.
 *
 * @param entry the server or client, such as {@code servers.upper};
 * {@code server-defaults} for a shared default that is wrong; {@code null} for a key of
 * the whole application
 * @param key the key within the entry, such as {@code timeouts.idle}; {@code null} if the
 * entry as a whole is new or gone; the full name of the property where there is no entry
 * @param from the value in force, or {@code null} if nothing sets it
 * @param to the value of the environment, or {@code null} if nothing sets it
 * @param verdict what the change does
 * @param reason why it is refused, or {@code null}
 */
public record SettingsChange(@Nullable String entry, @Nullable String key, @Nullable String from, @Nullable String to,
		Verdict verdict, @Nullable String reason) {

}
