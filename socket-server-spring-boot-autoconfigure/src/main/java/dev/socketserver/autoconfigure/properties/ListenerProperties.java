package dev.socketserver.autoconfigure.properties;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;

import dev.socketserver.autoconfigure.properties.ServerDefaults.ProxyProtocol;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Ssl;
import dev.socketserver.autoconfigure.properties.ServerDefaults.Udp;
import dev.socketserver.autoconfigure.properties.ServerProperties.DomainSocket;
import dev.socketserver.autoconfigure.properties.SessionProperties.Options;
import dev.socketserver.autoconfigure.properties.SessionProperties.Protocol;
import dev.socketserver.spec.listen.IpFamily;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The properties of one listener of a server. What it does not set is the server's, but
 * for what says where to listen.
 *
 * @param enabled Whether the server listens there.
 * @param port Port to listen on, 0 for a free port, or the name of a service in the
 * services database of the machine.
 * @param address Host name or address to listen on; any or * for all interfaces.
 * @param ipFamily Families of the addresses to listen on.
 * @param backlog Maximum number of connections that wait to be accepted. By default, that
 * of the operating system.
 * @param domainSocket The Unix socket to listen on, in place of a port and an address.
 * @param inherit Listening socket of systemd that is inherited: its FileDescriptorName,
 * or fd: and the number of its descriptor.
 * @param protocol Protocol below the framing. With udp, a datagram is a payload, or with
 * a framing it has one or more frames.
 * @param udp The sessions of UDP.
 * @param ssl TLS. Set, it is the listener's own as a whole; an empty bundle switches it
 * off.
 * @param proxyProtocol The PROXY protocol. Set, it is the listener's own as a whole.
 * @param limits Who may connect, and how fast.
 * @param options Options of the listening socket and of its connections.
 * @param framing How messages are delimited: the name of a type, a preset or a Framing
 * bean, or a block. Set, it is the listener's own as a whole.
 * @param farewell Text that sessions are sent when the server begins to stop or drain, or
 * bytes as hex:0d0a.
 */
public record ListenerProperties(@Nullable Boolean enabled, @Nullable String port, @Nullable String address,
		@Nullable IpFamily ipFamily, @Nullable Integer backlog, @Nullable DomainSocket domainSocket,
		@Nullable String inherit, @Nullable Protocol protocol, @Nullable Udp udp, @Nullable Ssl ssl,
		@Nullable ProxyProtocol proxyProtocol, @Nullable Limits limits, @Nullable Options options,
		@Nullable String framing, @Nullable String farewell) {

	/** Takes empty names as if they were not there. */
	public ListenerProperties {
		port = Written.orNone(port);
		address = Written.orNone(address);
		inherit = Written.orNone(inherit);
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
		all.setSsl(whole(all, "ssl", Ssl.class, this.ssl, server.getSsl()));
		all.setProxyProtocol(
				whole(all, "proxy-protocol", ProxyProtocol.class, this.proxyProtocol, server.getProxyProtocol()));
		Options shared = server.getOptions();
		all.setOptions(
				(this.options != null && shared != null) ? each(all, "options", this.options, shared) : this.options);
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
		return (own != null && server != null) ? each(all, "udp", own, server)
				: whole(all, "udp", Udp.class, own, server);
	}

	/** Returns the block of the listener or, if it has none, that of the server. */
	private static <B extends Record> @Nullable B whole(ServerProperties all, String block, Class<B> type,
			@Nullable B own, @Nullable B server) {
		if (own != null) {
			return own;
		}
		SameNames.keys(block, type).forEach(all::inherits);
		return server;
	}

	/** Returns the block of the listener, with what only that of the server has. */
	private static <B extends Record> B each(ServerProperties all, String block, B own, B server) {
		RecordComponent[] components = own.getClass().getRecordComponents();
		@Nullable Object[] values = new Object[components.length];
		for (int i = 0; i < components.length; i++) {
			Method read = components[i].getAccessor();
			values[i] = all.either(SameNames.key(block, components[i]), ReflectionUtils.invokeMethod(read, own),
					ReflectionUtils.invokeMethod(read, server));
		}
		@SuppressWarnings("unchecked") // the type of the block
		Class<B> type = (Class<B>) own.getClass();
		return BeanUtils.instantiateClass(BeanUtils.getResolvableConstructor(type), values);
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
