package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

import dev.socketserver.Cidr;
import dev.socketserver.ClientAuth;
import dev.socketserver.ExecutionMode;
import dev.socketserver.InvalidSpecException;
import dev.socketserver.IpFamily;
import dev.socketserver.ProxyMode;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketOptions;
import dev.socketserver.TlsBundle;
import dev.socketserver.Transport;
import dev.socketserver.autoconfigure.SocketProperties.Server;
import dev.socketserver.autoconfigure.SocketProperties.ServerDefaults;
import dev.socketserver.autoconfigure.SocketProperties.Shutdown;
import dev.socketserver.autoconfigure.SocketProperties.Sni;
import dev.socketserver.handler.HandlerBeans;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.Payload;
import dev.socketserver.handler.PayloadSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Turns properties into specifications. What is wrong with a value is said in terms of
 * its property.
 */
final class ServerSpecs {

	static final String PORT_REMEDY = "Set it to a port between 1 and 65535, or to 0 for a free one";

	private static final String SERVERS = "socket.servers.";

	private static final String VIRTUAL_THREADS = "spring.threads.virtual.enabled";

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	/**
	 * Keys by the components of {@link ServerSpec} that they become and that are called
	 * otherwise. Other components are called like their keys, in camel case.
	 */
	private static final Map<String, String> KEYS = Map.of("host", "address", "readBufferBytes", "read-buffer");

	/** Where a server listens that may not be reached over IPv4. */
	private static final String IPV6_LOOPBACK = "::1";

	private static final Logger logger = LoggerFactory.getLogger(ServerSpecs.class);

	private final ServiceNames services = ServiceNames.ofThisMachine();

	private final ServerDefaults defaults;

	private final ConfiguredFramings framings;

	private final Environment environment;

	private final JavaVersion java;

	private final ExecutorBeans executors;

	private final TlsBundles tlsBundles;

	ServerSpecs(ServerDefaults defaults, ConfiguredFramings framings, Environment environment, JavaVersion java,
			ExecutorBeans executors, TlsBundles tlsBundles) {
		this.defaults = defaults;
		this.framings = framings;
		this.environment = environment;
		this.java = java;
		this.executors = executors;
		this.tlsBundles = tlsBundles;
	}

	/**
	 * Whether an entry is to become a server.
	 * @param entry the entry
	 * @return {@code false} if it, or the shared default, says so
	 */
	boolean enabled(Server entry) {
		Boolean enabled = (entry.enabled() != null) ? entry.enabled() : this.defaults.enabled();
		return enabled == null || enabled;
	}

