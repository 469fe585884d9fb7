package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec.ExecutionMode;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionSpecBuilder;
import dev.socketserver.autoconfigure.SocketProperties.Execution;
import dev.socketserver.autoconfigure.SocketProperties.Heartbeat;
import dev.socketserver.autoconfigure.SocketProperties.Inbound;
import dev.socketserver.autoconfigure.SocketProperties.Options;
import dev.socketserver.autoconfigure.SocketProperties.Outbound;
import dev.socketserver.autoconfigure.SocketProperties.Shutdown;
import dev.socketserver.autoconfigure.SocketProperties.Timeouts;
import dev.socketserver.client.Correlator;
import dev.socketserver.handler.HandlerBeans;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.Payload;
import dev.socketserver.handler.PayloadSettings;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.tls.TlsBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Turns the properties that servers and clients have in common into parts of their
 * specifications. The exception for a wrong value names its property.
 */
final class SessionSpecs {

	private static final String VIRTUAL_THREADS = "spring.threads.virtual.enabled";

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final String PEM_BUNDLES = "spring.ssl.bundle.pem";

	private static final String JKS_BUNDLES = "spring.ssl.bundle.jks";

	private static final Logger logger = LoggerFactory.getLogger(SessionSpecs.class);

	private final ServiceNames services = ServiceNames.ofThisMachine();

	private final ConfiguredFramings framings;

	private final Environment environment;

	private final JavaVersion java;

	private final ReferencedBeans references;

	private final TlsBundles tlsBundles;

	SessionSpecs(ConfiguredFramings framings, Environment environment, JavaVersion java, ReferencedBeans references,
			TlsBundles tlsBundles) {
		this.framings = framings;
		this.environment = environment;
		this.java = java;
		this.references = references;
		this.tlsBundles = tlsBundles;
	}

	<P> EntryValues<P> values(Section section, String name, P own, P defaults) {
		return new EntryValues<>(section, name, own, defaults, this.environment);
	}

	/**
	 * Returns the framing of an entry.
	 * @param values the values of the entry
	 * @return the framing, or {@code null} if the properties name none
	 */
	@Nullable ConfiguredFraming framing(EntryValues<?> values) {
		return this.framings.find(values.section(), values.name());
	}

	/**
	 * Sets what does not depend on the kind of handler.
	 * @param values the values of the entry
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param builder the builder of the specification
	 */
	void session(EntryValues<? extends SessionProperties> values, @Nullable ConfiguredFraming framing,
			SessionSpecBuilder<?> builder) {
		if (framing != null) {
			builder.framing(framing.framing());
		}
		SessionProperties own = values.own();
		SessionProperties shared = values.shared();
		DataSize readBuffer = values.either("read-buffer", own.getReadBuffer(), shared.getReadBuffer());
		if (readBuffer != null) {
			builder.readBufferBytes(values.bytes("read-buffer", readBuffer));
		}
		EntryValues<Inbound> inbound = values.block("inbound", own.getInbound(), shared.getInbound());
		if (inbound != null) {
			inbound.with("capacity", Inbound::capacity, builder::inboundFrames);
			inbound.size("bytes", Inbound::bytes, builder::inboundBytes);
			inbound.with("overflow", Inbound::overflow, builder::inboundOverflow);
		}
		EntryValues<Outbound> outbound = values.block("outbound", own.getOutbound(), shared.getOutbound());
		if (outbound != null) {
			outbound.with("capacity", Outbound::capacity, builder::outboundWrites);
			outbound.size("bytes", Outbound::bytes, builder::outboundBytes);
			outbound.with("overflow", Outbound::overflow, builder::outboundOverflow);
		}
		EntryValues<Timeouts> timeouts = values.block("timeouts", own.getTimeouts(), shared.getTimeouts());
		if (timeouts != null) {
			timeouts(timeouts, builder);
		}
		EntryValues<Execution> execution = values.block("execution", own.getExecution(), shared.getExecution());
		if (execution != null) {
			execution.with("threads", Execution::threads, builder::executionThreads);
			execution.with("queue", Execution::queue, builder::executionQueue);
			execution.with("executor", Execution::executor, (bean) -> {
				// An empty name overrides an inherited executor.
				if (!bean.isEmpty()) {
					builder.executor(executor(execution, bean));
				}
			});
		}
	}

	private static void timeouts(EntryValues<Timeouts> values, SessionSpecBuilder<?> builder) {
		values.timeout("first-frame", Timeouts::firstFrame, builder::firstFrameTimeout);
		values.timeout("frame", Timeouts::frame, builder::frameTimeout);
		values.timeout("idle", Timeouts::idle, builder::idleTimeout);
		values.timeout("write", Timeouts::write, builder::writeTimeout);
		values.timeout("session", Timeouts::session, builder::sessionTimeout);
		values.timeout("handler", Timeouts::handler, builder::handlerTimeout);
	}

