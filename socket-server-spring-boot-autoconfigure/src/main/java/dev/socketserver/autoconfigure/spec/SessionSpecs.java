package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec.ExecutionMode;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionSpecBuilder;
import dev.socketserver.autoconfigure.framing.ConfiguredFraming;
import dev.socketserver.autoconfigure.framing.ConfiguredFramings;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SessionProperties.Execution;
import dev.socketserver.autoconfigure.properties.SessionProperties.Heartbeat;
import dev.socketserver.autoconfigure.properties.SessionProperties.Inbound;
import dev.socketserver.autoconfigure.properties.SessionProperties.Options;
import dev.socketserver.autoconfigure.properties.SessionProperties.Outbound;
import dev.socketserver.autoconfigure.properties.SessionProperties.Timeouts;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Correlator;
import dev.socketserver.handler.HandlerBeans;
import dev.socketserver.handler.payload.InvalidHandlerException;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Turns the properties that servers and clients have in common into parts of their
 * specifications. The exception for a wrong value names its property.
 */
public final class SessionSpecs {

	private static final String VIRTUAL_THREADS = "spring.threads.virtual.enabled";

	private static final PropertyMapper map = PropertyMapper.get();

	private final ConfiguredFramings framings;

	private final Environment environment;

	private final JavaVersion java;

	private final ReferencedBeans references;

	private final TlsSpecs tls;

	private final DrainTimeouts drainTimeouts;

	/** How many bytes may wait in all servers and clients. */
	private final long memoryBytes;

	public SessionSpecs(ConfiguredFramings framings, Environment environment, JavaVersion java,
			ReferencedBeans references, TlsBundles tlsBundles, long memoryBytes) {
		this.framings = framings;
		this.environment = environment;
		this.java = java;
		this.references = references;
		this.memoryBytes = memoryBytes;
		this.tls = new TlsSpecs(tlsBundles, environment);
		this.drainTimeouts = new DrainTimeouts(environment);
	}

	TlsSpecs tls() {
		return this.tls;
	}

	DrainTimeouts drainTimeouts() {
		return this.drainTimeouts;
	}

	Duration drainTimeout(PropertyEntry entry, SessionProperties properties) {
		return this.drainTimeouts.of(entry, properties);
	}

	PropertyEntry entry(Section section, String name, SessionProperties properties) {
		return new PropertyEntry(section, name, properties, this.environment);
	}

	/**
	 * Returns the framing of an entry.
	 * @param entry the entry
	 * @return the framing, or {@code null} if the properties name none
	 */
	@Nullable ConfiguredFraming framing(PropertyEntry entry) {
		return this.framings.find(entry.section(), entry.name());
	}

	/**
	 * Sets what does not depend on the kind of handler.
	 * @param entry the entry
	 * @param properties its values
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param builder the builder of the specification
	 */
	void session(PropertyEntry entry, SessionProperties properties, @Nullable ConfiguredFraming framing,
			SessionSpecBuilder<?> builder) {
		if (framing != null) {
			builder.framing(framing.framing());
		}
		DataSize readBuffer = properties.getReadBuffer();
		if (readBuffer != null) {
			builder.readBufferBytes(entry.bytes("read-buffer", readBuffer));
		}
		Inbound inbound = properties.getInbound();
		if (inbound != null) {
			map.from(inbound.capacity()).to(builder::inboundFrames);
			map.from(inbound.bytes()).as((size) -> entry.bytes("inbound.bytes", size)).to(builder::inboundBytes);
			map.from(inbound.overflow()).to(builder::inboundOverflow);
		}
		Outbound outbound = properties.getOutbound();
		if (outbound != null) {
			map.from(outbound.capacity()).to(builder::outboundWrites);
			map.from(outbound.bytes()).as((size) -> entry.bytes("outbound.bytes", size)).to(builder::outboundBytes);
			map.from(outbound.overflow()).to(builder::outboundOverflow);
		}
		Timeouts timeouts = properties.getTimeouts();
		if (timeouts != null) {
			map.from(timeouts.firstFrame()).to((timeout) -> builder.firstFrameTimeout(zeroIsNone(timeout)));
			map.from(timeouts.frame()).to((timeout) -> builder.frameTimeout(zeroIsNone(timeout)));
			map.from(timeouts.idle()).to((timeout) -> builder.idleTimeout(zeroIsNone(timeout)));
			map.from(timeouts.write()).to((timeout) -> builder.writeTimeout(zeroIsNone(timeout)));
			map.from(timeouts.session()).to((timeout) -> builder.sessionTimeout(zeroIsNone(timeout)));
			map.from(timeouts.handler()).to((timeout) -> builder.handlerTimeout(zeroIsNone(timeout)));
		}
		Execution execution = properties.getExecution();
		if (execution != null) {
			map.from(execution.threads()).to(builder::executionThreads);
			map.from(execution.queue()).to(builder::executionQueue);
			// An empty name overrides an inherited executor.
			map.from(execution.executor()).whenHasText().to((bean) -> builder.executor(executor(entry, bean)));
		}
	}

