package dev.socketserver.netty.channel;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.tls.TlsFailures;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.netty.workaround.EpollWorkaround;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Joins a session and its Netty channel: reports to the session what happens on the
 * channel, and does on the channel what the session asks for
 * ({@link dev.socketserver.engine.connection.Connection}). All fields are confined to the
 * event loop.
 * <p>
 * It is the last handler of the pipeline, and usually the only one. Much of what is here
 * is for connections on which it is not alone: with TLS in front of it
 * ({@link SessionTls}), or with handlers of the application, which forward what they
 * should.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
public final class SessionChannel extends ChannelOutput implements ChannelFutureListener {

	private static final SafeLogger logger = SafeLogger.of(SessionChannel.class);

	/**
	 * How long input that waits for a handler is left alone, once the connection is known
	 * to have ended.
	 */
	private static final long RECHECK_MILLIS = 200;

	/** Why the connection was refused, if it was; then it was counted as such. */
	private @Nullable RejectReason refusal;

	/** The address among whose connections this one has a permit, if it has one. */
	private @Nullable InetAddress permitOf;

	private InputFate input = InputFate.HEARD;

	public SessionChannel(SessionHost host, SocketChannel channel) {
		super(host, channel);
	}

	/**
	 * Notes that the connection has a permit among those of an address, and has to give
	 * it back.
	 */
	public void holdsPermitOf(InetAddress address) {
		this.permitOf = address;
	}

	/**
	 * Notes that the connection was refused and counted so: it will not become a session.
	 */
	public void refused(RejectReason reason) {
		this.refusal = reason;
	}

	/** Returns the handler that stands in the pipeline until the connection is active. */
	public ChannelHandler entrance() {
		return this.host.customizers().isEmpty() ? this : new Entrance();
	}

	/**
	 * Takes the place of what came before the session, after handlers that the
	 * application adds, and opens it.
	 */
	public void open(ChannelHandler before, @Nullable InetSocketAddress proxiedRemote,
			@Nullable InetSocketAddress proxiedLocal) {
		ChannelPipeline pipeline = this.channel.pipeline();
		List<ConnectionCustomizer> customizers = this.host.customizers();
		if (customizers.isEmpty()) {
			pipeline.replace(before, null, this);
		}
		else {
			HandlerAddition addition = new HandlerAddition();
			pipeline.replace(before, null, addition);
			boolean added = added(addition, customizers);
			this.customized = true;
			pipeline.addLast(this);
			if (!added) {
				closeNow();
				return;
			}
			if (this.tls != null) {
				this.tls.othersMayWrite(pipeline);
			}
		}
		open(proxiedRemote, proxiedLocal);
	}

	/** Has the application add its handlers; returns whether there is to be a session. */
	private boolean added(HandlerAddition addition, List<ConnectionCustomizer> customizers) {
		addition.add(customizers, this.channel.pipeline(), this.host.sessionContext().spec());
		Throwable failure = addition.failure();
		if (failure != null) {
			pipelineFailed("a connection was closed, since a customizer of its pipeline failed", failure);
			return false;
		}
		return !addition.closed() && this.channel.isOpen();
	}

	@Override
	SafeLogger logger() {
		return logger;
	}

	// What happens on the channel.

	@Override
	public void channelActive(ChannelHandlerContext context) {
		open(null, null);
	}

	/**
	 * Opens the session, as one between the given addresses, or those of the socket.
	 */
	private void open(@Nullable InetSocketAddress proxiedRemote, @Nullable InetSocketAddress proxiedLocal) {
		InetSocketAddress remote = (proxiedRemote != null) ? proxiedRemote : this.channel.remoteAddress();
		InetSocketAddress local = (proxiedLocal != null) ? proxiedLocal : this.channel.localAddress();
		if (remote == null || local == null) {
			// The peer was gone before it could be checked.
			closeNow();
			return;
		}
		SessionContext context = this.host.sessionContext();
		Session opened;
		try {
			opened = new Session(context, this, remote, local, this.host.lanes(this.channel.eventLoop()),
					LoopBuffers.get().scratch());
		}
		catch (Throwable ex) {
			// A framing that makes no decoder: user code, which need not declare what it
			// throws.
			context.diagnostics()
				.failureLog()
				.log("sessions that could not be created", ex, 10,
						() -> logger.error("{}: a session could not be created", context.spec().title(), ex));
			closeNow();
			return;
		}
		this.session = opened;
		this.host.opening(opened);
		opened.open();
		this.host.opened(opened);
	}

