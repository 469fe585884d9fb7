package dev.socketserver.netty.inherit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.InheritedAddress;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.engine.inherit.PassedSocket;
import dev.socketserver.engine.inherit.PassedSockets;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.inherit.FoundSocket.Type;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Inherited;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * The socket that one listener inherits, from one start to the next. Used by one thread
 * at a time, if not stated otherwise.
 */
public final class ListenerInheritance {

	private static final SafeLogger logger = SafeLogger.of(ListenerInheritance.class);

	private static final String KEY = "inherit";

	private final ServerSpec server;

	private final ListenerSpec spec;

	private final Inherited inherited;

	private final PassedSockets passed;

	/** That of the last start, which is looked at first. */
	private volatile @Nullable PassedSocket used;

	/**
	 * Creates the inheritance of a listener.
	 * @param server the server's
	 * @param spec the listener's
	 * @param inherited what it inherits
	 * @param passed the sockets that this process was passed
	 */
	public ListenerInheritance(ServerSpec server, ListenerSpec spec, Inherited inherited, PassedSockets passed) {
		this.server = server;
		this.spec = spec;
		this.inherited = inherited;
		this.passed = passed;
	}

	/**
	 * Returns the inheritance of a listener in this process.
	 * @param server the server's
	 * @param spec the listener's, which has an {@link Inherited}
	 * @param before that of the listener until now, whose socket is looked at first
	 */
	public static ListenerInheritance of(ServerSpec server, ListenerSpec spec, @Nullable ListenerInheritance before) {
		ListenerInheritance made = new ListenerInheritance(server, spec, (Inherited) spec.listenOn(),
				PassedSockets.ofThisProcess());
		made.used = (before != null) ? before.used : null;
		return made;
	}

	/** Whether the server inherits its socket here, or fails; else it binds its own. */
	public boolean applies() {
		return this.passed.absence() == null || !this.inherited.otherwise();
	}

	/** Returns what is inherited, or {@code null} if the server binds a socket itself. */
	public @Nullable String name() {
		return applies() ? this.inherited.name() : null;
	}

	/**
	 * Whether the socket that the next start will have is a Unix socket. Any thread.
	 * @param transport the transport to ask for
	 */
	public boolean isUnix(SocketTransport transport) {
		if (this.passed.absence() != null || !isNative(transport)) {
			return false;
		}
		for (PassedSocket socket : ordered(this.passed.called(this.inherited.name()))) {
			FoundSocket found = FoundSocket.of(socket.descriptor());
			if (found != null && found.lacks(this.inherited) == null) {
				return found.type() == Type.UNIX;
			}
		}
		return false;
	}

	/** Without the library there is no way to ask what a descriptor is. */
	private static boolean isNative(SocketTransport wanted) {
		try {
			SocketTransport transport = TransportSupport.resolve(wanted);
			return transport == SocketTransport.EPOLL || transport == SocketTransport.KQUEUE;
		}
		catch (UnsupportedOperationException ex) {
			return false;
		}
	}

	/** Logs that the server binds a socket itself. */
	public void reportOtherwise() {
		logger.info("Server '{}' inherits no socket '{}', and binds {} itself: {}", this.spec.label(),
				this.inherited.name(), Addresses.format(this.inherited.own().address()), this.passed.absence());
	}

	/**
	 * Finds the socket, which no other server uses until it is {@linkplain #leave left}.
	 * @param transport the transport, resolved
	 * @return the socket, which fits
	 * @throws ServerStartException if there is none
	 */
	public FoundSocket use(SocketTransport transport) {
		String defect = this.passed.defect();
		if (defect != null) {
			throw failure("and " + defect, "Correct the variables, or start the process by a service unit of systemd");
		}
		String absence = this.passed.absence();
		if (absence != null) {
			throw failure("and this process was passed no sockets: " + absence,
					"Start it by systemd, with a socket unit and without a shell between them; or set port or "
							+ "domain-socket.path, which is used where no sockets are passed");
		}
		if (transport != SocketTransport.EPOLL && transport != SocketTransport.KQUEUE) {
			throw failure("and transport " + TransportSupport.label(transport) + " cannot inherit a socket",
					"Use transport epoll or kqueue, and see why the library for it is missing");
		}
		List<PassedSocket> called = this.passed.called(this.inherited.name());
		if (called.isEmpty()) {
			throw failure("and the sockets that this process was passed are " + this.passed.all(),
					"Use one of these names, or set FileDescriptorName= in the socket unit");
		}
		return first(ordered(called));
	}

