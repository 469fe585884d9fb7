package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.DatagramDrop;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.ClientConnection;
import dev.socketserver.engine.connect.ConnectionAttempt;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.netty.datagram.ConnectedDatagrams;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.operator.Counter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a client of UDP: there is a session as soon as the name of the host is
 * resolved, whether or not a server is there.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class DatagramAttempt implements ConnectionAttempt, ConnectedDatagrams.Host {

	private final ClientConnection connection;

	private final NettyConnector connector;

	private final ServerAddress server;

	private final int number;

	private final AtomicReference<State> state = new AtomicReference<>(State.UNDER_WAY);

	/** Ends the attempt when it has taken too long. */
	private final Deadline end = new Deadline();

	private final AttemptLoop loop = new AttemptLoop();

	/** Opens the session of a probe, once it is connected; closes it if it is absent. */
	private volatile @Nullable Channel kept;

	private volatile @Nullable ConnectedDatagrams keptDatagrams;

	/**
	 * Creates an attempt.
	 * @param connection is notified of what becomes of it
	 * @param connector has what the client's connections share
	 * @param server where it sends to
	 * @param number which of the addresses of its name it takes
	 */
	DatagramAttempt(ClientConnection connection, NettyConnector connector, ServerAddress server, int number) {
		this.connection = connection;
		this.connector = connector;
		this.server = server;
		this.number = number;
	}

	@Override
	public void begin() {
		long millis = this.connector.spec().connectTimeout().toMillis();
		long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
		this.end.begin(this.connector.client().engine().timer(), nanos, () -> {
			if (!isSettled()) {
				failed(ConnectFailure.TIMEOUT, new ConnectTimeoutException(
						"not connected within " + millis + " ms: it was waiting for the addresses of its host"));
			}
		});
		this.connector.resolver().resolve(this.server.host()).whenComplete((addresses, failure) -> {
			if (failure != null) {
				failed(ConnectFailure.UNKNOWN_HOST, new UnknownHostException("unknown host " + this.server.host()));
			}
			else {
				this.connector.connect(() -> connect(addresses));
			}
		});
	}

	private @Nullable Channel connect(List<InetAddress> found) {
		if (isSettled()) {
			return null;
		}
		try {
			int port = NettyConnector.port(this.server);
			InetAddress address = found.get(Math.floorMod(this.number, found.size()));
			ClientSpec spec = this.connector.spec();
			boolean onlySends = address.isMulticastAddress()
					|| (spec.route().broadcast() && Addresses.isBroadcast(address));
			ConnectedDatagrams datagrams = new ConnectedDatagrams(this.connection.sessionContext().spec(), this,
					new InetSocketAddress(address, port));
			Bootstrap bootstrap = this.connector.datagrams();
			ChannelFuture opened = onlySends ? datagrams.open(bootstrap, this.connector.transport(), spec.options())
					: datagrams.connect(bootstrap, this.connector.transport());
			return opened.addListener((ChannelFuture connected) -> connected(connected, datagrams)).channel();
		}
		catch (IOException | RuntimeException | Error ex) {
			failed(ConnectFailure.OTHER, ex);
			return null;
		}
	}

	private void connected(ChannelFuture connected, ConnectedDatagrams datagrams) {
		Channel channel = connected.channel();
		this.end.cancel();
		if (!connected.isSuccess()) {
			failed(ConnectFailure.OTHER, connected.cause());
		}
		else if (this.connection.isProbe()) {
			keep(channel, datagrams);
		}
		else if (this.state.compareAndSet(State.UNDER_WAY, State.OVER)) {
			open(channel, datagrams);
		}
		else {
			channel.close();
		}
	}

	/** The attempt of a probe stays without a session, unless it comes too late. */
	private void keep(Channel channel, ConnectedDatagrams datagrams) {
		this.loop.connected(channel);
		this.keptDatagrams = datagrams;
		// First, so that whoever gives it up from now on closes it.
		this.kept = channel;
		if (this.state.compareAndSet(State.UNDER_WAY, State.KEPT)) {
			this.connection.kept();
		}
		else {
			channel.close();
		}
	}

	private void open(Channel channel, ConnectedDatagrams datagrams) {
		this.loop.connected(channel);
		Session session;
		try {
			session = new Session(this.connection.sessionContext(), datagrams.connection(channel), datagrams.peer(),
					(InetSocketAddress) channel.localAddress(),
					this.connection.lanes(this.connector.handlerThreads().lanes(channel.eventLoop())),
					LoopBuffers.get().scratch());
		}
		catch (RuntimeException | Error ex) {
			channel.close();
			this.connection.lostAtOnce();
			return;
		}
		this.connection.opening(session);
		datagrams.open(session);
	}

	@Override
	public void use() {
		execute(() -> {
			Channel channel = this.kept;
			ConnectedDatagrams datagrams = this.keptDatagrams;
			if (channel != null && datagrams != null && this.state.compareAndSet(State.KEPT, State.OVER)) {
				open(channel, datagrams);
			}
		});
	}

	private void failed(ConnectFailure reason, Throwable cause) {
		if (this.state.compareAndSet(State.UNDER_WAY, State.OVER)) {
			this.end.cancel();
			this.connection.failed(reason, cause);
		}
	}

	@Override
	public boolean awaitsServer() {
		return this.connection.awaitsServer();
	}

	@Override
	public void dropped(DatagramDrop reason, int count) {
		this.connection.dropped(reason, count);
	}

	@Override
	public void answered() {
		this.connection.answered();
	}

	@Override
	public void gone(Session session) {
		this.connection.disconnected(session);
	}

	@Override
	public boolean cancel() {
		if (this.state.compareAndSet(State.UNDER_WAY, State.OVER)) {
			this.end.cancel();
			this.connector.client().counters().count(Counter.CANCELLED);
		}
		else if (this.state.compareAndSet(State.KEPT, State.OVER)) {
			Objects.requireNonNull(this.kept, "It is not connected yet").close();
		}
		else {
			return false;
		}
		this.connection.cancelled();
		return true;
	}

	@Override
	public boolean isSettled() {
		return this.state.get() == State.OVER;
	}

	@Override
	public int nextAddress() {
		return this.number + 1;
	}

	@Override
	public void execute(Runnable task) {
		this.loop.execute(task);
	}

	/** What has become of it. */
	private enum State {

		/** It has no outcome. */
		UNDER_WAY,

		/** It was a probe, and has led to a connection without a session. */
		KEPT,

		/** It has a session, has failed or was given up. */
		OVER

	}

}
