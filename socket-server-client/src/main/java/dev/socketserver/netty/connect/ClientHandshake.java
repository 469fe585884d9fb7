package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;

import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.connect.TlsEngines;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.channel.SessionOpening;
import dev.socketserver.netty.tls.DeferredSslHandler;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.tls.TlsFailures;
import dev.socketserver.netty.tls.TlsRecords;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.tls.TlsMode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * What precedes the session of a client: it checks that the client has not connected to
 * itself, then does the TLS handshake if there is TLS, then gives its place in the
 * pipeline to {@link SessionOpening}. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
final class ClientHandshake extends ChannelInboundHandlerAdapter {

	private final ConnectAttempt attempt;

	private final AddressRace race;

	private final NettyConnector connector;

	private final long begun = System.nanoTime();

	private @Nullable DeferredSslHandler ssl;

	private final TlsRecords records = new TlsRecords();

	private boolean counted;

	ClientHandshake(ConnectAttempt attempt, AddressRace race, NettyConnector connector) {
		this.attempt = attempt;
		this.race = race;
		this.connector = connector;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		DuplexChannel channel = (DuplexChannel) context.channel();
		if (!this.race.won(channel)) {
			Sockets.resetOnClose(channel);
			close(context);
			return;
		}
		SocketAddress remote = channel.remoteAddress();
		if (remote != null && remote.equals(channel.localAddress())) {
			// An orderly close would keep the port from the server for a minute
			// (TIME_WAIT).
			Sockets.resetOnClose(channel);
			failed(context, ConnectFailure.SELF,
					new ConnectException("the connection was one to the client itself: nobody listens on " + remote));
			return;
		}
		TlsEngines tls = this.attempt.tls();
		if (tls == null || tls.mode() != TlsMode.IMMEDIATE) {
			ready(context, null);
			return;
		}
		ServerAddress server = this.attempt.server();
		DeferredSslHandler handler;
		try {
			handler = new DeferredSslHandler(tls.engine(server.host(), server.port()), tls.threads());
		}
		catch (RuntimeException ex) {
			failed(context, ConnectFailure.TLS, ex);
			return;
		}
		// The attempt has a deadline already.
		handler.setHandshakeTimeoutMillis(0);
		this.ssl = handler;
		context.pipeline().addBefore(context.name(), null, this.records).addBefore(context.name(), null, handler);
	}

	private void ready(ChannelHandlerContext context, @Nullable SessionTls tls) {
		DuplexChannel channel = (DuplexChannel) context.channel();
		KeptChannel kept = this.attempt.isProbe() ? new KeptChannel(this.attempt::lost, channel, tls) : null;
		if (!this.attempt.connected(channel, (kept != null) ? kept::open : (opening) -> open(opening, tls))) {
			close(context);
		}
		else if (kept != null) {
			context.pipeline().replace(this, null, kept);
		}
	}

	private void open(SessionOpening opening, @Nullable SessionTls tls) {
		if (tls != null) {
			opening.secured(tls);
		}
		opening.open(this, null, null);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		DeferredSslHandler handler = this.ssl;
		if (handler != null && event instanceof ChannelInputShutdownEvent) {
			// A socket may be half open, but a handshake may not.
			tlsFailed(context, new IOException("the server has ended the connection"));
			return;
		}
		if (handler == null || !(event instanceof SslHandshakeCompletionEvent completion)) {
			return;
		}
		Throwable failure = handler.handshaken(completion, context.channel());
		if (failure == null) {
			count(TlsOutcome.SUCCESS);
			ready(context, new SessionTls(handler, this.records, true));
		}
		else {
			tlsFailed(context, failure);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		Throwable within = (cause instanceof DecoderException) ? cause.getCause() : null;
		if (this.ssl != null) {
			tlsFailed(context, (within != null) ? within : cause);
		}
		else {
			failed(context, ConnectFailure.OTHER, cause);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		// Nothing can be read before there is a session, but what TLS needs itself.
		ReferenceCountUtil.release(message);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		IOException gone = new IOException("the server has ended the connection at once");
		if (this.ssl != null) {
			tlsFailed(context, gone);
		}
		else {
			failed(context, ConnectFailure.OTHER, gone);
		}
	}

	private void tlsFailed(ChannelHandlerContext context, Throwable cause) {
		countFailure();
		failed(context, ConnectFailure.TLS,
				new IOException("the TLS handshake failed: " + TlsFailures.message(cause), cause));
	}

	private void failed(ChannelHandlerContext context, ConnectFailure reason, Throwable cause) {
		close(context);
		this.race.failed(context.channel(), reason, cause);
	}

	private static void close(ChannelHandlerContext context) {
		context.channel().close();
	}

	private void countFailure() {
		count(this.attempt.isLate() ? TlsOutcome.TIMEOUT : TlsOutcome.FAILURE);
	}

	private void count(TlsOutcome outcome) {
		if (!this.counted) {
			this.counted = true;
			Counters counters = this.connector.client().counters();
			counters.countHandshake(outcome, System.nanoTime() - this.begun);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.ssl != null) {
			// The attempt was given up meanwhile, unless it has been counted.
			countFailure();
		}
	}

}
