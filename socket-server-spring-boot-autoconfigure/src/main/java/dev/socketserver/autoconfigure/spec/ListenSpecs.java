package dev.socketserver.autoconfigure.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ListenerProperties;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Udp;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.ServerProperties.DomainSocket;
import dev.socketserver.autoconfigure.properties.SessionProperties.Inbound;
import dev.socketserver.autoconfigure.properties.SessionProperties.Protocol;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.listen.MulticastGroup;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the properties say about one socket on which a server listens into its
 * specification. Keys that have no meaning for the kind of socket are refused if the
 * server or listener has them itself, and have no effect if it inherits them. Those of a
 * server with several listeners may be meant for others of them.
 */
final class ListenSpecs {

	/** Why what depends on the addresses of peers means nothing for a Unix socket. */
	static final String NO_ADDRESS = "peers that connect by a Unix socket have no address, unless there is "
			+ "proxy-protocol.mode";

	private static final String[] OF_PORTS = { "port", "address", "ip-family" };

	/** Keys of options that only TCP has. */
	static final String[] OF_TCP = { "options.tcp-no-delay", "options.keep-alive", "options.keep-alive-idle",
			"options.keep-alive-interval", "options.keep-alive-count", "options.user-timeout", "options.reuse-address",
			"options.reuse-port" };

	private static final String[] OF_ADDRESSES = { "limits.allow", "limits.deny", "limits.sessions-per-address" };

	private static final String[] OF_CONNECTIONS = { "backlog", "limits.pending", "one-shot", "proxy-protocol.mode",
			"proxy-protocol.trusted" };

	private static final String[] OF_STREAMS = { "ssl.bundle", "ssl.mode", "ssl.client-auth", "ssl.handshake-timeout",
			"ssl.sni", "timeouts.first-frame", "timeouts.frame", "timeouts.on-frame" };

	private static final String[] OF_BINDING = { "options.reuse-address", "options.reuse-port" };

	private static final String[] OF_FILES = { "domain-socket.mode", "domain-socket.group", "domain-socket.allow-users",
			"domain-socket.allow-groups" };

	private static final String[] OF_UDP = { "udp.session-timeout", "udp.amplification", "udp.evict", "udp.groups",
			"udp.broadcast" };

	/** Keys of options that only clients have which send to groups. */
	static final String[] OF_GROUPS = { "options.multicast-ttl", "options.multicast-interface",
			"options.multicast-loop" };

	private final PropertyEntry entry;

	private final ServerProperties properties;

	/** Whether keys may be meant for listeners that inherit them. */
	private final boolean shared;

	/** Whether a protocol of all servers is meant for others. */
	private final boolean reserved;

	/** What {@link #meaningless()} returns; absent until it is asked for. */
	private @Nullable Map<String, String> meaningless;

	/**
	 * Creates the object.
	 * @param entry a server, or a listener of one
	 * @param properties its values, with those that it inherits
	 * @param reserved whether the handler is one that needs connections
	 */
	ListenSpecs(PropertyEntry entry, ServerProperties properties, boolean reserved) {
		this.entry = entry;
		this.properties = properties;
		this.reserved = reserved;
		this.shared = !properties.listening().isEmpty();
	}

