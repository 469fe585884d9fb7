package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.address.UnixAddress;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.ClientConnection;
import dev.socketserver.engine.connect.ClientLog;
import dev.socketserver.engine.connect.ConnectionAttempt;
import dev.socketserver.engine.connect.TlsEngines;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.channel.SessionChannel;
import dev.socketserver.netty.channel.SessionHost;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.tls.DeferredSslHandler;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.operator.Counter;
import dev.socketserver.tls.TlsMode;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client to connect. The name of the host is resolved anew for each
 * attempt; its addresses are tried by an {@link AddressRace}. The first to {@link #claim}
 * the outcome of the attempt decides it; what connects afterwards is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class ConnectAttempt implements ConnectionAttempt, SessionHost {

	/** How many addresses of a name are tried. */
	private static final int MOST_ADDRESSES = 16;

	private final ClientConnection connection;

	private final NettyConnector connector;

	private final ClientSockets sockets;

	private final ServerAddress server;

	private final int number;

	/** Those with which it began. */
	private final @Nullable TlsEngines tls;

	private final Route.@Nullable Proxy proxy;

	private final long deadline;

	private final Deadline end = new Deadline();

	/** Guarded by this. */
	private State state = State.UNDER_WAY;

	private final AttemptLoop loop = new AttemptLoop();

	private volatile @Nullable InetSocketAddress target;

	/** The addresses that are tried, once they are known. Guarded by this. */
	private @Nullable AddressRace race;

	/** The connection while it has no session, of a probe. */
	private volatile @Nullable KeptChannel kept;

	/**
	 * Creates an attempt.
	 * @param connection is notified of what becomes of it
	 * @param connector has what the client's connections share
	 * @param sockets what it connects with
	 * @param server where it connects to
	 * @param number with which of the addresses of its name it begins
	 */
	ConnectAttempt(ClientConnection connection, NettyConnector connector, ClientSockets sockets, ServerAddress server,
			int number) {
		this.connection = connection;
		this.connector = connector;
		this.sockets = sockets;
		this.server = server;
		this.number = number;
		this.tls = connector.tls();
		this.proxy = connector.spec().route().proxy();
		this.deadline = System.nanoTime() + connector.spec().connectTimeout().toNanos();
	}

	/**
	 * Connected, and secured if it is to be. On the loop.
	 * @return what becomes of it, or {@code null} if it arrives too late
	 */
	@Nullable SessionChannel ready(DuplexChannel channel) {
		if (!claim(channel, State.CONNECTED) && !claimKept(State.CONNECTED)) {
			return null;
		}
		this.loop.connected(channel);
		SessionChannel made = new SessionChannel(this, channel);
		channel.closeFuture().addListener(made);
		return made;
	}

	/** Whether it ends with a connection that is kept without a session. */
	boolean isProbe() {
		return this.connection.isProbe();
	}

	/**
	 * Connected, and secured if it is to be, and stays so without a session. On the loop.
	 * @return whether it does not arrive too late
	 */
	boolean keep(KeptChannel connected) {
		// First, so that whoever gives it up from now on closes it.
		this.loop.connected(connected.channel());
		this.kept = connected;
		if (!claim(connected.channel(), State.KEPT)) {
			return false;
		}
		this.connection.kept();
		return true;
	}

	/** What was kept is lost. On the loop. */
	void lost(Throwable cause) {
		if (claimKept(State.FAILED)) {
			this.connection.keptLost(cause);
		}
	}

	@Override
	public void use() {
		KeptChannel connected = Objects.requireNonNull(this.kept, "It is not connected yet");
		execute(() -> {
			SessionChannel session = ready(connected.channel());
			if (session != null) {
				connected.open(session);
			}
		});
	}

	@Override
	public void begin() {
		String host = (this.proxy != null) ? this.proxy.host() : this.server.host();
		this.end.begin(timer(), left(), this.connector.spec().connectTimeout().toNanos(),
				() -> failed(ConnectFailure.TIMEOUT, new ConnectTimeoutException("not connected within "
						+ this.connector.spec().connectTimeout().toMillis() + " ms: it was waiting for " + awaited())));
		String path = this.server.path();
		if (path != null) {
			if (prepareTls()) {
				race(List.of(new UnixAddress(path)));
			}
			return;
		}
		this.connector.resolver().resolve(host).whenComplete((addresses, failure) -> {
			if (failure != null) {
				failed(ConnectFailure.UNKNOWN_HOST, (failure instanceof UnknownHostException)
						? new UnknownHostException("unknown host " + host) : failure);
			}
			else if (prepareTls()) {
				connect(addresses);
			}
		});
	}

	/** Returns whether there is what TLS needs. Not on a loop. */
	private boolean prepareTls() {
		try {
			if (this.tls != null) {
				this.tls.prepare();
			}
			return true;
		}
		catch (RuntimeException | Error ex) {
			failed(ConnectFailure.TLS, ex);
			return false;
		}
	}

	/** Returns what it waits for, for the message if it takes too long. */
	private synchronized String awaited() {
		return (this.race != null) ? this.race.awaited() : "the addresses of its host";
	}

	/** Returns how much time is left, in nanoseconds. */
	long left() {
		return Math.max(0, this.deadline - System.nanoTime());
	}

	/** Where it connects to, as a proxy resolves it. */
	InetSocketAddress target() {
		return Objects.requireNonNull(this.target, "its port is not known yet");
	}

	/** What encrypts its connection, if something does. */
	@Nullable TlsEngines tls() {
		return this.tls;
	}

	/** Through which proxy it connects, if there is one. */
	Route.@Nullable Proxy proxy() {
		return this.proxy;
	}

	/** Where it connects to, as configured. */
	ServerAddress server() {
		return this.server;
	}

	/** Tries the addresses of the name. */
	private void connect(List<InetAddress> found) {
		List<InetSocketAddress> servers;
		try {
			int target = NettyConnector.port(this.server);
			this.target = InetSocketAddress.createUnresolved(this.server.host(), target);
			int port = (this.proxy != null) ? this.proxy.port() : target;
			List<InetAddress> addresses = AddressRace.inTurn(found, MOST_ADDRESSES);
			if (addresses.size() < found.size()) {
				ClientLog.manyAddresses(this.connector.client().client(), this.server.host(), found.size(),
						MOST_ADDRESSES);
			}
			Collections.rotate(addresses, -Math.floorMod(this.number, addresses.size()));
			servers = addresses.stream().map((address) -> new InetSocketAddress(address, port)).toList();
		}
		catch (RuntimeException | Error ex) {
			failed(ConnectFailure.OTHER, ex);
			return;
		}
		race(servers);
	}

	private void race(List<InetSocketAddress> servers) {
		AddressRace begun = new AddressRace(this, this.connector, this.sockets, servers);
		synchronized (this) {
			if (this.state != State.UNDER_WAY) {
				return;
			}
			this.race = begun;
		}
		begun.next();
	}

	/** The attempt has failed, unless its outcome is settled. Any thread. */
	void failed(ConnectFailure reason, Throwable cause) {
		if (claim(null, (reason == ConnectFailure.TIMEOUT) ? State.LATE : State.FAILED)) {
			this.connection.failed(reason, cause);
		}
	}

	@Override
	public boolean cancel() {
		boolean first = claim(null, State.CANCELLED);
		KeptChannel connected = this.kept;
		if (first) {
			this.connector.client().counters().count(Counter.CANCELLED);
		}
		else if (connected != null && claimKept(State.CANCELLED)) {
			connected.close();
		}
		else {
			return false;
		}
		this.connection.cancelled();
		return true;
	}

	@Override
	public synchronized boolean isSettled() {
		return this.state != State.UNDER_WAY && this.state != State.KEPT;
	}

	/** Whether the attempt has taken too long. */
	synchronized boolean isLate() {
		return this.state == State.LATE;
	}

	/** Settles the outcome of the attempt; closes what is not meant to stay. */
	private boolean claim(@Nullable Channel connected, State outcome) {
		AddressRace run;
		synchronized (this) {
			if (this.state != State.UNDER_WAY) {
				return false;
			}
			this.state = outcome;
			run = this.race;
		}
		this.end.cancel();
		if (run != null) {
			run.end(connected);
		}
		return true;
	}

	/** Settles what becomes of a connection that was kept. */
	private synchronized boolean claimKept(State outcome) {
		if (this.state != State.KEPT) {
			return false;
		}
		this.state = outcome;
		return true;
	}

	@Override
	public synchronized int nextAddress() {
		return this.number + 1 + ((this.race != null) ? this.race.won() : 0);
	}

	@Override
	public void execute(Runnable task) {
		this.loop.execute(task);
	}

	ScheduledExecutorService timer() {
		return this.connector.client().engine().timer();
	}

	// As the channel of the session sees it. On the loop.

	@Override
	public SessionContext sessionContext() {
		return this.connection.sessionContext();
	}

	@Override
	public SocketKind kind() {
		return this.sockets.kind();
	}

	@Override
	public List<ConnectionCustomizer> customizers() {
		return this.connector.customizers();
	}

	@Override
	public @Nullable RequestedHandshakes handshakes() {
		TlsEngines engines = this.tls;
		return (engines != null && engines.mode() != TlsMode.IMMEDIATE) ? new RequestedHandshakes(
				this.connector.spec().connectTimeout(), false, (listener) -> handshake(engines, listener)) : null;
	}

	private TlsHandshake handshake(TlsEngines engines, TlsHandshake.Listener listener) {
		DeferredSslHandler handler = new DeferredSslHandler(engines.engine(this.server.host(), this.server.port()),
				engines.threads());
		return new TlsHandshake(handler, listener, this.connector.client().counters());
	}

	@Override
	public LaneScheduler lanes(EventLoop loop) {
		return this.connection.lanes(this.connector.handlerThreads().lanes(loop));
	}

	@Override
	public void opening(Session opened) {
		this.connection.opening(opened);
	}

	/** No session could be made. */
	@Override
	public void connectionEnded(boolean refused) {
		this.connection.lostAtOnce();
	}

	@Override
	public void disconnected(Session over) {
		this.connection.disconnected(over);
	}

	/**
	 * What has become of an attempt. The first outcome counts.
	 *
	 * <pre>
	 *   UNDER_WAY ──connected──▶ CONNECTED
	 *       ├──failed──▶ FAILED
	 *       ├──the time is over──▶ LATE
	 *       ├──given up──▶ CANCELLED
	 *       └──a probe is connected──▶ KEPT ──is wanted──▶ CONNECTED
	 *                                    ├──lost──▶ FAILED
	 *                                    └──given up──▶ CANCELLED
	 * </pre>
	 */
	private enum State {

		/** It has no outcome yet. */
		UNDER_WAY,

		/** It has led to a connection, which is secured if it is to be. */
		CONNECTED,

		/** It has led to a connection that has no session. */
		KEPT,

		/** It has failed. */
		FAILED,

		/** It has taken too long. */
		LATE,

		/** It was given up. */
		CANCELLED

	}

}
