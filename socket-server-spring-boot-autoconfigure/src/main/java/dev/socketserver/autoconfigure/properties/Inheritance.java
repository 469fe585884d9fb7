package dev.socketserver.autoconfigure.properties;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;

/**
 * The source of a server's properties that has the shared defaults behind its own. Both
 * have been bound before, so that a value needs no conversion, and an empty one is there
 * only if it is a text or a list. Boot's binder merges them.
 */
final class Inheritance implements ConfigurationPropertySource {

	/** Texts that are always needed: an empty one switches nothing off. */
	private static final Set<String> NEVER_EMPTY = Set.of(".address", ".threads.name");

	private final Map<ConfigurationPropertyName, Object> bound;

	private final String name;

	private final ServerProperties server;

	Inheritance(Map<ConfigurationPropertyName, Object> bound, String name, ServerProperties server) {
		this.bound = bound;
		this.name = Section.SERVERS.property(name);
		this.server = server;
	}

	/** Sets what the server inherits. */
	void apply(ServerDefaults defaults, Map<String, Class<? extends Record>> blocks) {
		Binder binder = new Binder(this);
		binder.bind(this.name, Bindable.of(ServerDefaults.class).withExistingValue(this.server));
		blocks.forEach((key, type) -> binder.bind(this.name + "." + key, type)
			.ifBound((block) -> this.server.block(key, block)));
		defaults.absent().forEach((key, value) -> {
			if (this.server.absent().putIfAbsent(key, value) == null) {
				this.server.inherits(key);
			}
		});
	}

	@Override
	public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName property) {
		String key = property.toString().substring(this.name.length());
		Object own = this.bound.get(property);
		if (own != null && !(own.equals("") && NEVER_EMPTY.contains(key))) {
			return new ConfigurationProperty(property, own, null);
		}
		Object inherited = this.bound.get(ConfigurationPropertyName.of(Section.DEFAULTS + key));
		// A framing may be a block, of which nothing is bound.
		if (inherited == null || key.equals(".framing")) {
			return null;
		}
		this.server.inherits(key.substring(1));
		return new ConfigurationProperty(property, inherited, null);
	}

}