	private static @Nullable Duration zeroIsNone(Duration timeout) {
		return timeout.isZero() ? null : timeout;
	}

	/**
	 * Makes a specification, and checks what can be checked only then.
	 * @param entry the entry
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param keys the keys of those components of the specification that have other
	 * names; all others are called like their keys, in camel case
	 * @param spec makes the specification, and also those parts of it that check their
	 * values when they are made, since only what it throws is reported with the property
	 * @param <S> the type of the specification
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is wrong
	 */
	<S> S build(PropertyEntry entry, @Nullable ConfiguredFraming framing, Map<String, String> keys, Supplier<S> spec) {
		S built = checked(entry, framing, keys, spec);
		int maxFrameBytes = session(built).maxFrameBytes();
		if (framing != null) {
			check(entry, framing, maxFrameBytes);
		}
		if (maxFrameBytes > this.memoryBytes) {
			entry.aboveMemory("limits.frame", DataSize.ofBytes(this.memoryBytes));
		}
		return built;
	}

	/**
	 * Makes something out of values of an entry.
	 * @param entry the entry
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param keys the keys of components that have other names
	 * @param values makes it
	 * @param <S> its type
	 * @return what was made
	 * @throws InvalidSocketPropertyException if a value is wrong
	 */
	<S> S checked(PropertyEntry entry, @Nullable ConfiguredFraming framing, Map<String, String> keys,
			Supplier<S> values) {
		try {
			return values.get();
		}
		catch (InvalidSpecException ex) {
			if (framing != null && ex.component().equals("framing")) {
				throw new InvalidSocketPropertyException(framing.property(), framing.word(), "it " + ex.rule(),
						entry.change("framing", framing.property()), ex);
			}
			String key = keys.getOrDefault(ex.component(), DataObjectPropertyName.toDashedForm(ex.component()));
			boolean bounds = ex.rule().startsWith("must ");
			String none = (bounds && isZeroForNone(key)) ? ", or 0 for none" : "";
			throw entry.invalid(key, "it " + ex.rule() + none, null, ex);
		}
	}

	private static SessionSpec session(Object spec) {
		return (spec instanceof ServerSpec server) ? server.session() : ((ClientSpec) spec).session();
	}

	/** Whether 0, which the core does not know, is read as no time at all. */
	private static boolean isZeroForNone(String key) {
		return key.startsWith("timeouts.") || key.equals("heartbeat.period");
	}

	private static void check(PropertyEntry entry, ConfiguredFraming framing, int maxFrameBytes) {
		try {
			framing.check(maxFrameBytes);
		}
		catch (InvalidSocketPropertyException ex) {
			throw ex.or(entry.alternative("framing", ex.property()));
		}
	}

