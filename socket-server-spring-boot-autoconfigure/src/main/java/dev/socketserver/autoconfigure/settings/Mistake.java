package dev.socketserver.autoconfigure.settings;

import dev.socketserver.autoconfigure.keys.Secrets;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsRefusedException.Refusal;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Something with which the application could not start.
 *
 * @param entry the entry as it is shown, or {@code null}
 * @param key the key, or {@code null}
 * @param value the value, or {@code null}
 * @param reason what a start would say
 */
record Mistake(@Nullable String entry, @Nullable String key, @Nullable String value, String reason) {

	/**
	 * Makes a mistake of the full name of a property, or of an entry.
	 * @param property the name
	 * @param value the value of the property, without secrets
	 * @param text what is wrong, without secrets
	 */
	static Mistake of(String property, @Nullable String value, String text) {
		String[] elements = property.split("\\.", 4);
		for (Section section : Section.values()) {
			if (elements.length >= 3 && property.startsWith(section.property() + ".")) {
				String key = (elements.length > 3) ? elements[3] : null;
				return new Mistake(section.words() + "." + elements[2], key, Secrets.hidden(property, value), text);
			}
		}
		if (property.startsWith(Section.DEFAULTS + ".")) {
			return new Mistake("server-defaults", property.substring(Section.DEFAULTS.length() + 1),
					Secrets.hidden(property, value), text);
		}
		return new Mistake(null, property, Secrets.hidden(property, value), text);
	}

	/**
	 * Whether a mistake that was found without this value, which cannot be read, may be
	 * none with it: one in the same block, or in all of the entry, since a key that is in
	 * no block says what the entry is.
	 */
	boolean mayCause(Mistake found) {
		if (this.entry == null || !this.entry.equals(found.entry)) {
			return false;
		}
		String unread = this.key;
		String other = found.key;
		return unread == null || other == null || unread.indexOf('.') < 0 || Row.block(unread).equals(Row.block(other));
	}

	Refusal refusal() {
		return new Refusal(this.entry, this.key, this.value, this.reason);
	}

	/**
	 * Returns the change as it is shown.
	 * @param inForce what its key has now
	 */
	SettingsChange shown(Configured inForce) {
		String from = (this.key != null) ? inForce.shown(this.entry, this.key) : null;
		return new SettingsChange(this.entry, this.key, from, this.value, Verdict.REFUSED, this.reason);
	}

}
