package dev.socketserver.autoconfigure.lifecycle;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Warns of keys of a server or client that are where none is, such as {@code socket.port}
 * or {@code socket.server.upper.port}. They are no error: below {@code socket} an
 * application may have keys of its own.
 */
final class MisplacedKeys {

	private static final SafeLogger logger = SafeLogger.of(MisplacedKeys.class);

	private static final ConfigurationPropertyName SERVERS = ConfigurationPropertyName.of(Section.SERVERS.property());

	private static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	private static final ConfigurationPropertyName CLIENTS = ConfigurationPropertyName.of(Section.CLIENTS.property());

	private MisplacedKeys() {
	}

	/** Warns of each of them, once. */
	static void warn(Environment environment) {
		Map<String, String> meant = new TreeMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					// Most names that an application has are not ours.
					if (!name.isEmpty() && name.getElement(0, Form.ORIGINAL).startsWith("socket") && !isPlaced(name)) {
						add(name, source, meant);
					}
				}
			}
		}
		for (Map.Entry<String, String> each : meant.entrySet()) {
			logger.warn("Property {} is of no server or client: if it is meant for one, write {}", each.getKey(),
					each.getValue());
		}
	}

	/** Whether the key is where keys of servers and clients are, as most of ours are. */
	private static boolean isPlaced(ConfigurationPropertyName name) {
		return SERVERS.isAncestorOf(name) || DEFAULTS.isAncestorOf(name) || CLIENTS.isAncestorOf(name);
	}

	private static void add(ConfigurationPropertyName name, ConfigurationPropertySource source,
			Map<String, String> meant) {
		Matcher misplaced = Misplaced.KEY.matcher(name.toString());
		if (misplaced.matches() && !isAddressOfService(source.getConfigurationProperty(name))) {
			boolean client = "client".equals(misplaced.group("dot")) || "client".equals(misplaced.group("dash"));
			Section section = client ? Section.CLIENTS : Section.SERVERS;
			String entry = misplaced.group("entry");
			String key = (!client && misplaced.group("key").equals("host")) ? "address" : misplaced.group("key");
			meant.put(misplaced.group().substring(0, misplaced.end("key")),
					section.property((entry != null) ? entry : "<name>", key));
		}
	}

	/** Kubernetes sets {@code SOCKET_PORT} to this where a service is called socket. */
	private static boolean isAddressOfService(@Nullable ConfigurationProperty property) {
		return property != null && String.valueOf(property.getValue()).contains("://");
	}

	/** Compiled for the first key only that is of no entry. */
	private static final class Misplaced {

		/**
		 * The keys by which a server is most often meant. Kubernetes gives each pod
		 * variables such as {@code SOCKET_SERVER_SERVICE_PORT}, where a service is called
		 * so.
		 */
		static final Pattern KEY = Pattern.compile("socket(?:(?:\\.(?<dot>server|client)|-?(?<dash>server|client)s?)"
				+ "(?:\\.(?!service\\.)(?<entry>[a-z][a-z0-9-]*))?)?"
				+ "\\.(?<key>port|host|address|handler|framing)(?:(?<=framing)\\..*)?");

	}

}
