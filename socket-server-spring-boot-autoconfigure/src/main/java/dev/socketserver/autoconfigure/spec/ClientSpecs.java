package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;

import dev.socketserver.autoconfigure.framing.ConfiguredFraming;
import dev.socketserver.autoconfigure.port.LocalPorts;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.ClientProperties.Reconnect;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SessionProperties.Protocol;
import dev.socketserver.autoconfigure.registration.ConnectionSource;
import dev.socketserver.autoconfigure.registration.SocketClientSpecCustomizer;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.FailOver;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.bean.BuiltInHandler;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.tls.TlsBundle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Turns the properties of clients into specifications.
 */
public final class ClientSpecs {

	private static final PropertyMapper map = PropertyMapper.get();

	private final SessionSpecs sessions;

	private final LocalPorts localPorts;

	private final List<SocketClientSpecCustomizer> customizers;

	private final List<ConnectionSource> details;

	/**
	 * Creates the object.
	 * @param sessions makes what servers and clients have in common
	 * @param localPorts finds the ports of servers of this application
	 * @param customizers change what the properties have made, in this order
	 * @param details say where clients connect to; the first that knows one counts
	 */
	public ClientSpecs(SessionSpecs sessions, LocalPorts localPorts, List<SocketClientSpecCustomizer> customizers,
			List<ConnectionSource> details) {
		this.details = details;
		this.sessions = sessions;
		this.localPorts = localPorts;
		this.customizers = customizers;
	}

	/**
	 * Makes the specification of one client.
	 * @param name the client's name
	 * @param properties what the properties say about it
	 * @param beans the handler beans
	 * @param handler the name of its handler, or {@code null} if it has none
	 * @param builtIn whether that names a built-in handler, and no bean
	 * @return the specification, and whether the client starts with the application
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	public ConfiguredClient create(String name, ClientProperties properties, HandlerBeans beans,
			@Nullable String handler, boolean builtIn) {
		PropertyEntry entry = this.sessions.entry(Section.CLIENTS, name, properties);
		ClientSpec.Builder builder = ClientSpec.builder(name).args(properties.getArgs());
		ConfiguredFraming framing = this.sessions.framing(entry);
		if (handler == null || builtIn) {
			SessionSpecs.withoutMethods(entry);
		}
		if (handler == null) {
			byHand(entry, properties, framing, beans, builder);
		}
		else if (builtIn) {
			builtIn(properties, handler, beans, builder);
		}
		else {
			this.sessions.handler(entry, properties, beans, handler, builder);
		}
		SessionSpecs.framing(framing, builder);
		ClientProperties.Start start = properties.getStart();
		boolean autoStart = start == null || Objects.requireNonNullElse(start.auto(), true);
		ClientSpec spec = this.sessions.build(entry, framing, () -> blocks(entry, properties, builder).build());
		PointlessSettings.report(spec, entry);
		if (this.customizers.isEmpty()) {
			return new ConfiguredClient(List.of(spec), autoStart);
		}
		return new ConfiguredClient(SessionSpecs.customized(entry, SocketClientSpecCustomizer.class, this.customizers,
				spec, (customizer) -> customizer.customize(name, builder), builder::build), autoStart);
	}

	private ClientSpec.Builder blocks(PropertyEntry entry, ClientProperties properties, ClientSpec.Builder builder) {
		where(entry, properties, builder);
		this.sessions.session(entry, properties, this.sessions.executionMode(entry, properties.getExecution()),
				builder);
		map.from(properties.getTransport()).to(builder::transport);
		map.from(properties.getConnectTimeout()).to(builder::connectTimeout);
		map.from(properties.getCorrelator())
			.whenHasText()
			.to((bean) -> builder.correlator(this.sessions.correlator(entry, bean)));
		String attemptDelay = properties.getAttemptDelay();
		Route.Proxy proxy = (properties.getProxy() != null) ? proxy(entry, properties.getProxy()) : null;
		if (attemptDelay != null || proxy != null || properties.getLocalAddress() != null) {
			builder.route((from) -> {
				Route route = from.proxy(proxy).localAddress(properties.getLocalAddress());
				return (attemptDelay != null) ? route.attemptDelay(attemptDelay(entry, attemptDelay.trim())) : route;
			});
		}
		ClientProperties.Limits limits = properties.getLimits();
		if (limits != null) {
			builder.limits(new Block(entry, "limits", limits)::over);
		}
		ClientProperties.Threads threads = properties.getThreads();
		if (threads != null) {
			builder.threads(new Block(entry, "threads", threads)::over);
		}
		ssl(entry, properties, builder);
		pool(entry, properties, builder);
		Reconnect reconnect = properties.getReconnect();
		if (reconnect != null) {
			builder.reconnect(reconnect(reconnect));
		}
		return builder;
	}

	private void pool(PropertyEntry entry, ClientProperties properties, ClientSpec.Builder builder) {
		ClientProperties.Pool pool = properties.getPool();
		if (pool == null && properties.getReady() == null && properties.getReadyTimeout() == null) {
			return;
		}
		builder.pool((from) -> {
			ClientPool ready = map.from(properties.getReady()).to(from, ClientPool::ready);
			ClientPool made = map.from(properties.getReadyTimeout()).to(ready, ClientPool::readyTimeout);
			if (pool == null) {
				return made;
			}
			ClientPool several = new Block(entry, "pool", pool, "key").over(made);
			return map.from(pool.key()).to(several, (block, bean) -> block.key(this.sessions.poolKey(entry, bean)));
		});
	}

	/**
	 * Describes a client without a handler, which the application uses by hand. With raw
	 * framing its payloads are bytes unless the properties say otherwise: what a read
	 * brings is not a whole text.
	 */
	private static void byHand(PropertyEntry entry, ClientProperties properties, @Nullable ConfiguredFraming framing,
			HandlerBeans beans, ClientSpec.Builder builder) {
		PayloadSettings settings = SessionSpecs.payloads(properties);
		boolean raw = framing != null && framing.framing().passThrough();
		if (raw && settings.payload() == Payload.AUTO) {
			settings = new PayloadSettings(Payload.BYTES, settings.charset());
		}
		try {
			PayloadConverter<?> input = beans.reader(settings, entry.owner());
			builder.byHand(input).charset(settings.charset()).converters(beans.writers(settings));
		}
		catch (InvalidHandlerException ex) {
			throw entry.invalid(ex.key(), String.valueOf(ex.getMessage()), ex.remedy(), ex);
		}
	}

