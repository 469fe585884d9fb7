package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

import dev.socketserver.DatagramDrop;
import dev.socketserver.address.Addresses;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.ClientConnection;
import dev.socketserver.engine.connect.ConnectionAttempt;
import dev.socketserver.engine.session.Session;
import dev.socketserver.netty.datagram.ConnectedDatagrams;
import dev.socketserver.netty.transport.LoopBuffers;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
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

	private final AttemptState state;

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
		this.state = new AttemptState(connection, connector, (stays) -> {
		});
	}

	@Override
	public void begin() {
		this.state.limit(() -> "the addresses of its host");
		this.connector.resolver().resolve(this.server.host()).whenComplete((addresses, failure) -> {
			if (failure != null) {
				this.state.failed(ConnectFailure.UNKNOWN_HOST,
						new UnknownHostException("unknown host " + this.server.host()));
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
			ConnectedDatagrams datagrams = new ConnectedDatagrams(spec.session(), this,
					new InetSocketAddress(address, port));
			Bootstrap bootstrap = this.connector.datagrams();
			ChannelFuture opened = onlySends ? datagrams.open(bootstrap, this.connector.transport(), spec.options())
					: datagrams.connect(bootstrap, this.connector.transport());
			return opened.addListener((ChannelFuture connected) -> connected(connected, datagrams)).channel();
		}
		catch (IOException | RuntimeException | Error ex) {
			this.state.failed(ConnectFailure.OTHER, ex);
			return null;
		}
	}

	private void connected(ChannelFuture connected, ConnectedDatagrams datagrams) {
		Channel channel = connected.channel();
		if (!connected.isSuccess()) {
			this.state.failed(ConnectFailure.OTHER, connected.cause());
		}
		else if (!this.state.connected(channel, () -> open(channel, datagrams))) {
			channel.close();
		}
	}

	private void open(Channel channel, ConnectedDatagrams datagrams) {
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
		this.state.use();
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
		return this.state.cancel();
	}

	@Override
	public boolean isSettled() {
		return this.state.isSettled();
	}

	@Override
	public int nextAddress() {
		return this.number + 1;
	}

	@Override
	public void execute(Runnable task) {
		this.state.execute(task);
	}

}
