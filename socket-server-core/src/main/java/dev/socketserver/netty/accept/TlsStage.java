package dev.socketserver.netty.accept;

import java.time.Duration;

import dev.socketserver.RejectReason;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.tls.TlsHandshake;
import io.netty.channel.ChannelHandler;
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
		return new TlsHandshake(this.tls, new Stage(connection), this.counters, connection.mayBeProxied());
	}

	/** What becomes of the connection with its handshake. */
	private record Stage(PendingConnection connection) implements TlsHandshake.Listener {

		@Override
		public void begun() {
			this.connection.begun("the peer left before the TLS handshake was complete");
		}

		@Override
		public void secured(SessionTls tls) {
			this.connection.secured(tls);
			this.connection.stageDone();
		}

		@Override
		public void failed(@Nullable String detail) {
			this.connection.stageFailed(RejectReason.TLS_FAILED, detail);
		}

		@Override
		public void disconnected() {
			this.connection.disconnected();
		}

		@Override
		public boolean isLate() {
			return this.connection.isLate();
		}

	}

}
