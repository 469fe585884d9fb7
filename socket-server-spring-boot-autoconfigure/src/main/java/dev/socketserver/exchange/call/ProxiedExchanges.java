package dev.socketserver.exchange.call;

import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.exchange.LetterSender;
import dev.socketserver.exchange.SocketExchanges;
import dev.socketserver.exchange.targets.ClientTarget;
import dev.socketserver.exchange.targets.IdentityTarget;
import dev.socketserver.exchange.targets.LettersTarget;
import dev.socketserver.exchange.targets.SessionTarget;
import dev.socketserver.exchange.targets.Target;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Implements interfaces by proxies. What is known of an interface is kept. Beans are
 * looked up when they are needed. Any thread.
 */
public final class ProxiedExchanges implements SocketExchanges {

	private final ConfigurableListableBeanFactory beans;

	private final ConfiguredClients configured;

	/** What is known of interfaces, once their methods were checked. */
	private final Map<Class<?>, ExchangeType> types = new ConcurrentHashMap<>();

	private final Map<Class<?>, ExchangeType> letterTypes = new ConcurrentHashMap<>();

	/**
	 * Creates the object.
	 * @param beans has servers, clients, the cluster, the mailbox and converters
	 * @param configured the clients of the properties, which may not be registered yet
	 */
	public ProxiedExchanges(ConfigurableListableBeanFactory beans, ConfiguredClients configured) {
		this.beans = beans;
		this.configured = configured;
	}

	@Override
	public <T> T client(String name, Class<T> type) {
		ExchangeType exchange = type(type);
		SocketClient registered = clients().client(name).orElse(null);
		if (registered != null) {
			checkReplies(exchange, registered.spec().session());
			return proxy(type, exchange, target(name));
		}
		PayloadSettings settings = this.configured.payloads(name);
		if (settings == null) {
			Set<String> names = new LinkedHashSet<>(this.configured.names());
			clients().forEach((client) -> names.add(client.name()));
			throw new IllegalArgumentException("Interface %s asks client '%s', which does not exist; %s"
				.formatted(type.getName(), name, Suggestions.sentence(name, names, "there is none in socket.clients")));
		}
		exchange.checkReplies(settings, () -> payloads(settings), "client '" + name + "'");
		return proxy(type, exchange, target(name));
	}

	private ClientTarget target(String name) {
		return new ClientTarget(name, () -> clients().get(name));
	}

	@Override
	public <T> T session(SocketSession session, Class<T> type) {
		ExchangeType exchange = type(type);
		SessionSpec spec = spec(session);
		if (spec != null) {
			checkReplies(exchange, spec);
		}
		return proxy(type, exchange, new SessionTarget(session, spec));
	}

	@Override
	public <T> T identity(String identity, String id, Class<T> type) {
		ExchangeType exchange = type(type);
		exchange.checkReplies(PayloadSettings.DEFAULT, () -> payloads(PayloadSettings.DEFAULT), "the cluster");
		return proxy(type, exchange, new IdentityTarget(identity, id, this.beans.getBean(SocketServers.class),
				this.beans.getBean(SocketCluster.class)));
	}

	@Override
	public <T> T mailbox(String identity, String id, Class<T> type) {
		LetterSender letters = this.beans.getBeanProvider(LetterSender.class).getIfAvailable();
		if (letters == null) {
			throw new IllegalStateException("There is no mailbox: add socket-server-spring-boot-starter-mailbox, and "
					+ "configure socket.mailbox");
		}
		ExchangeType exchange = this.letterTypes.computeIfAbsent(type,
				(key) -> ExchangeType.of(key, this.beans, letters.stateType()));
		return proxy(type, exchange, new LettersTarget(identity, id, letters, this.beans.getBean(SocketServers.class)));
	}

	private ExchangeType type(Class<?> type) {
		ExchangeType known = this.types.get(type);
		return (known != null) ? known
				: this.types.computeIfAbsent(type, (key) -> ExchangeType.of(key, this.beans, null));
	}

	private SocketClients clients() {
		return this.beans.getBean(SocketClients.class);
	}

	private @Nullable SessionSpec spec(SocketSession session) {
		SocketServers servers = this.beans.getBean(SocketServers.class);
		String owner = session.server();
		if (servers.session(session.id()).isEmpty()) {
			SocketClients clients = this.beans.getBeanProvider(SocketClients.class).getIfAvailable();
			SocketClient client = (clients != null) ? clients.client(owner).orElse(null) : null;
			if (client != null) {
				return client.spec().session();
			}
		}
		return servers.server(owner).map((server) -> SessionTarget.spec(server, session)).orElse(null);
	}

	private static void checkReplies(ExchangeType exchange, SessionSpec spec) {
		exchange.checkReplies(spec, () -> new Payloads(spec.charset(), spec.converters()), spec.owner());
	}

	private Payloads payloads(PayloadSettings settings) {
		return new Payloads(settings.charset(), new PayloadConverters(this.beans).writing(settings));
	}

	private static <T> T proxy(Class<T> type, ExchangeType exchange, Target target) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				new ExchangeInvoker(exchange, target)));
	}

}
