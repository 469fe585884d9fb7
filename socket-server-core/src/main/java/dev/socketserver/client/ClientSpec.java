package dev.socketserver.client;

import java.time.Duration;
import java.util.Objects;
import java.util.function.IntSupplier;

import dev.socketserver.InvalidSpecException;
import dev.socketserver.OutboundOverflow;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketOptions;
import dev.socketserver.TlsBundle;
import dev.socketserver.TlsMaterial;
import dev.socketserver.Transport;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a client, validated and immutable.
 *
 * @param session what makes its sessions, which are its connections
 * @param byHand whether it has no handler, and is used with {@link SocketClient#receive}
 * @param host the server's host name or address, resolved anew for each attempt; default
 * the loopback address of IPv4
 * @param portSupplier gives {@link #port()}, on any thread and at once
 * @param options of the socket
 * @param transport how the operating system is asked for I/O; default
 * {@link Transport#AUTO}
 * @param connectTimeout how long one attempt may take, from resolving the host's name to
 * the end of the TLS handshake; default 5 s
 * @param reconnect when the next attempt is made
 * @param correlator which reply belongs to which request; {@code null} if they come in
 * order, which is the default
 * @param closeTimeout how long {@link SocketClient#stop()} and
 * {@link SocketClient#close()} let what was accepted be sent; default 27 s
 * @param threadName the name of threads that run the handler, in which
 * <code>{name}</code> stands for the client's name; default <code>{name} client</code>
 * @param tls how the connection is encrypted; {@code null} for not at all, which is the
 * default
 */
public record ClientSpec(SessionSpec session, boolean byHand, String host, IntSupplier portSupplier,
		SocketOptions options, Transport transport, Duration connectTimeout, Reconnect reconnect,
		@Nullable Correlator correlator, Duration closeTimeout, String threadName, @Nullable Tls tls) {

	private static final Duration MAX = Duration.ofDays(365);

	private static final Duration MIN = Duration.ofMillis(1);

	private static final String LOOPBACK = "127.0.0.1";

	public ClientSpec {
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(host, "host");
		Objects.requireNonNull(portSupplier, "portSupplier");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(connectTimeout, "connectTimeout");
		Objects.requireNonNull(reconnect, "reconnect");
		Objects.requireNonNull(closeTimeout, "closeTimeout");
		Objects.requireNonNull(threadName, "threadName");
		check(!host.isBlank(), "host", host, "must not be blank");
		check(isHost(host), "host", host, "must be a name or an address alone, without a scheme, a port or a space");
		if (portSupplier instanceof Port port) {
			check(port.getAsInt() > 0 && port.getAsInt() <= 65535, "port", port.getAsInt(),
					"must be between 1 and 65535");
		}
		check(isTime(connectTimeout), "connectTimeout", connectTimeout, "must be between a millisecond and a year");
		check(!closeTimeout.isNegative() && closeTimeout.compareTo(MAX) <= 0, "closeTimeout", closeTimeout,
				"must be between 0 and a year");
		check(!threadName.isBlank(), "threads.name", threadName, "must not be blank");
		check(correlator == null || session.handler() instanceof ServerHandler.Messages, "correlator", correlator,
				"has nothing to do: the handler reads the connection itself");
		check(tls == null || tls.serverName() != null || TlsMaterial.isServerName(host), "host", host,
				"is no name that TLS can ask for: ssl.server-name must be that of the server's certificate");
	}

	/** A URL, or a host with its port, would be looked up again and again. */
	private static boolean isHost(String host) {
		int colon = host.indexOf(':');
		boolean port = host.contains("]:") || (colon >= 0 && colon == host.lastIndexOf(':'));
		return !port && host.chars().noneMatch((character) -> character == '/' || Character.isWhitespace(character));
	}

	private static boolean isTime(Duration time) {
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
	 * Returns the server's port, which is asked for anew for each attempt.
	 * @return the port; 0 while it is not known, or if the supplier throws, when attempts
	 * to connect fail
	 */
	public int port() {
		try {
			return this.portSupplier.getAsInt();
		}
		catch (RuntimeException ex) {
			// Why not is what the attempt fails with.
			return 0;
		}
	}

	/**
	 * Begins a specification.
	 * @param name the client's name
	 * @return the builder
	 */
	public static Builder builder(String name) {
		return new Builder(name);
	}

	/**
	 * A port that never changes.
	 *
	 * @param getAsInt the port
	 */
	private record Port(int getAsInt) implements IntSupplier {

	}

	/**
	 * When the next attempt to connect is made. The first one behind a connection that
	 * was stable comes after the period, then each time twice as long is waited. A
	 * connection was stable if it lasted longer than the longest period: a server that
	 * accepts and closes at once is not asked more often than one that is not there.
	 *
	 * @param period the shortest time to wait; default 1 s
	 * @param maxPeriod the longest time to wait; default 30 s
	 * @param jitter how much shorter a time may become at random, as a part of it, so
	 * that clients that were disconnected together do not come back together: from 0, not
	 * at all, to 1, any time; default 0.5
	 */
	public record Reconnect(Duration period, Duration maxPeriod, double jitter) {

		/** What is done if nothing is said. */
		public static final Reconnect DEFAULT = new Reconnect(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.5);

		public Reconnect {
			check(isTime(period), "reconnect.period", period, "must be between a millisecond and a year");
			check(isTime(maxPeriod), "reconnect.maxPeriod", maxPeriod, "must be between a millisecond and a year");
			check(maxPeriod.compareTo(period) >= 0, "reconnect.maxPeriod", maxPeriod,
					"must not be shorter than reconnect.period, " + period.toMillis() + " ms");
			check(jitter >= 0 && jitter <= 1, "reconnect.jitter", jitter, "must be between 0 and 1");
		}

	}

	/**
	 * How the connection is encrypted. The server must show a certificate for its host
	 * name (RFC 2818, section 3.1) that the bundle trusts; what the JVM trusts, if the
	 * bundle says nothing about trust.
	 *
	 * @param bundle what is trusted, and what is shown to a server that asks for a
	 * certificate; followed when it is replaced, from the next attempt on
	 * @param serverName the host name to ask for (RFC 6066, section 3), which the
	 * certificate must be for; {@code null} for {@link ClientSpec#host()}
	 */
	public record Tls(TlsBundle bundle, @Nullable String serverName) {

		public Tls {
			Objects.requireNonNull(bundle, "bundle");
			check(serverName == null || !serverName.isBlank(), "ssl.serverName", serverName, "must not be blank");
			check(serverName == null || (isHost(serverName) && TlsMaterial.isServerName(serverName)), "ssl.serverName",
					serverName, "must be a host name, or an address, alone");
		}

	}

	/**
	 * Collects the components of a specification; what is not given gets its default. Not
	 * safe for use by several threads.
	 */
	public static final class Builder extends SessionSpec.Builder<Builder> {

		private boolean byHand;

		private String host = LOOPBACK;

		private IntSupplier port = new Port(0);

		private SocketOptions options = SocketOptions.DEFAULT;

		private Transport transport = Transport.AUTO;

		private Duration connectTimeout = Duration.ofSeconds(5);

		private Reconnect reconnect = Reconnect.DEFAULT;

		private @Nullable Correlator correlator;

		private Duration closeTimeout = Duration.ofSeconds(27);

		private String threadName = "{name} client";

		private @Nullable Tls tls;

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
		 * Makes a client without a handler, to be used with {@link SocketClient#receive}.
		 * This is the default, with payloads of text.
		 * @param input reads frames: it makes what is received
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
			return port(new Port(port));
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
		 * Sets {@link ClientSpec#options()}.
		 * @param options the value
		 * @return this builder
		 */
		public Builder options(SocketOptions options) {
			this.options = options;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#transport()}.
		 * @param transport the value
		 * @return this builder
		 */
		public Builder transport(Transport transport) {
			this.transport = transport;
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
		 * Sets {@link ClientSpec#correlator()}.
		 * @param correlator the value
		 * @return this builder
		 */
		public Builder correlator(@Nullable Correlator correlator) {
			this.correlator = correlator;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#closeTimeout()}.
		 * @param closeTimeout the value
		 * @return this builder
		 */
		public Builder closeTimeout(Duration closeTimeout) {
			this.closeTimeout = closeTimeout;
			return this;
		}

		/**
		 * Sets {@link ClientSpec#threadName()}.
		 * @param threadName the value
		 * @return this builder
		 */
		public Builder threadName(String threadName) {
			this.threadName = threadName;
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
		 * Creates the specification.
		 * @return the specification
		 * @throws InvalidSpecException if a component has a value it cannot have
		 */
		public ClientSpec build() {
			if (!hasHandler()) {
				byHand(PayloadConverter.text(charset()));
			}
			return new ClientSpec(session(), this.byHand, this.host, this.port, this.options, this.transport,
					this.connectTimeout, this.reconnect, this.correlator, this.closeTimeout, this.threadName, this.tls);
		}

	}

}