	/**
	 * Makes the specification of one server.
	 * @param name the server's name
	 * @param entry what the properties say about it
	 * @param beans the handlers
	 * @param bean the name of its handler
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	ServerSpec create(String name, Server entry, HandlerBeans beans, String bean) {
		Values values = new Values(name, entry.inheritable());
		ServerSpec.Builder builder = ServerSpec.builder(name).args(entry.args());
		handler(values, entry, beans, bean, builder);
		return create(values, entry, false, builder);
	}

	/**
	 * Makes the specification of one server whose handler is built in.
	 * @param name the server's name
	 * @param entry what the properties say about it
	 * @param beans the handlers, which know what writes payloads
	 * @param builtIn its handler
	 * @param consoles checks who can reach it, if it is a console
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	ServerSpec create(String name, Server entry, HandlerBeans beans, BuiltIn builtIn, Consoles consoles) {
		Values values = new Values(name, entry.inheritable());
		values.used.put("handler", String.valueOf(entry.handler()));
		Charset charset = values.get("charset", ServerDefaults::charset, StandardCharsets.UTF_8);
		ServerSpec.Builder builder = ServerSpec.builder(name)
			.args(entry.args())
			.handler(builtIn.handler(charset))
			.charset(charset)
			.converters(beans.writers(new PayloadSettings(Payload.AUTO, charset)));
		ServerSpec spec = create(values, entry, builtIn.console(), builder);
		if (builtIn.console()) {
			consoles.check(spec, values::invalid);
		}
		return spec;
	}

	private ServerSpec create(Values values, Server entry, boolean console, ServerSpec.Builder builder) {
		ConfiguredFraming framing = this.framings.find(values.name);
		if (console) {
			builder.serverDaemon(true);
			if (framing != null && !framing.property().startsWith(SERVERS + values.name + ".")) {
				// What all servers inherit is meant for those that have frames.
				framing = null;
			}
		}
		builder.port(port(values, entry.port()));
		builder.execution(console ? platformThreads(values) : execution(values));
		builder.drainTimeout(drainTimeout(values));
		listening(values, builder);
		admission(values, builder);
		lifetimes(values, builder);
		values.with("address", ServerDefaults::address,
				(address) -> builder.host(address.equals("*") ? ServerSpec.ANY_HOST : address));
		if (framing != null) {
			builder.framing(framing.framing());
		}
		values.with("transport", ServerDefaults::transport, builder::transport);
		values.size("read-buffer", ServerDefaults::readBuffer, builder::readBufferBytes);
		values.with("inbound.capacity", (shared) -> shared.inbound().capacity(), builder::inboundFrames);
		values.size("inbound.bytes", (shared) -> shared.inbound().bytes(), builder::inboundBytes);
		values.with("inbound.overflow", (shared) -> shared.inbound().overflow(), builder::inboundOverflow);
		values.with("outbound.capacity", (shared) -> shared.outbound().capacity(), builder::outboundWrites);
		values.size("outbound.bytes", (shared) -> shared.outbound().bytes(), builder::outboundBytes);
		values.with("outbound.overflow", (shared) -> shared.outbound().overflow(), builder::outboundOverflow);
		values.with("limits.sessions", (shared) -> shared.limits().sessions(), builder::maxSessions);
		values.size("limits.frame", (shared) -> shared.limits().frame(), builder::maxFrameBytes);
		values.timeout("timeouts.idle", (shared) -> shared.timeouts().idle(), builder::idleTimeout);
		values.timeout("timeouts.handler", (shared) -> shared.timeouts().handler(), builder::handlerTimeout);
		values.with("execution.threads", (shared) -> shared.execution().threads(), builder::executionThreads);
		values.with("execution.queue", (shared) -> shared.execution().queue(), builder::executionQueue);
		values.with("execution.executor", (shared) -> shared.execution().executor(),
				(executor) -> builder.executor(executor(values, executor)));
		try {
			ServerSpec spec = builder.options(options(values)).tls(tls(values)).heartbeat(heartbeat(values)).build();
			if (framing != null) {
				framing.check(spec.session().maxFrameBytes());
			}
			PointlessSettings.report(spec, values.used.keySet());
			return spec;
		}
		catch (InvalidSpecException ex) {
			if (framing != null && ex.component().equals("framing")) {
				throw new InvalidSocketPropertyException(framing.property(), framing.word(), "it " + ex.rule(),
						"Change " + framing.property(), ex);
			}
			throw values.invalid(key(ex.component()), "it " + ex.rule(), null, ex);
		}
	}

	private static String key(String component) {
		return KEYS.getOrDefault(component, DataObjectPropertyName.toDashedForm(component));
	}

	private static void listening(Values values, ServerSpec.Builder builder) {
		values.with("ip-family", ServerDefaults::ipFamily, (family) -> {
			builder.ipFamily(family);
			if (family == IpFamily.IPV6) {
				builder.host(IPV6_LOOPBACK);
			}
		});
		values.with("backlog", ServerDefaults::backlog, builder::backlog);
		values.with("limits.on-full", (shared) -> shared.limits().onFull(), builder::onFull);
		values.with("limits.accept-rate", (shared) -> shared.limits().acceptRate(), builder::acceptRate);
		values.with("limits.alarm", (shared) -> shared.limits().alarm(),
				(alarm) -> builder.sessionsAlarm(alarm.value()));
	}

	private static void admission(Values values, ServerSpec.Builder builder) {
		values.with("limits.sessions-per-address", (shared) -> shared.limits().sessionsPerAddress(),
				builder::maxSessionsPerAddress);
		values.with("limits.pending", (shared) -> shared.limits().pending(), builder::maxPending);
		builder.allow(values.ranges("limits.allow", (shared) -> shared.limits().allow()));
		builder.deny(values.ranges("limits.deny", (shared) -> shared.limits().deny()));
		ProxyMode mode = values.get("proxy-protocol.mode", (shared) -> shared.proxyProtocol().mode(), ProxyMode.OFF);
		List<Cidr> trusted = values.ranges("proxy-protocol.trusted", (shared) -> shared.proxyProtocol().trusted());
		if (mode != ProxyMode.OFF && trusted.isEmpty()) {
			throw values.invalid("proxy-protocol.trusted",
					values.property("proxy-protocol.mode") + " is " + asWritten(mode)
							+ ", and whoever can connect could claim any address",
					"Set it to the addresses of the load balancers, such as 10.0.0.0/8", null);
		}
		builder.proxyProtocol(mode, trusted);
	}

	private static void lifetimes(Values values, ServerSpec.Builder builder) {
		values.with("one-shot", ServerDefaults::oneShot, builder::oneShot);
		values.with("requests-per-session", ServerDefaults::requestsPerSession, builder::requestsPerSession);
		values.with("farewell", ServerDefaults::farewell, builder::farewell);
		values.timeout("timeouts.first-frame", (shared) -> shared.timeouts().firstFrame(), builder::firstFrameTimeout);
		values.timeout("timeouts.frame", (shared) -> shared.timeouts().frame(), builder::frameTimeout);
		values.timeout("timeouts.write", (shared) -> shared.timeouts().write(), builder::writeTimeout);
		values.timeout("timeouts.session", (shared) -> shared.timeouts().session(), builder::sessionTimeout);
		values.with("threads.name", (shared) -> shared.threads().name(), builder::threadName);
		values.with("threads.server-daemon", (shared) -> shared.threads().serverDaemon(), builder::serverDaemon);
		values.with("threads.session-daemon", (shared) -> shared.threads().sessionDaemon(), builder::sessionDaemon);
	}

	private ServerSpec.@Nullable Tls tls(Values values) {
		String name = values.get("ssl.bundle", (shared) -> shared.ssl().bundle());
		ClientAuth clientAuth = values.get("ssl.client-auth", (shared) -> shared.ssl().clientAuth(), ClientAuth.NONE);
		Duration handshakeTimeout = values.get("ssl.handshake-timeout", (shared) -> shared.ssl().handshakeTimeout(),
				ServerSpec.Tls.DEFAULT_HANDSHAKE_TIMEOUT);
		List<Sni> sni = values.get("ssl.sni", (shared) -> shared.ssl().sni(), List.of());
		if (name == null || name.isBlank()) {
			if (clientAuth == ClientAuth.NEED && values.used.containsKey("ssl.client-auth")) {
				// To serve anybody in plain text cannot be what is meant.
				throw values.invalid("ssl.client-auth", "without ssl.bundle there are no certificates",
						"Set " + "socket.servers." + values.name + ".ssl.bundle, or remove the property", null);
			}
			return null;
		}
		TlsBundle bundle = tlsBundle(values.property("ssl.bundle"), name);
		Map<String, TlsBundle> hosts = new LinkedHashMap<>();
		for (int i = 0; i < sni.size(); i++) {
			String property = values.property("ssl.sni") + "[" + i + "]";
			String host = host(property + ".host", sni.get(i).host());
			if (hosts.put(host, tlsBundle(property + ".bundle", sni.get(i).bundle())) != null) {
				throw new InvalidSocketPropertyException(property + ".host", host, "the list has this host already",
						"Remove one of the two");
			}
		}
		return new ServerSpec.Tls(bundle, clientAuth, handshakeTimeout, hosts,
				ServerSpec.Tls.DEFAULT_CLIENT_HELLO_BYTES);
	}

	private static SessionSpec.@Nullable Heartbeat heartbeat(Values values) {
		Duration period = values.get("heartbeat.period", (shared) -> shared.heartbeat().period());
		Duration timeout = values.get("heartbeat.timeout", (shared) -> shared.heartbeat().timeout());
		if (period == null || period.isZero()) {
			return null;
		}
		return (timeout != null) ? new SessionSpec.Heartbeat(period, timeout) : SessionSpec.Heartbeat.of(period);
	}

	private static String host(String property, @Nullable String host) {
		if (host == null || host.isBlank()) {
			throw new InvalidSocketPropertyException(property, host, "an entry needs a host name",
					"Set it to a host name, or to *. and a host name");
		}
		return host.trim().toLowerCase(Locale.ROOT);
	}

	private TlsBundle tlsBundle(String property, @Nullable String name) {
		if (name == null || name.isBlank()) {
			throw new InvalidSocketPropertyException(property, name, "an entry needs an SSL bundle",
					"Set it to the name of an SSL bundle");
		}
		try {
			return this.tlsBundles.get(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidSocketPropertyException(property, name,
					"there is no SSL bundle of that name ("
							+ Nearest.sentence(name, this.tlsBundles.names(), "there are no SSL bundles") + ")",
					"Set it to the name of an SSL bundle, as in spring.ssl.bundle.pem.<name>", ex);
		}
		catch (RuntimeException ex) {
			throw new InvalidSocketPropertyException(property, name,
					"the SSL bundle cannot be used: " + ex.getMessage(), "Correct spring.ssl.bundle.*." + name, ex);
		}
	}

	private static SocketOptions options(Values values) {
		SocketOptions unset = SocketOptions.DEFAULT;
		return new SocketOptions(
				values.get("options.tcp-no-delay", (shared) -> shared.options().tcpNoDelay(), unset.tcpNoDelay()),
				values.get("options.keep-alive", (shared) -> shared.options().keepAlive(), unset.keepAlive()),
				values.get("options.keep-alive-idle", (shared) -> shared.options().keepAliveIdle()),
				values.get("options.keep-alive-interval", (shared) -> shared.options().keepAliveInterval()),
				values.get("options.keep-alive-count", (shared) -> shared.options().keepAliveCount()),
				values.get("options.user-timeout", (shared) -> shared.options().userTimeout()),
				values.get("options.reuse-address", (shared) -> shared.options().reuseAddress()),
				values.get("options.reuse-port", (shared) -> shared.options().reusePort(), unset.reusePort()),
				values.size("options.receive-buffer", (shared) -> shared.options().receiveBuffer()),
				values.size("options.send-buffer", (shared) -> shared.options().sendBuffer()));
	}

	/**
	 * Tells when and how a server starts.
	 * @param name the server's name
	 * @param entry what the properties say about it
	 * @return the policy
	 */
	StartPolicy start(String name, Server entry) {
		Values values = new Values(name, entry.inheritable());
		StartPolicy unset = StartPolicy.DEFAULT;
		StartPolicy policy = new StartPolicy(values.get("start.auto", (shared) -> shared.start().auto(), unset.auto()),
				values.get("start.wait", (shared) -> shared.start().await(), unset.await()),
				values.get("start.on-failure", (shared) -> shared.start().onFailure(), unset.onFailure()));
		if (!policy.auto()) {
			Stream.of("start.wait", "start.on-failure")
				.filter(values.used::containsKey)
				.forEach((key) -> PointlessSettings.report(name, key, "start.auto is off"));
		}
		return policy;
	}

