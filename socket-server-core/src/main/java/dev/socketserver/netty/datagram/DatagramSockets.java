package dev.socketserver.netty.datagram;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ListenerSpec;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.server.ListenerContext;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
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
 * more for each local address that is asked: only a socket that is bound to an address is
 * sure to send from there. The system gives what arrives to the socket whose address fits
 * best. One that breaks is replaced. On the loop, if nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class DatagramSockets {

	private static final SafeLogger logger = SafeLogger.of(DatagramSockets.class);

	/** From here on anybody may bind a port, if the system is not set up otherwise. */
	private static final int PRIVILEGED = 1024;

	/** Linux can have any number of local addresses. */
	private static final int MOST_SOCKETS = 256;

	private static final long REBIND_MILLIS = 250;

	/** How often new addresses of interfaces are looked for at most. */
	private static final long RESCAN_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ListenerContext listener;

	private final ServerCounters counters;

	private final DatagramResources resources;

	private final EventLoop loop;

	private final Receiver receiver;

	private final DatagramReads reads;

	/**
	 * By the local address that is asked; the one that listens everywhere is no value.
	 */
	private final Map<InetAddress, LocalSocket> byAddress = new HashMap<>();

	/** Addresses that could not be bound. */
	private final Set<InetAddress> unbindable = new LinkedHashSet<>();

	/** Set once bound. */
	private volatile @Nullable LocalSocket first;

	private volatile @Nullable InetSocketAddress address;

	private volatile @Nullable Throwable failure;

	private boolean closing;

	private boolean reading;

	private long scannedAt;

	/**
	 * Creates the sockets of a port.
	 * @param listener what the listener shares with those of other runs
	 * @param counters count
	 * @param resources what the run has taken
	 * @param loop serves all of them
	 * @param receiver gets what is received
	 */
	DatagramSockets(ListenerContext listener, ServerCounters counters, DatagramResources resources, EventLoop loop,
			Receiver receiver) {
		this.listener = listener;
		this.counters = counters;
		this.resources = resources;
		this.loop = loop;
		this.receiver = receiver;
		this.reads = new DatagramReads(longest(listener.spec()), DatagramTransport.readsSeveral(resources.transport()));
	}

	/** One byte more than the longest: so it is known that one is too long. */
	private static int longest(ListenerSpec spec) {
		return Math.min(spec.session().maxFrameBytes(), DatagramReads.MOST_BYTES - 1) + 1;
	}

	/** Reads longer datagrams from now on, if the listener takes some. */
	void reconfigure() {
		int longest = longest(this.listener.spec());
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
		Inlet inlet = new Inlet();
		Channel channel = this.resources.binder()
			.bind(this.listener.spec(), this.resources.transport(), this.loop, this.reads, inlet);
		LocalSocket bound = new LocalSocket(channel);
		inlet.socket = bound;
		this.first = bound;
		this.address = bound.address();
		warnIfClamped(channel);
		if (isWildcard(bound)) {
			this.loop.submit(this::bindInterfaces).awaitUninterruptibly();
		}
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

	/** Why nothing is received at the moment, or {@code null}. */
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
		return all;
	}

	/** Returns the channels of all of them. */
	List<Channel> channels() {
		return all().stream().map(LocalSocket::channel).toList();
	}

	/** Closes all of them; what was written before has left. */
	Future<Void> close() {
		this.closing = true;
		PromiseCombiner closed = new PromiseCombiner(this.loop);
		for (LocalSocket socket : all()) {
			socket.run();
			closed.add(socket.channel().close());
		}
		io.netty.util.concurrent.Promise<Void> all = this.loop.newPromise();
		closed.finish(all);
		all.addListener((done) -> this.reads.release());
		this.resources.binder().leave();
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
		int usable = (got != null) ? (System.getProperty("os.name", "").startsWith("Linux") ? got / 2 : got)
				: Integer.MAX_VALUE;
		if (wanted != null && usable < wanted) {
			logger.warn(
					"'{}' has a receive buffer of {} bytes, and not the {} of options.receive-buffer: the system "
							+ "allows no more, on Linux with the setting net.core.rmem_max",
					this.listener.spec().label(), usable, wanted);
		}
	}

	/**
	 * Has a socket at each address of the interfaces. With epoll the system tells which
	 * address of IPv4 was asked, and sockets are made when they are needed.
	 */
	private void bindInterfaces() {
		this.scannedAt = System.nanoTime();
		LocalSocket listening = this.first;
		boolean ipv6 = listening != null && listening.address().getAddress() instanceof Inet6Address;
		boolean onlyIpv6 = this.resources.transport() == SocketTransport.EPOLL;
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

	/** Returns the socket at a local address, made if there is none. */
	private @Nullable LocalSocket at(InetAddress local) {
		LocalSocket known = this.byAddress.get(local);
		if (known != null || this.byAddress.size() >= MOST_SOCKETS || this.unbindable.contains(local)) {
			return known;
		}
		Channel channel = bind(local);
		if (channel == null) {
			if (this.unbindable.isEmpty()) {
				warnIfPrivileged(local);
			}
			if (this.unbindable.size() < MOST_SOCKETS) {
				this.unbindable.add(local);
			}
			return null;
		}
		LocalSocket made = new LocalSocket(channel);
		((Inlet) channel.pipeline().last()).socket = made;
		this.byAddress.put(local, made);
		channel.config().setAutoRead(this.reading);
		return made;
	}

	/**
	 * Warns where somebody else was permitted to bind the port, and this process is not.
	 */
	private void warnIfPrivileged(InetAddress local) {
		InetSocketAddress everywhere = this.address;
		if (everywhere != null && everywhere.getPort() < PRIVILEGED && this.resources.binder().inherited() != null) {
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
	 * Binds a socket beside the one that listens everywhere, which lets others do so for
	 * this moment only.
	 */
	private @Nullable Channel bind(InetAddress local) {
		LocalSocket listening = this.first;
		InetSocketAddress everywhere = this.address;
		if (listening == null || everywhere == null) {
			return null;
		}
		Boolean shared = listening.channel().config().getOption(ChannelOption.SO_REUSEADDR);
		listening.channel().config().setOption(ChannelOption.SO_REUSEADDR, true);
		try {
			return this.resources.binder()
				.bindBeside(this.resources.transport(), this.loop, this.reads,
						new InetSocketAddress(local, everywhere.getPort()), new Inlet());
		}
		finally {
			if (listening.channel().isOpen()) {
				// An inherited socket is given back as it was.
				listening.channel().config().setOption(ChannelOption.SO_REUSEADDR, shared);
			}
		}
	}

	/** Finds the socket at the address to which a datagram was sent. */
	private LocalSocket asked(LocalSocket socket, InetSocketAddress recipient) {
		if (!isWildcard(socket)) {
			return socket;
		}
		InetAddress local = recipient.getAddress();
		if (local != null && !local.isAnyLocalAddress()) {
			LocalSocket exact = at(local);
			return (exact != null) ? exact : socket;
		}
		if (System.nanoTime() - this.scannedAt > RESCAN_NANOS) {
			// An interface may have got another address.
			bindInterfaces();
		}
		return socket;
	}

	/** A socket is gone that nobody has closed. */
	private void lost(LocalSocket socket) {
		if (this.closing) {
			return;
		}
		Throwable broken = new IllegalStateException(
				"The socket at " + Addresses.format(socket.address()) + " has broken, and is being replaced");
		this.failure = broken;
		logger.warn("'{}' has lost its socket at {}, which is replaced", this.listener.spec().label(),
				Addresses.format(socket.address()));
		rebind(socket);
	}

	private void rebind(LocalSocket socket) {
		if (this.closing) {
			return;
		}
		Inlet inlet = new Inlet();
		inlet.socket = socket;
		Channel channel = this.resources.binder()
			.again(this.resources.transport(), this.loop, this.reads, socket.address(), inlet);
		if (channel == null) {
			this.loop.schedule(() -> rebind(socket), REBIND_MILLIS, TimeUnit.MILLISECONDS);
			return;
		}
		socket.replace(channel);
		channel.config().setAutoRead(this.reading);
		this.failure = null;
		this.counters.countListenerReplaced();
	}

	/** Gets what the sockets receive. */
	interface Receiver {

		/** A datagram was received; it is released afterwards. */
		void received(LocalSocket socket, DatagramPacket packet);

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
					DatagramSockets.this.receiver.received(asked(this.socket, packet.recipient()), packet);
				}
			}
			finally {
				packet.release();
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
