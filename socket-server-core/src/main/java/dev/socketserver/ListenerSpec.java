package dev.socketserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.socketserver.address.Addresses;
import dev.socketserver.address.Cidr;
import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.IpFamily;
import dev.socketserver.spec.listen.IpPort;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.spec.listen.Udp;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * One of the places in which a server listens, with all that may differ from one of them
 * to the next. It is validated when it is created, and immutable.
 *
 * @param name the name, unique in the server; {@value #MAIN} for the server's own place
 * @param session how the sessions that come by it are served: as those of the server, but
 * for the framing
 * @param listenOn where it listens
 * @param options options of the listening socket and of its connections
 * @param allow the addresses that may connect; empty for all
 * @param deny addresses that may not connect, even if {@code allow} has them
 * @param acceptRate greatest number of connections admitted per second by this listener,
 * beside {@link Limits#acceptRate()} of the server; 0, the default, for no limit
 * @param farewell what is sent to each session when the server begins to stop or drain,
 * see {@link ServerSpec#farewell()}
 * @param proxyProtocol whether load balancers in front of it announce the addresses of
 * the real peers
 * @param tls how connections are encrypted; {@code null} for no encryption
 */
public record ListenerSpec(String name, SessionSpec session, ListenOn listenOn, SocketOptions options, List<Cidr> allow,
		List<Cidr> deny, int acceptRate, @Nullable String farewell, ProxyProtocol proxyProtocol, @Nullable Tls tls) {

	/** The name of the server's own place. */
	public static final String MAIN = "main";

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ListenerSpec {
		Objects.requireNonNull(session, "session");
		Objects.requireNonNull(options, "options");
		Objects.requireNonNull(proxyProtocol, "proxyProtocol");
		allow = List.copyOf(allow);
		deny = List.copyOf(deny);
		check(SessionSpec.isName(name), "name", name, "must be " + SessionSpec.NAME_RULE);
		check(acceptRate >= 0, "limits.acceptRate", acceptRate, "must not be negative");
		check(listenOn.streams() || tls == null, "ssl.bundle", null, "needs a stream, and UDP has none");
		check(options.multicast() == null, "options.multicastTtl", null, "is for clients: a server sends to no group");
		SessionSpec.checkTls(session.inbound(), tls == null || tls.mode() == TlsMode.IMMEDIATE);
		Object lastWord = farewellPayload(farewell, session);
		boolean beat = "".equals(lastWord) || lastWord instanceof byte[] bytes && bytes.length == 0;
		check(session.heartbeat() == null || !session.heartbeat().emptyFrames() || !beat, "farewell", "empty",
				"would be sent as a heartbeat");
	}

	private static void check(boolean valid, String component, @Nullable Object value, String rule) {
		InvalidSpecException.check(valid, component, value, rule);
	}

	/**
	 * Checks what it may be beside others of its server.
	 * @param limits those that hold for it
	 * @param transport the I/O interface of the server
	 * @param places the places of listeners that were checked before, to which its own is
	 * added
	 * @throws InvalidSpecException if it may not; it names the listener
	 */
	void check(Limits limits, SocketTransport transport, Map<Object, ListenerSpec> places) {
		try {
			this.listenOn.check(limits, transport, this.proxyProtocol);
			Object place = this.listenOn.place();
			ListenerSpec other = (place != null) ? places.put(place, this) : null;
			if (other != null) {
				throw new InvalidSpecException((this.listenOn instanceof DomainSocket) ? "domainSocket.path" : "port",
						Addresses.format(this.listenOn.address()),
						"is the place of listener '" + other.name + "', too");
			}
		}
		catch (InvalidSpecException ex) {
			throw ex.within(this.name.equals(MAIN) ? "" : "listeners." + this.name);
		}
	}

	/**
	 * Returns the limits by which it is checked. What is said of the server is no mistake
	 * for those to whose kind of socket it means nothing, if there are others.
	 */
	Limits limits(Limits server, List<ListenerSpec> all) {
		boolean alike = true;
		for (ListenerSpec each : all) {
			alike &= each.listenOn.protocol() == this.listenOn.protocol();
		}
		Limits own = server.allow(this.allow).deny(this.deny);
		return alike ? own : own.onFull(OnFull.REJECT).sessionsPerAddress(0);
	}

	/**
	 * Returns the payload that is sent as the farewell.
	 * @return the payload, see {@link ServerSpec#farewellPayload()}; {@code null} if
	 * there is none
	 */
	public @Nullable Object farewellPayload() {
		return farewellPayload(this.farewell, this.session);
	}

	private static @Nullable Object farewellPayload(@Nullable String farewell, SessionSpec session) {
		if (farewell == null) {
			return null;
		}
		try {
			return ByteValues.textOrBytes(farewell, session.handler().input().text());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException("farewell", farewell,
					"must have two hexadecimal digits for each byte after hex:");
		}
	}

	/**
	 * Returns what logs call the listener.
	 * @return the name of the server, with that of the listener behind a slash if the
	 * server has several
	 */
	public String label() {
		return this.session.label();
	}

	/**
	 * Whether something has to come before a session, such as a TLS handshake.
	 * @return {@code true} if connections may be pending
	 */
	public boolean hasStages() {
		return this.proxyProtocol.mode() != ProxyMode.OFF || (this.tls != null && this.tls.mode() == TlsMode.IMMEDIATE);
	}

	/**
	 * Collects what differs from the server. What is not set is the server's, but for
	 * what says where to listen. Not safe for use by several threads.
	 */
	public static final class Builder {

		private final String name;

		/** Whether it is the server's own place. */
		private final boolean own;

		private final ListenOn.Builder listenOn;

		private final List<UnaryOperator<SocketOptions>> options = new ArrayList<>(0);

		private @Nullable Framing framing;

		private @Nullable List<Cidr> allow;

		private @Nullable List<Cidr> deny;

		private int acceptRate;

		private boolean silent;

		private @Nullable String farewell;

		private @Nullable ProxyProtocol proxyProtocol;

		private boolean plain;

		private @Nullable Tls tls;

		private Builder(String name, boolean own, ListenOn.Builder listenOn) {
			this.name = name;
			this.own = own;
			this.listenOn = listenOn;
		}

		/** Begins the server's own place, from which the others have what they lack. */
		static Builder main() {
			return new Builder(MAIN, true, new ListenOn.Builder());
		}

		/** Begins a further place. */
		static Builder of(String name) {
			return new Builder(name, false, new ListenOn.Builder());
		}

		String name() {
			return this.name;
		}

		private boolean isUdp() {
			return this.listenOn.isUdp();
		}

		/** Whether peers have addresses. */
		private boolean hasAddresses() {
			// Of those who connect by a Unix socket a load balancer alone knows
			// addresses.
			return !this.listenOn.isLocal() || proxies().mode() != ProxyMode.OFF;
		}

		private ProxyProtocol proxies() {
			return Objects.requireNonNullElse(this.proxyProtocol, ProxyProtocol.DEFAULT);
		}

		boolean hasPlace() {
			return this.listenOn.hasPlace();
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
		 * @param port the value, 0 for a free one
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
		 * Sets the backlog of {@link ListenerSpec#listenOn()}.
		 * @param backlog the value
		 * @return this builder
		 */
		public Builder backlog(int backlog) {
			this.listenOn.backlog(backlog);
			return this;
		}

		/**
		 * Has it listen on a {@link DomainSocket} instead of a port.
		 * @param domainSocket sets its components
		 * @return this builder
		 */
		public Builder domainSocket(UnaryOperator<DomainSocket> domainSocket) {
			this.listenOn.domainSocket(domainSocket);
			return this;
		}

		/**
		 * Has it listen on a port of {@link Udp} instead of one of TCP.
		 * @param udp sets its components
		 * @return this builder
		 */
		public Builder udp(UnaryOperator<Udp> udp) {
			this.listenOn.udp(udp);
			return this;
		}

		/**
		 * Has it listen on a port of TCP, also if the server's own place is one of UDP.
		 * @return this builder
		 */
		public Builder tcp() {
			this.listenOn.tcp();
			return this;
		}

		/**
		 * Has it inherit a socket, see {@link ListenOn.Builder#inherit(String)}.
		 * @param name the name of the socket
		 * @return this builder
		 */
		public Builder inherit(String name) {
			this.listenOn.inherit(name);
			return this;
		}

		/**
		 * Sets components of {@link ListenerSpec#options()}; the others are the server's.
		 * @param options sets them
		 * @return this builder
		 */
		public Builder options(UnaryOperator<SocketOptions> options) {
			this.options.add(options);
			return this;
		}

		/**
		 * Sets {@link SessionSpec#framing()} of the sessions that come by it.
		 * @param framing the value
		 * @return this builder
		 */
		public Builder framing(Framing framing) {
			this.framing = framing;
			return this;
		}

		/**
		 * Sets {@link ListenerSpec#allow()}.
		 * @param allow the value
		 * @return this builder
		 */
		public Builder allow(List<Cidr> allow) {
			this.allow = allow;
			return this;
		}

		/**
		 * Sets {@link ListenerSpec#deny()}.
		 * @param deny the value
		 * @return this builder
		 */
		public Builder deny(List<Cidr> deny) {
			this.deny = deny;
			return this;
		}

		/**
		 * Sets {@link ListenerSpec#acceptRate()}.
		 * @param acceptRate the value
		 * @return this builder
		 */
		public Builder acceptRate(int acceptRate) {
			this.acceptRate = acceptRate;
			return this;
		}

		/**
		 * Sets {@link ListenerSpec#farewell()}.
		 * @param farewell the value; {@code null} for none
		 * @return this builder
		 */
		public Builder farewell(@Nullable String farewell) {
			this.farewell = farewell;
			this.silent = farewell == null;
			return this;
		}

		/**
		 * Sets {@link ListenerSpec#proxyProtocol()}.
		 * @param proxyProtocol the value
		 * @return this builder
		 */
		public Builder proxyProtocol(ProxyProtocol proxyProtocol) {
			this.proxyProtocol = proxyProtocol;
			return this;
		}

		/**
		 * Sets components of {@link ListenerSpec#proxyProtocol()}, which is then its own
		 * as a whole.
		 * @param proxyProtocol sets them; the others stay as they are, or have their
		 * defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder proxyProtocol(UnaryOperator<ProxyProtocol> proxyProtocol) {
			return proxyProtocol(
					proxyProtocol.apply(Objects.requireNonNullElse(this.proxyProtocol, ProxyProtocol.DEFAULT)));
		}

		/**
		 * Sets {@link ListenerSpec#tls()}.
		 * @param tls the value; {@code null} for no encryption
		 * @return this builder
		 */
		public Builder tls(@Nullable Tls tls) {
			this.tls = tls;
			this.plain = tls == null;
			return this;
		}

		/**
		 * Sets components of {@link ListenerSpec#tls()}, which is the block {@code ssl}
		 * of the properties, and is then its own as a whole.
		 * @param ssl sets them; the others stay as they are, or have their defaults
		 * @return this builder
		 * @throws InvalidSpecException if a value is invalid
		 */
		public Builder ssl(Consumer<Tls.Builder> ssl) {
			return tls(Tls.with(this.tls, ssl));
		}

		/**
		 * Returns a builder that has in addition what is said of the server, as far as it
		 * has a meaning for this kind of socket.
		 */
		Builder from(Builder main) {
			if (this.own) {
				return this;
			}
			Builder all = new Builder(this.name, false, this.listenOn.from(main.listenOn));
			all.options.addAll(this.options);
			all.framing = this.framing;
			all.allow = this.allow;
			all.deny = this.deny;
			all.acceptRate = this.acceptRate;
			all.farewell(((this.farewell != null) || this.silent) ? this.farewell : main.farewell);
			boolean streams = !all.isUdp();
			all.proxyProtocol = (this.proxyProtocol == null && streams) ? main.proxyProtocol : this.proxyProtocol;
			all.tls((this.tls == null && !this.plain && streams) ? main.tls : this.tls);
			return all;
		}

		/**
		 * Creates the specification of a builder that has everything.
		 * @param server has what all listeners have in common
		 * @param limits those of the server
		 * @param all this and the others, which have everything, too
		 * @throws InvalidSpecException if a value is invalid; it names the listener
		 */
		ListenerSpec build(SessionSpecBuilder<?> server, Limits limits, List<Builder> all) {
			try {
				check(this.own || hasPlace(), "port", null,
						"is required: where the listener listens, if it has neither domainSocket.path nor inherit");
				boolean mixed = false;
				// Limits by address are for others then, if not for this one.
				boolean guarded = false;
				for (Builder each : all) {
					mixed |= each.isUdp() != isUdp();
					guarded |= each.hasAddresses();
				}
				String label = (all.size() > 1) ? server.name() + "/" + this.name : server.name();
				Framing used = (this.framing != null) ? this.framing : server.sharedFraming(mixed && isUdp());
				return build(server.session(limits.frame(), this.name, label, isUdp(), used), server.options(), limits,
						hasAddresses() || (this.own && !guarded));
			}
			catch (InvalidSpecException ex) {
				throw ex.within(this.own ? "" : "listeners." + this.name);
			}
		}

		private ListenerSpec build(SessionSpec session, SocketOptions options, Limits limits, boolean addresses) {
			SocketOptions own = options;
			for (UnaryOperator<SocketOptions> change : this.options) {
				own = change.apply(own);
			}
			return new ListenerSpec(this.name, session, this.listenOn.build(), own,
					(this.allow != null) ? this.allow : addresses ? limits.allow() : List.of(),
					(this.deny != null) ? this.deny : addresses ? limits.deny() : List.of(), this.acceptRate,
					this.farewell, proxies(), this.tls);
		}

	}

}
