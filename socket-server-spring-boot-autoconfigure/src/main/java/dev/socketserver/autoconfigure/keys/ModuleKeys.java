package dev.socketserver.autoconfigure.keys;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.socketserver.SessionSpec;
import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * The keys that modules bring, which the properties do not have themselves: binds those
 * of modules that are there, and keeps those of others, until it is clear whether anybody
 * needs them.
 */
final class ModuleKeys {

	private static final int KEY_OF_SERVER = 3;

	private static final int KEY_OF_DEFAULTS = 2;

	private static final ConfigurationPropertyName SOCKET = ConfigurationPropertyName.of("socket");

	private static final ConfigurationPropertyName SERVERS = ConfigurationPropertyName.of(Section.SERVERS.property());

	private static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	private final Map<String, Class<? extends Record>> blocks = ServerBlocks.types();

	/**
	 * The keys that a module would bring which the application lacks, and all that are
	 * neither of servers or clients nor of this module.
	 */
	private final Map<ConfigurationPropertyName, ConfigurationProperty> kept = new LinkedHashMap<>();

	/** The records of the blocks, by the keys of the blocks. */
	Map<String, Class<? extends Record>> blocks() {
		return this.blocks;
	}

	/**
	 * Binds the blocks of modules.
	 * @param properties are given the blocks
	 * @param context has the sources
	 * @param handler is called for each key, as for all others
	 * @param own the names of what is bound already, directly below the whole
	 */
	void bind(SocketProperties properties, BindContext context, BindHandler handler,
			Set<ConfigurationPropertyName> own) {
		for (ConfigurationPropertySource source : context.getSources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (SOCKET.isAncestorOf(name)) {
						if (!own.contains(name.chop(KEY_OF_DEFAULTS))) {
							// Other programs have variables that begin so.
							if (!VariableNames.areIn(source)) {
								keepValue(name, name, source);
							}
						}
						else if (isInBlock(name)) {
							// It may have no other keys.
							server(properties, name);
						}
					}
				}
			}
		}
		for (Map.Entry<String, Class<? extends Record>> block : this.blocks.entrySet()) {
			Record inherited = bind(DEFAULTS, block, context, handler);
			if (inherited != null) {
				defaults(properties).block(block.getKey(), inherited);
			}
			for (Map.Entry<String, ServerProperties> server : properties.getServers().entrySet()) {
				// Any other name is refused, or the server is disabled.
				Record set = SessionSpec.isName(server.getKey())
						? bind(SERVERS.append(server.getKey()), block, context, handler) : null;
				if (set != null) {
					server.getValue().block(block.getKey(), set);
				}
			}
		}
	}

	private static @Nullable Record bind(ConfigurationPropertyName entry,
			Map.Entry<String, Class<? extends Record>> block, BindContext context, BindHandler handler) {
		return context.getBinder()
			.bind(entry.append(block.getKey()), Bindable.of(block.getValue()), handler)
			.orElse(null);
	}

	private boolean isInBlock(ConfigurationPropertyName name) {
		return SERVERS.isAncestorOf(name) && name.getNumberOfElements() > KEY_OF_SERVER
				&& this.blocks.containsKey(name.getElement(KEY_OF_SERVER, Form.UNIFORM));
	}

	private static ServerProperties server(SocketProperties properties, ConfigurationPropertyName name) {
		return properties.getServers()
			.computeIfAbsent(name.getElement(KEY_OF_DEFAULTS, Form.ORIGINAL), (server) -> new ServerProperties());
	}

	private static ServerDefaults defaults(SocketProperties properties) {
		ServerDefaults defaults = properties.getServerDefaults();
		if (defaults == null) {
			defaults = new ServerDefaults();
			properties.setServerDefaults(defaults);
		}
		return defaults;
	}

	private void keepValue(ConfigurationPropertyName written, ConfigurationPropertyName name,
			ConfigurationPropertySource source) {
		ConfigurationProperty property = source.getConfigurationProperty(written);
		if (property != null && !property.getValue().toString().isEmpty()) {
			this.kept.putIfAbsent(name, property);
		}
	}

	/**
	 * Keeps an unknown key of a server, if a module would bring it which the application
	 * lacks.
	 * @param written the property as it is spelled
	 * @param name the property with dashes
	 * @param source where it is
	 * @return whether it would
	 */
	boolean keep(ConfigurationPropertyName written, ConfigurationPropertyName name,
			ConfigurationPropertySource source) {
		int depth = depth(name);
		if (depth == 0 || name.getNumberOfElements() <= depth + 1) {
			return false;
		}
		String block = name.getElement(depth, Form.UNIFORM);
		if (this.blocks.containsKey(block) || !KnownModules.hasBlock(block)) {
			return false;
		}
		keepValue(written, name, source);
		return true;
	}

	/** Gives servers, and what they inherit, the keys that were kept. */
	void settle(SocketProperties properties) {
		for (Map.Entry<ConfigurationPropertyName, ConfigurationProperty> each : this.kept.entrySet()) {
			ConfigurationPropertyName name = each.getKey();
			int depth = depth(name);
			Map<String, Object> absent = switch (depth) {
				case KEY_OF_SERVER -> server(properties, name).absent();
				case KEY_OF_DEFAULTS -> defaults(properties).absent();
				default -> properties.absent();
			};
			absent.put(name.subName((depth > 0) ? depth : SOCKET.getNumberOfElements()).toString(),
					each.getValue().getValue().toString());
		}
	}

	/** Returns the keys of modules, beside those of servers. */
	Map<ConfigurationPropertyName, ConfigurationProperty> ofModules() {
		Map<ConfigurationPropertyName, ConfigurationProperty> keys = new LinkedHashMap<>();
		for (Map.Entry<ConfigurationPropertyName, ConfigurationProperty> each : this.kept.entrySet()) {
			if (depth(each.getKey()) == 0 && KnownModules.isOfOne(each.getKey().getElement(1, Form.UNIFORM))) {
				keys.put(each.getKey(), each.getValue());
			}
		}
		return keys;
	}

	/** The number of elements before a key of a server or of the defaults, else 0. */
	private static int depth(ConfigurationPropertyName name) {
		if (DEFAULTS.isAncestorOf(name)) {
			return KEY_OF_DEFAULTS;
		}
		return SERVERS.isAncestorOf(name) ? KEY_OF_SERVER : 0;
	}

}
