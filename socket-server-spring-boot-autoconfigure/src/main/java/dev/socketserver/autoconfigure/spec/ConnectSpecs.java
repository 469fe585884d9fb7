package dev.socketserver.autoconfigure.spec;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.ClientProperties.Udp;
import dev.socketserver.autoconfigure.properties.SessionProperties.Inbound;
import dev.socketserver.autoconfigure.properties.SessionProperties.Options;
import dev.socketserver.autoconfigure.properties.SessionProperties.Protocol;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.SocketOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Turns what the properties say about the kind of socket with which a client connects
 * into its specification. Keys that have no meaning for the kind are refused.
 */
final class ConnectSpecs {

	private static final String[] OF_PROXIES = { "proxy.type", "proxy.host", "proxy.port", "proxy.username",
			"proxy.password" };

	private static final String[] OF_STREAMS = { "ssl.bundle", "ssl.mode", "ssl.server-name", "timeouts.first-frame",
			"timeouts.frame", "timeouts.on-frame" };

	private static final PropertyMapper map = PropertyMapper.get();

	private final PropertyEntry entry;

	private final ClientProperties properties;

	ConnectSpecs(PropertyEntry entry, ClientProperties properties) {
		this.entry = entry;
		this.properties = properties;
	}

	/**
	 * Says with which kind of socket a client connects.
	 * @param given whether a bean says where, which wins over the properties
	 * @param builder takes it
	 * @return whether the client still needs an address
	 */
	boolean apply(boolean given, ClientSpec.Builder builder) {
		boolean datagrams = this.properties.getProtocol() == Protocol.UDP;
		if (datagrams) {
			udp();
			builder.datagrams(true);
			groups(builder);
		}
		else {
			this.entry.refuse("it needs protocol: udp", "udp.broadcast");
			this.entry.refuse("it needs protocol: udp", ListenSpecs.OF_GROUPS);
		}
		ClientProperties.DomainSocket unix = this.properties.getDomainSocket();
		String path = (unix != null) ? unix.path() : null;
		if (path == null || given) {
			checkHost(this.properties.getHost());
			return true;
		}
		unix();
		builder.domainSocket(path);
		return false;
	}

	/** Says how it sends to groups, and to all of a network. */
	private void groups(ClientSpec.Builder builder) {
		Udp udp = this.properties.getUdp();
		if (udp != null && Boolean.TRUE.equals(udp.broadcast())) {
			builder.route((route) -> route.broadcast(true));
		}
		Options options = this.properties.getOptions();
		if (options != null) {
			String network = options.multicastInterface();
			builder.options((from) -> {
				SocketOptions ttl = map.from(options.multicastTtl()).to(from, SocketOptions::multicastTtl);
				SocketOptions leaves = map.from(network).whenHasText().to(ttl, SocketOptions::multicastInterface);
				return map.from(options.multicastLoop()).to(leaves, SocketOptions::multicastLoop);
			});
		}
	}

	private void checkHost(@Nullable String host) {
		if (host != null && (host.startsWith("/") || host.startsWith("@") || host.startsWith("unix:"))) {
			String path = this.entry.own("domain-socket.path");
			throw this.entry.invalid("host", "a Unix socket has a path, which is domain-socket.path",
					"Set %s, and remove %s".formatted(path, this.entry.own("host")));
		}
	}

	private void unix() {
		this.entry.refuse("a Unix socket has a path, which is domain-socket.path", "host", "port", "addresses");
		this.entry.refuse("a Unix socket has one path, and no other addresses", "fail-back", "attempt-delay",
				"local-address");
		this.entry.refuse("a Unix socket is on this machine, to which no proxy leads", OF_PROXIES);
		this.entry.refuse("a Unix socket does not have this option of TCP", ListenSpecs.OF_TCP);
	}

	private void udp() {
		this.entry.refuse("UDP has ports, and no file", "domain-socket.path");
		this.entry.refuse("it is for connections of TCP, and UDP has none", OF_PROXIES);
		this.entry.refuse("it is for connections of TCP, and UDP has none", ListenSpecs.OF_TCP);
		this.entry.refuse("it needs a stream, and UDP has none", OF_STREAMS);
		this.entry.refuse("a server of UDP does not answer an attempt to connect, so nothing says which address is up",
				"attempt-delay", "fail-back");
		Inbound inbound = this.properties.getInbound();
		InboundOverflow overflow = (inbound != null) ? inbound.overflow() : null;
		if (overflow == InboundOverflow.BLOCK || overflow == InboundOverflow.CLOSE) {
			this.entry.refuse("datagrams for which there is no room are dropped", "inbound.overflow");
		}
	}

}
