package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;

import dev.socketserver.DatagramDrop;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.session.Session;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a client of UDP, which has one peer. That nobody is there, as an ICMP
 * message says, ends its session. On the loop, if nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
public final class ConnectedDatagrams extends ChannelInboundHandlerAdapter implements SessionOwner {

	private final SessionSpec spec;

	private final Host host;

	private @Nullable DatagramReads reads;

	// Set when it is connected.

	private @Nullable Channel channel;

	private @Nullable DatagramConnection connection;

	private @Nullable Session session;

	/**
	 * Creates the socket of one connection.
	 * @param spec what its session is made from
	 * @param host is notified of its end
	 */
	public ConnectedDatagrams(SessionSpec spec, Host host) {
		this.spec = spec;
		this.host = host;
	}

	/**
	 * Begins to connect, for which nothing is sent. Any thread.
	 * @param bootstrap has the loops and the options that the client says
	 * @param transport the transport, resolved
	 * @param server where to
	 */
	public ChannelFuture connect(Bootstrap bootstrap, SocketTransport transport, InetSocketAddress server) {
		int longest = Math.min(this.spec.maxFrameBytes(), DatagramReads.MOST_BYTES - 1) + 1;
		DatagramReads made = new DatagramReads(longest, DatagramTransport.readsSeveral(transport));
		this.reads = made;
		DatagramTransport.prepare(bootstrap, transport, server.getAddress(), longest);
		return bootstrap.channelFactory(DatagramTransport.channels(transport, server.getAddress()))
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.RECVBUF_ALLOCATOR, made)
			.handler(this)
			.connect(server);
	}

	/** Returns the connection of a session that is about to be made. */
	public DatagramConnection connection(Channel connected) {
		this.channel = connected;
		DatagramConnection made = new DatagramConnection(this, new LocalSocket(connected),
				(InetSocketAddress) connected.remoteAddress());
		this.connection = made;
		return made;
	}

	/** Opens the session, and reads. */
	public void open(Session opened) {
		this.session = opened;
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
			if (this.connection != null && packet.content().readableBytes() <= this.spec.maxFrameBytes()) {
				this.connection.received(packet.content(), System.nanoTime());
			}
		}
		finally {
			packet.release();
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
		if (this.connection != null) {
			this.connection.broken(cause);
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
	public SessionSpec spec() {
		return this.spec;
	}

	@Override
	public EventLoop loop() {
		if (this.channel == null) {
			throw new IllegalStateException("There is no connection yet");
		}
		return this.channel.eventLoop();
	}

	@Override
	public void dropped(DatagramDrop reason, int count) {
		// Nobody accounts for what clients receive.
	}

	@Override
	public void sent() {
		// As its messages, which are counted.
	}

	@Override
	public boolean amplifies(long received, long sent) {
		return false;
	}

	@Override
	public boolean endsWithItsPeer() {
		return true;
	}

	@Override
	public void gone() {
		if (this.session != null) {
			this.host.gone(this.session);
		}
		if (this.channel != null) {
			this.channel.close();
		}
	}

	@Override
	public void ended(InetSocketAddress peer) {
		// Its client has been notified.
	}

	/** Whose socket it is. */
	public interface Host {

		/** The session receives and sends nothing more. On the loop. */
		void gone(Session session);

	}

}
