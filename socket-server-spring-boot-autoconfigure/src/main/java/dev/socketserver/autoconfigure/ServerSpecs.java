package dev.socketserver.autoconfigure;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec.IpFamily;
import dev.socketserver.ServerSpec.ProxyMode;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec.ExecutionMode;
import dev.socketserver.address.Cidr;
import dev.socketserver.autoconfigure.SocketProperties.Execution;
import dev.socketserver.autoconfigure.SocketProperties.Limits;
import dev.socketserver.autoconfigure.SocketProperties.ProxyProtocol;
import dev.socketserver.autoconfigure.SocketProperties.Server;
import dev.socketserver.autoconfigure.SocketProperties.ServerDefaults;
import dev.socketserver.autoconfigure.SocketProperties.Sni;
import dev.socketserver.autoconfigure.SocketProperties.Ssl;
import dev.socketserver.autoconfigure.SocketProperties.Start;
import dev.socketserver.autoconfigure.SocketProperties.Threads;
import dev.socketserver.handler.HandlerBeans;
import dev.socketserver.handler.Payload;
import dev.socketserver.handler.PayloadSettings;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import org.jspecify.annotations.Nullable;

/**
 * Turns the properties of servers into specifications.
 */
final class ServerSpecs {

	static final String PORT_REMEDY = "Set it to a port between 1 and 65535, or to 0 for a free one";

	private static final Map<String, String> KEYS = Map.of("host", "address", "readBufferBytes", "read-buffer");

	private final ServerDefaults defaults;

	private final SessionSpecs sessions;

	ServerSpecs(@Nullable ServerDefaults defaults, SessionSpecs sessions) {
		this.defaults = (defaults != null) ? defaults : new ServerDefaults();
		this.sessions = sessions;
	}

	private EntryValues<ServerDefaults> values(String name, Server entry) {
		return this.sessions.values(Section.SERVERS, name, entry, this.defaults);
	}

