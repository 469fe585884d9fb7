package dev.socketserver.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionSpecBuilder;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientLimits;
import dev.socketserver.spec.connect.ClientThreads;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.spec.listen.Protocol;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * The complete description of one client. It is validated when it is created, and
 * immutable.
 *
 * @param session how its sessions are served; each of its connections is one
 * @param byHand whether the client has no handler, so that the application calls
 * {@link SocketClient#receive}
 * @param server where the server is, by default at the loopback address of IPv4. The name
 * of a host is resolved again for each attempt to connect
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
public record ClientSpec(SessionSpec session, boolean byHand, ServerAddress server, SocketOptions options,
		SocketTransport transport, Duration connectTimeout, Reconnect reconnect, @Nullable Correlator correlator,
		Duration drainTimeout, ClientThreads threads, @Nullable ClientTls tls, FailOver failOver, Route route,
		@Nullable ClientPool pool) {

	private static final Duration MAX = Duration.ofDays(365);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientSpec {
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(server, "server");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(connectTimeout, "connectTimeout");
		Objects.requireNonNull(reconnect, "reconnect");
		Objects.requireNonNull(drainTimeout, "drainTimeout");
		Objects.requireNonNull(threads, "threads");
		Objects.requireNonNull(failOver, "failOver");
		Objects.requireNonNull(route, "route");
		failOver.check(server, session.datagrams(), tls);
		route.check(protocol(session, server), transport);
		check(options.multicast() == null || session.datagrams(), "options.multicastTtl", null,
				"needs UDP: nothing else is sent to a group");
		InvalidSpecException.checkTime("connectTimeout", connectTimeout);
		check(!drainTimeout.isNegative() && drainTimeout.compareTo(MAX) <= 0, "drainTimeout", drainTimeout,
				"must be between 0 and a year");
		check(correlator == null || session.handler() instanceof ServerHandler.Messages, "correlator", correlator,
				"has no effect: the handler reads the connection itself");
		SessionSpec.checkRequests(session.requests(), correlator == null);
		SessionSpec.checkTls(session.inbound(), tls == null || tls.mode() == TlsMode.IMMEDIATE);
		check(tls == null || tls.mode() == TlsMode.IMMEDIATE || !byHand, "ssl.mode", TlsMode.ON_REQUEST,
				"needs a handler, which asks for TLS: without one, everything would be sent in the clear");
		Reconnect.checkTimes("reconnect", reconnect.period(), reconnect.maxPeriod());
		failOver.retry(reconnect);
		ClientPool.check(pool, session, byHand);
		boolean answered = !session.datagrams() || !route.checkDatagrams(addresses(server, failOver));
		check(answered || pool == null || pool.ready() == Ready.CONNECTED, "ready",
				(pool != null) ? pool.ready() : null,
				"needs an answer, and a client that sends to a group or by broadcast gets none");
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

	private static Protocol protocol(SessionSpec session, ServerAddress server) {
		if (session.datagrams()) {
			check(server.path() == null, "domainSocket.path", server.path(), "means nothing for UDP, which has ports");
			return Protocol.UDP;
		}
		return (server.path() != null) ? Protocol.UNIX : Protocol.TCP;
	}

	/**
	 * Returns the kind of its sockets.
	 * @return the kind
	 */
	public Protocol protocol() {
		return protocol(this.session, this.server);
	}

	/**
	 * Returns the host of the server.
	 * @return {@link ServerAddress#host()}
	 */
	public String host() {
		return this.server.host();
	}

	/**
	 * Returns the port of the server, as the supplier gives it now.
	 * @return the port; 0 if it is not known, or if the supplier throws: attempts to
	 * connect then fail
	 */
	public int port() {
		return this.server.port();
	}

	/**
	 * Returns where the servers are.
	 * @return the addresses, at least one; only {@link #server()}, if no others are
	 * configured
	 */
	public List<ServerAddress> addresses() {
		return addresses(this.server, this.failOver);
	}

	private static List<ServerAddress> addresses(ServerAddress server, FailOver failOver) {
		List<ServerAddress> several = failOver.addresses();
		return several.isEmpty() ? List.of(server) : several;
	}

	/**
	 * Whether the client only sends, since its host is a multicast group or an address of
	 * broadcasts. The interfaces of the machine are asked for their networks.
	 * @return whether it cannot ask
	 */
	public boolean onlySends() {
		return this.session.datagrams() && this.route.checkDatagrams(addresses());
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
	 * Collects the components of a specification. Components that are not set keep their
	 * defaults. Not safe for use by several threads.
	 */
	public static final class Builder extends SessionSpecBuilder<Builder> {

		private boolean byHand;

		private @Nullable String path;

		private @Nullable String host;

		private @Nullable IntSupplier port;

		private Duration connectTimeout = Duration.ofSeconds(5);

		private Reconnect reconnect = Reconnect.DEFAULT;

		private @Nullable Correlator correlator;

		/** Of those whose default depends on whether there is a handler. */
		private UnaryOperator<ClientThreads> threads = UnaryOperator.identity();

		private @Nullable ClientPool pool;

		private ClientLimits limits = ClientLimits.DEFAULT;

		private @Nullable ClientTls tls;

		private FailOver failOver = FailOver.DEFAULT;

		private Route route = Route.DEFAULT;

		private Builder(String name) {
			super(SessionSpec.Side.CLIENT, name, OutboundOverflow.BLOCK, OutboundOverflow.DROP_OLDEST);
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
		 * Sets the path of the Unix socket to connect to, in place of a host and a port.
		 * @param path see {@link ServerAddress#path()}
		 * @return this builder
		 */
		public Builder domainSocket(@Nullable String path) {
			this.path = path;
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
		 * Sets {@link ServerAddress#portSupplier()}, for a server whose port is known
		 * later, or changes.
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
		public Builder reconnect(UnaryOperator<Reconnect> reconnect) {
			return reconnect(reconnect.apply(this.reconnect));
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
		public Builder limits(UnaryOperator<ClientLimits> limits) {
			this.limits = limits.apply(this.limits);
			return this;
		}

		/**
		 * Sets {@link ClientSpec#threads()}; what is not set stays as it is.
		 * @param threads sets it
		 * @return this builder
		 */
		public Builder threads(UnaryOperator<ClientThreads> threads) {
			UnaryOperator<ClientThreads> before = this.threads;
			this.threads = (from) -> threads.apply(before.apply(from));
			return this;
		}

		/**
		 * Sets {@link ClientSpec#tls()}.
		 * @param tls the value
		 * @return this builder
		 */
		public Builder tls(@Nullable ClientTls tls) {
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
		public Builder ssl(Consumer<ClientTls.Builder> ssl) {
			return tls(ClientTls.with(this.tls, ssl));
		}

		/**
		 * Sets components of {@link ClientSpec#failOver()}; the others stay as they are.
		 * @param failOver sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder failOver(UnaryOperator<FailOver> failOver) {
			this.failOver = failOver.apply(this.failOver);
			return this;
		}

		/**
		 * Sets components of {@link ClientSpec#route()}; the others stay as they are.
		 * @param route sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder route(UnaryOperator<Route> route) {
			this.route = route.apply(this.route);
			return this;
		}

		/**
		 * Sets components of {@link ClientSpec#pool()}. The others stay as they are, or
		 * have their defaults.
		 * @param pool sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder pool(UnaryOperator<ClientPool> pool) {
			this.pool = pool.apply((this.pool != null) ? this.pool : ClientPool.DEFAULTS);
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
			ServerAddress first = this.failOver.first(this.path, this.host, this.port);
			return new ClientSpec(session(this.limits.frame()), this.byHand, first, options(), transport(),
					this.connectTimeout, this.reconnect, this.correlator, drainTimeout(),
					this.threads.apply(ClientThreads.of(this.byHand)), this.tls, this.failOver, this.route, this.pool);
		}

	}

}
