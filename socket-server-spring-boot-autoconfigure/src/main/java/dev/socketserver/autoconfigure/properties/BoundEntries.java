package dev.socketserver.autoconfigure.properties;

import java.beans.PropertyDescriptor;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.ReflectionUtils;

/**
 * Makes the properties of servers and clients of values that Boot's binder has bound
 * before: what they inherit is among them, and none is converted again. Blocks of equal
 * values are one object, also those of the time before. Used by one thread.
 */
public final class BoundEntries {

	private static final String LISTENERS = "listeners";

	private final Map<String, Class<? extends Record>> modules;

	/** The blocks of the time before. */
	private final Map<Block, Record> before;

	private final Map<Block, Record> blocks = new HashMap<>();

	private final Map<Class<?>, Map<String, PropertyDescriptor>> keys = new HashMap<>();

	/**
	 * Creates the object.
	 * @param modules the records of the blocks that modules bring, by the keys of the
	 * blocks
	 * @param before the {@linkplain #blocks() blocks} of the time before
	 */
	public BoundEntries(Map<String, Class<? extends Record>> modules, Map<Block, Record> before) {
		this.modules = modules;
		this.before = before;
	}

	/** Returns the blocks of all that was made. */
	public Map<Block, Record> blocks() {
		return this.blocks;
	}

	/**
	 * Makes the properties of a server.
	 * @param name its name
	 * @param values the values that were bound, by key, with those that it inherits
	 * @param inherited the keys of the latter
	 * @return the properties
	 */
	public ServerProperties server(String name, Map<String, Object> values, Collection<String> inherited) {
		ServerProperties server = new ServerProperties();
		set(server, ConfigurationPropertyName.of(Section.SERVERS.property(name)), values);
		inherited.forEach(server::inherits);
		return server;
	}

	/**
	 * Makes the properties of a client.
	 * @param name its name
	 * @param values the values that were bound, by key
	 * @return the properties
	 */
	public ClientProperties client(String name, Map<String, Object> values) {
		ClientProperties client = new ClientProperties();
		set(client, ConfigurationPropertyName.of(Section.CLIENTS.property(name)), values);
		return client;
	}

	private void set(SessionProperties entry, ConfigurationPropertyName name, Map<String, Object> values) {
		Map<String, PropertyDescriptor> known = this.keys.computeIfAbsent(entry.getClass(), BoundEntries::keys);
		values.forEach((key, value) -> set(entry, known.get(uniform(key)), value));
		byBlock(values).forEach((key, block) -> {
			ConfigurationPropertyName whole = name.append(key);
			PropertyDescriptor property = known.get(uniform(key));
			Class<? extends Record> module = this.modules.get(key);
			if (key.equals(LISTENERS) && entry instanceof ServerProperties server) {
				server.setListeners(listeners(whole, block));
			}
			else if (property != null && Record.class.isAssignableFrom(property.getPropertyType())) {
				set(entry, property, block(whole, property.getPropertyType().asSubclass(Record.class), block));
			}
			else if (module != null && entry instanceof ServerDefaults server) {
				server.block(key, block(whole, module, block));
			}
		});
	}

	/** Returns the values of keys that have a dot, by what is before it. */
	private static Map<String, Map<String, Object>> byBlock(Map<String, Object> values) {
		Map<String, Map<String, Object>> blocks = new LinkedHashMap<>();
		values.forEach((key, value) -> {
			int dot = key.indexOf('.');
			if (dot > 0) {
				blocks.computeIfAbsent(key.substring(0, dot), (block) -> new LinkedHashMap<>())
					.put(key.substring(dot + 1), value);
			}
		});
		return blocks;
	}

	private static Map<String, PropertyDescriptor> keys(Class<?> type) {
		Map<String, PropertyDescriptor> keys = new HashMap<>();
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			keys.put(uniform(property.getName()), property);
		}
		return keys;
	}

	/** A variable has no dashes. */
	private static String uniform(String key) {
		return key.replace("-", "").toLowerCase(Locale.ROOT);
	}

	private static void set(SessionProperties entry, @Nullable PropertyDescriptor property, Object value) {
		if (property != null && property.getWriteMethod() != null) {
			ReflectionUtils.invokeMethod(property.getWriteMethod(), entry, value);
		}
	}

	private Map<String, ListenerProperties> listeners(ConfigurationPropertyName name, Map<String, Object> values) {
		Map<String, ListenerProperties> listeners = new LinkedHashMap<>();
		byBlock(values).forEach((listener, keys) -> listeners.put(listener,
				(ListenerProperties) block(name.append(listener), ListenerProperties.class, keys)));
		return listeners;
	}

	private Record block(ConfigurationPropertyName name, Class<? extends Record> type, Map<String, Object> values) {
		return this.blocks.computeIfAbsent(new Block(type, values), (block) -> {
			Record known = this.before.get(block);
			return (known != null) ? known : bind(name, type, values);
		});
	}

	private static <R extends Record> R bind(ConfigurationPropertyName name, Class<R> type,
			Map<String, Object> values) {
		Map<String, Object> properties = new HashMap<>();
		values.forEach((key, value) -> properties.put(name + "." + key, value));
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate(name, Bindable.of(type),
				BindHandler.DEFAULT);
	}

	/**
	 * What a block is made of.
	 *
	 * @param type its record
	 * @param values the values, by their keys within it
	 */
	public record Block(Class<? extends Record> type, Map<String, Object> values) {

	}

}
