package dev.socketserver.autoconfigure.lifecycle;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.socketserver.autoconfigure.properties.Section;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Warns of keys of a server that are where no server is, such as {@code socket.port}, in
 * an application that has neither servers nor clients. They are no error: below
 * {@code socket} an application may have keys of its own.
 */
final class MisplacedKeys {

	private static final Logger logger = LoggerFactory.getLogger(MisplacedKeys.class);

	/** Those by which a server is most often meant. */
	private static final List<String> KEYS = List.of("port", "host", "address", "handler", "framing");

	private static final List<String> PREFIXES = List.of("socket", "socket.server", "socket-server", "socket-servers");

	private MisplacedKeys() {
	}

	/** Warns of each of them, once. */
	static void warn(Environment environment) {
		Set<String> found = new TreeSet<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			for (String prefix : PREFIXES) {
				for (String key : KEYS) {
					ConfigurationPropertyName name = ConfigurationPropertyName.of(prefix + "." + key);
					if (source.getConfigurationProperty(name) != null
							|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
						found.add(name.toString());
					}
				}
			}
		}
		for (String property : found) {
			String key = property.substring(property.lastIndexOf('.') + 1);
			logger.warn("Property {} has no effect, and there are no socket servers: if it is meant for one, write {}",
					property, Section.SERVERS.property("<name>", key.equals("host") ? "address" : key));
		}
	}

}
