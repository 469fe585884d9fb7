package dev.socketserver.autoconfigure.keys;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.socketserver.autoconfigure.properties.ServerProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * The servers of the properties, with the keys that each sets. Only these are bound:
 * Boot's binder asks {@link ServerProperties} for the types of all keys, and the JVM
 * loads each of them, and looks for each key in each source.
 */
final class ServerEntries {

	private static final ConfigurationPropertyName SERVERS = ModuleKeys.SERVERS;

	/** The index of the name of a server, and that of a key. */
	private static final int ENTRY = 2;

	private static final int KEY = ENTRY + 1;

	/** The servers by their names, as the first source spells them. */
	private final Map<String, ConfigurationPropertyName> entries = new LinkedHashMap<>();

	/** The first elements of the keys of each, without dashes. */
	private final Map<ConfigurationPropertyName, Set<String>> keys = new HashMap<>();

	private ServerEntries() {
	}

	/**
	 * Finds the servers.
	 * @param context has the sources
	 * @return the servers, or {@code null} if Boot's binder has to look for them: a value
	 * is in the place of a block, or a source does not say what it has
	 */
	static @Nullable ServerEntries find(BindContext context) {
		ServerEntries found = new ServerEntries();
		for (ConfigurationPropertySource source : context.getSources()) {
			boolean plain = (source instanceof IterableConfigurationPropertySource iterable) ? found.add(iterable)
					: source.containsDescendantOf(SERVERS) == ConfigurationPropertyState.ABSENT;
			if (!plain) {
				return null;
			}
		}
		return found;
	}

	private boolean add(IterableConfigurationPropertySource source) {
		for (ConfigurationPropertyName name : source) {
			if (SERVERS.isAncestorOf(name)) {
				if (name.getNumberOfElements() <= KEY || name.isNumericIndex(ENTRY)) {
					return false;
				}
				ConfigurationPropertyName entry = name.chop(KEY);
				this.entries.putIfAbsent(name.getElement(ENTRY, Form.ORIGINAL), entry);
				Set<String> keys = this.keys.get(entry);
				if (keys == null) {
					keys = new HashSet<>();
					this.keys.put(entry, keys);
				}
				keys.add(name.getElement(KEY, Form.UNIFORM));
			}
			else if (SERVERS.equals(name)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Binds the keys that are set.
	 * @param servers is given the servers by their names; none for one without a key that
	 * there is
	 * @param context has the sources
	 * @param handler is called for each key, as for all others
	 */
	void bind(Map<String, ServerProperties> servers, BindContext context, BindHandler handler) {
		for (Map.Entry<String, ConfigurationPropertyName> entry : this.entries.entrySet()) {
			Set<String> keys = this.keys.getOrDefault(entry.getValue(), Set.of());
			ServerProperties server = new ServerKeys(context.getBinder(), handler, entry.getValue(), keys).bind();
			if (server != null) {
				servers.put(entry.getKey(), server);
			}
		}
	}

}
