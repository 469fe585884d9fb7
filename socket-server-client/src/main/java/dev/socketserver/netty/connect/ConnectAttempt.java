package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

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
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.channel.SessionHost;
import dev.socketserver.netty.channel.SessionOpening;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.tls.DeferredSslHandler;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.tls.TlsMode;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client to connect. The name of the host is resolved anew for each
 * attempt; its addresses are tried by an {@link AddressRace}. What connects after the
 * attempt is settled is closed.
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

	private final AttemptState state;

	private volatile @Nullable InetSocketAddress target;

	/** The addresses that are tried, once they are known. */
	private volatile @Nullable AddressRace race;

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
		this.state = new AttemptState(connection, connector, this::settled);
	}

	/**
	 * Connected, and secured if it is to be. On the loop.
	 * @param opening opens the session: now, or once a probe is used
	 * @return whether it does not arrive too late
	 */
	boolean connected(DuplexChannel channel, Consumer<SessionOpening> opening) {
		return this.state.connected(channel, () -> {
			SessionOpening made = new SessionOpening(this, channel);
			channel.closeFuture().addListener(made);
			opening.accept(made);
		});
	}

	/** Whether it ends with a connection that is kept without a session. */
	boolean isProbe() {
		return this.connection.isProbe();
	}

	/** What was kept is lost. On the loop. */
	void lost(Throwable cause) {
		this.state.lost(cause);
	}

	@Override
	public void use() {
		this.state.use();
	}

	@Override
	public void begin() {
		String host = (this.proxy != null) ? this.proxy.host() : this.server.host();
		this.state.limit(this::awaited);
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
	private String awaited() {
		AddressRace run = this.race;
		return (run != null) ? run.awaited() : "the addresses of its host";
	}

	/** Returns how much time is left, in nanoseconds. */
	long left() {
		return this.state.left();
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
		this.race = begun;
		// After that, so that whoever settles the outcome from now on ends the race.
		if (!isSettled()) {
			begun.next();
		}
	}

	private void settled(@Nullable Channel stays) {
		AddressRace run = this.race;
		if (run != null) {
			run.end(stays);
		}
	}

	/** The attempt has failed, unless its outcome is settled. Any thread. */
	void failed(ConnectFailure reason, Throwable cause) {
		this.state.failed(reason, cause);
	}

	@Override
	public boolean cancel() {
		return this.state.cancel();
	}

	@Override
	public boolean isSettled() {
		return this.state.isSettled();
	}

	/** Whether the attempt has taken too long. */
	boolean isLate() {
		return this.state.isLate();
	}

	@Override
	public int nextAddress() {
		AddressRace run = this.race;
		return this.number + 1 + ((run != null) ? run.won() : 0);
	}

	@Override
	public void execute(Runnable task) {
		this.state.execute(task);
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

}
