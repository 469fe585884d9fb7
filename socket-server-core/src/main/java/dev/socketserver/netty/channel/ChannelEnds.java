package dev.socketserver.netty.channel;

import java.io.IOException;
import java.security.Principal;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.netty.transport.TcpInfo;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How a connection with a session fails and is aborted, and what else a session asks of
 * its channel that is neither input nor output. All fields are confined to the event
 * loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
abstract class ChannelEnds extends ChannelInboundHandlerAdapter implements Connection {

	static final EpollIoEvent WRITABLE = () -> EpollIoOps.EPOLLOUT;

	final SessionHost host;

	final SocketChannel channel;

	@Nullable Session session;

	@Nullable Throwable failure;

	/** Absent unless the connection is encrypted. */
	@Nullable SessionTls tls;

	/** Whether the application has added handlers of its own. */
	boolean customized;

	ChannelEnds(SessionHost host, SocketChannel channel) {
		this.host = host;
		this.channel = channel;
	}

	/** The one whose name configurations of logging know. */
	abstract SafeLogger logger();

	/** Notes that the TLS handshake is done. */
	public void secured(SessionTls tls) {
		this.tls = tls;
	}

	/** What the application adds to the pipeline has failed. */
	void pipelineFailed(String what, Throwable failure) {
		SessionContext context = this.host.sessionContext();
		context.diagnostics()
			.failureLog()
			.log("failures in customized pipelines", failure, 10,
					() -> logger().error("{}: {}", context.spec().title(), what, LoggedFailure.of(failure)));
	}

	static IOException reset() {
		return new IOException("the connection was reset, or has timed out");
	}

	/** Where in the pipeline TLS is, if it is. */
	@Nullable ChannelHandlerContext tlsContext() {
		return (this.tls != null) ? this.tls.context(this.channel.pipeline()) : null;
	}

	/**
	 * Closes the connection, since something in the pipeline has failed. On the loop.
	 * @return what has failed first
	 */
	Throwable broken(Throwable cause) {
		if (this.failure == null && !this.host.customizers().isEmpty() && !(cause instanceof IOException)) {
			pipelineFailed("a handler of the pipeline failed", cause);
		}
		return failed(cause);
	}

	/**
	 * Closes the connection, as one that has failed: part of a frame may have left, and
	 * nothing may follow it. On the loop.
	 * @return what has failed first
	 */
	Throwable failed(Throwable cause) {
		Throwable first = (this.failure != null) ? this.failure : cause;
		this.failure = first;
		// With half-closure allowed, Netty would leave it open.
		closeNow();
		return first;
	}

	/**
	 * Closes without a close_notify, for the stream must not look complete to the peer.
	 */
	void closeNow() {
		ChannelHandlerContext encrypting = tlsContext();
		if (encrypting != null) {
			encrypting.close();
		}
		else {
			this.channel.close();
		}
	}

	@Override
	public void execute(Runnable task) {
		if (isLoop()) {
			task.run();
		}
		else {
			executeLater(task);
		}
	}

	@Override
	public boolean isLoop() {
		return this.channel.eventLoop().inEventLoop();
	}

	@Override
	public void executeLater(Runnable task) {
		try {
			this.channel.eventLoop().execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The loops are gone, and all channels with them.
			logger().debug("Dropped a task of {}: its event loop has ended", this.channel);
		}
	}

	/**
	 * Netty waits for a notification of the kernel, which does so only when a third of
	 * the socket's buffer, megabytes perhaps, has become free: a peer that reads slowly
	 * would seem not to read at all. Trying shows what it has read since. With io_uring
	 * it is the kernel that waits, and nobody can have it try. What it takes it may take
	 * 64 KB at a time, for which a slow link needs long: it reports what has arrived of
	 * that.
	 */
	@Override
	public long unwritten() {
		if (this.channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
			nio.forceFlush();
		}
		else if (this.channel.unsafe() instanceof EpollIoHandle epoll) {
			// As if the kernel had reported room. Netty does not check the registration
			// (4.2.18).
			epoll.handle(null, WRITABLE);
		}
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		long left = (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
		if (left <= 0) {
			return 0;
		}
		TcpInfo info = TcpInfo.of(this.channel);
		// A number that becomes less with each byte of either kind, and is never 0.
		return (info != null) ? Long.MAX_VALUE / 2 + left - info.acknowledgedBytes() : left;
	}

	/**
	 * Whether what looks like the end of the input was a reset: the kernel reports that
	 * once, and with io_uring a write that waits may hear of it before the read does.
	 * Where none waits it is an end, and a peer that does not read replies has reset the
	 * connection after it.
	 */
	boolean isReset() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		if (buffer == null || buffer.isEmpty()) {
			return false;
		}
		boolean uring = !(this.channel.unsafe() instanceof EpollIoHandle);
		TcpInfo info = uring ? TcpInfo.of(this.channel) : null;
		return info != null && info.isClosed();
	}

	@Override
	public void abort() {
		execute(() -> {
			if (this.channel.isOpen()) {
				Sockets.resetOnClose(this.channel);
				closeNow();
			}
		});
	}

	@Override
	public @Nullable Principal principal() {
		return (this.tls != null) ? this.tls.principal() : null;
	}

	@Override
	public boolean proxied() {
		return this.host.proxied();
	}

}