	/**
	 * Finds keys that have no meaning for this kind of socket.
	 * @param server the properties of the server
	 * @return the reasons, by key, in the order in which keys are refused
	 */
	private Map<String, String> meaningless(ServerProperties server) {
		Map<String, String> reasons = new LinkedHashMap<>();
		put(reasons, "it is for clients: a server sends to no group", OF_GROUPS);
		if (isUdp()) {
			put(reasons, "UDP has ports, and no file", "domain-socket.path");
			put(reasons, "it is for connections of TCP, and UDP has none", OF_TCP);
			put(reasons, "it is for connections of TCP, and UDP has none", OF_CONNECTIONS);
			put(reasons, "it needs a stream, and UDP has none", OF_STREAMS);
			put(reasons, "udp.session-timeout takes its place", "timeouts.idle");
			InboundOverflow overflow = overflow(server);
			if (overflow == InboundOverflow.BLOCK || overflow == InboundOverflow.CLOSE) {
				put(reasons, "datagrams for which there is no room are dropped", "inbound.overflow");
			}
			if (server.getLimits() != null && server.getLimits().onFull() == OnFull.WAIT) {
				put(reasons, "datagrams do not wait", "limits.on-full");
			}
		}
		else {
			put(reasons, "it needs protocol: udp", OF_UDP);
		}
		if (isBound()) {
			put(reasons, "the inherited socket has its own: set Backlog= in the socket unit", "backlog");
			put(reasons, "the socket that the server inherits is bound already", OF_BINDING);
		}
		if (isLocal()) {
			put(reasons, "a Unix socket has a path, which is domain-socket.path", OF_PORTS);
			put(reasons, "a Unix socket does not have this option of TCP", OF_TCP);
			if (!isProxied()) {
				put(reasons, NO_ADDRESS, OF_ADDRESSES);
			}
		}
		else {
			put(reasons, "it needs domain-socket.path", OF_FILES);
		}
		return reasons;
	}

	private static void put(Map<String, String> reasons, String reason, String... keys) {
		for (String key : keys) {
			reasons.putIfAbsent(key, reason);
		}
	}

	/** Returns what has no meaning for any of its sockets, with the reasons. */
	private Map<String, String> meaningless() {
		Map<String, String> known = this.meaningless;
		if (known == null) {
			known = this.shared ? meaninglessForAll() : meaningless(this.properties);
			this.meaningless = known;
		}
		return known;
	}

	private boolean hasMeaning(String key) {
		return !meaningless().containsKey(key);
	}

	/** Whether not all its sockets are of UDP. */
	boolean hasStreams() {
		return hasMeaning(OF_STREAMS[0]);
	}

	private Map<String, String> meaninglessForAll() {
		Map<String, String> reasons = this.properties.hasPlace() ? meaningless(this.properties) : null;
		for (Map.Entry<String, ListenerProperties> each : this.properties.listening().entrySet()) {
			ServerProperties listens = each.getValue().over(this.properties);
			Map<String, String> own = new ListenSpecs(this.entry.listener(each.getKey(), listens), listens,
					this.reserved)
				.meaningless(this.properties);
			if (reasons == null) {
				reasons = own;
			}
			else {
				reasons.keySet().retainAll(own.keySet());
			}
		}
		return (reasons != null) ? reasons : Map.of();
	}

	/**
	 * Refuses keys that none of its sockets understands.
	 * @throws InvalidSocketPropertyException if it has one itself
	 */
	void refuse() {
		for (Map.Entry<String, String> each : meaningless().entrySet()) {
			this.entry.refuse(each.getValue(), each.getKey());
		}
	}

	/**
	 * Says where a server or a listener listens, and what depends on that.
	 * @param builder gets it
	 */
	void apply(ListenerSpec.Builder builder) {
		if (this.shared && !this.properties.hasPlace()) {
			// What is said of the server is for its listeners, which have it already.
			return;
		}
		if (!this.shared) {
			refuse();
		}
		if (isUdp()) {
			Udp udp = this.properties.getUdp();
			builder.udp((from) -> (udp != null) ? udp(udp, from) : from);
		}
		else {
			builder.tcp();
		}
		String inherit = this.properties.getInherit();
		if (inherit != null) {
			builder.inherit(inherit);
		}
		boolean bound = isBound();
		// Without lambdas for most servers: the JVM makes a class for each.
		if (this.properties.getBacklog() != null && !isUdp() && !bound) {
			builder.backlog(this.properties.getBacklog());
		}
		DomainSocket unix = this.properties.getDomainSocket();
		if (unix != null && isLocal()) {
			builder.domainSocket(new Block(this.entry, "domain-socket", unix)::over);
			return;
		}
		if (!bound) {
			builder.port(PortNumbers.of(this.entry, this.properties.getPort(), isUdp()));
		}
		// Those of all servers are not meant for a socket that others have bound.
		if (this.properties.getIpFamily() != null && (!bound || this.entry.isOwn("ip-family"))) {
			builder.ipFamily(this.properties.getIpFamily());
		}
		if (this.properties.getAddress() != null && (!bound || this.entry.isOwn("address"))) {
			builder.address(ServerSpecs.host(this.properties.getAddress()));
		}
	}