	private static void handler(Values values, Server entry, HandlerBeans beans, String bean,
			ServerSpec.Builder builder) {
		if (entry.handler() != null) {
			values.used.put("handler", entry.handler());
		}
		Charset charset = values.get("charset", ServerDefaults::charset);
		Payload payload = values.get("payload", ServerDefaults::payload);
		PayloadSettings settings = new PayloadSettings((payload != null) ? payload : PayloadSettings.DEFAULT.payload(),
				(charset != null) ? charset : PayloadSettings.DEFAULT.charset());
		try {
			ServerHandler handler = beans.serverHandler(bean, settings);
			if (handler.bytesAsTheyCome()) {
				// An inherited payload is meant for others.
				if (entry.payload() == Payload.TEXT || entry.payload() == Payload.JSON) {
					throw values.invalid("payload", "the handler of server '" + values.name + "' reads bytes",
							"Remove the property", null);
				}
				settings = new PayloadSettings(Payload.AUTO, settings.charset());
			}
			builder.handler(handler).charset(settings.charset()).converters(beans.writers(settings));
		}
		catch (InvalidHandlerException ex) {
			throw values.invalid(ex.key(),
					"server '%s' has no usable handler: %s".formatted(values.name, ex.getMessage()), ex.remedy(), ex);
		}
	}

