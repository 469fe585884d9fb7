package dev.socketserver.autoconfigure.spec;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.address.Cidr;
import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ReservedHandler;
import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.framing.ConfiguredFraming;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ListenerProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Ban;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Drain;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Limits;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Login;
import dev.socketserver.autoconfigure.properties.ServerDefaults.ProxyProtocol;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Rate;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Start;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Threads;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties.Execution;
import dev.socketserver.autoconfigure.properties.SessionProperties.Options;
import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.handler.bean.BuiltInHandler;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.Requests;
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Offence;
import dev.socketserver.spec.gate.Rates;
import dev.socketserver.spec.listen.Tcp;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.StringUtils;

/**
 * Turns the properties of servers, with what they inherit, into specifications.
 */
public final class ServerSpecs {

	private static final PropertyMapper map = PropertyMapper.get();

	private final SessionSpecs sessions;

	private final List<SocketServerSpecCustomizer> customizers;

	/** Has what modules make. */
	private final BeanFactory beanFactory;

	/**
	 * Creates the object.
	 * @param sessions makes what servers and clients have in common
	 * @param customizers change what the properties have made, in this order
	 * @param beanFactory has what other modules add
	 */
	public ServerSpecs(SessionSpecs sessions, List<SocketServerSpecCustomizer> customizers, BeanFactory beanFactory) {
		this.sessions = sessions;
		this.customizers = customizers;
		this.beanFactory = beanFactory;
	}

	/**
	 * Makes the specification of one server.
	 * @param name the server's name
	 * @param properties what the properties say about it
	 * @param beans the handler beans
	 * @param bean the name of its handler; {@code null} if a block needs none
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	public ConfiguredServer create(String name, ServerProperties properties, HandlerBeans beans,
			@Nullable String bean) {
		PropertyEntry entry = entry(name, properties);
		ServerSpec.Builder builder = ServerSpec.builder(name).args(properties.getArgs());
		ServerHandler handler = handler(entry, properties, beans, bean, builder);
		EntryOfServer server = new EntryOfServer(entry, properties, beans, this.beanFactory, handler, false);
		return create(entry, server, null, builder);
	}

	private @Nullable ServerHandler handler(PropertyEntry entry, ServerProperties properties, HandlerBeans beans,
			@Nullable String bean, ServerSpec.Builder builder) {
		if (bean != null) {
			return this.sessions.handler(entry, properties, beans, bean, builder);
		}
		PayloadSettings settings = SessionSpecs.payloads(properties);
		builder.charset(settings.charset()).converters(beans.writers(settings));
		return null;
	}

	/**
	 * Begins the specification of a server that the application completes.
	 * @param name the server's name
	 * @param properties what the properties say about it
	 * @param beans the handler beans
	 * @param bean the name of its handler, or {@code null} if the application adds it
	 * @return the builder
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	public ServerSpec.Builder builder(String name, ServerProperties properties, HandlerBeans beans,
			@Nullable String bean) {
		PropertyEntry entry = entry(name, properties);
		ServerSpec.Builder builder = ServerSpec.builder(name).args(properties.getArgs());
		ServerHandler handler = handler(entry, properties, beans, bean, builder);
		EntryOfServer server = new EntryOfServer(entry, properties, beans, this.beanFactory, handler, handler == null);
		ConfiguredFraming framing = framing(entry, properties, false);
		SessionSpecs.framing(framing, builder);
		this.sessions.checked(entry, framing, () -> blocks(entry, server, null, builder));
		ServerBlocks.accept(server, null);
		this.customizers.forEach((customizer) -> customizer.customize(name, builder));
		return builder;
	}

	private PropertyEntry entry(String name, ServerProperties properties) {
		return this.sessions.entry(Section.SERVERS, name, properties);
	}

	/**
	 * Makes the specification of one server whose handler is built in.
	 * @param name the server's name
	 * @param properties what the properties say about it
	 * @param beans the handler beans, which know the converters of payloads
	 * @param word names the handler
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	public ConfiguredServer createBuiltIn(String name, ServerProperties properties, HandlerBeans beans, String word) {
		PropertyEntry entry = entry(name, properties);
		ReservedHandler reserved = ServerBlocks.handler(word);
		EntryOfServer unhandled = new EntryOfServer(entry, properties, beans, this.beanFactory, null, false);
		BuiltInHandler builtIn = (reserved == null) ? BuiltInHandler.of(word) : null;
		if (reserved == null && builtIn == null) {
			throw KnownModules.noHandler(unhandled, word);
		}
		Charset charset = SessionSpecs.payloads(properties).charset();
		ServerHandler handler = (reserved != null) ? reserved.handler(unhandled, charset)
				: Objects.requireNonNull(builtIn).serverHandler();
		SessionSpecs.withoutMethods(entry);
		ServerSpec.Builder builder = ServerSpec.builder(name)
			.args(properties.getArgs())
			.handler(handler)
			.charset(charset)
			.converters(beans.writers(new PayloadSettings(Payload.AUTO, charset)));
		EntryOfServer server = new EntryOfServer(entry, properties, beans, this.beanFactory, handler, false);
		ConfiguredServer configured = create(entry, server, reserved, builder);
		if (reserved != null) {
			reserved.check(server, configured.spec());
		}
		return configured;
	}

	private ConfiguredServer create(PropertyEntry entry, EntryOfServer server, @Nullable ReservedHandler reserved,
			ServerSpec.Builder builder) {
		ConfiguredFraming framing = framing(entry, server.properties(), reserved != null);
		if (reserved != null) {
			builder.threads((threads) -> threads.serverDaemon(true));
		}
		SessionSpecs.framing(framing, builder);
		ServerSpec spec = this.sessions.build(entry, framing, () -> blocks(entry, server, reserved, builder).build());
		if (server.properties().getDrain() != null) {
			this.sessions.drainTimeouts().check(entry, spec.drain(), spec.drainTimeout());
		}
		ServerProperties properties = server.properties();
		for (Map.Entry<String, ListenerProperties> listener : properties.listening().entrySet()) {
			this.sessions.checkFraming(entry.listener(listener.getKey(), listener.getValue().over(properties)),
					spec.session().maxFrameBytes());
		}
		PointlessSettings.report(spec, entry, (reserved != null) ? reserved.whyNoLogin() : null);
		ServerBlocks.accept(server, spec);
		StartPolicy start = start(entry, properties.getStart());
		if (this.customizers.isEmpty()) {
			return new ConfiguredServer(List.of(spec), start);
		}
		return new ConfiguredServer(SessionSpecs.customized(entry, SocketServerSpecCustomizer.class, this.customizers,
				spec, (customizer) -> customizer.customize(entry.name(), builder), builder::build), start);
	}

	/** An inherited framing is meant for other servers, or may be switchable for them. */
	private @Nullable ConfiguredFraming framing(PropertyEntry entry, ServerProperties properties, boolean reserved) {
		ConfiguredFraming framing = this.sessions.framing(entry);
		if (framing == null || framing.property().startsWith(entry.own(""))) {
			return framing;
		}
		if (reserved) {
			return null;
		}
		return new ListenSpecs(entry, properties, false).hasStreams() ? framing : framing.ofDatagrams();
	}