	/**
	 * Makes a specification, and checks what can be checked only then.
	 * @param values the values of the entry
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param keys the keys of those components of the specification that have other
	 * names; all others are called like their keys, in camel case
	 * @param spec makes the specification, and also those parts of it that check their
	 * values when they are made, since only what it throws is told with the property
	 * @param session returns the part of it that is about sessions
	 * @param <S> the type of the specification
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is wrong
	 */
	<S> S build(EntryValues<?> values, @Nullable ConfiguredFraming framing, Map<String, String> keys, Supplier<S> spec,
			Function<S, SessionSpec> session) {
		try {
			S built = spec.get();
			if (framing != null) {
				check(values, framing, session.apply(built).maxFrameBytes());
			}
			return built;
		}
		catch (InvalidSpecException ex) {
			if (framing != null && ex.component().equals("framing")) {
				throw new InvalidSocketPropertyException(framing.property(), framing.word(), "it " + ex.rule(),
						values.change("framing", framing.property()), ex);
			}
			String key = keys.getOrDefault(ex.component(), DataObjectPropertyName.toDashedForm(ex.component()));
			String none = isZeroForNone(key) ? ", or 0 for none" : "";
			throw values.invalid(key, "it " + ex.rule() + none, null, ex);
		}
	}

	/** Whether 0, which the core does not know, is read as no time at all. */
	private static boolean isZeroForNone(String key) {
		return key.startsWith("timeouts.") || key.equals("heartbeat.period");
	}

	private static void check(EntryValues<?> values, ConfiguredFraming framing, int maxFrameBytes) {
		try {
			framing.check(maxFrameBytes);
		}
		catch (InvalidSocketPropertyException ex) {
			throw ex.or(values.alternative("framing", ex.property()));
		}
	}

	void handler(EntryValues<? extends SessionProperties> values, HandlerBeans beans, String bean,
			SessionSpecBuilder<?> builder) {
		PayloadSettings settings = payloads(values);
		try {
			ServerHandler handler = beans.serverHandler(bean, settings);
			if (handler.bytesAsTheyCome()) {
				// An inherited payload is meant for other servers.
				if (values.isOwn("payload")
						&& (settings.payload() == Payload.TEXT || settings.payload() == Payload.JSON)) {
					throw values.invalid("payload", "the handler of " + values.owner() + " reads bytes",
							"Remove the property", null);
				}
				settings = new PayloadSettings(Payload.AUTO, settings.charset());
			}
			builder.handler(handler).charset(settings.charset()).converters(beans.writers(settings));
		}
		catch (InvalidHandlerException ex) {
			throw values.unusable(ex);
		}
	}

	static PayloadSettings payloads(EntryValues<? extends SessionProperties> values) {
		PayloadSettings unset = PayloadSettings.DEFAULT;
		SessionProperties own = values.own();
		SessionProperties shared = values.shared();
		Charset charset = values.either("charset", own.getCharset(), shared.getCharset());
		Payload payload = values.either("payload", own.getPayload(), shared.getPayload());
		return new PayloadSettings((payload != null) ? payload : unset.payload(),
				(charset != null) ? charset : unset.charset());
	}

	static SocketOptions options(EntryValues<? extends SessionProperties> entry) {
		SocketOptions unset = SocketOptions.DEFAULT;
		EntryValues<Options> values = entry.block("options", entry.own().getOptions(), entry.shared().getOptions());
		if (values == null) {
			return unset;
		}
		return new SocketOptions(values.get("tcp-no-delay", Options::tcpNoDelay, unset.tcpNoDelay()),
				values.get("keep-alive", Options::keepAlive, unset.keepAlive()),
				values.get("keep-alive-idle", Options::keepAliveIdle),
				values.get("keep-alive-interval", Options::keepAliveInterval),
				values.get("keep-alive-count", Options::keepAliveCount),
				values.get("user-timeout", Options::userTimeout), values.get("reuse-address", Options::reuseAddress),
				values.get("reuse-port", Options::reusePort, unset.reusePort()),
				values.size("receive-buffer", Options::receiveBuffer), values.size("send-buffer", Options::sendBuffer));
	}

	static SessionSpec.@Nullable Heartbeat heartbeat(EntryValues<? extends SessionProperties> entry) {
		EntryValues<Heartbeat> values = entry.block("heartbeat", entry.own().getHeartbeat(),
				entry.shared().getHeartbeat());
		if (values == null) {
			return null;
		}
		Duration period = values.get("period", Heartbeat::period);
		Duration timeout = values.get("timeout", Heartbeat::timeout);
		if (period == null || period.isZero()) {
			return null;
		}
		return (timeout != null) ? new SessionSpec.Heartbeat(period, timeout) : SessionSpec.Heartbeat.of(period);
	}

	ExecutionMode execution(EntryValues<? extends SessionProperties> entry) {
		EntryValues<Execution> values = entry.block("execution", entry.own().getExecution(),
				entry.shared().getExecution());
		ExecutionMode mode = (values != null) ? values.get("mode", Execution::mode) : null;
		if (values == null || mode == null || mode == ExecutionMode.AUTO) {
			return virtualByDefault() ? ExecutionMode.VIRTUAL : ExecutionMode.POOL;
		}
		if (mode == ExecutionMode.VIRTUAL && this.java.isOlderThan(JavaVersion.TWENTY_ONE)) {
			throw values.invalid("mode", "Java " + this.java + " has no virtual threads",
					"Run on Java 21 or later, or use pool", null);
		}
		return mode;
	}

