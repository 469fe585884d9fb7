package dev.socketserver.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.session.OutputBuffer;
import dev.socketserver.session.Session;
import dev.socketserver.session.SteadyLogger;
import dev.socketserver.session.Wire;
import dev.socketserver.session.Workbench;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Joins a session and its Netty channel: tells the session what happens on the channel,
 * and does on the channel what the session asks for. All fields are confined to the event
 * loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class SessionChannel extends ChannelInboundHandlerAdapter implements Wire, ChannelFutureListener {

	private static final SteadyLogger logger = SteadyLogger.of(SessionChannel.class);

	private static final FastThreadLocal<Workbench> WORKBENCH = new FastThreadLocal<>() {

		@Override
		protected Workbench initialValue() {
			return new Workbench();
		}

	};

	/** A peer that sends nothing for so long after our end of stream has what we sent. */
	private static final long LINGER_QUIET_MILLIS = 1_000;

	/** A peer that goes on sending is listened to for no longer than this. */
	private static final int LINGER_ROUNDS = 10;

	/** Room for what a framing puts around a payload. */
	private static final int FRAMING_BYTES = 16;

	private static final EpollIoEvent WRITABLE = () -> EpollIoOps.EPOLLOUT;

	private final ServerRun run;

	private final SocketChannel channel;

	private @Nullable Session session;

	/** It was counted as refused. */
	private boolean refused;

	/** Among whose connections this one has a place, if it has. */
	private @Nullable InetAddress placeOf;

	private @Nullable Throwable failure;

	private boolean inputEnded;

	/** We have ended the output, and read only so that closing does not destroy it. */
	private boolean lingering;

	private boolean heardWhileLingering;

	SessionChannel(ServerRun run, SocketChannel channel) {
		this.run = run;
		this.channel = channel;
	}

	/** It has a place among the connections of an address, and gives it back. */
	void holdsPlaceOf(InetAddress address) {
		this.placeOf = address;
	}

	/** It was counted as refused, and will not become a session. */
	void refused() {
		this.refused = true;
	}

	// What happens on the channel.

	@Override
	public void channelActive(ChannelHandlerContext context) {
		open(null, null);
	}

	/**
	 * Opens the session, as one between the given addresses, or those of the socket.
	 */
	void open(@Nullable InetSocketAddress proxiedRemote, @Nullable InetSocketAddress proxiedLocal) {
		InetSocketAddress remote = (proxiedRemote != null) ? proxiedRemote : this.channel.remoteAddress();
		InetSocketAddress local = (proxiedLocal != null) ? proxiedLocal : this.channel.localAddress();
		if (remote == null || local == null) {
			// The peer was gone before we could look.
			this.channel.close();
			return;
		}
		Session opened;
		try {
			opened = new Session(this.run.sessionContext(), this, remote, local,
					this.run.lanes(this.channel.eventLoop()), WORKBENCH.get());
		}
		catch (RuntimeException | Error ex) {
			this.run.troubles()
				.log("sessions that could not be made", 10,
						() -> logger.error("Server '{}': no handler could be made for a session", this.run.name(), ex));
			this.channel.close();
			return;
		}
		this.session = opened;
		opened.open();
		this.run.opened(opened);
	}

	/** The peer has broken the rules of what comes before the session's own bytes. */
	void protocolError(String detail) {
		if (this.session != null) {
			this.session.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, detail));
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf buffer = (ByteBuf) message;
		try {
			this.heardWhileLingering = true;
			byte[] bytes = WORKBENCH.get().bytes();
			while (this.session != null && buffer.isReadable()) {
				int length = Math.min(buffer.readableBytes(), bytes.length);
				buffer.readBytes(bytes, 0, length);
				this.session.received(bytes, length);
			}
		}
		finally {
			buffer.release();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent && !this.inputEnded) {
			this.inputEnded = true;
			if (this.lingering || this.session == null) {
				this.channel.close();
			}
			else {
				this.session.inputEnded();
			}
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		broken(cause);
	}

	/**
	 * With half-closure allowed Netty would leave a broken connection open: we close it.
	 */
	private void broken(Throwable cause) {
		if (this.failure == null) {
			this.failure = cause;
		}
		this.channel.close();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (this.session != null) {
			this.session.disconnected(this.failure);
		}
	}

	/**
	 * The channel has closed; if it never became a session, nobody else gives its places
	 * back.
	 */
	@Override
	public void operationComplete(ChannelFuture closed) {
		if (this.session == null) {
			if (!this.refused) {
				this.run.sessionContext().ledger().countAbandoned();
			}
			ended();
			this.run.connectionEnded();
		}
	}

	@Override
	public void ended() {
		InetAddress address = this.placeOf;
		if (address != null) {
			this.run.admission().release(address);
		}
	}

	// What the session asks for.

	@Override
	public void execute(Runnable task) {
		if (this.channel.eventLoop().inEventLoop()) {
			task.run();
			return;
		}
		try {
			this.channel.eventLoop().execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone, and all channels with them.
			logger.debug("Dropped a task of {}: its event loop has ended", this.channel);
		}
	}

	@Override
	public OutputBuffer buffer(int expectedBytes) {
		return new NettyOutputBuffer(this.channel.alloc().ioBuffer(expectedBytes + FRAMING_BYTES));
	}

	@Override
	public void write(OutputBuffer buffer, WriteResult result) {
		this.channel.writeAndFlush(((NettyOutputBuffer) buffer).handOver()).addListener((future) -> {
			if (!future.isSuccess()) {
				// Part of a frame may have left: nothing may follow it.
				broken(future.cause());
			}
			result.done(future.cause());
		});
	}

	/**
	 * Netty waits to be told by the kernel, which does so only when a third of the
	 * socket's buffer, megabytes perhaps, has become free: a peer that reads slowly would
	 * seem not to read at all. Trying shows what it has read since.
	 */
	@Override
	public long unwritten() {
		if (this.channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
			nio.forceFlush();
		}
		else if (this.channel.unsafe() instanceof EpollIoHandle epoll) {
			// As if the kernel had said so. The registration is not looked at (4.2.18).
			epoll.handle(null, WRITABLE);
		}
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
	}

	@Override
	public void reading(boolean on) {
		// Behind the end of the stream there is nothing to read.
		if (!this.inputEnded) {
			this.channel.config().setAutoRead(on);
		}
	}

	@Override
	public void shutdownOutput() {
		this.channel.shutdownOutput();
	}

	@Override
	public void close() {
		if (this.inputEnded || !this.channel.isActive()) {
			this.channel.close();
			return;
		}
		this.lingering = true;
		this.channel.shutdownOutput();
		this.channel.config().setAutoRead(true);
		this.heardWhileLingering = false;
		lingerOn(LINGER_ROUNDS);
	}

	private void lingerOn(int rounds) {
		this.channel.eventLoop().schedule(() -> {
			if (this.heardWhileLingering && rounds > 1 && this.channel.isOpen()) {
				this.heardWhileLingering = false;
				lingerOn(rounds - 1);
			}
			else {
				this.channel.close();
			}
		}, LINGER_QUIET_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void abort() {
		execute(() -> {
			if (this.channel.isOpen()) {
				resetOnClose(this.channel);
				this.channel.close();
			}
		});
	}

	/**
	 * Has the peer of a channel see a reset when it closes, and no state left in the
	 * kernel.
	 */
	static void resetOnClose(Channel channel) {
		try {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
		}
		catch (RuntimeException ex) {
			logger.debug("{} has no state to drop", channel, ex);
		}
	}

}
