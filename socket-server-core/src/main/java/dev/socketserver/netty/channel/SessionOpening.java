package dev.socketserver.netty.channel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.NoSuchElementException;

import javax.net.ssl.SSLException;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.netty.transport.Sockets;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection up to its session: opens that, behind handlers that the application adds.
 * If no session opens, it gives back what the connection has, as no other part does. It
 * is the last handler of the pipeline until the session takes its place, unless stages
 * come first. Confined to the event loop, if nothing else is said.
 */
@ChannelHandler.Sharable // it leaves its place to handlers, and comes back behind them
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class SessionOpening extends ChannelInboundHandlerAdapter implements ChannelFutureListener {

	private static final SafeLogger logger = SafeLogger.of(SessionChannel.class);

	private final SessionHost host;

	private final DuplexChannel channel;

	/** Absent unless the connection is encrypted. */
	private @Nullable SessionTls tls;

	/** The address among whose connections this one has a permit, if it has one. */
	private @Nullable InetAddress permitOf;

	/** Absent until it opens. */
	private @Nullable Session session;

	public SessionOpening(SessionHost host, DuplexChannel channel) {
		this.host = host;
		this.channel = channel;
	}

	/** Notes that the TLS handshake is done. */
	public void secured(SessionTls tls) {
		this.tls = tls;
	}

	/**
	 * Notes that the connection has a permit among those of an address, and has to give
	 * it back.
	 */
	public void holdsPermitOf(InetAddress address) {
		this.permitOf = address;
	}

	/** Returns the address of the peer; {@code null} if it was gone before. */
	public @Nullable InetSocketAddress remoteAddress() {
		return this.host.kind().remote(this.channel);
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		open(this, null, null);
	}

	/**
	 * Opens the session, as one between the given addresses, or those of the socket.
	 * @param before what has preceded the session, and leaves the pipeline
	 */
	public void open(ChannelHandler before, @Nullable InetSocketAddress proxiedRemote,
			@Nullable InetSocketAddress proxiedLocal) {
		CustomHandlers custom = null;
		if (!this.host.customizers().isEmpty()) {
			custom = new CustomHandlers(this.channel);
			if (!custom.add(before, this.host, this)) {
				closeNow();
				return;
			}
			if (this.tls != null) {
				this.tls.othersMayWrite(this.channel.pipeline());
			}
		}
		else if (before != this) {
			this.channel.pipeline().replace(before, null, this);
		}
		InetSocketAddress remote = (proxiedRemote != null) ? proxiedRemote : remoteAddress();
		InetSocketAddress local = (proxiedLocal != null) ? proxiedLocal : this.host.kind().local(this.channel);
		if (remote == null || local == null) {
			// The peer was gone before it could be checked.
			closeNow();
			return;
		}
		open(custom, remote, local);
	}

	private void open(@Nullable CustomHandlers custom, InetSocketAddress remote, InetSocketAddress local) {
		SessionContext context = this.host.sessionContext();
		SessionChannel made;
		try {
			made = new SessionChannel(this.host, this.channel, this.tls, custom, this.permitOf,
					(connection) -> new Session(context, connection, remote, local,
							this.host.lanes(this.channel.eventLoop()), LoopBuffers.get().scratch()));
			this.host.keepAlive();
			// Not in place of this: if a thread of the application removed this at the
			// same time, Netty would link the handler with itself.
			this.channel.pipeline().addLast(made);
		}
		catch (Throwable ex) {
			// A framing that makes no decoder: user code, which need not declare what it
			// throws.
			context.notCreated(logger, ex);
			closeNow();
			return;
		}
		Session opened = made.session();
		this.session = opened;
		// From here on the session gives everything back, and this is garbage.
		this.channel.closeFuture().removeListener(this);
		boolean removed = !leave();
		try {
			this.host.opening(opened);
		}
		finally {
			// In any case: what has not opened is notified of no end.
			opened.open();
		}
		this.host.opened(opened);
		if (removed) {
			// Whoever has removed it wanted no session.
			closeNow();
		}
	}

	/** Leaves the pipeline; returns whether no one else has removed this from it. */
	private boolean leave() {
		try {
			this.channel.pipeline().remove(this);
			return true;
		}
		catch (NoSuchElementException ex) {
			return false;
		}
	}

	/** The peer has broken the rules of what precedes the session's own bytes. */
	public void protocolError(String detail) {
		if (this.session != null) {
			this.session.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, detail));
		}
	}

	// What happens if there is no session.

	/** Resets the connection, which is active. Any thread. */
	public void abort() {
		Sockets.onLoop(this.channel.eventLoop(), () -> {
			if (this.channel.isOpen()) {
				Sockets.resetOnClose(this.channel);
				closeNow();
			}
		});
	}

	private void closeNow() {
		SessionTls.closeNow(this.channel, this.tls);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ReferenceCountUtil.release(message);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.tls == null || !(cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
			CustomHandlers.failed(this.host, cause);
		}
		closeNow();
	}

	@Override
	public void operationComplete(ChannelFuture closed) {
		closed(false);
	}

	/**
	 * The channel has closed.
	 * @param refused whether the connection was refused, and counted as such
	 */
	public void closed(boolean refused) {
		if (this.session == null) {
			if (this.permitOf != null) {
				this.host.permitFree(this.permitOf);
			}
			this.host.connectionEnded(refused);
		}
	}

}
