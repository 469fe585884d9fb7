package dev.socketserver.autoconfigure.settings;

import dev.socketserver.autoconfigure.properties.Section;

/**
 * A server or client of the properties.
 *
 * @param section whether it is a server or a client
 * @param name its name
 */
record SettingsEntry(Section section, String name) {

	/** Returns the full name of its property. */
	String property() {
		return this.section.property(this.name);
	}

	/** As changes name it, such as {@code servers.upper}. */
	@Override
	public String toString() {
		return this.section.words() + "." + this.name;
	}

}