	private int port(Values values, @Nullable String port) {
		if (port == null || port.isBlank()) {
			throw values.invalid("port", "server '" + values.name + "' needs a port", PORT_REMEDY, null);
		}
		values.used.put("port", port);
		try {
			int number = Integer.parseInt(port.trim());
			if (number >= 0 && number <= 65535) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			OptionalInt known = this.services.port(port.trim());
			if (known.isPresent()) {
				return known.getAsInt();
			}
			throw values.invalid("port",
					"it must be a number between 0 and 65535, or a service that this machine knows", PORT_REMEDY, null);
		}
		throw values.invalid("port", "it must be a number between 0 and 65535", PORT_REMEDY, null);
	}

	/** Code that never ends would take a carrier from all virtual threads. */
	private static ExecutionMode platformThreads(Values values) {
		ExecutionMode mode = values.get("execution.mode", (shared) -> shared.execution().mode());
		if (mode != null && mode != ExecutionMode.POOL && values.used.containsKey("execution.mode")) {
			PointlessSettings.report(values.name, "execution.mode", "the console evaluates on platform threads");
		}
		return ExecutionMode.POOL;
	}

	private ExecutionMode execution(Values values) {
		ExecutionMode mode = values.get("execution.mode", (shared) -> shared.execution().mode());
		if (mode == null || mode == ExecutionMode.AUTO) {
			return virtualByDefault() ? ExecutionMode.VIRTUAL : ExecutionMode.POOL;
		}
		if (mode == ExecutionMode.VIRTUAL && this.java.isOlderThan(JavaVersion.TWENTY_ONE)) {
			throw values.invalid("execution.mode", "Java " + this.java + " has no virtual threads",
					"Run on Java 21 or later, or use pool", null);
		}
		return mode;
	}

