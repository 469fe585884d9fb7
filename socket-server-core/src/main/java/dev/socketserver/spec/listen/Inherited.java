package dev.socketserver.spec.listen;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.socketserver.address.InheritedAddress;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * A socket that the process was passed when it was started, as systemd does. It is never
 * shut down by the server: it waits for the next process.
 *
 * @param name its {@code FileDescriptorName}, or {@code fd:} and the number of its
 * descriptor
 * @param own of what kind it is: TCP, or UDP with its settings, or a Unix socket. A port
 * other than 0, a family other than {@link IpFamily#ANY} and a path, unless it is empty,
 * are those that it must have. TCP without any of these may be a Unix socket, too
 * @param host the address that it must be bound to; {@code null}, the default, for any
 * @param otherwise whether the server binds {@code own} itself if the process was passed
 * no sockets; else it cannot start then
 */
public record Inherited(String name, ListenOn own, @Nullable String host, boolean otherwise) implements ListenOn {

	/** systemd.socket(5), {@code FileDescriptorName}, or a number. */
	private static final Pattern NAME = Pattern.compile("fd:[0-9]{1,9}|[^:\\p{Cntrl}]{1,255}");

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Inherited {
		Objects.requireNonNull(own, "own");
		InvalidSpecException.check(NAME.matcher(name).matches(), "inherit", name,
				"must be a FileDescriptorName, which has no colon, or fd: and the number of a descriptor");
		if (own instanceof DomainSocket local) {
			local.checkInherited();
		}
		InvalidSpecException.check(otherwise || own.backlog() == 0, "backlog", own.backlog(),
				"is that of the inherited socket: set Backlog= in its unit");
	}

	@Override
	public ListenOn own() {
		return this.own;
	}

	@Override
	public Protocol protocol() {
		return this.own.protocol();
	}

	/** Returns whether it must be one of TCP, where it could be a Unix socket, too. */
	public boolean needsPort() {
		return this.host != null || (this.own instanceof Tcp tcp && (this.otherwise || tcp.ipFamily() != IpFamily.ANY));
	}

	@Override
	public InetSocketAddress address() {
		return this.otherwise ? this.own.address() : new InheritedAddress(this.name);
	}

	@Override
	public int backlog() {
		return this.own.backlog();
	}

	@Override
	public boolean limitsPeers() {
		return this.own.limitsPeers();
	}

	@Override
	public boolean streams() {
		return this.own.streams();
	}

	@Override
	public void check(Limits limits, SocketTransport transport, ProxyProtocol proxies) {
		InvalidSpecException.check(transport != SocketTransport.NIO && transport != SocketTransport.IO_URING,
				"transport", transport, "cannot inherit a socket: use epoll or kqueue");
		InvalidSpecException.check(
				!(this.own instanceof Udp udp) || udp.amplification() > 0 || this.host != null
						|| !limits.allow().isEmpty(),
				"udp.amplification", "off",
				"lets whoever forges an address have others flooded, where the inherited socket may be reached: limit "
						+ "it, set address to a loopback address, or set limits.allow");
		if (this.own instanceof DomainSocket) {
			// It may have no path here.
			DomainSocket.checkAddresses(limits, proxies);
		}
		else if (this.own instanceof Udp udp && !this.otherwise && this.host == null) {
			udp.checkBound(limits, transport, proxies);
		}
		else {
			this.own.check(limits, transport, proxies);
		}
	}

}