	private static void builtIn(ClientProperties properties, String handler, HandlerBeans beans,
			ClientSpec.Builder builder) {
		PayloadSettings settings = new PayloadSettings(Payload.AUTO, SessionSpecs.payloads(properties).charset());
		// What it does is not worth an application that stays only for it.
		builder.handler(Objects.requireNonNull(BuiltInHandler.of(handler)).serverHandler())
			.threads((threads) -> threads.clientDaemon(true))
			.charset(settings.charset())
			.converters(beans.writers(settings));
	}

	/** Sets the addresses, or a host and a port. */
	private void where(PropertyEntry entry, ClientProperties properties, ClientSpec.Builder builder) {
		List<String> texts = Objects.requireNonNullElse(properties.getAddresses(), List.of());
		List<ServerAddress> given = this.details.isEmpty() ? List.of() : details(entry.name());
		boolean addresses = new ConnectSpecs(entry, properties).apply(!given.isEmpty(), builder);
		if (given.isEmpty() && addresses) {
			if (properties.getHost() != null) {
				builder.host(properties.getHost());
			}
			if (texts.isEmpty() || StringUtils.hasText(properties.getPort())) {
				port(entry, properties, builder);
			}
		}
		ClientProperties.Retry retry = properties.getRetry();
		if (!given.isEmpty() || !texts.isEmpty() || properties.getSelect() != null || properties.getFailBack() != null
				|| properties.getFailures() != null || retry != null) {
			builder.failOver((from) -> {
				FailOver several = from.addresses(
						!given.isEmpty() ? given : texts.stream().map((text) -> address(entry, text.trim())).toList());
				FailOver select = map.from(properties.getSelect()).to(several, FailOver::select);
				FailOver failBack = map.from(properties.getFailBack()).to(select, FailOver::failBack);
				FailOver made = map.from(properties.getFailures()).to(failBack, FailOver::failures);
				return (retry != null) ? made.retryPeriod(retry.period()).retryMaxPeriod(retry.maxPeriod()) : made;
			});
		}
	}

