package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;

import dev.socketserver.DatagramDrop;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.session.Session;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a client of UDP, which has one peer, or sends to a multicast group or by
 * broadcast. Such a socket is not connected: whoever receives it would answer from an
 * address of his own, and whatever comes is dropped and counted. If the system of the
 * server says by ICMP that nothing listens there, the session ends only while something
 * is awaited from it. On the loop, if nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
public final class ConnectedDatagrams extends ChannelInboundHandlerAdapter implements SessionOwner {

	private static final int ECONNREFUSED = -111;

	private static final int ECONNREFUSED_MAC = -61;

	private final SessionSpec spec;

	private final Host host;

	private final InetSocketAddress server;

	/** Whether there are no answers. */
	private boolean onlySends;

	private @Nullable DatagramReads reads;

	// Set when it is connected.

	private @Nullable Channel channel;

	private @Nullable DatagramConnection connection;

	/** A datagram was refused, and nothing has arrived since then. */
	private boolean refused;

	/**
	 * Creates the socket of one connection.
	 * @param spec what its session is made from
	 * @param host is notified of its end
	 * @param server where to
	 */
	public ConnectedDatagrams(SessionSpec spec, Host host, InetSocketAddress server) {
		this.spec = spec;
		this.host = host;
		this.server = server;
	}

	/** Where it sends to. */
	public InetSocketAddress peer() {
		return this.server;
	}

	/**
	 * Begins to connect, for which nothing is sent. Any thread.
	 * @param bootstrap has the loops and the options that the client says
	 * @param transport the transport, resolved
	 */
	public ChannelFuture connect(Bootstrap bootstrap, SocketTransport transport) {
		return prepared(bootstrap, transport).connect(this.server);
	}

	/**
	 * Begins to open a socket that only sends. Any thread.
	 * @param bootstrap has the loops and the options that the client says
	 * @param transport the transport, resolved
	 * @param options how it sends to a group
	 * @throws IOException if there is no such interface
	 */
	public ChannelFuture open(Bootstrap bootstrap, SocketTransport transport, SocketOptions options)
			throws IOException {
		this.onlySends = true;
		prepared(bootstrap, transport).option(ChannelOption.SO_BROADCAST,
				!this.server.getAddress().isMulticastAddress());
		DatagramTransport.multicast(bootstrap, transport, this.server.getAddress(), options);
		if (bootstrap.config().localAddress() == null) {
			bootstrap.localAddress(new InetSocketAddress(
					InetAddress.getByName((this.server.getAddress() instanceof Inet6Address) ? "::" : "0.0.0.0"), 0));
		}
		return bootstrap.bind();
	}

	private Bootstrap prepared(Bootstrap bootstrap, SocketTransport transport) {
		InetAddress address = this.server.getAddress();
		DatagramReads made = new DatagramReads(this.spec, transport);
		this.reads = made;
		return DatagramTransport.prepare(bootstrap, transport, address, made)
			.channelFactory(DatagramTransport.channels(transport, address))
			.handler(this);
	}

	/** Returns the connection of a session that is about to be made. */
	public DatagramConnection connection(Channel connected) {
		this.channel = connected;
		DatagramConnection made = new DatagramConnection(this, new LocalSocket(connected), this.server);
		this.connection = made;
		return made;
	}

	/** Opens the session, and reads. */
	public void open(Session opened) {
		if (this.connection != null && this.channel != null) {
			this.connection.open(opened);
			this.channel.config().setAutoRead(true);
		}
	}

	// What is received.

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		DatagramPacket packet = (DatagramPacket) message;
		try {
			if (this.onlySends) {
				dropped(DatagramDrop.UNEXPECTED, 1);
			}
			else if (this.connection != null) {
				received(this.connection, packet.content());
			}
		}
		finally {
			packet.release();
		}
	}

	private void received(DatagramConnection by, ByteBuf content) {
		if (this.refused) {
			this.refused = false;
			this.host.answered();
		}
		if (content.readableBytes() <= this.spec.maxFrameBytes()) {
			by.received(content, System.nanoTime());
		}
		else {
			dropped(DatagramDrop.TOO_LARGE, 1);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.connection != null) {
			this.connection.readsEnded();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.connection != null && failed(cause) == Failed.SESSION) {
			this.connection.end(cause);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (this.connection != null) {
			this.connection.abort();
		}
		if (this.reads != null) {
			this.reads.release();
		}
	}

	// As the session sees it.

	@Override
	public EventLoop loop() {
		if (this.channel == null) {
			throw new IllegalStateException("There is no connection yet");
		}
		return this.channel.eventLoop();
	}

	@Override
	public void dropped(DatagramDrop reason, int count) {
		this.host.dropped(reason, count);
	}

	@Override
	public Failed failed(Throwable failure) {
		if (!isRefusal(failure)) {
			return Failed.SESSION;
		}
		this.refused = true;
		this.host.dropped(DatagramDrop.REFUSED, 1);
		return this.host.awaitsServer() ? Failed.SESSION : Failed.EARLIER;
	}

	/** Whether an ICMP message says that nothing listens on the peer's port. */
	private static boolean isRefusal(Throwable failure) {
		if (failure instanceof NativeIoException refusal) {
			return refusal.expectedErr() == ECONNREFUSED || refusal.expectedErr() == ECONNREFUSED_MAC;
		}
		return failure instanceof PortUnreachableException || failure instanceof ConnectException;
	}

	@Override
	public void gone(Session session) {
		this.host.gone(session);
		if (this.channel != null) {
			this.channel.close();
		}
	}

	/** Whose socket it is. */
	public interface Host {

		/**
		 * Whether the application waits for what the server sends. Else the session does
		 * not end when the server is not there: the next datagram may reach it. On the
		 * loop.
		 */
		boolean awaitsServer();

		/** Datagrams were dropped. Any thread. */
		void dropped(DatagramDrop reason, int count);

		/** The server is there, after it has refused datagrams. On the loop. */
		void answered();

		/** The session receives and sends nothing more. On the loop. */
		void gone(Session session);

	}

}
