package dev.socketserver.netty.tls;

import java.io.IOException;
import java.security.Principal;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.tls.ClientHello.RefusedException;
import dev.socketserver.tls.ClientAuth;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake of one connection: collects the ClientHello, chooses the context by
 * the host in it, and leaves the pipeline to an {@link SslHandler} of that context, which
 * stays. Confined to the event loop, but for what that handler has others compute.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class TlsHandshake extends ChannelInboundHandlerAdapter {

	/**
	 * What an engine may speak when its handshake is done. The JVM's goes along when a
	 * peer negotiates anew, which TLS 1.3 does not have: so a peer of TLS 1.2 that tries
	 * finds no version in common (netty/netty#17451).
	 */
	public static final String[] NO_MORE_HANDSHAKES = { "TLSv1.3" };

	private final ServerTls tls;

	private final Owner connection;

	private final Counters counters;

	private final long begun = System.nanoTime();

	private final ClientHello hello;

	private final TlsRecords records = new TlsRecords();

	private @Nullable DeferredSslHandler ssl;

	private State state = State.SILENT;

	/**
	 * Creates the handshake of one connection.
	 * @param tls has the contexts
	 * @param connection is notified how it ends
	 * @param proxied whether a PROXY header may be first, by mistake
	 * @param counters counts handshakes
	 */
	public TlsHandshake(ServerTls tls, Owner connection, boolean proxied, Counters counters) {
		this.tls = tls;
		this.connection = connection;
		this.counters = counters;
		this.hello = new ClientHello(tls.spec().clientHelloBytes(), proxied);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (this.ssl != null) {
			context.fireChannelRead(message);
			return;
		}
		if (this.state == State.SILENT) {
			this.state = State.BEGUN;
			this.connection.begun();
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
		SSLEngine engine = handler.engine();
		engine.setEnabledProtocols(NO_MORE_HANDSHAKES);
		count(TlsOutcome.SUCCESS);
		this.connection.secured(new SessionTls(handler, this.records,
				(this.tls.spec().clientAuth() != ClientAuth.NONE) ? principal(engine) : null));
		context.pipeline().remove(this);
		this.connection.done();
	}

	/** Who the peer has shown to be, or {@code null} if it has not. */
	public static @Nullable Principal principal(SSLEngine engine) {
		try {
			return engine.getSession().getPeerPrincipal();
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		Throwable within = (cause instanceof DecoderException) ? cause.getCause() : null;
		failed((within != null) ? within : cause);
	}

	/** Also called by those who end the connection while this is under way. */
	private void failed(Throwable cause) {
		if (cause instanceof IOException && !(cause instanceof SSLException)) {
			// A closed channel, a reset. If the peer has begun, that is counted when it
			// is gone.
			this.connection.gone();
		}
		else {
			countFailure();
			this.connection.failed(detail(cause));
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

	/** The connection, which decides what follows. On its loop. */
	public interface Owner {

		/** The handshake is done; what follows is encrypted as it says. */
		void secured(SessionTls tls);

		/** The handler of the handshake has left the pipeline. */
		void done();

		/**
		 * The handshake has failed.
		 * @param detail what may be logged of that, or {@code null}
		 */
		void failed(@Nullable String detail);

		/** The peer has begun its handshake. */
		void begun();

		/** The peer has gone by itself. */
		void gone();

		/** Whether the connection was refused because its handshake took too long. */
		boolean isLate();

	}

	/**
	 * How far a {@link TlsHandshake} has progressed.
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
