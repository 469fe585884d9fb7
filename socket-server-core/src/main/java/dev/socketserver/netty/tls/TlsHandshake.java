package dev.socketserver.netty.tls;

import java.io.IOException;

import javax.net.ssl.SSLException;

import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.tls.ClientHello.RefusedException;
import dev.socketserver.tls.ClientAuth;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake of a connection: puts a {@link DeferredSslHandler} in front of
 * itself, which stays, and leaves the pipeline when that is done. On a server it first
 * collects the ClientHello, and chooses the context by the host in it. Confined to the
 * event loop, but for what that handler has others compute.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class TlsHandshake extends ChannelDuplexHandler {

	private final Listener listener;

	private final Counters counters;

	private final long begun = System.nanoTime();

	/** Absent on a client, which begins. */
	private final @Nullable Greeted greeted;

	/** Whether the peer is asked who it is. */
	private final boolean asks;

	private final TlsRecords records = new TlsRecords();

	/** On a server absent until the peer has begun. */
	private @Nullable DeferredSslHandler ssl;

	private State state = State.SILENT;

	/**
	 * Creates the handshake of a server's connection.
	 * @param tls has the contexts
	 * @param listener is notified of how it goes
	 * @param counters count its outcome
	 * @param proxied whether a PROXY header may have come first
	 */
	public TlsHandshake(ServerTls tls, Listener listener, Counters counters, boolean proxied) {
		this.listener = listener;
		this.counters = counters;
		this.greeted = new Greeted(tls, new ClientHello(tls.spec().clientHelloBytes(), proxied));
		this.asks = tls.spec().clientAuth() != ClientAuth.NONE;
	}

	/**
	 * Creates the handshake of a client's connection, which begins when this is added to
	 * the pipeline.
	 * @param ssl encrypts and decrypts
	 * @param listener is notified of how it goes
	 * @param counters count its outcome
	 */
	public TlsHandshake(DeferredSslHandler ssl, Listener listener, Counters counters) {
		this.listener = listener;
		this.counters = counters;
		this.greeted = null;
		this.asks = true;
		this.ssl = ssl;
		this.state = State.BEGUN;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		if (this.ssl != null) {
			add(context, this.ssl);
		}
	}

	private void add(ChannelHandlerContext context, DeferredSslHandler handler) {
		// The listener has a deadline already.
		handler.setHandshakeTimeoutMillis(0);
		context.pipeline().addBefore(context.name(), null, this.records).addBefore(context.name(), null, handler);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		Greeted server = this.greeted;
		if (this.ssl != null || server == null) {
			context.fireChannelRead(message);
			return;
		}
		if (this.state == State.SILENT) {
			this.state = State.BEGUN;
			this.listener.begun();
		}
		ByteBuf bytes = (ByteBuf) message;
		boolean complete;
		try {
			complete = server.hello().add(bytes);
		}
		catch (RefusedException ex) {
			bytes.release();
			// It leaves when the connection is closed: a ban is in force before that.
			context.write(ex.answer());
			failed(ex);
			return;
		}
		if (complete) {
			DeferredSslHandler handler = server.tls().handler(server.hello(), context.channel().eventLoop());
			this.ssl = handler;
			ByteBuf all = server.hello().handOver(bytes);
			add(context, handler);
			this.records.channelRead(context.pipeline().context(this.records), all);
		}
		else {
			bytes.release();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		DeferredSslHandler handler = this.ssl;
		if (handler == null || !(event instanceof SslHandshakeCompletionEvent completion)) {
			context.fireUserEventTriggered(event);
			return;
		}
		Throwable failure = handler.handshaken(completion, context.channel());
		if (failure == null) {
			succeeded(context, handler);
		}
		else {
			failed(failure);
		}
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (this.ssl == null) {
			// An alert that was written here. What waits when a channel is closed is
			// lost.
			context.flush();
		}
		context.close(promise);
	}

	private void succeeded(ChannelHandlerContext context, DeferredSslHandler handler) {
		count(TlsOutcome.SUCCESS);
		SessionTls secured = new SessionTls(handler, this.records, this.asks);
		context.pipeline().remove(this);
		this.listener.secured(secured);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		Throwable within = (cause instanceof DecoderException) ? cause.getCause() : null;
		failed((within != null) ? within : cause);
	}

	/** Also called by those who end the connection while this is under way. */
	private void failed(Throwable cause) {
		if (cause instanceof IOException && !(cause instanceof SSLException)) {
			// A closed channel, a reset: counted when the peer is gone, if it has begun.
			this.listener.disconnected();
		}
		else {
			countFailure();
			this.listener.failed(detail(cause));
		}
	}

	private static @Nullable String detail(Throwable cause) {
		return (cause instanceof RefusedException) ? cause.getMessage()
				: "the TLS handshake failed: " + TlsFailures.message(cause);
	}

	private void countFailure() {
		count(this.listener.isLate() ? TlsOutcome.TIMEOUT : TlsOutcome.FAILURE);
	}

	private void count(TlsOutcome outcome) {
		if (this.state != State.COUNTED) {
			this.state = State.COUNTED;
			this.counters.countHandshake(outcome, System.nanoTime() - this.begun);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.state != State.SILENT || this.listener.isLate()) {
			countFailure();
		}
	}

	/** What a server has of its peer before it can begin. */
	private record Greeted(ServerTls tls, ClientHello hello) {

	}

	/** Is notified of what becomes of it. Called on the loop. */
	public interface Listener {

		/** The peer has begun. */
		void begun();

		/** The handshake is done, and this handler has left the pipeline. */
		void secured(SessionTls tls);

		/**
		 * The handshake has failed, and the connection is still there.
		 * @param detail why, in words of ours only, or {@code null}
		 */
		void failed(@Nullable String detail);

		/** The connection is gone. */
		void disconnected();

		/** Whether the time for it is over. */
		boolean isLate();

	}

	/**
	 * How far a handshake has progressed.
	 *
	 * <pre>
	 *   SILENT ──bytes of the peer──▶ BEGUN ──outcome──▶ COUNTED
	 *      └───────────────────outcome──────────────────▲
	 * </pre>
	 */
	private enum State {

		/**
		 * The peer has sent nothing, so that there is nothing to count, unless it is
		 * late.
		 */
		SILENT,

		/** The peer has begun. */
		BEGUN,

		/** The outcome was counted. */
		COUNTED

	}

}
