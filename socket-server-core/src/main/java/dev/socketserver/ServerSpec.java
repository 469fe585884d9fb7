package dev.socketserver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

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
import org.jspecify.annotations.Nullable;

/**
 * The complete description of one server. It is validated when it is created, and
 * immutable.
 *
 * @param session how its sessions are served: everything that servers and clients have in
 * common
 * @param listeners where it listens, and what differs from one place to the next: the
 * server's own place first, which is called {@value ListenerSpec#MAIN}, and others by
 * their names; default a free port of the loopback address
 * @param transport which I/O interface of the operating system is used; default
 * {@link SocketTransport#AUTO}
 * @param limits how many connections the server takes by all listeners, and from whom
 * @param oneShot whether the server stops when its first session has ended; default: no
 * @param drainTimeout how much time {@link SocketServer#stop()} gives sessions to end
 * before it aborts them, zero to abort them at once; default 27 s
 * @param drain how sessions are ended one after the other when the server drains, or the
 * application ends; default {@link DrainPlan#NONE}
 * @param threads the names of its threads, and whether the server and its sessions keep
 * the JVM alive
 * @param gate what keeps strangers in check; default {@link Gate#OPEN}
 */
public record ServerSpec(SessionSpec session, List<ListenerSpec> listeners, SocketTransport transport, Limits limits,
		boolean oneShot, Duration drainTimeout, DrainPlan drain, Threads threads, Gate gate) {

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
		Objects.requireNonNull(transport, "transport");
		InvalidSpecException.checkPositive("limits.sessions", limits.sessions());
		Objects.requireNonNull(drain, "drain");
		Objects.requireNonNull(threads, "threads");
		listeners = List.copyOf(listeners);
		check(!listeners.isEmpty(), "listeners", null, "must have one");
		boolean streams = false;
		Map<Object, ListenerSpec> places = new HashMap<>();
		for (ListenerSpec listener : listeners) {
			streams |= listener.listenOn().streams();
			listener.check(listener.limits(limits, listeners), transport, places);
		}
		check(streams || !oneShot, "oneShot", oneShot, "means nothing for UDP, where sessions do not end");
		check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "must not be negative");
		for (ListenerSpec listener : listeners) {
			listener.session().check(gate.rate());
		}
	}

	/**
	 * Returns the limits as they hold for one of the listeners.
	 * @param listener the listener
	 * @return the limits, without what means nothing to its kind of socket
	 */
	public Limits limits(ListenerSpec listener) {
		return listener.limits(this.limits, this.listeners);
	}

	private ListenerSpec first() {
		return this.listeners.get(0);
	}

	/**
	 * Returns a listener.
	 * @param name its name
	 * @return the listener, or {@code null} if the server has none of that name
	 */
	public @Nullable ListenerSpec listener(String name) {
		for (ListenerSpec each : this.listeners) {
			if (each.name().equals(name)) {
				return each;
			}
		}
		return null;
	}

	/**
	 * Returns where the first listener listens.
	 * @return {@link ListenerSpec#listenOn()}
	 */
	public ListenOn listenOn() {
		return first().listenOn();
	}

	/**
	 * Returns the options of the first listener and of its connections.
	 * @return {@link ListenerSpec#options()}
	 */
	public SocketOptions options() {
		return first().options();
	}

	/**
	 * Returns what is sent to each session of the first listener when the server begins
	 * to stop or drain.
	 * @return text, or bytes as {@code hex:0d0a} if the payloads of the handler are no
	 * text; {@code null} for nothing, which is the default
	 */
	public @Nullable String farewell() {
		return first().farewell();
	}

	/**
	 * Returns whether load balancers in front of the first listener announce the
	 * addresses of the real peers.
	 * @return {@link ListenerSpec#proxyProtocol()}
	 */
	public ProxyProtocol proxyProtocol() {
		return first().proxyProtocol();
	}

	/**
	 * Returns how connections of the first listener are encrypted.
	 * @return {@link ListenerSpec#tls()}
	 */
	public @Nullable Tls tls() {
		return first().tls();
	}

	/**
	 * Returns the payload that is sent as the farewell: the bytes that
	 * {@link #farewell()} stands for, if it begins with {@code hex:} and the payloads of
	 * the handler are no text; else the text.
	 * @return the payload, or {@code null} if there is none
	 */
	public @Nullable Object farewellPayload() {
		return first().farewellPayload();
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
		return (listenOn() instanceof IpPort ip) ? ip.host() : listenOn().address().toString();
	}

	/**
	 * Returns the port.
	 * @return {@link IpPort#port()}, or 0 if there is none
	 */
	public int port() {
		return listenOn().address().getPort();
	}

	/**
	 * Returns which addresses the server listens on.
	 * @return {@link IpPort#ipFamily()}, or {@link IpFamily#ANY} for another kind of
	 * socket
	 */
	public IpFamily ipFamily() {
		return (listenOn() instanceof IpPort ip) ? ip.ipFamily() : IpFamily.ANY;
	}

	/**
	 * Returns how many connections may wait in the kernel.
	 * @return the number; 0 for that of the operating system
	 */
	public int backlog() {
		return listenOn().backlog();
	}

	/**
	 * Whether the server listens on every interface.
	 * @return {@link IpPort#anyHost()}, or {@code false} for another kind of socket
	 */
	public boolean anyHost() {
		return listenOn() instanceof IpPort ip && ip.anyHost();
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

		/** The server's own place. */
		private final ListenerSpec.Builder main = ListenerSpec.Builder.main();

		/** By name. */
		private final Map<String, ListenerSpec.Builder> listeners = new TreeMap<>();

		private Limits limits = Limits.DEFAULT;

		private DrainPlan drain = DrainPlan.NONE;

		private boolean oneShot;

		private Threads threads = Threads.DEFAULT;

		private Gate gate = Gate.OPEN;

		private Builder(String name) {
			super(SessionSpec.Side.SERVER, name, OutboundOverflow.FAIL, OutboundOverflow.FAIL);
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
			this.main.address(address);
			return this;
		}

		/**
		 * Sets {@link IpPort#port()}.
		 * @param port the value
		 * @return this builder
		 */
		public Builder port(int port) {
			this.main.port(port);
			return this;
		}

		/**
		 * Sets {@link IpPort#ipFamily()}.
		 * @param ipFamily the value
		 * @return this builder
		 */
		public Builder ipFamily(IpFamily ipFamily) {
			this.main.ipFamily(ipFamily);
			return this;
		}

		/**
		 * Sets the backlog of {@link ServerSpec#listenOn()}.
		 * @param backlog the value
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.main.backlog(backlog);
			return this;
		}

		/**
		 * Has the server listen on a {@link DomainSocket} instead of a port.
		 * @param domainSocket sets its components
		 * @return this builder
		 */
		public Builder domainSocket(UnaryOperator<DomainSocket> domainSocket) {
			this.main.domainSocket(domainSocket);
			return this;
		}

		/**
		 * Has the server listen on a port of {@link Udp} instead of one of TCP.
		 * @param udp sets its components
		 * @return this builder
		 */
		public Builder udp(UnaryOperator<Udp> udp) {
			this.main.udp(udp);
			return this;
		}

		/**
		 * Has the server inherit a socket, see {@link ListenOn.Builder#inherit(String)}.
		 * @param name the name of the socket
		 * @return this builder
		 */
		public Builder inherit(String name) {
			this.main.inherit(name);
			return this;
		}

		/**
		 * Sets what the server's own place has, and what other listeners have from it.
		 * @param place sets it
		 * @return this builder
		 */
		public Builder place(Consumer<ListenerSpec.Builder> place) {
			place.accept(this.main);
			return this;
		}

		/**
		 * Has the server listen in one more place, or changes that place. Unless the
		 * server itself says where to listen, too, this is in place of its own.
		 * @param name the name of the listener
		 * @param listener says where it listens, and what is not as the server's
		 * @return this builder
		 */
		public Builder listener(String name, Consumer<ListenerSpec.Builder> listener) {
			listener.accept(this.listeners.computeIfAbsent(name, ListenerSpec.Builder::of));
			return this;
		}

		/**
		 * Sets components of {@link ServerSpec#limits()}; the others stay as they are.
		 * @param limits sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder limits(UnaryOperator<Limits> limits) {
			this.limits = limits.apply(this.limits);
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
			this.main.farewell(farewell);
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
		public Builder drain(UnaryOperator<DrainPlan> drain) {
			return drain(drain.apply(this.drain));
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
		public Builder threads(UnaryOperator<Threads> threads) {
			return threads(threads.apply(this.threads));
		}

		/**
		 * Sets {@link ServerSpec#proxyProtocol()}.
		 * @param proxyProtocol the value
		 * @return this builder
		 */
		public Builder proxyProtocol(ProxyProtocol proxyProtocol) {
			this.main.proxyProtocol(proxyProtocol);
			return this;
		}

		/**
		 * Sets components of {@link ServerSpec#proxyProtocol()}; the others stay as they
		 * are.
		 * @param proxyProtocol sets them
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder proxyProtocol(UnaryOperator<ProxyProtocol> proxyProtocol) {
			this.main.proxyProtocol(proxyProtocol);
			return this;
		}

		/**
		 * Sets components of {@link Gate#rate()}.
		 * @param rate sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder rate(UnaryOperator<Rates> rate) {
			this.gate = this.gate.rate(rate);
			return this;
		}

		/**
		 * Sets components of {@link Gate#login()}.
		 * @param login sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder login(UnaryOperator<Login> login) {
			this.gate = this.gate.login(login);
			return this;
		}

		/**
		 * Sets components of {@link Gate#ban()}.
		 * @param ban sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder ban(UnaryOperator<Bans> ban) {
			this.gate = this.gate.ban(ban);
			return this;
		}

		/**
		 * Sets {@link ServerSpec#tls()}.
		 * @param tls the value
		 * @return this builder
		 */
		public Builder tls(@Nullable Tls tls) {
			this.main.tls(tls);
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
			this.main.ssl(ssl);
			return this;
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
			Limits built = (this.limits.sessions() > 0) ? this.limits
					: this.limits.sessions(defaultSessions(handler(), executionMode()));
			Map<String, ListenerSpec.Builder> named = new TreeMap<>(this.listeners);
			if (this.main.hasPlace() || named.isEmpty()) {
				check(named.put(ListenerSpec.MAIN, this.main) == null, "listeners." + ListenerSpec.MAIN, null,
						"is the name of the place that the server has itself: use another");
			}
			List<ListenerSpec.Builder> places = new ArrayList<>(named.size());
			for (ListenerSpec.Builder place : named.values()) {
				boolean first = place.name().equals(ListenerSpec.MAIN);
				places.add(first ? 0 : places.size(), place.from(this.main));
			}
			List<ListenerSpec> all = new ArrayList<>(places.size());
			for (ListenerSpec.Builder place : places) {
				all.add(place.build(this, built, places));
			}
			return new ServerSpec(all.get(0).session().labelled(name()), all, transport(), built, this.oneShot,
					drainTimeout(), this.drain, this.threads, this.gate);
		}

	}

}
