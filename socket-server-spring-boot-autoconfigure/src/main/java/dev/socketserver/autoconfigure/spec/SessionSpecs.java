package dev.socketserver.autoconfigure.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionSpecBuilder;
import dev.socketserver.autoconfigure.framing.ConfiguredFraming;
import dev.socketserver.autoconfigure.framing.ConfiguredFramings;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ListenerProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties.Heartbeat;
import dev.socketserver.autoconfigure.properties.SessionProperties.Inbound;
import dev.socketserver.autoconfigure.properties.SessionProperties.Options;
import dev.socketserver.autoconfigure.properties.SessionProperties.Outbound;
import dev.socketserver.autoconfigure.properties.SessionProperties.Timeouts;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Correlator;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.handler.dispatch.DispatchSettings;
import dev.socketserver.handler.dispatch.OnUnmapped;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.spec.Execution;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Requests;
import dev.socketserver.spec.SocketOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Turns the properties that servers and clients have in common into parts of their
 * specifications. The exception for a wrong value names its property.
 */
public final class SessionSpecs {

	private static final PropertyMapper map = PropertyMapper.get();

	/** How components of listeners begin. */
	private static final String LISTENERS = "listeners.";

	private static final String VIRTUAL_THREADS = "spring.threads.virtual.enabled";

	private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

	private static final int FIRST_WITHOUT_PINNING = 24;

	private final ConfiguredFramings framings;

	private final Environment environment;

	/**
	 * The version of Java. Boot's own type finds it by what the JDK has, and loads that.
	 */
	private final int java;

	private final ReferencedBeans references;

	private final TlsBundles tlsBundles;

	private final DrainTimeouts drainTimeouts;

	/** How many bytes may wait in all servers and clients. */
	private final long memoryBytes;

	public SessionSpecs(ConfiguredFramings framings, Environment environment, int java, ReferencedBeans references,
			TlsBundles tlsBundles, long memoryBytes) {
		this.framings = framings;
		this.environment = environment;
		this.java = java;
		this.references = references;
		this.memoryBytes = memoryBytes;
		this.tlsBundles = tlsBundles;
		this.drainTimeouts = new DrainTimeouts(environment);
	}

	TlsSpecs tls() {
		return new TlsSpecs(this.tlsBundles, this.environment);
	}

