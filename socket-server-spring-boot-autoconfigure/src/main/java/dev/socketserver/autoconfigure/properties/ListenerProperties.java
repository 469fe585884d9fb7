package dev.socketserver.autoconfigure.properties;

import java.util.List;

import dev.socketserver.autoconfigure.properties.ServerDefaults.ProxyProtocol;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Ssl;
import dev.socketserver.autoconfigure.properties.ServerProperties.DomainSocket;
import dev.socketserver.autoconfigure.properties.ServerProperties.Udp;
import dev.socketserver.autoconfigure.properties.SessionProperties.Options;
import dev.socketserver.autoconfigure.properties.SessionProperties.Protocol;
import dev.socketserver.spec.listen.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one listener of a server. What it does not set is the server's, but
 * for what says where to listen.
 */
public class ListenerProperties {

	/**
	 * Whether the server listens there.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Port to listen on, 0 for a free port, or the name of a service in the services
	 * database of the machine.
	 */
	private @Nullable String port;

	/**
	 * Host name or address to listen on; any or * for all interfaces.
	 */
	private @Nullable String address;

	/**
	 * Families of the addresses to listen on.
	 */
	private @Nullable IpFamily ipFamily;

	/**
	 * Maximum number of connections that wait to be accepted. By default, that of the
	 * operating system.
	 */
	private @Nullable Integer backlog;

	/**
	 * The Unix socket to listen on, in place of a port and an address.
	 */
	private @Nullable DomainSocket domainSocket;

	/**
	 * Listening socket of systemd that is inherited: its FileDescriptorName, or fd: and
	 * the number of its descriptor.
	 */
	private @Nullable String inherit;

	/**
	 * Protocol below the framing. With udp, a datagram is a payload, or with a framing it
	 * has one or more frames.
	 */
	private @Nullable Protocol protocol;

	/**
	 * The sessions of UDP.
	 */
	private @Nullable Udp udp;

	/**
	 * TLS. Set, it is the listener's own as a whole; an empty bundle switches it off.
	 */
	private @Nullable Ssl ssl;

	/**
	 * The PROXY protocol. Set, it is the listener's own as a whole.
	 */
	private @Nullable ProxyProtocol proxyProtocol;

	/**
	 * Who may connect, and how fast.
	 */
	private @Nullable Limits limits;

	/**
	 * Options of the listening socket and of its connections.
	 */
	private @Nullable Options options;

	/**
	 * How messages are delimited: the name of a type, a preset or a Framing bean, or a
	 * block. Set, it is the listener's own as a whole.
	 */
	private @Nullable String framing;

	/**
	 * Text that sessions are sent when the server begins to stop or drain, or bytes as
	 * hex:0d0a.
	 */
	private @Nullable String farewell;

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getPort() {
		return this.port;
	}

	public void setPort(@Nullable String port) {
		this.port = Written.orNone(port);
	}