	private ServerSpec.Builder blocks(PropertyEntry entry, EntryOfServer server, @Nullable ReservedHandler reserved,
			ServerSpec.Builder builder) {
		ServerProperties properties = server.properties();
		ListenSpecs listen = new ListenSpecs(entry, properties, reserved != null);
		boolean shared = !properties.listening().isEmpty();
		// Of a server without a place of its own its listeners have what is of places.
		boolean listens = !shared || properties.hasPlace();
		if (shared) {
			listen.refuse();
		}
		builder.place(listen::apply);
		if (listens && hasStages(properties)) {
			builder.place((place) -> stages(entry, properties, listen, place));
		}
		if (reserved != null && listens && listen.isUdp()) {
			entry.refuse(reserved.whyNoDatagrams(), "handler");
		}
		ExecutionMode mode = (reserved != null) ? platformThreads(entry, reserved, properties.getExecution())
				: this.sessions.executionMode(entry, properties.getExecution());
		this.sessions.session(entry, properties, mode, builder);
		listening(properties, builder);
		listen.connections(builder);
		String correlator = properties.getCorrelator();
		if (reserved != null) {
			// It asks no peer, whatever it has inherited.
			builder.requests(Requests.DEFAULTS);
		}
		else if (StringUtils.hasText(correlator)) {
			builder.correlator(this.sessions.correlator(entry, correlator)::key);
		}
		if (properties.getLimits() != null || properties.getRate() != null || properties.getLogin() != null
				|| properties.getBan() != null) {
			new Access(entry).apply(properties, listen, reserved, builder);
		}
		Threads threads = properties.getThreads();
		if (threads != null) {
			builder.threads(new Block(entry, "threads", threads)::over);
		}
		Drain drain = properties.getDrain();
		if (drain != null) {
			builder.drain(new Block(entry, "drain", drain)::over);
		}
		for (Map.Entry<String, ListenerProperties> each : properties.listening().entrySet()) {
			String name = each.getKey();
			if (!SessionSpec.isName(name)) {
				throw new InvalidSocketPropertyException(entry.own("listeners." + name), name,
						"it must be " + SessionSpec.NAME_RULE, "Choose another name for the listener");
			}
			ServerProperties values = each.getValue().over(properties);
			PropertyEntry own = entry.listener(name, values);
			ListenSpecs place = new ListenSpecs(own, values, reserved != null);
			if (reserved != null && place.isUdp()) {
				own.refuse(reserved.whyNoDatagrams(), "protocol");
				entry.refuse(reserved.whyNoDatagrams(), "handler");
			}
			builder.listener(name, (from) -> listener(own, values, place, from));
		}
		for (String key : properties.absent().keySet()) {
			throw KnownModules.absent(server, key);
		}
		ServerBlocks.apply(server, builder);
		return builder;
	}

