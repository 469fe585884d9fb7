package dev.socketserver.netty.inherit;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.engine.server.LocalAddresses;
import dev.socketserver.netty.transport.DomainSockets;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Inherited;
import dev.socketserver.spec.listen.IpPort;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.spec.listen.Udp;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Socket;
import org.jspecify.annotations.Nullable;

/**
 * What the system says of a socket that was passed.
 *
 * @param descriptor the number of its descriptor
 * @param type what it sends
 * @param listening whether connections are accepted from it
 * @param address where it is bound; a {@link UnixAddress} for a Unix socket
 */
public record FoundSocket(int descriptor, Type type, boolean listening, InetSocketAddress address) {

	private static final int IPPROTO_TCP = 6;

	private static final int TCP_NODELAY = 1;

	private static final int AF_UNIX = 1;

	private static final int SOCK_STREAM = 1;

	private static final int SOCK_DGRAM = 2;

	/**
	 * Asks the system what a socket is like. It is not changed.
	 * @param descriptor the number of its descriptor
	 * @return what it is like, or {@code null} if there is no socket
	 */
	public static @Nullable FoundSocket of(int descriptor) {
		try {
			// Never closed: the descriptor is that of the process.
			Socket socket = new Socket(descriptor);
			Options options = Options.ofThisSystem();
			int kind = socket.getIntOpt(options.level, options.type);
			boolean unix = isUnix(socket, options);
			Type type = switch (kind) {
				case SOCK_STREAM -> unix ? Type.UNIX : hasNoDelay(socket) ? Type.TCP : Type.OTHER;
				case SOCK_DGRAM -> unix ? Type.OTHER : Type.UDP;
				default -> Type.OTHER;
			};
			boolean listening = kind != SOCK_DGRAM && socket.getIntOpt(options.level, options.accepting) != 0;
			return new FoundSocket(descriptor, type, listening,
					unix ? new UnixAddress(DomainSockets.path(socket.localDomainSocketAddress())) : bound(socket));
		}
		catch (ChannelException | IOException ex) {
			return null;
		}
	}

	private static boolean isUnix(Socket socket, Options options) {
		try {
			return socket.getIntOpt(options.level, options.domain) == AF_UNIX;
		}
		catch (IOException ex) {
			// macOS does not say. There are no datagrams of Unix sockets here.
			return !hasNoDelay(socket);
		}
	}

	private static boolean hasNoDelay(Socket socket) {
		try {
			socket.getIntOpt(IPPROTO_TCP, TCP_NODELAY);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static InetSocketAddress bound(Socket socket) {
		@Nullable InetSocketAddress bound = socket.localAddress();
		return (bound != null) ? bound : new InetSocketAddress(0);
	}

	/**
	 * Returns what a server needs in place of this socket.
	 * @param inherited what the server inherits
	 * @return what it needs, or {@code null} if this is one
	 */
	@Nullable String lacks(Inherited inherited) {
		ListenOn own = inherited.own();
		if (own instanceof Udp port) {
			return (this.type == Type.UDP && fits(port, inherited.host())) ? null
					: "a UDP socket" + where(port, inherited.host());
		}
		if (own instanceof DomainSocket unix) {
			boolean any = unix.path().isEmpty();
			boolean same = any || (this.address instanceof UnixAddress path && path.path().equals(unix.path()));
			return (this.type == Type.UNIX && this.listening && same) ? null
					: "a listening Unix socket" + (any ? "" : " at unix:" + unix.path());
		}
		if (own instanceof Tcp port && inherited.needsPort()) {
			return (this.type == Type.TCP && this.listening && fits(port, inherited.host())) ? null
					: "a listening TCP socket" + where(port, inherited.host());
		}
		boolean streams = this.type == Type.TCP || this.type == Type.UNIX;
		return (streams && this.listening) ? null : "a listening TCP or Unix socket";
	}

	private boolean fits(IpPort port, @Nullable String host) {
		boolean ipv6 = this.address.getAddress() instanceof Inet6Address;
		boolean family = switch (port.ipFamily()) {
			case ANY -> true;
			case IPV4 -> !ipv6;
			case IPV6, DUAL -> ipv6;
		};
		return family && (port.port() == 0 || port.port() == this.address.getPort())
				&& (host == null || isBoundTo(port));
	}

	private boolean isBoundTo(IpPort port) {
		if (port.anyHost()) {
			return this.address.getAddress().isAnyLocalAddress();
		}
		try {
			return LocalAddresses.of(port)
				.stream()
				.anyMatch((each) -> each.getAddress().equals(this.address.getAddress()));
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	private static String where(IpPort port, @Nullable String host) {
		String family = switch (port.ipFamily()) {
			case ANY -> "";
			case IPV4 -> " of IPv4";
			case IPV6, DUAL -> " of IPv6";
		};
		return family + ((host != null) ? " at address " + host : "")
				+ ((port.port() != 0) ? " with port " + port.port() : "");
	}

	/** As people read it. */
	@Override
	public String toString() {
		String state = (this.type == Type.UDP) ? "a" : this.listening ? "a listening" : "a connected or unbound";
		return "%s %s at %s".formatted(state, this.type.words, Addresses.format(this.address));
	}

	/** What kinds of sockets there are. */
	public enum Type {

		/** Of TCP. */
		TCP("TCP socket"),

		/** Of UDP. */
		UDP("UDP socket"),

		/** A Unix stream socket. */
		UNIX("Unix socket"),

		/** Such as one of SCTP, or of datagrams of a Unix socket. */
		OTHER("socket of another kind");

		private final String words;

		Type(String words) {
			this.words = words;
		}

	}

	/** Numbers of socket(7), and of macOS and BSD. */
	private enum Options {

		LINUX(1, 3, 30, 39), BSD(0xffff, 0x1008, 2, 0x1019);

		private final int level;

		private final int type;

		private final int accepting;

		private final int domain;

		Options(int level, int type, int accepting, int domain) {
			this.level = level;
			this.type = type;
			this.accepting = accepting;
			this.domain = domain;
		}

		static Options ofThisSystem() {
			return Sockets.onLinux() ? LINUX : BSD;
		}

	}

}
