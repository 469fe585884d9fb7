package dev.socketserver.test.slice;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.socketserver.spec.Suggestions;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Fails a test that names a server or client that no property has: none would start.
 *
 * @param names the names of servers and clients
 * @param environment has the properties
 */
record NamedServers(Set<String> names, Environment environment) implements BeanFactoryPostProcessor {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		Binder binder = Binder.get(this.environment);
		Set<String> known = new TreeSet<>();
		for (String section : new String[] { "socket.servers", "socket.clients" }) {
			known.addAll(binder.bind(section, Bindable.mapOf(String.class, Object.class)).orElseGet(Map::of).keySet());
		}
		for (String name : new TreeSet<>(this.names)) {
			if (!known.contains(name)) {
				throw new IllegalStateException("@SocketServerTest names '" + name
						+ "', but no property has a server or client of that name, " + Suggestions.sentence(name, known,
								"and none of another name: write socket.servers." + name + ".port"));
			}
		}
	}

}