	/** The peer has broken the rules of what comes before the session's own bytes. */
	public void protocolError(String detail) {
		if (this.session != null) {
			this.session.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, detail));
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!(message instanceof ByteBuf buffer)) {
			ReferenceCountUtil.release(message);
			broken(new IllegalStateException("a handler of the pipeline has passed on an object that is not a ByteBuf: "
					+ message.getClass().getName()));
			return;
		}
		try {
			heard(buffer.readableBytes());
			byte[] bytes = LoopBuffers.get().scratch().bytes();
			while (this.session != null && buffer.isReadable()) {
				int length = Math.min(buffer.readableBytes(), bytes.length);
				buffer.readBytes(bytes, 0, length);
				this.session.received(bytes, length);
				if (this.lingering == null && this.session.onlyDrops()) {
					readInVain(length);
				}
			}
		}
		finally {
			buffer.release();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			this.inputShut = true;
			if (!this.outputShut && isReset()) {
				lost();
			}
			else if (this.tls != null && this.lingering == null && !this.inputEnded) {
				truncated();
			}
			else {
				inputEnded();
			}
		}
		else if (event instanceof SslCloseCompletionEvent completion && completion.isSuccess()
				&& this.lingering == null) {
			drop();
			inputEnded();
		}
		else if (event == EpollWorkaround.Lost.AFTER_INPUT) {
			lostAfterInput();
		}
	}

	/**
	 * RFC 8446, section 6.1: without a close_notify anybody on the way may have ended the
	 * connection, and the end of the input may be missing. What has come is handled: many
	 * peers just leave when they have sent everything.
	 */
	private void truncated() {
		if (this.session != null && this.session.inputWaitsToBeDecoded()) {
			this.channel.eventLoop().schedule(() -> {
				if (this.lingering != null) {
					// The session was closed meanwhile.
					inputEnded();
				}
				else if (this.channel.isActive()) {
					truncated();
				}
			}, RECHECK_MILLIS, TimeUnit.MILLISECONDS);
		}
		else {
			broken(new EOFException("the connection was ended without a TLS close_notify"));
		}
	}

	/**
	 * Ends the session once all that was received is handled: nobody notifies us again.
	 */
	private void lostAfterInput() {
		if (this.session == null || !this.channel.isActive()) {
			return;
		}
		if (this.session.inputWaits()) {
			this.channel.eventLoop().schedule(this::lostAfterInput, RECHECK_MILLIS, TimeUnit.MILLISECONDS);
		}
		else {
			lost();
		}
	}

	private void lost() {
		broken(reset());
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.session == null) {
			return;
		}
		if (this.tls != null) {
			checkTls(this.session, this.tls);
		}
		this.session.readsEnded();
	}

	private void checkTls(Session session, SessionTls tls) {
		tls.charge(session);
		if (tls.answersTooMuch(this.channel, lengthWriting())) {
			tlsBroken(new SSLException("the peer requests more TLS responses than it reads"));
		}
	}

	private void inputEnded() {
		if (this.session == null) {
			closeNow();
		}
		else if (this.lingering != null) {
			closeIfShut();
		}
		else if (!this.inputEnded) {
			this.inputEnded = true;
			if (this.inputShut) {
				HalfClosedProbe.begin(this.channel);
			}
			this.session.peerEnded();
		}
	}

	/**
	 * Drops all input from now on, before it is decrypted: it would be kept without bound
	 * after the end of the peer's output, and nobody wants it. While we linger, handlers
	 * of the application do not get it either: if one of them failed, we would close, and
	 * destroy what the peer has still to read.
	 */
	@Override
	void drop() {
		ChannelPipeline pipeline = this.channel.pipeline();
		ChannelHandlerContext before = null;
		if (this.lingering != null && this.customized) {
			before = pipeline.firstContext();
		}
		else if (this.tls != null) {
			before = this.tls.recordsContext(pipeline);
		}
		if (before != null && this.input == InputFate.HEARD) {
			this.input = this.input.dropped();
			if (this.tls != null) {
				// The rest of the bytes that are being read just now.
				this.tls.drop();
			}
			pipeline.addBefore(before.name(), null, new ChannelInboundHandlerAdapter() {

				@Override
				public void channelRead(ChannelHandlerContext context, Object message) {
					heard((message instanceof ByteBuf buffer) ? buffer.readableBytes() : 0);
					ReferenceCountUtil.release(message);
				}

			});
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.tls != null && cause instanceof DecoderException && cause.getCause() instanceof SSLException refused) {
			tlsBroken(refused);
		}
		else {
			broken(cause);
		}
	}

	/**
	 * The alert that notifies the peer has been sent already, if it is not the peer's.
	 */
	private void tlsBroken(SSLException cause) {
		String message = TlsFailures.message(cause);
		if (this.session != null && !SessionTls.isPeersAlert(message)) {
			// Settled, and not closed, which would end the output in good order.
			this.session.end().close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "TLS: " + message));
		}
		broken(new IOException("TLS: " + message));
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		gone();
	}

	/** A handler of the application has removed the session from the pipeline. */
	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.channel.isOpen()) {
			closeNow();
		}
		gone();
	}

	/** Notifies the session that the connection is gone, once. */
	private void gone() {
		if (this.input == InputFate.GONE) {
			return;
		}
		this.input = this.input.gone();
		if (this.failure == null && this.tls != null && !this.customized && this.lingering == null && !this.inputEnded
				&& !this.inputShut) {
			// Netty has closed it, since a write of TLS itself has failed, such as that
			// of a session ticket.
			this.failure = reset();
		}
		if (this.session != null) {
			this.session.disconnected(this.failure);
			this.host.disconnected(this.session);
		}
	}

	/**
	 * The channel has closed. If it never became a session, the permits are given back
	 * here, since nobody else does that.
	 */
	@Override
	public void operationComplete(ChannelFuture closed) {
		if (this.session == null) {
			ended();
			this.host.connectionEnded(this.refusal != null);
		}
	}

	@Override
	public void ended() {
		InetAddress address = this.permitOf;
		if (address != null) {
			this.host.permitFree(address);
		}
	}

	/** Stands in the place of the session until there is a connection to customize. */
	private final class Entrance extends ChannelInboundHandlerAdapter {

		@Override
		public void channelActive(ChannelHandlerContext context) {
			open(this, null, null);
		}

	}

}
