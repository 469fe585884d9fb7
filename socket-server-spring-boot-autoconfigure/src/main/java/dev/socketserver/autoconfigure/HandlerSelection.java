package dev.socketserver.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.SocketProperties.Server;
import dev.socketserver.handler.BuiltInHandler;
import dev.socketserver.handler.HandlerBean;
import dev.socketserver.handler.HandlerBeans;
import dev.socketserver.repl.Repl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which bean serves which server: the one that the {@code handler} property
 * names, else the one that names the server, else the one that names none. Where a
 * property names a handler that is built in, a bean of that name wins, but for the
 * console.
 */
final class HandlerSelection {

	private static final Logger logger = LoggerFactory.getLogger(HandlerSelection.class);

	private final HandlerBeans beans;

	HandlerSelection(HandlerBeans beans) {
		this.beans = beans;
	}

	/**
	 * Chooses the handlers.
	 * @param servers the servers to be started
	 * @return the names of the beans, or the words of handlers that are
	 * {@linkplain #isBuiltIn built in}, by the names of the servers
	 * @throws InvalidSocketPropertyException if there is not exactly one handler for a
	 * server
	 */
	Map<String, String> select(Map<String, Server> servers) {
		Map<String, String> selected = new LinkedHashMap<>();
		List<String> silent = new ArrayList<>();
		servers.forEach((server, entry) -> {
			String handler = entry.handler();
			String bean = (handler != null) ? named(server, handler) : naming(server, server, null);
			if (bean != null) {
				selected.put(server, bean);
			}
			else {
				silent.add(server);
			}
		});
		if (!silent.isEmpty()) {
			String bean = nameless(silent, selected.values());
			selected.put(silent.get(0), bean);
		}
		return selected;
	}

	/**
	 * Warns about names of handlers that are no servers, and about handlers that serve
	 * none.
	 * @param selected what {@link #select} chose
	 * @param all all servers, those that are switched off included
	 */
	void warnAboutTheRest(Map<String, String> selected, Map<String, Server> all) {
		Set<String> references = references(all.values());
		for (HandlerBean bean : this.beans.annotated()) {
			if (references.contains(bean.beanName())) {
				continue;
			}
			for (String name : bean.servers()) {
				if (!all.containsKey(name) && !references.contains(name)) {
					logger.warn(
							"Handler bean '{}' serves '{}', but there is no server of that name ({}): "
									+ "set socket.servers.{}.port, or change the name",
							bean.beanName(), name, Nearest.sentence(name, all.keySet(), "there are no servers"), name);
				}
			}
			// It may be meant for a server that is switched off.
			if (bean.servers().isEmpty() && !selected.containsValue(bean.beanName()) && selected.size() == all.size()) {
				logger.warn("Handler bean '{}' serves no server: name one in its @SocketHandler annotation, "
						+ "or set socket.servers.<name>.handler to '{}'", bean.beanName(), bean.beanName());
			}
		}
	}

	private static Set<String> references(Collection<Server> servers) {
		Set<String> references = new LinkedHashSet<>();
		for (Server server : servers) {
			if (server.handler() != null) {
				references.add(server.handler());
			}
		}
		return references;
	}

	/**
	 * Whether what was chosen for a server is no bean.
	 * @param entry what the properties say about the server
	 * @return whether its handler is built in
	 */
	boolean isBuiltIn(Server entry) {
		String handler = entry.handler();
		return handler != null && (handler.equals(Repl.NAME)
				|| (BuiltInHandler.of(handler) != null && !this.beans.contains(handler) && !isAnnotated(handler)));
	}

	private boolean isAnnotated(String handler) {
		return this.beans.annotated().stream().anyMatch((bean) -> bean.servers().contains(handler));
	}

	private String named(String server, String handler) {
		if (handler.equals(Repl.NAME) && (this.beans.contains(handler) || isAnnotated(handler))) {
			logger.warn("Server '{}' has the handler {} that is built in, whatever bean is called so", server, handler);
		}
		if (handler.equals(Repl.NAME) || this.beans.contains(handler)) {
			return handler;
		}
		String bean = naming(server, handler, handler);
		if (bean != null) {
			return bean;
		}
		if (BuiltInHandler.of(handler) != null) {
			return handler;
		}
		throw new InvalidSocketPropertyException(property(server), handler,
				"server '%s' has no handler of that name; %s".formatted(server,
						Nearest.sentence(handler, allHandlers(), "there are no handlers")),
				"Name a bean that is a handler, or annotate one with @SocketHandler(\"%s\")".formatted(handler));
	}

	private @Nullable String naming(String server, String name, @Nullable String handler) {
		List<String> found = this.beans.annotated()
			.stream()
			.filter((bean) -> bean.servers().contains(name))
			.map(HandlerBean::beanName)
			.toList();
		if (found.size() > 1) {
			throw new InvalidSocketPropertyException(property(server), handler,
					"server '%s' has several handlers, the beans %s".formatted(server, quoted(found)),
					"Set it to one of them, or take '%s' from the @SocketHandler annotations of the others"
						.formatted(name));
		}
		return found.isEmpty() ? null : found.get(0);
	}

	private String nameless(List<String> servers, Collection<String> taken) {
		String server = servers.get(0);
		List<String> all = this.beans.annotated()
			.stream()
			.filter((bean) -> bean.servers().isEmpty())
			.map(HandlerBean::beanName)
			.toList();
		List<String> free = all.stream().filter((bean) -> !taken.contains(bean)).toList();
		List<String> found = free.isEmpty() ? all : free;
		if (found.isEmpty()) {
			throw new InvalidSocketPropertyException(property(server), null,
					"server '%s' has no handler; %s".formatted(server,
							Nearest.sentence(server, handlers(), "there are no handlers")),
					"Annotate a bean with @SocketHandler(\"%s\"), or set the property to the name of one"
						.formatted(server));
		}
		if (found.size() > 1) {
			throw new InvalidSocketPropertyException(property(server), null,
					"server '%s' has several handlers, the beans %s, which name no server".formatted(server,
							quoted(found)),
					"Annotate one with @SocketHandler(\"%s\"), or set the property to its name".formatted(server));
		}
		if (servers.size() > 1) {
			throw new InvalidSocketPropertyException(property(server), null,
					"the only handler that names no server, bean '%s', cannot tell the servers %s apart"
						.formatted(found.get(0), quoted(servers)),
					"Annotate a bean with @SocketHandler(\"%s\"), or set the property to the name of one"
						.formatted(server));
		}
		return found.get(0);
	}

	/** What could be written where a handler is named. */
	private Set<String> allHandlers() {
		Set<String> names = new LinkedHashSet<>(handlers());
		Stream.of(BuiltInHandler.values()).map(BuiltInHandler::word).forEach(names::add);
		names.add(Repl.NAME);
		return names;
	}

	/** The beans that are handlers, and what they serve. */
	private Set<String> handlers() {
		Set<String> names = new LinkedHashSet<>();
		this.beans.annotated().forEach((bean) -> {
			names.add(bean.beanName());
			names.addAll(bean.servers());
		});
		return names;
	}

	private static String property(String server) {
		return "socket.servers." + server + ".handler";
	}

	private static String quoted(List<String> names) {
		return names.stream().map((name) -> "'" + name + "'").collect(Collectors.joining(" and "));
	}

}
