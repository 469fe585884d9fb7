package dev.socketserver.autoconfigure.lifecycle;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.framing.ConfiguredFramings;
import dev.socketserver.autoconfigure.handler.HandlerSelection;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.port.LocalPorts;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.EntryNames;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.registration.ConnectionSource;
import dev.socketserver.autoconfigure.registration.SocketClientSpecCustomizer;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.autoconfigure.registration.SocketServerSpecFactory;
import dev.socketserver.autoconfigure.spec.ClientSpecs;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;
import dev.socketserver.autoconfigure.spec.ReferencedBeans;
import dev.socketserver.autoconfigure.spec.ServerSpecs;
import dev.socketserver.autoconfigure.spec.SessionSpecs;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.client.SocketClients;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operator.MessageObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * The servers and clients that the properties ask for, with their handlers. All of them
 * are turned into specifications when the first is asked for, so that nothing listens or
 * connects if one of them is wrong. That creates their handler beans, but opens no
 * socket. Not safe for use by several threads, except for {@link #hasAny},
 * {@link #hasServer}, {@link #hasClient} and {@link #builder}.
 */
public final class ConfiguredEntries implements SocketServerSpecFactory {

	private static final SafeLogger logger = SafeLogger.of(ConfiguredEntries.class);

	private final SocketProperties properties;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final TlsBundles tlsBundles;

	/** The beans that serve what the application registers by itself. */
	private final Set<String> registered = new HashSet<>();

	private @Nullable SetUpAttempt described;

	public ConfiguredEntries(SocketProperties properties, ConfigurableListableBeanFactory beanFactory,
			Environment environment, TlsBundles tlsBundles) {
		this.properties = properties;
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.tlsBundles = tlsBundles;
	}

	/**
	 * Returns whether the properties ask for a server, before it is registered.
	 * @param name the server's name
	 * @return whether there is an entry of that name that is not disabled
	 */
	public boolean hasServer(String name) {
		return isEnabled(serverEntries().get(name));
	}

	/**
	 * Returns whether the properties ask for a client, before it is registered.
	 * @param name the client's name
	 * @return whether there is an entry of that name that is not disabled
	 */
	public boolean hasClient(String name) {
		return isEnabled(clientEntries().get(name));
	}

	/**
	 * Returns whether the properties ask for a server or client, before it is registered.
	 * @return whether there is an entry that is not disabled
	 */
	public boolean hasAny() {
		return Stream.concat(serverEntries().values().stream(), clientEntries().values().stream())
			.anyMatch(ConfiguredEntries::isEnabled);
	}

	/**
	 * Returns what the properties say about a client.
	 * @param name the client's name
	 * @return its properties, or {@code null} if there is no such entry, or it is
	 * disabled
	 */
	@Nullable ClientProperties client(String name) {
		ClientProperties client = clientEntries().get(name);
		return isEnabled(client) ? client : null;
	}

	/**
	 * Returns the names of the clients that the properties ask for.
	 * @return the names
	 */
	Collection<String> clientNames() {
		return clientEntries().keySet().stream().filter(this::hasClient).toList();
	}

	/**
	 * Warns of what will not be started: where a parent context has servers and clients
	 * already, this one shares them, and does not have its own.
	 * @param parent the parent context
	 */
	public void warnWhereAncestorsAreToServe(ApplicationContext parent) {
		ConfiguredEntries theirs = parent.getBeanProvider(ConfiguredEntries.class).getIfAvailable();
		if (theirs != null) {
			warn(Section.SERVERS, SocketServersLifecycle.class, serverEntries(), theirs.serverEntries());
			warn(Section.CLIENTS, SocketClientsLifecycle.class, clientEntries(), theirs.clientEntries());
		}
	}

	private void warn(Section section, Class<?> lifecycle, Map<String, ? extends SessionProperties> ours,
			Map<String, ? extends SessionProperties> theirs) {
		if (this.beanFactory.getBeanNamesForType(lifecycle, true, false).length > 0) {
			return;
		}
		ours.forEach((name, entry) -> {
			if (isEnabled(entry) && !isEnabled(theirs.get(name))) {
				logger.warn(
						"Property {} has no effect: this context shares the servers and clients of its parent, "
								+ "which has no {} of that name. Set it for the parent",
						section.property(name), section.word());
			}
		});
	}

	Map<String, ServerProperties> serverEntries() {
		return EntryNames.collapse(Section.SERVERS, this.properties.getServers());
	}

	Map<String, ClientProperties> clientEntries() {
		return EntryNames.collapse(Section.CLIENTS, this.properties.getClients());
	}

	private static boolean isEnabled(@Nullable SessionProperties entry) {
		return entry != null && !Boolean.FALSE.equals(entry.getEnabled());
	}

	/**
	 * Returns what was made of all servers and clients.
	 * @return what is made of them once, at a start
	 * @throws InvalidSocketPropertyException if a server or client cannot be described
	 */
	public SetUpAttempt described() {
		SetUpAttempt known = this.described;
		if (known == null) {
			known = describe();
			this.described = known;
		}
		return known;
	}

	private SetUpAttempt describe() {
		if (this.properties.getObservations().enabled() && BeanFactoryUtils
			.beanNamesForTypeIncludingAncestors(this.beanFactory, MessageObserver.class, true, false).length == 0) {
			logger.warn("Property socket.observations.enabled has no effect: SocketObservationAutoConfiguration, which "
					+ "observes messages, is excluded, or was left out when the application was processed ahead of "
					+ "time, since the property was not set then");
		}
		refuseAbsent();
		DataSize memory = (this.properties.getLimits() != null) ? this.properties.getLimits().memory() : null;
		if (memory != null) {
			MemoryLimit.check(memory, DataSize.ofBytes(Runtime.getRuntime().maxMemory()));
		}
		ServerBlocks.check(this.beanFactory, this.environment);
		SessionSpecs sessions = sessionSpecs(this.environment);
		MisplacedKeys.warn(this.environment);
		HandlerBeans beans = new HandlerBeans(this.beanFactory);
		SetUpAttempt known = SetUpAttempt.ofStart();
		servers(known, beans, sessions, serverEntries().keySet());
		clients(known, beans, sessions, this.environment, clientEntries().keySet());
		if (known.servers().size() == serverEntries().size() && known.clients().size() == clientEntries().size()) {
			// If an entry is disabled, the advice may be meant for that one.
			for (String bean : beans.adviceWithoutHandlers()) {
				logger.warn("Advice bean '{}' applies to no handler of a server or client: correct its "
						+ "@SocketHandlerAdvice annotation, or remove it", bean);
			}
			for (String bean : beans.unannotated()) {
				if (!this.registered.contains(bean)) {
					logger.warn("Bean '{}' has methods with @OnMessage, and serves no server or client: annotate it "
							+ "with @SocketHandler or @SocketClientHandler", bean);
				}
			}
		}
		return known;
	}

	/** Refuses keys of modules that the application lacks. */
	private void refuseAbsent() {
		for (Map.Entry<String, Object> each : this.properties.absent().entrySet()) {
			InvalidSocketPropertyException failure = ServerBlocks.isBlock(each.getKey().split("\\.")[0]) ? null
					: KnownModules.ifAbsent(each.getKey(), each.getValue());
			if (failure != null) {
				throw failure;
			}
		}
	}

	private SessionSpecs sessionSpecs(Environment environment) {
		return new SessionSpecs(new ConfiguredFramings(this.beanFactory, environment, new KeyCheck()), environment,
				Runtime.version().feature(), new ReferencedBeans(this.beanFactory), this.tlsBundles,
				this.properties.memoryBytes(NettySocketServers.defaultMemoryLimit()));
	}

	private <C> List<C> customizers(Class<C> type) {
		return this.beanFactory.getBeanProvider(type).orderedStream().toList();
	}

	@Override
	public ServerSpec.Builder builder(String name, Map<String, ?> properties) {
		EntryNames.checkForm(Section.SERVERS, name);
		Environment environment = RegisteredProperties.environment(name, properties, this.environment);
		ServerProperties entry = RegisteredProperties.bind(environment)
			.getServers()
			.getOrDefault(name, new ServerProperties());
		HandlerBeans beans = new HandlerBeans(this.beanFactory);
		HandlerSelection selection = new HandlerSelection(Section.SERVERS, beans);
		String bean = (entry.getHandler() != null) ? selection.select(Map.of(name, entry)).get(name) : null;
		if (bean != null) {
			this.registered.add(bean);
		}
		if (bean != null && selection.isBuiltIn(entry)) {
			throw new IllegalArgumentException("The built-in handler '" + bean
					+ "' is for servers of the properties: give server '" + name + "' another handler");
		}
		ServerSpec.Builder builder = new ServerSpecs(sessionSpecs(environment),
				customizers(SocketServerSpecCustomizer.class), this.beanFactory)
			.builder(name, entry, beans, bean);
		ServerBlocks.inForce(name, entry, this.beanFactory);
		return builder;
	}

	/**
	 * Describes some servers and clients as a start would, without what is checked and
	 * said only once at a start. Opens no socket.
	 * @param local has the ports of servers of this application
	 * @param servers the names of the servers to describe
	 * @param clients the names of the clients
	 * @return what was made of them
	 */
	public SetUpAttempt attempt(Environment local, Set<String> servers, Set<String> clients) {
		SetUpAttempt attempt = SetUpAttempt.none();
		HandlerBeans beans = new HandlerBeans(this.beanFactory);
		try {
			servers(attempt, beans, sessionSpecs(this.environment), servers);
		}
		catch (RuntimeException ex) {
			attempt.failed(Section.SERVERS.property(), ex);
		}
		try {
			if (!clients.isEmpty()) {
				clients(attempt, beans, sessionSpecs(this.environment), local, clients);
			}
		}
		catch (RuntimeException ex) {
			attempt.failed(Section.CLIENTS.property(), ex);
		}
		return attempt;
	}

	/** Describes the servers of some names, and says more at a start. */
	private void servers(SetUpAttempt attempt, HandlerBeans beans, SessionSpecs sessions, Set<String> wanted) {
		Map<String, ServerProperties> entries = serverEntries();
		ServerSpecs specs = new ServerSpecs(sessions, customizers(SocketServerSpecCustomizer.class), this.beanFactory);
		Map<String, ServerProperties> enabled = enabled(Section.SERVERS, entries);
		HandlerSelection selection = new HandlerSelection(Section.SERVERS, beans);
		Map<String, String> handlers = selection.select(withHandlers(enabled));
		for (Map.Entry<String, ServerProperties> each : enabled.entrySet()) {
			String name = each.getKey();
			try {
				if (wanted.contains(name)) {
					attempt.made(name, server(name, each.getValue(), handlers.get(name), specs, selection, beans));
				}
			}
			catch (RuntimeException ex) {
				attempt.failed(Section.SERVERS.property(name), ex);
			}
		}
		if (attempt.isStart()) {
			for (Map.Entry<String, ServerProperties> each : enabled.entrySet()) {
				ServerBlocks.inForce(each.getKey(), each.getValue(), this.beanFactory);
			}
			selection.warnAboutTheRest(handlers, entries, enabled.keySet(), clientEntries().keySet());
		}
	}

	/** Describes a server with that handler or, without one, with what a block brings. */
	private static ConfiguredServer server(String name, ServerProperties entry, @Nullable String bean,
			ServerSpecs specs, HandlerSelection selection, HandlerBeans beans) {
		if (bean == null) {
			return specs.create(name, entry, beans, selection.named(name, entry));
		}
		return selection.isBuiltIn(entry) ? specs.createBuiltIn(name, entry, beans, bean)
				: specs.create(name, entry, beans, bean);
	}

	private static Map<String, ServerProperties> withHandlers(Map<String, ServerProperties> servers) {
		Map<String, ServerProperties> found = new LinkedHashMap<>(servers);
		for (Map.Entry<String, ServerProperties> each : servers.entrySet()) {
			if (ServerBlocks.handles(each.getValue())) {
				found.remove(each.getKey());
			}
		}
		return found;
	}

	/** Describes clients, likewise. */
	private void clients(SetUpAttempt attempt, HandlerBeans beans, SessionSpecs sessions, Environment local,
			Set<String> wanted) {
		Map<String, ClientProperties> entries = clientEntries();
		Map<String, ServerProperties> servers = serverEntries();
		Map<String, ClientProperties> enabled = enabled(Section.CLIENTS, entries);
		for (String name : enabled.keySet()) {
			checkPossible(name);
		}
		HandlerSelection selection = new HandlerSelection(Section.CLIENTS, beans);
		Map<String, String> handlers = selection.select(enabled);
		// Most applications have no clients, and need not load what describes them.
		if (!enabled.isEmpty()) {
			ClientSpecs specs = new ClientSpecs(sessions,
					new LocalPorts(local, enabled(Section.SERVERS, servers).keySet(), servers.keySet()),
					customizers(SocketClientSpecCustomizer.class), customizers(ConnectionSource.class));
			for (Map.Entry<String, ClientProperties> each : enabled.entrySet()) {
				String name = each.getKey();
				ClientProperties client = each.getValue();
				try {
					if (wanted.contains(name)) {
						attempt.made(name,
								specs.create(name, client, beans, handlers.get(name), selection.isBuiltIn(client)));
					}
				}
				catch (RuntimeException ex) {
					attempt.failed(Section.CLIENTS.property(name), ex);
				}
			}
		}
		if (attempt.isStart()) {
			selection.warnAboutTheRest(handlers, entries, enabled.keySet(), servers.keySet());
		}
	}

	/**
	 * Refuses a client if there is no bean to run it: the module of clients is absent, or
	 * the application has {@link dev.socketserver.SocketServers} of its own.
	 */
	private void checkPossible(String client) {
		if (this.beanFactory.getBeanNamesForType(SocketClients.class, true, false).length == 0) {
			if (this.beanFactory.getBeanNamesForType(NettySocketServers.class, true, false).length > 0) {
				throw new InvalidSocketPropertyException(Section.CLIENTS.property(client), client,
						"clients need socket-server-client, which is not on the class path",
						"Add the dependency dev.socketserver:socket-server-client, or remove the client");
			}
			throw new InvalidSocketPropertyException(Section.CLIENTS.property(client), client,
					"there is no SocketClients bean, as the application has a SocketServers bean of its own",
					"Declare a SocketClients bean too, or remove the client");
		}
	}

	private <E extends SessionProperties> Map<String, E> enabled(Section section, Map<String, E> entries) {
		Map<String, E> found = new LinkedHashMap<>();
		for (Map.Entry<String, E> entry : entries.entrySet()) {
			if (isEnabled(entry.getValue())) {
				EntryNames.check(section, entry.getKey(), this.environment);
				found.put(entry.getKey(), entry.getValue());
			}
		}
		return found;
	}

}