	private static boolean hasStages(ServerProperties properties) {
		return properties.getProxyProtocol() != null || properties.getSsl() != null;
	}

	/** Sets what comes before a session. */
	private void stages(PropertyEntry entry, ServerProperties properties, ListenSpecs listen,
			ListenerSpec.Builder builder) {
		if (listen.isUdp()) {
			return;
		}
		if (properties.getProxyProtocol() != null) {
			new Access(entry).proxyProtocol(properties.getProxyProtocol(), listen.isLocal(), builder);
		}
		if (properties.getSsl() != null) {
			this.sessions.tls().server(entry, properties.getSsl(), builder);
		}
	}

	/** Sets what a listener has of its own. */
	private void listener(PropertyEntry entry, ServerProperties properties, ListenSpecs listen,
			ListenerSpec.Builder builder) {
		listen.apply(builder);
		stages(entry, properties, listen, builder);
		Options options = properties.getOptions();
		if (options != null) {
			builder.options((block) -> SessionSpecs.options(entry, options, block));
		}
		Limits limits = properties.getLimits();
		if (limits != null) {
			new Access(entry).listener(limits, builder);
		}
		if (properties.getFarewell() != null) {
			builder.farewell(properties.getFarewell().isEmpty() ? null : properties.getFarewell());
		}
		ConfiguredFraming framing = this.sessions.ownFraming(entry);
		if (framing != null) {
			builder.framing(framing.framing());
		}
	}

	/** Sets values of many servers without lambdas: the JVM makes a class for each. */
	private static void listening(ServerProperties properties, ServerSpec.Builder builder) {
		if (properties.getTransport() != null) {
			builder.transport(properties.getTransport());
		}
		if (properties.getRequestsPerSession() != null) {
			builder.requestsPerSession(properties.getRequestsPerSession());
		}
		String farewell = properties.getFarewell();
		if (farewell != null) {
			// An empty text means none, and overrides an inherited one.
			builder.farewell(farewell.isEmpty() ? null : farewell);
		}
	}

	/**
	 * Returns the host that an address stands for.
	 * @param address the address as it is configured
	 * @return {@link Tcp#ANY_HOST} also for {@code *}
	 */
	public static String host(String address) {
		return address.equals("*") ? Tcp.ANY_HOST : address;
	}

	/** Returns when and how a server starts. */
	private static StartPolicy start(PropertyEntry entry, @Nullable Start start) {
		StartPolicy unset = StartPolicy.DEFAULT;
		if (start == null) {
			return unset;
		}
		StartPolicy policy = new StartPolicy(Objects.requireNonNullElse(start.auto(), unset.auto()),
				Objects.requireNonNullElse(start.await(), unset.await()),
				Objects.requireNonNullElse(start.onFailure(), unset.onFailure()));
		if (!policy.auto()) {
			entry.pointless("start.auto is off", "start.wait", "start.on-failure");
		}
		return policy;
	}

	/**
	 * Returns the mode of a reserved handler. On a virtual thread, code that never ends
	 * would keep a carrier from all others.
	 */
	private static ExecutionMode platformThreads(PropertyEntry entry, ReservedHandler reserved,
			@Nullable Execution execution) {
		ExecutionMode mode = (execution != null) ? execution.mode() : null;
		if (mode != ExecutionMode.POOL) {
			entry.pointless(reserved.whyOnThreads(), "execution.mode");
		}
		return ExecutionMode.POOL;
	}

	/**
	 * Who may connect, and what peers may do. Apart, since most servers leave this as it
	 * is, and need not load it.
	 */
	private static final class Access {

		private final PropertyEntry entry;

		Access(PropertyEntry entry) {
			this.entry = entry;
		}

