package dev.socketserver.netty.datagram;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.server.ListenerContext;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Udp;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseCombiner;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one port. There is one, and where that listens on every interface one
 * more for each local address that is asked, and one for each joined group: only a socket
 * that is bound to an address is sure to send from there. The system gives what arrives
 * to the socket whose address fits best. One that breaks is replaced. On the loop, if
 * nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class DatagramSockets {

	private static final SafeLogger logger = SafeLogger.of(DatagramSockets.class);

	/** From here on anybody may bind a port, if the system is not set up otherwise. */
	private static final int PRIVILEGED = 1024;

	/** Linux can have any number of local addresses. */
	private static final int MOST_SOCKETS = 256;

	/** The time between two attempts to bind. */
	private static final long REBIND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	/** How often new addresses of interfaces are looked for at most. */
	private static final long RESCAN_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ListenerContext listener;

	private final ServerContext server;

	private final SocketTransport transport;

	private final DatagramBinder binder;

	private final EventLoop loop;

	private final Receiver receiver;

	private final DatagramReads reads;

	/**
	 * By the local address that is asked; the one that listens everywhere is no value.
	 */
	private final Map<InetAddress, LocalSocket> byAddress = new HashMap<>();

	/** Addresses that could not be bound, and when that was tried last. */
	private final Map<InetAddress, Long> unbindable = new HashMap<>();

	/** Addresses of broadcasts, as far as any have come. */
	private final Set<InetAddress> broadcasts = new HashSet<>();

	/** Set once bound. */
	private volatile @Nullable LocalSocket first;

	/** Absent if there are to be none. */
	private @Nullable Groups groups;

	private volatile @Nullable InetSocketAddress address;

	/** Those that have broken, and are not replaced yet. On the loop. */
	private final Map<LocalSocket, Throwable> broken = new LinkedHashMap<>();

	/** Why the first of those has broken. */
	private volatile @Nullable Throwable failure;

	private boolean closing;

	private boolean reading;

	private long scannedAt;

	/**
	 * Creates the sockets of a port.
	 * @param listener what the listener shares with those of other runs
	 * @param server what its listeners share
	 * @param transport the transport, resolved
	 * @param binder binds them
	 * @param loop serves all of them
	 * @param receiver gets what is received
	 */
	DatagramSockets(ListenerContext listener, ServerContext server, SocketTransport transport, DatagramBinder binder,
			EventLoop loop, Receiver receiver) {
		this.listener = listener;
		this.server = server;
		this.transport = transport;
		this.binder = binder;
		this.loop = loop;
		this.receiver = receiver;
		this.reads = new DatagramReads(listener.spec().session(), transport);
	}

	/** Reads longer datagrams from now on, if the listener takes some. */
	void reconfigure() {
		int longest = DatagramReads.longest(this.listener.spec().session());
		// Sessions may be open that take longer ones.
		if (longest > this.reads.size()) {
			this.reads.size(longest);
			channels().forEach((channel) -> DatagramTransport.longest(channel, longest));
		}
	}

	// Any thread.

	/**
	 * Binds the first of the addresses that can be bound. Nothing is read yet. Not on the
	 * loop.
	 * @throws dev.socketserver.ServerStartException if none can
	 */
	void open() {
		LocalSocket bound = new LocalSocket(this.binder.bind(this::bootstrap));
		// Before its loop can notice that it breaks.
		this.first = bound;
		opened(bound);
		this.address = bound.address();
		warnIfClamped(bound.channel());
		if (isWildcard(bound)) {
			this.loop.submit(this::bindInterfaces).awaitUninterruptibly();
		}
		if (!udp().groups().isEmpty()) {
			join(bound);
		}
	}

	/** Joins the groups. Not on the loop. */
	private void join(LocalSocket bound) {
		if (!isWildcard(bound)) {
			throw new ServerStartException(spec(), bound.address(), Problem.GROUP,
					new UnusableSocketException("udp.groups", "cannot be joined by a socket at one address",
							"Have the inherited socket bound to every interface"));
		}
		Groups made = new Groups(this, udp().groups(), this.transport);
		this.groups = made;
		Future<@Nullable UnusableSocketException> joined;
		try {
			List<Groups.Found> found = made.find();
			joined = this.loop.submit(() -> made.begin(found)).awaitUninterruptibly();
		}
		catch (SocketException ex) {
			throw new ServerStartException(spec(), bound.address(), Problem.OTHER, ex);
		}
		Throwable problem = joined.isSuccess() ? joined.getNow() : joined.cause();
		if (problem != null) {
			throw new ServerStartException(spec(), bound.address(), Problem.GROUP, problem);
		}
		made.watch(this.loop, this.server.engine().background());
	}

	/** Begins to read. */
	void read() {
		this.loop.execute(() -> {
			this.reading = true;
			all().forEach((socket) -> socket.channel().config().setAutoRead(true));
		});
	}

	/** Where it listens, also while a broken socket is being replaced. */
	@Nullable InetSocketAddress address() {
		return this.address;
	}

	/** Why one of them receives nothing at the moment, or {@code null}. */
	@Nullable Throwable failure() {
		return this.failure;
	}

	// On the loop.

	/** Returns all of them. */
	List<LocalSocket> all() {
		List<LocalSocket> all = new ArrayList<>(this.byAddress.values());
		LocalSocket listening = this.first;
		if (listening != null) {
			all.add(listening);
		}
		if (this.groups != null) {
			all.addAll(this.groups.sockets());
		}
		return all;
	}

	ListenerSpec spec() {
		return this.listener.spec();
	}

	private Udp udp() {
		return (Udp) spec().listenOn().own();
	}

	boolean isClosing() {
		return this.closing;
	}

	/** Returns the channels of all of them. */
	List<Channel> channels() {
		return all().stream().map(LocalSocket::channel).toList();
	}

	/** Closes all of them; what was written before has left. */
	Future<Void> close() {
		this.closing = true;
		if (this.groups != null) {
			this.groups.close();
		}
		PromiseCombiner closed = new PromiseCombiner(this.loop);
		for (LocalSocket socket : all()) {
			socket.flush();
			closed.add(socket.channel().close());
		}
		io.netty.util.concurrent.Promise<Void> all = this.loop.newPromise();
		closed.finish(all);
		all.addListener((done) -> this.reads.release());
		this.binder.leave();
		return all;
	}

	private static boolean isWildcard(LocalSocket socket) {
		return socket.address().getAddress().isAnyLocalAddress();
	}

	/** Warns that the system has made the buffer of the socket smaller. */
	private void warnIfClamped(Channel channel) {
		Integer wanted = this.listener.spec().options().receiveBuffer();
		Integer got = channel.config().getOption(ChannelOption.SO_RCVBUF);
		// Linux reports twice as much, for what it needs itself (socket(7)).
		int usable = (got != null) ? (Sockets.onLinux() ? got / 2 : got) : Integer.MAX_VALUE;
		if (wanted != null && usable < wanted) {
			logger.warn(
					"'{}' has a receive buffer of {} bytes, and not the {} of options.receive-buffer: the system "
							+ "allows no more, on Linux with the setting net.core.rmem_max",
					this.listener.spec().label(), usable, wanted);
		}
	}

	/**
	 * Has a socket at each address of the interfaces. With epoll the system says which
	 * address of IPv4 was asked, and sockets are made when they are needed.
	 */
	private void bindInterfaces() {
		this.scannedAt = System.nanoTime();
		LocalSocket listening = this.first;
		boolean ipv6 = listening != null && listening.address().getAddress() instanceof Inet6Address;
		boolean onlyIpv6 = this.transport == SocketTransport.EPOLL;
		try {
			for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
				for (InetAddress local : Collections.list(each.getInetAddresses())) {
					boolean fits = (local instanceof Inet6Address) ? ipv6 : !onlyIpv6;
					if (fits) {
						at(local);
					}
				}
			}
		}
		catch (SocketException ex) {
			logger.debug("The addresses of the interfaces are unknown", ex);
		}
	}

	/**
	 * Returns the socket from which to send from a local address.
	 * @param local the address; {@code null} leaves the choice to the system
	 * @return the socket, which is bound to that address if possible
	 */
	LocalSocket from(@Nullable InetAddress local) {
		LocalSocket exact = (local != null) ? at(local) : null;
		return (exact != null) ? exact : Objects.requireNonNull(this.first, "first");
	}

	/** Returns the socket at a local address, made if there is none. */
	private @Nullable LocalSocket at(InetAddress local) {
		LocalSocket known = this.byAddress.get(local);
		Long failedAt = this.unbindable.get(local);
		if (known != null || this.byAddress.size() >= MOST_SOCKETS
				|| (failedAt != null && System.nanoTime() - failedAt < REBIND_NANOS)) {
			return known;
		}
		ChannelFuture bound = bind(local);
		if (!bound.isSuccess()) {
			if (this.unbindable.isEmpty()) {
				warnIfPrivileged(local);
			}
			if (failedAt != null || this.unbindable.size() < MOST_SOCKETS) {
				this.unbindable.put(local, System.nanoTime());
			}
			return null;
		}
		LocalSocket made = new LocalSocket(bound.channel());
		opened(made);
		this.unbindable.remove(local);
		this.byAddress.put(local, made);
		return made;
	}

	/** Has a further socket receive, as soon as all do. */
	void opened(LocalSocket made) {
		((Inlet) made.channel().pipeline().last()).socket = made;
		made.channel().config().setAutoRead(this.reading);
	}

	/** Closes a further socket that was bound by {@link #bind}. */
	static void closed(Channel channel) {
		if (channel.pipeline().last() instanceof Inlet inlet) {
			inlet.socket = null;
		}
		channel.close();
	}

	/**
	 * Warns where somebody else was permitted to bind the port, and this process is not.
	 */
	private void warnIfPrivileged(InetAddress local) {
		InetSocketAddress everywhere = this.address;
		if (everywhere != null && everywhere.getPort() < PRIVILEGED && this.binder.inherits()) {
			logger.warn(
					"'{}' cannot have a socket at {}, so that replies to whoever asks there may leave from another "
							+ "address: ports below {} are for privileged processes. Name each address in a "
							+ "ListenDatagram= of the socket unit, or give the service "
							+ "AmbientCapabilities=CAP_NET_BIND_SERVICE",
					this.listener.spec().label(), Addresses.format(new InetSocketAddress(local, everywhere.getPort())),
					PRIVILEGED);
		}
	}

	/**
	 * Binds a further socket.
	 * @param local the address
	 * @return how that has ended
	 */
	ChannelFuture bind(InetAddress local) {
		int port = Objects.requireNonNull(this.address, "address").getPort();
		return beside(local, () -> this.binder.bindBeside(new InetSocketAddress(local, port), this::bootstrap));
	}

	/** What opens a socket at an address; the kind of channel is still to be set. */
	private Bootstrap bootstrap(InetSocketAddress at) {
		Bootstrap bootstrap = DatagramTransport
			.prepare(new Bootstrap().group(this.loop), this.transport, at.getAddress(), this.reads)
			.handler(new Inlet());
		ConnectionOptions.buffers(spec().options(), bootstrap::option);
		return bootstrap;
	}

	/**
	 * Binds beside the socket that listens everywhere, and those at the same address:
	 * they let others do so for this moment only. Everywhere is beside all of them.
	 */
	private ChannelFuture beside(InetAddress local, Supplier<ChannelFuture> bind) {
		// An inherited socket is given back as it was.
		Map<Channel, Boolean> shared = new HashMap<>();
		for (LocalSocket each : all()) {
			Channel channel = each.channel();
			if (channel.isOpen()
					&& (local.isAnyLocalAddress() || isWildcard(each) || each.address().getAddress().equals(local))) {
				shared.put(channel, channel.config().getOption(ChannelOption.SO_REUSEADDR));
				channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
			}
		}
		try {
			return bind.get();
		}
		finally {
			shared.forEach((channel, before) -> channel.config().setOption(ChannelOption.SO_REUSEADDR, before));
		}
	}

	/**
	 * Finds the socket at the address to which a datagram was sent.
	 * @return the socket, or {@code null} if the server must not receive what was sent
	 * there
	 */
	private @Nullable LocalSocket asked(LocalSocket socket, InetSocketAddress recipient) {
		InetAddress local = recipient.getAddress();
		if (local != null && !local.isAnyLocalAddress()) {
			LocalSocket known = this.byAddress.get(local);
			return (known != null) ? known : asked(socket, local);
		}
		if (System.nanoTime() - this.scannedAt > RESCAN_NANOS) {
			// An interface may have got another address.
			bindInterfaces();
		}
		return socket;
	}

	/** Finds the socket at an address that was not asked for before, or has none. */
	private @Nullable LocalSocket asked(LocalSocket socket, InetAddress local) {
		if (!this.unbindable.containsKey(local) && (this.broadcasts.contains(local) || isBroadcast(local))) {
			return udp().broadcast() ? socket : null;
		}
		LocalSocket exact = at(local);
		return (exact != null) ? exact : socket;
	}

	/**
	 * Whether what came to the socket that listens everywhere was sent to a group, which
	 * has its socket if it is one of this server. Java 17 does not keep that of IPv6
	 * away. It does not say where a datagram was sent to, but each address of the machine
	 * has a socket of its own.
	 */
	private boolean isForGroup(DatagramPacket packet) {
		return this.groups != null && this.transport == SocketTransport.NIO
				&& packet.sender().getAddress() instanceof Inet6Address
				&& this.unbindable.keySet().stream().noneMatch(Inet6Address.class::isInstance);
	}

	private boolean isBroadcast(InetAddress local) {
		return Addresses.isBroadcast(local) && (this.broadcasts.size() >= MOST_SOCKETS || this.broadcasts.add(local));
	}

	/** A socket is gone that was not closed here. */
	private void lost(LocalSocket socket) {
		if (this.closing) {
			return;
		}
		this.broken.put(socket, new IllegalStateException(
				"The socket at " + Addresses.format(socket.address()) + " has broken, and is being replaced"));
		noteFailure();
		logger.warn("'{}' has lost its socket at {}, which is replaced", this.listener.spec().label(),
				Addresses.format(socket.address()));
		rebind(socket);
	}

	private void rebind(LocalSocket socket) {
		if (this.closing) {
			return;
		}
		if (socket.channel().isOpen() || !all().contains(socket)) {
			// The group was joined anew meanwhile, or left.
			replaced(socket);
			return;
		}
		ChannelFuture opened = again(socket);
		if (!opened.isSuccess()) {
			this.loop.schedule(() -> rebind(socket), REBIND_NANOS, TimeUnit.NANOSECONDS);
			return;
		}
		socket.replace(opened.channel());
		opened(socket);
		replaced(socket);
		// Last: who sees it finds no failure.
		this.server.counters().count(Counter.LISTENERS_REPLACED);
	}

	private void replaced(LocalSocket socket) {
		this.broken.remove(socket);
		noteFailure();
	}

	private void noteFailure() {
		this.failure = this.broken.isEmpty() ? null : this.broken.values().iterator().next();
	}

	private ChannelFuture again(LocalSocket socket) {
		JoinedGroup group = socket.group();
		return (group != null) ? group.join()
				: beside(socket.address().getAddress(), () -> this.binder.again(socket.address(), this::bootstrap));
	}

	/** Gets what the sockets receive. */
	interface Receiver {

		/** A datagram was received; it is released afterwards. */
		void received(LocalSocket socket, DatagramPacket packet);

		/** A datagram was received that was sent where the server must not receive it. */
		void unwanted();

		/** All that could be read for now was received. */
		void readsEnded();

	}

	/** The end of the pipeline of one socket. */
	private final class Inlet extends ChannelInboundHandlerAdapter {

		/** Set when it is bound. */
		private @Nullable LocalSocket socket;

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			DatagramPacket packet = (DatagramPacket) message;
			try {
				if (this.socket != null) {
					received(this.socket, packet);
				}
			}
			finally {
				packet.release();
			}
		}

		private void received(LocalSocket by, DatagramPacket packet) {
			boolean alone = by.group() != null || !isWildcard(by);
			LocalSocket asked = alone ? by : asked(by, packet.recipient());
			if (!alone && isForGroup(packet)) {
				return;
			}
			if (asked != null) {
				DatagramSockets.this.receiver.received(asked, packet);
			}
			else {
				DatagramSockets.this.receiver.unwanted();
			}
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			DatagramSockets.this.receiver.readsEnded();
		}

		/** Such as an ICMP error, which says nothing of other peers. */
		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			logger.debug("'{}': a datagram could not be received", DatagramSockets.this.listener.spec().label(), cause);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			if (this.socket != null) {
				lost(this.socket);
			}
		}

	}

}