	private Executor executor(Values values, String bean) {
		try {
			return this.executors.get(bean);
		}
		catch (IllegalArgumentException ex) {
			throw values.invalid("execution.executor", String.valueOf(ex.getMessage()),
					"Set it to the name of a bean of type Executor, or remove it to use threads of the server's own",
					null);
		}
	}

	private boolean virtualByDefault() {
		if (Threading.VIRTUAL.isActive(this.environment)) {
			return true;
		}
		// synchronized pins no carrier thread any more (JEP 491).
		return this.java.isEqualOrNewerThan(JavaVersion.TWENTY_FOUR)
				&& this.environment.getProperty(VIRTUAL_THREADS, Boolean.class, true);
	}

	private Duration drainTimeout(Values values) {
		Duration phase = Binder.get(this.environment)
			.bind(PHASE_TIMEOUT, Duration.class)
			.orElse(Duration.ofSeconds(30));
		Duration given = values.get("drain-timeout", ServerDefaults::drainTimeout);
		if (values.get("shutdown", ServerDefaults::shutdown) == Shutdown.IMMEDIATE) {
			if (values.used.containsKey("drain-timeout")) {
				PointlessSettings.report(values.name, "drain-timeout", "the server stops immediately");
			}
			return Duration.ZERO;
		}
		if (given == null) {
			return withinPhase(phase);
		}
		if (given.compareTo(phase) > 0) {
			logger.warn("Property {} is {}, but {} ends the drain after {}: raise that, or lower this",
					values.property("drain-timeout"), given, PHASE_TIMEOUT, phase);
		}
		return given;
	}