		void apply(ServerProperties properties, ListenSpecs listen, @Nullable ReservedHandler reserved,
				ServerSpec.Builder builder) {
			Limits limits = properties.getLimits();
			if (limits != null) {
				builder.limits((from) -> listen.withoutMeaning(limits(limits, from)));
			}
			Rate rate = properties.getRate();
			if (rate != null) {
				builder.rate((from) -> rate(rate, from));
			}
			Login login = properties.getLogin();
			if (login != null) {
				Duration given = login.timeout();
				Duration timeout = (given != null && !given.isZero()) ? given : null;
				dev.socketserver.spec.gate.Login from = dev.socketserver.spec.gate.Login.DEFAULTS;
				// Checked, also where it has no effect.
				dev.socketserver.spec.gate.Login read = new Block(this.entry, "login", login, "timeout")
					.over((timeout != null) ? from.timeout(timeout) : from);
				if (timeout != null && reserved == null) {
					builder.login((unset) -> read);
				}
			}
			Ban ban = properties.getBan();
			if (ban != null) {
				builder.ban((from) -> ban(ban, from));
			}
		}

		/** Sets what a listener has of its own. */
		void listener(Limits limits, ListenerSpec.Builder builder) {
			map.from(limits.acceptRate()).to(builder::acceptRate);
			map.from(limits.allow()).to((texts) -> builder.allow(ranges("limits.allow", texts)));
			map.from(limits.deny()).to((texts) -> builder.deny(ranges("limits.deny", texts)));
		}

		private dev.socketserver.spec.Limits limits(Limits limits, dev.socketserver.spec.Limits from) {
			return new Block(this.entry, "limits", limits, "allow", "deny").over(from)
				.allow(ranges("limits.allow", limits.allow()))
				.deny(ranges("limits.deny", limits.deny()));
		}

		private Rates rate(Rate rate, Rates from) {
			Rates rates = from
				.messages(rate("rate.messages", rate.messages(), dev.socketserver.spec.gate.Rate::messages))
				.bytes(rate("rate.bytes", rate.bytes(), dev.socketserver.spec.gate.Rate::bytes));
			return new Block(this.entry, "rate", rate, "messages", "bytes").over(rates);
		}

		/** Reads a rate. An empty text overrides an inherited one. */
		private dev.socketserver.spec.gate.@Nullable Rate rate(String key, @Nullable String text,
				Function<String, dev.socketserver.spec.gate.Rate> reader) {
			return StringUtils.hasText(text) ? this.entry.read(key, text, reader) : null;
		}

		private Bans ban(Ban ban, Bans from) {
			Bans block = new Block(this.entry, "ban", ban, "maxFor", "reasons", "exempt").over(from);
			Bans limited = map.from(ban.maxFor()).to(block, Bans::longest);
			Bans bans = map.from(ban.reasons()).to(limited, (all, texts) -> all.reasons(reasons(texts)));
			return map.from(ban.exempt()).to(bans, (all, texts) -> all.exempt(ranges("ban.exempt", texts)));
		}

		private Set<Offence> reasons(List<String> texts) {
			Set<Offence> reasons = EnumSet.noneOf(Offence.class);
			texts.forEach((text) -> reasons.add(this.entry.read("ban.reasons", text, Access::reason)));
			return reasons;
		}

		private static Offence reason(String text) {
			String name = text.trim().toUpperCase(Locale.ROOT).replace('-', '_');
			List<String> possible = Stream.of(Offence.values()).map(Offence::name).sorted().toList();
			if (!possible.contains(name)) {
				throw new IllegalArgumentException("must be one of " + String.join(", ", possible));
			}
			return Offence.valueOf(name);
		}

		void proxyProtocol(ProxyProtocol proxyProtocol, boolean local, ListenerSpec.Builder builder) {
			ProxyMode mode = Objects.requireNonNullElse(proxyProtocol.mode(), ProxyMode.OFF);
			List<Cidr> trusted = ranges("proxy-protocol.trusted", proxyProtocol.trusted());
			if (mode != ProxyMode.OFF && trusted.isEmpty() && !local) {
				throw this.entry.invalid("proxy-protocol.trusted",
						this.entry.property("proxy-protocol.mode") + " is " + Written.of(mode)
								+ ", and whoever can connect could claim any address",
						"Set it to the addresses of the load balancers, such as 10.0.0.0/8");
			}
			builder.proxyProtocol((block) -> block.mode(mode).trusted(trusted));
		}

		/** Reads ranges of addresses. An empty list overrides an inherited one. */
		private List<Cidr> ranges(String key, @Nullable List<String> texts) {
			List<Cidr> ranges = new ArrayList<>();
			for (String text : Objects.requireNonNullElse(texts, List.<String>of())) {
				ranges.add(this.entry.read(key, text, (range) -> Cidr.of(range.trim())));
			}
			return ranges;
		}

	}

}