	/**
	 * Makes the specification of one server.
	 * @param name the server's name
	 * @param entry what the properties say about it
	 * @param beans the handler beans
	 * @param bean the name of its handler
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	ServerSpec create(String name, Server entry, HandlerBeans beans, String bean) {
		EntryValues<ServerDefaults> values = values(name, entry);
		values.note("handler", entry.getHandler());
		ServerSpec.Builder builder = ServerSpec.builder(name).args(entry.getArgs());
		this.sessions.handler(values, beans, bean, builder);
		return create(values, entry, false, builder);
	}

	/**
	 * Makes the specification of one server whose handler is built in.
	 * @param name the server's name
	 * @param entry what the properties say about it
	 * @param beans the handler beans, which know the converters of payloads
	 * @param word names the handler
	 * @param consoles finds what makes consoles, if it is one
	 * @return the specification
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	ServerSpec createBuiltIn(String name, Server entry, HandlerBeans beans, String word, ConsoleModule consoles) {
		EntryValues<ServerDefaults> values = values(name, entry);
		values.note("handler", entry.getHandler());
		ConsoleHandlers.InvalidValue invalid = (key, problem, remedy) -> values.invalid(key, problem, remedy, null);
		BuiltIn builtIn = word.equals(ConsoleHandlers.WORD) ? BuiltIn.console(consoles.handlers(invalid))
				: BuiltIn.of(word);
		Charset charset = SessionSpecs.payloads(values).charset();
		ServerSpec.Builder builder = ServerSpec.builder(name)
			.args(entry.getArgs())
			.handler(builtIn.handler(charset))
			.charset(charset)
			.converters(beans.writers(new PayloadSettings(Payload.AUTO, charset)));
		ConsoleHandlers console = builtIn.console();
		ServerSpec spec = create(values, entry, console != null, builder);
		if (console != null) {
			console.check(spec, invalid);
		}
		return spec;
	}

	private ServerSpec create(EntryValues<ServerDefaults> values, Server entry, boolean console,
			ServerSpec.Builder builder) {
		ConfiguredFraming framing = this.sessions.framing(values);
		if (console) {
			builder.serverDaemon(true);
			if (framing != null && !framing.property().startsWith(values.section().property(values.name(), ""))) {
				// An inherited framing is meant for other servers: a console reads lines.
				framing = null;
			}
		}
		builder.port(this.sessions.port(values, entry.getPort(), 0, PORT_REMEDY));
		builder.execution(console ? platformThreads(values) : this.sessions.execution(values));
		builder.drainTimeout(this.sessions.drainTimeout(values));
		this.sessions.session(values, framing, builder);
		listening(values, builder);
		lifetimes(values, builder);
		ServerDefaults own = values.own();
		ServerDefaults shared = values.shared();
		EntryValues<Limits> limits = values.block("limits", own.getLimits(), shared.getLimits());
		if (limits != null) {
			limits(limits, builder);
		}
		EntryValues<ProxyProtocol> proxyProtocol = values.block("proxy-protocol", own.getProxyProtocol(),
				shared.getProxyProtocol());
		if (proxyProtocol != null) {
			proxyProtocol(proxyProtocol, builder);
		}
		EntryValues<Threads> threads = values.block("threads", own.getThreads(), shared.getThreads());
		if (threads != null) {
			threads(threads, builder);
		}
		ServerSpec spec = this.sessions.build(values, framing, KEYS,
				() -> builder.options(SessionSpecs.options(values))
					.tls(tls(values))
					.heartbeat(SessionSpecs.heartbeat(values))
					.build(),
				ServerSpec::session);
		PointlessSettings.report(spec, values.ownKeys());
		return spec;
	}

	private static void listening(EntryValues<ServerDefaults> values, ServerSpec.Builder builder) {
		ServerDefaults own = values.own();
		ServerDefaults shared = values.shared();
		IpFamily family = values.either("ip-family", own.getIpFamily(), shared.getIpFamily());
		if (family != null) {
			builder.ipFamily(family);
		}
		String address = values.either("address", own.getAddress(), shared.getAddress());
		if (address != null) {
			builder.host(host(address));
		}
		SocketTransport transport = values.either("transport", own.getTransport(), shared.getTransport());
		if (transport != null) {
			builder.transport(transport);
		}
		Integer backlog = values.either("backlog", own.getBacklog(), shared.getBacklog());
		if (backlog != null) {
			builder.backlog(backlog);
		}
	}

	/**
	 * Returns the host that an address stands for.
	 * @param address the address as it is configured
	 * @return {@link ServerSpec#ANY_HOST} also for {@code *}
	 */
	static String host(String address) {
		return address.equals("*") ? ServerSpec.ANY_HOST : address;
	}

	private static void limits(EntryValues<Limits> values, ServerSpec.Builder builder) {
		values.with("sessions", Limits::sessions, builder::maxSessions);
		values.with("on-full", Limits::onFull, builder::onFull);
		values.with("accept-rate", Limits::acceptRate, builder::acceptRate);
		values.size("frame", Limits::frame, builder::maxFrameBytes);
		values.with("sessions-per-address", Limits::sessionsPerAddress, builder::maxSessionsPerAddress);
		values.with("pending", Limits::pending, builder::maxPending);
		builder.allow(ranges(values, "allow", Limits::allow));
		builder.deny(ranges(values, "deny", Limits::deny));
		values.with("alarm", Limits::alarm, (alarm) -> builder.sessionsAlarm(alarm.value()));
	}

	private static void proxyProtocol(EntryValues<ProxyProtocol> values, ServerSpec.Builder builder) {
		ProxyMode mode = values.get("mode", ProxyProtocol::mode, ProxyMode.OFF);
		List<Cidr> trusted = ranges(values, "trusted", ProxyProtocol::trusted);
		if (mode != ProxyMode.OFF && trusted.isEmpty()) {
			throw values.invalid("trusted",
					values.property("mode") + " is " + Written.of(mode)
							+ ", and whoever can connect could claim any address",
					"Set it to the addresses of the load balancers, such as 10.0.0.0/8", null);
		}
		builder.proxyProtocol(mode, trusted);
	}

