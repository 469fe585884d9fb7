package dev.socketserver.autoconfigure.properties;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;

/**
 * The source of a server's properties that has the shared defaults behind its own. Both
 * have been bound before, so that a value needs no conversion, and an empty one is there
 * only if it is a text or a list. Boot's binder merges them.
 */
final class Inheritance implements ConfigurationPropertySource {

	private final InheritedValues defaults;

	private final Map<ConfigurationPropertyName, Object> bound;

	private final ConfigurationPropertyName name;

	private final ServerProperties server;

	Inheritance(InheritedValues defaults, Map<ConfigurationPropertyName, Object> bound, String name,
			ServerProperties server) {
		this.defaults = defaults;
		this.bound = bound;
		this.name = ConfigurationPropertyName.of(Section.SERVERS.property(name));
		this.server = server;
	}

	/** Sets what the server inherits. */
	void apply(ServerDefaults defaults, Map<String, Class<? extends Record>> blocks) {
		Binder binder = new Binder(this);
		binder.bind(this.name, Bindable.of(ServerDefaults.class).withExistingValue(this.server));
		blocks.forEach((key, type) -> {
			if (this.defaults.isAny(key)) {
				binder.bind(this.name.append(key), Bindable.of(type)).ifBound((block) -> this.server.block(key, block));
			}
		});
		defaults.absent().forEach((key, value) -> {
			if (this.server.absent().putIfAbsent(key, value) == null) {
				this.server.inherits(key);
			}
		});
	}

	/** A block of which nothing is inherited stays as it is. */
	@Override
	public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName property) {
		int block = this.name.getNumberOfElements();
		boolean whole = property.getNumberOfElements() <= block;
		return (whole || this.defaults.isAny(property.getElement(block, Form.DASHED)))
				? ConfigurationPropertyState.UNKNOWN : ConfigurationPropertyState.ABSENT;
	}

	@Override
	public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName property) {
		if (property.equals(this.name)) {
			return null;
		}
		Object own = this.bound.get(property);
		String key = property.toString().substring(this.name.toString().length() + 1);
		if (own != null && !(own.equals("") && ServerDefaults.isNeverEmpty(key))) {
			return new ConfigurationProperty(property, own, null);
		}
		Object inherited = this.defaults.value(key);
		if (inherited == null) {
			return null;
		}
		this.server.inherits(key);
		return new ConfigurationProperty(property, inherited, null);
	}

}
