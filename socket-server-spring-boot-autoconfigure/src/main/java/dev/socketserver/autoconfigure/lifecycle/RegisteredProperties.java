package dev.socketserver.autoconfigure.lifecycle;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.AbstractEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * The properties of a server that the application registers: its own in front of those of
 * the environment.
 */
final class RegisteredProperties {

	private RegisteredProperties() {
	}

	/** Makes an environment in which the server is one of the properties. */
	static Environment environment(String name, Map<String, ?> properties, Environment parent) {
		Map<String, Object> own = new LinkedHashMap<>();
		own.put(Section.SERVERS.property(name, "port"), "0");
		properties.forEach((key, value) -> own.put(Section.SERVERS.property(name, key), value));
		// Without sources of its own.
		AbstractEnvironment environment = new AbstractEnvironment() {

		};
		environment.setActiveProfiles(parent.getActiveProfiles());
		environment.getPropertySources().addFirst(new MapPropertySource("server '" + name + "'", own));
		if (parent instanceof ConfigurableEnvironment configurable) {
			configurable.getPropertySources()
				.stream()
				// It is a view of the others.
				.filter((source) -> !source.getName().equals("configurationProperties"))
				.forEach(environment.getPropertySources()::addLast);
		}
		return environment;
	}

	/** Reads them as those of an application, also as to unknown keys. */
	static SocketProperties bind(Environment environment) {
		return Binder.get(environment)
			.bind("socket", Bindable.of(SocketProperties.class), new KeyCheck().apply(BindHandler.DEFAULT))
			.get();
	}

}
