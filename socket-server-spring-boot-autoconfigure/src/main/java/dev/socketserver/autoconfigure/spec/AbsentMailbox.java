package dev.socketserver.autoconfigure.spec;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Refuses keys of the mailbox in an application without the module that has it.
 */
public final class AbsentMailbox {

	static final String PROBLEM = "socket-server-spring-boot-mailbox, which delivers letters, is not on the class path";

	static final String REMEDY = "Add dev.socketserver:socket-server-spring-boot-starter-mailbox to the application, "
			+ "or remove the property";

	private static final ConfigurationPropertyName BLOCK = ConfigurationPropertyName.of("socket.mailbox");

	private AbsentMailbox() {
	}

	/**
	 * Refuses the first key of {@code socket.mailbox}.
	 * @param environment has it
	 * @throws InvalidSocketPropertyException if there is one
	 */
	public static void refuse(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (BLOCK.isAncestorOf(name)) {
						String value = environment.getProperty(name.toString());
						if (value == null || value.isEmpty()) {
							continue;
						}
						throw new InvalidSocketPropertyException(name.toString(), value, PROBLEM, REMEDY);
					}
				}
			}
		}
	}

}