	void handler(PropertyEntry entry, SessionProperties properties, HandlerBeans beans, String bean,
			SessionSpecBuilder<?> builder) {
		PayloadSettings settings = payloads(properties);
		try {
			ServerHandler handler = beans.serverHandler(bean, settings);
			if (handler.bytesAsTheyCome()) {
				// An inherited payload is meant for other servers.
				if ((settings.payload() == Payload.TEXT || settings.payload() == Payload.JSON)
						&& entry.isOwn("payload")) {
					throw entry.invalid("payload", "the handler of " + entry.owner() + " reads bytes",
							"Remove the property");
				}
				settings = new PayloadSettings(Payload.AUTO, settings.charset());
			}
			builder.handler(handler).charset(settings.charset()).converters(beans.writers(settings));
		}
		catch (InvalidHandlerException ex) {
			throw entry.unusable(ex);
		}
	}

	static PayloadSettings payloads(SessionProperties properties) {
		PayloadSettings unset = PayloadSettings.DEFAULT;
		return new PayloadSettings(or(properties.getPayload(), unset.payload()),
				or(properties.getCharset(), unset.charset()));
	}

	static SocketOptions options(PropertyEntry entry, @Nullable Options options) {
		SocketOptions unset = SocketOptions.DEFAULT;
		if (options == null) {
			return unset;
		}
		return new SocketOptions(or(options.tcpNoDelay(), unset.tcpNoDelay()),
				or(options.keepAlive(), unset.keepAlive()), options.keepAliveIdle(), options.keepAliveInterval(),
				options.keepAliveCount(), options.userTimeout(), options.reuseAddress(),
				or(options.reusePort(), unset.reusePort()),
				bytes(entry, "options.receive-buffer", options.receiveBuffer()),
				bytes(entry, "options.send-buffer", options.sendBuffer()));
	}

	private static @Nullable Integer bytes(PropertyEntry entry, String key, @Nullable DataSize size) {
		return (size != null) ? entry.bytes(key, size) : null;
	}

	static <T> T or(@Nullable T value, T unset) {
		return (value != null) ? value : unset;
	}

	static SessionSpec.@Nullable Heartbeat heartbeat(@Nullable Heartbeat heartbeat) {
		Duration period = (heartbeat != null) ? heartbeat.period() : null;
		if (heartbeat == null || period == null || period.isZero()) {
			return null;
		}
		Duration timeout = heartbeat.timeout();
		return (timeout != null) ? new SessionSpec.Heartbeat(period, timeout) : SessionSpec.Heartbeat.of(period);
	}

	ExecutionMode execution(PropertyEntry entry, @Nullable Execution execution) {
		ExecutionMode mode = (execution != null) ? execution.mode() : null;
		if (mode == null || mode == ExecutionMode.AUTO) {
			return virtualByDefault() ? ExecutionMode.VIRTUAL : ExecutionMode.POOL;
		}
		if (mode == ExecutionMode.VIRTUAL && this.java.isOlderThan(JavaVersion.TWENTY_ONE)) {
			throw entry.invalid("execution.mode", "Java " + this.java + " has no virtual threads",
					"Run on Java 21 or later, or use pool");
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

	private Executor executor(PropertyEntry entry, String bean) {
		try {
			return this.references.executor(bean);
		}
		catch (IllegalArgumentException ex) {
			throw entry.invalid("execution.executor", String.valueOf(ex.getMessage()),
					"Set it to the name of a bean of type Executor, or remove it to use threads of the "
							+ entry.section().word() + "'s own");
		}
	}

	Correlator correlator(PropertyEntry entry, String bean) {
		try {
			return this.references.correlator(bean);
		}
		catch (IllegalArgumentException ex) {
			throw entry.invalid("correlator", String.valueOf(ex.getMessage()),
					"Set it to the name of a bean of type Correlator or Function, or remove it if replies come in order");
		}
	}

}