	private boolean virtualByDefault() {
		if (Threading.VIRTUAL.isActive(this.environment)) {
			return true;
		}
		// From Java 24 on, synchronized pins no carrier thread (JEP 491).
		return this.java.isEqualOrNewerThan(JavaVersion.TWENTY_FOUR)
				&& this.environment.getProperty(VIRTUAL_THREADS, Boolean.class, true);
	}

	private Executor executor(EntryValues<Execution> values, String bean) {
		try {
			return this.references.executor(bean);
		}
		catch (IllegalArgumentException ex) {
			throw values.invalid("executor", String.valueOf(ex.getMessage()),
					"Set it to the name of a bean of type Executor, or remove it to use threads of the "
							+ values.section().word() + "'s own",
					null);
		}
	}

	Correlator correlator(EntryValues<?> values, String bean) {
		try {
			return this.references.correlator(bean);
		}
		catch (IllegalArgumentException ex) {
			throw values.invalid("correlator", String.valueOf(ex.getMessage()),
					"Set it to the name of a bean of type Correlator or Function, or remove it if replies come in order",
					null);
		}
	}

	/**
	 * Reads a port.
	 * @param values the values of the entry
	 * @param port what is written
	 * @param lowest the lowest port allowed
	 * @param remedy what to do if it is wrong
	 * @return the port
	 * @throws InvalidSocketPropertyException if it is missing, or no port
	 */
	int port(EntryValues<?> values, @Nullable String port, int lowest, String remedy) {
		if (port == null || port.isBlank()) {
			throw values.invalid("port", values.owner() + " needs a port", remedy, null);
		}
		values.note("port", port);
		String range = "it must be a number between " + lowest + " and 65535";
		try {
			int number = Integer.parseInt(port.trim());
			if (number >= lowest && number <= 65535) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			OptionalInt known = this.services.port(port.trim());
			if (known.isPresent()) {
				return known.getAsInt();
			}
			throw values.invalid("port", range + ", or a service that this machine knows", remedy, null);
		}
		throw values.invalid("port", range, remedy, null);
	}

	TlsBundle tlsBundle(String property, @Nullable String name) {
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
					"Set it to the name of an SSL bundle, as in " + PEM_BUNDLES + ".<name>", ex);
		}
		catch (RuntimeException ex) {
			throw new InvalidSocketPropertyException(property, name,
					"the SSL bundle cannot be used: " + ex.getMessage(), "Correct spring.ssl.bundle.*." + name, ex);
		}
	}

	/**
	 * Returns how an SSL bundle is made to trust certificates.
	 * @param bundle its name
	 * @param certificate what it is to trust
	 * @return an imperative sentence, which names the property if the bundle is from the
	 * properties
	 */
	String trust(String bundle, String certificate) {
		if (isConfigured(PEM_BUNDLES, bundle)) {
			return "Set %s.%s.truststore.certificate to %s".formatted(PEM_BUNDLES, bundle, certificate);
		}
		if (isConfigured(JKS_BUNDLES, bundle)) {
			return "Set %s.%s.truststore.location to a store with %s".formatted(JKS_BUNDLES, bundle, certificate);
		}
		return "Give the SSL bundle a trust store with " + certificate;
	}

	private boolean isConfigured(String bundles, String name) {
		return Binder.get(this.environment)
			.bind(bundles, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of)
			.containsKey(name);
	}

	Duration drainTimeout(EntryValues<? extends SessionProperties> values) {
		Duration phase = Binder.get(this.environment)
			.bind(PHASE_TIMEOUT, Duration.class)
			.orElse(Duration.ofSeconds(30));
		SessionProperties own = values.own();
		SessionProperties shared = values.shared();
		Duration given = values.either("drain-timeout", own.getDrainTimeout(), shared.getDrainTimeout());
		if (values.either("shutdown", own.getShutdown(), shared.getShutdown()) == Shutdown.IMMEDIATE) {
			if (values.isOwn("drain-timeout")) {
				values.pointless("drain-timeout", "the " + values.section().word() + " stops immediately");
			}
			return Duration.ZERO;
		}
		if (given == null) {
			return withinPhase(phase);
		}
		if (given.compareTo(phase) > 0) {
			logger.warn("Property {} is {}, but {} ends the drain after {}: raise that, or lower this",
					values.property("drain-timeout"), Written.of(given), PHASE_TIMEOUT, Written.of(phase));
		}
		return given;
	}

	/**
	 * Returns the default drain timeout. A drain that outlasts its phase would be
	 * reported as a bean that failed to stop.
	 */
	private static Duration withinPhase(Duration phase) {
		if (phase.isNegative()) {
			return Duration.ZERO;
		}
		// Not Duration.dividedBy: that loads BigDecimal, which takes 30 ms.
		Duration half = Duration.ofMillis(phase.toMillis() / 2);
		Duration most = phase.minusSeconds(3);
		return (most.compareTo(half) > 0) ? most : half;
	}

}
