package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.DatagramDrop;
import dev.socketserver.ListenerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.server.ListenerContext;
import dev.socketserver.engine.server.RunListener;
import dev.socketserver.engine.server.ServerContext;
import dev.socketserver.engine.server.ServerPort;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.watchdog.SessionTimeouts;
import dev.socketserver.netty.listen.ListenerResources;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Udp;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The port of a listener of UDP in one run: opens a session for each peer, and gives it
 * what its peer sends. When it is closed, no further session is opened, and the sockets
 * stay until the last one has ended. One loop serves all sockets. Any thread, if nothing
 * else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class DatagramPort implements ServerPort, SessionOwner, Newcomers.Host, DatagramSockets.Receiver {

	private static final SafeLogger logger = SafeLogger.of(DatagramPort.class);

	private final ServerContext server;

	private final ListenerContext context;

	private final AcceptGate gate;

	private final ConnectionIntake intake;

	private final ListenerResources resources;

	private final EventLoop loop;

	private final DatagramSockets sockets;

	private final Newcomers newcomers;

	private final KernelDrops kernelDrops;

	private final CompletableFuture<@Nullable Void> free = new CompletableFuture<>();

	/** Set when it is bound. */
	private volatile @Nullable RunListener listener;

	// On the loop.

	/** Sessions that have received something since reading began. */
	private final List<DatagramConnection> active = new ArrayList<>();

	/** How many datagrams were received since then: they are counted together. */
	private int received;

	/** When the first of the sessions has received something. */
	private long receivedAt;

	/** How many sessions use the sockets. */
	private int open;

	private @Nullable Future<?> check;

	/** When the last check was made. */
	private long checkedAt;

	/** Whether something was received since then. */
	private boolean receives;

	/**
	 * Creates the port of a run, which is not bound.
	 * @param server what the run shares with others
	 * @param context what the listener shares with those of other runs
	 * @param gate whether sessions are opened
	 * @param intake which of them are admitted
	 * @param resources what it has taken
	 * @param binder binds the sockets
	 */
	public DatagramPort(ServerContext server, ListenerContext context, AcceptGate gate, ConnectionIntake intake,
			ListenerResources resources, DatagramBinder binder) {
		this.server = server;
		this.context = context;
		this.gate = gate;
		this.intake = intake;
		this.resources = resources;
		this.loop = resources.loops().next();
		this.sockets = new DatagramSockets(context, server, resources.transport(), binder, this.loop, this);
		this.kernelDrops = new KernelDrops(
				(count) -> server.counters().countDatagramsDropped(DatagramDrop.KERNEL, count));
		this.newcomers = new Newcomers(this, gate, intake, server.engine().memory());
	}

	// As the run sees it.

	@Override
	public void open(RunListener listener) {
		this.listener = listener;
		this.sockets.open();
		this.checkedAt = System.nanoTime();
		checkLater();
	}

	private void checkLater() {
		long tick = SessionTimeouts.tick(udp().sessionTimeout().toNanos());
		this.check = Sockets.repeat(this.loop, () -> check(tick), tick);
	}

	/** What is said of the sessions now. */
	private Udp udp() {
		return (Udp) this.context.spec().listenOn().own();
	}

	@Override
	public Runnable reconfigured(ListenerSpec next) {
		ListenerSpec before = this.context.spec();
		return () -> onLoop(() -> {
			this.intake.reconfigure(before, next);
			this.sockets.reconfigure();
			if (this.check != null && !this.check.isCancelled()) {
				this.check.cancel(false);
				endIdle(System.nanoTime());
				checkLater();
			}
		});
	}

	@Override
	public void accept() {
		this.gate.release(Reason.UNANNOUNCED);
		this.sockets.read();
	}

	@Override
	public CompletableFuture<@Nullable Void> obeyed() {
		CompletableFuture<@Nullable Void> obeyed = new CompletableFuture<>();
		if (!onLoop(() -> obeyed.complete(null))) {
			obeyed.complete(null);
		}
		return obeyed;
	}

	@Override
	public void close() {
		if (this.listener != null && !onLoop(this::closeIfUnused)) {
			this.free.complete(null);
		}
	}

	private void closeIfUnused() {
		this.newcomers.refuseAll();
		if (this.open > 0) {
			return;
		}
		if (this.check != null) {
			this.check.cancel(false);
		}
		this.kernelDrops.count(this.sockets.channels());
		this.sockets.close().addListener((closed) -> {
			this.free.complete(null);
			listener().portFree();
		});
	}

	@Override
	public CompletableFuture<@Nullable Void> free() {
		return this.free;
	}

	@Override
	public void abortPending() {
		// No peer that waits has a permit.
	}

	@Override
	public void release() {
		this.resources.releaseLoops().run();
	}

	@Override
	public void permitFree() {
		if (this.newcomers.awaitsPermit()) {
			onLoop(() -> {
				this.newcomers.admit();
				readsEnded();
			});
		}
	}

	@Override
	public SocketTransport transport() {
		return this.resources.transport();
	}

	@Override
	public @Nullable InetSocketAddress address() {
		return this.sockets.address();
	}

	@Override
	public @Nullable Throwable failure() {
		return this.sockets.failure();
	}

	private RunListener listener() {
		return Objects.requireNonNull(this.listener, "The port is not bound");
	}

	private boolean onLoop(Runnable task) {
		return Sockets.onLoop(this.loop, task);
	}

	// What the sockets receive. On the loop.

	@Override
	public void received(LocalSocket socket, DatagramPacket packet) {
		this.received++;
		ByteBuf content = packet.content();
		InetSocketAddress peer = packet.sender();
		DatagramConnection known = socket.find(peer);
		if (known != null && !known.isOpen()) {
			// It ends, and what comes from now on is for another.
			socket.remove(peer, known);
			known = null;
		}
		SessionSpec taker = (known != null) ? known.spec() : this.context.spec().session();
		if (content.readableBytes() > taker.maxFrameBytes()) {
			dropped(DatagramDrop.TOO_LARGE, 1);
		}
		else if (known != null) {
			deliver(known, content);
		}
		else {
			this.newcomers.arrived(socket, peer, socket.local(peer, packet.recipient()), content);
		}
	}

	@Override
	public void unwanted() {
		this.received++;
		dropped(DatagramDrop.REJECTED, 1);
	}

	private void deliver(DatagramConnection connection, ByteBuf content) {
		if (this.active.isEmpty()) {
			this.receivedAt = System.nanoTime();
		}
		connection.received(content, this.receivedAt);
		this.active.add(connection);
	}

	@Override
	public void readsEnded() {
		if (this.received > 0) {
			this.receives = true;
			this.server.counters().count(Counter.DATAGRAMS_RECEIVED, this.received);
			this.received = 0;
		}
		for (DatagramConnection connection : this.active) {
			connection.readsEnded();
		}
		this.active.clear();
	}

	private void check(long tick) {
		endSilent(tick);
		if (this.receives) {
			// Last, as there may be no thread for it now.
			this.receives = false;
			List<Channel> channels = this.sockets.channels();
			this.server.engine().background().execute(() -> this.kernelDrops.count(channels));
		}
	}

	/** Ends sessions that are silent. */
	private void endSilent(long tick) {
		long now = System.nanoTime();
		boolean late = now - this.checkedAt > 2 * tick;
		this.checkedAt = now;
		if (late) {
			// What was received while the loop was busy has not been read yet.
			return;
		}
		this.newcomers.check();
		readsEnded();
		endIdle(now);
	}

	private void endIdle(long now) {
		long timeout = udp().sessionTimeout().toNanos();
		for (LocalSocket socket : this.sockets.all()) {
			for (DatagramConnection connection : socket.connections()) {
				if (now - connection.activeAt(now) >= timeout) {
					connection.idle("nothing came or left for " + timeout / 1_000_000 + " ms");
				}
			}
		}
	}

	// As sessions see it.

	@Override
	public EventLoop loop() {
		return this.loop;
	}

	@Override
	public void dropped(DatagramDrop reason, int count) {
		this.server.counters().countDatagramsDropped(reason, count);
	}

	@Override
	public void sent() {
		this.server.counters().count(Counter.DATAGRAMS_SENT);
	}

	@Override
	public boolean amplifies(long received, long sent) {
		int most = udp().amplification();
		return most > 0 && sent > most * received;
	}

	@Override
	public void gone(Session session) {
		this.open--;
		if (listener().closing()) {
			closeIfUnused();
		}
	}

	@Override
	public void ended(InetSocketAddress peer, long number) {
		this.intake.ended(peer.getAddress(), number);
	}

	// As newcomers see it. On the loop.

	@Override
	public boolean closing() {
		return listener().closing();
	}

	@Override
	public @Nullable DatagramConnection displaceable() {
		if (!udp().evict()) {
			return null;
		}
		DatagramConnection oldest = null;
		for (LocalSocket socket : this.sockets.all()) {
			DatagramConnection first = socket.oldestStranger();
			if (first != null && (oldest == null || first.silentSince() < oldest.silentSince())) {
				oldest = first;
			}
		}
		return oldest;
	}

	@Override
	public void open(Newcomers.Newcomer newcomer, List<ByteBuf> datagrams) {
		InetSocketAddress peer = newcomer.peer();
		DatagramConnection connection = new DatagramConnection(this, newcomer.socket(), peer);
		Session session = session(connection, newcomer);
		if (session == null) {
			dropped(DatagramDrop.REJECTED, datagrams.size());
			ended(peer, Long.MAX_VALUE);
			listener().connectionEnded(false);
			return;
		}
		this.open++;
		newcomer.socket().add(peer, connection);
		listener().opening();
		connection.open(session);
		listener().opened(session);
		datagrams.forEach((each) -> deliver(connection, each));
	}

	private @Nullable Session session(DatagramConnection connection, Newcomers.Newcomer newcomer) {
		SessionContext context = listener().sessionContext();
		try {
			Session made = new Session(context, connection, newcomer.peer(), newcomer.local(),
					this.resources.threads().lanes(this.loop), LoopBuffers.get().scratch());
			listener().keepAlive();
			return made;
		}
		catch (Throwable ex) {
			// A framing that makes no decoder: user code, which need not declare what it
			// throws.
			context.notCreated(logger, ex);
			return null;
		}
	}

}
