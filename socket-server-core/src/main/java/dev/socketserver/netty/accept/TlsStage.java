package dev.socketserver.netty.accept;

import java.io.IOException;
import java.time.Duration;

import javax.net.ssl.SSLException;

import dev.socketserver.RejectReason;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.tls.ClientHello;
import dev.socketserver.netty.tls.ClientHello.RefusedException;
import dev.socketserver.netty.tls.DeferredSslHandler;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.tls.TlsFailures;
import dev.socketserver.netty.tls.TlsRecords;
import dev.socketserver.tls.ClientAuth;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake of connections, before their sessions open.
 */
final class TlsStage implements ConnectionStage {

	private final ServerTls tls;

	private final Counters counters;

	TlsStage(ServerTls tls, Counters counters) {
		this.tls = tls;
		this.counters = counters;
	}

	@Override
	public Duration timeout() {
		return this.tls.spec().handshakeTimeout();
	}

	@Override
	public RejectReason reason() {
		return RejectReason.TLS_FAILED;
	}

	@Override
	public String late() {
		return "the TLS handshake was not complete after " + timeout().toMillis() + " ms";
	}

	@Override
	public ChannelHandler handler(PendingConnection connection) {
		return new Handler(this.tls, connection, this.counters);
	}

	/**
	 * Collects the ClientHello, chooses the context by the host in it, and leaves the
	 * pipeline to an {@link SslHandler} of that context, which stays. Confined to the
	 * event loop, but for what that handler has others compute.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
	private static final class Handler extends ChannelInboundHandlerAdapter {

		private final ServerTls tls;

		private final PendingConnection connection;

		private final Counters counters;

		private final long begun = System.nanoTime();

		private final ClientHello hello;

		private final TlsRecords records = new TlsRecords();

		private @Nullable DeferredSslHandler ssl;

		private State state = State.SILENT;

		Handler(ServerTls tls, PendingConnection connection, Counters counters) {
			this.tls = tls;
			this.connection = connection;
			this.counters = counters;
			this.hello = new ClientHello(tls.spec().clientHelloBytes(), connection.mayBeProxied());
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			if (this.ssl != null) {
				context.fireChannelRead(message);
				return;
			}
			if (this.state == State.SILENT) {
				this.state = State.BEGUN;
				this.connection.begun("the peer left before the TLS handshake was complete");
			}
			ByteBuf bytes = (ByteBuf) message;
			boolean complete;
			try {
				complete = this.hello.add(bytes);
			}
			catch (RefusedException ex) {
				bytes.release();
				failed(ex);
				return;
			}
			if (complete) {
				begin(context, this.hello.handOver(bytes));
			}
			else {
				bytes.release();
			}
		}

		private void begin(ChannelHandlerContext context, ByteBuf all) throws Exception {
			DeferredSslHandler handler = this.tls.handler(this.hello, context.channel().eventLoop());
			// The pending connection has a deadline already.
			handler.setHandshakeTimeoutMillis(0);
			this.ssl = handler;
			TlsRecords records = this.records;
			context.pipeline().addBefore(context.name(), null, records).addBefore(context.name(), null, handler);
			records.channelRead(context.pipeline().context(records), all);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			DeferredSslHandler handler = this.ssl;
			if (handler == null || !(event instanceof SslHandshakeCompletionEvent completion)) {
				context.fireUserEventTriggered(event);
				return;
			}
			Throwable failure = handler.handshaken(completion);
			if (failure == null) {
				succeeded(context, handler);
			}
			else {
				failed(failure);
			}
		}

		private void succeeded(ChannelHandlerContext context, SslHandler handler) {
			count(TlsOutcome.SUCCESS);
			boolean asked = this.tls.spec().clientAuth() != ClientAuth.NONE;
			this.connection.secured(new SessionTls(handler, this.records, asked));
			context.pipeline().remove(this);
			this.connection.stageDone();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			Throwable within = (cause instanceof DecoderException) ? cause.getCause() : null;
			failed((within != null) ? within : cause);
		}

		/** Also called by those who end the connection while this is under way. */
		private void failed(Throwable cause) {
			if (cause instanceof IOException && !(cause instanceof SSLException)) {
				// A closed channel, a reset: counted when the peer is gone, if it has
				// begun.
				this.connection.gone();
			}
			else {
				countFailure();
				this.connection.stageFailed(RejectReason.TLS_FAILED, detail(cause));
			}
		}

		private static @Nullable String detail(Throwable cause) {
			return (cause instanceof RefusedException) ? cause.getMessage()
					: "the TLS handshake failed: " + TlsFailures.message(cause);
		}

		private void countFailure() {
			count(this.connection.isLate() ? TlsOutcome.TIMEOUT : TlsOutcome.FAILURE);
		}

		private void count(TlsOutcome outcome) {
			if (this.state != State.COUNTED) {
				this.state = State.COUNTED;
				this.counters.countHandshake(outcome, System.nanoTime() - this.begun);
			}
		}

		@Override
		public void handlerRemoved(ChannelHandlerContext context) {
			if (this.state != State.SILENT || this.connection.isLate()) {
				countFailure();
			}
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

}