	/** Reads ranges of addresses. An empty list overrides an inherited one. */
	private static <P> List<Cidr> ranges(EntryValues<P> values, String key, Function<P, @Nullable List<String>> value) {
		List<String> texts = values.get(key, value, List.of());
		List<Cidr> ranges = new ArrayList<>();
		for (String text : texts) {
			try {
				ranges.add(Cidr.of(text.trim()));
			}
			catch (IllegalArgumentException ex) {
				String property = values.property(key);
				throw new InvalidSocketPropertyException(property, text, "it " + ex.getMessage(), "Change " + property,
						ex);
			}
		}
		return ranges;
	}

	private static void lifetimes(EntryValues<ServerDefaults> values, ServerSpec.Builder builder) {
		ServerDefaults own = values.own();
		ServerDefaults shared = values.shared();
		Boolean oneShot = values.either("one-shot", own.getOneShot(), shared.getOneShot());
		if (oneShot != null) {
			builder.oneShot(oneShot);
		}
		Integer requests = values.either("requests-per-session", own.getRequestsPerSession(),
				shared.getRequestsPerSession());
		if (requests != null) {
			builder.requestsPerSession(requests);
		}
		String farewell = values.either("farewell", own.getFarewell(), shared.getFarewell());
		if (farewell != null) {
			// An empty text means none, and overrides an inherited one.
			builder.farewell(farewell.isEmpty() ? null : farewell);
		}
	}

	private static void threads(EntryValues<Threads> values, ServerSpec.Builder builder) {
		values.with("name", Threads::name, builder::threadName);
		values.with("server-daemon", Threads::serverDaemon, builder::serverDaemon);
		values.with("session-daemon", Threads::sessionDaemon, builder::sessionDaemon);
	}

	private ServerSpec.@Nullable Tls tls(EntryValues<ServerDefaults> entry) {
		EntryValues<Ssl> values = entry.block("ssl", entry.own().getSsl(), entry.shared().getSsl());
		if (values == null) {
			return null;
		}
		String name = values.get("bundle", Ssl::bundle);
		ClientAuth clientAuth = values.get("client-auth", Ssl::clientAuth, ClientAuth.NONE);
		Duration handshakeTimeout = values.get("handshake-timeout", Ssl::handshakeTimeout,
				ServerSpec.Tls.DEFAULT_HANDSHAKE_TIMEOUT);
		List<Sni> sni = values.get("sni", Ssl::sni, List.of());
		if (name == null || name.isBlank()) {
			if (clientAuth == ClientAuth.NEED && !plainOnPurpose(values, "client-auth")) {
				throw values.invalid("client-auth",
						"without ssl.bundle there are no certificates, and %s would serve anybody in plain text"
							.formatted(values.owner()),
						"Set %s, or client-auth there to none".formatted(bundleOf(values)), null);
			}
			if (!sni.isEmpty() && !plainOnPurpose(values, "sni")) {
				throw new InvalidSocketPropertyException(values.property("sni") + "[0].host", sni.get(0).host(),
						"without ssl.bundle there is no TLS for any host, and %s would serve it in plain text"
							.formatted(values.owner()),
						"Set %s to the SSL bundle for all other hosts, or %s".formatted(bundleOf(values),
								values.isOwn("sni") ? "remove " + values.property("sni")
										: "to an empty name for a server without TLS"));
			}
			return null;
		}
		TlsBundle bundle = this.sessions.tlsBundle(values.property("bundle"), name);
		Map<String, TlsBundle> hosts = hosts(values.property("sni"), sni);
		if (clientAuth != ClientAuth.NONE && bundle.material().identifies()) {
			checkTrust(values, bundle);
			hosts.values().forEach((other) -> checkTrust(values, other));
		}
		return new ServerSpec.Tls(bundle, clientAuth, handshakeTimeout, hosts,
				ServerSpec.Tls.DEFAULT_CLIENT_HELLO_BYTES);
	}

