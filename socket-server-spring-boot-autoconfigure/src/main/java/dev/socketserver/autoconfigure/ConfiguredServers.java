package dev.socketserver.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.autoconfigure.SocketProperties.Server;
import dev.socketserver.handler.HandlerBeans;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.system.JavaVersion;
import org.springframework.core.env.Environment;

/**
 * The servers that the properties ask for, with their handlers.
 */
final class ConfiguredServers {

	private final SocketProperties properties;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final TlsBundles tlsBundles;

	ConfiguredServers(SocketProperties properties, ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		this.properties = properties;
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.tlsBundles = new TlsBundles(beanFactory);
	}

	/**
	 * Describes all servers. Creates their handler beans; opens nothing.
	 * @return the servers, in the order of the properties
	 * @throws InvalidSocketPropertyException if one of them cannot be described
	 */
	List<ConfiguredServer> servers() {
		ServerSpecs specs = new ServerSpecs(this.properties.serverDefaults(),
				new SessionSpecs(new ConfiguredFramings(this.beanFactory, this.environment), this.environment,
						JavaVersion.getJavaVersion(), new ReferencedBeans(this.beanFactory), this.tlsBundles));
		Map<String, Server> entries = EntryNames.collapse(Section.SERVERS, this.properties.servers());
		Map<String, Server> enabled = new LinkedHashMap<>(entries);
		enabled.values().removeIf((entry) -> !specs.enabled(entry));
		enabled.keySet().forEach(ConfiguredServers::checkName);
		HandlerBeans beans = new HandlerBeans(this.beanFactory);
		HandlerSelection selection = new HandlerSelection(Section.SERVERS, beans);
		Consoles consoles = new Consoles(this.beanFactory, this.properties.repl());
		if (this.properties.repl().evalOverActuator()) {
			consoles.checkLanguage();
		}
		Map<String, String> handlers = selection.select(enabled);
		List<ConfiguredServer> described = new ArrayList<>();
		enabled.forEach((name, entry) -> {
			String bean = handlers.get(name);
			if (bean != null) {
				ServerSpec spec = selection.isBuiltIn(entry)
						? specs.create(name, entry, beans, BuiltIn.of(bean, consoles), consoles)
						: specs.create(name, entry, beans, bean);
				described.add(new ConfiguredServer(spec, specs.start(name, entry)));
			}
		});
		selection.warnAboutTheRest(handlers, entries, enabled.size() == entries.size(), List.of());
		return described;
	}

	/**
	 * Before its handler is looked for: the name may be what keeps it from being found.
	 */
	private static void checkName(String name) {
		if (!SessionSpec.isName(name)) {
			throw new InvalidSocketPropertyException("socket.servers." + name, name,
					"a server's name must be " + SessionSpec.NAME_RULE, "Rename the server", null);
		}
	}

}
