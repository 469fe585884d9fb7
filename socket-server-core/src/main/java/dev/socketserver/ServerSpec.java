package dev.socketserver;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.Threads;
import dev.socketserver.spec.Timeouts;
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Gate;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.Rates;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.spec.listen.Udp;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * The complete description of one server. It is validated when it is created, and
 * immutable.
 *
 * @param session how its sessions are served: everything that servers and clients have in
 * common
 * @param listenOn where it listens; default a free port of the loopback address
 * @param options options of the listening socket and of its connections
 * @param transport which I/O interface of the operating system is used; default
 * {@link SocketTransport#AUTO}
 * @param limits how many connections the server takes, and from whom
 * @param oneShot whether the server stops when its first session has ended; default: no
 * @param farewell what is sent to each session when the server begins to stop or drain:
 * text, or bytes as {@code hex:0d0a} if the payloads of the handler are no text;
 * {@code null} for nothing, which is the default
 * @param drainTimeout how much time {@link SocketServer#stop()} gives sessions to end
 * before it aborts them, zero to abort them at once; default 27 s
 * @param drain how sessions are ended one after the other when the server drains, or the
 * application ends; default {@link DrainPlan#NONE}
 * @param threads the names of its threads, and whether the server and its sessions keep
 * the JVM alive
 * @param proxyProtocol whether load balancers in front of the server announce the
 * addresses of the real peers
 * @param gate what keeps strangers in check; default {@link Gate#OPEN}
 * @param tls how connections are encrypted; {@code null}, the default, for no encryption
 */
public record ServerSpec(SessionSpec session, ListenOn listenOn, SocketOptions options, SocketTransport transport,
		Limits limits, boolean oneShot, @Nullable String farewell, Duration drainTimeout, DrainPlan drain,
		Threads threads, ProxyProtocol proxyProtocol, Gate gate, @Nullable Tls tls) {

	/** The host that stands for every interface. */
	public static final String ANY_HOST = Tcp.ANY_HOST;

	/** The default of {@link Limits#sessions()} for most handlers: 10,000. */
	public static final int DEFAULT_SESSIONS = 10_000;

	/**
	 * The default of {@link Limits#sessions()} for handlers that occupy a platform thread
	 * for each session: 500.
	 */
	public static final int DEFAULT_SESSIONS_ON_THREADS = 500;

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ServerSpec {
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(listenOn, "listenOn");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(limits, "limits");
		Objects.requireNonNull(drainTimeout, "drainTimeout");
		Objects.requireNonNull(drain, "drain");
		Objects.requireNonNull(threads, "threads");
		Objects.requireNonNull(proxyProtocol, "proxyProtocol");
		Objects.requireNonNull(gate, "gate");
		check(listenOn.streams() || tls == null, "ssl.bundle", null, "needs a stream, and UDP has none");
		check(listenOn.streams() || !oneShot, "oneShot", oneShot, "means nothing for UDP, where sessions do not end");
		listenOn.check(limits, transport, proxyProtocol);
		check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "must not be negative");
		session.check(gate.rate());
		SessionSpec.checkTls(session.inbound(), tls == null || tls.mode() == TlsMode.IMMEDIATE);
		Object lastWord = farewellPayload(farewell, session);
		boolean beat = "".equals(lastWord) || lastWord instanceof byte[] bytes && bytes.length == 0;
		check(session.heartbeat() == null || !beat, "farewell", "empty", "would be sent as a heartbeat");
	}

	/**
	 * Returns the payload that is sent as the farewell: the bytes that
	 * {@link #farewell()} stands for, if it begins with {@code hex:} and the payloads of
	 * the handler are no text; else the text.
	 * @return the payload, or {@code null} if there is none
	 */
	public @Nullable Object farewellPayload() {
		return farewellPayload(this.farewell, this.session);
	}

	private static @Nullable Object farewellPayload(@Nullable String farewell, SessionSpec session) {
		try {
			return ByteValues.textOrBytes(farewell, session.handler().input().text());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException("farewell", farewell,
					"must have two hexadecimal digits for each byte after hex:");
		}
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
	 * Returns the handler.
	 * @return {@link SessionSpec#handler()}
	 */
	public ServerHandler handler() {
		return this.session.handler();
	}

	/**
	 * Returns the framing.
	 * @return {@link SessionSpec#framing()}
	 */
	public Framing framing() {
		return this.session.framing();
	}

	/**
	 * Returns where the server listens, if that is a port.
	 * @return {@link Tcp#host()}, or the text of the address of another kind
	 */
	public String host() {
		return (this.listenOn instanceof Tcp tcp) ? tcp.host() : this.listenOn.address().toString();
	}

	/**
	 * Returns the port.
	 * @return {@link Tcp#port()}, or 0 if there is none
	 */
	public int port() {
		return this.listenOn.address().getPort();
	}

	/**
	 * Returns which addresses the server listens on.
	 * @return {@link Tcp#ipFamily()}, or {@link IpFamily#ANY} for another kind of socket
	 */
	public IpFamily ipFamily() {
		return (this.listenOn instanceof Tcp tcp) ? tcp.ipFamily() : IpFamily.ANY;
	}

	/**
	 * Returns how many connections may wait in the kernel.
	 * @return the number; 0 for that of the operating system
	 */
	public int backlog() {
		return this.listenOn.backlog();
	}

	/**
	 * Whether the server listens on every interface.
	 * @return {@link Tcp#anyHost()}, or {@code false} for another kind of socket
	 */
	public boolean anyHost() {
		return this.listenOn instanceof Tcp tcp && tcp.anyHost();
	}

	/**
	 * Creates a builder.
	 * @param name the server's name
	 * @return the builder, to which at least a handler must be given
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * How the connections of a server are encrypted.
	 *
	 * @param bundle key and certificates for peers that name no host, or one that is not
	 * in {@code sni}
	 * @param clientAuth whether peers must show a certificate; the same for all hosts;
	 * default {@link ClientAuth#NONE}
	 * @param handshakeTimeout time within which a peer must complete the handshake,
	 * counted from when it may send its first byte; later it is refused with
	 * {@link RejectReason#TLS_FAILED}; at least a millisecond and at most 100 years,
	 * default 10 s
	 * @param sni other bundles, by the host that a peer names (RFC 6066, section 3). A
	 * key is a host name, or <code>*.</code> and a host name, which stands for all names
	 * with one more label; default none
	 * @param clientHelloBytes greatest length of a ClientHello, in bytes; a peer that
	 * announces a longer one is refused before anything of it is buffered; default 16 KiB
	 * @param mode when connections begin to be encrypted; default
	 * {@link TlsMode#IMMEDIATE}. With {@link TlsMode#ON_REQUEST} a handshake may begin
	 * six times later than {@code handshakeTimeout} says, and one that fails ends a
	 * session with {@link CloseReason#TLS_FAILED}
	 */
	public record Tls(TlsBundle bundle, ClientAuth clientAuth, Duration handshakeTimeout, Map<String, TlsBundle> sni,
			int clientHelloBytes, TlsMode mode) {

		/** The default of {@link #handshakeTimeout()}: 10 s. */
		public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

		/** The default of {@link #clientHelloBytes()}: 16 KiB, the longest TLS record. */
		public static final int DEFAULT_CLIENT_HELLO_BYTES = 16 * 1024;

		private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Tls {
			Objects.requireNonNull(bundle, "bundle");
			Objects.requireNonNull(clientAuth, "clientAuth");
			Objects.requireNonNull(mode, "mode");
			Timeouts.check("ssl.handshakeTimeout", handshakeTimeout);
			InvalidSpecException.checkPositive("ssl.clientHelloBytes", clientHelloBytes);
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
		 * Creates TLS from the first byte on.
		 * @param bundle see {@link #bundle()}
		 * @param clientAuth see {@link #clientAuth()}
		 * @param handshakeTimeout see {@link #handshakeTimeout()}
		 * @param sni see {@link #sni()}
		 * @param clientHelloBytes see {@link #clientHelloBytes()}
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Tls(TlsBundle bundle, ClientAuth clientAuth, Duration handshakeTimeout, Map<String, TlsBundle> sni,
				int clientHelloBytes) {
			this(bundle, clientAuth, handshakeTimeout, sni, clientHelloBytes, TlsMode.IMMEDIATE);
		}

		/**
		 * Whether a name is possible as a key of {@code sni}.
		 * @param host a host name, or <code>*.</code> and one
		 * @return {@code true} if it is a valid host name in ASCII and in lower case
		 */
		public static boolean isHost(String host) {
			return HOST.matcher(host).matches();
		}

		/** Without a usable key, a server would start but fail every handshake. */
		private static void checkKey(TlsBundle bundle, String component) {
			check(bundle.material().identifies(), component, bundle.name(), "has no private key with a certificate");
		}

		private static void checkTrust(TlsBundle bundle, ClientAuth clientAuth) {
			check(bundle.material().trusts(), "ssl.clientAuth", clientAuth,
					"needs trust material to check the certificates of peers with, and SSL bundle '" + bundle.name()
							+ "' has none");
		}

		/**
		 * Returns TLS with one bundle and defaults for everything else; peers are not
		 * asked for a certificate.
		 * @param bundle the bundle
		 * @return the component
		 * @throws InvalidSpecException if the bundle has no private key
		 */
		public static Tls of(TlsBundle bundle) {
			return of(bundle, ClientAuth.NONE);
		}

		/**
		 * Returns TLS with one bundle and defaults for everything else.
		 * @param bundle the bundle
		 * @param clientAuth whether peers must show a certificate
		 * @return the component
		 * @throws InvalidSpecException if the bundle has no private key, or nothing to
		 * check certificates of peers with
		 */
		public static Tls of(TlsBundle bundle, ClientAuth clientAuth) {
			return new Tls(bundle, clientAuth, DEFAULT_HANDSHAKE_TIMEOUT, Map.of(), DEFAULT_CLIENT_HELLO_BYTES);
		}

		/**
		 * Collects components. Those that are not set stay as they are, or have their
		 * defaults. Without a bundle, connections are not encrypted.
		 */
		public static final class Builder {

			private @Nullable TlsBundle bundle;

			private ClientAuth clientAuth = ClientAuth.NONE;

			private Duration handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT;

			private Map<String, TlsBundle> sni = Map.of();

			private int clientHelloBytes = DEFAULT_CLIENT_HELLO_BYTES;

			private TlsMode mode = TlsMode.IMMEDIATE;

			private Builder(@Nullable Tls from) {
				if (from != null) {
					this.bundle = from.bundle();
					this.clientAuth = from.clientAuth();
					this.handshakeTimeout = from.handshakeTimeout();
					this.sni = from.sni();
					this.clientHelloBytes = from.clientHelloBytes();
					this.mode = from.mode();
				}
			}

			/**
			 * Sets {@link Tls#bundle()}.
			 * @param bundle the value, or {@code null} for no encryption
			 * @return this builder
			 */
			public Builder bundle(@Nullable TlsBundle bundle) {
				this.bundle = bundle;
				return this;
			}

			/**
			 * Sets {@link Tls#clientAuth()}.
			 * @param clientAuth the value
			 * @return this builder
			 */
			public Builder clientAuth(ClientAuth clientAuth) {
				this.clientAuth = clientAuth;
				return this;
			}

			/**
			 * Sets {@link Tls#handshakeTimeout()}.
			 * @param handshakeTimeout the value
			 * @return this builder
			 */
			public Builder handshakeTimeout(Duration handshakeTimeout) {
				this.handshakeTimeout = handshakeTimeout;
				return this;
			}

			/**
			 * Sets {@link Tls#sni()}.
			 * @param sni the value
			 * @return this builder
			 */
			public Builder sni(Map<String, TlsBundle> sni) {
				this.sni = sni;
				return this;
			}

			/**
			 * Sets {@link Tls#clientHelloBytes()}.
			 * @param clientHelloBytes the value
			 * @return this builder
			 */
			public Builder clientHelloBytes(int clientHelloBytes) {
				this.clientHelloBytes = clientHelloBytes;
				return this;
			}

			/**
			 * Sets {@link Tls#mode()}.
			 * @param mode the value
			 * @return this builder
			 */
			public Builder mode(TlsMode mode) {
				this.mode = mode;
				return this;
			}

			private @Nullable Tls build() {
				return (this.bundle != null) ? new Tls(this.bundle, this.clientAuth, this.handshakeTimeout, this.sni,
						this.clientHelloBytes, this.mode) : null;
			}

		}

	}

	/**
	 * Collects the components of a specification. Components that are not set keep their
	 * defaults. Not safe for use by several threads.
	 */
	public static final class Builder extends SessionSpecBuilder<Builder> {

		private final ListenOn.Builder listenOn = new ListenOn.Builder();

		private final Limits.Builder limits = new Limits.Builder();

		private @Nullable Tls tls;

		private DrainPlan drain = DrainPlan.NONE;

		private boolean oneShot;

		private @Nullable String farewell;

		private Threads threads = Threads.DEFAULT;

		private ProxyProtocol proxyProtocol = ProxyProtocol.DEFAULT;

		private Gate gate = Gate.OPEN;

		private Builder(String name) {
			super(SessionSpec.Side.SERVER, name, OutboundOverflow.FAIL);
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Sets {@link Tcp#host()}.
		 * @param address the value
		 * @return this builder
		 */
		public Builder address(String address) {
			this.listenOn.address(address);
			return this;
		}

		/**
		 * Sets {@link Tcp#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			this.listenOn.port(port);
			return this;
		}

		/**
		 * Sets {@link Tcp#ipFamily()}.
		 * @param ipFamily the value
		 * @return this builder
		 */
		public Builder ipFamily(IpFamily ipFamily) {
			this.listenOn.ipFamily(ipFamily);
			return this;
		}

		/**
		 * Sets the backlog of {@link ServerSpec#listenOn()}.
		 * @param backlog the value
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.listenOn.backlog(backlog);
			return this;
		}

		/**
		 * Sets components of a {@link DomainSocket} on which the server listens instead
		 * of a port.
		 * @param domainSocket sets them; the others stay as they are, or have their
		 * defaults
		 * @return this builder
		 */
		public Builder domainSocket(Consumer<DomainSocket.Builder> domainSocket) {
			this.listenOn.domainSocket(domainSocket);
			return this;
		}

		/**
		 * Sets components of a port of UDP, on which the server listens instead of one of
		 * TCP.
		 * @param udp sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 */
		public Builder udp(Consumer<Udp.Builder> udp) {
			this.listenOn.udp(udp);
			return datagrams(true);
		}

		/**
		 * Sets {@link ServerSpec#limits()}, and {@link SessionSpec#maxFrameBytes()}.
		 * Limits that are not set stay as they are.
		 * @param limits sets them
		 * @return this builder
		 */
		public Builder limits(Consumer<Limits.Builder> limits) {
			limits.accept(this.limits);
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
		 * Sets {@link ServerSpec#drain()}.
		 * @param drain the value
		 * @return this builder
		 */
		public Builder drain(DrainPlan drain) {
			this.drain = drain;
			return this;
		}

		/**
		 * Sets components of {@link ServerSpec#drain()}; the others stay as they are.
		 * @param drain sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder drain(Consumer<DrainPlan.Builder> drain) {
			return drain(this.drain.with(drain));
		}

		/**
		 * Sets {@link ServerSpec#threads()}.
		 * @param threads the value
		 * @return this builder
		 */
		public Builder threads(Threads threads) {
			this.threads = threads;
			return this;
		}

		/**
		 * Sets components of {@link ServerSpec#threads()}; the others stay as they are.
		 * @param threads sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder threads(Consumer<Threads.Builder> threads) {
			return threads(this.threads.with(threads));
		}

		/**
		 * Sets {@link ServerSpec#proxyProtocol()}.
		 * @param proxyProtocol the value
		 * @return this builder
		 */
		public Builder proxyProtocol(ProxyProtocol proxyProtocol) {
			this.proxyProtocol = proxyProtocol;
			return this;
		}

		/**
		 * Sets components of {@link ServerSpec#proxyProtocol()}; the others stay as they
		 * are.
		 * @param proxyProtocol sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder proxyProtocol(Consumer<ProxyProtocol.Builder> proxyProtocol) {
			return proxyProtocol(this.proxyProtocol.with(proxyProtocol));
		}

		/**
		 * Sets components of {@link Gate#rate()}.
		 * @param rate sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder rate(Consumer<Rates.Builder> rate) {
			Rates changed = Objects.requireNonNullElse(this.gate.rate(), Rates.DEFAULTS).with(rate);
			this.gate = new Gate(changed, this.gate.login(), this.gate.ban());
			return this;
		}

		/**
		 * Sets components of {@link Gate#login()}.
		 * @param login sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder login(Consumer<Login.Builder> login) {
			Login changed = Objects.requireNonNullElse(this.gate.login(), Login.DEFAULTS).with(login);
			this.gate = new Gate(this.gate.rate(), changed, this.gate.ban());
			return this;
		}

		/**
		 * Sets components of {@link Gate#ban()}.
		 * @param ban sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder ban(Consumer<Bans.Builder> ban) {
			Bans changed = Objects.requireNonNullElse(this.gate.ban(), Bans.DEFAULTS).with(ban);
			this.gate = new Gate(this.gate.rate(), this.gate.login(), changed);
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
		 * Sets components of {@link ServerSpec#tls()}, which is the block {@code ssl} of
		 * the properties. The others stay as they are, or have their defaults.
		 * @param ssl sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder ssl(Consumer<Tls.Builder> ssl) {
			Tls.Builder builder = new Tls.Builder(this.tls);
			ssl.accept(builder);
			return tls(builder.build());
		}

		/**
		 * Sets {@link SessionSpec#correlator()}: gives a request of
		 * {@link SocketSession#ask} and its reply the same key.
		 * @param correlator returns the key of a payload, or {@code null} if it is no
		 * reply; the threads on which it is called are given there
		 * @return this builder
		 */
		public Builder correlator(@Nullable Function<Object, @Nullable Object> correlator) {
			keysOf(correlator);
			return this;
		}

		/**
		 * Creates the specification.
		 * @return the specification
		 * @throws InvalidSpecException if a component has an invalid value
		 */
		public ServerSpec build() {
			return new ServerSpec(session(this.limits.frame()), this.listenOn.build(), options(), transport(),
					this.limits.build(defaultSessions(handler(), executionMode())), this.oneShot, this.farewell,
					drainTimeout(), this.drain, this.threads, this.proxyProtocol, this.gate, this.tls);
		}

	}

}
