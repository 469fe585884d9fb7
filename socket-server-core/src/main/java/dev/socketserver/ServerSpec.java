package dev.socketserver;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a server, validated and immutable. The engine reads nothing else.
 *
 * @param session what makes its sessions
 * @param host where to listen: a host name or address, {@code "any"} for every interface;
 * default the loopback address of IPv4, of IPv6 where {@code ipFamily} is
 * {@link IpFamily#IPV6}
 * @param port the port, 0 for a free one
 * @param ipFamily which addresses it listens on; default {@link IpFamily#ANY}
 * @param backlog most connections that wait in the kernel to be accepted; default 0, the
 * operating system's choice
 * @param options of the sockets
 * @param transport how the operating system is asked for I/O; default
 * {@link Transport#AUTO}
 * @param limits what the server bears
 * @param oneShot whether the server stops when its first session has ended; default
 * {@code false}
 * @param farewell sent to each session when the server begins to stop or drain;
 * {@code null} for nothing, which is the default
 * @param drainTimeout how long {@link SocketServer#stop()} lets sessions end; default 27
 * s
 * @param threads how threads are called, and what keeps the JVM alive
 * @param proxyProtocol whether load balancers tell whom they speak for
 * @param tls how connections are encrypted; {@code null} for not at all, which is the
 * default
 */
public record ServerSpec(SessionSpec session, String host, int port, IpFamily ipFamily, int backlog,
		SocketOptions options, Transport transport, Limits limits, boolean oneShot, @Nullable String farewell,
		Duration drainTimeout, Threads threads, ProxyProtocol proxyProtocol, @Nullable Tls tls) {

	/** How many sessions a server may have that says nothing about it. */
	public static final int DEFAULT_SESSIONS = 10_000;

	/**
	 * How many sessions a server may have that says nothing about it, and whose handler
	 * occupies a platform thread for each.
	 */
	public static final int DEFAULT_SESSIONS_ON_THREADS = 500;

	/** The host that stands for every interface. */
	public static final String ANY_HOST = "any";

	/** Not the JVM's loopback address, which may be that of IPv6. */
	private static final String LOOPBACK = "127.0.0.1";

	private static final String IPV6_LOOPBACK = "::1";

	/** A host name has no colon, and no last label of digits only. */
	private static final Pattern IPV4_LITERAL = Pattern.compile("[0-9.]+");

	public ServerSpec {
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(ipFamily, "ipFamily");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(limits, "limits");
		Objects.requireNonNull(drainTimeout, "drainTimeout");
		Objects.requireNonNull(threads, "threads");
		Objects.requireNonNull(proxyProtocol, "proxyProtocol");
		check(!host.isBlank(), "host", host, "must not be blank");
		check(port >= 0 && port <= 65535, "port", port, "must be between 0 and 65535");
		check(backlog >= 0, "backlog", backlog, "must not be negative");
		check(ipFamily != IpFamily.DUAL || isWildcard(host), "ipFamily", ipFamily,
				"listens on all addresses of both families: the address must be any");
		check(ipFamily != IpFamily.IPV4 || host.indexOf(':') < 0, "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is one of IPv6");
		check(ipFamily != IpFamily.IPV6 || !IPV4_LITERAL.matcher(host).matches(), "ipFamily", ipFamily,
				"does not fit the address " + host + ", which is one of IPv4");
		check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "must not be negative");
		check(session.heartbeat() == null || farewell == null || !farewell.isEmpty(), "farewell", "empty",
				"would be sent as a heartbeat");
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Returns the default of {@link Limits#sessions()}.
	 * @param handler the server's handler
	 * @param mode which threads run it
	 * @return {@link #DEFAULT_SESSIONS}, or {@link #DEFAULT_SESSIONS_ON_THREADS} for a
	 * handler that occupies a platform thread for each session
	 */
	public static int defaultSessions(ServerHandler handler, ExecutionMode mode) {
		boolean threadEach = !(handler instanceof ServerHandler.Messages) && mode.resolve() != ExecutionMode.VIRTUAL;
		return threadEach ? DEFAULT_SESSIONS_ON_THREADS : DEFAULT_SESSIONS;
	}

	/**
	 * Returns the name of the server.
	 * @return {@link SessionSpec#name()}
	 */
	public String name() {
		return this.session.name();
	}

	/**
	 * Returns the user code.
	 * @return {@link SessionSpec#handler()}
	 */
	public ServerHandler handler() {
		return this.session.handler();
	}

	/**
	 * Returns what delimits frames.
	 * @return {@link SessionSpec#framing()}
	 */
	public Framing framing() {
		return this.session.framing();
	}

	/**
	 * Whether the server listens on every interface.
	 * @return {@code true} if {@link #host()} is {@value #ANY_HOST} or a wildcard address
	 */
	public boolean anyHost() {
		return isWildcard(this.host);
	}

	private static boolean isWildcard(String host) {
		return host.equals(ANY_HOST) || host.equals("0.0.0.0") || host.equals("::");
	}

	/**
	 * Begins a specification.
	 * @param name the server's name
	 * @return the builder; a handler must be given to it
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * What a server bears.
	 *
	 * @param sessions most sessions at a time, further connections are refused; default
	 * 10,000, but 500 for stream and conversation handlers on platform threads. A server
	 * that starts where descriptors are fewer has
	 * {@linkplain ServerStatistics#maxSessions() as many as there can be}
	 * @param onFull what happens to connections beyond the sessions; default
	 * {@link OnFull#REJECT}
	 * @param acceptRate most new sessions in a second, the excess waits in the kernel; 0
	 * for any number, which is the default
	 * @param sessionsPerAddress most sessions at a time of one address, of IPv6 those
	 * with the same first 64 bits; 0 for any number, which is the default
	 * @param pending most connections at a time that are accepted and not sessions yet,
	 * since something has to come first (PROXY header, TLS handshake); default 1,000
	 * @param allow only these may connect; default none, which is everybody
	 * @param deny these may not connect, even if allowed; default none
	 * @param alarm how many percent of the sessions are worth an
	 * {@link Alarm.Kind#SESSIONS alarm}, and another only after there have been less than
	 * three quarters of those; 0 for no alarm, default 80
	 */
	public record Limits(int sessions, OnFull onFull, int acceptRate, int sessionsPerAddress, int pending,
			List<Cidr> allow, List<Cidr> deny, int alarm) {

		public Limits {
			check(sessions > 0, "limits.sessions", sessions, SessionSpec.POSITIVE);
			Objects.requireNonNull(onFull, "onFull");
			check(acceptRate >= 0, "limits.acceptRate", acceptRate, "must not be negative");
			check(sessionsPerAddress >= 0, "limits.sessionsPerAddress", sessionsPerAddress, "must not be negative");
			check(pending > 0, "limits.pending", pending, SessionSpec.POSITIVE);
			allow = List.copyOf(allow);
			deny = List.copyOf(deny);
			check(alarm >= 0 && alarm <= 100, "limits.alarm", alarm + "%", "must be between 0% and 100%");
		}

	}

	/**
	 * How threads are called, and what keeps the JVM alive. All threads are daemon
	 * threads; one that is not lives while a flag asks for it.
	 *
	 * @param name the name of threads that serve the server's sessions, in which
	 * <code>{name}</code> stands for the server's name; default
	 * <code>{name} server</code>
	 * @param serverDaemon whether the JVM may exit while the server listens; default
	 * {@code false}
	 * @param sessionDaemon whether the JVM may exit while a session is open; default
	 * {@code true}
	 */
	public record Threads(String name, boolean serverDaemon, boolean sessionDaemon) {

		public Threads {
			check(!name.isBlank(), "threads.name", name, "must not be blank");
		}

	}

	/**
	 * Whether load balancers tell, at the beginning of a connection, whom they speak for.
	 * Sessions, limits and logs have that address then.
	 *
	 * @param mode whether they do; default {@link ProxyMode#OFF}
	 * @param trusted the addresses of load balancers; a header from anywhere else is
	 * never believed; required unless the mode is off
	 */
	public record ProxyProtocol(ProxyMode mode, List<Cidr> trusted) {

		/** Time in which a header must have come. */
		public static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);

		public ProxyProtocol {
			Objects.requireNonNull(mode, "mode");
			trusted = List.copyOf(trusted);
			check(mode == ProxyMode.OFF || !trusted.isEmpty(), "proxyProtocol.trusted", null,
					"is required: the addresses whose PROXY headers are believed");
		}

	}

	/**
	 * How the connections of a server are encrypted.
	 *
	 * @param bundle for peers that name no host, or none that {@code sni} has
	 * @param clientAuth whether peers must show a certificate; the same for all hosts
	 * @param handshakeTimeout time from the first byte that a peer may send to the end of
	 * its handshake, or it is refused with {@link RejectReason#TLS_FAILED}
	 * @param sni bundles by the host that a peer names (RFC 6066, section 3): a host
	 * name, or <code>*.</code> and a host name for all that have one more label
	 * @param clientHelloBytes longest ClientHello; a peer that announces a longer one is
	 * refused before it is buffered
	 */
	public record Tls(TlsBundle bundle, ClientAuth clientAuth, Duration handshakeTimeout, Map<String, TlsBundle> sni,
			int clientHelloBytes) {

		/** The default of {@link #handshakeTimeout()}. */
		public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

		/** The default of {@link #clientHelloBytes()}: 16 KiB, the longest TLS record. */
		public static final int DEFAULT_CLIENT_HELLO_BYTES = 16 * 1024;

		private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

		public Tls {
			Objects.requireNonNull(bundle, "bundle");
			Objects.requireNonNull(clientAuth, "clientAuth");
			check(SessionSpec.Timeouts.possible(handshakeTimeout), "ssl.handshakeTimeout", handshakeTimeout,
					SessionSpec.Timeouts.RULE);
			check(clientHelloBytes > 0, "ssl.clientHelloBytes", clientHelloBytes, SessionSpec.POSITIVE);
			sni = Map.copyOf(sni);
			sni.keySet()
				.forEach((host) -> check(isHost(host), "ssl.sni", host,
						"may have lower-case host names in ASCII, and *. with such a name"));
			checkKey(bundle, "ssl.bundle");
			sni.values().forEach((other) -> checkKey(other, "ssl.sni"));
			if (clientAuth != ClientAuth.NONE) {
				checkTrust(bundle, clientAuth);
				sni.values().forEach((other) -> checkTrust(other, clientAuth));
			}
		}

		/**
		 * Whether peers can name such a host, so that {@code sni} may have it.
		 * @param host a host name, or <code>*.</code> and one
		 * @return {@code true} if it is one, in lower case and ASCII
		 */
		public static boolean isHost(String host) {
			return HOST.matcher(host).matches();
		}

		/** A server without a usable key would start, and fail every handshake. */
		private static void checkKey(TlsBundle bundle, String component) {
			check(bundle.material().identifies(), component, bundle.name(), "has no private key with a certificate");
		}

		private static void checkTrust(TlsBundle bundle, ClientAuth clientAuth) {
			check(bundle.material().trusts(), "ssl.clientAuth", clientAuth,
					"needs trust material to check the certificates of peers with, and SSL bundle '" + bundle.name()
							+ "' has none");
		}

		/**
		 * TLS with one bundle and defaults for all else: peers need no certificate.
		 * @param bundle the bundle
		 * @return the component
		 */
		public static Tls of(TlsBundle bundle) {
			return of(bundle, ClientAuth.NONE);
		}

		/**
		 * TLS with one bundle and defaults for all else.
		 * @param bundle the bundle
		 * @param clientAuth whether peers must show a certificate
		 * @return the component
		 */
		public static Tls of(TlsBundle bundle, ClientAuth clientAuth) {
			return new Tls(bundle, clientAuth, DEFAULT_HANDSHAKE_TIMEOUT, Map.of(), DEFAULT_CLIENT_HELLO_BYTES);
		}

	}

	/**
	 * Collects the components of a specification; what is not given gets its default. Not
	 * safe for use by several threads.
	 */
	public static final class Builder extends SessionSpec.Builder<Builder> {

		private @Nullable Tls tls;

		private @Nullable String host;

		private int port;

		private Transport transport = Transport.AUTO;

		private @Nullable Integer maxSessions;

		private Duration drainTimeout = Duration.ofSeconds(27);

		private IpFamily ipFamily = IpFamily.ANY;

		private int backlog;

		private SocketOptions options = SocketOptions.DEFAULT;

		private OnFull onFull = OnFull.REJECT;

		private int acceptRate;

		private int sessionsAlarm = 80;

		private boolean oneShot;

		private @Nullable String farewell;

		private String threadName = "{name} server";

		private boolean serverDaemon;

		private boolean sessionDaemon = true;

		private int maxSessionsPerAddress;

		private int maxPending = 1_000;

		private List<Cidr> allow = List.of();

		private List<Cidr> deny = List.of();

		private ProxyProtocol proxyProtocol = new ProxyProtocol(ProxyMode.OFF, List.of());

		private Builder(String name) {
			super(SessionSpec.Side.SERVER, name, OutboundOverflow.FAIL);
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Sets {@link ServerSpec#host()}.
		 * @param host the value
		 * @return this builder
		 */
		public Builder host(String host) {
			this.host = host;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			this.port = port;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#transport()}.
		 * @param transport the value
		 * @return this builder
		 */
		public Builder transport(Transport transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Sets {@link Limits#sessions()}.
		 * @param maxSessions the value
		 * @return this builder
		 */
		public Builder maxSessions(int maxSessions) {
			this.maxSessions = maxSessions;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#drainTimeout()}.
		 * @param drainTimeout the value
		 * @return this builder
		 */
		public Builder drainTimeout(Duration drainTimeout) {
			this.drainTimeout = drainTimeout;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#ipFamily()}.
		 * @param ipFamily the value
		 * @return this builder
		 */
		public Builder ipFamily(IpFamily ipFamily) {
			this.ipFamily = ipFamily;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#backlog()}.
		 * @param backlog the value
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.backlog = backlog;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#options()}.
		 * @param options the value
		 * @return this builder
		 */
		public Builder options(SocketOptions options) {
			this.options = options;
			return this;
		}

		/**
		 * Sets {@link Limits#onFull()}.
		 * @param onFull the value
		 * @return this builder
		 */
		public Builder onFull(OnFull onFull) {
			this.onFull = onFull;
			return this;
		}

		/**
		 * Sets {@link Limits#acceptRate()}.
		 * @param acceptRate the value
		 * @return this builder
		 */
		public Builder acceptRate(int acceptRate) {
			this.acceptRate = acceptRate;
			return this;
		}

		/**
		 * Sets {@link Limits#alarm()}.
		 * @param sessionsAlarm the value
		 * @return this builder
		 */
		public Builder sessionsAlarm(int sessionsAlarm) {
			this.sessionsAlarm = sessionsAlarm;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#oneShot()}.
		 * @param oneShot the value
		 * @return this builder
		 */
		public Builder oneShot(boolean oneShot) {
			this.oneShot = oneShot;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#farewell()}.
		 * @param farewell the value
		 * @return this builder
		 */
		public Builder farewell(@Nullable String farewell) {
			this.farewell = farewell;
			return this;
		}

		/**
		 * Sets {@link Threads#name()}.
		 * @param threadName the value
		 * @return this builder
		 */
		public Builder threadName(String threadName) {
			this.threadName = threadName;
			return this;
		}

		/**
		 * Sets {@link Threads#serverDaemon()}.
		 * @param serverDaemon the value
		 * @return this builder
		 */
		public Builder serverDaemon(boolean serverDaemon) {
			this.serverDaemon = serverDaemon;
			return this;
		}

		/**
		 * Sets {@link Threads#sessionDaemon()}.
		 * @param sessionDaemon the value
		 * @return this builder
		 */
		public Builder sessionDaemon(boolean sessionDaemon) {
			this.sessionDaemon = sessionDaemon;
			return this;
		}

		/**
		 * Sets {@link Limits#sessionsPerAddress()}.
		 * @param maxSessionsPerAddress the value
		 * @return this builder
		 */
		public Builder maxSessionsPerAddress(int maxSessionsPerAddress) {
			this.maxSessionsPerAddress = maxSessionsPerAddress;
			return this;
		}

		/**
		 * Sets {@link Limits#pending()}.
		 * @param maxPending the value
		 * @return this builder
		 */
		public Builder maxPending(int maxPending) {
			this.maxPending = maxPending;
			return this;
		}

		/**
		 * Sets {@link Limits#allow()}.
		 * @param allow the value
		 * @return this builder
		 */
		public Builder allow(List<Cidr> allow) {
			this.allow = allow;
			return this;
		}

		/**
		 * Sets {@link Limits#deny()}.
		 * @param deny the value
		 * @return this builder
		 */
		public Builder deny(List<Cidr> deny) {
			this.deny = deny;
			return this;
		}

		/**
		 * Sets {@link ServerSpec#proxyProtocol()}.
		 * @param mode whether load balancers tell whom they speak for
		 * @param trusted the addresses of load balancers
		 * @return this builder
		 * @throws InvalidSpecException if the mode is on and there are none
		 */
		public Builder proxyProtocol(ProxyMode mode, List<Cidr> trusted) {
			this.proxyProtocol = new ProxyProtocol(mode, trusted);
			return this;
		}

		/**
		 * Sets {@link ServerSpec#tls()}.
		 * @param tls the value
		 * @return this builder
		 */
		public Builder tls(@Nullable Tls tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Creates the specification.
		 * @return the specification
		 * @throws InvalidSpecException if a component has a value it cannot have
		 */
		public ServerSpec build() {
			String host = this.host;
			if (host == null) {
				host = (this.ipFamily == IpFamily.IPV6) ? IPV6_LOOPBACK : LOOPBACK;
			}
			int sessions = (this.maxSessions != null) ? this.maxSessions : defaultSessions(handler(), executionMode());
			return new ServerSpec(session(), host, this.port, this.ipFamily, this.backlog, this.options, this.transport,
					new Limits(sessions, this.onFull, this.acceptRate, this.maxSessionsPerAddress, this.maxPending,
							this.allow, this.deny, this.sessionsAlarm),
					this.oneShot, this.farewell, this.drainTimeout,
					new Threads(this.threadName, this.serverDaemon, this.sessionDaemon), this.proxyProtocol, this.tls);
		}

	}

}