	/**
	 * Returns the delay, or {@code null} for off, which YAML may have read as a boolean.
	 */
	private static @Nullable Duration attemptDelay(PropertyEntry entry, String text) {
		if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("false")) {
			return null;
		}
		try {
			return DurationStyle.detectAndParse(text);
		}
		catch (RuntimeException ex) {
			throw entry.invalid("attempt-delay", "it must be a duration such as 250ms, or off", null, ex);
		}
	}

	private static Route.@Nullable Proxy proxy(PropertyEntry entry, ClientProperties.Proxy proxy) {
		if (proxy.type() == null) {
			entry.pointless("there is no proxy.type", "proxy.host", "proxy.port", "proxy.username", "proxy.password");
			return null;
		}
		if (!ClassUtils.isPresent("io.netty.handler.proxy.ProxyHandler", null)) {
			throw entry.invalid("proxy.type",
					"a proxy needs io.netty:netty-handler-proxy, which is not on the class path",
					"Add the dependency io.netty:netty-handler-proxy");
		}
		if (proxy.host() == null) {
			throw entry.invalid("proxy.host", "a proxy needs a host", null);
		}
		if (proxy.port() == null) {
			throw entry.invalid("proxy.port", "a proxy needs a port", null);
		}
		return new Route.Proxy(proxy.type(), proxy.host(), proxy.port(), proxy.username(), proxy.password());
	}

	/** Returns what the first bean says that knows the client; nothing, if none does. */
	private List<ServerAddress> details(String client) {
		for (ConnectionSource each : this.details) {
			List<? extends ConnectionSource.Place> addresses = each.addresses(client);
			if (addresses != null) {
				return addresses.stream().map((address) -> ServerAddress.of(address.host(), address.port())).toList();
			}
		}
		return List.of();
	}

	private void ssl(PropertyEntry entry, ClientProperties properties, ClientSpec.Builder builder) {
		ClientProperties.Ssl ssl = properties.getSsl();
		TlsBundle bundle = bundle(entry, ssl);
		if (bundle != null) {
			builder.ssl((block) -> {
				block.bundle(bundle);
				if (ssl != null) {
					block.serverName(ssl.serverName());
					map.from(ssl.mode()).to(block::mode);
				}
			});
		}
	}

	private @Nullable TlsBundle bundle(PropertyEntry entry, ClientProperties.@Nullable Ssl ssl) {
		for (ConnectionSource each : this.details) {
			SslBundle bundle = each.sslBundle(entry.name());
			if (bundle != null) {
				return TlsBundles.of(entry.name(), bundle);
			}
		}
		return (ssl != null) ? this.sessions.tls().client(entry, ssl) : null;
	}

	private ServerAddress address(PropertyEntry entry, String text) {
		int colon = text.lastIndexOf(':');
		IntSupplier local = this.localPorts.find(entry.name(), text.substring(colon + 1));
		try {
			return (local != null) ? new ServerAddress(text.substring(0, Math.max(colon, 0)), local)
					: ServerAddress.parse(text);
		}
		catch (InvalidSpecException ex) {
			String property = entry.property("addresses");
			throw new InvalidSocketPropertyException(property, text, "it " + ServerAddress.RULE, "Change " + property,
					ex);
		}
	}

	private void port(PropertyEntry entry, ClientProperties properties, ClientSpec.Builder builder) {
		String port = properties.getPort();
		IntSupplier local = (port != null) ? this.localPorts.find(entry.name(), port) : null;
		if (local != null) {
			builder.port(local);
		}
		else {
			builder.port(PortNumbers.of(entry, port, properties.getProtocol() == Protocol.UDP));
		}
	}

	/** A period that is longer than the usual longest one is the longest itself. */
	private static dev.socketserver.spec.connect.Reconnect reconnect(Reconnect reconnect) {
		dev.socketserver.spec.connect.Reconnect unset = dev.socketserver.spec.connect.Reconnect.DEFAULT;
		Duration period = Objects.requireNonNullElse(reconnect.period(), unset.period());
		Duration longest = (period.compareTo(unset.maxPeriod()) > 0) ? period : unset.maxPeriod();
		return new dev.socketserver.spec.connect.Reconnect(period,
				Objects.requireNonNullElse(reconnect.maxPeriod(), longest),
				Objects.requireNonNullElse(reconnect.jitter(), unset.jitter()));
	}

}
