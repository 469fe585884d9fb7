package dev.socketserver.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionSpecBuilder;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * The complete description of one client. It is validated when it is created, and
 * immutable.
 *
 * @param session how its sessions are served; each of its connections is one
 * @param byHand whether the client has no handler, so that the application calls
 * {@link SocketClient#receive}
 * @param host the host name or address of the server; a name is resolved again for each
 * attempt to connect; default the loopback address of IPv4
 * @param portSupplier returns the port of the server; it is called for each attempt, on
 * any thread, and must not wait
 * @param options options of the socket
 * @param transport the I/O mechanism of the operating system; default
 * {@link SocketTransport#AUTO}
 * @param connectTimeout how long one attempt may take, from resolving the host's name to
 * the end of the TLS handshake; at least a millisecond and at most a year, default 5 s
 * @param reconnect how long to wait before the next attempt to connect
 * @param correlator assigns replies to requests; {@code null}, the default, if replies
 * arrive in the order of the requests
 * @param drainTimeout how much time {@link SocketClient#stop()} and
 * {@link SocketClient#close()} give accepted payloads to be sent, and requests to be
 * answered; zero for none, at most a year, default 27 s
 * @param threads the names of its threads, and whether the client keeps the JVM alive
 * @param tls how the connection is encrypted; {@code null}, the default, for no
 * encryption
 * @param failOver the addresses, where there are several; the first of them is the host
 * and port
 * @param route how an address is reached
 * @param pool its connections, and when they are ready; {@code null}, the default, for
 * one that is ready at once
 */
public record ClientSpec(SessionSpec session, boolean byHand, String host, IntSupplier portSupplier,
		SocketOptions options, SocketTransport transport, Duration connectTimeout, Reconnect reconnect,
		@Nullable Correlator correlator, Duration drainTimeout, Threads threads, @Nullable Tls tls, FailOver failOver,
		Route route, @Nullable ClientPool pool) {

	private static final Duration MAX = Duration.ofDays(365);

	private static final Duration MIN = Duration.ofMillis(1);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientSpec {
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(portSupplier, "portSupplier");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(connectTimeout, "connectTimeout");
		Objects.requireNonNull(reconnect, "reconnect");
		Objects.requireNonNull(drainTimeout, "drainTimeout");
		Objects.requireNonNull(threads, "threads");
		Objects.requireNonNull(failOver, "failOver");
		Objects.requireNonNull(route, "route");
		failOver.check(new ServerAddress(host, portSupplier), tls);
		check(isTime(connectTimeout), "connectTimeout", connectTimeout, "must be between a millisecond and a year");
		check(!drainTimeout.isNegative() && drainTimeout.compareTo(MAX) <= 0, "drainTimeout", drainTimeout,
				"must be between 0 and a year");
		check(correlator == null || session.handler() instanceof ServerHandler.Messages, "correlator", correlator,
				"has no effect: the handler reads the connection itself");
		SessionSpec.checkRequests(session.requests(), correlator == null);
		SessionSpec.checkTls(session.inbound(), tls == null || tls.mode() == TlsMode.IMMEDIATE);
		check(tls == null || tls.mode() == TlsMode.IMMEDIATE || !byHand, "ssl.mode", TlsMode.ON_REQUEST,
				"needs a handler, which asks for TLS: without one, everything would be sent in the clear");
		failOver.retry(reconnect);
		ClientPool.check(pool, session.handler(), byHand);
	}

	static boolean isTime(Duration time) {
		return time.compareTo(MIN) >= 0 && time.compareTo(MAX) <= 0;
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Returns the name of the client.
	 * @return {@link SessionSpec#name()}
	 */
	public String name() {
		return this.session.name();
	}

	/**
	 * Returns the port of the server, as the supplier gives it now.
	 * @return the port; 0 if it is not known, or if the supplier throws: attempts to
	 * connect then fail
	 */
	public int port() {
		return new ServerAddress(this.host, this.portSupplier).port();
	}

	/**
	 * Returns where the servers are.
	 * @return the addresses, at least one; only the host and the port, if no others are
	 * configured
	 */
	public List<ServerAddress> addresses() {
		List<ServerAddress> several = this.failOver.addresses();
		return several.isEmpty() ? List.of(new ServerAddress(host(), portSupplier())) : several;
	}

	/**
	 * Creates a builder.
	 * @param name the client's name
	 * @return the builder
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * How long a client waits before its next attempt to connect. When a stable
	 * connection has ended, it waits for {@code period} before the first attempt, and
	 * then twice as long before each further one, up to {@code maxPeriod}. A connection
	 * counts as stable if it lasted longer than {@code maxPeriod}, so that a server that
	 * accepts connections and closes them at once is not tried more often than one that
	 * is down.
	 *
	 * @param period the shortest time to wait, at least a millisecond; default 1 s
	 * @param maxPeriod the longest time to wait, at most a year; default 30 s
	 * @param jitter which part of each waiting time is random, from 0 (none) to 1 (all of
	 * it), so that clients that were disconnected together do not all reconnect together;
	 * default 0.5
	 */
	public record Reconnect(Duration period, Duration maxPeriod, double jitter) {

		/** The default: 1 s, 30 s and 0.5. */
		public static final Reconnect DEFAULT = new Reconnect(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.5);

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Reconnect {
			checkTimes("reconnect", period, maxPeriod);
			check(jitter >= 0 && jitter <= 1, "reconnect.jitter", jitter, "must be between 0 and 1");
		}

		/** Checks times of a block, which the exception names. */
		static void checkTimes(String block, Duration period, Duration maxPeriod) {
			check(isTime(period), block + ".period", period, "must be between a millisecond and a year");
			check(isTime(maxPeriod), block + ".maxPeriod", maxPeriod, "must be between a millisecond and a year");
			check(maxPeriod.compareTo(period) >= 0, block + ".maxPeriod", maxPeriod,
					"must not be shorter than " + block + ".period, " + period.toMillis() + " ms");
		}

		/**
		 * Returns a copy with other components.
		 * @param change sets them
		 * @return the copy
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Reconnect with(Consumer<Builder> change) {
			Builder builder = new Builder(this);
			change.accept(builder);
			return builder.build();
		}

		/**
		 * Collects components. Those that are not set stay as they are.
		 */
		public static final class Builder {

			private Duration period;

			private Duration maxPeriod;

			private double jitter;

			private Builder(Reconnect from) {
				this.period = from.period();
				this.maxPeriod = from.maxPeriod();
				this.jitter = from.jitter();
			}

			/**
			 * Sets {@link Reconnect#period()}.
			 * @param period the value
			 * @return this builder
			 */
			public Builder period(Duration period) {
				this.period = period;
				return this;
			}

			/**
			 * Sets {@link Reconnect#maxPeriod()}.
			 * @param maxPeriod the value
			 * @return this builder
			 */
			public Builder maxPeriod(Duration maxPeriod) {
				this.maxPeriod = maxPeriod;
				return this;
			}

			/**
			 * Sets {@link Reconnect#jitter()}.
			 * @param jitter the value
			 * @return this builder
			 */
			public Builder jitter(double jitter) {
				this.jitter = jitter;
				return this;
			}

			private Reconnect build() {
				return new Reconnect(this.period, this.maxPeriod, this.jitter);
			}

		}

	}

	/**
	 * The names of a client's threads, and what keeps the JVM alive.
	 *
	 * @param name how the threads that run the handler are named, where
	 * <code>{name}</code> stands for the name of the client; default
	 * <code>{name} client</code>
	 * @param clientDaemon whether the JVM may exit while the client is started; default
	 * {@code false} for a client with a handler, which serves its connection as a server
	 * does, and {@code true} for one without
	 */
	public record Threads(String name, boolean clientDaemon) {

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Threads {
			check(!name.isBlank(), "threads.name", name, "must not be blank");
		}

		/**
		 * Collects components. Those that are not set have their defaults.
		 */
		public static final class Builder {

			private String name = "{name} client";

			/** The default depends on whether there is a handler. */
			private @Nullable Boolean clientDaemon;

			private Builder() {
			}

			/**
			 * Sets {@link Threads#name()}.
			 * @param name the value
			 * @return this builder
			 */
			public Builder name(String name) {
				this.name = name;
				return this;
			}

			/**
			 * Sets {@link Threads#clientDaemon()}.
			 * @param clientDaemon the value
			 * @return this builder
			 */
			public Builder clientDaemon(boolean clientDaemon) {
				this.clientDaemon = clientDaemon;
				return this;
			}

			private Threads build(boolean daemon) {
				return new Threads(this.name, (this.clientDaemon != null) ? this.clientDaemon : daemon);
			}

		}

	}

	/**
	 * Collects the limits of a client. Those that are not set have their defaults.
	 */
	public static final class Limits {

		private int frame = dev.socketserver.spec.Limits.DEFAULT_FRAME;

		private Limits() {
		}

		/**
		 * Sets {@link SessionSpec#maxFrameBytes()}.
		 * @param frame the value
		 * @return these limits
		 */
		public Limits frame(int frame) {
			this.frame = frame;
			return this;
		}

	}

	/**
	 * How the connection is encrypted. The server must present a certificate that is
	 * issued for its host name (RFC 2818, section 3.1) and is trusted: by the bundle or,
	 * if the bundle has no trust material, by the JVM.
	 *
	 * @param bundle the certificates that are trusted, and the client's own, for servers
	 * that ask for one. When its material is replaced, the next attempt uses the new one
	 * @param serverName the host name that the client asks for (RFC 6066, section 3), and
	 * that the certificate must match; {@code null} for {@link ClientSpec#host()}
	 * @param mode when the connection begins to be encrypted; default
	 * {@link TlsMode#IMMEDIATE}. With {@link TlsMode#ON_REQUEST} the handshake may take
	 * as long as {@link ClientSpec#connectTimeout()}, and one that fails ends the session
	 * with {@link dev.socketserver.CloseReason#TLS_FAILED}
	 */
	public record Tls(TlsBundle bundle, @Nullable String serverName, TlsMode mode) {

		/**
		 * Checks the components.
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Tls {
			Objects.requireNonNull(bundle, "bundle");
			Objects.requireNonNull(mode, "mode");
			check(serverName == null || !serverName.isBlank(), "ssl.serverName", serverName, "must not be blank");
			check(serverName == null || (ServerAddress.isHost(serverName) && TlsMaterial.isServerName(serverName)),
					"ssl.serverName", serverName, "must be a host name, or an address, alone");
		}

		/**
		 * Creates TLS from the first byte on.
		 * @param bundle see {@link #bundle()}
		 * @param serverName see {@link #serverName()}
		 * @throws InvalidSpecException if one of them has an invalid value
		 */
		public Tls(TlsBundle bundle, @Nullable String serverName) {
			this(bundle, serverName, TlsMode.IMMEDIATE);
		}

		/**
		 * Collects components. Those that are not set stay as they are, or have their
		 * defaults. Without a bundle, the connection is not encrypted.
		 */
		public static final class Builder {

			private @Nullable TlsBundle bundle;

			private @Nullable String serverName;

			private TlsMode mode = TlsMode.IMMEDIATE;

			private Builder(@Nullable Tls from) {
				if (from != null) {
					this.bundle = from.bundle();
					this.serverName = from.serverName();
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
			 * Sets {@link Tls#serverName()}.
			 * @param serverName the value
			 * @return this builder
			 */
			public Builder serverName(@Nullable String serverName) {
				this.serverName = serverName;
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
				return (this.bundle != null) ? new Tls(this.bundle, this.serverName, this.mode) : null;
			}

		}

	}

	/**
	 * Collects the components of a specification. Components that are not set keep their
	 * defaults. Not safe for use by several threads.
	 */
	public static final class Builder extends SessionSpecBuilder<Builder> {

		private boolean byHand;

		private @Nullable String host;

		private @Nullable IntSupplier port;

		private Duration connectTimeout = Duration.ofSeconds(5);

		private Reconnect reconnect = Reconnect.DEFAULT;

		private @Nullable Correlator correlator;

		private final Threads.Builder threads = new Threads.Builder();

		private @Nullable ClientPool pool;

		private final Limits limits = new Limits();

		private @Nullable Tls tls;

		private FailOver failOver = FailOver.DEFAULT;

		private Route route = Route.DEFAULT;

		private Builder(String name) {
			super(SessionSpec.Side.CLIENT, name, OutboundOverflow.BLOCK);
		}

		@Override
		protected Builder self() {
			return this;
		}

		@Override
		public Builder handler(ServerHandler handler) {
			this.byHand = false;
			return super.handler(handler);
		}

		/**
		 * Specifies a client without a handler, whose application calls
		 * {@link SocketClient#receive}. This is the default, with text as payloads.
		 * @param input converts frames to what {@code receive} returns
		 * @return this builder
		 */
		public Builder byHand(PayloadConverter<?> input) {
			super.handler(new ServerHandler.Messages("by hand", input, false, (spec) -> {
				throw new IllegalStateException("The client has one of its own");
			}));
			this.byHand = true;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#host()}.
		 * @param host the value
		 * @return this builder
		 */
		public Builder host(String host) {
			this.host = host;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			return port(ServerAddress.fixed(port));
		}

		/**
		 * Sets {@link ClientSpec#portSupplier()}, for a server whose port is known later,
		 * or changes.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(IntSupplier port) {
			this.port = port;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#connectTimeout()}.
		 * @param connectTimeout the value
		 * @return this builder
		 */
		public Builder connectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#reconnect()}.
		 * @param reconnect the value
		 * @return this builder
		 */
		public Builder reconnect(Reconnect reconnect) {
			this.reconnect = reconnect;
			return this;
		}

		/**
		 * Sets components of {@link ClientSpec#reconnect()}; the others stay as they are.
		 * @param reconnect sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder reconnect(Consumer<Reconnect.Builder> reconnect) {
			return reconnect(this.reconnect.with(reconnect));
		}

		/**
		 * Sets {@link ClientSpec#correlator()}.
		 * @param correlator the value
		 * @return this builder
		 */
		public Builder correlator(@Nullable Correlator correlator) {
			this.correlator = correlator;
			return this;
		}

		/**
		 * Sets {@link SessionSpec#maxFrameBytes()}.
		 * @param limits sets it
		 * @return this builder
		 */
		public Builder limits(Consumer<Limits> limits) {
			limits.accept(this.limits);
			return this;
		}

		/**
		 * Sets {@link ClientSpec#threads()}; what is not set stays as it is.
		 * @param threads sets it
		 * @return this builder
		 */
		public Builder threads(Consumer<Threads.Builder> threads) {
			threads.accept(this.threads);
			return this;
		}

		/**
		 * Sets {@link ClientSpec#tls()}.
		 * @param tls the value
		 * @return this builder
		 */
		public Builder tls(@Nullable Tls tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Sets components of {@link ClientSpec#tls()}, which is the block {@code ssl} of
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
		 * Sets components of {@link ClientSpec#failOver()}; the others stay as they are.
		 * @param failOver sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder failOver(Consumer<FailOver.Builder> failOver) {
			FailOver.Builder builder = new FailOver.Builder(this.failOver);
			failOver.accept(builder);
			this.failOver = builder.build();
			return this;
		}

		/**
		 * Sets components of {@link ClientSpec#route()}; the others stay as they are.
		 * @param route sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder route(Consumer<Route.Builder> route) {
			Route.Builder builder = new Route.Builder(this.route);
			route.accept(builder);
			this.route = builder.build();
			return this;
		}

		/**
		 * Sets components of {@link ClientSpec#pool()}. The others stay as they are, or
		 * have their defaults.
		 * @param pool sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder pool(Consumer<ClientPool.Builder> pool) {
			this.pool = ((this.pool != null) ? this.pool : ClientPool.DEFAULTS).with(pool);
			return this;
		}

		/**
		 * Creates the specification.
		 * @return the specification
		 * @throws InvalidSpecException if a component has an invalid value
		 */
		public ClientSpec build() {
			if (!hasHandler()) {
				byHand(PayloadConverter.text(charset()));
			}
			ServerAddress first = this.failOver.first(this.host, this.port);
			return new ClientSpec(session(this.limits.frame), this.byHand, first.host(), first.portSupplier(),
					options(), transport(), this.connectTimeout, this.reconnect, this.correlator, drainTimeout(),
					this.threads.build(this.byHand), this.tls, this.failOver, this.route, this.pool);
		}

	}

}