	private List<PassedSocket> ordered(List<PassedSocket> called) {
		PassedSocket last = this.used;
		List<PassedSocket> ordered = new ArrayList<>(called);
		if (last != null && ordered.remove(last)) {
			ordered.add(0, last);
		}
		return ordered;
	}

	/** Several sockets may have one name. */
	private FoundSocket first(List<PassedSocket> called) {
		List<String> misfits = new ArrayList<>();
		String user = null;
		for (PassedSocket socket : called) {
			FoundSocket found = FoundSocket.of(socket.descriptor());
			String need = (found != null) ? found.lacks(this.inherited) : "a socket";
			if (found == null || need != null) {
				misfits.add("descriptor %s is %s, where the server needs %s".formatted(socket.descriptor(),
						(found != null) ? found : "no socket", need));
			}
			else if (this.passed.use(socket, this.spec.label())) {
				this.used = socket;
				checkPeers(found);
				return found;
			}
			else {
				user = this.passed.user(socket);
			}
		}
		if (user != null) {
			throw failure("which server '" + user + "' uses already", "Give each server a socket of its own");
		}
		throw failure("and " + String.join("; ", misfits),
				"Have the socket unit and the properties say the same: ListenDatagram= for protocol: udp, else "
						+ "ListenStream= and Accept=no, with the same port, address or path, if the server has one");
	}

	/** Peers of a Unix socket have no addresses. */
	private void checkPeers(FoundSocket found) {
		if (found.type() != Type.UNIX) {
			return;
		}
		try {
			DomainSocket.checkAddresses(this.server.limits(this.spec), this.spec.proxyProtocol());
		}
		catch (InvalidSpecException ex) {
			leave();
			throw failure("which is " + found + ": " + ex.getMessage(),
					"Remove these limits, or set domain-socket.path, with which inherited ones have no effect");
		}
	}

	private ServerStartException failure(String found, String remedy) {
		return failure(new UnusableSocketException(KEY, "is '" + this.inherited.name() + "', " + found, remedy));
	}

	/** What is thrown if the socket cannot be used. */
	public ServerStartException failure(Throwable cause) {
		return (cause instanceof ServerStartException known) ? known
				: new ServerStartException(this.spec, new InheritedAddress(this.inherited.name()),
						(cause instanceof UnusableSocketException) ? Problem.INHERITED_SOCKET : Problem.OTHER, cause);
	}

	/** The server does not use the socket any more. Any thread. */
	public void leave() {
		PassedSocket last = this.used;
		if (last != null) {
			this.passed.leave(last, this.spec.label());
		}
	}

	/**
	 * Makes channels that listen, each with a copy of the descriptor. The socket itself
	 * is never closed. Any thread.
	 * @param found the socket
	 * @param transport the transport, resolved
	 */
	public ChannelFactory<ServerChannel> listeners(FoundSocket found, SocketTransport transport) {
		ChannelFactory<Channel> channels = channels(found, transport);
		return () -> (ServerChannel) channels.newChannel();
	}

	/**
	 * Makes channels of any kind, as {@link #listeners} does.
	 * @param found the socket
	 * @param transport the transport, resolved
	 */
	public ChannelFactory<Channel> channels(FoundSocket found, SocketTransport transport) {
		return () -> {
			int copy = copy(found);
			return (transport == SocketTransport.EPOLL) ? LinuxEpoll.channel(copy, found.type())
					: BsdKqueue.channel(copy, found.type());
		};
	}

	private int copy(FoundSocket found) {
		try {
			FoundSocket now = FoundSocket.of(found.descriptor());
			if (found.listening() && now != null && !now.listening()) {
				// Somebody has shut it down; the port is still its own.
				new Socket(found.descriptor()).listen(NetUtil.SOMAXCONN);
			}
			return DescriptorCopy.of(found.descriptor());
		}
		catch (IOException | ChannelException ex) {
			throw failure("and its descriptor cannot be copied: " + ex.getMessage(),
					"Permit AF_UNIX, by which it is copied, where the service unit has RestrictAddressFamilies=");
		}
	}

	/** Linux epoll. */
	private static final class LinuxEpoll {

		static Channel channel(int copy, Type type) {
			return switch (type) {
				case UDP -> new EpollDatagramChannel(copy);
				case UNIX -> new EpollServerDomainSocketChannel(copy);
				default -> new EpollServerSocketChannel(copy);
			};
		}

	}

	/** Kqueue of macOS and BSD, whose library may be missing. */
	private static final class BsdKqueue {

		static Channel channel(int copy, Type type) {
			return switch (type) {
				case UDP -> new KQueueDatagramChannel(copy);
				case UNIX -> new KQueueServerDomainSocketChannel(copy);
				default -> new KQueueServerSocketChannel(copy);
			};
		}

	}

}
