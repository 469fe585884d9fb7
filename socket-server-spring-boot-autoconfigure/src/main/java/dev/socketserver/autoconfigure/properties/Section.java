package dev.socketserver.autoconfigure.properties;

import java.util.LinkedHashSet;
import java.util.Set;

import dev.socketserver.SessionSpec.Side;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * A part of the properties with one entry for each name: the servers, or the clients.
 */
public enum Section {

	/** {@code socket.servers}. */
	SERVERS(Side.SERVER, "@SocketHandler", "Set it to a port between 1 and 65535, or to 0 for a free one"),

	/** {@code socket.clients}. */
	CLIENTS(Side.CLIENT, "@SocketClientHandler", "Set it to the server's port, between 1 and 65535");

	/** The property whose values all servers inherit. */
	public static final String DEFAULTS = "socket.server-defaults";

	private final Side side;

	private final String annotation;

	private final String portRemedy;

	Section(Side side, String annotation, String portRemedy) {
		this.side = side;
		this.annotation = annotation;
		this.portRemedy = portRemedy;
	}

	public Side side() {
		return this.side;
	}

	/** The word for one entry, such as {@code server}. */
	public String word() {
		return this.side.word();
	}

	/** The word for several entries, such as {@code servers}. */
	public String words() {
		return word() + "s";
	}

	/** The annotation of handlers, as it is written. */
	public String annotation() {
		return this.annotation;
	}

	/** The annotation of handlers with the name of an entry. */
	public String annotation(String name) {
		return "%s(\"%s\")".formatted(this.annotation, name);
	}

	/** What to do about a wrong port, without a full stop. */
	public String portRemedy() {
		return this.portRemedy;
	}

	/** The property of the section. */
	public String property() {
		return "socket." + words();
	}

	/** The property of an entry. */
	public String property(String name) {
		return property() + "." + name;
	}

	/** The property of a key of an entry. */
	public String property(String name, String key) {
		return property(name) + "." + key;
	}

	/**
	 * Returns the names of the entries that the properties have. Nothing is bound for
	 * them: the values are bound once, by the properties, which also explain what is
	 * wrong.
	 * @param environment has the properties
	 * @return the names, as they are spelled
	 */
	public Set<String> names(Environment environment) {
		ConfigurationPropertyName whole = ConfigurationPropertyName.of(property());
		Set<String> names = new LinkedHashSet<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable
					&& source.containsDescendantOf(whole) != ConfigurationPropertyState.ABSENT) {
				for (ConfigurationPropertyName name : iterable) {
					if (whole.isAncestorOf(name)) {
						names.add(name.getElement(whole.getNumberOfElements(), Form.ORIGINAL));
					}
				}
			}
		}
		return names;
	}

}