	/**
	 * Whether the socket is inherited, and there is no other that is bound where none is
	 * passed.
	 */
	private boolean isBound() {
		DomainSocket unix = this.properties.getDomainSocket();
		return this.properties.getInherit() != null && this.properties.getPort() == null
				&& (unix == null || unix.path() == null);
	}

	private dev.socketserver.spec.listen.Udp udp(Udp udp, dev.socketserver.spec.listen.Udp from) {
		dev.socketserver.spec.listen.Udp block = new Block(this.entry, "udp", udp, "amplification", "groups")
			.over(from);
		if (udp.amplification() != null) {
			block = block.amplification(amplification(udp.amplification()));
		}
		return (udp.groups() != null) ? block.groups(udp.groups().stream().map(this::group).toList()) : block;
	}

	private static @Nullable InboundOverflow overflow(ServerProperties server) {
		Inbound inbound = server.getInbound();
		return (inbound != null) ? inbound.overflow() : null;
	}

	private int amplification(String text) {
		// YAML reads off as false.
		if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("false")) {
			return 0;
		}
		try {
			int factor = Integer.parseInt(text.trim());
			if (factor > 0) {
				return factor;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below.
		}
		throw this.entry.invalid("udp.amplification", "it must be a positive whole number, or off", null);
	}

	private MulticastGroup group(String text) {
		return this.entry.read("udp.groups", text, (group) -> MulticastGroup.of(group.trim()));
	}

	/**
	 * Whether the server is one of UDP. A file or a console is none, whatever all servers
	 * are.
	 */
	boolean isUdp() {
		return this.properties.getProtocol() == Protocol.UDP
				&& !((isLocal() || this.reserved) && this.entry.isOfAllServers("protocol"));
	}

	/**
	 * Sets what depends on connections. What is inherited, and would end sessions of
	 * streams, means nothing for datagrams.
	 */
	void connections(ServerSpec.Builder builder) {
		if (overflow(this.properties) == InboundOverflow.CLOSE && !hasMeaning("inbound.overflow")) {
			builder.inbound((block) -> block.overflow(InboundOverflow.DROP_NEWEST));
		}
		if (this.properties.getOneShot() != null && hasMeaning("one-shot")) {
			builder.oneShot(this.properties.getOneShot());
		}
	}

	/** Whether peers have addresses by which they can be distinguished. */
	private boolean isProxied() {
		ServerProperties.ProxyProtocol proxies = this.properties.getProxyProtocol();
		return proxies != null && Objects.requireNonNullElse(proxies.mode(), ProxyMode.OFF) != ProxyMode.OFF;
	}

	/** Takes inherited limits away that have no meaning here. */
	Limits withoutMeaning(Limits limits) {
		Limits known = hasMeaning("limits.on-full") ? limits : limits.onFull(OnFull.REJECT);
		return hasMeaning("limits.allow") ? known : known.allow(List.of()).deny(List.of()).sessionsPerAddress(0);
	}

	/**
	 * Whether whoever can connect is trusted, so that no addresses of proxies are needed.
	 */
	boolean isLocal() {
		DomainSocket unix = this.properties.getDomainSocket();
		return unix != null && (this.shared ? unix.path() != null : unix.isSet());
	}

}