	DrainTimeouts drainTimeouts() {
		return this.drainTimeouts;
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
	 * Returns the framing that a listener has itself.
	 * @param listener the entry of the listener
	 * @return the framing, or {@code null} if it has that of its server
	 */
	@Nullable ConfiguredFraming ownFraming(PropertyEntry listener) {
		return this.framings.own(listener.property());
	}

	static void framing(@Nullable ConfiguredFraming framing, SessionSpecBuilder<?> builder) {
		if (framing != null) {
			builder.framing(framing.framing());
		}
	}

	/**
	 * Sets what does not depend on the kind of handler.
	 * @param entry the entry
	 * @param properties its values
	 * @param mode which threads run the handler
	 * @param builder the builder of the specification
	 */
	void session(PropertyEntry entry, SessionProperties properties, ExecutionMode mode, SessionSpecBuilder<?> builder) {
		DataSize readBuffer = properties.getReadBuffer();
		if (readBuffer != null) {
			builder.readBuffer(entry.bytes("read-buffer", readBuffer));
		}
		builder.drainTimeout(this.drainTimeouts.of(entry, properties));
		builder.execution(execution(entry, mode, properties.getExecution()));
		Inbound inbound = properties.getInbound();
		if (inbound != null) {
			builder.inbound(new Block(entry, "inbound", inbound)::over);
		}
		Outbound outbound = properties.getOutbound();
		if (outbound != null) {
			builder.outbound(new Block(entry, "outbound", outbound)::over);
		}
		Timeouts timeouts = properties.getTimeouts();
		if (timeouts != null) {
			builder.timeouts(new Block(entry, "timeouts", timeouts)::over);
		}
		if (properties.getRequests() != null || properties.getRequestsLate() != null
				|| StringUtils.hasText(properties.getRequestsReply())) {
			String bean = properties.getRequestsReply();
			builder.requests((from) -> {
				Requests order = map.from(properties.getRequests()).to(from, Requests::order);
				Requests late = map.from(properties.getRequestsLate()).to(order, Requests::late);
				return StringUtils.hasText(bean) ? late.reply(reply(entry, bean)) : late;
			});
		}
		Options options = properties.getOptions();
		if (options != null) {
			builder.options((block) -> options(entry, options, block));
		}
		Heartbeat heartbeat = properties.getHeartbeat();
		if (heartbeat != null && HeartbeatKeys.hasEffect(heartbeat)) {
			builder.heartbeat(HeartbeatKeys.heartbeat(heartbeat));
		}
	}

	/** Sets options of the sockets, but those that only clients have. */
	static SocketOptions options(PropertyEntry entry, Options options, SocketOptions from) {
		return new Block(entry, "options", options, "multicastTtl", "multicastInterface", "multicastLoop").over(from);
	}

	/**
	 * Makes a specification, and checks what can be checked only then.
	 * @param entry the entry
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param spec makes the specification out of the properties, with all of its blocks:
	 * only what it throws is reported with the property
	 * @param <S> the type of the specification
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is wrong
	 */
	<S> S build(PropertyEntry entry, @Nullable ConfiguredFraming framing, Supplier<S> spec) {
		S built = checked(entry, framing, spec);
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
	 * Has beans of the application change what the properties have made, which is right
	 * already.
	 * @param entry the entry
	 * @param type the type of the beans
	 * @param beans the beans, in their order
	 * @param before what the properties have made
	 * @param change calls a bean
	 * @param spec makes the specification anew
	 * @param <C> the type of the beans
	 * @param <S> that of the specification
	 * @return what the properties have made, and each of the beans; what one leaves
	 * behind may be impossible if the next corrects it, and is not there then
	 * @throws IllegalStateException if what they have made is not possible
	 */
	static <C, S> List<S> customized(PropertyEntry entry, Class<C> type, List<C> beans, S before, Consumer<C> change,
			Supplier<S> spec) {
		List<S> steps = new ArrayList<>();
		steps.add(before);
		try {
			for (int i = 0; i < beans.size(); i++) {
				change.accept(beans.get(i));
				try {
					steps.add(spec.get());
				}
				catch (InvalidSpecException ex) {
					if (i == beans.size() - 1) {
						throw ex;
					}
					steps.add(steps.get(i));
				}
			}
			return steps;
		}
		catch (InvalidSpecException ex) {
			throw new IllegalStateException("What %s beans have made of %s is not possible: %s"
				.formatted(type.getSimpleName(), entry.owner(), ex.getMessage()), ex);
		}
	}

	/**
	 * Makes something out of values of an entry.
	 * @param entry the entry
	 * @param framing the framing, or {@code null} for the default of the handler
	 * @param values makes it
	 * @param <S> its type
	 * @return what was made
	 * @throws InvalidSocketPropertyException if a value is wrong
	 */
	<S> S checked(PropertyEntry entry, @Nullable ConfiguredFraming framing, Supplier<S> values) {
		try {
			return values.get();
		}
		catch (InvalidSpecException ex) {
			throw ex.component().startsWith(LISTENERS) ? listener(entry, ex)
					: invalid(entry, framing, ex.component(), ex);
		}
	}

	/** Returns what is thrown for a component of an entry, or of a listener. */
	private static InvalidSocketPropertyException invalid(PropertyEntry entry, @Nullable ConfiguredFraming framing,
			String component, InvalidSpecException failure) {
		if (framing != null && component.equals("framing")) {
			return new InvalidSocketPropertyException(framing.property(), framing.word(), "it " + failure.rule(),
					entry.change("framing", framing.property()), failure);
		}
		String key = DataObjectPropertyName.toDashedForm(component);
		boolean bounds = failure.rule().startsWith("must ");
		String none = (bounds && isZeroForNone(key)) ? ", or 0 for none" : "";
		return entry.invalid(key, "it " + failure.rule() + none, null, failure);
	}

	/** Checks the framing that a listener has itself, if it does. */
	void checkFraming(PropertyEntry listener, int maxFrameBytes) {
		ConfiguredFraming framing = ownFraming(listener);
		if (framing != null) {
			framing.check(maxFrameBytes);
		}
	}

	/** Returns what is thrown for a component of a listener. */
	private InvalidSocketPropertyException listener(PropertyEntry server, InvalidSpecException failure) {
		String component = failure.component().substring(LISTENERS.length());
		int end = component.indexOf('.');
		String name = (end < 0) ? component : component.substring(0, end);
		ServerProperties values = (ServerProperties) server.values();
		ListenerProperties listens = values.getListeners().get(name);
		PropertyEntry entry = server.listener(name, (listens != null) ? listens.over(values) : values);
		String own = (end < 0) ? "name" : component.substring(end + 1);
		return invalid(entry, own.equals("framing") ? ownFraming(entry) : null, own, failure);
	}

	private static SessionSpec session(Object spec) {
		return (spec instanceof ServerSpec server) ? server.session() : ((ClientSpec) spec).session();
	}

	/** Whether 0, which the core does not know, is read as no time at all. */
	public static boolean isZeroForNone(String key) {
		return key.startsWith("timeouts.") || key.equals("heartbeat.period") || key.equals("login.timeout");
	}

	private static void check(PropertyEntry entry, ConfiguredFraming framing, int maxFrameBytes) {
		try {
			framing.check(maxFrameBytes);
		}
		catch (InvalidSocketPropertyException ex) {
			throw ex.or(entry.alternative("framing", ex.property()));
		}
	}

	ServerHandler handler(PropertyEntry entry, SessionProperties properties, HandlerBeans beans, String bean,
			SessionSpecBuilder<?> builder) {
		PayloadSettings settings = payloads(properties);
		try {
			@Nullable DispatchSettings dispatch = dispatch(entry, properties, settings);
			if (dispatch != null && dispatch.discriminator() != null && !beans.hasAnnotatedMethods(bean)) {
				withoutMethods(entry);
			}
			ServerHandler handler = beans.serverHandler(bean, entry.name(), settings, dispatch);
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
			return handler;
		}
		catch (InvalidHandlerException ex) {
			throw entry.unusable(ex);
		}
	}

	/** Returns {@code null} if the properties say nothing, as of most servers. */
	private @Nullable DispatchSettings dispatch(PropertyEntry entry, SessionProperties properties,
			PayloadSettings settings) {
		String written = properties.getDiscriminator();
		OnUnmapped onUnmapped = Objects.requireNonNullElse(properties.getOnUnmapped(), OnUnmapped.ERROR);
		if (!StringUtils.hasText(written)) {
			return (onUnmapped != OnUnmapped.ERROR) ? new DispatchSettings(null, onUnmapped) : null;
		}
		try {
			return new DispatchSettings(this.references.discriminator(written, settings.charset()), onUnmapped);
		}
		catch (IllegalArgumentException ex) {
			throw entry.invalid("discriminator", String.valueOf(ex.getMessage()),
					"Set it to word, bytes:<offset>:<length>, json:/<pointer>, type, or the name of a bean of type "
							+ "Function, or remove it");
		}
	}

	/** Warns about a discriminator of a handler that has no methods to choose from. */
	static void withoutMethods(PropertyEntry entry) {
		entry.pointless("the handler has no annotated methods", "discriminator");
	}

	public static PayloadSettings payloads(SessionProperties properties) {
		PayloadSettings unset = PayloadSettings.DEFAULT;
		return new PayloadSettings(Objects.requireNonNullElse(properties.getPayload(), unset.payload()),
				Objects.requireNonNullElse(properties.getCharset(), unset.charset()));
	}

	/** Makes a block of all servers without a lambda: the JVM makes a class for each. */
	private Execution execution(PropertyEntry entry, ExecutionMode mode,
			SessionProperties.@Nullable Execution execution) {
		Execution unset = Execution.DEFAULT.mode(mode);
		if (execution == null) {
			return unset;
		}
		Execution made = new Block(entry, "execution", execution, "mode", "executor").over(unset);
		// An empty name overrides an inherited executor.
		String executor = execution.executor();
		return StringUtils.hasText(executor) ? made.executor(executor(entry, executor)) : made;
	}

	ExecutionMode executionMode(PropertyEntry entry, SessionProperties.@Nullable Execution execution) {
		ExecutionMode mode = (execution != null) ? execution.mode() : null;
		if (mode == null || mode == ExecutionMode.AUTO) {
			return virtualByDefault() ? ExecutionMode.VIRTUAL : ExecutionMode.POOL;
		}
		if (mode == ExecutionMode.VIRTUAL && this.java < FIRST_WITH_VIRTUAL_THREADS) {
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
		return this.java >= FIRST_WITHOUT_PINNING && this.environment.getProperty(VIRTUAL_THREADS, Boolean.class, true);
	}

	private Executor executor(PropertyEntry entry, String bean) {
		return referenced(entry, "execution.executor", () -> this.references.executor(bean),
				"Executor, or remove it to use threads of the " + entry.section().word() + "'s own");
	}

	private Predicate<Object> reply(PropertyEntry entry, String bean) {
		return referenced(entry, "requests-reply", () -> this.references.reply(bean),
				"Predicate, or remove it if whatever comes is the reply");
	}

	Function<Object, @Nullable Object> poolKey(PropertyEntry entry, String bean) {
		return referenced(entry, "pool.key", () -> this.references.key(bean),
				"Function, or remove it if payloads may leave on any connection");
	}

	Correlator correlator(PropertyEntry entry, String bean) {
		return referenced(entry, "correlator", () -> this.references.correlator(bean),
				"Correlator or Function, or remove it if replies come in order");
	}

	/**
	 * Returns the bean that a property names.
	 * @param type which bean may be named, and what to do without one
	 */
	private static <T> T referenced(PropertyEntry entry, String key, Supplier<T> bean, String type) {
		try {
			return bean.get();
		}
		catch (IllegalArgumentException ex) {
			throw entry.invalid(key, String.valueOf(ex.getMessage()), "Set it to the name of a bean of type " + type);
		}
	}

}