	public @Nullable String getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable String address) {
		this.address = Written.orNone(address);
	}

	public @Nullable IpFamily getIpFamily() {
		return this.ipFamily;
	}

	public void setIpFamily(@Nullable IpFamily ipFamily) {
		this.ipFamily = ipFamily;
	}

	public @Nullable Integer getBacklog() {
		return this.backlog;
	}

	public void setBacklog(@Nullable Integer backlog) {
		this.backlog = backlog;
	}

	public @Nullable DomainSocket getDomainSocket() {
		return this.domainSocket;
	}

	public void setDomainSocket(@Nullable DomainSocket domainSocket) {
		this.domainSocket = domainSocket;
	}

	public @Nullable String getInherit() {
		return this.inherit;
	}

	public void setInherit(@Nullable String inherit) {
		this.inherit = Written.orNone(inherit);
	}

	public @Nullable Protocol getProtocol() {
		return this.protocol;
	}

	public void setProtocol(@Nullable Protocol protocol) {
		this.protocol = protocol;
	}

	public @Nullable Udp getUdp() {
		return this.udp;
	}

	public void setUdp(@Nullable Udp udp) {
		this.udp = udp;
	}

	public @Nullable Ssl getSsl() {
		return this.ssl;
	}

	public void setSsl(@Nullable Ssl ssl) {
		this.ssl = ssl;
	}

	public @Nullable ProxyProtocol getProxyProtocol() {
		return this.proxyProtocol;
	}

	public void setProxyProtocol(@Nullable ProxyProtocol proxyProtocol) {
		this.proxyProtocol = proxyProtocol;
	}

	public @Nullable Limits getLimits() {
		return this.limits;
	}

	public void setLimits(@Nullable Limits limits) {
		this.limits = limits;
	}

	public @Nullable Options getOptions() {
		return this.options;
	}

	public void setOptions(@Nullable Options options) {
		this.options = options;
	}

	public @Nullable String getFraming() {
		return this.framing;
	}

	public void setFraming(@Nullable String framing) {
		this.framing = framing;
	}

	public @Nullable String getFarewell() {
		return this.farewell;
	}

	public void setFarewell(@Nullable String farewell) {
		this.farewell = farewell;
	}

	/**
	 * Whether the server is to listen there.
	 * @return {@code false} if the listener is disabled
	 */
	public boolean isListening() {
		return !Boolean.FALSE.equals(this.enabled);
	}

	private boolean isLocal() {
		return this.domainSocket != null && this.domainSocket.isSet();
	}

	/**
	 * Returns the properties of a server with one place, which is this one.
	 * @param server the properties of the server that it is of
	 * @return the properties, of which those of the server are inherited
	 */
	public ServerProperties over(ServerProperties server) {
		ServerProperties all = new ServerProperties();
		all.setPort(this.port);
		all.setInherit(this.inherit);
		boolean bound = this.inherit != null && this.port == null;
		boolean ports = !isLocal() && !bound;
		all.setProtocol(all.either("protocol", this.protocol, isLocal() ? null : server.getProtocol()));
		all.setAddress(all.either("address", this.address, ports ? server.getAddress() : null));
		all.setIpFamily(all.either("ip-family", this.ipFamily, ports ? server.getIpFamily() : null));
		all.setBacklog(all.either("backlog", this.backlog, ports ? server.getBacklog() : null));
		all.setDomainSocket(isLocal() ? path(all, this.domainSocket, server.getDomainSocket()) : this.domainSocket);
		all.setUdp((all.getProtocol() == Protocol.UDP) ? udp(all, this.udp, server.getUdp()) : this.udp);
		all.setSsl(this.ssl);
		if (this.ssl == null) {
			all.setSsl(server.getSsl());
			all.inherits("ssl.bundle", "ssl.mode", "ssl.client-auth", "ssl.handshake-timeout", "ssl.sni");
		}
		all.setProxyProtocol(this.proxyProtocol);
		if (this.proxyProtocol == null) {
			all.setProxyProtocol(server.getProxyProtocol());
			all.inherits("proxy-protocol.mode", "proxy-protocol.trusted");
		}
		all.setOptions(options(all, this.options, server.getOptions()));
		if (this.limits != null) {
			all.setLimits(new ServerDefaults.Limits(null, null, this.limits.acceptRate(), null, null, null,
					this.limits.allow(), this.limits.deny(), null));
		}
		all.setFarewell(this.farewell);
		return all;
	}

	private static @Nullable DomainSocket path(ServerProperties all, @Nullable DomainSocket own,
			@Nullable DomainSocket server) {
		if (own == null || server == null) {
			return own;
		}
		boolean file = own.path() != null && !own.path().startsWith("@");
		return new DomainSocket(own.path(), all.either("domain-socket.mode", own.mode(), file ? server.mode() : null),
				all.either("domain-socket.group", own.group(), file ? server.group() : null),
				all.either("domain-socket.allow-users", own.allowUsers(), server.allowUsers()),
				all.either("domain-socket.allow-groups", own.allowGroups(), server.allowGroups()));
	}

	private static @Nullable Udp udp(ServerProperties all, @Nullable Udp own, @Nullable Udp server) {
		if (own == null) {
			all.inherits("udp.session-timeout", "udp.amplification", "udp.evict", "udp.groups", "udp.broadcast");
			return server;
		}
		if (server == null) {
			return own;
		}
		return new Udp(all.either("udp.session-timeout", own.sessionTimeout(), server.sessionTimeout()),
				all.either("udp.amplification", own.amplification(), server.amplification()),
				all.either("udp.evict", own.evict(), server.evict()),
				all.either("udp.groups", own.groups(), server.groups()),
				all.either("udp.broadcast", own.broadcast(), server.broadcast()));
	}

	private static @Nullable Options options(ServerProperties all, @Nullable Options own, @Nullable Options server) {
		if (own == null || server == null) {
			return own;
		}
		return new Options(all.either("options.tcp-no-delay", own.tcpNoDelay(), server.tcpNoDelay()),
				all.either("options.keep-alive", own.keepAlive(), server.keepAlive()),
				all.either("options.keep-alive-idle", own.keepAliveIdle(), server.keepAliveIdle()),
				all.either("options.keep-alive-interval", own.keepAliveInterval(), server.keepAliveInterval()),
				all.either("options.keep-alive-count", own.keepAliveCount(), server.keepAliveCount()),
				all.either("options.user-timeout", own.userTimeout(), server.userTimeout()),
				all.either("options.reuse-address", own.reuseAddress(), server.reuseAddress()),
				all.either("options.reuse-port", own.reusePort(), server.reusePort()),
				all.either("options.receive-buffer", own.receiveBuffer(), server.receiveBuffer()),
				all.either("options.send-buffer", own.sendBuffer(), server.sendBuffer()),
				all.either("options.multicast-ttl", own.multicastTtl(), server.multicastTtl()),
				all.either("options.multicast-interface", own.multicastInterface(), server.multicastInterface()),
				all.either("options.multicast-loop", own.multicastLoop(), server.multicastLoop()));
	}

	/**
	 * Who may connect to a listener, and how fast.
	 *
	 * @param acceptRate Maximum number of connections that are accepted per second by
	 * this listener. More wait, within the limit of the server.
	 * @param allow Addresses, or ranges of addresses, that may connect. Replaces the list
	 * of the server.
	 * @param deny Addresses, or ranges of addresses, that may not connect. Replaces the
	 * list of the server.
	 */
	public record Limits(@Nullable Integer acceptRate, @Nullable List<String> allow, @Nullable List<String> deny) {

	}

}