	/**
	 * Refuses a bundle that cannot check certificates of peers. The specification would
	 * refuse it too, but does not know where its trust store is configured.
	 */
	private void checkTrust(EntryValues<Ssl> values, TlsBundle bundle) {
		if (!bundle.material().trusts()) {
			String trust = this.sessions.trust(bundle.name(), "the certificate of the authority of the peers");
			throw values.invalid("client-auth",
					"the certificates of peers cannot be checked, as SSL bundle '%s' has no trust store"
						.formatted(bundle.name()),
					"%s, or set %s to none if peers need no certificates".formatted(trust,
							values.section().property(values.name(), "ssl.client-auth")),
					null);
		}
	}

	/** Whether a server has a bundle of none for what it does not set itself. */
	private static boolean plainOnPurpose(EntryValues<Ssl> values, String key) {
		return values.isOwn("bundle") && !values.isOwn(key);
	}

	private static String bundleOf(EntryValues<Ssl> values) {
		return values.section().property(values.name(), "ssl.bundle");
	}

	private Map<String, TlsBundle> hosts(String list, List<Sni> sni) {
		Map<String, TlsBundle> hosts = new LinkedHashMap<>();
		for (int i = 0; i < sni.size(); i++) {
			String property = list + "[" + i + "]";
			String host = host(property + ".host", sni.get(i).host());
			TlsBundle bundle = this.sessions.tlsBundle(property + ".bundle", sni.get(i).bundle());
			if (!bundle.material().identifies()) {
				// The specification would refuse it too, but could not say which element
				// it is.
				throw new InvalidSocketPropertyException(property + ".bundle", bundle.name(),
						"it has no private key with a certificate", "Set it to an SSL bundle that has one");
			}
			if (hosts.put(host, bundle) != null) {
				throw new InvalidSocketPropertyException(property + ".host", host, "the list already has this host",
						"Remove one of the two");
			}
		}
		return hosts;
	}

	private static String host(String property, @Nullable String host) {
		if (host == null || host.isBlank()) {
			throw new InvalidSocketPropertyException(property, host, "an entry needs a host name",
					"Set it to a host name, or to *. and a host name");
		}
		String lower = host.trim().toLowerCase(Locale.ROOT);
		if (!ServerSpec.Tls.isHost(lower)) {
			throw new InvalidSocketPropertyException(property, host, "it is not a host name in ASCII",
					"Set it to a host name, or to *. and a host name");
		}
		return lower;
	}

	/**
	 * Returns when and how a server starts.
	 * @param name the server's name
	 * @param entry what the properties say about it
	 * @return the policy
	 */
	StartPolicy start(String name, Server entry) {
		EntryValues<ServerDefaults> values = values(name, entry);
		StartPolicy unset = StartPolicy.DEFAULT;
		EntryValues<Start> start = values.block("start", entry.getStart(), this.defaults.getStart());
		if (start == null) {
			return unset;
		}
		StartPolicy policy = new StartPolicy(start.get("auto", Start::auto, unset.auto()),
				start.get("wait", Start::await, unset.await()),
				start.get("on-failure", Start::onFailure, unset.onFailure()));
		if (!policy.auto()) {
			Stream.of("wait", "on-failure")
				.filter(start::isOwn)
				.forEach((key) -> start.pointless(key, "start.auto is off"));
		}
		return policy;
	}

	/**
	 * Returns the mode of a console. On a virtual thread, code that never ends would keep
	 * a carrier from all others.
	 */
	private static ExecutionMode platformThreads(EntryValues<ServerDefaults> values) {
		EntryValues<Execution> execution = values.block("execution", values.own().getExecution(),
				values.shared().getExecution());
		ExecutionMode mode = (execution != null) ? execution.get("mode", Execution::mode) : null;
		if (execution != null && mode != null && mode != ExecutionMode.POOL && execution.isOwn("mode")) {
			execution.pointless("mode", "the console evaluates on platform threads");
		}
		return ExecutionMode.POOL;
	}

}