	/**
	 * A drain that outlasts its phase would be reported as a bean that failed to stop.
	 */
	private static Duration withinPhase(Duration phase) {
		if (phase.isNegative()) {
			return Duration.ZERO;
		}
		Duration half = phase.dividedBy(2);
		Duration most = phase.minusSeconds(3);
		return (most.compareTo(half) > 0) ? most : half;
	}

	/** How a constant is written in properties. */
	static String asWritten(Enum<?> constant) {
		if (constant == Transport.IO_URING) {
			// As the kernel's documentation has it.
			return "io_uring";
		}
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** The values of one server, with the properties that they came from. */
	private final class Values {

		private final String name;

		private final ServerDefaults own;

		private final Map<String, Object> used = new HashMap<>();

		private final Map<String, Object> inherited = new HashMap<>();

		Values(String name, ServerDefaults own) {
			this.name = name;
			this.own = own;
		}

		<T> @Nullable T get(String key, Function<ServerDefaults, @Nullable T> value) {
			T found = value.apply(this.own);
			if (found != null) {
				this.used.put(key, found);
				return found;
			}
			T shared = value.apply(ServerSpecs.this.defaults);
			if (shared != null) {
				this.inherited.put(key, shared);
			}
			return shared;
		}

		<T> T get(String key, Function<ServerDefaults, @Nullable T> value, T unset) {
			T found = get(key, value);
			return (found != null) ? found : unset;
		}

		<T> void with(String key, Function<ServerDefaults, @Nullable T> value, Consumer<T> action) {
			T found = get(key, value);
			if (found != null) {
				action.accept(found);
			}
		}

		void size(String key, Function<ServerDefaults, @Nullable DataSize> value, IntConsumer action) {
			Integer bytes = size(key, value);
			if (bytes != null) {
				action.accept(bytes);
			}
		}

		@Nullable Integer size(String key, Function<ServerDefaults, @Nullable DataSize> value) {
			DataSize size = get(key, value);
			if (size == null) {
				return null;
			}
			if (size.toBytes() > Integer.MAX_VALUE) {
				throw invalid(key, "it must be below 2 GB", "Set it to a smaller size", null);
			}
			return (int) Math.max(size.toBytes(), -1);
		}

		void timeout(String key, Function<ServerDefaults, @Nullable Duration> value,
				Consumer<@Nullable Duration> action) {
			with(key, value, (timeout) -> action.accept(timeout.isZero() ? null : timeout));
		}

		/** A list that is empty takes an inherited one away. */
		List<Cidr> ranges(String key, Function<ServerDefaults, @Nullable List<String>> value) {
			List<String> texts = get(key, value, List.of());
			List<Cidr> ranges = new ArrayList<>();
			for (String text : texts) {
				try {
					ranges.add(Cidr.of(text.trim()));
				}
				catch (IllegalArgumentException ex) {
					String property = property(key);
					throw new InvalidSocketPropertyException(property, text, "it " + ex.getMessage(),
							"Change " + property, ex);
				}
			}
			return ranges;
		}

		/** Returns the property that a value came from. */
		String property(String key) {
			return this.inherited.containsKey(key) ? "socket.server-defaults." + key : SERVERS + this.name + "." + key;
		}

		InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy,
				@Nullable Throwable cause) {
			Object shared = this.inherited.get(key);
			String property = property(key);
			Object value = (shared != null) ? shared : this.used.get(key);
			if (key.equals("name")) {
				property = "socket.servers." + this.name;
				value = this.name;
			}
			return new InvalidSocketPropertyException(property,
					(value instanceof Enum<?> constant) ? asWritten(constant) : value, problem,
					(remedy != null) ? remedy : "Change " + property, cause);
		}

	}

}
