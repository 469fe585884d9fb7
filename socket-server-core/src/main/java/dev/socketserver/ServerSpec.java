package dev.socketserver;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

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
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Gate;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.Rates;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.IpPort;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.spec.listen.Udp;
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
	public static final String ANY_HOST = IpPort.ANY_HOST;

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
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(limits, "limits");
		Objects.requireNonNull(drain, "drain");
		Objects.requireNonNull(threads, "threads");
		Objects.requireNonNull(proxyProtocol, "proxyProtocol");
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
	 * @return {@link IpPort#host()}, or the text of the address of another kind
	 */
	public String host() {
		return (this.listenOn instanceof IpPort ip) ? ip.host() : this.listenOn.address().toString();
	}

	/**
	 * Returns the port.
	 * @return {@link IpPort#port()}, or 0 if there is none
	 */
	public int port() {
		return this.listenOn.address().getPort();
	}

	/**
	 * Returns which addresses the server listens on.
	 * @return {@link IpPort#ipFamily()}, or {@link IpFamily#ANY} for another kind of
	 * socket
	 */
	public IpFamily ipFamily() {
		return (this.listenOn instanceof IpPort ip) ? ip.ipFamily() : IpFamily.ANY;
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
	 * @return {@link IpPort#anyHost()}, or {@code false} for another kind of socket
	 */
	public boolean anyHost() {
		return this.listenOn instanceof IpPort ip && ip.anyHost();
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
		 * Sets {@link IpPort#host()}.
		 * @param address the value
		 * @return this builder
		 */
		public Builder address(String address) {
			this.listenOn.address(address);
			return this;
		}

		/**
		 * Sets {@link IpPort#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			this.listenOn.port(port);
			return this;
		}

		/**
		 * Sets {@link IpPort#ipFamily()}.
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
		 * Has the server listen on a {@link DomainSocket} instead of a port.
		 * @param domainSocket sets its components
		 * @return this builder
		 */
		public Builder domainSocket(Consumer<DomainSocket.Builder> domainSocket) {
			this.listenOn.domainSocket(domainSocket);
			return this;
		}

		/**
		 * Has the server listen on a port of {@link Udp} instead of one of TCP.
		 * @param udp sets its components
		 * @return this builder
		 */
		public Builder udp(Consumer<Udp.Builder> udp) {
			this.listenOn.udp(udp);
			return datagrams(true);
		}

		/**
		 * Has the server inherit a socket, see {@link ListenOn.Builder#inherit(String)}.
		 * @param name the name of the socket
		 * @return this builder
		 */
		public Builder inherit(String name) {
			this.listenOn.inherit(name);
			return this;
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
			this.gate = this.gate.rate(rate);
			return this;
		}

		/**
		 * Sets components of {@link Gate#login()}.
		 * @param login sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder login(Consumer<Login.Builder> login) {
			this.gate = this.gate.login(login);
			return this;
		}

		/**
		 * Sets components of {@link Gate#ban()}.
		 * @param ban sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder ban(Consumer<Bans.Builder> ban) {
			this.gate = this.gate.ban(ban);
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
			return tls(Tls.with(this.tls, ssl));
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
